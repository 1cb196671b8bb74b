/** Settings in the link: each comes back as it was, and what is unknown or out of range is the default. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deliveryStates } from '../../web-demo/deliveries.ts';
import { models } from '../../web-demo/models.ts';
import {
  defaults,
  flowsOf,
  LAG_BARS,
  LENGTH_BARS,
  peopleStops,
  readSettings,
  type Settings,
  type Span,
  screens,
  topStops,
  worlds,
  writeSettings,
} from '../../web-demo/settings.ts';
import { snippetIds } from '../../web-demo/snippets.ts';

const hour = 3_600_000;
const span = (bars: number) =>
  fc
    .tuple(fc.nat(bars - 1), fc.nat(bars - 1))
    .map(([a, b]): Span => [Math.min(a, b), Math.max(a, b)]);
const place = fc.option(fc.nat(1000), { nil: null });
const some: fc.Arbitrary<Settings> = fc.record({
  screen: fc.constantFrom(...screens),
  model: fc.constantFrom(...models.map(({ id }) => id)),
  halfLifeMs: fc.integer({ min: 1, max: 90 * 24 }).map((hours) => hours * hour),
  weights: fc.tuple(fc.nat(100), fc.nat(100), fc.integer({ min: 1, max: 100 })),
  intervals: fc.boolean(),
  windows: fc.array(fc.tuple(fc.nat(50), fc.nat(90), fc.nat(7)), { maxLength: 5 }),
  claim: place,
  lengths: span(LENGTH_BARS),
  lags: span(LAG_BARS),
  top: fc.constantFrom(...topStops),
  journey: place,
  order: fc.integer({ min: 1, max: 3 }),
  removed: place,
  steps: fc.integer({ min: 2, max: 8 }),
  flowOf: fc.constantFrom(...flowsOf),
  world: fc.constantFrom(...worlds),
  strength: fc.nat(300),
  seed: fc.nat(1000),
  people: fc.constantFrom(...peopleStops),
  scored: fc.constantFrom('', 'hazard', 'linear_unique'),
  cut: fc.nat(100),
  cutChannel: place,
  currency: fc.constantFrom('', 'USD', 'JPY'),
  snippet: fc.constantFrom(...snippetIds),
  delivered: fc.constantFrom('', ...deliveryStates),
});

test('any settings come back from the link that they wrote', () => {
  fc.assert(
    fc.property(some, (settings) => {
      assert.deepEqual(readSettings(writeSettings(settings)), { ...settings });
    }),
    { numRuns: 500, seed: 20261123 },
  );
  assert.equal(writeSettings(defaults), '');
});

test('whatever stands in the link, the settings are usable', () => {
  const keys =
    's m hl w ci cw cl len lag top j o rm st of wo str seed n sm cut cc cur sn ds v x'.split(' ');
  const junk = fc.oneof(
    fc.string(),
    fc.constantFrom('-1', '0', '1e9', 'NaN', '99-1', ',', '::', ''),
  );
  const link = fc
    .array(fc.tuple(fc.constantFrom(...keys), junk), { maxLength: 8 })
    .map((parts) => `#${new URLSearchParams(parts)}`);
  fc.assert(
    fc.property(link, (fragment) => {
      const settings = readSettings(fragment);
      // Written and read once more nothing changes: no value is in it that the reader would refuse.
      assert.deepEqual(readSettings(writeSettings(settings)), { ...settings });
      assert.ok(settings.lengths[0] <= settings.lengths[1]);
      assert.ok(settings.order >= 1 && settings.order <= 3);
    }),
    { numRuns: 1000, seed: 20261123 },
  );
});
