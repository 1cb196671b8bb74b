/** From a conversion at the door to every platform, through the real runtime and stand-ins on loopback. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Json, type Server, siteConfig, startServer } from './helpers.ts';
import { allDestinations, SECRETS } from './support/destinations.ts';
import { type Mock, startMock } from './support/mock_server.ts';
import { vectors } from './support/vectors.ts';

const CONVERSIONS = ['purchase', 'sign_up'];

function shop(mock: Mock, changes: Record<string, unknown> = {}) {
  return siteConfig({
    conversions: [
      { name: 'purchase', event: 'purchase', count: 'every' },
      { name: 'sign_up', event: 'sign_up', count: 'once' },
    ],
    destinations: allDestinations(CONVERSIONS, mock.endpoint),
    shards: 2,
    ...changes,
  });
}

/** Waits until no delivery is under way any more. */
async function settled(server: Server, patience = 20_000): Promise<Json> {
  const until = Date.now() + patience;
  for (;;) {
    const { json, status, text } = await server.api('/v1/deliveries?site=shop&limit=1000');
    assert.equal(status, 200, text);
    const open = json.deliveries.filter(({ status }: Json) => /waiting|sending/.test(status));
    if (open.length === 0) return json;
    assert.ok(Date.now() < until, `still under way: ${JSON.stringify(open.slice(0, 5))}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const [vector] = vectors('payloads');

test('one purchase reaches all twelve destinations, once, and says so', async () => {
  await using mock = await startMock();
  await using server = await startServer({ shop: shop(mock) }, SECRETS);
  const event = {
    ...vector.neutral_event,
    visitor_id: 'v-1',
    occurred_at: Date.now() - 60_000,
    click_seen_at: Date.now() - 3_600_000,
  };
  const sent = await server.api('/v1/events', { body: { site: 'shop', events: [event] } });
  assert.equal(sent.json.accepted, 1, sent.text);
  const again = await server.api('/v1/events', { body: { site: 'shop', events: [event] } });
  assert.equal(again.json.duplicates, 1, again.text);
  const { deliveries, destinations } = await settled(server);
  const bad = deliveries.filter(({ status }: Json) => status !== 'delivered');
  assert.deepEqual(bad, []);
  assert.equal(deliveries.length, 12);
  assert.equal(destinations.length, 12);
  for (const { name, counts, state, matched } of destinations) {
    assert.deepEqual(counts, { delivered: 1 }, name);
    assert.equal(state, 'working', name);
    assert.equal(matched.events, 1);
  }
  assert.equal(mock.requests.length, 12);
  for (const [type, taken] of mock.taken) assert.equal(taken.size, 1, type);
  const order = await server.api('/v1/conversions/10001?site=shop');
  assert.equal(order.json.deliveries.length, 12, order.text);
  assert.ok(
    order.json.deliveries.every(({ status, tries }: Json) => status === 'delivered' && tries === 1),
  );
  // The address and the user agent are gone from the store's rows; no raw field was ever sent.
  const bodies = mock.requests.map(({ body }) => body).join('\n');
  for (const plain of vector.must_not_appear_anywhere_in_bodies) {
    assert.ok(!bodies.includes(plain), plain);
  }
});

test('ads denied: stored, counted, and never forwarded; also when consent is taken back later', async () => {
  await using mock = await startMock();
  let down = true;
  mock.fault = () => (down ? { status: 503, body: {} } : undefined);
  await using server = await startServer({ shop: shop(mock) }, SECRETS);
  const base = {
    name: 'purchase',
    url: 'https://shop.example.com/t',
    value: 5,
    ip: '203.0.113.9',
    ua: 'Browser/1',
  };
  const user = { email: 'denied.person@example.com' };
  const denied = { ad_user_data: 'denied', ad_personalization: 'denied' };
  const events = [
    { ...base, event_id: 'denied-1', visitor_id: 'd-1', user, consent: denied },
    { ...base, event_id: 'later-1', visitor_id: 'd-2', user },
  ];
  const sent = await server.api('/v1/events', { body: { site: 'shop', events } });
  assert.equal(sent.json.accepted, 2, sent.text);
  const back = { name: 'page_view', visitor_id: 'd-2', event_id: 'back-1', consent: denied };
  await server.api('/v1/events', { body: { site: 'shop', events: [back] } });
  const taken = mock.requests.length;
  down = false;
  const { deliveries } = await settled(server);
  assert.ok(
    deliveries.every(({ status }: Json) => status === 'skipped'),
    JSON.stringify(deliveries[0]),
  );
  assert.ok(
    deliveries.every(({ reason }: Json) => /^consent: /.test(reason) || /needs|no /.test(reason)),
  );
  assert.equal(mock.taken.size, 0);
  assert.ok(mock.requests.slice(0, taken).every(({ body }) => !body.includes('denied-1')));
});

test('a click of an earlier visit goes along; only_own_clicks and a model decide what goes', async () => {
  await using mock = await startMock();
  const destinations = allDestinations(CONVERSIONS, mock.endpoint);
  const of = (type: string) => destinations.find((each) => each.type === type)!;
  const site = shop(mock, {
    destinations: [
      { ...of('meta'), value: { model: 'linear' } },
      { ...of('tiktok'), only_own_clicks: true },
      { ...of('google_data_manager'), only_own_clicks: true },
    ],
  });
  await using server = await startServer({ shop: site }, SECRETS);
  const now = Date.now();
  const visitor_id = 'clicker';
  const visit = (event_id: string, url: string, ago: number) => ({
    name: 'page_view',
    event_id,
    visitor_id,
    url,
    occurred_at: now - ago,
  });
  const events = [
    visit('p1', 'https://shop.example.com/?fbclid=FbClick1', 7_200_000),
    visit('p2', 'https://shop.example.com/?gclid=GClick1', 3_600_000),
    {
      name: 'purchase',
      event_id: 'buy-1',
      visitor_id,
      order_id: 'c-1',
      value: '99.99',
      url: 'https://shop.example.com/thanks',
      occurred_at: now - 1000,
      ip: '203.0.113.9',
      ua: 'Browser/1',
    },
  ];
  await server.api('/v1/events', { body: { site: 'shop', events } });
  const { deliveries } = await settled(server);
  const status = Object.fromEntries(deliveries.map((each: Json) => [each.destination, each]));
  assert.equal(status.meta.status, 'delivered', status.meta.reason);
  assert.equal(status.google_data_manager.status, 'delivered', status.google_data_manager.reason);
  assert.equal(status.tiktok.status, 'skipped');
  assert.match(status.tiktok.reason, /no tiktok click/);
  const [meta] = [...mock.taken.get('meta')!.values()] as Json[];
  assert.equal(meta.event.custom_data.value, 50);
  assert.equal(meta.event.user_data.fbc, `fb.1.${now - 7_200_000}.FbClick1`);
  const [google] = [...mock.taken.get('google_data_manager')!.values()] as Json[];
  assert.equal(google.event.adIdentifiers.gclid, 'GClick1');
  assert.equal(google.event.conversionValue, 99.99);
});

test('refunds: adjustments where they exist, after their conversion; elsewhere told as not sendable', async () => {
  await using mock = await startMock();
  let adsDown = true;
  mock.fault = (type) => (type === 'google_ads' && adsDown ? { status: 503, body: {} } : undefined);
  await using server = await startServer({ shop: shop(mock) }, SECRETS);
  const sale = {
    name: 'purchase',
    event_id: 'sale-1',
    visitor_id: 'r-1',
    order_id: 'r-1',
    value: 100,
    url: 'https://shop.example.com/thanks',
    ip: '203.0.113.9',
    ua: 'Browser/1',
    user: { email: 'buyer@example.com' },
  };
  await server.api('/v1/events', { body: { site: 'shop', events: [sale] } });
  const part = { name: 'refund', event_id: 'back-1', order_id: 'r-1', value: 30 };
  const refund = await server.api('/v1/events', { body: { site: 'shop', events: [part] } });
  assert.equal(refund.json.accepted, 1, refund.text);
  adsDown = false;
  const { deliveries } = await settled(server);
  const refunds = deliveries.filter(({ kind }: Json) => kind === 'refund');
  assert.equal(refunds.length, 12);
  for (const { destination, status, reason } of refunds) {
    const able = ['google_ads', 'ga4', 'webhook'].includes(destination);
    assert.equal(status, able ? 'delivered' : 'skipped', `${destination}: ${reason}`);
    if (!able) assert.match(reason, /takes no refunds/);
  }
  const ads = mock.requests.filter(({ type, status }) => type === 'google_ads' && status === 200);
  assert.deepEqual(
    ads.map(({ path }) => path.split(':')[1]),
    ['uploadClickConversions', 'uploadConversionAdjustments'],
  );
  const [row] = JSON.parse(ads[1]!.body).conversionAdjustments;
  assert.equal(row.adjustmentType, 'RESTATEMENT');
  assert.deepEqual(row.restatementValue, { adjustedValue: 70, currencyCode: 'USD' });
  assert.equal(row.orderId, 'r-1');
});

test('a dead letter is replayed by who may; a token that is refused stops the destination', async () => {
  await using mock = await startMock();
  const destinations = allDestinations(CONVERSIONS, mock.endpoint).filter(({ type }) =>
    ['reddit', 'webhook'].includes(type as string),
  );
  let refuse = true;
  mock.fault = (type) => {
    if (!refuse) return undefined;
    return type === 'reddit'
      ? { status: 400, body: { message: 'odd' } }
      : { status: 401, body: {} };
  };
  const keys = [{ secret: 'READ_KEY', scopes: ['reports:read'] }];
  const site = shop(mock, { destinations, keys });
  await using server = await startServer({ shop: site }, { ...SECRETS, READ_KEY: 'read-key-1' });
  const event = { name: 'purchase', event_id: 'e-1', visitor_id: 'v', value: 1, ip: '203.0.113.9' };
  await server.api('/v1/events', { body: { site: 'shop', events: [event] } });
  const list = async () => (await server.api('/v1/deliveries?site=shop')).json;
  const until = Date.now() + 10_000;
  let now = await list();
  const isSo = ({ deliveries }: Json) =>
    deliveries.some(({ status }: Json) => status === 'dead') &&
    deliveries.some(({ status, tries }: Json) => status === 'waiting' && tries === 1);
  while (!isSo(now) && Date.now() < until) now = await list();
  assert.ok(isSo(now), JSON.stringify(now));
  const health = Object.fromEntries(now.destinations.map((each: Json) => [each.name, each]));
  assert.equal(health.webhook.state, 'stopped');
  assert.match(health.webhook.reason, /^401/);
  const dead = now.deliveries.find(({ status }: Json) => status === 'dead');
  assert.equal(dead.reason, '400 odd');
  refuse = false;
  const body = { site: 'shop', ids: [dead.id] };
  const forbidden = await server.api('/v1/deliveries/replay', { body, key: 'read-key-1' });
  assert.equal(forbidden.status, 403);
  const replayed = await server.api('/v1/deliveries/replay', { body });
  assert.deepEqual(replayed.json, { replayed: 1, too_old: 0 }, replayed.text);
  // All of the site: the stopped one as well is asked again at once.
  await server.api('/v1/deliveries/replay', { body: { site: 'shop' } });
  const { deliveries } = await settled(server);
  assert.ok(
    deliveries.every(({ status }: Json) => status === 'delivered'),
    JSON.stringify(deliveries),
  );
  for (const [type, taken] of mock.taken) assert.equal(taken.size, 1, type);
  assert.doesNotMatch(server.log() + JSON.stringify(now), /secret-1|203\.0\.113/);
});

test('a trial of each destination: the answer is shown and nothing is counted', async () => {
  await using mock = await startMock();
  const destinations = allDestinations(CONVERSIONS, mock.endpoint).map((each) =>
    each.type === 'meta' ? { ...each, test_event_code: 'TEST123' } : each,
  );
  await using server = await startServer({ shop: shop(mock, { destinations }) }, SECRETS);
  const ask = async (destination: string) => {
    const body = { site: 'shop', destination };
    const { json, status, text } = await server.api('/v1/deliveries/test', { body });
    assert.equal(status, 200, text);
    assert.doesNotMatch(text, /secret-1/);
    return json;
  };
  const without: Record<string, RegExp> = {
    tiktok: /test_event_code/,
    linkedin: /no trial/,
    microsoft: /no trial/,
    x: /no trial/,
  };
  for (const { name } of destinations as { name: string }[]) {
    const { verdict, reason, status } = await ask(name);
    if (without[name]) {
      assert.equal(verdict, 'halt', name);
      assert.match(reason, without[name]);
    } else {
      assert.equal(verdict, 'delivered', `${name}: ${reason}`);
      assert.ok(status >= 200 && status < 300, name);
    }
  }
  assert.equal(
    [...mock.taken.values()].reduce((sum, each) => sum + each.size, 0),
    0,
  );
  mock.fault = () => ({ status: 401, body: { message: 'bad token reddit-token-secret-1' } });
  const refused = await ask('reddit');
  assert.equal(refused.verdict, 'halt');
  assert.match(refused.reason, /^401 bad token \(secret\)/);
  const unknown = await server.api('/v1/deliveries/test', {
    body: { site: 'shop', destination: 'none' },
  });
  assert.equal(unknown.status, 400);
});
