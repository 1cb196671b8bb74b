/** The runtime is killed in the middle of deliveries; a dead destination beside healthy ones. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { type Json, type Server, siteConfig, startServer } from './helpers.ts';
import { allDestinations, SECRETS } from './support/destinations.ts';
import { assertOnce, underFire } from './support/fire.ts';
import { type Mock, startMock } from './support/mock_server.ts';
import { seeded } from './support/sim.ts';

const KILLS = Number(process.env.KILLS ?? 20);
const PER_ROUND = 6;

function shop(mock: Mock, only?: string[]) {
  const destinations = allDestinations(['purchase'], mock.endpoint).filter(
    ({ type }) => only === undefined || only.includes(type as string),
  );
  return siteConfig({
    conversions: [{ name: 'purchase', event: 'purchase', count: 'every' }],
    destinations,
    shards: 2,
  });
}

let buyers = 0;
/** Each a person of its own: consent that one takes back is nobody else's. */
const buyer = (id: string) => ({
  name: 'purchase',
  event_id: id,
  order_id: id,
  visitor_id: `v-${id}`,
  value: 20,
  url: 'https://shop.example.com/thanks',
  ip: '198.51.100.231',
  ua: 'Zozilla/9.9 (Zindows)',
  user: {
    email: `zq.${id}@buyers.example`,
    phone: `+1 555 1977${String(buyers++).padStart(3, '0')}`,
    first_name: 'Zoezanna',
    last_name: 'Quillfeather',
  },
  ids: { gclid: `g-${id}` },
});

async function send(server: Server, events: unknown[]): Promise<Json> {
  const { json, status, text } = await server.api('/v1/events', { body: { site: 'shop', events } });
  assert.equal(status, 202, text);
  return json;
}

const open = ({ deliveries }: Json) =>
  deliveries.filter(({ status }: Json) => /waiting|sending/.test(status));

async function settled(server: Server, patience: number): Promise<Json> {
  const until = Date.now() + patience;
  for (;;) {
    const { json } = await server.api('/v1/deliveries?site=shop&limit=1000');
    if (open(json).length === 0) return json;
    assert.ok(Date.now() < until, JSON.stringify([open(json).slice(0, 3), json.destinations]));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

test(`killed ${KILLS} times under fire: each conversion is at each destination once`, {
  timeout: 300_000,
}, async (t) => {
  const seed = Number(process.env.SEED ?? 4);
  t.diagnostic(`SEED=${seed}`);
  const random = seeded(seed);
  await using mock = await startMock();
  const calm = underFire(mock, random);
  await using server = await startServer({ shop: shop(mock) }, SECRETS);
  const ids: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const batch = Array.from({ length: PER_ROUND }, (_, i) => `k-${kill}-${i}x`);
    const answer = await send(server, batch.map(buyer));
    assert.equal(answer.accepted, PER_ROUND);
    const denied = { ...buyer(`denied-${kill}x`), consent: { ad_user_data: 'denied' } };
    await send(server, [denied]);
    ids.push(...batch);
    await new Promise((resolve) => setTimeout(resolve, random() * 500));
    await server.kill();
    await server.restart();
  }
  calm();
  // What waits is asked for at once, instead of waiting for the backoff.
  await server.api('/v1/deliveries/replay', { body: { site: 'shop' } });
  const { deliveries, destinations } = await settled(server, 60_000);
  const bad = deliveries.filter(
    ({ status, reason }: Json) => status !== 'delivered' && !/^consent/.test(reason),
  );
  assert.deepEqual(bad, []);
  assert.equal(destinations.length, 12);
  const names = destinations.map(({ name }: Json) => name);
  const repeats = assertOnce(mock, names, ids);
  t.diagnostic(
    `${ids.length} conversions, 12 destinations, ${mock.requests.length} requests, ${repeats} repeats under the same key`,
  );
  await server.stop();

  // Nothing personal, no denied event and no secret in what was sent, logged or stored.
  const files = globSync('**/*', { cwd: server.dataDir, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'api-keys.json')
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
  const requests = mock.requests
    .map(({ path: where, query, body }) => `${where} ${query} ${body}`)
    .join('\n');
  assert.ok(files.includes('k-0-0x') && requests.includes('k-0-0x'));
  const haystacks = { files, requests, log: server.log() };
  for (const [where, text] of Object.entries(haystacks)) {
    for (const needle of ['buyers.example', '5551977', '555 1977', 'zoezanna', 'quillfeather']) {
      assert.ok(!text.toLowerCase().includes(needle), `${needle} in ${where}`);
    }
  }
  assert.ok(!requests.includes('denied-'), 'a denied event was sent');
  for (const secret of Object.values(SECRETS)) {
    assert.ok(!files.includes(secret) && !server.log().includes(secret), 'a secret was kept');
  }
});

test('a destination that never answers holds up no other', { timeout: 120_000 }, async (t) => {
  const lag = async (fault: Mock['fault']): Promise<number[]> => {
    await using mock = await startMock();
    mock.fault = fault;
    await using server = await startServer(
      { shop: shop(mock, ['meta', 'tiktok', 'webhook']) },
      SECRETS,
    );
    const sentAt = new Map<string, number>();
    for (let i = 0; i < 25; i++) {
      const id = `lag-${i}x`;
      sentAt.set(id, Date.now());
      await send(server, [buyer(id)]);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    const until = Date.now() + 20_000;
    while (
      (mock.taken.get('tiktok')?.size ?? 0) < 25 ||
      (mock.taken.get('webhook')?.size ?? 0) < 25
    ) {
      assert.ok(Date.now() < until, 'the healthy ones wait');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return [...mock.taken.get('tiktok')!.values()]
      .map(({ at, event }) => at - sentAt.get((event as Json).event_id)!)
      .sort((a, b) => a - b);
  };
  const middle = (list: number[]) => list[list.length >> 1]!;
  const alone = await lag(() => undefined);
  const beside = await lag((type) => (type === 'meta' ? 'hang' : undefined));
  t.diagnostic(
    `lag of a healthy destination, median: ${middle(alone)} ms alone, ${middle(beside)} ms beside a dead one`,
  );
  t.diagnostic(`longest: ${alone.at(-1)} ms and ${beside.at(-1)} ms`);
  // Beside one that answers nothing for 15 s the longest wait stays far below that.
  assert.ok(beside.at(-1)! < alone.at(-1)! + 1500, `${beside}`);
  assert.ok(middle(beside) < middle(alone) * 1.1 + 100, `${middle(alone)} ${middle(beside)}`);
});

test('killed in the middle of a request: sent again by the alarm alone', {
  timeout: 60_000,
}, async () => {
  await using mock = await startMock();
  mock.fault = () => 'hang';
  const site = { ...shop(mock, ['meta', 'webhook']), shards: 1 };
  await using server = await startServer({ shop: site }, SECRETS);
  await send(server, [buyer('alone-1x')]);
  const until = Date.now() + 30_000;
  const wait = async (done: () => boolean) => {
    while (!done()) {
      assert.ok(Date.now() < until, `${mock.requests.length} requests`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await wait(() => mock.requests.length === 2);
  await server.kill();
  mock.fault = () => undefined;
  await server.restart();
  // Nobody asks for anything: nothing but the alarm wakes the shard.
  await wait(() => mock.taken.get('meta')?.size === 1 && mock.taken.get('webhook')?.size === 1);
});
