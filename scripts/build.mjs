/**
 * Builds everything: the command line, the WebAssembly files, the npm package, the worker and
 * the web app. Does again only what is older than its sources.
 *
 *   node scripts/build.mjs [--only native,emscripten,wasi,package,tracker,worker,web] [--force]
 */
import './bootstrap.mjs';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import {
  isMain,
  newest,
  oldest,
  root,
  run,
  runMain,
  ScriptError,
  say,
  seconds,
} from './lib/run.mjs';
import { buildEnvironment } from './lib/tools.mjs';
import { setup } from './setup.mjs';

/**
 * Configures (once) and builds a CMake preset; Ninja itself knows what is up to date.
 * @param {string} preset
 * @param {string} folder its binaryDir, relative to the project
 */
export const cmake = async (preset, folder) => {
  const env = buildEnvironment();
  if (!existsSync(path.join(root, folder, 'CMakeCache.txt')))
    await run('cmake', ['--preset', preset], { env, quiet: true });
  const { output } = await run('cmake', ['--build', '--preset', preset], { env, quiet: true });
  return !/no work to do/.test(output);
};

/**
 * Runs a step when one of its outputs is missing or older than its inputs.
 * @param {{inputs: string[], outputs: string[], force: boolean}} files relative to the project
 * @param {() => Promise<void>} step
 */
const whenStale = async ({ inputs, outputs, force }, step) => {
  if (!force && oldest(outputs) > newest([...inputs, 'package.json', 'scripts/lib/bundle.mjs']))
    return false;
  await step();
  return true;
};

/**
 * The steps in order; each says whether it had anything to do.
 * @type {Record<string, (force: boolean) => Promise<boolean>>}
 */
const steps = {
  native: () => cmake('release', 'build/native'),
  emscripten: () => cmake('emscripten', 'build/emscripten'),
  wasi: () => cmake('wasi', 'build/wasi'),
  package: (force) =>
    whenStale(
      {
        inputs: ['wasm/binding', 'dist/headwater.wasm', 'dist/headwater-full.wasm'],
        outputs: ['index', 'edge'].flatMap((entry) =>
          ['node.js', 'browser.js', 'workerd.js', 'd.ts'].map((end) => `dist/${entry}.${end}`),
        ),
        force,
      },
      async () => {
        if (existsSync(path.join(root, 'wasm/scripts/gen-layout.mjs')))
          await run(process.execPath, ['wasm/scripts/gen-layout.mjs']);
        await (await import('./lib/bundle.mjs')).bundlePackage();
      },
    ),
  tracker: (force) =>
    whenStale(
      {
        inputs: ['worker/tracker'],
        outputs: ['dist/tracker/hw.txt', 'dist/tracker/hw-debug.txt'],
        force,
      },
      async () => (await import('./lib/bundle.mjs')).bundleTracker(),
    ),
  worker: (force) =>
    whenStale(
      {
        inputs: [
          'worker',
          'core/data',
          'dist/tracker/hw.txt',
          'wasm/binding',
          'dist/headwater.wasm',
          'dist/headwater-full.wasm',
        ],
        outputs: [
          'dist/worker/index.js',
          'dist/worker/headwater.wasm',
          'dist/worker/headwater-full.wasm',
        ],
        force,
      },
      async () => (await import('./lib/bundle.mjs')).bundleWorker(),
    ),
  web: (force) =>
    whenStale(
      {
        inputs: [
          'web-demo',
          'core/data',
          'wasm/binding',
          'dist/headwater.wasm',
          'dist/headwater-full.wasm',
          'build/native/hw',
        ],
        outputs: [
          'dist/web/index.html',
          'dist/web/app.js',
          'dist/web/engine-worker.js',
          'dist/web/sample.csv.gz',
        ],
        force,
      },
      async () => (await import('./lib/bundle.mjs')).bundleWeb(),
    ),
};

/**
 * @param {{only?: string[], force?: boolean}} [options] only: names of steps, default all
 * @throws {ScriptError}
 */
export const build = async ({ only = Object.keys(steps), force = false } = {}) => {
  for (const name of only) {
    const step = steps[name];
    if (!step)
      throw new ScriptError(`Unknown step '${name}'; there are: ${Object.keys(steps).join(', ')}.`);
    const since = performance.now();
    if (await step(force)) say(`built ${name} (${seconds(since)})`);
  }
};

if (isMain(import.meta.url))
  await runMain(async () => {
    const { values } = parseArgs({
      options: { only: { type: 'string' }, force: { type: 'boolean', default: false } },
    });
    await setup(['build']);
    await build({ ...(values.only ? { only: values.only.split(',') } : {}), force: values.force });
    say('Build is ready: build/native/hw and dist/.');
  });
