/** A worker's binary journeys: every build but the small module reads them, with the figures of the CSV. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exported } from '../bench/journeys.ts';
import { core, full, native, random, seed, wasi } from './hosts.ts';

const { out: log } = native(['generate', '--journeys', '3000', '--seed', '4'], '');
const { csv, binary } = exported(log);

test('native, WASI and the full module give the figures of the CSV', async () => {
  for (const args of [['attribute', '--model', 'all'], ['paths'], ['markov'], ['ltv']]) {
    const runs = [native(args, csv), native(args, binary), wasi(args, binary)];
    for (const { code, err } of runs) assert.equal(code, 0, err);
    assert.ok(runs[0]!.out.length > 100);
    for (const { out } of runs) assert.equal(out, runs[0]!.out, args.join(' '));
  }
  const module = await full();
  const pick = random(seed('chunks of journeys'));
  const datasets = [csv, binary].map((bytes) => {
    const data = module.dataset();
    for (let at = 0; at < bytes.length; ) {
      const next = at + 1 + pick(5000);
      data.append(bytes.subarray(at, next));
      at = next;
    }
    return data;
  });
  const [a, b] = datasets.map((data) => {
    const summary = data.finish();
    return { summary, credits: data.attribute(['linear', 'markov', 'shapley']) };
  });
  assert.deepEqual(b, a);
  assert.ok(a!.summary.journeys >= 3000);
  assert.deepEqual(datasets[1]!.customers(), datasets[0]!.customers());
  for (const data of datasets) data.dispose();
});

test('the small module refuses it, and the full one what was cut off', async () => {
  const small = (await core()).dataset();
  assert.throws(() => small.append(binary), {
    code: 'HW_E_FORMAT',
    message: /headwater-full\.wasm only/,
  });
  small.dispose();
  const data = (await full()).dataset();
  data.append(binary.subarray(0, -1));
  assert.throws(() => data.finish(), { code: 'HW_E_CORRUPT', message: /cut off after \d+ bytes/ });
  data.dispose();
});
