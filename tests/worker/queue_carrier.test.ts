/**
 * Deliveries by a queue, on the real runtime with a stand-in for the platform's broker: rows of several
 * shards in one request, messages that hold nothing personal, the process killed in between.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type Json, type Server, siteConfig, startServer } from './helpers.ts';
import { allDestinations, SECRETS } from './support/destinations.ts';
import { assertOnce, underFire } from './support/fire.ts';
import { type Mock, startMock } from './support/mock_server.ts';
import { seeded } from './support/sim.ts';

const TYPES = ['meta', 'google_data_manager', 'google_ads', 'pinterest', 'reddit', 'webhook'];

const shop = (mock: Mock, changes: Record<string, unknown> = {}) =>
  siteConfig({
    conversions: [{ name: 'purchase', event: 'purchase', count: 'every' }],
    destinations: allDestinations(['purchase'], mock.endpoint).filter(({ type }) =>
      TYPES.includes(type as string),
    ),
    outbox: { carrier: 'queue', lease: '3s' },
    shards: 4,
    ...changes,
  });

const sale = (id: string) => ({
  name: 'purchase',
  event_id: id,
  order_id: id,
  visitor_id: `v-${id}`,
  value: 20,
  url: 'https://shop.example.com/thanks',
  ip: '198.51.100.231',
  ua: 'Zozilla/9.9 (Zindows)',
  user: { email: `zq.${id}@buyers.example`, first_name: 'Zoezanna', last_name: 'Quillfeather' },
  ids: { gclid: `g-${id}` },
});

async function send(server: Server, ids: readonly string[]): Promise<void> {
  const { status, json, text } = await server.api('/v1/events', {
    body: { site: 'shop', events: ids.map(sale) },
  });
  assert.deepEqual([status, json?.accepted], [202, ids.length], text);
}

async function settled(server: Server, count: number, patience = 60_000): Promise<Json> {
  const until = Date.now() + patience;
  for (;;) {
    const { json } = await server.api('/v1/deliveries?site=shop&limit=1000');
    const open = json.deliveries.filter(({ status }: Json) => /waiting|sending/.test(status));
    if (open.length === 0 && json.deliveries.length === count) return json;
    assert.ok(
      Date.now() < until,
      JSON.stringify([json.deliveries.length, open.slice(0, 3), json.destinations]),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('rows of several shards go in one request', { timeout: 60_000 }, async (t) => {
  await using mock = await startMock();
  await using server = await startServer(
    { shop: shop(mock, { outbox: { carrier: 'queue' } }) },
    SECRETS,
  );
  const ids = Array.from({ length: 40 }, (_, i) => `q-${i}x`);
  await send(server, ids);
  const { destinations } = await settled(server, ids.length * TYPES.length);
  assert.equal(assertOnce(mock, TYPES, ids), 0, 'nothing was sent twice');
  const requests = mock.requests.filter(({ type }) => type === 'meta').length;
  t.diagnostic(`40 conversions of 4 shards in ${requests} requests to one destination`);
  assert.ok(requests < 4, 'fewer requests than shards');
  assert.ok(destinations.every(({ state }: Json) => state === 'working'));
  assert.ok(destinations.every(({ lag_ms }: Json) => lag_ms.p50 > 0));
  assert.ok(!server.log().includes('no queue is bound'), server.log());
});

test('killed under fire, messages lost with it: each conversion is everywhere once', {
  timeout: 240_000,
}, async (t) => {
  const seed = Number(process.env.SEED ?? 11);
  t.diagnostic(`SEED=${seed}`);
  const random = seeded(seed);
  await using mock = await startMock();
  const calm = underFire(mock, random);
  await using server = await startServer({ shop: shop(mock) }, SECRETS);
  const ids: string[] = [];
  const kills = Number(process.env.KILLS ?? 12);
  for (let round = 0; round < kills; round++) {
    const batch = Array.from({ length: 6 }, (_, i) => `k-${round}-${i}x`);
    await send(server, batch);
    ids.push(...batch);
    // Anywhere from before the alarm to after the answers.
    await new Promise((resolve) => setTimeout(resolve, random() * 2500));
    await server.kill();
    await server.restart();
  }
  calm();
  await server.api('/v1/deliveries/replay', { body: { site: 'shop' } });
  const { deliveries } = await settled(server, ids.length * TYPES.length, 120_000);
  assert.ok(deliveries.every(({ status }: Json) => status === 'delivered'));
  const repeats = assertOnce(mock, TYPES, ids);
  t.diagnostic(
    `${kills} kills, ${ids.length} conversions, ${mock.requests.length} requests, ${repeats} repeats under the same key`,
  );
  await server.stop();
  const files = globSync('**/*', { cwd: server.dataDir, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
  for (const needle of ['buyers.example', 'zoezanna', 'quillfeather']) {
    assert.ok(!(files + server.log()).toLowerCase().includes(needle), needle);
  }
});

test('rows go on by the other carrier when the configuration changes', {
  timeout: 60_000,
}, async () => {
  await using mock = await startMock();
  await using server = await startServer({ shop: shop(mock) }, SECRETS);
  mock.fault = () => ({ status: 503, body: {} });
  await send(server, ['s-1x', 's-2x']);
  const until = Date.now() + 20_000;
  while (mock.requests.length < TYPES.length) {
    assert.ok(Date.now() < until, `${mock.requests.length} requests`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await server.stop();
  mock.fault = () => undefined;
  await server.restart({ shop: shop(mock, { outbox: { carrier: 'alarm' } }) });
  await server.api('/v1/deliveries/replay', { body: { site: 'shop' } });
  await settled(server, 2 * TYPES.length);
  await server.stop();
  await server.restart({ shop: shop(mock) });
  await send(server, ['s-3x']);
  await settled(server, 3 * TYPES.length);
  assertOnce(mock, TYPES, ['s-1x', 's-2x', 's-3x']);
});
