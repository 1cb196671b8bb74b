/** Refunds: in part or whole, again, early, too much; each along the credit that it takes back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import {
  assertVerified,
  type Json,
  RULE_MODELS,
  type Server,
  send,
  siteConfig,
  startServer,
  sumMicros,
} from './helpers.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const start = Math.floor(Date.now() / DAY) * DAY - 10 * DAY;
const SITES = Array.from({ length: 60 }, (_, i) => `site-${i}`);

let server: Server;
let next = 0;
before(async () => {
  const site = siteConfig({
    shards: 3,
    conversions: [
      { name: 'purchase', event: 'purchase' },
      { name: 'signup', event: 'sign_up', count: 'once' },
      { name: 'big', event: 'purchase', url: '/thanks' },
    ],
  });
  server = await startServer(Object.fromEntries(SITES.map((key) => [key, site])));
});
after(() => server[Symbol.asyncDispose]());
const freshSite = () => SITES[next++]!;

let made = 0;
const event = (name: string, day: number, fields: Json): Json => ({
  event_id: `e${made++}`,
  name,
  occurred_at: start + day * DAY,
  ...fields,
});
const visit = (visitor_id: string, day: number, source: string) =>
  event('page_view', day, { visitor_id, source: { source, medium: 'email' } });
const order = (day: number, fields: Json = {}) =>
  event('purchase', day, { order_id: 'o', value: '100.000001', visitor_id: 'v', ...fields });
const refund = (day: number, fields: Json = {}) =>
  event('refund', day, { order_id: 'o', ...fields });

async function rows(site: string, fields: Record<string, string> = {}): Promise<Json> {
  const search = new URLSearchParams({
    site,
    model: 'linear',
    dimension: 'source',
    metrics: 'conversions,value,gross,refunded',
    ...fields,
  });
  const { status, json, text } = await server.api(`/v1/report?${search}`, { site });
  assert.equal(status, 200, text);
  return json;
}
const shown = async (site: string, id = 'o') =>
  (await server.api(`/v1/conversions/${id}?site=${site}`, { site })).json;
const outcomes = async (site: string) =>
  Object.fromEntries(
    (await server.api(`/v1/outcomes?site=${site}`, { site })).json.rows.map((row: Json) => [
      row.code,
      row.count,
    ]),
  );

/** For every model, basis and dimension: rows sum to the total, and value is gross less refunded. */
async function assertConserved(site: string, gross: number, refunded: number): Promise<void> {
  for (const model of RULE_MODELS) {
    for (const basis of ['conversion', 'touch', 'refund']) {
      const { rows: list, total } = await rows(site, { model, basis });
      const whole = basis === 'refund' ? 0 : gross;
      for (const [metric, amount] of [
        ['gross', whole],
        ['refunded', refunded],
        ['value', whole - refunded],
      ] as const) {
        assert.equal(sumMicros([total[metric]]), amount, `${model} ${basis} ${metric}`);
        assert.equal(sumMicros(list.map((row: Json) => row[metric])), amount);
      }
    }
  }
  await assertVerified(server, site);
}

test('a part, the same again, the rest, and more than there is', async () => {
  const site = freshSite();
  await send(server, site, [visit('v', 0, 'news'), visit('v', 1, 'shop'), visit('v', 2, 'ads')]);
  await send(server, site, [order(3)]);
  const part = refund(4, { value: '10.000001' });
  assert.equal((await send(server, site, [part])).accepted, 1);
  assert.equal((await send(server, site, [part])).duplicates, 1);
  await assertConserved(site, 100_000_001, 10_000_001);
  assert.equal((await send(server, site, [refund(5)])).accepted, 1);
  await assertConserved(site, 100_000_001, 100_000_001);
  assert.equal((await send(server, site, [refund(6, { value: 5 }), refund(7)])).accepted, 2);
  await assertConserved(site, 100_000_001, 100_000_001);
  for (const row of (await rows(site)).rows) assert.equal(row.value, 0);
  assert.deepEqual(await outcomes(site), { accepted: 6, duplicate: 1, refund_clamped: 2 });
  // Each day has what was refunded on it.
  const at = new Date(start + 4 * DAY).toISOString().slice(0, 10);
  const day = await rows(site, { basis: 'refund', from: at, to: at });
  assert.deepEqual(day.total, { conversions: 0, value: -10.000001, gross: 0, refunded: 10.000001 });
  const view = await shown(site);
  const [conversion] = view.conversions;
  assert.deepEqual(
    [conversion.value, conversion.refunded, conversion.net],
    [100.000001, 100.000001, 0],
  );
  assert.deepEqual(
    conversion.refunds.map(({ asked, taken }: Json) => [asked, taken]),
    [
      [10.000001, 10.000001],
      [null, 90],
      [5, 0],
      [null, 0],
    ],
  );
  const arrived = view.arrivals.map(({ event: id }: Json) => id);
  for (const { event: id } of conversion.refunds) assert.ok(arrived.includes(id), id);
});

