/** Addresses and user agents leave the database files with the delivery, whatever SQLite keeps of deleted rows. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type Json, type Server, siteConfig, startServer } from './helpers.ts';
import { allDestinations, SECRETS } from './support/destinations.ts';
import { startMock } from './support/mock_server.ts';

const BUYERS = 600;

const address = (i: number) => `198.51.${100 + (i >> 8)}.${i & 255}`;
const agent = (i: number) => `Zozilla/9.9 (Zindows; ${'long '.repeat(i % 40)}zq${i})`;
const sale = (i: number, more: Record<string, unknown> = {}) => ({
  name: 'purchase',
  event_id: `f-${i}x`,
  order_id: `f-${i}x`,
  visitor_id: `v-${i}`,
  value: 20,
  url: 'https://shop.example.com/thanks',
  ip: address(i),
  ua: agent(i),
  ids: { gclid: `kept-${i}`, ttclid: `tt-${i}` },
  ...more,
});

/** By file: which needles are there. */
function found(
  server: Server,
  ending: RegExp,
  needles: readonly string[],
): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  for (const entry of globSync('**/*', { cwd: server.dataDir, withFileTypes: true })) {
    if (!entry.isFile() || !ending.test(entry.name)) continue;
    const text = readFileSync(path.join(entry.parentPath, entry.name), 'latin1');
    const hits = needles.filter((needle) => text.includes(needle));
    if (hits.length > 0) result[entry.name.slice(-24)] = hits;
  }
  return result;
}

async function settled(server: Server): Promise<Json> {
  const until = Date.now() + 60_000;
  for (;;) {
    const { json } = await server.api('/v1/deliveries?site=shop&limit=1');
    const open = json.destinations.flatMap(({ counts }: Json) => [counts.waiting, counts.sending]);
    if (open.every((each: number | undefined) => !each)) return json;
    assert.ok(Date.now() < until, JSON.stringify(json.destinations));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const needlesOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => [address(from + i), `zq${from + i})`]).flat();

test('no address and no user agent is left in the files', { timeout: 120_000 }, async (t) => {
  await using mock = await startMock();
  let away = true;
  mock.fault = () => (away ? { status: 503, body: {} } : undefined);
  await using server = await startServer(
    {
      shop: siteConfig({
        conversions: [{ name: 'purchase', event: 'purchase', count: 'every' }],
        destinations: allDestinations(['purchase'], mock.endpoint).filter(({ type }) =>
          ['meta', 'tiktok', 'webhook'].includes(type as string),
        ),
        shards: 2,
      }),
    },
    SECRETS,
  );
  for (let at = 0; at < BUYERS; at += 100) {
    const events = Array.from({ length: 100 }, (_, i) => sale(at + i));
    const { json, text } = await server.api('/v1/events', { body: { site: 'shop', events } });
    assert.equal(json?.accepted, 100, text);
  }
  const all = needlesOf(0, BUYERS);
  await server.stop();
  const before = Object.values(found(server, /sqlite$/, all)).flat();
  t.diagnostic(`${before.length} of ${all.length} found before`);
  assert.equal(new Set(before).size, all.length, 'the search finds what is there');
  away = false;
  await server.restart();
  const counts = (found: Record<string, string[]>) =>
    JSON.stringify(Object.entries(found).map(([file, hits]) => [file, hits.length]));
  await server.api('/v1/deliveries/replay', { body: { site: 'shop' } });
  const { destinations } = await settled(server);
  assert.ok(destinations.every(({ counts }: Json) => counts.delivered === BUYERS));
  // The write-ahead log has older pages until it is written over or closed.
  t.diagnostic(`while it runs, in the log: ${counts(found(server, /wal$/, all))}`);
  await server.stop();
  assert.equal(counts(found(server, /./, all)), '[]', 'after a stop');
  assert.ok(Object.keys(found(server, /./, ['kept-1'])).length > 0, 'the click ids stay');

  await server.restart();
  await server.api('/v1/events', {
    body: { site: 'shop', events: Array.from({ length: 50 }, (_, i) => sale(BUYERS + i)) },
  });
  await settled(server);
  await server.kill();
  t.diagnostic(`after a kill: ${counts(found(server, /./, needlesOf(BUYERS, BUYERS + 50)))}`);
  await server.restart();
  await server.api('/v1/deliveries?site=shop');
  await server.stop();
  assert.equal(
    counts(found(server, /./, needlesOf(0, BUYERS + 50))),
    '[]',
    'after a kill and a start',
  );
});

test('a dead letter keeps neither', { timeout: 60_000 }, async () => {
  await using mock = await startMock();
  mock.fault = () => ({ status: 400, body: { message: 'no' } });
  await using server = await startServer(
    {
      shop: siteConfig({
        conversions: [{ name: 'purchase', event: 'purchase', count: 'every' }],
        destinations: allDestinations(['purchase'], mock.endpoint).filter(
          ({ type }) => type === 'meta',
        ),
        shards: 1,
      }),
    },
    SECRETS,
  );
  const events = Array.from({ length: 20 }, (_, i) => sale(i));
  await server.api('/v1/events', { body: { site: 'shop', events } });
  const { destinations } = await settled(server);
  assert.equal(destinations[0].counts.dead, 20);
  await server.stop();
  assert.deepEqual(found(server, /./, needlesOf(0, 20)), {});
});
