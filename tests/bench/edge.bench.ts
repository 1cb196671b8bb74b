/**
 * The write path under load: wrk with 128 connections, first against a worker whose Durable Object
 * stores nothing (the ceiling of the runtime on this machine), then against Headwater, in turns, so
 * that the ratio of two figures says more than either. Every answer counted is a 202 that came after
 * the commit.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import workerd from 'workerd';
import { RULE_MODELS } from '../../worker/src/models.ts';
import { core, root } from '../node/hosts.ts';
import { siteConfig, startServer } from '../worker/helpers.ts';
import { allDestinations, SECRETS } from '../worker/support/destinations.ts';

interface Row {
  stage: string;
  figure: number;
  unit: string;
  note?: string;
}

const CONNECTIONS = 128;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
/** Turns that each side takes; the figure is the median. */
const TURNS = Number(process.env.BENCH_TURNS ?? 3);
const BATCH = 100;

interface Load {
  url: string;
  /** Of the runtime. */
  pid: number;
  path: string;
  key?: string;
  perRequest: number;
  orders: boolean;
  /** Requests of browsers, with all that the door looks at. */
  door?: boolean;
}

interface Measured {
  perSecond: number;
  p99: number;
  /** Processor time of the runtime per request, µs: says what waiting and neighbours do not blur. */
  cpu: number;
}

/** Passes each body to one of its Durable Objects, which stores nothing. */
const CEILING = `import { DurableObject } from 'cloudflare:workers';

export class Sink extends DurableObject {
  take(body) {
    return body.length;
  }
}

let next = 0;
const ids = new Map();

export default {
  async fetch(request, env) {
    const body = await request.text();
    const name = 'sink:' + (next++ % env.OBJECTS);
    let id = ids.get(name);
    if (id === undefined) {
      id = env.SINK.idFromName(name);
      ids.set(name, id);
    }
    const accepted = await env.SINK.get(id).take(body);
    return Response.json({ accepted }, { status: 202 });
  },
};
`;

/** Bots, consent, networks, rates, rules of sources: all that the door can be told to look at. */
const FULL_DOOR = {
  origins: ['https://shop.example.com'],
  rate_limit: { per_minute: 1_000_000_000 },
  referral_exclusions: ['paypal.com', 'klarna.com', 'stripe.com'],
  channel_rules: [
    { channel: 'Newsletter', source: 'newsletter' },
    { channel: 'Partners', medium: 'partner' },
  ],
  consent: { default: 'denied', gpc: 'deny_ads', dnt: 'deny_ads' },
  traffic: { own: ['192.0.2.0/24', '2001:db8::/32'], data_centre_header: 'x-hosting' },
};

let runs = 0;

