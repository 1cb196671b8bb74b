/** Many users at once: named for one browser in one request, found to be one in a long row. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Headwater } from '../../wasm/binding/index.ts';
import { assertVerified, type Json, root, send, siteConfig, startServer } from './helpers.ts';
import { ann, bob, buy, person, visit } from './support/lives.ts';

const conversions = [{ name: 'purchase', event: 'purchase' }];
const config = (more: Json = {}) => ({
  shop: siteConfig({ shards: 3, conversions, models: ['linear', 'shapley'], ...more }),
});

test('who was named last in one request has the browser', async () => {
  await using server = await startServer(config());
  for (let i = 0; i < 12; i++) {
    const t = `t${i}`;
    await send(server, 'shop', [visit(t, 0, 'before')]);
    await send(server, 'shop', [
      visit(t, 10, `anns`, { user: ann }),
      visit(t, 20, `bobs`, { user: bob }),
      visit(t, 30, `again`, { user: ann }),
    ]);
    await send(server, 'shop', [buy(`x${i}`, 40, { visitor_id: t })]);
    await send(server, 'shop', [visit(t, 50, `bobs`, { user: bob })]);
    await send(server, 'shop', [buy(`y${i}`, 60, { visitor_id: t })]);
    await send(server, 'shop', [visit(t, 70, `anns`, { user: ann })]);
    await send(server, 'shop', [buy(`z${i}`, 80, { visitor_id: t })]);
  }
  const events = async (key: string) =>
    new Set((await person(server, key)).json.events.map((e: Json) => e.order_id).filter(Boolean));
  const bobs = await events(bob.email);
  for (let i = 0; i < 12; i++) {
    assert.ok(!bobs.has(`x${i}`), `x${i}`);
    assert.ok(bobs.has(`y${i}`), `y${i}`);
    assert.ok(!bobs.has(`z${i}`), `z${i}`);
  }
  await assertVerified(server);
});

test('what came before a login in the same request stays with who was there', async () => {
  await using server = await startServer(config());
  await send(server, 'shop', [visit('t', 0, 'ad', { user: ann })]);
  await send(server, 'shop', [
    buy('x', 5, { visitor_id: 't' }),
    visit('t', 6, 'anns'),
    visit('t', 10, 'bobs', { user: bob }),
    visit('t', 15, 'bobs'),
  ]);
  const sources = async (key: string) =>
    (await person(server, key)).json.events.map((e: Json) => e.touch?.source.source ?? e.order_id);
  assert.deepEqual(await sources(ann.email), ['ad', 'x', 'anns']);
  assert.deepEqual(await sources(bob.email), ['bobs', 'bobs']);
  await assertVerified(server);
});

/** E-mail addresses and phone numbers by turns, each with a smaller key than the one before. */
function fallingUsers(length: number): Json[] {
  const core = Headwater.fromModule(
    new WebAssembly.Module(readFileSync(path.join(root, 'dist/headwater.wasm'))),
  );
  const keyOf = (field: string, value: string): string => {
    const digest = createHash('sha256').update(value).digest('hex');
    return Buffer.from(core.keys([['person', 'shop', field, digest]])[0]!).toString('hex');
  };
  const users = Array.from({ length: 600 }, (_, i) => {
    const [field, value] =
      i % 2 === 0 ? ['email', `u${i}@example.com`] : ['phone', `1202555${1000 + i}`];
    return { key: keyOf(field, value), user: { [field]: value } as Json, field };
  }).sort((a, b) => (a.key < b.key ? 1 : -1));
  const falling = users.filter(({ field }, i) => field !== users[i - 1]?.field);
  return falling.slice(0, length).map(({ user }) => user);
}

test('user keys that are found to be one, pair by pair, in a long row', async () => {
  await using server = await startServer(config());
  const users = fallingUsers(40);
  await send(server, 'shop', [visit('v', 0, 'ad', { user: users[0] })]);
  for (let i = 1; i < users.length; i++) {
    await send(server, 'shop', [
      visit(`w${i}`, i, 'ad', { user: { ...users[i - 1], ...users[i] } }),
    ]);
  }
  await send(server, 'shop', [visit('v', 100, 'late')]);
  await send(server, 'shop', [buy('o', 110, { user: users[0] })]);
  await send(server, 'shop', [buy('p', 110, { visitor_id: 'v' })]);
  const { conversions: found } = (await server.api('/v1/conversions/p?site=shop')).json;
  assert.equal(found[0].touches.length, 41);
  const total = (await server.api('/v1/report?site=shop')).json.total;
  assert.deepEqual(total, { conversions: 2, value: 180 });
  await assertVerified(server);
});

test('a full request whose events name three keys each', { timeout: 60_000 }, async () => {
  await using server = await startServer(config());
  const events = Array.from({ length: 1000 }, (_, i) =>
    visit(`v${i}`, 1, 'ad', {
      user: { email: `u${i}@example.com`, phone: `12025${100000 + i}`, external_id: `x${i}` },
    }),
  );
  const began = Date.now();
  await send(server, 'shop', events);
  console.log(`1,000 events with 3,000 user keys took ${Date.now() - began} ms`);
  const { identities } = (await server.api('/v1/outcomes?site=shop')).json;
  assert.deepEqual(identities, { linked: 1000, merged: 2000, refused: 0, moving: 0 });
  await assertVerified(server);
});
