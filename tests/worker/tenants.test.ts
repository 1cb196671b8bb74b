/** Two sites with the same ids never meet. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  assertVerified,
  fullLedger,
  type Json,
  report,
  type Server,
  send,
  siteConfig,
  startServer,
} from './helpers.ts';

let server: Server;
before(async () => {
  server = await startServer({
    left: siteConfig({ api_key_secret: 'LEFT_KEY', origins: ['https://left.example'] }),
    right: siteConfig({ api_key_secret: 'RIGHT_KEY', origins: ['https://right.example'] }),
  });
});
after(() => server[Symbol.asyncDispose]());

const events = (campaign: string, value: number) => [
  {
    event_id: 'same',
    name: 'page_view',
    visitor_id: 'same',
    source: { source: 'news', medium: 'email', campaign },
  },
  { event_id: 'same', name: 'purchase', visitor_id: 'same', order_id: 'same', value },
];

test('the same ids count on both sites, each with its own figures', async () => {
  assert.equal((await send(server, 'left', events('l', 10))).accepted, 2);
  assert.equal((await send(server, 'right', events('r', 20))).accepted, 2);
  const query = { model: 'last', dimension: 'campaign' };
  assert.deepEqual(await report(server, { site: 'left', ...query }), { l: [1, 10] });
  assert.deepEqual(await report(server, { site: 'right', ...query }), { r: [1, 20] });
  for (const [site, value] of [
    ['left', 10],
    ['right', 20],
  ] as const) {
    const { json } = await server.api(`/v1/conversions/same?site=${site}`, { site });
    assert.deepEqual(
      json.conversions.map((conversion: Json) => conversion.value),
      [value],
    );
    await assertVerified(server, site);
  }
});

test('a duplicate on one site leaves the other alone', async () => {
  const before = await fullLedger(server, 'right');
  assert.equal((await send(server, 'left', events('l', 10))).duplicates, 2);
  assert.deepEqual(await fullLedger(server, 'right'), before);
});

test("one site's key opens nothing of the other", async () => {
  const key = server.apiKeys.left!;
  for (const path of [
    '/v1/report?site=right',
    '/v1/conversions/same?site=right',
    '/v1/journeys?site=right',
    '/v1/verify?site=right',
    '/v1/outcomes?site=right',
  ]) {
    const { status, json } = await server.api(path, { key });
    assert.equal(status, 403, path);
    assert.equal(json.code, 'key_wrong');
  }
  const { status, json } = await server.api('/v1/events', {
    key,
    body: { site: 'right', events: events('x', 1) },
  });
  assert.equal(status, 403);
  assert.equal(json.code, 'key_wrong');
});

test("one site's origin may not send to the other", async () => {
  const body = { site: 'right', events: events('x', 1) };
  const { status, json } = await server.collect(body, { origin: 'https://left.example' });
  assert.equal(status, 403);
  assert.equal(json.code, 'origin_forbidden');
});