/** Processor time of a process so far, µs; the kernel counts in hundredths of a second. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function wrk({ url, pid, path: to, key = '-', perRequest, orders, door }: Load): Measured {
  const script = path.join(import.meta.dirname, 'edge/load.lua');
  const run = `r${++runs}`;
  const args = [perRequest, orders ? 1 : 0, to, key, run, runs, door ? 1 : 0].map(String);
  const before = cpuOf(pid);
  const { stdout, stderr, status } = spawnSync(
    'wrk',
    [
      '-t1',
      `-c${CONNECTIONS}`,
      `-d${SECONDS}s`,
      '--timeout',
      '10s',
      '-s',
      script,
      url,
      '--',
      ...args,
    ],
    { encoding: 'utf8' },
  );
  const found = /^RESULT (.*)$/m.exec(stdout ?? '')?.[1];
  if (status !== 0 || found === undefined) throw new Error(`wrk failed: ${stderr}${stdout}`);
  const result = JSON.parse(found);
  if (result.bad > 0 || result.broken > 0) {
    throw new Error(`${result.bad} answers were no 2xx, ${result.broken} broke: ${found}`);
  }
  return {
    perSecond: (result.requests * perRequest) / result.seconds,
    p99: result.p99,
    cpu: (cpuOf(pid) - before) / result.requests,
  };
}

const median = (numbers: number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const medians = (list: Measured[]): Measured => ({
  perSecond: median(list.map(({ perSecond }) => perSecond)),
  p99: median(list.map(({ p99 }) => p99)),
  cpu: median(list.map(({ cpu }) => cpu)),
});

/** workerd with the worker that stores nothing. */
async function startCeiling(
  objects: number,
): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'headwater-ceiling-'));
  const script = path.join(folder, 'ceiling.js');
  writeFileSync(script, CEILING);
  const config = path.join(folder, 'ceiling.capnp');
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "worker", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")]
);
const worker :Workerd.Worker = (
  compatibilityDate = "2026-11-01",
  modules = [(name = "ceiling.js", esModule = embed ${JSON.stringify(script)})],
  durableObjectNamespaces = [(className = "Sink", uniqueKey = "sink")],
  durableObjectStorage = (inMemory = void),
  bindings = [(name = "SINK", durableObjectNamespace = "Sink"), (name = "OBJECTS", json = "${objects}")]
);
`,
  );
  const child: ChildProcess = spawn(
    workerd.default,
    ['serve', '--import-path=/', '--control-fd=3', config],
    { env: {}, stdio: ['ignore', 'inherit', 'inherit', 'pipe'] },
  );
  let heard = '';
  for await (const text of (child.stdio[3] as Readable).setEncoding('utf8')) {
    heard += text;
    if (heard.includes('"listen"')) break;
  }
  const port = /"port":(\d+)/.exec(heard)?.[1];
  if (port === undefined) throw new Error(`workerd did not say its port: ${heard}`);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid!,
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Three destinations that take any event, answered by a process of its own. */
async function startPlatforms() {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'edge/platforms.ts')]);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const base = line.toString().trim();
  return {
    destinations: allDestinations(['purchase'], (type) => `${base}${type}`).filter(({ type }) =>
      ['microsoft', 'reddit', 'webhook'].includes(type as string),
    ),
    async stop() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

async function compare(shards: number): Promise<Row[]> {
  const conversions = [{ name: 'purchase', event: 'purchase' }];
  await using server = await startServer({
    shop: siteConfig({ shards, conversions, rate_limit: false }),
  });
  const platforms = await startPlatforms();
  const { destinations } = platforms;
  await using forwarding = await startServer(
    { shop: siteConfig({ shards, conversions, rate_limit: false, destinations }) },
    SECRETS,
  );
  await using guarded = await startServer({
    shop: siteConfig({ shards, conversions, ...FULL_DOOR }),
  });
  const ceiling = await startCeiling(shards);
  const noop: Measured[] = [];
  const single: Measured[] = [];
  const ordered: Measured[] = [];
  const doored: Measured[] = [];
  const forwarded: Measured[] = [];
  const batches: Measured[] = [];
  const { url, pid } = server;
  const one = { url, pid, path: '/e', perRequest: 1, orders: false };
  const many = { url, pid, path: '/v1/events', perRequest: BATCH, orders: false };
  const key = server.apiKeys.shop ?? '';
  try {
    wrk({ ...one, url: ceiling.url, pid: ceiling.pid });
    wrk(one);
    for (let turn = 0; turn < TURNS; turn++) {
      noop.push(wrk({ ...one, url: ceiling.url, pid: ceiling.pid }));
      single.push(wrk(one));
      ordered.push(wrk({ ...one, orders: true }));
      doored.push(wrk({ ...one, url: guarded.url, pid: guarded.pid, door: true }));
      forwarded.push(wrk({ ...one, url: forwarding.url, pid: forwarding.pid, orders: true }));
      batches.push(wrk({ ...many, key }));
    }
  } finally {
    await ceiling.stop();
    await platforms.stop();
  }
  const name = shards === 1 ? '1 shard' : `${shards} shards`;
  const base = medians(noop);
  const p99 = (m: Measured) =>
    `p99 ${m.p99.toFixed(1)} ms, ${m.cpu.toFixed(0)} µs of processor a request`;
  const ratio = (m: Measured) => `${(m.perSecond / base.perSecond).toFixed(2)} of the ceiling`;
  const rows: Row[] = [
    {
      stage: `${name}: ceiling, nothing stored`,
      figure: base.perSecond,
      unit: 'requests/s',
      note: p99(base),
    },
  ];
  for (const [stage, list] of [
    ['1 event per request', single],
    ['1 event per request, the full door', doored],
    ['1 event per request, 2 % orders', ordered],
    ['the same, sent to 3 destinations', forwarded],
  ] as const) {
    const m = medians(list);
    rows.push({
      stage: `${name}: ${stage}`,
      figure: m.perSecond,
      unit: 'requests/s',
      note: `${ratio(m)}, ${p99(m)}`,
    });
  }
  const m = medians(batches);
  rows.push({
    stage: `${name}: ${BATCH} events per request`,
    figure: m.perSecond,
    unit: 'events/s',
    note: p99(m),
  });
  return rows;
}

/** The core's step in WebAssembly, and how long module and instance take to start. */
async function coreRows(): Promise<Row[]> {
  const bytes = readFileSync(path.join(root, 'dist/headwater.wasm'));
  const starts = Array.from({ length: 9 }, () => {
    const since = performance.now();
    new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
    return performance.now() - since;
  });
  const stepper = (await core()).stepper({
    models: [...RULE_MODELS],
    lookbackClickMs: 30 * 86_400_000,
    lookbackImpressionMs: 86_400_000,
    dedupWindowMs: 28 * 86_400_000,
    retentionMs: 400 * 86_400_000,
    sessionMs: 1_800_000,
    halfLifeMs: 7 * 86_400_000,
    touchCap: 200,
  });
  const source = {
    channel: 'Email',
    source: 'newsletter',
    medium: 'email',
    campaign: 'c',
    term: '',
    content: '',
  };
  const persons = 1000;
  const rounds = 20;
  let key = 0;
  const run = (): number => {
    const blobs = new Array<Uint8Array | null>(persons).fill(null);
    const now = 1_700_000_000_000;
    let spent = 0;
    for (let round = 0; round < rounds; round++) {
      const batch = blobs.map((blob) => {
        const bytes = new Uint8Array(16);
        new DataView(bytes.buffer).setUint32(0, ++key);
        const at = now + round * 3_600_000;
        const event = {
          key: bytes,
          at,
          day: 19_675,
          touch: { interaction: 'visit' as const, source },
        };
        return { blob, events: [round % 3 === 0 ? event : { key: bytes, at, day: 19_675 }] };
      });
      const since = performance.now();
      const result = stepper.step(batch, now + round * 3_600_000);
      spent += performance.now() - since;
      for (const [i, { blob }] of result.persons.entries()) blobs[i] = blob;
    }
    return spent;
  };
  // The first runs warm up.
  const spent = Math.min(...Array.from({ length: 4 }, run));
  return [
    {
      stage: 'core step, journeys of up to 20 events',
      figure: (spent * 1000) / (persons * rounds),
      unit: 'µs/event',
      note: 'binding included',
    },
    { stage: 'start: module and instance', figure: median(starts), unit: 'ms' },
  ];
}

export default async function (): Promise<Row[]> {
  return [...(await coreRows()), ...(await compare(1)), ...(await compare(16))];
}
