/** Decimal money to micros, instants, days in time zones: on hand-worked values. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  convert,
  formatMicros,
  microsToNumber,
  parseMicros,
  parseRate,
} from '../../worker/src/schema/money.ts';
import {
  DAY_MS,
  dayOfZone,
  formatDate,
  parseDate,
  parseDuration,
  parseInstant,
} from '../../worker/src/schema/time.ts';

const amounts: [input: number | string, micros: number][] = [
  [0, 0],
  [-0, 0],
  ['0', 0],
  ['100.01', 100_010_000],
  [100.01, 100_010_000],
  [0.1 + 0.2, 300_000],
  [1.005, 1_005_000],
  [4.35, 4_350_000],
  ['0.000001', 1],
  ['0.0000004', 0],
  ['0.0000005', 1],
  [1e-7, 0],
  [5e-7, 1],
  [Number.MIN_VALUE, 0],
  ['007.50', 7_500_000],
  ['1000000000', 1_000_000_000_000_000],
  [1e9, 1_000_000_000_000_000],
  ['99.999999499999', 99_999_999],
  ['99.9999995', 100_000_000],
];
const conversions: [micros: number, rate: number | string, converted: number | undefined][] = [
  [100_000_000, 1.0837, 108_370_000],
  [100_000_000, '1.0837', 108_370_000],
  [1_000_000_000_000_000, 1, 1_000_000_000_000_000],
  [1_000_000_000_000_000, '1.000001', undefined],
  [1, '0.5', 1],
  [1, '0.499999999999', 0],
  [12_345_000_000, '0.006712', 82_859_640],
  [0, 3, 0],
];
for (const [micros, rate, converted] of conversions) {
  test(`${micros} micros at ${rate} are ${converted}`, () => {
    assert.equal(convert(micros, parseRate(rate)), converted);
  });
}
for (const bad of [0, -1, '0', '', 'one', 1e7, '1,5', Number.NaN]) {
  test(`no rate: ${JSON.stringify(bad)}`, () => {
    assert.throws(() => parseRate(bad), RangeError);
  });
}

for (const [input, micros] of amounts) {
  test(`parseMicros(${JSON.stringify(input)}) is ${micros}`, () => {
    assert.equal(parseMicros(input), micros);
  });
}

const noAmounts = [
  -1,
  -0.01,
  1e9 + 1,
  1e21,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '',
  ' 1',
  '1 ',
  '+1',
  '-1',
  '1.',
  '.5',
  '1,5',
  '1e3',
  '0x10',
  '$1',
  '1_000',
  '١',
  '1000000000.000001',
  '9'.repeat(17),
];
for (const input of noAmounts) {
  test(`parseMicros(${JSON.stringify(input)}) is refused`, () => {
    assert.throws(() => parseMicros(input), RangeError);
  });
}

test('cents survive the way in and out, whatever the amount', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999_999_999 }), (cents) => {
      const text = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
      assert.equal(parseMicros(text), cents * 10_000);
      assert.equal(parseMicros(Number(text)), cents * 10_000);
      assert.equal(microsToNumber(cents * 10_000), Number(text));
    }),
  );
});

test('micros are written without trailing zeros', () => {
  assert.equal(formatMicros(100_010_000), '100.01');
  assert.equal(formatMicros(-1), '-0.000001');
  assert.equal(formatMicros(0), '0');
  assert.equal(formatMicros(9_007_199_254_740_993_000_001n), '9007199254740993.000001');
});

const instants: [input: number | string, ms: number][] = [
  ['2026-11-22T14:30:05.250Z', 1_795_357_805_250],
  ['2026-11-22T15:30:05.2509+01:00', 1_795_357_805_250],
  ['2026-11-22 14:30:05z', 1_795_357_805_000],
  ['2024-02-29T17:45:00+05:45', 1_709_208_000_000],
  ['2026-11-01T01:30:00-04:00', 1_793_511_000_000],
  ['2016-12-31T23:59:60Z', 1_483_228_800_000],
  [1_795_357_805_250, 1_795_357_805_250],
];
for (const [input, ms] of instants) {
  test(`parseInstant(${JSON.stringify(input)})`, () => assert.equal(parseInstant(input), ms));
}

const noInstants = [
  '2026-11-22',
  '2026-11-22T14:30:05',
  '2026-13-01T00:00:00Z',
  '2026-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:60:00Z',
  '1995-01-01T00:00:00Z',
  '2026-01-01T00:00:00+25:00',
  '',
  'now',
  1_795_357_805,
  0,
  -1,
  1.5,
  1e17,
];
for (const input of noInstants) {
  test(`parseInstant(${JSON.stringify(input)}) is refused`, () => {
    assert.throws(() => parseInstant(input), RangeError);
  });
}

test('days follow the time zone, through its changes', () => {
  const day = (zone: string, time: string) => formatDate(dayOfZone(zone)(Date.parse(time)));
  assert.equal(day('UTC', '2026-11-22T23:59:59.999Z'), '2026-11-22');
  assert.equal(day('Europe/Berlin', '2026-11-22T23:30:00Z'), '2026-11-23');
  assert.equal(day('America/Los_Angeles', '2026-01-01T07:59:59Z'), '2025-12-31');
  assert.equal(day('Asia/Kathmandu', '2026-01-01T18:14:59Z'), '2026-01-01');
  assert.equal(day('Asia/Kathmandu', '2026-01-01T18:15:00Z'), '2026-01-02');
  // Summer time begins on 2026-03-29 in Berlin.
  assert.equal(day('Europe/Berlin', '2026-03-28T22:59:59Z'), '2026-03-28');
  assert.equal(day('Europe/Berlin', '2026-03-29T21:59:59Z'), '2026-03-29');
  assert.equal(day('Europe/Berlin', '2026-03-29T22:00:00Z'), '2026-03-30');
});

test('days agree with the platform on every quarter hour of a year', () => {
  for (const zone of ['America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC']) {
    const dayOf = dayOfZone(zone);
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
    for (let ms = Date.UTC(2026, 0, 1, 0, 7); ms < Date.UTC(2027, 0, 1); ms += 5.25 * 3_600_000) {
      assert.equal(formatDate(dayOf(ms)), format.format(ms));
    }
  }
});

test('dates and durations', () => {
  assert.equal(parseDate('1970-01-02'), 1);
  assert.equal(parseDate('2026-11-22'), Date.UTC(2026, 10, 22) / DAY_MS);
  assert.equal(parseDate('2026-2-1'), undefined);
  assert.equal(parseDate('2026-02-30'), undefined);
  assert.equal(parseDuration('28d'), 28 * DAY_MS);
  assert.equal(parseDuration('90s'), 90_000);
  assert.ok(Number.isNaN(parseDuration('1y')));
});
