/** The binding: growth, disposal, errors, exports, layout and size. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  HwDisposedError,
  HwError,
  type StepConfig,
  type StepEvent,
} from '../../wasm/binding/index.ts';
import { core, json, root } from './hosts.ts';

const bytes = readFileSync(`${root}dist/headwater.wasm`);
const DAY = 86_400_000;
const config: StepConfig = {
  models: ['first', 'last', 'linear'],
  lookbackClickMs: 30 * DAY,
  lookbackImpressionMs: DAY,
  dedupWindowMs: 28 * DAY,
  retentionMs: 400 * DAY,
  sessionMs: 1_800_000,
  halfLifeMs: 7 * DAY,
  touchCap: 50,
};
const source = (channel: string) => ({
  channel,
  source: channel,
  medium: '',
  campaign: '',
  term: '',
  content: '',
});

test('the module imports nothing and is within its size', () => {
  const module = new WebAssembly.Module(bytes);
  assert.deepEqual(WebAssembly.Module.imports(module), []);
  const { gzipBytes } = json('wasm/size-budget.json') as { gzipBytes: number };
  const size = gzipSync(bytes, { level: 9 }).length;
  console.log(`headwater.wasm: ${bytes.length} bytes, ${size} gzip of ${gzipBytes}`);
  assert.ok(size <= gzipBytes);
});

test('exports are those of the list, and what Emscripten adds by name', () => {
  const listed = readFileSync(`${root}wasm/exports.txt`, 'utf8').trim().split('\n');
  const glue = ['memory', '_initialize', '__indirect_function_table'];
  const runtime = ['stackSave', 'stackRestore', 'stackAlloc'];
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map((e) => e.name);
  assert.deepEqual(exported.filter((n) => n.startsWith('hw_')).sort(), [...listed].sort());
  for (const name of exported)
    assert.ok([...listed, ...glue, ...runtime].includes(name), `${name} is exported, why?`);
  const declared = ['hw_wasm.c', 'wasm_step.c', 'wasm_dataset.c'].flatMap((file) =>
    [
      ...readFileSync(`${root}wasm/${file}`, 'utf8').matchAll(
        /^HW_WASM_EXPORT .*?(hw_wasm_\w+)\(/gm,
      ),
    ].map((m) => m[1]),
  );
  assert.deepEqual(declared.sort(), [...listed].sort());
});

test('the layout file is what the module says', () => {
  execFileSync(process.execPath, [`${root}wasm/scripts/gen-layout.mjs`, '--check']);
});

test('views survive growth in the middle of a call', async () => {
  const hw = await core();
  const before = hw.memoryBytes;
  const keep = hw.classifier();
  const data = hw.dataset();
  const line = `${Array.from({ length: 2000 }, (_, i) => `c${i % 50}`).join('>')},1,2\n`;
  data.append(
    new TextEncoder().encode(`path,total_conversions,total_conversion_value\n${line.repeat(800)}`),
  );
  const { touches } = data.finish();
  assert.equal(touches, 1_600_000);
  assert.ok(hw.memoryBytes > before, 'memory grew');
  const [linear] = data.attribute(['linear']);
  assert.equal(
    linear?.conversions.reduce((a, b) => a + b),
    800e6,
  );
  assert.equal(keep.classify([{ url: 'https://a.com/?gclid=1' }])[0]?.channel, 'Paid Search');
});

test('disposed objects refuse, twice is fine, and memory comes back', async () => {
  const hw = await core();
  const objects = [hw.classifier(), hw.stepper(config), hw.dataset()] as const;
  for (const o of objects) {
    o.dispose();
    o.dispose();
  }
  assert.throws(() => objects[0].classify([]), HwDisposedError);
  assert.throws(() => objects[1].step([], 0), HwDisposedError);
  assert.throws(() => objects[2].summary(), HwDisposedError);
  const csv = new TextEncoder().encode(`path,total_conversions\n${'a > b > c,1\n'.repeat(20_000)}`);
  const round = () => {
    const d = hw.dataset();
    d.append(csv);
    d.finish();
    d.attribute(['linear']);
    d.dispose();
  };
  for (let i = 0; i < 3; i++) round();
  const settled = hw.memoryBytes;
  for (let i = 0; i < 60; i++) round();
  assert.equal(hw.memoryBytes, settled);
});

test('errors say what, where and by which code', async () => {
  const hw = await core();
  const data = hw.dataset();
  const fault = (fn: () => unknown): HwError => {
    try {
      fn();
    } catch (e) {
      assert.ok(e instanceof HwError, String(e));
      return e;
    }
    assert.fail('no error');
  };
  const e = fault(() =>
    data.append(new TextEncoder().encode('path,total_conversions\na,1\nb,x\n')),
  );
  assert.deepEqual([e.code, e.line, e.column], ['HW_E_NUMBER', 3, 2]);
  assert.match(e.message, /"x"/);
  assert.equal(fault(() => hw.stepper({ ...config, models: ['nope'] })).code, 'HW_E_MODEL');
  assert.equal(fault(() => hw.stepper({ ...config, touchCap: 0 })).code, 'HW_E_ARG');
  assert.equal(fault(() => hw.dataset({ columns: { colour: 'x' } })).code, 'HW_E_ARG');
  assert.equal(fault(() => hw.stepper(config).describe(new Uint8Array(100))).code, 'HW_E_FORMAT');
  const ok = hw.dataset({ skipBad: true });
  ok.append(new TextEncoder().encode('path,total_conversions\na,1\nb,x\n'));
  const { badRows, bad } = ok.finish();
  assert.equal(badRows, 1);
  assert.deepEqual(
    bad.map((b) => [b.line, b.column, b.code]),
    [[3, 2, 'HW_E_NUMBER']],
  );
  assert.equal(fault(() => ok.attribute(['time_decay'])).code, 'HW_E_NEEDS_TIMES');
  assert.equal(fault(() => ok.attribute(['nope'])).code, 'HW_E_MODEL');
  assert.equal(fault(() => ok.append(new Uint8Array(1))).code, 'HW_E_STATE');
});

test('a journey steps, repeats harmlessly and can be read', async () => {
  const hw = await core();
  const stepper = hw.stepper(config);
  const key = (...parts: string[]) => hw.keys([parts])[0] ?? new Uint8Array();
  const now = 20_400 * DAY;
  const events: StepEvent[] = ['facebook', 'google', 'newsletter'].map((name, i) => ({
    key: key('event', name),
    at: now - (3 - i) * DAY,
    day: 20_397 + i,
    touch: { interaction: 'click', source: source(name) },
  }));
  events.push({
    key: key('event', 'order'),
    at: now,
    day: 20_400,
    conversions: [{ action: 'purchase', value: 100_010_000, order: key('order', '1') }],
  });
  const { persons, ledger } = stepper.step(
    [
      { blob: null, events },
      { blob: null, events: [] },
    ],
    now,
  );
  assert.deepEqual(persons[0]?.outcomes, ['accepted', 'accepted', 'accepted', 'accepted']);
  assert.deepEqual(persons[0]?.counted, [0, 0, 0, 1]);
  assert.equal(persons[1]?.blob, null);
  for (const model of config.models)
    for (const basis of ['touch', 'conversion']) {
      const rows = ledger.filter((r) => r.model === model && r.basis === basis);
      assert.equal(
        rows.reduce((a, r) => a + r.value, 0),
        100_010_000,
      );
      assert.equal(
        rows.reduce((a, r) => a + r.conversions, 0),
        1_000_000,
      );
    }
  const blob = persons[0]?.blob ?? new Uint8Array();
  const again = stepper.step([{ blob, events }], now + 1);
  assert.deepEqual(again.persons[0]?.outcomes, Array(4).fill('duplicate'));
  assert.deepEqual([again.persons[0]?.blob, again.ledger], [null, []]);
  const spelled = events.map((event) => ({
    ...event,
    key: Buffer.from(event.key).toString('hex'),
  }));
  assert.deepEqual(stepper.step([{ blob: null, events: spelled }], now).persons[0]?.blob, blob);
  for (const wrong of ['', 'f'.repeat(31), `${'f'.repeat(31)}g`])
    assert.throws(() => stepper.step([{ blob, events: [{ ...events[0]!, key: wrong }] }], now), {
      name: 'RangeError',
      message: /32 hex digits/,
    });
  const view = stepper.describe(blob);
  assert.deepEqual(
    view.touches.map((t) => t.channel),
    ['facebook', 'google', 'newsletter'],
  );
  assert.deepEqual(view.conversions[0]?.credits.linear, [
    [333_334, 33_336_667],
    [333_333, 33_336_667],
    [333_333, 33_336_666],
  ]);
  blob[100] = (blob[100] ?? 0) ^ 1;
  assert.throws(() => stepper.step([{ blob, events }], now), { code: 'HW_E_CHECKSUM' });
});