test('a refund before its order waits for it, wherever the order turns up', async () => {
  for (const fields of [
    { visitor_id: 'v' },
    { visitor_id: undefined },
    { visitor_id: undefined, user: { email: 'ann@example.com' } },
  ]) {
    const site = freshSite();
    await send(server, site, [visit('v', 0, 'news')]);
    await send(server, site, [refund(4, { value: 30, visitor_id: 'somebody-else' })]);
    assert.deepEqual((await rows(site)).total, {
      conversions: 0,
      value: 0,
      gross: 0,
      refunded: 0,
    });
    assert.equal((await send(server, site, [order(3, fields)])).accepted, 1);
    await assertConserved(site, 100_000_001, 30_000_000);
    const [{ source }] = (await rows(site)).rows;
    assert.equal(source, fields.visitor_id ? 'news' : '(direct)');
    assert.deepEqual(await outcomes(site), { accepted: 2, refund_waiting: 1 });
    assert.equal((await shown(site)).conversions[0].net, 70.000001);
    // A better known owner takes order and refund along.
    await send(server, site, [order(3, { visitor_id: 'v' })]);
    await assertConserved(site, 100_000_001, 30_000_000);
    assert.equal((await rows(site)).rows[0].source, 'news');
    const view = await shown(site);
    const arrived = view.arrivals.map(({ event: id }: Json) => id);
    for (const { event: id } of view.conversions[0].refunds) assert.ok(arrived.includes(id), id);
  }
});

test('an order that counts as two conversions is refunded in both', async () => {
  const site = freshSite();
  await send(server, site, [visit('v', 0, 'news'), visit('w', 0, 'ads')]);
  await send(server, site, [
    order(1),
    order(2, { visitor_id: 'w', url: 'https://shop.example.com/thanks' }),
  ]);
  await send(server, site, [refund(3, { value: 40 })]);
  await assertConserved(site, 2 * 100_000_001, 80_000_000);
  assert.deepEqual(
    (await shown(site)).conversions.map(({ conversion, net }: Json) => [conversion, net]).sort(),
    [
      ['big', 60.000001],
      ['purchase', 60.000001],
    ],
  );
});

test('a touch that comes late takes its share of order and refund', async () => {
  const site = freshSite();
  await send(server, site, [visit('v', 1, 'shop'), order(3), refund(4, { value: '50.000001' })]);
  await send(server, site, [visit('v', 0, 'late')]);
  await assertConserved(site, 100_000_001, 50_000_001);
  const { rows: list } = await rows(site);
  assert.deepEqual(
    list.map(({ source, value }: Json) => [source, value]),
    [
      ['late', 25],
      ['shop', 25],
    ],
  );
});

test('what is no refund is refused', async () => {
  const site = freshSite();
  const events = [
    event('refund', 1, { value: 5 }),
    refund(1, { value: -5 }),
    refund(1, { value: 'all' }),
  ];
  const { status, json } = await server.api('/v1/events', { site, body: { site, events } });
  assert.equal(status, 202);
  assert.deepEqual(
    json.refused.map(({ code }: Json) => code),
    ['invalid_event', 'invalid_event', 'invalid_event'],
  );
  assert.match(json.refused[0].message, /events\[0\]\.order_id/);
  const wrong = await server.api(`/v1/report?site=${site}&metrics=profit`, { site });
  assert.deepEqual([wrong.status, wrong.json.code], [400, 'invalid_query']);
});

test('orders and refunds in any order, in any calls, give one report', {
  timeout: 240_000,
}, async () => {
  const amount = fc.integer({ min: 0, max: 120 });
  const drafts = fc.record({
    refunds: fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.option(amount)), { maxLength: 5 }),
    order: fc.infiniteStream(fc.nat()),
  });
  await fc.assert(
    fc.asyncProperty(drafts, async ({ refunds, order: picks }) => {
      const site = freshSite();
      const list = [
        visit('v', 0, 'news'),
        visit('v', 1, 'shop'),
        order(2, { order_id: 'a', value: 100 }),
        order(2, { order_id: 'b', value: '33.333333', visitor_id: 'w' }),
        ...refunds.map(([order_id, value], i) =>
          refund(3 + i / 10, { order_id, ...(value !== null && { value }) }),
        ),
      ];
      const left = [...list];
      while (left.length > 0) {
        const [one] = left.splice(picks.next().value % left.length, 1);
        await send(server, site, [one]);
      }
      const taken = { a: 0, b: 0 };
      const worth = { a: 100_000_000, b: 33_333_333 };
      for (const [id, value] of refunds as ['a' | 'b', number | null][]) {
        const most = worth[id] - taken[id];
        taken[id] += value === null ? most : Math.min(most, value * 1_000_000);
      }
      await assertConserved(site, 133_333_333, taken.a + taken.b);
      const whole = freshSite();
      await send(server, whole, list);
      for (const basis of ['conversion', 'touch', 'refund']) {
        assert.deepEqual((await rows(site, { basis })).rows, (await rows(whole, { basis })).rows);
      }
    }),
    { numRuns: 12, verbose: 1 },
  );
});
