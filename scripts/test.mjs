/**
 * Sets up, builds and runs every test; the last line is `N passed, N failed, N skipped`.
 *
 *   node scripts/test.mjs [c] [node] [package] [worker] [e2e]     (default: all)
 */
import './bootstrap.mjs';
import fs, { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { build, cmake } from './build.mjs';
import { bold, dim, root, run, runMain, ScriptError, say, seconds } from './lib/run.mjs';
import { setup } from './setup.mjs';

/** @typedef {{passed: number, failed: number, skipped: number, skips: string[]}} Counts */

/** @returns {Counts} */
const none = () => ({ passed: 0, failed: 0, skipped: 0, skips: [] });
const broken = () => ({ ...none(), failed: 1 });

const scratch = mkdtempSync(path.join(tmpdir(), 'headwater-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/**
 * The tests of a CMake preset, built first.
 * @param {string} preset @param {string} folder its binaryDir
 * @returns {Promise<Counts>}
 */
const ctest = async (preset, folder) => {
  await cmake(preset, folder);
  const report = path.join(scratch, `${preset}.xml`);
  await run(
    'ctest',
    [
      '--test-dir',
      folder,
      '--output-on-failure',
      '--no-tests=error',
      '-j2',
      '--output-junit',
      report,
    ],
    { allowFailure: true },
  );
  if (!existsSync(report)) return broken();
  const xml = readFileSync(report, 'utf8');
  const cases = [...xml.matchAll(/<testcase name="([^"]*)"[^>]* status="([^"]*)"[^>]*>/g)];
  const counts = none();
  for (const [, name, status] of cases) {
    if (status === 'run') counts.passed++;
    else if (status === 'fail') counts.failed++;
    else {
      counts.skipped++;
      const reason = new RegExp(`name="${name}"[\\s\\S]*?<skipped message="([^"]*)"`).exec(
        xml,
      )?.[1];
      counts.skips.push(`${preset} ${name}: ${reason ?? status}`);
    }
  }
  return cases.length > 0 ? counts : broken();
};

/**
 * The test files of one folder, in Node's own runner.
 * @param {string} folder @param {number} concurrency files at a time
 * @returns {Promise<Counts>}
 */
const nodeTests = async (folder, concurrency) => {
  // By its object: the Node that first reads this file may not have it.
  const files = fs.globSync(`tests/${folder}/**/*.test.ts`, { cwd: root }).sort();
  if (files.length === 0) throw new ScriptError(`There is no tests/${folder}/*.test.ts.`);
  const report = path.join(scratch, `${folder}.json`);
  const { status } = await run(
    process.execPath,
    [
      '--test',
      `--test-concurrency=${concurrency}`,
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${path.join(root, 'scripts/lib/count-reporter.mjs')}`,
      `--test-reporter-destination=${report}`,
      ...files,
    ],
    { allowFailure: true, env: { NODE_OPTIONS: '--disable-warning=ExperimentalWarning' } },
  );
  if (!existsSync(report)) return broken();
  /** @type {Counts} */
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
};

/** @type {Record<string, [string, () => Promise<Counts>][]>} */
const groups = {
  c: [
    ['C core, release build', () => ctest('release', 'build/native')],
    ['C core, address and undefined-behaviour sanitizers', () => ctest('asan', 'build/asan')],
  ],
  node: [['WebAssembly and command line', () => nodeTests('node', 2)]],
  package: [['npm package, packed and installed', () => nodeTests('package', 1)]],
  worker: [['Worker in workerd', () => nodeTests('worker', 2)]],
  e2e: [['App in Chromium', () => nodeTests('e2e', 1)]],
};

await runMain(async () => {
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(groups);
  const unknown = wanted.find((name) => !groups[name]);
  if (unknown)
    throw new ScriptError(
      `Unknown group '${unknown}'; there are: ${Object.keys(groups).join(', ')}.`,
    );
  const start = performance.now();
  await setup(['build', 'test']);
  await build();

  const total = none();
  for (const [title, runGroup] of wanted.flatMap((name) => groups[name] ?? [])) {
    console.log(`\n${bold(title)}`);
    const since = performance.now();
    const counts = await runGroup();
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    total.skips.push(...counts.skips);
    say(
      dim(
        `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds(since)}`,
      ),
    );
  }
  if (total.skips.length > 0) console.log('\nSkipped:');
  for (const skip of total.skips) console.log(`  ${skip}`);
  console.log(`\nAll of it took ${seconds(start)}.`);
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  if (total.failed > 0 || total.passed === 0) process.exit(1);
});
