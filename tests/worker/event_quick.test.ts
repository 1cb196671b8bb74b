/** The quick check of an event says what the schema says, or leaves the event to it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as v from 'valibot';
import { eventSchema } from '../../worker/src/schema/event.ts';
import { quickEvent } from '../../worker/src/schema/event_quick.ts';

const odd = fc.constantFrom<unknown>(
  null,
  '',
  'plain',
  'with\u0007bell',
  'ü'.repeat(70),
  'x'.repeat(33_000),
  0,
  -1,
  19.9,
  '19.90',
  1e30,
  true,
  [],
  {},
  { a: 1 },
  'granted',
  'click',
  'usd',
  'EURO',
  1_700_000_000_000,
  '2026-11-22T14:30:05Z',
  '2026-02-30T14:30:05Z',
);
const texts = (fields: string[]) =>
  fc.record(Object.fromEntries(fields.map((field) => [field, fc.oneof(fc.string(), odd)])), {
    requiredKeys: [],
  });
const anyMap = fc.dictionary(
  fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'gclid', 'n'.repeat(65))),
  odd,
  { maxKeys: 45 },
);

const fields: Record<string, fc.Arbitrary<unknown>> = {
  user: fc.oneof(odd, texts(['email', 'phone', 'zip', 'external_id', 'shoe_size'])),
  source: fc.oneof(odd, texts(['source', 'medium', 'channel'])),
  consent: fc.oneof(odd, texts(['ad_user_data', 'analytics'])),
  ids: fc.oneof(odd, anyMap),
  props: fc.oneof(odd, anyMap),
  items: fc.oneof(odd, fc.array(fc.record({ id: odd, price: odd }))),
};
for (const field of [...Object.keys(eventSchema.entries), 'unknown']) {
  fields[field] ??= fc.oneof({ weight: 3, arbitrary: fc.string({ maxLength: 8 }) }, odd);
}
const event = fc
  .subarray(Object.keys(fields), { maxLength: 5 })
  .chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, fields[name]!]))))
  .map((given) => ({ name: 'page_view', ...given }));

test('on any event', () => {
  let quick = 0;
  fc.assert(
    fc.property(
      fc.oneof({ weight: 9, arbitrary: event }, { weight: 1, arbitrary: odd }),
      (input) => {
        // What arrives was parsed from JSON.
        const given: unknown = JSON.parse(JSON.stringify(input));
        const answer = quickEvent(given);
        if (answer === undefined) return;
        quick++;
        const { success, output } = v.safeParse(eventSchema, given);
        assert.ok(success, JSON.stringify(given));
        assert.deepEqual(answer, output);
      },
    ),
    { numRuns: 20_000, verbose: 1 },
  );
  assert.ok(quick > 500, `only ${quick} events were plain`);
});

test('on each field alone', () => {
  for (const [field, values] of Object.entries(fields)) {
    for (const value of fc.sample(values, { numRuns: 300, seed: 7 })) {
      const given: unknown = JSON.parse(JSON.stringify({ name: 'page_view', [field]: value }));
      const answer = quickEvent(given);
      const { success, output } = v.safeParse(eventSchema, given);
      if (answer !== undefined)
        assert.deepEqual(answer, output, JSON.stringify(given).slice(0, 200));
      if (!success) assert.equal(answer, undefined);
    }
  }
});

test('a plain event is not left to the schema', () => {
  const plain = {
    name: 'purchase',
    event_id: 'e1',
    visitor_id: 'v',
    url: 'https://shop.example.com/?utm_source=x',
    value: '19.90',
    currency: 'usd',
    consent: { analytics: 'granted' },
    ids: { gclid: 'abc' },
    props: { plan: 'pro', seats: 3 },
    user: { email: 'ann@example.com' },
  };
  assert.deepEqual(quickEvent(plain), v.parse(eventSchema, plain));
});
