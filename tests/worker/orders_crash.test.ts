/** SIGKILL between the steps by which an order finds its owner: it is counted, and once. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Headwater } from '../../wasm/binding/index.ts';
import { toHex } from '../../worker/src/hex.ts';
import { shardOf } from '../../worker/src/identity/keys.ts';
import {
  assertVerified,
  type Json,
  report,
  root,
  type Server,
  send,
  siteConfig,
  startServer,
} from './helpers.ts';

const MINUTE = 60_000;
const start = Date.now() - 24 * 60 * MINUTE;
/** @param max_visitors 0 where a shard fails that would be asked who somebody is */
const config = (shards: number, max_visitors = 50) => ({
  shop: siteConfig({
    shards,
    identity: { max_visitors },
    conversions: [{ name: 'purchase', event: 'purchase' }],
  }),
});

const visit = (visitor_id: string, source = visitor_id) => ({
  event_id: `visit-${visitor_id}`,
  name: 'page_view',
  visitor_id,
  occurred_at: start,
  source: { source, medium: 'email' },
});
const purchase = (event_id: string, order_id: string, fields: Json = {}) => ({
  event_id,
  name: 'purchase',
  order_id,
  value: 10,
  occurred_at: start + MINUTE,
  ...fields,
});
const bySource = (server: Server) => report(server, { model: 'last', dimension: 'source' });
const post = (server: Server, event: Json) => server.collect({ site: 'shop', events: [event] });

const core = Headwater.fromModule(
  new WebAssembly.Module(readFileSync(path.join(root, 'dist/headwater.wasm'))),
);
const keyOf = (kind: string, id: string) => toHex(core.keys([['person', 'shop', kind, id]])[0]!);

/** An id of a visitor whose journey lies on the shard. */
function visitorOn(shard: number, shards: number): string {
  for (let i = 0; ; i++) if (shardOf(keyOf('visitor', `v${i}`), shards) === shard) return `v${i}`;
}

function databases(server: Server): DatabaseSync[] {
  return globSync('objects/**/*.sqlite', { cwd: server.dataDir }).map(
    (file) => new DatabaseSync(path.join(server.dataDir, file)),
  );
}

const hasTable = (database: DatabaseSync, name: string) =>
  database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(name) !== undefined;

/** While the worker is off: makes the shard of a visitor fail at every call, or mends it. */
function setSite(server: Server, visitor: string, site: string): void {
  let changes = 0;
  for (const database of databases(server)) {
    if (hasTable(database, 'journeys')) {
      // Journeys are written behind the log, so the log tells where the visitor is.
      const own = database
        .prepare('SELECT 1 FROM log WHERE instr(lines, ?)')
        .get(keyOf('visitor', visitor));
      if (own !== undefined) {
        const change = database.prepare("UPDATE meta SET value = ? WHERE name = 'site'");
        changes += Number(change.run(site).changes);
      }
    }
    database.close();
  }
  assert.equal(changes, 1, 'one shard was found');
}

/** Rows of a table over all objects, while the worker is off. */
function count(server: Server, table: string, condition = 'true'): number {
  let rows = 0;
  for (const database of databases(server)) {
    if (hasTable(database, table)) {
      const text = `SELECT count(*) AS n FROM ${table} WHERE ${condition}`;
      const [{ n }] = database.prepare(text).all() as [Json];
      rows += n;
    }
    database.close();
  }
  return rows;
}

test('killed between the claim of an order and its commit', { timeout: 60_000 }, async () => {
  await using server = await startServer(config(2, 0));
  const [first, second] = [visitorOn(0, 2), visitorOn(1, 2)];
  await send(server, 'shop', [visit(first), visit(second)]);
  await server.stop();
  setSite(server, first, 'nobody');
  await server.restart();
  const pixel = purchase('pixel', 'o', { visitor_id: first });
  assert.equal((await post(server, pixel)).status, 503);
  await server.kill();
  assert.equal(count(server, 'claims'), 1);
  assert.equal(count(server, 'arrivals'), 0);
  setSite(server, first, 'shop');
  await server.restart();

  const other = await post(server, purchase('other', 'o', { visitor_id: second }));
  assert.deepEqual(other.json, { accepted: 1, duplicates: 0, refused: [] });
  assert.equal((await post(server, pixel)).json.duplicates, 1);
  assert.deepEqual(await bySource(server), { [first]: [1, 10] });
  await assertVerified(server);
});

