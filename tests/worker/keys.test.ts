/** API keys: scopes, more than one, changed without a pause. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { siteConfig, startServer } from './helpers.ts';

const digest = (key: string) => `sha256:${createHash('sha256').update(key).digest('hex')}`;

test('a key does what its scopes say, for its site', async () => {
  const keys = [
    { secret: 'WRITER', scopes: ['events:write'] },
    { secret: 'READER', scopes: ['reports:read'] },
    { secret: 'READER_NEXT', scopes: ['reports:read'] },
    { secret: 'NEVER_SET', scopes: ['admin'] },
  ];
  await using server = await startServer(
    { shop: siteConfig({ keys, shards: 1 }), other: siteConfig({ api_key_secret: 'OTHER' }) },
    { WRITER: 'writes', READER: digest('reads'), READER_NEXT: digest('reads-too') },
  );
  const event = { site: 'shop', events: [{ name: 'page_view', visitor_id: 'v' }] };
  const write = (key: string, site = 'shop') =>
    server.api('/v1/events', { key, body: { ...event, site } });
  const read = (key: string, site = 'shop') => server.api(`/v1/report?site=${site}`, { key });
  const spend = (key: string) =>
    fetch(`${server.url}/v1/import/spend?site=shop`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv' },
      body: 'date,channel,cost\n2026-01-01,Email,1\n',
    });
  assert.equal((await write('writes')).status, 202);
  assert.equal((await spend('writes')).status, 202);
  const refused = await read('writes');
  assert.deepEqual([refused.status, refused.json.code], [403, 'key_scope']);
  for (const key of ['reads', 'reads-too']) {
    assert.equal((await read(key)).status, 200);
    assert.equal((await write(key)).json.code, 'key_scope');
    assert.equal((await spend(key)).status, 403);
    assert.equal((await read(key, 'other')).json.code, 'key_wrong');
  }
  // The first key has all of it.
  const all = server.apiKeys.shop ?? '';
  assert.equal((await write(all)).status, 202);
  assert.equal((await read(all)).status, 200);
  for (const key of ['', 'NEVER_SET', 'undefined', digest('reads')])
    assert.ok([401, 403].includes((await read(key)).status), key);
  assert.ok(!server.log().includes('reads'));
});
