/** Everything that is kept of a person, shown and erased: in answers and on the disk. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
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
import { person, start, visit as visitFrom } from './support/lives.ts';

const conversions = [{ name: 'purchase', event: 'purchase' }];
const config = { shop: siteConfig({ shards: 3, conversions, models: ['linear', 'shapley'] }) };
/** Stands in whatever Zoe does. */
const NEEDLE = 'zq7needle';
const zoe = { email: 'zoe@zqbuyers.example' };

const visit = (visitor_id: string, minute: number, more: Json = {}): Json =>
  visitFrom(visitor_id, minute, 'news', more);
const zoes = (minute: number, more: Json = {}): Json =>
  visit(`${NEEDLE}-${more.device ?? 'phone'}`, minute, {
    url: `https://shop.example.com/${NEEDLE}-${minute}?gclid=${NEEDLE}-click-${minute}`,
    title: `${NEEDLE} title`,
    ...more,
    device: undefined,
  });
const order = { name: 'purchase', order_id: `${NEEDLE}-order`, value: 50, event_id: `${NEEDLE}-o` };

async function fill(server: Server): Promise<void> {
  await send(server, 'shop', [visit('other', 0), visit('bystander', 1)]);
  await send(server, 'shop', [zoes(0), visit('other', 3), zoes(5, { device: 'laptop' })]);
  await send(server, 'shop', [zoes(10, { user: zoe }), zoes(12, { device: 'laptop', user: zoe })]);
  await send(server, 'shop', [zoes(20, order), visit('bystander', 22)]);
  const bought = { name: 'purchase', order_id: 'kept', value: 7 };
  await send(server, 'shop', [visit('bystander', 30, bought)]);
}

function onDisk(server: Server, needle = NEEDLE): string[] {
  return globSync('**/*', { cwd: server.dataDir, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'api-keys.json')
    .filter((entry) =>
      readFileSync(path.join(entry.parentPath, entry.name), 'latin1').includes(needle),
    )
    .map(({ name }) => name);
}

for (const [how, key] of [
  ['by e-mail', zoe.email],
  ['by one of the visitors', `visitor:${NEEDLE}-laptop`],
] as const) {
  test(`shown and erased ${how}: nothing is left, and the sums stay`, async () => {
    await using server = await startServer(config);
    await fill(server);
    const shown = await person(server, key);
    assert.equal(shown.status, 200, shown.text);
    assert.equal(shown.json.events.length, 5);
    assert.equal(shown.json.aliases, 2);
    assert.equal(shown.json.journey.touches.length, 5);
    assert.equal(shown.json.journey.conversions.length, 1);
    assert.ok(!shown.text.includes('zqbuyers'), 'an address is never shown');
    assert.ok(!shown.text.includes('bystander'));
    const before = await report(server, { model: 'linear', dimension: 'source' });
    const total = (await server.api('/v1/report?site=shop')).json.total;
    assert.equal(total.value, 57);
    await assertVerified(server);
    await assertFitted(server);
    assert.ok(onDisk(server).length > 0, 'there is something to be erased');

    const erased = await person(server, key, 'DELETE');
    assert.deepEqual(erased.json, { erased: { persons: 3, events: 5 } }, erased.text);
    assert.equal((await person(server, key)).json.code, 'unknown_person');
    assert.equal((await person(server, key, 'DELETE')).status, 404);
    assert.deepEqual(await report(server, { model: 'linear', dimension: 'source' }), before);
    await assertVerified(server);
    await assertFitted(server);

    // The order has counted.
    const again = await send(server, 'shop', [order]);
    assert.deepEqual(again, { accepted: 0, duplicates: 1, refused: [] });
    assert.deepEqual((await server.api('/v1/report?site=shop')).json.total, total);
    assert.equal((await person(server, 'visitor:bystander')).json.events.length, 3);

    await server.stop();
    assert.deepEqual(onDisk(server), [], 'nothing is left on the disk');
    await server.restart();
    assert.equal((await assertVerified(server)).events, 5);
    assert.deepEqual((await server.api('/v1/report?site=shop')).json.total, total);
  });
}

test('after other models the sums of who was erased stay what they were', async () => {
  await using server = await startServer(config);
  await fill(server);
  await person(server, zoe.email, 'DELETE');
  await server.stop();
  const models = ['linear', 'first', 'shapley'];
  await server.restart({ shop: siteConfig({ shards: 3, conversions, models }) });
  const total = async (model: string) =>
    (await server.api(`/v1/report?site=shop&model=${model}`)).json.total.value;
  assert.equal(await total('linear'), 57);
  assert.equal(await total('first'), 7, 'a model that came later knows only who is there');
  await assertVerified(server);
  await assertFitted(server);
});

test('who may ask, and for whom', async () => {
  const keys = [{ secret: 'READ_KEY', scopes: ['reports:read'] }];
  const site = siteConfig({ ...config.shop, keys });
  await using server = await startServer({ shop: site }, { READ_KEY: 'read-key-123' });
  await fill(server);
  assert.equal((await person(server, zoe.email, 'GET', 'read-key-123')).json.code, 'key_scope');
  assert.equal((await person(server, zoe.email, 'DELETE', 'wrong')).json.code, 'key_wrong');
  for (const key of [
    'nobody',
    'email:',
    'email:nonsense',
    'phone:1',
    'external_id:7',
    '../x',
    '%',
  ]) {
    const { status, json } = await person(server, key);
    assert.deepEqual([key, status, json.code], [key, 404, 'unknown_person']);
  }
  assert.equal((await person(server, 'external_id:7', 'DELETE')).status, 404);
});

test('orders that changed hands: nothing is left with who had them, nor of who gave them', async () => {
  await using server = await startServer(config);
  const paid = (order_id: string, more: Json): Json => {
    const event_id = `${order_id}-${made++}`;
    return { name: 'purchase', value: 5, order_id, event_id, occurred_at: start, ...more };
  };
  let made = 0;
  // A server told the order first; a pixel of the visitor took it over.
  await send(server, 'shop', [paid(`${NEEDLE}-a`, {}), visit(`${NEEDLE}-phone`, 0)]);
  await send(server, 'shop', [paid(`${NEEDLE}-a`, { visitor_id: `${NEEDLE}-phone` })]);
  // Ann's went to a visitor whom nobody knows; the digest of who she is went along.
  const digest = '7'.repeat(64);
  await send(server, 'shop', [paid('anns', { user: { email: digest } })]);
  await send(server, 'shop', [paid('anns', { visitor_id: 'stranger' })]);
  const total = (await server.api('/v1/report?site=shop')).json.total;
  assert.deepEqual(total, { conversions: 2, value: 10 });
  await assertVerified(server);
  await assertFitted(server);
  assert.equal((await person(server, `visitor:${NEEDLE}-phone`, 'DELETE')).status, 200);
  assert.equal((await person(server, `email:${digest}`, 'DELETE')).status, 200);
  assert.deepEqual((await server.api('/v1/report?site=shop')).json.total, total);
  await assertVerified(server);
  await assertFitted(server);
  const again = await send(server, 'shop', [paid(`${NEEDLE}-a`, {}), paid('anns', {})]);
  assert.equal(again.duplicates, 2);
  await server.stop();
  assert.deepEqual(onDisk(server), []);
  assert.deepEqual(onDisk(server, digest), []);
  await server.restart();
  assert.deepEqual((await server.api('/v1/report?site=shop')).json.total, total);
  await assertVerified(server);
  await assertFitted(server);
});
