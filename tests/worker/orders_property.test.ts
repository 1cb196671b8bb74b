/** Random arrivals of orders over devices, users and servers, against a model of a few lines. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import {
  assertVerified,
  type Json,
  report,
  type Server,
  send,
  siteConfig,
  startServer,
} from './helpers.ts';

const RUNS = 30;
const SITES = Array.from({ length: 3 * RUNS }, (_, i) => `site-${i}`);
const MINUTE = 60_000;
const base = Date.now() - 10 * 24 * 60 * MINUTE;

let server: Server;
let nextSite = 0;
before(async () => {
  const config = siteConfig({
    shards: 3,
    conversions: [{ name: 'purchase', event: 'purchase' }],
    models: ['last'],
  });
  server = await startServer(Object.fromEntries(SITES.map((site) => [site, config])));
});
after(() => server[Symbol.asyncDispose]());

/** Who an arrival says it is, and how well that is known. */
const PERSONS: Record<string, { rank: number; fields: Json }> = {
  nobody: { rank: 0, fields: {} },
  ann: { rank: 1, fields: { user: { email: 'ann@example.com' } } },
  bob: { rank: 1, fields: { user: { email: 'bob@example.com' } } },
  phone: { rank: 2, fields: { visitor_id: 'phone' } },
  laptop: { rank: 2, fields: { visitor_id: 'laptop' } },
  tablet: { rank: 2, fields: { visitor_id: 'tablet', user: { email: 'tom@example.com' } } },
};
const ORDERS = ['o1', 'o2', 'o3', 'o4'];
const priceOf = (order: string) => 10 + ORDERS.indexOf(order) / 100;

interface Arrival {
  id: string;
  order: string;
  who: string;
}

const arrivals = fc
  .array(
    fc.record({ order: fc.constantFrom(...ORDERS), who: fc.constantFrom(...Object.keys(PERSONS)) }),
    { minLength: 1, maxLength: 16 },
  )
  .map((list) => list.map((arrival, i): Arrival => ({ id: `a${i}`, ...arrival })));

/** What is sent: arrivals with repeats of them anywhere later, cut into calls. */
const plan = arrivals.chain((list) =>
  fc.record({
    list: fc
      .array(fc.tuple(fc.nat(list.length - 1), fc.nat()), { maxLength: 10 })
      .map((repeats) => {
        const all = [...list];
        for (const [which, where] of repeats) {
          const first = all.indexOf(list[which]!);
          all.splice(first + 1 + (where % (all.length - first)), 0, list[which]!);
        }
        return all;
      }),
    sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }),
  }),
);

function callsOf<T>(list: readonly T[], sizes: readonly number[]): T[][] {
  const calls: T[][] = [];
  for (let at = 0, turn = 0; at < list.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    calls.push(list.slice(at, at + size));
    at += size;
  }
  return calls;
}

const toEvent = ({ id, order, who }: Arrival): Json => ({
  event_id: id,
  name: 'purchase',
  order_id: order,
  value: priceOf(order),
  occurred_at: base + 60 * MINUTE,
  ...PERSONS[who]!.fields,
});

/** A site where each person has come from a source that is called like the person. */
async function visitedSite(): Promise<string> {
  const site = SITES[nextSite++ % SITES.length]!;
  const visits = Object.entries(PERSONS).filter(([who]) => who !== 'nobody');
  const events = visits.map(([who, { fields }], i) => ({
    event_id: `visit-${who}`,
    name: 'page_view',
    occurred_at: base + i * MINUTE,
    source: { source: who, medium: 'email' },
    ...fields,
  }));
  await send(server, site, events);
  return site;
}

/** The first of those that are known best. */
function ownerOf(list: readonly Arrival[], order: string): string | undefined {
  let owner: string | undefined;
  for (const { order: named, who } of list) {
    if (named !== order) continue;
    if (owner === undefined || PERSONS[who]!.rank > PERSONS[owner]!.rank) owner = who;
  }
  return owner;
}

const sourceOf = (who: string) => (who === 'nobody' ? '(direct)' : who);

test('one after the other: each order counts once, for the first that is known best', {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ list, sizes }) => {
      const site = await visitedSite();
      let accepted = 0;
      for (const call of callsOf(list, sizes)) {
        const answer = await send(server, site, call.map(toEvent));
        assert.equal(answer.accepted + answer.duplicates, call.length);
        accepted += answer.accepted;
      }
      const expected: Record<string, [number, number]> = {};
      for (const order of ORDERS) {
        const owner = ownerOf(list, order);
        if (owner === undefined) continue;
        const sum = expected[sourceOf(owner)] ?? [0, 0];
        expected[sourceOf(owner)] = [sum[0] + 1, (sum[1] * 100 + priceOf(order) * 100) / 100];
      }
      const query = { site, model: 'last', dimension: 'source' };
      assert.deepEqual(await report(server, query), expected);
      assert.ok(accepted <= new Set(list.map(({ order }) => order)).size);
      await assertVerified(server, site);
    }),
    { numRuns: RUNS, verbose: 1 },
  );
});

test('at the same time: each order counts once, for one of those that are known best', {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ list, sizes }) => {
      const site = await visitedSite();
      await Promise.all(callsOf(list, sizes).map((call) => send(server, site, call.map(toEvent))));
      const orders = [...new Set(list.map(({ order }) => order))];
      for (const order of orders) {
        const { json } = await server.api(`/v1/conversions/${order}?site=${site}`, { site });
        assert.equal(json.conversions.length, 1, order);
        const own = list.filter((arrival) => arrival.order === order);
        const best = Math.max(...own.map(({ who }) => PERSONS[who]!.rank));
        const candidates = own
          .filter(({ who }) => PERSONS[who]!.rank === best)
          .map(({ who }) => sourceOf(who));
        const [touch] = json.conversions[0].touches;
        assert.ok(candidates.includes(touch.source), `${order} went to ${touch.source}`);
        const { event } = json.conversions[0];
        assert.ok(json.arrivals.some((arrival: Json) => arrival.event === event));
        const seen = json.arrivals.reduce((sum: number, { count }: Json) => sum + count, 0);
        assert.ok(seen >= own.length, `${seen} of ${own.length} arrivals are shown`);
      }
      const { json } = await server.api(`/v1/report?site=${site}&model=last`, { site });
      const cents = orders.reduce((sum, order) => sum + Math.round(priceOf(order) * 100), 0);
      assert.deepEqual(json.total, { conversions: orders.length, value: cents / 100 });
      await assertVerified(server, site);
    }),
    { numRuns: RUNS, verbose: 1 },
  );
});
