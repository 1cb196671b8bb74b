/**
 * A user turns out to be another while an order of it is on its way: the order then goes from a person
 * to the same person under another key. It counts once, and whoever tells it again gets through.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inOrder, storedLedger, toEvent } from './facts.ts';
import { assertVerified, type Server, send, siteConfig, startServer } from './helpers.ts';
import { type Fact, ledgerOf } from './naive_model.ts';

/** Each on a site of its own: before it was mended, one of the first three got stuck. */
const TIMES = 12;
const sites = Array.from({ length: TIMES }, (_, i) => `site-${i}`);
const DAY = 24 * 60 * 60_000;
const at = Date.now() - 5 * DAY;

let server: Server;
before(async () => {
  const site = siteConfig({
    shards: 3,
    conversions: [{ name: 'purchase', event: 'purchase' }],
    models: ['linear', 'first', 'shapley'],
  });
  server = await startServer(Object.fromEntries(sites.map((key) => [key, site])));
});
after(() => server[Symbol.asyncDispose]());

const visit = (id: string, person: string, daysBefore: number, source: string): Fact => {
  return { id, kind: 'visit', person, user: '', at: at - daysBefore * DAY, source };
};

const order = (id: string, of: string, person: string, later: number, value: number): Fact => {
  return { id, kind: 'order', order: of, person, user: '', at: at + later, value };
};

const [phone, both] = [order('f5', 'o2', 'w1', 1000, 7), visit('f3', 'u3+w1', 38, 's3')];
const elsewhere = visit('f4', 'v2', 34, 's4');
const taken: Fact = { id: 'f7', kind: 'refund', order: 'o2', at: at - 36 * DAY, value: 35_120_778 };
const unknown: Fact = { id: 'f1', kind: 'refund', order: 'o3', at: at - DAY, value: 22_147_005 };

/** Told at once. */
const calls: Fact[][] = [
  [phone, both, elsewhere, both, order('f2', 'o1', '', 0, 100_000_001)],
  [unknown, taken, elsewhere, both],
  [visit('f0', 'u2', 5, 's0'), both, taken],
  [order('f6', 'o2', '', 1000, 7), phone],
  [phone],
];

test('an order told while its user turns out to be another', { timeout: 120_000 }, async () => {
  const expected = inOrder(ledgerOf(calls.flat()));
  for (const site of sites) {
    await Promise.all(calls.map((call) => send(server, site, call.map(toEvent))));
    await send(server, site, [toEvent(phone)]);
    assert.deepEqual(inOrder(await storedLedger(server, site)), expected);
    await assertVerified(server, site);
  }
});
