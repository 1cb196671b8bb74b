/** Random events, repeated and grouped in any way, give one and the same ledger. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import {
  assertVerified,
  fullLedger,
  type Json,
  type Server,
  send,
  siteConfig,
  startServer,
} from './helpers.ts';

const RUNS = 20;
const SITES = Array.from({ length: 4 * RUNS }, (_, i) => `site-${i}`);
const MINUTE = 60_000;
const base = Date.now() - 20 * 24 * 60 * MINUTE;

let server: Server;
let nextSite = 0;
before(async () => {
  const config = siteConfig({
    shards: 2,
    conversions: [
      { name: 'purchase', event: 'purchase' },
      { name: 'signup', event: 'sign_up', count: 'once', value: '7.77' },
    ],
  });
  server = await startServer(Object.fromEntries(SITES.map((site) => [site, config])));
});
after(() => server[Symbol.asyncDispose]());

/** A site that nothing was sent to yet. */
const freshSite = () => SITES[nextSite++ % SITES.length]!;

const visitor = fc.integer({ min: 0, max: 4 }).map((n) => `v${n}`);
const source = fc.record({
  source: fc.constantFrom('google', 'facebook', 'news', 'partner'),
  medium: fc.constantFrom('cpc', 'email', 'social', 'referral'),
  campaign: fc.constantFrom('a', 'b', ''),
});
const minute = fc.integer({ min: 0, max: 15 * 24 * 60 });
const touch = fc.record({
  name: fc.constant('page_view'),
  visitor_id: visitor,
  minute,
  source,
  kind: fc.constantFrom('click', 'impression', 'visit'),
});
const purchase = fc.record({
  name: fc.constantFrom('purchase', 'sign_up'),
  visitor_id: visitor,
  minute,
  value: fc.integer({ min: 0, max: 10_000_000 }).map((cents) => (cents / 100).toFixed(2)),
});

/** Events with ids; the times are all different, so that their order is the only one. */
const eventList = fc
  .array(fc.oneof({ weight: 4, arbitrary: touch }, { weight: 1, arbitrary: purchase }), {
    minLength: 1,
    maxLength: 40,
  })
  .map((drafts) =>
    drafts.map(({ minute, ...event }, i) => ({
      event_id: `e${i}`,
      ...(event.name === 'page_view' ? {} : { order_id: `o${i}` }),
      ...event,
      occurred_at: base + minute * MINUTE + i,
    })),
  );

/** How the list is sent: positions to repeat, and sizes of the calls. */
const grouping = fc.record({
  repeats: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }),
  sizes: fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 10 }),
});

type Grouping = { repeats: [number, number][]; sizes: number[] };

/** The calls that a grouping makes of a list; a repeat comes somewhere after its original. */
function callsOf(events: Json[], { repeats, sizes }: Grouping): Json[][] {
  const list = [...events];
  for (const [which, where] of repeats) {
    const original = events[which % events.length];
    const first = list.indexOf(original);
    list.splice(first + 1 + (where % (list.length - first)), 0, original);
  }
  const calls: Json[][] = [];
  for (let at = 0, turn = 0; at < list.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    calls.push(list.slice(at, at + size));
    at += size;
  }
  return calls;
}

async function ledgerOf(calls: Json[][], parallel: boolean): Promise<Json> {
  const site = freshSite();
  if (parallel) await Promise.all(calls.map((events) => send(server, site, events)));
  else for (const events of calls) await send(server, site, events);
  await assertVerified(server, site);
  return fullLedger(server, site);
}

test('any grouping with any repeats gives the same ledger', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(eventList, grouping, async (events, how) => {
      const whole = await ledgerOf([events], false);
      const grouped = await ledgerOf(callsOf(events, how), false);
      assert.deepEqual(grouped, whole);
    }),
    { numRuns: RUNS, verbose: 1 },
  );
});

test('any order of arrival gives the same ledger', { timeout: 300_000 }, async () => {
  // Counting once per person depends on which arrives first, so purchases only.
  const distinct = eventList.map((events) =>
    events.map((event) => (event.name === 'sign_up' ? { ...event, name: 'purchase' } : event)),
  );
  const shuffled = distinct.chain((events) =>
    fc.tuple(
      fc.constant(events),
      fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
      grouping,
    ),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ([events, order, how]) => {
      const whole = await ledgerOf([events], false);
      const grouped = await ledgerOf(callsOf(order, how), true);
      assert.deepEqual(grouped, whole);
    }),
    { numRuns: RUNS, verbose: 1 },
  );
});
