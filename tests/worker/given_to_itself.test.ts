/**
 * Orders of users who are found to be somebody else at the same moment: an order may then go from a
 * person to the same person under another key. It counts once, and comes through ever after.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { storedLedger } from './facts.ts';
import { assertVerified, type Server, send, siteConfig, startServer } from './helpers.ts';

const PAIRS = 60;
const AT_ONCE = 10;
const occurred_at = Date.now() - 5 * 24 * 60 * 60_000;

let server: Server;
before(async () => {
  const site = siteConfig({
    shards: 3,
    conversions: [{ name: 'purchase', event: 'purchase' }],
    models: ['linear'],
  });
  server = await startServer({ shop: site });
});
after(() => server[Symbol.asyncDispose]());

const email = (i: number) => ({ email: `buyer${i}@example.org` });
const phone = (i: number) => ({ phone: `+4930${1_000_000 + i}` });

const order = (i: number, event_id: string, user: object) => ({
  event_id: `${event_id} ${i}`,
  name: 'purchase',
  order_id: `order ${i}`,
  value: '5',
  occurred_at,
  user,
});

test('an order told while its user turns out to be another', { timeout: 120_000 }, async () => {
  for (let first = 0; first < PAIRS; first += AT_ONCE) {
    const pairs = Array.from({ length: AT_ONCE }, (_, k) => first + k);
    await Promise.all(
      pairs.flatMap((i) => [
        send(server, 'shop', [order(i, 'by e-mail', email(i))]),
        send(server, 'shop', [order(i, 'by phone', phone(i))]),
        send(server, 'shop', [
          {
            event_id: `both ${i}`,
            name: 'page_view',
            occurred_at: occurred_at - 60_000,
            source: { source: 'news', medium: 'email' },
            user: { ...email(i), ...phone(i) },
          },
        ]),
      ]),
    );
  }
  for (let i = 0; i < PAIRS; i++) {
    await send(server, 'shop', [order(i, 'again', i % 2 === 0 ? email(i) : phone(i))]);
  }
  const ledger = [...(await storedLedger(server, 'shop')).values()];
  const sum = (of: 'conversions' | 'gross') => ledger.reduce((all, row) => all + row[of], 0);
  assert.equal(sum('conversions'), PAIRS * 1e6);
  assert.equal(sum('gross'), 5 * PAIRS * 1e6);
  await assertVerified(server, 'shop');
});
