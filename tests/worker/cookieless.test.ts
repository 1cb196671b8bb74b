/** Sites that store nothing on the device: a visitor is known for a day of the site, then by nobody. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { dayOfZone, endOfDay } from '../../worker/src/schema/time.ts';
import { report, type Server, siteConfig, startServer } from './helpers.ts';

const ANN = { 'cf-connecting-ip': '203.0.113.77', 'user-agent': 'Mozilla/5.0 (Zindows) Ann/1' };
const BOB = { 'cf-connecting-ip': '203.0.113.78', 'user-agent': ANN['user-agent'] };
const CAT = { 'cf-connecting-ip': '2001:db8::c47', 'user-agent': 'Mozilla/5.0 (Zacintosh) Cat/2' };

const site = (changes: Record<string, unknown> = {}) =>
  siteConfig({ identity: { mode: 'cookieless' }, shards: 1, timezone: 'UTC', ...changes });

const beacon = (server: Server, who: Record<string, string>, event: Record<string, unknown>) =>
  server.collect({ site: 'shop', cookie: true, events: [event] }, who);

const AD = { name: 'page_view', url: 'https://shop.example.com/?gclid=abc' };
const sale = (id: string) => ({ name: 'purchase', order_id: id, value: 10 });

const journeys = async (server: Server): Promise<number> => {
  const { json, text } = await server.api('/v1/journeys?site=shop');
  assert.ok(Array.isArray(json?.journeys), text);
  return json.journeys.length;
};

const bytesOf = (server: Server, glob = '**/*'): Buffer =>
  Buffer.concat(
    globSync(glob, { cwd: server.dataDir, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name))),
  );

/** The 32 bytes that the store of a stopped server holds. */
const saltOf = (server: Server): Buffer => {
  const [file] = globSync('objects/headwater-salts/*.sqlite', { cwd: server.dataDir }).filter(
    (name) => !name.endsWith('metadata.sqlite'),
  );
  assert.ok(file, 'the salt has a file of its own');
  const database = new DatabaseSync(path.join(server.dataDir, file), { readOnly: true });
  const { value } = database.prepare('SELECT value FROM _cf_KV').get() as { value: Uint8Array };
  database.close();
  // The last field of the stored object, behind its length.
  const at = Buffer.from(value).indexOf('salt') + 4;
  const found = Buffer.from(value).subarray(at).toString('latin1');
  const bytes = /B\u0020([\s\S]{32})/.exec(found)?.[1];
  assert.ok(bytes, Buffer.from(value).toString('hex'));
  return Buffer.from(bytes, 'latin1');
};

test('the same browser is the same visitor for a day, another the next; the old salt is gone', async () => {
  await using server = await startServer({ shop: site() });
  const first = await beacon(server, ANN, AD);
  assert.equal(first.status, 202, first.text);
  assert.equal(first.headers.get('set-cookie'), null);
  await beacon(server, ANN, sale('ann-1'));
  await beacon(server, BOB, sale('bob-1'));
  const pixel = `${server.url}/p.gif?site=shop&name=purchase&order_id=ann-2&value=10`;
  assert.equal((await fetch(pixel, { headers: ANN })).headers.get('x-headwater'), 'accepted');
  await beacon(server, CAT, AD);
  const credit = { 'Paid Search': [2, 20], Direct: [1, 10] };
  assert.deepEqual(await report(server, { model: 'last' }), credit);
  assert.equal(await journeys(server), 3);

  // A death of the process loses no salt: whoever comes back is still known.
  await server.kill();
  await server.restart();
  await beacon(server, CAT, sale('cat-1'));
  assert.deepEqual(await report(server, { model: 'last' }), {
    'Paid Search': [3, 30],
    Direct: [1, 10],
  });
  assert.equal(await journeys(server), 3);
  await server.stop();
  const salt = saltOf(server);
  assert.ok(bytesOf(server).includes(salt), 'the search finds what is there');

  // These two zones never have the same day.
  const zones = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'];
  const today = dayOfZone('UTC')(Date.now());
  const other = zones.find((zone) => dayOfZone(zone)(Date.now()) !== today)!;
  await server.restart({ shop: site({ timezone: other }) });
  await beacon(server, ANN, sale('ann-3'));
  assert.equal(await journeys(server), 4, 'nobody knows that it is Ann');
  assert.ok(!bytesOf(server).includes(salt), 'the salt of the day before, while running');
  await server.stop();
  assert.ok(!bytesOf(server).includes(salt), 'the salt of the day before, at rest');
  assert.notDeepEqual(saltOf(server), salt);
});

