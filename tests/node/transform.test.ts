/**
 * Transforms and the touch cap: hand cases, and random files whose journeys are cut, capped and
 * transformed here, naively, and written as plain path files: the credits must be the same.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { native, random, wasi } from './hosts.ts';

const transforms = ['unique', 'exposure', 'first', 'frequency'] as const;
type Transform = (typeof transforms)[number];
interface Touch {
  channel: string;
  /** hours before the conversion */
  age: number;
}

const transform = (touches: readonly Touch[], how: Transform): Touch[] => {
  if (how === 'unique') return [...touches];
  if (how === 'exposure')
    return touches.filter((t, i) => i === 0 || touches[i - 1]?.channel !== t.channel);
  const firsts = touches.filter(
    (t, i) => touches.findIndex((other) => other.channel === t.channel) === i,
  );
  if (how === 'first') return firsts;
  return firsts.map(({ channel, age }) => ({
    channel: `${channel}(${touches.filter((t) => t.channel === channel).length})`,
    age,
  }));
};

const shape = (touches: readonly Touch[], how: Transform, most: number): Touch[] =>
  transform(most > 0 ? touches.slice(-most) : touches, how);

/** model,channel → amounts; channels without credit left out: the file may not know them. */
const credits = (csv: string): Map<string, readonly number[]> =>
  new Map(
    csv
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .map(([model, channel, ...amounts]) => [`${model},${channel}`, amounts.map(Number)] as const)
      .filter(([, amounts]) => amounts.some((n) => n !== 0)),
  );

const same = (got: string, expected: string, what: string): void => {
  const a = credits(got);
  const b = credits(expected);
  assert.deepEqual([...a.keys()].sort(), [...b.keys()].sort(), what);
  for (const [key, amounts] of a) {
    // Data-driven shares may differ in their last bit when channels are numbered otherwise.
    const tolerance = /^(markov|shapley_rate)/.test(key) ? 2e-6 : 0;
    amounts.forEach((n, i) => {
      const off = Math.abs(n - (b.get(key)?.[i] ?? Number.NaN));
      assert.ok(off <= tolerance * (1 + Math.abs(n)), `${what}: ${key}: ${n}`);
    });
  }
};

const models =
  'first,last,last_non_direct,linear,linear_unique,position,j_shaped,inverse_j,last_paid,' +
  'participation,source_first,source_last,custom,markov,shapley,shapley_rate';
/**
 * With frequency, written out names are no longer those of the direct, a paid or the named channel;
 * and of more than 20 channels shapley_rate draws orders, which follow the channels' numbers.
 */
const bySpelling = /last_non_direct,|last_paid,|source_\w+,|,shapley_rate/g;
const channels = ['Direct', 'Email', 'Paid Search', 'x (y)', 'z(2)'];

const flags = (how: Transform, most: number): string[] => [
  '--transform',
  how,
  ...(most > 0 ? ['--max-touches', String(most)] : []),
];

test('the definitions, by hand', () => {
  const file = 'path,total_conversions\nD > A > B > B > C > D > C > C,1\n';
  const expected = {
    unique: 'D > A > B > B > C > D > C > C',
    exposure: 'D > A > B > C > D > C',
    first: 'D > A > B > C',
    frequency: 'D(2) > A(1) > B(2) > C(3)',
  };
  for (const how of transforms) {
    const { out, err } = native(['paths', '--transform', how], file);
    assert.equal(out.split('\n')[1], `path,${expected[how]},1.000000,0.000000,0.000000`);
    assert.equal(err, '');
  }
  const capped = native(['paths', '--transform', 'frequency', '--max-touches', '4'], file);
  assert.match(capped.out, /^path,C\(3\) > D\(1\),1\.0/m);
  assert.equal(capped.err, 'hw: --max-touches left out 4 touches of 1 journeys\n');
  const markov = native(['markov', '--transform', 'first'], file).out;
  assert.match(markov, /^transition,B,C,1$/m);
});

test('a milestone moves to the touch that stands for its own', () => {
  const log =
    'visitor,time,channel,interaction,conversion\n' +
    'u,2026-01-01,a,,\nu,2026-01-02,b,,\nu,2026-01-03,b,,\nu,2026-01-03,,lead,\n' +
    'u,2026-01-04,c,,\nu,2026-01-05,d,,\nu,2026-01-06,,,1\n';
  const run = (...args: string[]) => native(['attribute', '--model', 'w_shaped', ...args], log).out;
  const credit = (csv: string) => [...credits(csv).values()].map(([n]) => n);
  assert.deepEqual(credit(run()), [0.3, 0.35, 0.05, 0.3]); // b twice: the lead and one of the rest
  assert.deepEqual(credit(run('--transform', 'first')), [0.3, 0.3, 0.1, 0.3]);
  assert.deepEqual(credit(run('--transform', 'frequency')), [0.3, 0.1, 0.3, 0.3]);
});

