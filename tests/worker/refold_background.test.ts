/** Other models and windows over a long log: figures of before stay until all shards have the new ones. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { inOrder, storedLedger, toEvent } from './facts.ts';
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
import { type Fact, ledgerOf } from './naive_model.ts';

const MINUTE = 60_000;
const start = Date.now() - 20 * 24 * 60 * MINUTE;
const conversions = [{ name: 'purchase', event: 'purchase' }];
const config = (models: string[], more: Json = {}) => ({
  shop: siteConfig({ shards: 2, models: [...models, 'shapley'], conversions, ...more }),
});

const PERSONS = 2000;
const VISITS = 80_000;
const ORDERS = 300;

/** Two per cent of the persons buy; every tenth visitor says who it is. */
function history(visits: number): Fact[] {
  const facts: Fact[] = [];
  for (let i = 0; i < visits; i++) {
    const person = `v${i % PERSONS}`;
    facts.push({ id: `f${i}`, kind: 'visit', person, at: start + i * 1000, source: `s${i % 9}` });
  }
  for (let i = 0; i < ORDERS; i++) {
    const at = start + (visits + i) * 1000;
    const person = i % 3 === 0 ? `u${i}` : `v${i % PERSONS}`;
    facts.push({ id: `o${i}`, kind: 'order', order: `o${i}`, person, at, value: 90_000_001 + i });
  }
  return facts;
}

async function tell(server: Server, facts: readonly Fact[]): Promise<void> {
  for (let i = 0; i < facts.length; i += 1000) {
    await send(server, 'shop', facts.slice(i, i + 1000).map(toEvent));
  }
}

/** What happens while the log is folded: refunds, orders that change hands, persons found to be one. */
function meanwhile(round: number): Fact[] {
  const at = start + (VISITS + 1000 + round * 10) * 1000;
  const nth = (i: number) => (round * 7 + i * 31) % ORDERS;
  const visitor = `v${(round * 13 + 5) % PERSONS}`;
  return [
    { id: `r${round}`, kind: 'refund', order: `o${nth(0)}`, at: at + 1, value: 5_000_000 },
    { id: `h${round}`, kind: 'order', order: `o${nth(1)}`, person: visitor, at, value: 1 },
    {
      id: `l${round}`,
      kind: 'visit',
      person: visitor,
      user: `u${nth(2)}`,
      at: at + 2,
      source: 'late',
    },
    { id: `e${round}`, kind: 'visit', person: visitor, at: start + round, source: 'early' },
  ];
}

async function metaOf(server: Server, query: string): Promise<Json> {
  const { status, json, text } = await server.api(`/v1/report?site=shop&${query}`);
  assert.equal(status, 200, text + server.log());
  return json;
}

test('old figures stay, with progress, until the new ones are whole', {
  timeout: 120_000,
}, async () => {
  await using server = await startServer(config(['last']));
  const facts = history(VISITS);
  await tell(server, facts);
  const old = await report(server, { model: 'last', dimension: 'source' });
  await server.stop();
  await server.restart(config(['linear']));
  const first = await metaOf(server, 'dimension=source');
  assert.equal(first.meta.model, 'last');
  assert.deepEqual(first.meta.refold.models, ['linear', 'shapley']);
  assert.ok(first.meta.refold.done > 0 && first.meta.refold.done < 1, JSON.stringify(first.meta));
  assert.deepEqual(
    Object.fromEntries(first.rows.map((row: Json) => [row.source, [row.conversions, row.value]])),
    old,
  );
  const asked = await server.api('/v1/report?site=shop&model=linear');
  assert.deepEqual([asked.status, asked.json.code], [503, 'unavailable'], asked.text);
  assert.match(asked.json.detail, /\d+ % so far/);
  assert.ok(asked.headers.get('retry-after'));

  const told = [...facts];
  let rounds = 0;
  for (; ; rounds++) {
    const more = meanwhile(rounds);
    told.push(...more);
    await tell(server, more);
    if (rounds === 1) {
      await server.kill();
      await server.restart();
    }
    const { meta } = await metaOf(server, '');
    if (meta.refold === undefined) break;
    assert.ok(meta.refold.done > 0 && meta.refold.done <= 1);
    assert.ok(rounds < 400);
  }
  assert.ok(rounds > 0, 'things happened while it was folded');
  console.log(`${rounds} rounds of changes and a kill while ${VISITS} events were folded`);
  const expected = inOrder(ledgerOf(told));
  for (const basis of ['conversion', 'touch']) {
    assert.deepEqual(inOrder(await storedLedger(server, 'shop', basis)), expected);
  }
  await assertVerified(server);
  await assertFitted(server);
});

test('other settings again in the middle of it', { timeout: 120_000 }, async () => {
  await using server = await startServer(config(['last']));
  const facts = history(25_000);
  await tell(server, facts);
  await server.stop();
  await server.restart(config(['first']));
  assert.ok((await metaOf(server, '')).meta.refold);
  await server.stop();
  await server.restart(config(['linear']));
  for (let i = 0; (await metaOf(server, '')).meta.refold !== undefined; i++) {
    assert.ok(i < 400);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.deepEqual(inOrder(await storedLedger(server, 'shop')), inOrder(ledgerOf(facts)));
  await assertVerified(server);
  await assertFitted(server);
  // And back to the first: nothing of the way there is left.
  await server.stop();
  await server.restart(config(['linear'], { lookback: { click: '29d', impression: '1d' } }));
  assert.ok((await metaOf(server, '')).meta.refold);
  await server.stop();
  await server.restart(config(['linear']));
  assert.equal((await metaOf(server, '')).meta.refold, undefined);
  await server.stop();
  for (const file of globSync('objects/**/*.sqlite', { cwd: server.dataDir })) {
    const database = new DatabaseSync(path.join(server.dataDir, file));
    const isShard = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'log'").get();
    const waits = "SELECT name FROM meta WHERE name = 'next_step'";
    if (isShard) assert.deepEqual(database.prepare(waits).all(), [], 'retention waits for nothing');
    database.close();
  }
  await server.restart();
  assert.deepEqual(inOrder(await storedLedger(server, 'shop')), inOrder(ledgerOf(facts)));
  await assertVerified(server);
  await assertFitted(server);
});
