/** What a screen of the destinations needs: health, match coverage, lag, reasons, pages of deliveries. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Json, type Server, siteConfig, startServer } from './helpers.ts';
import { allDestinations, SECRETS } from './support/destinations.ts';
import { type Mock, startMock } from './support/mock_server.ts';

const TYPES = ['meta', 'tiktok', 'linkedin', 'webhook'];
const site = (mock: Mock) =>
  siteConfig({
    conversions: [{ name: 'purchase', event: 'purchase', count: 'every' }],
    destinations: allDestinations(['purchase'], mock.endpoint)
      .filter(({ type }) => TYPES.includes(type as string))
      .map((each) => (each.type === 'meta' ? { ...each, test_event_code: 'T1' } : each)),
    shards: 3,
  });

const sale = (i: number, more: Record<string, unknown> = {}) => ({
  name: 'purchase',
  event_id: `h-${i}x`,
  order_id: `h-${i}x`,
  visitor_id: `v-${i}`,
  value: 20,
  url: 'https://shop.example.com/',
  ip: '203.0.113.1',
  ua: 'Browser/1',
  ...more,
});

async function send(server: Server, events: unknown[]): Promise<void> {
  const { json, text } = await server.api('/v1/events', { body: { site: 'shop', events } });
  assert.equal(json?.accepted, events.length, text);
}

async function read(server: Server, query = ''): Promise<Json> {
  const { json, status, text } = await server.api(`/v1/deliveries?site=shop${query}`);
  assert.equal(status, 200, text);
  return json;
}

async function settled(server: Server): Promise<Json> {
  const until = Date.now() + 30_000;
  for (;;) {
    const json = await read(server, '&limit=1000');
    const open = json.deliveries.filter(({ status }: Json) => /waiting|sending/.test(status));
    if (open.length === 0) return json;
    assert.ok(Date.now() < until, JSON.stringify(open[0]));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('health, coverage, lag and reasons', { timeout: 60_000 }, async () => {
  await using mock = await startMock();
  mock.fault = (type) =>
    type === 'webhook' ? { status: 400, body: { message: 'not like this' } } : undefined;
  await using server = await startServer({ shop: site(mock) }, SECRETS);
  await send(server, [
    ...[0, 1, 2].map((i) =>
      sale(i, { user: { email: `h${i}@example.com` }, ids: { fbp: 'fb.1.1700000000000.1' } }),
    ),
    ...[3, 4].map((i) => sale(i, { ids: { ttclid: `t${i}` } })),
    sale(5, { consent: { ad_user_data: 'denied' } }),
  ]);
  const { deliveries, destinations } = await settled(server);
  assert.equal(deliveries.length, 6 * TYPES.length);
  const of: Record<string, Json> = Object.fromEntries(
    destinations.map((each: Json) => [each.name, each]),
  );

  const { meta, tiktok, linkedin, webhook } = of;
  assert.deepEqual(meta.counts, { delivered: 5, skipped: 1 });
  assert.deepEqual(meta.reasons, [
    { status: 'skipped', reason: 'consent: ad_user_data is denied', count: 1 },
  ]);
  assert.equal(meta.state, 'working');
  assert.deepEqual(meta.conversions, ['purchase']);
  assert.equal(meta.matched.events, 5);
  assert.equal(meta.matched.identified, 3, 'an address and a browser id do not mean one person');
  assert.equal(meta.matched.by.email, 3);
  assert.equal(meta.matched.by.ip, 5);
  assert.equal(tiktok.matched.identified, 5, 'three by e-mail, two by a click of its own');
  assert.equal(linkedin.counts.skipped, 3, 'LinkedIn needs an e-mail or a click of its own');
  assert.deepEqual(
    linkedin.reasons.map(({ status, count }: Json) => [status, count]),
    [
      ['skipped', 2],
      ['skipped', 1],
    ],
  );
  assert.equal(webhook.counts.dead, 5);
  assert.equal(webhook.reasons[0].status, 'dead');
  assert.match(webhook.reasons[0].reason, /^400/);
  assert.equal(webhook.reasons[0].count, 5);
  assert.equal(webhook.last_delivered_at, null);
  assert.deepEqual(webhook.lag_ms, { sampled: 0, p50: null, p95: null, p99: null, max: null });
  for (const { lag_ms, last_delivered_at, oldest_waiting_at } of [meta, tiktok]) {
    assert.equal(lag_ms.sampled, 5);
    assert.ok(lag_ms.p50 > 0 && lag_ms.p50 <= lag_ms.p95);
    assert.ok(lag_ms.p95 <= lag_ms.p99 && lag_ms.p99 <= lag_ms.max);
    assert.ok(Math.abs(Date.parse(last_delivered_at) - Date.now()) < 60_000);
    assert.equal(oldest_waiting_at, null);
  }
  assert.deepEqual(
    TYPES.map((type) => of[type].test),
    ['ready', 'needs_test_event_code', 'none', 'ready'],
  );
});

test('a destination that rests says until when', { timeout: 60_000 }, async () => {
  await using mock = await startMock();
  mock.fault = (type) =>
    type === 'meta' ? { status: 401, body: { error: { message: 'no' } } } : undefined;
  await using server = await startServer({ shop: site(mock) }, SECRETS);
  await send(server, [sale(1, { user: { email: 'a@example.com' } })]);
  const until = Date.now() + 20_000;
  for (;;) {
    const { destinations } = await read(server);
    const meta = destinations.find(({ name }: Json) => name === 'meta');
    if (meta.state === 'stopped') {
      const wait = Date.parse(meta.resumes_at) - Date.now();
      assert.ok(wait > 30_000 && wait < 70_000, meta.resumes_at);
      assert.equal(meta.counts.waiting, 1);
      assert.ok(meta.oldest_waiting_at);
      break;
    }
    assert.ok(Date.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

test('pages hold each delivery once', { timeout: 60_000 }, async () => {
  await using mock = await startMock();
  await using server = await startServer({ shop: site(mock) }, SECRETS);
  // One call, so that many rows of all shards have the same moment.
  await send(
    server,
    Array.from({ length: 40 }, (_, i) => sale(i, { user: { email: `p${i}@example.com` } })),
  );
  const all = (await settled(server)).deliveries.map(({ id }: Json) => id);
  assert.equal(all.length, 40 * TYPES.length);
  for (const limit of [1, 7, 59, 160]) {
    const seen: string[] = [];
    let query = `&limit=${limit}`;
    for (;;) {
      const { deliveries, next } = await read(server, query);
      seen.push(...deliveries.map(({ id }: Json) => id));
      if (next === null) break;
      assert.equal(deliveries.length, limit);
      query = `&limit=${limit}&before=${next}`;
    }
    assert.deepEqual(seen, all, `pages of ${limit}`);
  }
  const only = await read(server, '&limit=9&destination=tiktok&state=delivered');
  const more = await read(
    server,
    `&limit=1000&destination=tiktok&state=delivered&before=${only.next}`,
  );
  assert.equal(only.deliveries.length + more.deliveries.length, 40);
  for (const wrong of ['x', '1.99.1', '1.0']) {
    assert.equal((await server.api(`/v1/deliveries?site=shop&before=${wrong}`)).status, 400);
  }
});
