/** Many callers at once: each event counts once, and callers do not harm each other. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  assertVerified,
  type Json,
  report,
  type Server,
  siteConfig,
  startServer,
} from './helpers.ts';

let server: Server;
before(async () => {
  server = await startServer({ shop: siteConfig({ shards: 4 }) });
});
after(() => server[Symbol.asyncDispose]());

const sum = (answers: Json[], field: string) =>
  answers.reduce((total, { json }) => total + json[field], 0);

test('64 parallel identical events count once', async () => {
  const event = {
    event_id: 'one',
    name: 'purchase',
    visitor_id: 'bob',
    order_id: 'one',
    value: '19.90',
  };
  const answers = await Promise.all(
    Array.from({ length: 64 }, () => server.collect({ site: 'shop', events: [event] })),
  );
  assert.ok(answers.every(({ status }) => status === 202));
  assert.equal(sum(answers, 'accepted'), 1);
  assert.equal(sum(answers, 'duplicates'), 63);
  assert.deepEqual(await report(server, { model: 'last' }), { Direct: [1, 19.9] });
});

test('64 parallel events of one order count the order once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, i) =>
      server.collect({
        site: 'shop',
        events: [
          {
            event_id: `two-${i}`,
            name: 'purchase',
            visitor_id: 'eve',
            order_id: 'two',
            value: 5,
          },
        ],
      }),
    ),
  );
  assert.equal(sum(answers, 'accepted'), 1);
  assert.equal(sum(answers, 'duplicates'), 63);
  assert.deepEqual(await report(server, { model: 'last' }), { Direct: [2, 24.9] });
});

test('the same event twice in one request counts once', async () => {
  const event = { event_id: 'twice', name: 'page_view', visitor_id: 'tom' };
  const { json } = await server.collect({ site: 'shop', events: [event, event] });
  assert.deepEqual(json, { accepted: 1, duplicates: 1, refused: [] });
});

test('events of one request are taken in their order', async () => {
  const at = Date.now() - 60_000;
  const visit = (n: number) => ({
    event_id: `order-${n}`,
    name: 'page_view',
    visitor_id: 'kim',
    occurred_at: at,
    source: { source: `s${n}`, medium: 'email' },
  });
  const events = [...Array.from({ length: 9 }, (_, i) => visit(i)), purchase(at), visit(9)];
  await server.collect({ site: 'shop', events });
  const { json } = await server.api('/v1/conversions/ordered?site=shop');
  const sources = json.conversions[0].touches.map(({ source }: Json) => source);
  assert.deepEqual(
    sources,
    Array.from({ length: 9 }, (_, i) => `s${i}`),
  );
});

function purchase(at: number) {
  return {
    event_id: 'order-purchase',
    name: 'purchase',
    visitor_id: 'kim',
    occurred_at: at,
    order_id: 'ordered',
    value: 1,
  };
}

test('a repeat without an event_id is the same event within half an hour', async () => {
  const event = { name: 'page_view', visitor_id: 'lea', url: 'https://shop.example.com/a' };
  const first = await server.collect({ site: 'shop', events: [event] });
  const second = await server.collect({ site: 'shop', events: [event] });
  const other = await server.collect({ site: 'shop', events: [{ ...event, title: 'new title' }] });
  const elsewhere = await server.collect({
    site: 'shop',
    events: [{ ...event, url: 'https://shop.example.com/b' }],
  });
  assert.equal(first.json.accepted, 1);
  assert.equal(second.json.duplicates, 1);
  assert.equal(other.json.duplicates, 1, 'a title does not make an event');
  assert.equal(elsewhere.json.accepted, 1);
});

test('without an event_id, another time is another event', async () => {
  const at = Date.now() - 3_600_000;
  const event = { name: 'page_view', visitor_id: 'max', occurred_at: at };
  const later = { ...event, occurred_at: at + 1 };
  const { json } = await server.collect({ site: 'shop', events: [event, later, event] });
  assert.deepEqual(json, { accepted: 2, duplicates: 1, refused: [] });
});

test('the ledger is what the log says', async () => {
  await assertVerified(server);
});
