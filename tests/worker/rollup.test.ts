/** The rollup has what the shards have, whoever dies on the way and however often it is asked. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import {
  assertVerified,
  type Json,
  RULE_MODELS,
  type Server,
  send,
  siteConfig,
  startServer,
} from './helpers.ts';

const conversions = [{ name: 'purchase', event: 'purchase' }];
const config = (models: string[]) => ({ shop: siteConfig({ shards: 4, conversions, models }) });
const start = Date.now() - 10 * 86_400_000;

/** Each buys at once, on one of three days. */
const buyers = (from: number, count: number): Json[] =>
  Array.from({ length: count }, (_, i) => ({
    name: 'purchase',
    event_id: `e${from + i}`,
    visitor_id: `v${from + i}`,
    order_id: `o${from + i}`,
    value: 1,
    occurred_at: start + ((from + i) % 3) * 86_400_000,
    source: { source: `s${(from + i) % 5}`, medium: 'email' },
  }));

const total = async (server: Server, model = 'last'): Promise<Json> =>
  (await server.api(`/v1/report?site=shop&model=${model}`)).json.total;

/** While the worker is off. */
function change(server: Server, table: string, statement: string): number {
  let changes = 0;
  for (const file of globSync('objects/**/*.sqlite', { cwd: server.dataDir })) {
    const database = new DatabaseSync(path.join(server.dataDir, file));
    const has = database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table);
    if (has) changes += Number(database.prepare(statement).run().changes);
    database.close();
  }
  return changes;
}

test('killed while it takes over what has changed, again and again', {
  timeout: 120_000,
}, async () => {
  await using server = await startServer(config(['last']));
  let sent = 0;
  for (let kill = 0; kill < 12; kill++) {
    await send(server, 'shop', buyers(sent, 200));
    sent += 200;
    const asked = Array.from({ length: 4 }, () => total(server).catch(() => undefined));
    await new Promise((resolve) => setTimeout(resolve, kill * 2));
    await server.kill();
    await Promise.all(asked);
    await server.restart();
    assert.deepEqual(await total(server), { conversions: sent, value: sent });
  }
  await assertVerified(server);
});

test('asked by many at once while events arrive: never too much, and at the end all', async () => {
  await using server = await startServer(config(['last']));
  const seen: number[] = [];
  let over = false;
  const readers = Array.from({ length: 4 }, async () => {
    let before = 0;
    while (!over) {
      const { conversions: now } = await total(server);
      assert.ok(now >= before, `${now} after ${before}`);
      before = now;
      seen.push(now);
    }
  });
  for (let i = 0; i < 20; i++) await send(server, 'shop', buyers(i * 50, 50));
  over = true;
  await Promise.all(readers);
  assert.ok(new Set(seen).size > 3, 'it was asked in between');
  assert.deepEqual(await total(server), { conversions: 1000, value: 1000 });
  await assertVerified(server);
});

test('other models and back again while nobody asks: it has what came since', async () => {
  await using server = await startServer(config(['last']));
  for (let i = 0; i < 40; i++) await send(server, 'shop', buyers(i, 1));
  assert.equal((await total(server)).value, 40);
  for (const models of [['first'], ['last']]) {
    await server.stop();
    await server.restart(config(models));
    // No report of sums: this puts the figures in force, and asks no rollup.
    const { status, text } = await server.api('/v1/conversions/o1?site=shop');
    assert.equal(status, 200, text);
  }
  await send(server, 'shop', buyers(40, 4));
  assert.equal((await total(server)).value, 44);
  await assertVerified(server);
});

test('a rollup that was lost is made again, and a wrong sum in it is found', async () => {
  await using server = await startServer(config(['last']));
  await send(server, 'shop', buyers(0, 100));
  assert.equal((await total(server)).value, 100);
  await server.stop();
  assert.ok(change(server, 'cursors', 'UPDATE ledger SET value = value + 1') > 0);
  await server.restart();
  const { json } = await server.api('/v1/verify?site=shop');
  assert.equal(json.equal, false);
  assert.match(json.differences.join(), /the rollup has other sums than shard \d/);
  await server.stop();
  change(server, 'cursors', 'DELETE FROM ledger');
  change(server, 'cursors', 'DELETE FROM cursors');
  await server.restart();
  assert.equal((await total(server)).value, 100);
  await assertVerified(server);
});

test('changes of many pages: a day that was changed before and after the others has all its rows', async () => {
  // 14 rows a source and day: two days are more than a page.
  const models = RULE_MODELS;
  await using server = await startServer({ shop: siteConfig({ shards: 1, conversions, models }) });
  const DAY = 86_400_000;
  const SOURCES = 1000;
  let made = 0;
  const onDay = (day: number, count: number): Json[] =>
    Array.from({ length: count }, (_, i) => ({
      name: 'purchase',
      event_id: `p${made}`,
      visitor_id: `w${made}`,
      order_id: `q${made++}`,
      value: 1,
      occurred_at: start + day * DAY,
      source: { source: `many${i}`, medium: 'email' },
    }));
  for (const [day, count] of [
    [0, SOURCES],
    [1, SOURCES],
    [2, SOURCES],
    [0, 1],
  ] as const) {
    const events = onDay(day, count);
    for (let i = 0; i < events.length; i += 500)
      await send(server, 'shop', events.slice(i, i + 500));
  }
  assert.deepEqual(await total(server, 'linear'), { conversions: made, value: made });
  // And once more for a reader that knows them all.
  for (const day of [0, 1, 2, 0]) await send(server, 'shop', onDay(day, day === 0 ? 3 : 900));
  assert.deepEqual(await total(server, 'linear'), { conversions: made, value: made });
  await assertVerified(server);
});
