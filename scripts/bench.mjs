/**
 * Runs the benchmarks in tests/bench and prints a table.
 *
 *   node scripts/bench.mjs [--json] [NAME…]     NAME: part of a file's name
 *
 * A benchmark is a module `*.bench.ts` whose default export is an async function that gives rows
 * {stage, figure, unit, note?}; figures of one file come from one session and may be compared.
 */
import './bootstrap.mjs';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { bold, root, runMain, ScriptError, say } from './lib/run.mjs';
import { setup } from './setup.mjs';

/** @typedef {{stage: string, figure: number, unit: string, note?: string}} Row */

/** @param {string} command @returns {string} first line of its version */
const version = (command) =>
  spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout?.split('\n')[0] ?? 'unknown';

/** @param {Row[]} rows */
const print = (rows) => {
  const cells = rows.map(({ stage, figure, unit, note = '' }) => [
    stage,
    figure.toLocaleString('en-US', { maximumSignificantDigits: 4 }),
    unit,
    note,
  ]);
  const widths = [0, 1, 2].map((i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  for (const [stage = '', figure = '', unit = '', note = ''] of cells)
    console.log(
      `  ${stage.padEnd(widths[0] ?? 0)}  ${figure.padStart(widths[1] ?? 0)} ${unit.padEnd(widths[2] ?? 0)}  ${note}`.trimEnd(),
    );
};

await runMain(async () => {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const log = console.log;
  // With --json only the JSON goes to stdout.
  if (values.json) console.log = console.error;
  await setup(['build', 'bench']);
  await build();
  const files = fs
    .globSync('tests/bench/**/*.bench.ts', { cwd: root })
    .filter((file) => positionals.length === 0 || positionals.some((name) => file.includes(name)))
    .sort();
  if (files.length === 0) throw new ScriptError('No benchmark fits: look into tests/bench.');
  const machine = `${os.cpus()[0]?.model ?? 'unknown processor'} × ${os.cpus().length}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}`;
  const compiler = version('cc');
  /** @type {Record<string, Row[]>} */
  const results = {};
  say(`${machine}; ${compiler}; Node ${process.version}`);
  for (const file of files) {
    const name = path.basename(file, '.bench.ts');
    console.log(`\n${bold(name)}`);
    const module = await import(pathToFileURL(path.join(root, file)).href);
    results[name] = /** @type {Row[]} */ (await module.default());
    print(results[name]);
  }
  if (values.json)
    log(JSON.stringify({ machine, compiler, node: process.version, results }, null, 2));
});
