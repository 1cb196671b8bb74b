/** The package as its users get it: packed, installed into an empty project, on every host. */

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import * as esbuild from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { build as vite } from 'vite';
import workerd from 'workerd';
import { launch } from '../e2e/support/app.ts';
import { serveFolder } from '../e2e/support/static-server.ts';
import { native, root } from '../node/hosts.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'headwater-package-'));
const project = path.join(folder, 'project');
const bin = (name: string) => path.join(root, 'node_modules', name);
let tarball: string;
/** What Node with the project's own version printed; every other host must print it too. */
let expected: string;

const npm = (args: string[], cwd: string): string =>
  execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, npm_config_update_notifier: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** `file` of the project in one bundle of JavaScript, the package resolved as `conditions` say. */
const bundled = async (file: string, outfile: string, options: esbuild.BuildOptions) => {
  await esbuild.build({
    absWorkingDir: project,
    entryPoints: [file],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
    ...options,
  });
};

const inChromium = async (url: string): Promise<string> => {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.goto(url);
    await page
      .waitForFunction(() => document.title === 'done', undefined, { timeout: 20_000 })
      .catch((error) => assert.fail(`${problems.join('; ')} ${error}`));
    assert.deepEqual(problems, []);
    return (await page.textContent('body')) ?? '';
  } finally {
    await browser.close();
  }
};

before(async () => {
  const [packed] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], root)) as {
    filename: string;
    files: { path: string; size: number }[];
  }[];
  assert.ok(packed);
  tarball = path.join(folder, packed.filename);
  for (const { path: file, size } of packed.files) console.log(`${size}\t${file}`);
  cpSync(path.join(root, 'tests/package/project'), project, { recursive: true });
  writeFileSync(
    path.join(project, 'package.json'),
    JSON.stringify({ name: 'user', version: '1.0.0', private: true, type: 'module' }),
  );
  npm(['install', tarball], project);
  await bundled('node.ts', 'node.js', { platform: 'node', packages: 'external' });
  expected = execFileSync(process.execPath, ['node.js'], { cwd: project, encoding: 'utf8' }).trim();
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('publint and "are the types wrong" find nothing', async () => {
  const pkgDir = path.join(project, 'node_modules/headwater');
  const { messages, pkg } = await publint({ pkgDir, strict: true, pack: false });
  assert.deepEqual(
    messages.map((m) => formatMessage(m, pkg)),
    [],
  );
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      bin('@arethetypeswrong/cli/dist/index.js'),
      tarball,
      ...['--profile', 'esm-only', '--no-definitely-typed', '--format', 'ascii', '--no-color'],
      ...['--exclude-entrypoints', './headwater.wasm', './headwater-full.wasm'],
    ],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, stdout);
  for (const entry of ['headwater', 'headwater/edge'])
    assert.ok(stdout.includes(`"${entry}"\n\nnode16 (from ESM): 🟢 (ESM)\nbundler: 🟢`), stdout);
});

test('a project in TypeScript compiles, with Node and with bundler resolution', () => {
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    const args = ['--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2022,dom'];
    args.push('--allowImportingTsExtensions', '--types', '', '--skipLibCheck', 'false');
    args.push('--module', String(module), '--moduleResolution', String(moduleResolution));
    const { status, stdout } = spawnSync(
      process.execPath,
      [bin('typescript/bin/tsc'), ...args, 'node.ts', 'worker.ts', 'page.ts'],
      { cwd: project, encoding: 'utf8' },
    );
    assert.equal(status, 0, `${moduleResolution}: ${stdout}`);
  }
});

