/** The main job over HTTP: three ads, one order, credit to the cent under every model. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  assertVerified,
  fullLedger,
  ORIGIN,
  RULE_MODELS,
  report,
  type Server,
  startServer,
  sumMicros,
} from './helpers.ts';

const HOUR = 3_600_000;
const start = Date.now() - 5 * 24 * HOUR;

const journey = {
  site: 'shop',
  events: [
    {
      event_id: 'visit-1',
      name: 'page_view',
      occurred_at: start,
      visitor_id: 'ann',
      url: `${ORIGIN}/?utm_source=facebook&utm_medium=paid_social&utm_campaign=spring&fbclid=IwAR1`,
    },
    {
      event_id: 'visit-2',
      name: 'page_view',
      occurred_at: start + 24 * HOUR,
      visitor_id: 'ann',
      url: `${ORIGIN}/mugs?gclid=Cj0K1`,
    },
    {
      event_id: 'visit-3',
      name: 'page_view',
      occurred_at: start + 48 * HOUR,
      visitor_id: 'ann',
      url: `${ORIGIN}/?utm_source=klaviyo&utm_medium=email&utm_campaign=june`,
    },
    {
      event_id: 'order-1',
      name: 'purchase',
      occurred_at: start + 49 * HOUR,
      visitor_id: 'ann',
      url: `${ORIGIN}/checkout`,
      referrer: `${ORIGIN}/cart`,
      order_id: '10001',
      value: 100.01,
      currency: 'USD',
      user: { email: 'ann@example.com' },
    },
  ],
};

let server: Server;
before(async () => {
  server = await startServer();
  const { status, json } = await server.collect(journey, { origin: ORIGIN });
  assert.equal(status, 202);
  assert.deepEqual(json, { accepted: 4, duplicates: 0, refused: [] });
});
after(() => server[Symbol.asyncDispose]());

for (const model of RULE_MODELS) {
  for (const basis of ['conversion', 'touch']) {
    test(`${model} credit by ${basis} day sums to 100.01 exactly`, async () => {
      const rows = Object.values(await report(server, { model, basis }));
      assert.equal(sumMicros(rows.map(([conversions]) => conversions)), 1_000_000);
      assert.equal(sumMicros(rows.map(([, value]) => value)), 100_010_000);
    });
  }
}

test('the rule models split as they are defined', async () => {
  const last = await report(server, { model: 'last' });
  assert.deepEqual(last, { Newsletter: [1, 100.01] });
  const first = await report(server, { model: 'first' });
  assert.deepEqual(first, { 'Paid Social': [1, 100.01] });
  const position = await report(server, { model: 'position' });
  assert.deepEqual(position, {
    Newsletter: [0.4, 40.004],
    'Paid Social': [0.4, 40.004],
    'Paid Search': [0.2, 20.002],
  });
  const linear = await report(server, { model: 'linear' });
  assert.deepEqual(linear, {
    // 100.01 / 3: the micro that is over goes to the earliest touch.
    'Paid Social': [0.333334, 33.336667],
    'Paid Search': [0.333333, 33.336667],
    Newsletter: [0.333333, 33.336666],
  });
});

test('a report can be asked for by another dimension', async () => {
  const campaigns = await report(server, { model: 'linear', dimension: 'campaign' });
  assert.deepEqual(Object.keys(campaigns).sort(), ['(not set)', 'june', 'spring']);
});

test('on the touch basis credit stands on the day of the touch', async () => {
  const day = new Date(start).toISOString().slice(0, 10);
  const rows = await report(server, { model: 'linear', basis: 'touch', from: day, to: day });
  assert.deepEqual(rows, { 'Paid Social': [0.333334, 33.336667] });
});

test('the order shows its touches, its credit and its arrivals', async () => {
  const { status, json } = await server.api('/v1/conversions/10001?site=shop');
  assert.equal(status, 200);
  assert.equal(json.conversions.length, 1);
  const [conversion] = json.conversions;
  assert.equal(conversion.value, 100.01);
  assert.deepEqual(
    conversion.touches.map(({ channel }: { channel: string }) => channel),
    ['Paid Social', 'Paid Search', 'Newsletter'],
  );
  assert.deepEqual(Object.keys(conversion.credit).sort(), [...RULE_MODELS].sort());
  for (const credit of Object.values<{
    touches: { value: number; conversions: number; arithmetic: string }[];
    sum: { conversions: number; value: number };
  }>(conversion.credit)) {
    assert.equal(sumMicros(credit.touches.map(({ value }) => value)), 100_010_000);
    assert.equal(sumMicros(credit.touches.map(({ conversions }) => conversions)), 1_000_000);
    assert.deepEqual(credit.sum, { conversions: 1, value: 100.01 });
    assert.match(credit.touches[0]!.arithmetic, /of 100\.01 USD = /);
  }
  assert.equal(json.arrivals[0].outcome, 'accepted');
  assert.deepEqual(json.deliveries, []);
});

test('sending all of it again changes nothing', async () => {
  const before = await fullLedger(server, 'shop');
  const again = await server.collect(journey);
  assert.deepEqual(again.json, { accepted: 0, duplicates: 4, refused: [] });
  assert.deepEqual(await fullLedger(server, 'shop'), before);

  const { json } = await server.api('/v1/conversions/10001?site=shop');
  assert.deepEqual(
    json.arrivals.map(({ outcome, count }: { outcome: string; count: number }) => [outcome, count]),
    [
      ['accepted', 1],
      ['duplicate', 1],
    ],
  );
});

test('a second event for the same order does not count again', async () => {
  const other = { ...journey.events[3], event_id: 'order-1-from-the-server' };
  const before = await fullLedger(server, 'shop');
  const { json } = await server.collect({ site: 'shop', events: [other] });
  assert.deepEqual(json, { accepted: 0, duplicates: 1, refused: [] });
  assert.deepEqual(await fullLedger(server, 'shop'), before);
});

test('the ledger is what the log says', async () => {
  const { events, persons, shards } = await assertVerified(server);
  // The second event of the order is in the log as well.
  assert.deepEqual({ events, persons, shards }, { events: 5, persons: 1, shards: 16 });
});

test('outcomes are counted', async () => {
  const { json } = await server.api('/v1/outcomes?site=shop');
  const counts = Object.fromEntries(
    json.rows.map(({ code, count }: { code: string; count: number }) => [code, count]),
  );
  assert.deepEqual(counts, { accepted: 4, duplicate: 4, duplicate_order: 1 });
});
