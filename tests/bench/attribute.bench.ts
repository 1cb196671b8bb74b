/** From a CSV of a million paths to credit, whole process, beside a plain script. Medians of five. */

import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { core, hwPath, random, root } from '../node/hosts.ts';

const names = 'alpha beta gamma delta eps zeta eta theta iota kappa la mi'.split(' ');
const rules =
  'first,last,last_non_direct,linear,linear_unique,position,w_shaped,z_shaped,j_shaped,inverse_j,' +
  'last_paid,source_first,source_last,participation,custom,shapley';

/** A million paths of 10.5 touches on average, some 85 MB; returns the touches. */
const writeFile = (file: string): number => {
  const pick = random(1n);
  // A thousand paths drawn once, in random order a thousand times over with their own counts.
  const paths = Array.from({ length: 1000 }, () => {
    let length = 1;
    while (length < 60 && pick(1000) < 906) length++;
    return Array.from({ length }, () => names[Math.min(pick(12), pick(12))] ?? 'alpha');
  });
  const out = openSync(file, 'w');
  let touches = 0;
  writeSync(out, 'path,total_conversions,total_conversion_value,total_null\n');
  for (let block = 0; block < 1000; block++) {
    let text = '';
    for (let i = 0; i < 1000; i++) {
      const path = paths[(i * 7 + block) % 1000] ?? [];
      touches += path.length;
      const n = (i * 31 + block * 17) % 1000;
      text += `${path.join(' > ')},${n % 3},${n}.${String(n).padStart(3, '0')},${n % 5}\n`;
    }
    writeSync(out, text);
  }
  closeSync(out);
  return touches;
};

const median = (n: number, once: () => number): number =>
  Array.from({ length: n }, once).sort((a, b) => a - b)[n >> 1] ?? Number.NaN;

/** Wall time of a process, and its peak memory by GNU time where there is one. */
const processMs = (command: string, args: string[]): number => {
  const from = performance.now();
  const { status, stderr } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return performance.now() - from;
};

const wasmMs = async (file: string, models: string, order: number): Promise<number> => {
  const hw = await core();
  const from = performance.now();
  const bytes = readFileSync(file);
  const data = hw.dataset();
  data.append(bytes);
  data.finish();
  data.attribute(models.split(','), { order });
  const ms = performance.now() - from;
  data.dispose();
  return ms;
};

export default async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hw-bench-'));
  try {
    const file = join(folder, 'paths.csv');
    const touches = writeFile(file);
    const naive = median(3, () =>
      processMs(process.execPath, [`${root}tests/bench/naive.mjs`, file]),
    );
    const rows = [
      { stage: 'file', figure: statSync(file).size / 1e6, unit: 'MB', note: `${touches} touches` },
      {
        stage: 'reading the bytes alone',
        figure: median(5, () => processMs('cat', [file])),
        unit: 'ms',
      },
      { stage: 'plain script: 3 rules + counts', figure: naive, unit: 'ms' },
    ];
    const jobs: [string, string, number][] = [
      ['16 rules', rules, 1],
      ['markov, order 1', 'markov', 1],
      ['markov, order 3', 'markov', 3],
    ];
    for (const [stage, models, order] of jobs) {
      const args = ['attribute', file, '--model', models, '--order', String(order)];
      const native = median(5, () => processMs(hwPath, args));
      const times: number[] = [];
      for (let i = 0; i < 5; i++) times.push(await wasmMs(file, models, order));
      const wasm = times.sort((a, b) => a - b)[2] ?? Number.NaN;
      const ratio = (ms: number) => `${(naive / ms).toFixed(1)} times the plain script`;
      rows.push({ stage: `${stage}, native`, figure: native, unit: 'ms', note: ratio(native) });
      rows.push({ stage: `${stage}, WASM in Node`, figure: wasm, unit: 'ms', note: ratio(wasm) });
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