test('what it computes is what the command line prints', () => {
  const result = JSON.parse(expected) as {
    channels: string[];
    credit: { model: string; conversions: number[] }[];
    verdicts: string[];
    refused: string;
    outcomes: string[][];
  };
  const csv =
    'path,total_conversions,total_conversion_value,total_null,times\n' +
    'ads > email > ads,2,30,1,48 > 20 > 1\nemail,1,10.50,4,3\n(organic),1,5,9,0\n' +
    'search > email,3,99.99,0,100 > 2\n';
  const models = result.credit.map((c) => c.model).join(',');
  const { out } = native(['attribute', '--model', models, '--format', 'csv'], csv);
  const rows = result.credit.flatMap(({ model, conversions }) =>
    conversions.map((n, i) => `${model},${result.channels[i]},${(n / 1e6).toFixed(6)}`),
  );
  const printed = out.trim().split('\n').slice(1);
  assert.deepEqual(
    rows,
    printed.map((line) => line.slice(0, line.lastIndexOf(','))),
  );
  assert.deepEqual(result.verdicts, ['new', 'new', 'duplicate']);
  assert.equal(result.refused, 'HW_E_MODEL');
  assert.deepEqual(result.outcomes, [['accepted', 'accepted']]);
});

test('every Node on the path runs it', (t) => {
  const found = new Set(
    (process.env.PATH ?? '').split(path.delimiter).map((dir) => path.join(dir, 'node')),
  );
  const versions = new Set<string>();
  for (const node of found) {
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim();
    if (!version || versions.has(version)) continue;
    versions.add(version);
    if (Number(version.slice(1).split('.')[0]) < 20) continue;
    const out = execFileSync(node, ['node.js'], { cwd: project, encoding: 'utf8' });
    assert.equal(out.trim(), expected, version);
  }
  t.diagnostic(`Node ${[...versions].join(', ')}`);
  assert.ok(versions.size > 0);
});

test('bundled by wrangler, it runs in workerd', { timeout: 120_000 }, async () => {
  writeFileSync(
    path.join(project, 'wrangler.json'),
    JSON.stringify({ name: 'user', main: 'worker.ts', compatibility_date: '2026-01-01' }),
  );
  execFileSync(
    process.execPath,
    [bin('wrangler/bin/wrangler.js'), 'deploy', '--dry-run', '--outdir=out'],
    {
      cwd: project,
      env: { PATH: process.env.PATH, HOME: folder, WRANGLER_SEND_METRICS: 'false', CI: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const modules = readdirSync(path.join(project, 'out')).filter((f) => /\.(js|wasm)$/.test(f));
  const embedded = modules.map((f) => {
    const kind = f.endsWith('.js') ? 'esModule' : 'wasm';
    return `(name = "${f === 'worker.js' ? f : `./${f}`}", ${kind} = embed "out/${f}")`;
  });
  // The entry point is the first.
  embedded.sort((a, b) => Number(b.includes('worker.js')) - Number(a.includes('worker.js')));
  writeFileSync(
    path.join(project, 'workerd.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (compatibilityDate = "2026-01-01", modules = [${embedded}]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]);\n`,
  );
  const child = spawn(workerd.default, ['serve', '--control-fd=3', 'workerd.capnp'], {
    cwd: project,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  try {
    const [line] = await once(child.stdio[3] as Readable, 'data');
    const { port } = JSON.parse(String(line)) as { port: number };
    const response = await fetch(`http://127.0.0.1:${port}/`);
    assert.equal(await response.text(), expected);
  } finally {
    const gone = once(child, 'exit');
    child.kill();
    await gone;
  }
});

test('bundled by Vite, it runs in Chromium', { timeout: 120_000 }, async () => {
  writeFileSync(
    path.join(project, 'index.html'),
    '<!doctype html><title>-</title><body></body><script type="module" src="/page.ts"></script>',
  );
  const outDir = path.join(project, 'vite');
  await vite({ root: project, configFile: false, logLevel: 'error', build: { outDir } });
  await using server = await serveFolder(outDir);
  assert.equal(await inChromium(server.url), expected);
});

test('bundled by esbuild, with the modules beside it, it runs in Chromium', async () => {
  const out = path.join(project, 'esbuild');
  mkdirSync(out);
  await bundled('page.ts', path.join(out, 'page.js'), { platform: 'browser' });
  for (const name of ['headwater.wasm', 'headwater-full.wasm'])
    cpSync(path.join(project, 'node_modules/headwater/dist', name), path.join(out, name));
  writeFileSync(
    path.join(out, 'index.html'),
    '<!doctype html><title>-</title><body></body><script type="module" src="/page.js"></script>',
  );
  await using server = await serveFolder(out);
  assert.equal(await inChromium(server.url), expected);
});