test('random path files, with times and without', () => {
  const seed = 1n;
  console.log(`seed ${seed}`);
  const pick = random(seed);
  for (let round = 0; round < 24; round++) {
    const how = transforms[round % 4] ?? 'unique';
    const most = pick(3) === 0 ? 0 : 1 + pick(5);
    const timed = pick(2) === 1;
    const head = `path,total_conversions,total_conversion_value,total_null${timed ? ',times' : ''}\n`;
    let file = head;
    let plain = head;
    for (let row = 0; row < 60; row++) {
      const length = 1 + pick(12);
      const touches = Array.from({ length }, (_, i) => ({
        channel: channels[Math.min(pick(5), pick(5))] ?? 'Direct',
        age: (length - i) * 2,
      }));
      const tail = `${pick(4)},${pick(900)}.25,${pick(3)}`;
      const write = (list: readonly Touch[]): string =>
        `${list.map((t) => t.channel).join(' > ')},${tail}${timed ? `,${list.map((t) => t.age).join('>')}` : ''}\n`;
      file += write(touches);
      plain += write(shape(touches, how, most));
    }
    const known = how === 'frequency' ? models.replace(bySpelling, '') : models;
    const all = timed ? `${known},time_decay` : known;
    const args = ['attribute', '--model', all, '--source', 'Email'];
    const got = native([...args, ...flags(how, most)], file);
    assert.equal(got.code, 0, got.err);
    same(got.out, native(args, plain).out, `round ${round}, ${how}, at most ${most}`);
    if (round < 8) assert.equal(wasi([...args, ...flags(how, most)], file).out, got.out);
  }
});

test('random touch logs', () => {
  const seed = 2n;
  console.log(`seed ${seed}`);
  const pick = random(seed);
  const day = 24;
  for (let round = 0; round < 16; round++) {
    const how = transforms[round % 4] ?? 'unique';
    const most = pick(3) === 0 ? 0 : 1 + pick(5);
    const window = 3 + pick(20);
    let log = 'visitor,time,channel,conversion,value\n';
    let plain = 'path,total_conversions,total_conversion_value,total_null,times\n';
    for (let visitor = 0; visitor < 40; visitor++) {
      const past: { channel: string; hour: number }[] = [];
      let sinceConversion = 0;
      const add = (touches: readonly Touch[], tail: string): void => {
        const list = shape(touches, how, most);
        plain += `${list.map((t) => t.channel).join('>')},${tail},${list.map((t) => t.age).join('>')}\n`;
      };
      const at = (hour: number, from: number): Touch[] =>
        past
          .slice(from)
          .filter((t) => hour - t.hour <= window * day)
          .map((t) => ({ channel: t.channel, age: hour - t.hour }));
      let hour = pick(50);
      for (let n = 1 + pick(12); n > 0; n--) {
        hour += pick(6) * 12;
        const time = 1_760_000_000 + hour * 3600;
        if (pick(4) > 0) {
          const channel = channels[Math.min(pick(5), pick(5))] ?? 'Direct';
          past.push({ channel, hour });
          log += `v${visitor},${time},${channel},,\n`;
          continue;
        }
        const value = pick(100);
        log += `v${visitor},${time},,1,${value}\n`;
        const touches = at(hour, 0);
        add(touches.length > 0 ? touches : [{ channel: 'Direct', age: 0 }], `1,${value},0`);
        sinceConversion = past.length;
      }
      const last = past.at(-1);
      if (last && sinceConversion < past.length) add(at(last.hour, sinceConversion), '0,0,1');
    }
    const known = how === 'frequency' ? models.replace(bySpelling, '') : models;
    const args = ['attribute', '--model', `${known},time_decay`, '--source', 'Email'];
    const got = native([...args, '--lookback', `${window}d`, ...flags(how, most)], log);
    assert.equal(got.code, 0, got.err);
    same(got.out, native(args, plain).out, `round ${round}, ${how}, at most ${most}`);
  }
});

test('with frequency, the direct channel is told by its name without the count', () => {
  const file = 'path,total_conversions\nEmail > Direct > Direct,1\n';
  const args = ['attribute', '--model', 'last_non_direct', '--transform', 'frequency'];
  assert.match(native(args, file).out, /last_non_direct,Email\(1\),1\.000000/);
  const alone = 'visitor,time,channel,conversion\nu,2026-01-01,,1\n';
  assert.match(native(args, alone).out, /last_non_direct,Direct\(1\),1\.000000/);
});

test('refusals', () => {
  const file = 'path,total_conversions,times\na>b,1,2>1\n';
  for (const [args, code, words] of [
    [['--transform', 'x'], 2, /--transform is exposure, unique, first or frequency, not x/],
    [['--max-touches', '0'], 2, /--max-touches is a number of 1 or more, not 0/],
    [['--model', 'hazard', '--transform', 'first'], 1, /hazard: weighs every touch by its age/],
    [['--model', 'logistic', '--max-touches', '3'], 1, /logistic: weighs every touch by its age/],
  ] as const) {
    const run = native(['attribute', ...args], file);
    assert.equal(run.code, code);
    assert.match(run.err, words);
  }
});
