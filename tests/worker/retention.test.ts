/** What is past the retention leaves the log; its sums stay, and whoever is still there goes on. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import {
  assertFitted,
  assertVerified,
  type Json,
  report,
  type Server,
  send,
  siteConfig,
  startServer,
} from './helpers.ts';

const DAY = 86_400_000;
const PAST = 450;
const conversions = [{ name: 'purchase', event: 'purchase' }];
const config = (models = ['linear']) => ({
  shop: siteConfig({ shards: 1, conversions, models: [...models, 'shapley'], retention: '400d' }),
});
const start = Date.now() - 5 * DAY;
const linear = (server: Server) => report(server, { model: 'linear', dimension: 'source' });

let made = 0;
const visit = (visitor_id: string, hour: number, source: string, more: Json = {}): Json => ({
  name: 'page_view',
  event_id: `e${made++}`,
  occurred_at: start + hour * 3_600_000,
  visitor_id,
  source: { source, medium: 'email' },
  ...more,
});
const buy = (visitor_id: string, hour: number, order_id: string, more: Json = {}): Json => ({
  name: 'purchase',
  event_id: `e${made++}`,
  occurred_at: start + hour * 3_600_000,
  visitor_id,
  order_id,
  value: 30,
  ...more,
});

/** While the worker is off: what was stored so far came, and happened, long ago. */
function age(server: Server, days: number): void {
  let rows = 0;
  for (const file of globSync('objects/**/*.sqlite', { cwd: server.dataDir })) {
    const database = new DatabaseSync(path.join(server.dataDir, file));
    if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'log'").get()) {
      for (const row of database.prepare('SELECT seq, now, lines FROM log').all() as Json[]) {
        const lines = row.lines.split('\n').map((line: string) => {
          const record = JSON.parse(line.slice(64));
          record.at -= days * DAY;
          record.day -= days;
          return line.slice(0, 64) + JSON.stringify(record);
        });
        database
          .prepare('UPDATE log SET now = ?, lines = ? WHERE seq = ?')
          .run(row.now - days * DAY, lines.join('\n'), row.seq);
        rows++;
      }
      // All is folded again at the next start.
      database.exec("DELETE FROM meta WHERE name = 'step'");
    }
    database.close();
  }
  assert.ok(rows > 0);
}

/** While the worker is off: the shard is to look for what is past the retention. */
function ringSoon(server: Server): void {
  for (const file of globSync('objects/**/*.sqlite', { cwd: server.dataDir })) {
    const database = new DatabaseSync(path.join(server.dataDir, file));
    if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'log'").get()) {
      database.exec("UPDATE meta SET value = '1' WHERE name = 'alarm:retention'");
    }
    database.close();
  }
}

