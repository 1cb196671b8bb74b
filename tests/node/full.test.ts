/** headwater-full.wasm: intervals, exact deduplication and ledgers, beside the command line or a map. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type FullDataset, HeadwaterFull, HwError } from '../../wasm/binding/full.ts';
import { core, decimal, full, native, random, root, seed } from './hosts.ts';

const hw = await full();
const code = (name: string) => (error: unknown) => error instanceof HwError && error.code === name;

const paths = (pick: (below: number) => number): string => {
  let csv = 'path,total_conversions,total_conversion_value,total_null\n';
  for (let rows = 20 + pick(60); rows > 0; rows--) {
    const steps = Array.from({ length: 1 + pick(6) }, () => `c${pick(6)}`);
    csv += `${steps.join(' > ')},${pick(9)},${pick(1e6) / 1000},${pick(20)}\n`;
  }
  return csv;
};
const read = (csv: string): FullDataset => {
  const data = hw.dataset();
  data.append(new TextEncoder().encode(csv));
  data.finish();
  return data;
};

test('the module imports nothing, and the small one is told from it', () => {
  const module = new WebAssembly.Module(readFileSync(`${root}dist/headwater-full.wasm`));
  assert.deepEqual(WebAssembly.Module.imports(module), []);
  const listed = ['exports.txt', 'exports-full.txt'].flatMap((file) =>
    readFileSync(`${root}wasm/${file}`, 'utf8').trim().split('\n'),
  );
  const names = WebAssembly.Module.exports(module).map((e) => e.name);
  assert.deepEqual(names.filter((n) => n.startsWith('hw_')).sort(), listed.sort());
  const small = new WebAssembly.Module(readFileSync(`${root}dist/headwater.wasm`));
  assert.throws(() => HeadwaterFull.fromModule(small), /headwater-full\.wasm/);
});

test('intervals are those of the command line', () => {
  const pick = random(seed('intervals of the binding'));
  const models = ['linear', 'markov', 'shapley_ordered'];
  for (let round = 0; round < 10; round++) {
    const csv = paths(pick);
    const data = read(csv);
    const { channels } = data.summary();
    const args = ['--model', models.join(','), '--bootstrap', '30', '--seed', String(round)];
    const a = native(['attribute', ...args], csv);
    assert.equal(a.code, 0, a.err);
    let out = '';
    for (const m of data.bootstrap(models, 30, { seed: round })) {
      const names = channels.flatMap((c) =>
        m.conversions.length > channels.length
          ? ['opener', 'middle', 'closer'].map((part) => `${c} (${part})`)
          : [c],
      );
      names.forEach((name, i) => {
        const columns = [m.conversions, m.value, m.conversionsLow, m.conversionsHigh];
        columns.push(m.valueLow, m.valueHigh);
        out += `${m.model},${name},${columns.map((c) => decimal(c[i] ?? NaN)).join(',')}\n`;
      });
    }
    assert.equal(out, a.out.slice(a.out.indexOf('\n') + 1));
    assert.throws(() => data.bootstrap(['linear'], 1), code('HW_E_ARG'));
    assert.throws(() => data.bootstrap(['none'], 30), code('HW_E_MODEL'));
    data.dispose();
  }
});

test('transforms, caps and drawn orders are those of the command line', async () => {
  const pick = random(seed('transforms of the binding'));
  const models = ['first', 'linear', 'markov', 'shapley_rate'];
  for (const transform of ['unique', 'exposure', 'first', 'frequency'] as const) {
    const csv = paths(pick);
    const touchCap = 1 + pick(4);
    const args = ['--transform', transform, '--max-touches', String(touchCap), '--samples', '64'];
    const a = native(['attribute', '--model', models.join(','), '--seed', '3', ...args], csv);
    assert.equal(a.code, 0, a.err);
    const data = hw.dataset({ transform, touchCap });
    data.append(new TextEncoder().encode(csv));
    data.finish();
    const credit = data.attribute(models, { samples: 64, seed: 3 });
    const { channels } = data.summary();
    const out = credit.flatMap(({ model, conversions, value }) =>
      conversions.map((n, i) => `${model},${channels[i]},${decimal(n)},${decimal(value[i] ?? 0)}`),
    );
    assert.deepEqual(out, a.out.trim().split('\n').slice(1), transform);
    data.dispose();
  }
  const small = await core();
  assert.throws(() => small.dataset({ transform: 'first' }), code('HW_E_ARG'));
  assert.throws(() => hw.dataset({ transform: 'none' as 'first' }), code('HW_E_ARG'));
});

test('ledgers have the bytes of hw ledger, merge in any order, and read back', () => {
  const pick = random(seed('ledgers of the binding'));
  const folder = mkdtempSync(join(tmpdir(), 'hw-full-'));
  try {
    for (let round = 0; round < 10; round++) {
      const files = [paths(pick), paths(pick), paths(pick)];
      const parts = files.map((csv, i) => {
        const data = read(csv);
        const ledger = data.ledger(`part ${i}`);
        writeFileSync(join(folder, 'in.csv'), csv);
        const to = join(folder, `${i}.hwl`);
        const args = ['ledger', 'map', join(folder, 'in.csv'), '--part', `part ${i}`, '-o', to];
        assert.equal(native(args).code, 0);
        assert.deepEqual(Buffer.from(ledger.save()), readFileSync(to));
        data.dispose();
        return ledger;
      });
      const [a, b, c] = parts;
      assert.ok(a && b && c);
      const other = hw.ledger(c.save());
      other.merge(b);
      other.merge(a);
      other.merge(b);
      a.merge(b);
      a.merge(c);
      assert.deepEqual(a.save(), other.save());
      const merged = a.dataset();
      const once = read(files.map((f, i) => (i ? f.slice(f.indexOf('\n') + 1) : f)).join(''));
      const models = ['linear', 'markov', 'shapley'];
      assert.deepEqual(merged.attribute(models), once.attribute(models));
      const changed = a.save();
      changed[20] = (changed[20] ?? 0) ^ 1;
      assert.throws(() => hw.ledger(changed), code('HW_E_CHECKSUM'));
      assert.throws(() => hw.ledger(new Uint8Array(3)), code('HW_E_FORMAT'));
      const same = read(files[1] ?? '').ledger('part 0');
      assert.throws(() => a.merge(same), code('HW_E_CONFIG'));
      assert.deepEqual(a.save(), other.save());
      for (const each of [a, b, c, other, merged, once, same]) each.dispose();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('ledgers of two instances merge, and nothing else is taken for one', async () => {
  const other = await full();
  const of = (core: typeof hw, name: string, part: string) => {
    const data = core.dataset();
    data.append(new TextEncoder().encode(`path,total_conversions\n${name},1\n`));
    data.finish();
    return data.ledger(part);
  };
  const a = of(hw, 'aaa', '1');
  of(hw, 'bbb', '2');
  of(other, 'ccc', '3');
  const d = of(other, 'ddd', '4');
  a.merge(d);
  assert.deepEqual(a.dataset().summary().channels, ['aaa', 'ddd']);
  for (const odd of [{}, 5, null, hw.dedup(1000), hw, { address: 12345 }])
    assert.throws(() => a.merge(odd as never), TypeError);
});

test('numbers out of range are refused, not wrapped', () => {
  const data = read('path,total_conversions\na > b > c,3\n');
  for (const touchCap of [-1, Number.NaN, 2 ** 32, 2 ** 32 + 1, 1.5])
    assert.throws(() => hw.dataset({ touchCap }), code('HW_E_ARG'), String(touchCap));
  for (const replicates of [2 ** 32 + 5, 2.5, -1])
    assert.throws(() => data.bootstrap(['linear'], replicates), code('HW_E_ARG'));
  for (const options of [{ samples: 2 ** 32 }, { order: 2.5 }, { weights: [Number.NaN, 1, 1] }])
    assert.throws(() => data.attribute(['markov'], options as never), code('HW_E_ARG'));
  for (const [from, count] of [
    [2 ** 32, 1],
    [Number.NaN, 1],
    [0, -1],
  ] as const)
    assert.throws(() => data.journeys(from, count, ['linear']), code('HW_E_ARG'));
  const keys = ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb'] as unknown as Uint8Array[];
  assert.throws(() => hw.dedup(1000).add(keys, [1, 1]), TypeError);
  assert.throws(() => hw.dataset().append('a,b' as never), TypeError);
});

test('dedup judges as a map does', () => {
  const pick = random(seed('dedup of the binding'));
  const window = 5000;
  const dedup = hw.dedup(window);
  const known = new Map<number, number>();
  let newest = 0;
  let clock = 10_000;
  for (let round = 0; round < 60; round++) {
    const numbers = Array.from({ length: pick(100) }, () => pick(400));
    const at = numbers.map(() => {
      clock += pick(40);
      return clock - pick(pick(10) ? 200 : 9000);
    });
    const keys = hw.keys(numbers.map((n) => ['k', String(n)]));
    const expected = numbers.map((n, i) => {
      const t = at[i] ?? 0;
      if (t <= newest - window) return 'late';
      const seen = known.get(n);
      if (seen !== undefined && seen > Math.max(newest, t) - window) return 'duplicate';
      newest = Math.max(newest, t); // a repeat moves nothing
      known.set(n, t);
      return 'new';
    });
    assert.deepEqual(dedup.add(keys, at), expected);
  }
  assert.ok(dedup.count > 0 && dedup.memoryBytes > dedup.count * 16);
  assert.throws(() => dedup.add(hw.keys([['k']]), [-1]), code('HW_E_ARG'));
  assert.throws(() => dedup.add(hw.keys([['k']]), []), RangeError);
  assert.throws(() => hw.dedup(0), code('HW_E_ARG'));
  dedup.dispose();
});
