/** `POST /v1/events` and the rules by which an event becomes a touch or a conversion. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  assertVerified,
  call,
  type Json,
  ORIGIN,
  report,
  type Server,
  send,
  siteConfig,
  startServer,
} from './helpers.ts';

let server: Server;
let unique = 0;
before(async () => {
  server = await startServer({
    shop: siteConfig({ shards: 2, retention: '60d' }),
    asking: siteConfig({ api_key_secret: 'ASKING_KEY', consent: { default: 'denied' } }),
  });
});
after(() => server[Symbol.asyncDispose]());

const url = (path: string) => `${ORIGIN}${path}`;

/** The touches that a person's events make, as channel and interaction. */
async function touchesOf(...events: Record<string, unknown>[]): Promise<string[]> {
  const visitor = `touch-visitor-${++unique}`;
  const order = `touch-order-${unique}`;
  const at = Date.now() - 600_000;
  await send(server, 'shop', [
    ...events.map((event, i) => ({
      event_id: `${visitor}-${i}`,
      name: 'page_view',
      visitor_id: visitor,
      // Far enough apart that a direct visit is one of its own.
      occurred_at: at - (events.length - i) * 2 * 86_400_000,
      ...event,
    })),
    {
      event_id: `${visitor}-order`,
      name: 'purchase',
      visitor_id: visitor,
      occurred_at: at,
      order_id: order,
      value: 1,
    },
  ]);
  const { json } = await server.api(`/v1/conversions/${order}?site=shop`);
  return json.conversions[0].touches
    .filter(({ synthetic }: Json) => !synthetic)
    .map(({ channel, interaction }: Json) => `${channel} ${interaction}`);
}

const touchRules: [name: string, event: Record<string, unknown>, touches: string[]][] = [
  ['a UTM link', { url: url('/?utm_source=news&utm_medium=email') }, ['Email visit']],
  ['a click id', { url: url('/?gclid=1') }, ['Paid Search click']],
  ['a referrer', { url: url('/'), referrer: 'https://blog.example.org/' }, ['Referral visit']],
  [
    'a search engine',
    { url: url('/'), referrer: 'https://www.google.com/' },
    ['Organic Search visit'],
  ],
  ['a direct visit', { url: url('/') }, ['Direct visit']],
  ['a move inside the site', { url: url('/b'), referrer: url('/a') }, []],
  ['a payment provider', { url: url('/b'), referrer: 'https://www.paypal.com/' }, []],
  ['an ad view', { kind: 'impression', source: { source: 'google', medium: 'cpc' } }, []],
  [
    'an ad click by the server',
    { kind: 'click', source: { source: 'bing', medium: 'cpc' } },
    ['Paid Search click'],
  ],
  ['an explicit channel', { name: 'call', source: { channel: 'Telephone' } }, ['Telephone visit']],
  ["the site's own rule", { source: { source: 'klaviyo', medium: 'push' } }, ['Newsletter visit']],
  ['a cart event on a page', { name: 'add_to_cart', url: url('/c'), referrer: url('/b') }, []],
  [
    'a cart event with a campaign',
    { name: 'add_to_cart', url: url('/?utm_source=partner&utm_medium=affiliate') },
    ['Affiliates visit'],
  ],
  ['a server event without a page', { name: 'renewal' }, []],
];

for (const [name, event, touches] of touchRules) {
  test(`touches: ${name}`, async () => {
    assert.deepEqual(await touchesOf(event), touches);
  });
}

test('touches: an ad view counts inside its shorter window', async () => {
  const seen = await touchesOf({
    kind: 'impression',
    source: { source: 'google', medium: 'cpc' },
    occurred_at: Date.now() - 3_600_000,
  });
  assert.deepEqual(seen, ['Paid Search impression']);
});

test('conversions: by URL, with the value of the definition', async () => {
  const before = await report(server, { model: 'last', conversion: 'lead' });
  assert.deepEqual(before, {});
  await send(server, 'shop', [
    { event_id: 'l1', name: 'page_view', visitor_id: 'lead', url: url('/thank-you?x=1') },
    { event_id: 'l2', name: 'scroll', visitor_id: 'lead', url: url('/thank-you') },
    { event_id: 'l3', name: 'page_view', visitor_id: 'lead', url: url('/no/thank-you') },
  ]);
  const rows = Object.values(await report(server, { model: 'last', conversion: 'lead' }));
  assert.deepEqual(rows, [[1, 25]]);
});

