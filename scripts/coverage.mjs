/**
 * Line coverage of core/ by its own tests: ctest and the command line's tests on a build that counts.
 * Prints a row per file and fails below the bar.
 *
 *   node scripts/coverage.mjs
 */
import './bootstrap.mjs';
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { isMain, root, run, runMain, ScriptError } from './lib/run.mjs';
import { buildEnvironment } from './lib/tools.mjs';
import { setup } from './setup.mjs';

const BAR = 90;
const folder = path.join(root, 'build/coverage');

/** Every file below a folder that ends so. @returns {string[]} */
const below = (/** @type {string} */ at, /** @type {string} */ ending) =>
  readdirSync(at, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(at, name));

const coverage = async () => {
  await setup(['build', 'test']);
  const env = buildEnvironment();
  await run('cmake', ['--preset', 'coverage', '-G', 'Ninja'], { env, quiet: true });
  await run('cmake', ['--build', '--preset', 'coverage'], { env, quiet: true });
  for (const file of below(folder, '.gcda')) rmSync(file);
  await run('ctest', ['--preset', 'coverage'], { env, quiet: true });
  await run(
    process.execPath,
    [
      '--test',
      'tests/node/cli.test.ts',
      'tests/node/golden.test.ts',
      'tests/node/classify.test.ts',
    ],
    { env: { ...env, HW_BIN: path.join(folder, 'hw') }, quiet: true },
  );
  /** @type {Map<string, {covered: number, lines: number}>} */
  const files = new Map();
  for (const data of below(folder, '.gcda').filter((f) => f.includes('/core/'))) {
    const text = execFileSync('gcov', ['-n', '-s', root, data], { cwd: folder, encoding: 'utf8' });
    for (const [, name = '', percent, count] of text.matchAll(
      /File '(.+?)'\nLines executed:([\d.]+)% of (\d+)/g,
    )) {
      if (!name.startsWith(`${root}/core/`) && !name.startsWith('core/')) continue;
      if (!name.endsWith('.c')) continue;
      const lines = Number(count);
      files.set(name.slice(name.indexOf('core/')), {
        covered: Math.round((Number(percent) / 100) * lines),
        lines,
      });
    }
  }
  let covered = 0;
  let lines = 0;
  for (const [name, f] of [...files].sort()) {
    console.log(
      `${((100 * f.covered) / f.lines).toFixed(1).padStart(6)} %  ${String(f.lines).padStart(5)}  ${name}`,
    );
    covered += f.covered;
    lines += f.lines;
  }
  const percent = (100 * covered) / lines;
  console.log(`${percent.toFixed(1).padStart(6)} %  ${String(lines).padStart(5)}  core/`);
  if (!(percent >= BAR)) throw new ScriptError(`line coverage of core/ is below ${BAR} %`);
};

if (isMain(import.meta.url)) await runMain(coverage);
