/** Persons at the edges: erased beside others, erased and crashed, with too long a history. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertVerified,
  type Json,
  report,
  type Server,
  send,
  siteConfig,
  startServer,
} from './helpers.ts';
import { ann, bob, buy, person, visit } from './support/lives.ts';

const conversions = [{ name: 'purchase', event: 'purchase' }];
const config = (more: Json = {}) => ({
  shop: siteConfig({ shards: 3, conversions, models: ['linear'], ...more }),
});

const linear = (server: Server) => report(server, { model: 'linear', dimension: 'source' });

test('an order that was made before the login never counts again once its person is erased', async () => {
  await using server = await startServer(config());
  const people = Array.from({ length: 8 }, (_, i) => ({ v: `v${i}`, email: `p${i}@example.com` }));
  for (const { v, email } of people) {
    await send(server, 'shop', [visit(v, 0, 'ad'), buy(`o-${v}`, 5, { visitor_id: v })]);
    await send(server, 'shop', [visit(v, 10, 'late', { user: { email } })]);
  }
  const before = await linear(server);
  for (const { email } of people) assert.equal((await person(server, email, 'DELETE')).status, 200);
  for (const { v } of people)
    assert.equal((await send(server, 'shop', [buy(`o-${v}`, 5)])).duplicates, 1);
  assert.deepEqual(await linear(server), before);
  await assertVerified(server);
});

test('one of two users of a browser is shown and erased, and the other stays', async () => {
  await using server = await startServer(config());
  await send(server, 'shop', [
    visit('t', 0, 'anns', { url: 'https://shop.example.com/anns?gclid=anns-click' }),
  ]);
  await send(server, 'shop', [buy('o', 5, { visitor_id: 't' })]);
  await send(server, 'shop', [visit('t', 10, 'anns', { user: ann })]);
  // All that Bob says here is Ann's order.
  await send(server, 'shop', [buy('o', 5, { visitor_id: 't', user: bob })]);
  const shown = await person(server, bob.email);
  assert.ok(!shown.text.includes('anns'), shown.text);
  await send(server, 'shop', [visit('t', 20, 'bobs', { user: bob })]);
  const before = await linear(server);
  assert.equal((await person(server, bob.email, 'DELETE')).status, 200);
  const again = await send(server, 'shop', [buy('o', 5)]);
  assert.equal(again.duplicates, 1);
  assert.deepEqual(await linear(server), before);
  assert.ok((await person(server, ann.email)).text.includes('anns'));
  await send(server, 'shop', [visit('t', 30, 'more')]);
  assert.equal((await person(server, bob.email)).status, 404);
  await assertVerified(server);
});

test('a person with a long history gets an order back', { timeout: 60_000 }, async () => {
  await using server = await startServer(config({ shards: 1 }));
  await send(server, 'shop', [buy('p', 1, { user: ann })]);
  await send(server, 'shop', [buy('o', 5, { user: ann })]);
  await send(server, 'shop', [buy('o', 5, { visitor_id: 'a' })]);
  for (let i = 0; i < 1010; i++) {
    await send(server, 'shop', [visit('', 6 + i, 'ad', { visitor_id: undefined, user: ann })]);
  }
  await send(server, 'shop', [visit('a', 0, 'early')]);
  await send(server, 'shop', [visit('a', 2000, 'late', { user: ann })]);
  await assertVerified(server);
  const total = (await server.api('/v1/report?site=shop')).json.total;
  assert.deepEqual(total, { conversions: 2, value: 180 });
});

test('a row of the log that was erased does not come again: what follows survives a crash', async () => {
  await using server = await startServer(config({ shards: 1 }));
  await send(server, 'shop', [visit('b', 0, 'ad')]);
  await send(server, 'shop', [visit('a', 0, 'ad')]);
  await assertVerified(server);
  assert.equal((await person(server, 'a', 'DELETE')).status, 200);
  await send(server, 'shop', [visit('b', 5, 'mail'), buy('o', 10, { visitor_id: 'b' })]);
  await server.kill();
  await server.restart();
  await assertVerified(server);
  await send(server, 'shop', [visit('b', 3, 'between')]);
  assert.equal(Object.keys(await linear(server)).length, 3);
  await assertVerified(server);
});