test('conversions: once per person where the site says so', async () => {
  const signUp = (n: number) => ({ event_id: `s${n}`, name: 'sign_up', visitor_id: 'sue' });
  await send(server, 'shop', [signUp(1), signUp(2)]);
  await send(server, 'shop', [signUp(3), { ...signUp(4), visitor_id: 'sam' }]);
  const rows = Object.values(await report(server, { model: 'last', conversion: 'signup' }));
  assert.deepEqual(rows, [[2, 0]]);
});

test('money: strings and numbers, to the micro', async () => {
  const amounts = [0.1, '0.2', 1e-6, '12345678.123456', 0.1 + 0.2, '0.0000005'];
  await send(
    server,
    'shop',
    amounts.map((value, i) => ({
      event_id: `money-${i}`,
      name: 'purchase',
      visitor_id: 'rich',
      source: { channel: 'Money' },
      value,
    })),
  );
  const { Money } = await report(server, { model: 'last' });
  // 0.1 + 0.2 + 0.000001 + 12345678.123456 + 0.3 + 0.000001
  assert.deepEqual(Money, [6, 12_345_678.723458]);
});

test('another currency without a rate is kept and told; without a conversion it does not matter', async () => {
  const events = [
    {
      event_id: 'eur-1',
      name: 'purchase',
      visitor_id: 'e',
      order_id: 'eur',
      value: 5,
      currency: 'EUR',
    },
    { event_id: 'eur-2', name: 'add_to_cart', visitor_id: 'e', value: 5, currency: 'eur' },
    { event_id: 'eur-3', name: 'purchase', visitor_id: 'e', value: 5, currency: 'usd' },
  ];
  const { json } = await server.api('/v1/events', { body: { site: 'shop', events } });
  assert.deepEqual([json.accepted, json.refused.length], [3, 0]);
  const counts = await server.api('/v1/outcomes?site=shop');
  assert.equal(counts.json.rows.find(({ code }: Json) => code === 'rate_missing').count, 1);
  const order = await server.api('/v1/conversions/eur?site=shop');
  assert.deepEqual(order.json.conversions, []);
  assert.equal(order.json.arrivals[0].outcome, 'rate_missing');
});

test('times: the future and the far past are refused with their codes', async () => {
  const event = (id: string, occurred_at: unknown) => ({
    event_id: id,
    name: 'page_view',
    visitor_id: 't',
    occurred_at,
  });
  const now = Date.now();
  const events = [
    event('t-ahead', now + 6 * 60_000),
    event('t-slightly', now + 4 * 60_000),
    event('t-old', now - 61 * 86_400_000),
    event('t-older-zone', new Date(now - 59 * 86_400_000).toISOString().replace('Z', '+00:00')),
  ];
  const { json } = await server.api('/v1/events', { body: { site: 'shop', events } });
  assert.equal(json.accepted, 2);
  assert.deepEqual(
    json.refused.map(({ index, code }: Json) => [index, code]),
    [
      [0, 'future'],
      [2, 'late'],
    ],
  );
});

test('denied analytics consent stores nothing but a count', async () => {
  const denied = { analytics: 'denied' };
  const { json } = await server.collect({
    site: 'shop',
    events: [
      { event_id: 'c1', name: 'purchase', visitor_id: 'shy', order_id: 'shy', consent: denied },
      { event_id: 'c2', name: 'purchase', visitor_id: 'shy2', order_id: 'shy2' },
    ],
  });
  assert.equal(json.accepted, 1);
  assert.equal(json.refused[0].code, 'no_consent');
  assert.equal((await server.api('/v1/conversions/shy?site=shop')).status, 404);
  const { json: outcomes } = await server.api('/v1/outcomes?site=shop');
  assert.equal(outcomes.rows.find(({ code }: Json) => code === 'no_consent').count, 1);
});

