/** One order counts once, whoever brings it, in whatever order, and for the person known best. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  assertVerified,
  type Json,
  ORIGIN,
  report,
  type Server,
  send,
  siteConfig,
  startServer,
} from './helpers.ts';

const MINUTE = 60_000;
const start = Date.now() - 24 * 60 * MINUTE;

const conversions = [
  { name: 'purchase', event: 'purchase' },
  { name: 'lead', event: 'lead' },
  { name: 'big', event: 'purchase', url: '/thanks' },
];
const SITES = Array.from({ length: 24 }, (_, i) => `site-${i}`);

let server: Server;
let next = 0;
before(async () => {
  const site = siteConfig({ shards: 4, conversions });
  server = await startServer(Object.fromEntries(SITES.map((key) => [key, site])));
});
after(() => server[Symbol.asyncDispose]());

const freshSite = () => SITES[next++]!;

let made = 0;
const event = (minute: number, fields: Json): Json => ({
  event_id: `e${made++}`,
  occurred_at: start + minute * MINUTE,
  ...fields,
});
const visit = (visitor_id: string, minute: number, source: string) =>
  event(minute, { name: 'page_view', visitor_id, source: { source, medium: 'email' } });
const purchase = (minute: number, fields: Json) =>
  event(minute, { name: 'purchase', order_id: 'o', value: 10, ...fields });

const bySource = (site: string, fields: Json = {}) =>
  report(server, { site, model: 'linear', dimension: 'source', ...fields });
const order = async (site: string, id = 'o') =>
  (await server.api(`/v1/conversions/${id}?site=${site}`, { site })).json;
const outcomesOf = ({ arrivals }: Json) => arrivals.map(({ outcome }: Json) => outcome).sort();

test('an order from two devices counts for the first', async () => {
  const site = freshSite();
  await send(server, site, [visit('phone', 0, 'news'), visit('laptop', 1, 'shop')]);
  const first = await send(server, site, [purchase(2, { visitor_id: 'phone' })]);
  const second = await send(server, site, [purchase(3, { visitor_id: 'laptop', value: 99 })]);
  assert.deepEqual([first.accepted, first.duplicates], [1, 0]);
  assert.deepEqual([second.accepted, second.duplicates], [0, 1]);
  assert.deepEqual(await bySource(site), { news: [1, 10] });
  const shown = await order(site);
  assert.equal(shown.conversions.length, 1);
  assert.equal(shown.conversions[0].value, 10, 'the value of the first arrival stands');
  assert.deepEqual(outcomesOf(shown), ['accepted', 'duplicate_order']);
  await assertVerified(server, site);
});

test('64 devices at the same moment count one order once', async () => {
  const site = freshSite();
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, i) =>
      send(server, site, [purchase(i, { visitor_id: `v${i}`, value: 5 })]),
    ),
  );
  assert.equal(
    answers.reduce((sum, { accepted }) => sum + accepted, 0),
    1,
  );
  assert.deepEqual(await report(server, { site, model: 'last' }), { Direct: [1, 5] });
  const shown = await order(site);
  assert.equal(shown.conversions.length, 1);
  assert.equal(shown.arrivals.length, 64);
  await assertVerified(server, site);
});

const servers: [name: string, fields: Json][] = [
  ['only an order id', {}],
  ['a hashed e-mail', { user: { email: 'ann@example.com' } }],
];
for (const [name, fields] of servers) {
  test(`a server call with ${name}, before the browser: the visitor gets the order`, async () => {
    const site = freshSite();
    await send(server, site, [visit('v', 0, 'news'), visit('v', 1, 'shop')]);
    const call = purchase(2, fields);
    assert.equal((await send(server, site, [call])).accepted, 1);
    assert.deepEqual(await bySource(site), { '(direct)': [1, 10] });

    const pixel = purchase(3, { visitor_id: 'v', value: 99 });
    assert.equal((await send(server, site, [pixel])).duplicates, 1);
    assert.deepEqual(await bySource(site), { news: [0.5, 5], shop: [0.5, 5] });
    const days = await bySource(site, { basis: 'touch' });
    assert.deepEqual(days, { news: [0.5, 5], shop: [0.5, 5] });

    assert.equal((await send(server, site, [call])).duplicates, 1);
    assert.equal((await send(server, site, [pixel])).duplicates, 1);
    assert.equal((await send(server, site, [purchase(4, fields)])).duplicates, 1);
    assert.deepEqual(await bySource(site), { news: [0.5, 5], shop: [0.5, 5] });
    const shown = await order(site);
    assert.equal(shown.conversions.length, 1);
    assert.equal(shown.conversions[0].occurred_at, new Date(call.occurred_at).toISOString());
    const counted = shown.arrivals.find(({ outcome }: Json) => outcome === 'accepted');
    assert.equal(shown.conversions[0].event, counted.event);
    assert.deepEqual(outcomesOf(shown), [
      'accepted',
      'duplicate',
      'duplicate',
      'duplicate_order',
      'duplicate_order',
    ]);
    const { json } = await server.api(`/v1/outcomes?site=${site}`, { site });
    assert.equal(json.total.count, 2 + 5, 'a part that moved is not counted as an arrival');
    await assertVerified(server, site);
  });
}

test('the same event id from the server and the browser counts once', async () => {
  for (const turn of [0, 1]) {
    const site = freshSite();
    await send(server, site, [visit('v', 0, 'news')]);
    const both = [{ visitor_id: 'v' }, { user: { email: 'ann@example.com' } }].map((fields) =>
      purchase(2, { event_id: 'same', ...fields }),
    );
    if (turn === 1) both.reverse();
    assert.equal((await send(server, site, [both[0]])).accepted, 1);
    assert.equal((await send(server, site, [both[1]])).duplicates, 1);
    assert.deepEqual(await bySource(site), { news: [1, 10] });
    await assertVerified(server, site);
  }
});

test('an order moves from an order id to an e-mail to a visitor, in one request too', async () => {
  const arrivals = () => [
    purchase(2, {}),
    purchase(3, { user: { email: 'ann@example.com' } }),
    purchase(4, { visitor_id: 'v' }),
  ];
  for (const together of [false, true]) {
    const site = freshSite();
    await send(server, site, [visit('v', 0, 'news')]);
    const calls = together ? [arrivals()] : arrivals().map((one) => [one]);
    for (const events of calls) await send(server, site, events);
    assert.deepEqual(await bySource(site), { news: [1, 10] });
    assert.equal((await order(site)).conversions.length, 1);
    await assertVerified(server, site);
  }
});

test('what else the former owner has stays with it', async () => {
  const site = freshSite();
  const user = { email: 'ann@example.com' };
  await send(server, site, [
    visit('v', 0, 'news'),
    event(1, { name: 'page_view', user, source: { source: 'letter', medium: 'email' } }),
    purchase(2, { user, order_id: 'other', value: 7 }),
    purchase(3, { user }),
  ]);
  assert.deepEqual(await bySource(site), { letter: [2, 17] });
  await send(server, site, [purchase(4, { visitor_id: 'v' })]);
  assert.deepEqual(await bySource(site), { letter: [1, 7], news: [1, 10] });
  await assertVerified(server, site);
  // Later events of the former owner find it in order.
  await send(server, site, [
    event(0, { name: 'page_view', user, source: { source: 'early', medium: 'email' } }),
  ]);
  assert.deepEqual(await bySource(site), { early: [0.5, 3.5], letter: [0.5, 3.5], news: [1, 10] });
  await assertVerified(server, site);
});

test('a source that the server call gives moves with the order', async () => {
  const site = freshSite();
  await send(server, site, [
    visit('v', 0, 'news'),
    purchase(2, { source: { source: 'coupon', medium: 'print' } }),
  ]);
  await send(server, site, [purchase(3, { visitor_id: 'v' })]);
  assert.deepEqual(await bySource(site), { news: [0.5, 5], coupon: [0.5, 5] });
  await assertVerified(server, site);
});

test("a second device's touch stays its own, and its own orders count for it", async () => {
  const site = freshSite();
  await send(server, site, [visit('phone', 0, 'news'), purchase(1, { visitor_id: 'phone' })]);
  const tagged = purchase(2, {
    visitor_id: 'laptop',
    source: { source: 'receipt', medium: 'email' },
  });
  assert.equal((await send(server, site, [tagged])).duplicates, 1);
  assert.equal((await send(server, site, [tagged])).duplicates, 1);
  await send(server, site, [purchase(3, { visitor_id: 'laptop', order_id: 'p', value: 4 })]);
  assert.deepEqual(await bySource(site), { news: [1, 10], receipt: [1, 4] });
  const { json } = await server.api(`/v1/outcomes?site=${site}`, { site });
  const counts = Object.fromEntries(json.rows.map(({ code, count }: Json) => [code, count]));
  assert.deepEqual(counts, { accepted: 3, duplicate: 1, duplicate_order: 1 });
  await assertVerified(server, site);
});

test('one id under two actions may belong to two persons', async () => {
  const site = freshSite();
  await send(server, site, [
    visit('a', 0, 'news'),
    visit('b', 0, 'shop'),
    event(1, { name: 'lead', order_id: 'o', visitor_id: 'a', value: 1 }),
    purchase(2, { visitor_id: 'b' }),
  ]);
  assert.deepEqual(await bySource(site), { news: [1, 1], shop: [1, 10] });
  assert.equal((await order(site)).conversions.length, 2);
});

test('an event that counts twice under one order is parted and put together', async () => {
  const url = `${ORIGIN}/thanks`;
  const both = { purchase: 10, big: 10 };
  const arrivals = [
    purchase(2, { url, user: { email: 'ann@example.com' } }),
    purchase(3, { visitor_id: 'v' }),
    purchase(4, { url, visitor_id: 'v' }),
    purchase(5, { url, visitor_id: 'w' }),
  ];
  for (const list of [arrivals, arrivals.toReversed()]) {
    const site = freshSite();
    await send(server, site, [visit('v', 0, 'news'), visit('w', 0, 'news')]);
    for (const one of list) await send(server, site, [one]);
    for (const [conversion, value] of Object.entries(both)) {
      assert.deepEqual(await bySource(site, { conversion }), { news: [1, value] });
    }
    await assertVerified(server, site);
  }
});

test('a claim with nothing recorded behind it is harmless', async () => {
  const site = freshSite();
  await send(server, site, [visit('a', 0, 'news')]);
  const late = { ...purchase(0, { visitor_id: 'a' }), occurred_at: start - 500 * 86_400_000 };
  const refused = await server.api('/v1/events', { site, body: { site, events: [late] } });
  assert.equal(refused.json.refused[0].code, 'late');
  assert.deepEqual(await bySource(site), {});
  assert.equal((await send(server, site, [purchase(2, { visitor_id: 'b' })])).accepted, 1);
  assert.equal((await send(server, site, [purchase(3, { visitor_id: 'a' })])).duplicates, 1);
  assert.deepEqual(await bySource(site), { news: [1, 10] });
  assert.deepEqual(outcomesOf(await order(site)), ['accepted', 'duplicate_order', 'late']);
});

test('arrivals that count nothing are shown with their order', async () => {
  const site = freshSite();
  const foreign = purchase(1, { visitor_id: 'a', currency: 'EUR' });
  await server.api('/v1/events', { site, body: { site, events: [foreign] } });
  await send(server, site, [event(2, { name: 'begin_checkout', order_id: 'o', visitor_id: 'b' })]);
  const shown = await order(site);
  assert.deepEqual(outcomesOf(shown), ['accepted', 'rate_missing']);
  assert.deepEqual(shown.conversions, []);
});

test('a person with a long history keeps its orders, and they count once', async () => {
  const site = freshSite();
  const user = { email: 'kiosk@example.com' };
  await send(server, site, [visit('v', 0, 'news')]);
  // Each call is a commit, and so a row of the log.
  for (let i = 0; i < 1001; i++) await send(server, site, [event(0, { name: 'page_view', user })]);
  await send(server, site, [purchase(2, { user })]);
  for (let i = 0; i < 2; i++) {
    const pixel = purchase(3, { visitor_id: 'v' });
    assert.equal((await send(server, site, [pixel])).duplicates, 1);
  }
  assert.deepEqual(await bySource(site), { '(direct)': [1, 10] });
  await assertVerified(server, site);
});

test('other models and windows are folded with each order where it belongs', async () => {
  const config = (models: string[]) => ({ shop: siteConfig({ shards: 2, models, conversions }) });
  await using other = await startServer(config(['last']));
  await send(other, 'shop', [
    visit('v', 0, 'news'),
    visit('v', 60, 'shop'),
    purchase(61, { user: { email: 'ann@example.com' } }),
    purchase(62, { user: { email: 'ann@example.com' }, order_id: 'stays', value: 3 }),
  ]);
  await send(other, 'shop', [purchase(63, { visitor_id: 'v' })]);
  await other.stop();
  await other.restart(config(['first']));
  const query = { model: 'first', dimension: 'source' };
  assert.deepEqual(await report(other, query), { news: [1, 10], '(direct)': [1, 3] });
  await assertVerified(other);
  assert.equal(
    (await send(other, 'shop', [purchase(64, { user: { email: 'b@c.de' } })])).duplicates,
    1,
  );
});
