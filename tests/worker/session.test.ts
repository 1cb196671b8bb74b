/** Signing in: a key becomes a cookie, which opens what the key opens and nothing from elsewhere. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { makeToken } from '../../worker/src/api/session_token.ts';
import { type Answer, call, type Server, siteConfig, startServer } from './helpers.ts';

const KEYS = {
  READ_KEY: 'read-key-123456',
  WRITE_KEY: 'write-key-12345',
  OTHER_KEY: 'other-key-12345',
};
let server: Server;
before(async () => {
  const keys = [
    { secret: 'READ_KEY', scopes: ['reports:read'] },
    { secret: 'WRITE_KEY', scopes: ['events:write'] },
  ];
  const other = siteConfig({ api_key_secret: 'OTHER_KEY' });
  server = await startServer({ shop: siteConfig({ keys }), other }, KEYS);
});
after(() => server[Symbol.asyncDispose]());

const post = (body: unknown): Promise<Answer> =>
  call(`${server.url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const cookieOf = ({ headers }: Answer): string => headers.get('set-cookie')?.split(';')[0] ?? '';

const get = (where: string, cookie: string, headers: Record<string, string> = {}, method = 'GET') =>
  call(`${server.url}${where}`, { method, headers: { cookie, ...headers } });

test('a key becomes a cookie that no script reads, and opens its own sites', async () => {
  const answer = await post({ key: KEYS.READ_KEY });
  assert.equal(answer.status, 200, answer.text);
  const paths = { script: '/hw.js', pixel: '/p.gif' };
  const [own] = answer.json.sites;
  // The runtime of the tests is an origin of its own.
  assert.deepEqual(own.origins, ['https://shop.example.com', ...own.origins.slice(1)]);
  assert.ok(own.origins.slice(1).every((each: string) => each.endsWith(new URL(server.url).port)));
  const { origins } = own;
  const sites = [{ site: 'shop', currency: 'USD', scopes: ['reports:read'], paths, origins }];
  assert.deepEqual(answer.json, { sites });
  assert.match(
    answer.headers.get('set-cookie') ?? '',
    /^hw_session=session\.READ_KEY\.\d+\.[0-9a-f]{64}; Path=\/v1; HttpOnly; SameSite=Strict; Max-Age=43200$/,
  );
  assert.ok(!answer.headers.get('set-cookie')!.includes(KEYS.READ_KEY));
  const cookie = cookieOf(answer);
  assert.deepEqual((await get('/v1/session', cookie)).json, { sites });
  assert.equal((await get('/v1/report?site=shop', cookie)).status, 200);
  assert.equal((await get('/v1/report?site=other', cookie)).json.code, 'key_wrong');
  // What the key may not, the session may not.
  assert.equal((await get('/v1/persons/x?site=shop', cookie)).json.code, 'key_scope');
});

test('one key under two names opens what both open', async () => {
  const keys = [
    { secret: 'READ_KEY', scopes: ['events:write'] },
    { secret: 'OTHER_KEY', scopes: ['reports:read'] },
  ];
  const env = { READ_KEY: 'the-same-key', OTHER_KEY: 'the-same-key' };
  await using two = await startServer({ shop: siteConfig({ keys }) }, env);
  const answer = await call(`${two.url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: 'the-same-key' }),
  });
  assert.deepEqual(answer.json.sites[0]?.scopes, ['events:write', 'reports:read'], answer.text);
  const report = await call(`${two.url}/v1/report?site=shop`, {
    headers: { cookie: cookieOf(answer) },
  });
  assert.equal(report.status, 200, report.text);
});

test('from another page it is worth nothing', async () => {
  const cookie = cookieOf(await post({ key: KEYS.OTHER_KEY }));
  const report = '/v1/report?site=other';
  assert.equal((await get(report, cookie, { 'sec-fetch-site': 'same-origin' })).status, 200);
  for (const from of ['cross-site', 'same-site']) {
    const { json } = await get(report, cookie, { 'sec-fetch-site': from });
    assert.equal(json.code, 'key_missing', from);
  }
  const erase = '/v1/persons/nobody?site=other';
  assert.equal((await get(erase, cookie, {}, 'DELETE')).json.code, 'key_missing');
  const own = { 'sec-fetch-site': 'same-origin' };
  assert.equal((await get(erase, cookie, own, 'DELETE')).json.code, 'unknown_person');
});

test('a link stands for a key for a while', async () => {
  const digest = createHash('sha256').update(KEYS.READ_KEY).digest();
  const token = (kind: 'link' | 'session', ms: number, key: Uint8Array = digest) =>
    makeToken(kind, 'READ_KEY', key, Date.now() + ms);
  assert.equal((await post({ link: await token('link', 60_000) })).status, 200);
  const made = await server.api('/v1/session/link', { body: {}, key: KEYS.READ_KEY });
  assert.equal((await post({ link: made.json.link })).json.sites[0].site, 'shop');
  const refused = await server.api('/v1/session/link', { body: {}, key: KEYS.WRITE_KEY });
  assert.equal(refused.json.code, 'key_scope');
  const wrong: Record<string, string> = {
    over: await token('link', -1000),
    'a session': await token('session', 60_000),
    'of another key': await token('link', 60_000, createHash('sha256').update('x').digest()),
    'of no secret': (await token('link', 60_000)).replace('READ_KEY', 'NO_KEY'),
    'longer than signed': (await token('link', 60_000)).replace(/\.(\d+)\./, '.9999999999.'),
    nonsense: 'link.READ_KEY',
  };
  for (const [what, link] of Object.entries(wrong)) {
    assert.equal((await post({ link })).json.code, 'key_wrong', what);
  }
  const session = `hw_session=${await token('session', 60_000)}`;
  assert.equal((await get('/v1/report?site=shop', session)).status, 200);
  const asSession = `hw_session=${await token('link', 60_000)}`;
  assert.equal((await get('/v1/report?site=shop', asSession)).json.code, 'key_missing');
});

test('refusals, and signing out', async () => {
  assert.equal((await post({ key: 'nonsense' })).json.code, 'key_wrong');
  assert.equal((await post({ key: KEYS.WRITE_KEY })).json.code, 'key_scope');
  for (const body of [{}, { key: '' }, { key: 1 }, { key: 'a', link: 'b' }, []]) {
    assert.equal((await post(body)).json.code, 'invalid_body', JSON.stringify(body));
  }
  assert.equal((await get('/v1/session', '')).json.code, 'key_missing');
  const out = await get('/v1/session', '', {}, 'DELETE');
  assert.match(out.headers.get('set-cookie') ?? '', /^hw_session=; .*Max-Age=0/);
  // A wrong key is not helped by a session beside it.
  const cookie = cookieOf(await post({ key: KEYS.READ_KEY }));
  const { json } = await get('/v1/report?site=shop', cookie, { authorization: 'Bearer wrong' });
  assert.equal(json.code, 'key_wrong');
});
