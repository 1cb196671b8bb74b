/** Journeys are written behind the log: what a crash catches in memory comes back from the log. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import {
  assertVerified,
  fullLedger,
  type Json,
  type Server,
  send,
  siteConfig,
  startServer,
} from './helpers.ts';

const start = Date.now() - 24 * 3_600_000;
const conversions = [{ name: 'purchase', event: 'purchase' }];

let made = 0;
/** A visit and, with it, an order. */
const events = (visitors: number, from = 0): Json[] =>
  Array.from({ length: visitors }, (_, i) => [
    {
      event_id: `e${made++}`,
      name: 'page_view',
      visitor_id: `v${from + i}`,
      occurred_at: start + made,
      source: { source: `s${i % 7}`, medium: 'email' },
    },
    {
      event_id: `e${made++}`,
      name: 'purchase',
      visitor_id: `v${from + i}`,
      occurred_at: start + made,
      value: i,
      order_id: `o${made}`,
    },
  ]).flat();

/** While the worker is off: the journeys that are stored, and up to which row of the log. */
function stored(server: Server): { journeys: number; checkpoint: number; seq: number } {
  for (const file of globSync('objects/**/*.sqlite', { cwd: server.dataDir })) {
    const database = new DatabaseSync(path.join(server.dataDir, file));
    try {
      if (!database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'log'").get()) continue;
      const one = (text: string) => (database.prepare(text).get() as { n: number }).n;
      return {
        journeys: one('SELECT count(*) AS n FROM journeys'),
        checkpoint: one("SELECT CAST(value AS INTEGER) AS n FROM meta WHERE name = 'checkpoint'"),
        seq: one('SELECT coalesce(max(seq), 0) AS n FROM log'),
      };
    } finally {
      database.close();
    }
  }
  throw new Error('no shard was found');
}

test('killed before a journey is stored: all come back from the log, and again', async () => {
  await using server = await startServer({ shop: siteConfig({ shards: 1, conversions }) });
  const first = events(100);
  await send(server, 'shop', first);
  const before = await fullLedger(server, 'shop');
  for (let round = 0; round < 3; round++) {
    await server.kill();
    const { journeys, checkpoint, seq } = stored(server);
    assert.ok(seq > 0 && (round > 0 || (journeys === 0 && checkpoint === 0)));
    await server.restart();
    // What was counted is known, though no stored journey says so.
    assert.equal((await send(server, 'shop', first)).duplicates, first.length);
    assert.deepEqual(await fullLedger(server, 'shop'), before);
  }
  assert.equal((await assertVerified(server)).persons, 100);
});

test('killed in the middle of a sweep: journeys stored in part, each event counted once', {
  timeout: 120_000,
}, async () => {
  await using server = await startServer({ shop: siteConfig({ shards: 1, conversions }) });
  const all = [events(11_000), events(11_000, 5_000), events(11_000, 2_000)].flat();
  const parts: Json[][] = [];
  for (let at = 0; at < all.length; at += 1000) parts.push(all.slice(at, at + 1000));
  const seen: number[] = [];
  for (const [i, part] of parts.entries()) {
    await send(server, 'shop', part);
    if (![21, 27, 45, 60].includes(i)) continue;
    await server.kill();
    const { journeys, checkpoint, seq } = stored(server);
    assert.ok(checkpoint < seq, 'some journeys are behind the log');
    seen.push(journeys);
    await server.restart();
  }
  assert.ok(seen[0]! > 0 && seen[0]! < 10_000, `a part of the sweep was stored: ${seen}`);
  const { events: counted } = await assertVerified(server);
  assert.equal(counted, all.length);
  for (const part of [parts[0]!, parts[30]!, parts.at(-1)!]) {
    assert.equal((await send(server, 'shop', part)).duplicates, part.length);
  }
});

test('a shard at rest stores all', { timeout: 60_000 }, async () => {
  await using server = await startServer({ shop: siteConfig({ shards: 1, conversions }) });
  await send(server, 'shop', events(50));
  // The first round finds what lay in memory; each later one gives the shard more time to rest.
  for (let round = 0; ; round++) {
    await new Promise((resolve) => setTimeout(resolve, round * 3000));
    await server.kill();
    const { journeys, checkpoint, seq } = stored(server);
    await server.restart();
    if (journeys === 50 && checkpoint === seq) break;
    assert.ok(round < 4, `${journeys} of 50 journeys are stored, up to ${checkpoint} of ${seq}`);
    await fullLedger(server, 'shop');
  }
  await assertVerified(server);
});

/** What a store had then. */
const OLD_TABLES = new Set([
  ...['meta', 'migrations', 'journeys', 'log', 'sources', 'ledger', 'outcomes', 'arrivals'],
  ...['released', 'sqlite_stat1', 'sqlite_sequence'],
]);

test('a store from before journeys were written behind is taken over', async () => {
  await using server = await startServer({ shop: siteConfig({ shards: 1, conversions }) });
  const sent = events(40);
  await send(server, 'shop', sent);
  const before = await fullLedger(server, 'shop');
  // To verify, everything is stored first.
  await assertVerified(server);
  await server.stop();
  for (const file of globSync('objects/**/*.sqlite', { cwd: server.dataDir })) {
    const database = new DatabaseSync(path.join(server.dataDir, file));
    if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'log'").get()) {
      const later = database
        .prepare(
          "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
        )
        .all() as { name: string }[];
      for (const { name } of later) if (!OLD_TABLES.has(name)) database.exec(`DROP TABLE ${name}`);
      database.exec(`
        ALTER TABLE journeys DROP COLUMN seq;
        ALTER TABLE journeys DROP COLUMN rows;
        ALTER TABLE released DROP COLUMN owner;
        ALTER TABLE ledger DROP COLUMN seq;
        CREATE TABLE movable (person BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (person, seq)) WITHOUT ROWID, STRICT;
        DELETE FROM migrations WHERE number >= 3;
        DELETE FROM meta WHERE name = 'checkpoint' OR name LIKE 'path%'`);
    }
    database.close();
  }
  await server.restart();
  assert.deepEqual(await fullLedger(server, 'shop'), before);
  assert.equal((await send(server, 'shop', sent)).duplicates, sent.length);
  await send(server, 'shop', events(10));
  await server.kill();
  await server.restart();
  assert.equal((await assertVerified(server)).persons, 40);
});