for (const [how, resend] of [
  ['the alarm finishes it', false],
  ['the next arrival finishes it', true],
] as const) {
  test(`killed in the middle of a handover: ${how}`, { timeout: 60_000 }, async () => {
    await using server = await startServer(config(2, 0));
    // The order without a visitor lies on the other shard, or nothing of this could happen.
    const order = ['o1', 'o2', 'o3', 'o4', 'o5', 'o6', 'o7', 'o8'].find(
      (id) => shardOf(keyOf('order', id), 2) === 1,
    )!;
    const visitor = visitorOn(0, 2);
    await send(server, 'shop', [visit(visitor), purchase('call', order)]);
    assert.deepEqual(await bySource(server), { '(direct)': [1, 10] });
    await server.stop();
    setSite(server, visitor, 'nobody');
    await server.restart();
    const pixel = purchase('pixel', order, { visitor_id: visitor });
    assert.equal((await post(server, pixel)).status, 503);
    await server.kill();
    assert.equal(count(server, 'handovers'), 1);
    assert.equal(count(server, 'released'), 1, 'the former owner has given it up');
    const former = `hex(person) = upper('${keyOf('order', order)}')`;
    assert.equal(count(server, 'released', former), 1);
    assert.equal(
      count(server, 'journeys', `${former} AND length(journey) > 0`),
      0,
      'and nobody has it',
    );
    setSite(server, visitor, 'shop');
    await server.restart();

    if (resend) assert.equal((await post(server, pixel)).json.duplicates, 1);
    else {
      const deadline = Date.now() + 30_000;
      for (;;) {
        if (Object.keys(await bySource(server)).length > 0) break;
        assert.ok(Date.now() < deadline, 'the alarm has done its work');
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    assert.deepEqual(await bySource(server), { [visitor]: [1, 10] });
    await assertVerified(server);
    assert.equal((await post(server, purchase('call', order))).json.duplicates, 1);
    assert.deepEqual(await bySource(server), { [visitor]: [1, 10] });
    await server.stop();
    assert.equal(count(server, 'handovers'), 0);
  });
}

const ORDERS = 400;
const WRITERS = 16;
const KILLS = 8;

test('kill -9 amid orders that arrive in three ways', { timeout: 180_000 }, async () => {
  await using server = await startServer(config(4));
  await send(
    server,
    'shop',
    Array.from({ length: 40 }, (_, i) => visit(`w${i}`, 'news')),
  );
  // A server call, a pixel and a second device, in an order of their own for each order; every
  // fifth order has server calls only.
  const list = Array.from({ length: ORDERS }, (_, i) => {
    const ways = [
      i % 2 ? {} : { user: { email: `u${i % 30}@example.com` } },
      ...(i % 5 === 0 ? [{}] : [{ visitor_id: `w${i % 40}` }, { visitor_id: `w${(i + 7) % 40}` }]),
    ];
    return ways.map((fields, k) => purchase(`e${i}-${k}`, `o${i}`, fields));
  })
    .flatMap((events, i) => events.map((event, k) => ({ event, turn: i * 3 + ((i + k * 7) % 11) })))
    .sort((a, b) => a.turn - b.turn)
    .map(({ event }) => event);

  let next = 0;
  let done = 0;
  let failures = 0;
  let kills = 0;
  let up: Promise<void> = Promise.resolve();
  const crash = async () => {
    kills++;
    await server.kill();
    await server.restart();
  };
  const writer = async () => {
    while (next < list.length) {
      const event = list[next++]!;
      for (;;) {
        await up;
        const answer = await post(server, event).catch(() => undefined);
        if (answer?.status === 202) {
          assert.deepEqual(answer.json.refused, []);
          break;
        }
        if (answer !== undefined) assert.ok([429, 503].includes(answer.status), answer.text);
        failures++;
      }
      done++;
      if (kills < KILLS && done >= ((kills + 1) * list.length) / (KILLS + 1)) up = crash();
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  await up;
  assert.equal(kills, KILLS);
  assert.ok(failures > 0, 'the kills hit requests on their way');
  assert.deepEqual(await bySource(server), {
    news: [ORDERS * 0.8, ORDERS * 8],
    '(direct)': [ORDERS * 0.2, ORDERS * 2],
  });
  const { events } = await assertVerified(server);
  await server.stop();
  console.log(
    `${list.length} arrivals of ${ORDERS} orders, ${failures} tries failed, ${kills} kills, ${count(server, 'released')} orders changed hands, ${count(server, 'handovers')} not settled yet, ${events} events in the logs`,
  );
});

/** Stops a visitor's move half-way: it has left its shard, and whose it is fails. Ends with the worker off. */
async function cutMove(server: Server, visitor: string): Promise<{ mend(): Promise<void> }> {
  // The user's person lies on the other shard.
  const email = Array.from({ length: 50 }, (_, i) => `user-${i}@example.com`).find(
    (address) =>
      shardOf(keyOf('email', createHash('sha256').update(address).digest('hex')), 2) === 1,
  )!;
  const neighbour = visitorOn(1, 2);
  await send(server, 'shop', [visit(neighbour)]);
  await server.stop();
  setSite(server, neighbour, 'nobody');
  await server.restart();
  const login = { ...visit(visitor, 'login'), event_id: 'login', user: { email } };
  assert.equal((await post(server, login)).status, 503);
  await server.kill();
  assert.equal(count(server, 'aliases'), 1, 'the visitor has left');
  assert.equal(count(server, 'links', 'state = 0'), 1, 'and is nowhere yet');
  return {
    async mend() {
      setSite(server, neighbour, 'shop');
      await server.restart();
      const deadline = Date.now() + 30_000;
      while (
        !((await report(server, { model: 'last', dimension: 'source' }))[visitor]?.[0] === 1)
      ) {
        assert.ok(Date.now() < deadline, 'the alarm has not finished the move');
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    },
  };
}

test('killed in the middle of a move: the alarm finishes it', { timeout: 60_000 }, async () => {
  await using server = await startServer(config(2));
  const visitor = visitorOn(0, 2);
  await send(server, 'shop', [visit(visitor), purchase('pixel', 'o', { visitor_id: visitor })]);
  const { mend } = await cutMove(server, visitor);
  await mend();
  assert.deepEqual(await bySource(server), { [visitor]: [1, 10] });
  const again = purchase('pixel', 'o', { visitor_id: visitor });
  assert.equal((await post(server, again)).json.duplicates, 1);
  await assertVerified(server);
});

test('killed in the middle of a move: what stayed behind as too old stays there', {
  timeout: 60_000,
}, async () => {
  const { shop } = config(2);
  await using server = await startServer({ shop: { ...shop, retention: '30d' } });
  const visitor = visitorOn(0, 2);
  // Not too old to be taken yet, but on its way there.
  const occurred_at = Date.now() - 29.5 * 24 * 60 * MINUTE;
  const old = { visitor_id: visitor, occurred_at };
  await send(server, 'shop', [
    { ...visit(visitor, 'old'), event_id: 'first', occurred_at },
    purchase('before', 'o1', old),
    visit(visitor),
    purchase('pixel', 'o2', { visitor_id: visitor }),
  ]);
  const refund = { name: 'refund', order_id: 'o1', value: 4, event_id: 'part' };
  await send(server, 'shop', [refund]);
  assert.deepEqual(await bySource(server), { old: [1, 6], [visitor]: [1, 10] });
  const { mend } = await cutMove(server, visitor);
  await mend();
  assert.deepEqual(await bySource(server), { old: [1, 6], [visitor]: [1, 10] });
  await assertVerified(server);
});
