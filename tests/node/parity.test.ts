/** Same input, same bytes: native, Emscripten and WASI over random files. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Headwater } from '../../wasm/binding/index.ts';
import type { AttributeOptions } from '../../wasm/binding/types.ts';
import { core, decimal, full, native, random, seed, wasi, wasiBatch } from './hosts.ts';

const models = [
  ...['first', 'last', 'last_non_direct', 'linear', 'linear_unique', 'position', 'time_decay'],
  ...['w_shaped', 'z_shaped', 'j_shaped', 'inverse_j', 'last_paid', 'source_first', 'source_last'],
  ...['participation', 'custom', 'markov', 'shapley', 'shapley_rate', 'shapley_ordered'],
];
/** What only the full module has. */
const fits = ['hazard', 'logistic'];
const parts = (model: string) =>
  model === 'shapley_ordered' ? [' (opener)', ' (middle)', ' (closer)'] : [''];

const pathFile = (pick: (below: number) => number): string => {
  let csv = 'path,total_conversions,total_conversion_value,total_null,times\n';
  for (let rows = 1 + pick(40); rows > 0; rows--) {
    const n = 1 + pick(12);
    const steps = Array.from({ length: n }, () => `ch ${pick(9)}`);
    const times = Array.from({ length: n }, () => pick(2000) / 8).sort((a, b) => b - a);
    csv += `${steps.join(' > ')},${pick(500) / 4},${pick(1e6) / 1000},${pick(9)},${times.join(' > ')}\n`;
  }
  return csv;
};

const touchFile = (pick: (below: number) => number): string => {
  let csv = 'visitor,time,channel,interaction,conversion,value,event_id\n';
  for (let rows = 1 + pick(120); rows > 0; rows--) {
    const converts = pick(5) === 0;
    const channel =
      converts && pick(2) ? '' : ['Paid Search', 'Email', 'Direct', 'Display'][pick(4)];
    const kind = ['click', 'impression', 'visit'][pick(3)];
    csv += `v${pick(15)},${1.76e12 + pick(4e9)},${channel},${kind},${converts ? 1 : 0},${converts ? pick(1e5) / 100 : ''},e${pick(150)}\n`;
  }
  return csv;
};

test('native and WASI print the same bytes over 200 files in one run each', () => {
  const pick = random(seed('parity files'));
  const folder = mkdtempSync(join(tmpdir(), 'hw-parity-'));
  try {
    for (const [kind, make] of [
      ['paths', pathFile],
      ['touches', touchFile],
    ] as const) {
      const files = Array.from({ length: 100 }, (_, i) => {
        const file = join(folder, `${kind}${i}.csv`);
        writeFileSync(file, make(pick));
        return file;
      });
      for (const format of ['csv', 'json', 'table']) {
        const args = ['attribute', ...files, '--model', models.join(','), '--format', format];
        args.push('--order', '3', '--source', 'Email');
        const a = native(args);
        const b = wasi(args);
        assert.equal(a.code, 0, a.err);
        assert.deepEqual(b, a);
        assert.ok(a.out.length > 300);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** What a module answers, as the command line would print it. */
const printed = (hw: Headwater, csv: string, names: readonly string[], o: AttributeOptions) => {
  const data = hw.dataset();
  const bytes = new TextEncoder().encode(csv);
  for (let at = 0; at < bytes.length; at += 100) data.append(bytes.subarray(at, at + 100));
  data.finish();
  const credits = data.attribute(names, o);
  const { channels } = data.summary();
  let out = 'model,channel,conversions,value\n';
  for (const { model, conversions, value } of credits) {
    // A model may add a channel of its own; models before it in the list do not show it.
    channels
      .flatMap((c) => parts(model).map((part) => c + part))
      .slice(0, conversions.length)
      .forEach((name, i) => {
        out += `${model},${name},${decimal(conversions[i] ?? NaN)},${decimal(value[i] ?? NaN)}\n`;
      });
  }
  data.dispose();
  return out;
};

test('native, both modules and WASI agree to the byte over 1,000 files, every model', async () => {
  const [small, everything] = [await core(), await full()];
  const pick = random(seed('parity of 1,000 files') + 1n);
  const folder = mkdtempSync(join(tmpdir(), 'hw-parity-'));
  try {
    const rounds = Array.from({ length: 1000 }, (_, i) => {
      const csv = i % 2 ? pathFile(pick) : touchFile(pick);
      const file = join(folder, `${i}.csv`);
      writeFileSync(file, csv);
      const loops = i % 3 === 0;
      const order = 1 + (i % 5);
      const args = ['attribute', file, '--order', String(order), '--source', 'Email'];
      args.push('--custom', '30,20/10/40', '--model', [...models, ...fits].join(','));
      if (loops) args.push('--loops');
      return { csv, args, order, loops };
    });
    const fromWasi = wasiBatch(rounds.map(({ args }) => args));
    rounds.forEach(({ csv, args, order, loops }, i) => {
      const a = native(args);
      assert.equal(a.code, 0, a.err);
      assert.ok(a.out.startsWith('model,channel,conversions,value\nfirst,'));
      const custom = { front: [30, 20], back: [10], rest: 40 };
      const options = { order, loops, source: 'Email', custom };
      assert.equal(fromWasi[i], a.out, `WASI, file ${i}`);
      assert.equal(
        printed(everything, csv, [...models, ...fits], options),
        a.out,
        `full, file ${i}`,
      );
      // What the small module has is the start of the same list.
      assert.ok(a.out.startsWith(printed(small, csv, models, options)), `small, file ${i}`);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('intervals agree, and do not care how rows are cut', () => {
  const pick = random(seed('parity intervals') + 2n);
  for (let round = 0; round < 10; round++) {
    const csv = round % 2 ? pathFile(pick).replace(/,times\n/, ',note\n') : touchFile(pick);
    const args = [
      'attribute',
      '--model',
      'linear,markov,shapley_rate',
      '--bootstrap',
      '40',
      '--seed',
      `${round}`,
    ];
    const a = native(args, csv);
    assert.equal(a.code, 0, a.err);
    assert.match(
      a.out,
      /^model,channel,conversions,value,conversions_low,conversions_high,value_low,value_high\n/,
    );
    assert.deepEqual(wasi(args, csv), a);
    const [head, ...rows] = csv.trim().split('\n');
    const backwards = native(args, [head, ...rows.reverse(), ''].join('\n'));
    if (round % 2) assert.deepEqual(backwards.out.split('\n').sort(), a.out.split('\n').sort());
  }
});

test('generate and classify agree too', () => {
  const args = ['generate', '--journeys', '3000', '--seed', '7'];
  const a = native(args);
  assert.equal(wasi(args).out, a.out);
  assert.equal(native(args).out, a.out);
  assert.notEqual(native(['generate', '--journeys', '3000', '--seed', '8']).out, a.out);
  const url = [
    'classify',
    '--url',
    'https://a.com/?utm_source=b%C3%A9&utm_medium=email&gclid=X',
    '--referrer',
    'https://t.co/',
  ];
  assert.deepEqual(wasi(url), native(url));
});
