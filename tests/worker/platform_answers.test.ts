/** A platform's answer is a door, too: whatever it says, each delivery gets a verdict and nothing throws. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Answer, Delivery, Verdict } from '../../worker/src/destinations/destination.ts';
import { destinationOf } from '../../worker/src/destinations/registry.ts';
import type { DestinationConfig } from '../../worker/src/destinations/schemas.ts';
import { allDestinations } from './support/destinations.ts';

const STATES = new Set<Verdict['state']>(['delivered', 'retry', 'halt', 'dead', 'split']);
const WORDS = [
  ...['error', 'errors', 'details', 'message', 'status', 'code', 'reason', 'index', 'elements'],
  ...['events', 'partialFailureError', 'errorCode', 'location', 'fieldPathElements', 'fieldName'],
  ...['conversions', 'validationMessages', 'description', 'data', 'debug_id', 'request_id'],
  ...['requestId', 'fbtrace_id', 'is_transient', 'propertyName', 'isWarning', 'error_message'],
  ...['toString', 'valueOf', '__proto__', 'length', 'failed', 'VALID'],
];

const word = fc.constantFrom(...WORDS);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(word, fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(word, tie('value'), { maxKeys: 5 }),
  ),
}));
const text = fc.oneof(
  value.map((each) => JSON.stringify(each) ?? ''),
  fc.string(),
);
const status = fc.constantFrom(200, 202, 204, 207, 302, 400, 401, 403, 404, 429, 500, 503);

for (const config of allDestinations(['purchase']) as unknown as DestinationConfig[])
  test(`${config.type} reads any answer`, () => {
    const seed = Number(process.env.HW_TEST_SEED ?? 20261123);
    console.log(`answers of ${config.type}: HW_TEST_SEED=${seed}`);
    fc.assert(
      fc.property(status, text, fc.integer({ min: 1, max: 4 }), (code, body, count) => {
        const answer: Answer = { status: code, text: body, headers: new Headers() };
        const deliveries = Array.from({ length: count }, () => ({}) as Delivery);
        const read = destinationOf(config).read(answer, deliveries);
        const verdicts = Array.isArray(read) ? read : [read];
        if (Array.isArray(read)) assert.equal(read.length, count);
        assert.deepEqual(Object.keys(verdicts), [...verdicts.keys()].map(String), 'no holes');
        for (const { state } of verdicts) assert.ok(STATES.has(state), state);
      }),
      { numRuns: 3000, seed },
    );
  });
