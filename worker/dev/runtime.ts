/**
 * Runs the built worker on workerd itself, with durable storage on local
 * disk: what `npm start` and the tests use. No proxy stands in front, so its
 * speed and its crashes are the runtime's own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { parseEnv } from 'node:util';
import workerd from 'workerd';
import { ConfigError, readConfig, secretNames } from '../src/config.ts';

export interface RuntimeOptions {
  /** 0: any free port. */
  port: number;
  /** Holds the database and the API keys that were made; created if missing. */
  dataDir: string;
  /** A headwater.config.json. */
  configPath: string;
  /** Where secrets are looked up; `.dev.vars` beside the configuration fills the gaps. */
  env: Record<string, string | undefined>;
  /** The build output: `worker/` with its modules, `web/`. */
  dist: string;
  /** Takes what workerd prints; default: this process's stderr. */
  onLog?: (text: string) => void;
}

export interface Runtime {
  /** Without a trailing slash. */
  url: string;
  /** API key by site, where the key itself is known. */
  apiKeys: Record<string, string>;
  /** Ends workerd and waits until it is gone. */
  stop(): Promise<void>;
  process: ChildProcess;
}

const COMPATIBILITY_DATE = '2026-11-01';
const STOP_PATIENCE_MS = 5000;

/**
 * Resolves when the worker answers /readyz.
 *
 * @throws ConfigError naming the field of the configuration that is wrong
 * @throws Error when the build is missing, the data are in use, or workerd fails to start
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { configPath, dist } = options;
  const dataDir = path.resolve(options.dataDir);
  const script = path.resolve(dist, 'worker/index.js');
  const wasm = path.resolve(dist, 'worker/headwater.wasm');
  const fullWasm = path.resolve(dist, 'worker/headwater-full.wasm');
  for (const file of [script, wasm, fullWasm]) {
    if (!existsSync(file)) throw new Error(`${file} is missing; run npm run build`);
  }
  const databases = path.join(dataDir, 'objects');
  mkdirSync(databases, { recursive: true, mode: 0o700 });
  const pidFile = path.join(dataDir, 'workerd.pid');
  assertNotInUse(pidFile, dataDir);

  const port = options.port === 0 ? await freePort() : options.port;
  const url = `http://127.0.0.1:${port}`;
  const file = withOrigins(readConfigFile(configPath), [url, `http://localhost:${port}`]);
  const { secrets, apiKeys } = collectSecrets(file, options, dataDir);

  const capnp = path.join(dataDir, 'workerd.capnp');
  const hasQueue = Object.values(file.sites).some(({ outbox }) => outbox?.carrier === 'queue');
  const text = capnpText({
    port,
    script,
    wasm,
    fullWasm,
    databases,
    web: path.resolve(dist, 'web'),
    secretNames: Object.keys(secrets),
    config: file,
    hasQueue,
    build: { git: gitRevision(dist), wasm_sha256: sha256(readFileSync(wasm)) },
  });
  writeFileSync(capnp, text, { mode: 0o600 });

  const onLog = options.onLog ?? ((output) => process.stderr.write(output));
  // A worker that calls another's queue() handler, as the stand-in does, counts as an experiment.
  const flags = hasQueue ? ['--experimental'] : [];
  const child = spawn(
    workerd.default,
    ['serve', ...flags, '--import-path=/', '--control-fd=3', capnp],
    {
      // Secrets reach workerd through its environment, never through a file.
      env: { ...secrets },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  for (const stream of [child.stdout, child.stderr]) {
    (stream as Readable).setEncoding('utf8').on('data', onLog);
  }
  const stop = () => stopProcess(child);
  try {
    await listening(child);
    writeFileSync(pidFile, String(child.pid));
    await ready(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, apiKeys, stop, process: child };
}

type ConfigFile = {
  sites: Record<
    string,
    { origins?: string[]; api_key_secret: string; outbox?: { carrier?: string } }
  >;
};

/** @throws ConfigError */
function readConfigFile(configPath: string): ConfigFile {
  let file: unknown;
  try {
    file = JSON.parse(readFileSync(configPath, 'utf8'));
  } catch (error) {
    throw new ConfigError([`${configPath}: ${error instanceof Error ? error.message : error}`]);
  }
  readConfig(file);
  return file as ConfigFile;
}

