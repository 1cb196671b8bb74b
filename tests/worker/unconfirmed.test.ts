/** What no source confirms of the platforms is a field of the configuration. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, readConfig, secretNames } from '../../worker/src/config.ts';
import type { Delivery } from '../../worker/src/destinations/destination.ts';
import { destinationOf } from '../../worker/src/destinations/registry.ts';
import type { DestinationConfig } from '../../worker/src/destinations/schemas.ts';
import { SecretError, Secrets } from '../../worker/src/destinations/secrets.ts';
import { type Json, siteConfig } from './helpers.ts';
import { allDestinations, SECRETS } from './support/destinations.ts';
import { Sim, seeded } from './support/sim.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-11-20T00:00:00Z');

const siteOf = (type: string, changes: Record<string, unknown>) => {
  const [destination] = allDestinations(['purchase'], (name) => `http://mock/${name}`).filter(
    (each) => each.type === type,
  );
  const merged: Record<string, unknown> = { ...destination, ...changes };
  for (const [name, value] of Object.entries(merged)) if (value === undefined) delete merged[name];
  return siteConfig({
    conversions: [{ name: 'purchase', event: 'purchase', count: 'every' }],
    destinations: [merged],
  });
};
const configOf = (type: string, changes: Record<string, unknown> = {}): DestinationConfig =>
  readConfig({ sites: { shop: siteOf(type, changes) } }).sites.get('shop')!.destinations[0]!;

const delivery: Delivery = {
  kind: 'conversion',
  eventId: 'e1',
  key: 'k1',
  conversion: 'purchase',
  name: 'purchase',
  at: START,
  currency: 'USD',
  value: 1_000_000,
  ids: { rdt_uuid: '1700000000000.abc-def', twclid: 't1', ttclid: 'tt' },
  url: 'https://shop.example.com/',
  user: {},
  personalization: true,
  person: '0'.repeat(32),
};
const callOf = (config: DestinationConfig, secrets: Record<string, string> = SECRETS) =>
  Promise.resolve(
    destinationOf(config).call(config, [delivery], { secrets: new Secrets(secrets), now: START }),
  );

const sale = (id: string, at: number) => ({
  name: 'purchase',
  event_id: id,
  order_id: id,
  visitor_id: id,
  occurred_at: at,
  value: 1,
  url: 'https://shop.example.com/',
  user: { email: `${id}@example.com` },
  ids: { gclid: id, ttclid: id, epik: id, twclid: id },
  ip: '203.0.113.1',
  ua: 'Browser/1',
});

test('the oldest event that a platform takes', async () => {
  for (const type of ['google_data_manager', 'tiktok', 'pinterest', 'x']) {
    const own = destinationOf(configOf(type)).maxAgeMs;
    const sim = new Sim(siteOf(type, { max_age: '3d' }), START, seeded(1));
    await sim.collect([
      sale('young', START - 3 * DAY + 60_000),
      sale('old', START - 3 * DAY - 60_000),
    ]);
    const states = Object.fromEntries(sim.rows().map(({ event_id, state }) => [event_id, state]));
    assert.deepEqual(states, { young: 'waiting', old: 'skipped' }, type);
    assert.equal(sim.rows("event_id = 'young'")[0].expires, START + 60_000);
    assert.ok(own > 3 * DAY);
  }
});

test('the most events of one request', async () => {
  const sim = new Sim(siteOf('meta', { batch: 3 }), START, seeded(1));
  await sim.collect(Array.from({ length: 8 }, (_, i) => sale(`b${i}`, START)));
  await sim.runUntil(START + 60_000);
  const sizes = sim.sent.map(({ body }) => (JSON.parse(body) as Json).data.length);
  assert.deepEqual(sizes, [3, 3, 2]);
});

test("how much of Reddit's cookie is its uuid", async () => {
  const uuidOf = async (changes = {}) => {
    const { body } = await callOf(configOf('reddit', changes));
    return (JSON.parse(body) as Json).data.events[0].user.uuid;
  };
  assert.equal(await uuidOf(), '1700000000000.abc-def');
  assert.equal(await uuidOf({ uuid: 'whole' }), '1700000000000.abc-def');
  assert.equal(await uuidOf({ uuid: 'after_dot' }), 'abc-def');
});

test("which of TikTok's codes stop, and which come again", () => {
  const read = (code: number, changes = {}) => {
    const config = configOf('tiktok', changes);
    const answer = { status: 200, headers: new Headers(), text: JSON.stringify({ code }) };
    const verdict = destinationOf(config).read(answer, [delivery], config);
    return Array.isArray(verdict) ? '' : verdict.state;
  };
  assert.deepEqual(
    [40104, 40100, 40002].map((code) => read(code)),
    ['halt', 'retry', 'dead'],
  );
  const changes = { stop_codes: [40002], retry_codes: [40104] };
  assert.deepEqual(
    [40104, 40100, 40002].map((code) => read(code, changes)),
    ['retry', 'dead', 'halt'],
  );
});

test("X's pixel token in place of OAuth", async () => {
  const token = { oauth_secret: undefined, pixel_token_secret: 'X_PIXEL' };
  const config = configOf('x', token);
  const { headers } = await callOf(config, { X_PIXEL: 'pixel-token-1' });
  assert.equal(headers['x-pixel-token'], 'pixel-token-1');
  assert.equal(headers.authorization, undefined);
  await assert.rejects(callOf(config, {}), SecretError);
  assert.ok(secretNames(readConfig({ sites: { shop: siteOf('x', token) } })).includes('X_PIXEL'));
  const oauth = await callOf(configOf('x'));
  assert.match(oauth.headers.authorization ?? '', /^OAuth /);
  for (const wrong of [{ oauth_secret: undefined }, { pixel_token_secret: 'X_PIXEL' }]) {
    assert.throws(
      () => configOf('x', wrong),
      (error) =>
        error instanceof ConfigError && /one of oauth_secret and pixel_token/.test(error.message),
    );
  }
});