test('neither address nor user agent is found in files or logs', async () => {
  await using server = await startServer({ shop: site() });
  for (const who of [ANN, CAT]) await beacon(server, who, AD);
  await fetch(`${server.url}/r?site=shop&to=https://nowhere.example/`, { headers: ANN });
  await server.stop();
  const all = bytesOf(server).toString('latin1') + server.log();
  assert.ok(all.includes('gclid'), 'the search finds what is there');
  for (const who of [ANN, CAT]) {
    for (const value of Object.values(who)) assert.ok(!all.includes(value), value);
  }
});

test('a cookie of before is taken back, a hand-over is neither made nor believed', async () => {
  await using server = await startServer(
    { shop: site({ signing_secret: 'SIGN', redirect_hosts: ['shop.example.com'] }) },
    { SIGN: 'a secret of tests' },
  );
  const cookie = `_hw=${'a'.repeat(32)}.20000`;
  const answer = await beacon(server, { ...ANN, cookie }, AD);
  assert.match(answer.headers.get('set-cookie') ?? '', /^_hw=; Path=\/; Max-Age=0; HttpOnly/);
  const to = 'https://shop.example.com/p';
  const led = await fetch(`${server.url}/r?site=shop&to=${encodeURIComponent(to)}`, {
    headers: { ...ANN, cookie },
    redirect: 'manual',
  });
  assert.equal(led.headers.get('location'), to);
  assert.equal(await journeys(server), 1, 'the cookie is nobody');
});

test('without an address nobody is known, and without consent nobody is asked for', async () => {
  await using server = await startServer({ shop: site() });
  const nameless = { 'user-agent': ANN['user-agent'] };
  await beacon(server, nameless, AD);
  await beacon(server, nameless, { ...AD, url: 'https://shop.example.com/?gclid=def' });
  assert.equal(await journeys(server), 2);
  const denied = await beacon(server, ANN, { ...AD, consent: { analytics: 'denied' } });
  assert.equal(denied.json.refused[0].code, 'no_consent');
  assert.equal(await journeys(server), 2);
});

test('the script names the cookieless sites that use it', async () => {
  await using server = await startServer({
    shop: site(),
    plain: siteConfig({ api_key_secret: 'P' }),
    away: site({ api_key_secret: 'A', paths: { script: '/away.js', collect: '/a' } }),
  });
  const text = async (where: string) => (await fetch(server.url + where)).text();
  const list = (script: string): string | undefined =>
    /(["'`])([^"'`]*)\1\.split\(" "\)\.includes/.exec(script)?.[2];
  assert.equal(list(await text('/hw.js')), 'shop');
  assert.equal(list(await text('/away.js')), 'away');
});

test('a day ends where the zone says, also when the clocks are changed', () => {
  const at = (text: string): number => Date.parse(text);
  const cases: [zone: string, now: string, end: string][] = [
    ['UTC', '2026-11-23T20:30:00Z', '2026-11-24T00:00:00Z'],
    ['Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25T23:00:00Z'],
    ['Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
    ['America/New_York', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
    ['Asia/Kolkata', '2026-11-23T18:29:59.999Z', '2026-11-23T18:30:00Z'],
    // The islands left out the 30th of December.
    ['Pacific/Apia', '2011-12-29T12:00:00Z', '2011-12-30T10:00:00Z'],
  ];
  for (const [zone, now, end] of cases) {
    assert.equal(endOfDay(dayOfZone(zone), at(now)), at(end), zone);
  }
});