function withOrigins(file: ConfigFile, own: string[]): ConfigFile {
  const sites = Object.entries(file.sites).map(([key, site]) => [
    key,
    { ...site, origins: [...new Set([...(site.origins ?? []), ...own])] },
  ]);
  return { ...file, sites: Object.fromEntries(sites) };
}

/** The secrets that the configuration names; an API key that is nowhere set is made and kept. */
function collectSecrets(
  file: ConfigFile,
  { env, configPath }: RuntimeOptions,
  dataDir: string,
): { secrets: Record<string, string>; apiKeys: Record<string, string> } {
  const varsFile = path.join(path.dirname(configPath), '.dev.vars');
  const vars = existsSync(varsFile) ? parseEnv(readFileSync(varsFile, 'utf8')) : {};
  const keysFile = path.join(dataDir, 'api-keys.json');
  const made: Record<string, string> = existsSync(keysFile)
    ? JSON.parse(readFileSync(keysFile, 'utf8'))
    : {};

  const secrets: Record<string, string> = {};
  for (const name of secretNames(readConfig(file))) {
    const value = env[name] || vars[name];
    if (value) secrets[name] = value;
  }
  const apiKeys: Record<string, string> = {};
  let changed = false;
  for (const [key, { api_key_secret: name }] of Object.entries(file.sites)) {
    if (secrets[name] === undefined) {
      if (made[name] === undefined) {
        made[name] = `hw_${randomBytes(24).toString('base64url')}`;
        changed = true;
      }
      secrets[name] = made[name];
    }
    const secret = secrets[name];
    if (!secret.startsWith('sha256:')) apiKeys[key] = secret;
  }
  if (changed) writeFileSync(keysFile, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  return { secrets, apiKeys };
}

/** Two runtimes on one folder would be two writers. */
function assertNotInUse(pidFile: string, dataDir: string): void {
  if (!existsSync(pidFile)) return;
  const pid = readFileSync(pidFile, 'utf8').trim();
  const command = `/proc/${pid}/cmdline`;
  if (/^\d+$/.test(pid) && existsSync(command) && readFileSync(command, 'utf8').includes(dataDir)) {
    throw new Error(
      `${dataDir} is in use by workerd, process ${pid}; stop that one first, or choose another folder with HEADWATER_DATA`,
    );
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port was found');
  return address.port;
}

interface CapnpInput {
  port: number;
  script: string;
  wasm: string;
  fullWasm: string;
  databases: string;
  web: string;
  secretNames: string[];
  config: unknown;
  /** A site's deliveries go by a queue. */
  hasQueue: boolean;
  build: unknown;
}

/** workerd's own configuration. A JSON string is also a Cap'n Proto string. */
function capnpText(input: CapnpInput): string {
  const quote = (text: string) => JSON.stringify(text);
  const hasWeb = existsSync(input.web);
  const bindings = [
    `(name = "SHARDS", durableObjectNamespace = "Shard")`,
    `(name = "ORDERS", durableObjectNamespace = "OrderIndex")`,
    `(name = "IDENTITIES", durableObjectNamespace = "IdentityIndex")`,
    `(name = "ROLLUPS", durableObjectNamespace = "Rollup")`,
    `(name = "SPEND", durableObjectNamespace = "SpendBook")`,
    `(name = "SALTS", durableObjectNamespace = "DaySalt")`,
    `(name = "HEADWATER_CONFIG", json = ${quote(JSON.stringify(input.config))})`,
    `(name = "HEADWATER_BUILD", json = ${quote(JSON.stringify(input.build))})`,
    ...(hasWeb ? [`(name = "ASSETS", service = "web")`] : []),
    ...(input.hasQueue ? [`(name = "DELIVERIES", queue = "queue")`] : []),
    ...input.secretNames.map((name) => `(name = ${quote(name)}, fromEnvironment = ${quote(name)})`),
  ];
  const services = [
    `(name = "worker", worker = .worker)`,
    // Destinations may stand on the own network: a proxy, or a receiver of webhooks.
    `(name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true)))`,
    `(name = "databases", disk = (path = ${quote(input.databases)}, writable = true))`,
    ...(hasWeb ? [`(name = "web", disk = (path = ${quote(input.web)}))`] : []),
    ...(input.hasQueue ? [`(name = "queue", worker = .broker)`] : []),
  ];
  const broker = path.join(import.meta.dirname, 'queue_broker.js');
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ${services.join(',\n    ')}
  ],
  sockets = [(name = "http", address = "127.0.0.1:${input.port}", http = (), service = "worker")]
);

const worker :Workerd.Worker = (
  compatibilityDate = "${COMPATIBILITY_DATE}",
  modules = [
    (name = "index.js", esModule = embed ${quote(input.script)}),
    (name = "headwater.wasm", wasm = embed ${quote(input.wasm)}),
    (name = "headwater-full.wasm", wasm = embed ${quote(input.fullWasm)})
  ],
  durableObjectNamespaces = [
    (className = "Shard", uniqueKey = "headwater-shard", enableSql = true),
    (className = "OrderIndex", uniqueKey = "headwater-orders", enableSql = true),
    (className = "IdentityIndex", uniqueKey = "headwater-identities", enableSql = true),
    (className = "Rollup", uniqueKey = "headwater-rollups", enableSql = true),
    (className = "SpendBook", uniqueKey = "headwater-spend", enableSql = true),
    (className = "DaySalt", uniqueKey = "headwater-salts", enableSql = true)
  ],
  durableObjectStorage = (localDisk = "databases"),
  bindings = [
    ${bindings.join(',\n    ')}
  ]
);
${input.hasQueue ? brokerText(quote(broker)) : ''}`;
}

/** The stand-in for the platform's queue. */
function brokerText(file: string): string {
  return `
const broker :Workerd.Worker = (
  compatibilityDate = "${COMPATIBILITY_DATE}",
  compatibilityFlags = ["service_binding_extra_handlers"],
  modules = [(name = "broker.js", esModule = embed ${file})],
  durableObjectNamespaces = [(className = "Broker", uniqueKey = "headwater-broker")],
  durableObjectStorage = (inMemory = void),
  bindings = [
    (name = "BROKER", durableObjectNamespace = "Broker"),
    (name = "CONSUMER", service = "worker")
  ]
);
`;
}

/** workerd says on descriptor 3 when a socket listens. */
async function listening(child: ChildProcess): Promise<void> {
  const control = child.stdio[3] as Readable;
  await new Promise<void>((resolve, reject) => {
    let heard = '';
    control.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
      if (heard.includes('"listen"')) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(
        new Error(`workerd did not start (${signal ?? `status ${code}`}); see its words above`),
      ),
    );
  });
}

async function ready(url: string): Promise<void> {
  const response = await fetch(`${url}/readyz`);
  const body = await response.text();
  if (!response.ok) throw new Error(`${url}/readyz answered ${response.status}: ${body}`);
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  // Open connections may hold it; the store survives the harder way as well.
  const patience = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
  await gone;
  clearTimeout(patience);
}

/** The commit that HEAD points at, null outside a checkout. */
function gitRevision(dist: string): string | null {
  const git = path.resolve(dist, '../.git');
  try {
    const head = readFileSync(path.join(git, 'HEAD'), 'utf8').trim();
    if (!head.startsWith('ref: ')) return head;
    const ref = head.slice(5);
    const loose = path.join(git, ref);
    if (existsSync(loose)) return readFileSync(loose, 'utf8').trim();
    const packed = readFileSync(path.join(git, 'packed-refs'), 'utf8');
    return (
      packed
        .split('\n')
        .find((line) => line.endsWith(` ${ref}`))
        ?.slice(0, 40) ?? null
    );
  } catch {
    return null;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
