/** From a CSV of a million paths to credit, whole process, beside a plain script. Medians of five. */

import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FullDataset, HeadwaterFull } from '../../wasm/binding/full.ts';
import { full, hwPath, random, root } from '../node/hosts.ts';

const rules =
  'first,last,last_non_direct,linear,linear_unique,position,w_shaped,z_shaped,j_shaped,inverse_j,' +
  'last_paid,source_first,source_last,participation,custom,shapley';
/** A million rows of some ten touches. */
const shape = [
  '--format',
  'paths',
  '--codes',
  '--touches',
  '11',
  '--journeys',
  '1000000',
  '--seed',
  '1',
];
const four = ['first', 'last', 'linear', 'position'];

const median = (n: number, once: () => number): number =>
  Array.from({ length: n }, once).sort((a, b) => a - b)[n >> 1] ?? Number.NaN;

/** Wall time of a process, and its peak memory as GNU time tells it; NaN without it. */
const run = (command: string, args: string[]): { ms: number; peakMB: number } => {
  const timed = existsSync('/usr/bin/time');
  const from = performance.now();
  const { status, stderr } = timed
    ? spawnSync('/usr/bin/time', ['-f', 'peak %M', command, ...args], options)
    : spawnSync(command, args, options);
  const ms = performance.now() - from;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return { ms, peakMB: Number(/peak (\d+)/.exec(String(stderr))?.[1] ?? Number.NaN) / 1024 };
};
const options = { stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] };

/** Reads a file piece by piece through one buffer, as a stream would come. */
const read = (hw: HeadwaterFull, file: string): FullDataset => {
  const data = hw.dataset();
  const piece = new Uint8Array(1 << 20);
  const fd = openSync(file, 'r');
  for (let n = readSync(fd, piece); n > 0; n = readSync(fd, piece))
    data.append(piece.subarray(0, n));
  closeSync(fd);
  data.finish();
  return data;
};

/** From bytes on disk to credit in this process, which has the module loaded as a server has. */
const wasmMs = (hw: HeadwaterFull, file: string, models: string, order: number): number => {
  const from = performance.now();
  const data = read(hw, file);
  data.attribute(models.split(','), { order });
  const ms = performance.now() - from;
  data.dispose();
  return ms;
};

/** A dataset in memory, credited for the first time: nothing is kept from another model. */
const inMemoryMs = (hw: HeadwaterFull, file: string): number => {
  const data = read(hw, file);
  const from = performance.now();
  data.attribute(four);
  const ms = performance.now() - from;
  data.dispose();
  return ms;
};

/** Twenty channels, every second of the 2^20 sets of them unseen. */
const shapleyMs = (hw: HeadwaterFull): number => {
  const pick = random(20n);
  const data = hw.dataset();
  let csv = 'path,total_conversions,total_null\n';
  for (let i = 0; i < 20_000; i++) {
    const steps = Array.from({ length: 1 + pick(8) }, () => `channel ${pick(20)}`);
    csv += `${steps.join('>')},${pick(4)},${pick(9)}\n`;
  }
  data.append(new TextEncoder().encode(csv));
  data.finish();
  const from = performance.now();
  data.attribute(['shapley_rate']);
  const ms = performance.now() - from;
  data.dispose();
  return ms;
};

interface Row {
  stage: string;
  figure: number;
  unit: string;
  note?: string;
}

export default async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hw-bench-'));
  try {
    const file = join(folder, 'paths.csv');
    const made = spawnSync(hwPath, ['generate', ...shape], {
      stdio: ['ignore', openSync(file, 'w'), 'inherit'],
    });
    if (made.status !== 0) throw new Error('hw generate failed');
    const hw = await full();
    const naive = median(3, () => run(process.execPath, [`${root}tests/bench/naive.mjs`, file]).ms);
    const data = read(hw, file);
    const { touches, rows: count } = data.summary();
    data.dispose();
    const rows: Row[] = [
      {
        stage: `hw ${['generate', ...shape].join(' ')}`,
        figure: statSync(file).size / 1e6,
        unit: 'MB',
        note: `${count} rows, ${touches} touches`,
      },
      {
        stage: 'reading the bytes alone',
        figure: median(5, () => run('cat', [file]).ms),
        unit: 'ms',
      },
      { stage: 'plain script: 3 rules + counts', figure: naive, unit: 'ms' },
    ];
    const jobs: [string, string, number][] = [
      ['16 rules', rules, 1],
      ['markov, order 1', 'markov', 1],
      ['markov, order 3', 'markov', 3],
    ];
    const times = (ms: number) => `${(naive / ms).toFixed(1)} times the plain script`;
    for (const [stage, models, order] of jobs) {
      const args = ['attribute', file, '--model', models, '--order', String(order)];
      let peak = 0;
      const native = median(5, () => {
        const { ms, peakMB } = run(hwPath, args);
        peak = Math.max(peak, peakMB);
        return ms;
      });
      const wasm = median(5, () => wasmMs(hw, file, models, order));
      rows.push({
        stage: `${stage}, native`,
        figure: native,
        unit: 'ms',
        note: `${times(native)}, peak ${peak.toFixed(0)} MB`,
      });
      rows.push({
        stage: `${stage}, WASM in Node`,
        figure: wasm,
        unit: 'ms',
        note: `${times(wasm)}, ${(native / wasm).toFixed(2)} of native`,
      });
    }
    rows.push({
      stage: 'four rules in memory, WASM',
      figure: median(5, () => inMemoryMs(hw, file)),
      unit: 'ms',
      note: `${touches} touches`,
    });
    rows.push({
      stage: 'shapley_rate of 20 channels, WASM',
      figure: median(5, () => shapleyMs(hw)),
      unit: 'ms',
    });
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