test('a site that asks first stores only what is granted', async () => {
  const event = (id: string, consent?: Json) => ({ event_id: id, name: 'page_view', consent });
  const { json } = await server.api('/v1/events', {
    site: 'asking',
    body: {
      site: 'asking',
      events: [event('a1'), event('a2', { analytics: 'granted' }), event('a3', {})],
    },
  });
  assert.equal(json.accepted, 1);
  assert.deepEqual(
    json.refused.map(({ index }: Json) => index),
    [0, 2],
  );
});

test('persons: a user key joins events without a visitor', async () => {
  const user = { email: ' Pat@Example.com ' };
  await send(server, 'shop', [
    { event_id: 'p1', name: 'page_view', user, source: { channel: 'Fair' } },
    {
      event_id: 'p2',
      name: 'purchase',
      user: { email: 'pat@example.COM' },
      order_id: 'pat',
      value: 3,
    },
  ]);
  const { json } = await server.api('/v1/conversions/pat?site=shop');
  assert.deepEqual(
    json.conversions[0].touches.map(({ channel }: Json) => channel),
    ['Fair'],
  );
});

test('an order without any touch is credited to Direct', async () => {
  await send(server, 'shop', [
    { event_id: 'alone', name: 'purchase', order_id: 'alone/order #1', value: '9.99' },
  ]);
  const id = encodeURIComponent('alone/order #1');
  const { status, json } = await server.api(`/v1/conversions/${id}?site=shop`);
  assert.equal(status, 200);
  assert.equal(json.conversions[0].touches.length, 1);
  assert.equal(json.conversions[0].touches[0].synthetic, true);
  for (const { touches, sum } of Object.values<Json>(json.conversions[0].credit)) {
    assert.equal(touches.length, 1);
    assert.equal(touches[0].channel, 'Direct');
    assert.deepEqual(sum, { conversions: 1, value: 9.99 });
  }
});

test('1,000 events in a call', async () => {
  const events = Array.from({ length: 1000 }, (_, i) => ({
    event_id: `many-${i}`,
    name: 'page_view',
    visitor_id: `many-${i % 100}`,
    url: url(`/?utm_source=news&utm_medium=email&utm_campaign=${i % 7}`),
  }));
  assert.equal((await send(server, 'shop', events)).accepted, 1000);
  assert.equal((await send(server, 'shop', events)).duplicates, 1000);
});

const doors: [name: string, init: RequestInit, status: number, code: string][] = [
  ['no key', {}, 401, 'key_missing'],
  ['an empty key', { headers: { authorization: 'Bearer ' } }, 401, 'key_missing'],
  ['another scheme', { headers: { authorization: 'Basic YTpi' } }, 401, 'key_missing'],
  ['a wrong key', { headers: { authorization: 'Bearer hw_wrong' } }, 403, 'key_wrong'],
  [
    'a very long key',
    { headers: { authorization: `Bearer ${'k'.repeat(2000)}` } },
    401,
    'key_missing',
  ],
];

for (const [name, init, status, code] of doors) {
  test(`${name} opens neither door nor report`, async () => {
    const body = JSON.stringify({ site: 'shop', events: [{ name: 'x' }] });
    const post = await call(`${server.url}/v1/events`, { ...init, method: 'POST', body });
    const get = await call(`${server.url}/v1/report?site=shop`, init);
    for (const answer of [post, get]) {
      assert.equal(answer.status, status, answer.text);
      assert.equal(answer.json.code, code);
    }
  });
}

test('the server door has its own limits', async () => {
  const headers = {
    authorization: `Bearer ${server.apiKeys.shop}`,
    'content-type': 'application/json',
  };
  const post = (body: string, type = 'application/json') =>
    call(`${server.url}/v1/events`, {
      method: 'POST',
      headers: { ...headers, 'content-type': type },
      body,
    });
  const large = JSON.stringify({
    site: 'shop',
    events: [{ event_id: 'large', name: 'x', filler: 'x'.repeat(1 << 20) }],
  });
  assert.equal((await post(large)).status, 202, 'more than a beacon may have');
  assert.equal((await post(' '.repeat((2 << 20) + 1))).status, 413);
  assert.equal((await post('{}', 'text/plain')).status, 415);
  assert.equal((await post('{}')).status, 400);
  assert.equal((await call(`${server.url}/v1/events`, { headers })).status, 405);
});

test('the ledger is what the log says', async () => {
  await assertVerified(server);
});
