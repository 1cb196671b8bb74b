/** Random facts in random order, repeated, in random calls, through the real objects: as the naive model says. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { inOrder, storedLedger, toEvent } from './facts.ts';
import { assertVerified, type Server, send, siteConfig, startServer } from './helpers.ts';
import { type Fact, ledgerOf } from './naive_model.ts';

const RUNS = 40;
const SITES = Array.from({ length: 2 * RUNS }, (_, i) => `site-${i}`);
const MINUTE = 60_000;
const start = Date.now() - 45 * 24 * 60 * MINUTE;

let server: Server;
let next = 0;
before(async () => {
  const site = siteConfig({
    shards: 3,
    conversions: [{ name: 'purchase', event: 'purchase' }],
    models: ['linear', 'first', 'shapley'],
  });
  server = await startServer(Object.fromEntries(SITES.map((key) => [key, site])));
});
after(() => server[Symbol.asyncDispose]());

const person = fc.constantFrom('v1', 'v2', 'v3', 'u1', 'u2', 'w1', 'u3+w1');
/** Whom a visitor says that it is; u1 and u3, say, are found to be one by their phone. */
const user = fc.constantFrom('', '', '', 'u1', 'u2', 'w1', 'u1+w1', 'u3+w2');
/** Days over more than the window; all instants differ, so that their order is the only one. */
const minute = fc.integer({ min: 0, max: 44 * 24 * 60 });
const order = fc.constantFrom('o1', 'o2', 'o3');
const worth: Record<string, number> = { o1: 100_000_001, o2: 7, o3: 33_333_333 };

const facts = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('visit' as const), person, user, minute }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('order' as const),
          order,
          person: fc.oneof(person, fc.constant('')),
          user,
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('refund' as const),
          order,
          minute,
          value: fc.option(fc.integer({ min: 0, max: 80_000_000 }), { nil: undefined }),
        }),
      },
    ),
    { minLength: 1, maxLength: 24 },
  )
  .map((drafts) =>
    drafts.map((draft, i): Fact => {
      const id = `f${i}`;
      if (draft.kind === 'visit') {
        const at = start + draft.minute * MINUTE + i;
        return {
          id,
          kind: 'visit',
          person: draft.person,
          user: draft.user,
          at,
          source: `s${i % 6}`,
        };
      }
      // All arrivals of an order agree on what it was and when.
      const at = start + 40 * 24 * 60 * MINUTE + Number(draft.order[1]) * 1000;
      if (draft.kind === 'order') {
        return {
          id,
          kind: 'order',
          order: draft.order,
          person: draft.person,
          user: draft.user,
          at,
          value: worth[draft.order]!,
        };
      }
      const { value } = draft;
      return {
        id,
        kind: 'refund',
        order: draft.order,
        at: start + draft.minute * MINUTE + i,
        ...(value !== undefined && { value }),
      };
    }),
  );

/** With repeats anywhere, in any order, cut into calls. */
const plan = facts.chain((list) =>
  fc.record({
    told: fc.array(fc.nat(list.length - 1), { maxLength: 12 }).chain((repeats) => {
      const all = [...list, ...repeats.map((i) => list[i]!)];
      return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    }),
    sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }),
  }),
);

function callsOf(told: readonly Fact[], sizes: readonly number[]): Fact[][] {
  const calls: Fact[][] = [];
  for (let at = 0, turn = 0; at < told.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    calls.push(told.slice(at, at + size));
    at += size;
  }
  return calls;
}

test('one call after the other', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ told, sizes }) => {
      const site = SITES[next++ % SITES.length]!;
      for (const call of callsOf(told, sizes)) await send(server, site, call.map(toEvent));
      const expected = inOrder(ledgerOf(told));
      assert.deepEqual(inOrder(await storedLedger(server, site)), expected);
      assert.deepEqual(inOrder(await storedLedger(server, site, 'touch')), expected);
      await assertVerified(server, site);
    }),
    { numRuns: RUNS, verbose: 1, endOnFailure: true },
  );
});

test('all calls at once: as some order of them would give', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ told, sizes }) => {
      const site = SITES[next++ % SITES.length]!;
      // What depends on who comes first is open here: so an order has one person at most, and a
      // visitor one user. Both u1 and w1 are told to be one at any time.
      const owners = new Map<string, string>();
      const users: Record<string, string> = { v1: 'u1', v2: 'w1', v3: 'u2' };
      const single = told.map((fact): Fact => {
        if (fact.kind === 'refund') return fact;
        let { person } = fact;
        if (fact.kind === 'order' && person !== '') {
          person = owners.get(fact.order) ?? person;
          owners.set(fact.order, person);
        }
        return { ...fact, person, user: fact.user ? (users[person] ?? '') : '' };
      });
      await Promise.all(
        callsOf(single, sizes).map((call) => send(server, site, call.map(toEvent))),
      );
      assert.deepEqual(inOrder(await storedLedger(server, site)), inOrder(ledgerOf(single)));
      await assertVerified(server, site);
    }),
    { numRuns: RUNS, verbose: 1, endOnFailure: true },
  );
});