async function prunedTo(server: Server, events: number): Promise<Json> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await assertVerified(server);
    if (found.events === events) return found;
    assert.ok(Date.now() < deadline, `${found.events} events are in the log, not ${events}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('the old leaves the log, sums stay, and who comes again is known', async () => {
  await using server = await startServer(config());
  await send(server, 'shop', [visit('gone', 0, 'old'), buy('gone', 1, 'o1')]);
  await send(server, 'shop', [visit('stays', 2, 'old'), buy('stays', 3, 'o2')]);
  await send(server, 'shop', [visit('ever', 4, 'old')]);
  await server.stop();
  age(server, PAST);
  await server.restart();
  // Paths are counted behind the log; those of old are while they are still there.
  await assertFitted(server);
  await send(server, 'shop', [visit('stays', 10, 'new'), buy('stays', 11, 'o3')]);
  await send(server, 'shop', [visit('young', 12, 'new'), buy('young', 13, 'o4')]);
  const before = await linear(server);
  assert.deepEqual(before, { old: [2, 60], new: [2, 60] });
  assert.equal((await assertVerified(server)).events, 9);
  await server.stop();
  ringSoon(server);
  await server.restart();

  const { persons } = await prunedTo(server, 4);
  assert.equal(persons, 2, 'who has done nothing since is forgotten');
  assert.deepEqual(await linear(server), before);
  await assertFitted(server);
  const repeat = buy('stays', 11, 'o3');
  assert.equal((await send(server, 'shop', [repeat])).duplicates, 1);
  await send(server, 'shop', [{ name: 'refund', order_id: 'o3', value: 10, event_id: 'r' }]);
  assert.deepEqual(await linear(server), { old: [2, 60], new: [2, 50] });
  await assertVerified(server);
  await assertFitted(server);

  // Under other models what is gone stays with the models of its time.
  await server.stop();
  await server.restart(config(['first', 'linear']));
  assert.deepEqual(await linear(server), { old: [2, 60], new: [2, 50] });
  assert.deepEqual(await report(server, { model: 'first', dimension: 'source' }), { new: [2, 50] });
  await assertVerified(server);
  await assertFitted(server);
  await server.stop();
  await server.restart(config(['linear']));
  await assertVerified(server);
  await assertFitted(server);
});

test('a person whose journey began before what is kept joins another', async () => {
  await using server = await startServer(config());
  await send(server, 'shop', [visit('a', 0, 'old'), buy('a', 1, 'o1')]);
  await server.stop();
  age(server, PAST);
  await server.restart();
  // Paths are counted behind the log; those of old are while they are still there.
  await assertFitted(server);
  await send(server, 'shop', [visit('a', 10, 'new'), visit('b', 9, 'more')]);
  await server.stop();
  ringSoon(server);
  await server.restart();
  await prunedTo(server, 2);
  const user = { email: 'ann@example.com' };
  await send(server, 'shop', [visit('b', 12, 'late', { user }), visit('a', 13, 'late', { user })]);
  await send(server, 'shop', [buy('b', 14, 'o2')]);
  const found = await linear(server);
  assert.deepEqual(found.old, [1, 30]);
  assert.equal(found.new![0], 0.25);
  await assertVerified(server);
  await assertFitted(server);
});

test('killed again and again in the middle of it', { timeout: 120_000 }, async () => {
  await using server = await startServer(config());
  const PERSONS = 6000;
  const both = 300;
  const seeds = Array.from({ length: PERSONS }, (_, i) => visit(`v${i}`, i % 24, `s${i % 7}`));
  const buys = Array.from({ length: PERSONS }, (_, i) => buy(`v${i}`, 30, `o${i}`));
  for (const all of [seeds, buys]) {
    for (let i = 0; i < PERSONS; i += 500) await send(server, 'shop', all.slice(i, i + 500));
  }
  await server.stop();
  age(server, PAST);
  await server.restart();
  // Paths are counted behind the log; those of old are while they are still there.
  await assertFitted(server);
  const young = Array.from({ length: both }, (_, i) => buy(`v${i}`, 40, `p${i}`));
  await send(server, 'shop', young);
  const before = await linear(server);
  const total = (await server.api('/v1/report?site=shop')).json.total;
  assert.deepEqual(total, { conversions: PERSONS + both, value: 30 * (PERSONS + both) });
  await server.stop();
  ringSoon(server);
  const seen = new Set<number>();
  for (let kill = 0; kill < 12; kill++) {
    await server.restart();
    // A call wakes the shard, and so its alarm; that call may die with it.
    const call = linear(server).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 10 + 15 * kill));
    await server.kill();
    await call;
    for (const file of globSync('objects/**/*.sqlite', { cwd: server.dataDir })) {
      const database = new DatabaseSync(path.join(server.dataDir, file));
      if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'log'").get()) {
        seen.add((database.prepare('SELECT count(*) AS n FROM log').get() as Json).n);
      }
      database.close();
    }
  }
  console.log(`rows of the log after each kill: ${[...seen].join(', ')}`);
  assert.ok(seen.size > 1, 'it was killed before, in or after a part of it');
  await server.restart();
  await linear(server);
  await prunedTo(server, both);
  assert.deepEqual(await linear(server), before);
  await assertFitted(server);
});

test('who joins another takes along what is within the retention; the rest stays counted', async () => {
  const retention = { ...config().shop, retention: '30d' };
  await using server = await startServer({ shop: retention });
  // Seconds before it would be refused as late.
  const at = Date.now() - 30 * DAY + 3000;
  const old = { occurred_at: at };
  await send(server, 'shop', [visit('a', 0, 'old', old), buy('a', 0, 'o1', old)]);
  await send(server, 'shop', [visit('a', 90, 'new'), buy('a', 91, 'o2')]);
  await send(server, 'shop', [{ name: 'refund', order_id: 'o1', value: 10, event_id: 'part' }]);
  const before = await linear(server);
  assert.deepEqual(before, { old: [1.5, 35], new: [0.5, 15] });
  await assertFitted(server);
  while (Date.now() <= at + 30 * DAY) await new Promise((resolve) => setTimeout(resolve, 100));
  const user = { email: 'ann@example.com' };
  await send(server, 'shop', [visit('a', 95, 'login', { user })]);
  await assertVerified(server);
  const after = await linear(server);
  // The new order no longer knows the touch that is too old.
  assert.deepEqual(after, { old: [1, 20], new: [1, 30] });
  await assertFitted(server);
  await server.kill();
  await server.restart();
  await assertVerified(server);
  assert.deepEqual(await linear(server), after);
});
