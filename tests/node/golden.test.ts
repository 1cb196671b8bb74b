/** Worked examples from the literature: native, Emscripten and WASI must all give the figures. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { core, decimal, json, native, root, wasi } from './hosts.ts';

interface Expectation {
  model: string;
  order?: number;
  loops?: boolean;
  half_life?: number;
  tol: number;
  conversions?: Record<string, number>;
  value?: Record<string, number>;
}
interface Golden {
  source: string;
  rows: { path: string; conv: number; value: number; null: number; times?: string }[];
  expect: Expectation[];
}

/** The transition matrix is `hw markov`'s to show. */
const elsewhere = ['transition_matrix'];

const csvOf = ({ rows }: Golden): string => {
  const times = rows.some((r) => r.times !== undefined);
  const head = `path,total_conversions,total_conversion_value,total_null${times ? ',times' : ''}\n`;
  return (
    head +
    rows
      .map((r) => `${r.path},${r.conv},${r.value},${r.null}${times ? `,${r.times}` : ''}\n`)
      .join('')
  );
};

/** channel → [conversions, value] of one model's CSV output. */
const parse = (csv: string): Map<string, [number, number]> =>
  new Map(
    csv
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => {
        const [, channel = '', conversions, value] = line.split(',');
        return [channel, [Number(conversions), Number(value)]];
      }),
  );

let checked = 0;
for (const name of readdirSync(`${root}tests/golden`).filter((n) => /^\d/.test(n))) {
  const golden = json(`tests/golden/${name}`) as Golden;
  for (const expected of golden.expect.filter((e) => !elsewhere.includes(e.model))) {
    test(`${name}: ${expected.model} ${expected.order ?? ''}${expected.loops ? ' with loops' : ''}`, async () => {
      const csv = csvOf(golden);
      const args = ['attribute', '-', '--model', expected.model];
      if (expected.half_life !== undefined) args.push('--half-life', `${expected.half_life}h`);
      if (expected.order !== undefined) args.push('--order', String(expected.order));
      if (expected.loops) args.push('--loops');
      const run = native(args, csv);
      assert.equal(run.code, 0, run.err);
      const got = parse(run.out);
      // The output is rounded once, to micros.
      const tolerance = Math.max(expected.tol, 1e-6);
      for (const [at, column] of [
        [0, expected.conversions],
        [1, expected.value],
      ] as const)
        for (const [channel, figure] of Object.entries(column ?? {})) {
          const difference = Math.abs((got.get(channel)?.[at] ?? Number.NaN) - figure);
          assert.ok(
            difference <= tolerance,
            `${channel}: ${got.get(channel)?.[at]}, expected ${figure}`,
          );
          checked++;
        }
      assert.equal(wasi(args, csv).out, run.out);
      const data = (await core()).dataset();
      data.append(new TextEncoder().encode(csv));
      const { channels } = data.finish();
      const options = {
        halfLifeMs: (expected.half_life ?? 168) * 3_600_000,
        order: expected.order ?? 1,
        loops: expected.loops ?? false,
      };
      const [credit] = data.attribute([expected.model], options);
      const lines = channels.map(
        (c, i) =>
          `${expected.model},${c},${decimal(credit?.conversions[i] ?? NaN)},${decimal(credit?.value[i] ?? NaN)}\n`,
      );
      assert.equal(`model,channel,conversions,value\n${lines.join('')}`, run.out);
      data.dispose();
    });
  }
}

interface Matrix {
  model: string;
  order: number;
  loops?: boolean;
  matrix: [string, string, number][];
  tol: number;
}
for (const name of readdirSync(`${root}tests/golden`).filter((n) => /^\d/.test(n))) {
  const golden = json(`tests/golden/${name}`) as Golden;
  const matrices = golden.expect.filter(
    (e) => e.model === 'transition_matrix',
  ) as unknown as Matrix[];
  for (const { order, loops = false, matrix, tol } of matrices)
    test(`${name}: transition matrix of order ${order}${loops ? ' with loops' : ''}`, () => {
      const args = [
        'markov',
        '--order',
        String(order),
        '--format',
        'json',
        ...(loops ? ['--loops'] : []),
      ];
      const run = native(args, csvOf(golden));
      assert.deepEqual(wasi(args, csvOf(golden)), run);
      const got = JSON.parse(run.out) as { matrix: [string, string, number][] };
      const steps = new Map(got.matrix.map(([from, to, p]) => [`${from} to ${to}`, p]));
      assert.equal(steps.size, matrix.length, run.out);
      for (const [from, to, p] of matrix) {
        const difference = Math.abs((steps.get(`${from} to ${to}`) ?? Number.NaN) - p);
        assert.ok(difference <= tol, `${from} to ${to}: ${run.out}`);
        checked++;
      }
    });
}

test('the golden files were really there', () =>
  assert.ok(checked >= 50, `${checked} figures checked`));
