/** Reports, journeys, outcomes, health, description: their forms and their refusals. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Headwater } from '../../wasm/binding/index.ts';
import {
  call,
  type Json,
  ORIGIN,
  RULE_MODELS,
  report,
  root,
  type Server,
  send,
  siteConfig,
  startServer,
} from './helpers.ts';

const DAY = 86_400_000;
const PERSONS = 30;
const start = Date.UTC(2026, 8, 1, 12);

let server: Server;
before(async () => {
  server = await startServer({
    shop: siteConfig({ shards: 3, timezone: 'America/New_York', retention: '3650d' }),
  });
  const events = Array.from({ length: PERSONS }, (_, i) => [
    {
      event_id: `v${i}`,
      name: 'page_view',
      visitor_id: `p${i}`,
      occurred_at: start + i * DAY,
      source: {
        source: i % 2 ? 'google' : 'facebook',
        medium: 'cpc',
        campaign: i === 7 ? '=cmd|"x",y' : `c${i % 3}`,
      },
    },
    {
      event_id: `o${i}`,
      name: 'purchase',
      visitor_id: `p${i}`,
      occurred_at: start + i * DAY + 5 * 3_600_000,
      order_id: `order-${i}`,
      value: '10.10',
    },
  ]).flat();
  assert.equal((await send(server, 'shop', events)).accepted, 2 * PERSONS);
});
after(() => server[Symbol.asyncDispose]());

const invalid: [query: string, code: string, says: RegExp][] = [
  ['', 'invalid_query', /site: /],
  ['site=shop&from=yesterday', 'invalid_query', /from: .*2026-11-22/],
  ['site=shop&to=2026-02-30', 'invalid_query', /to: /],
  ['site=shop&from=2026-09-02&to=2026-09-01', 'invalid_query', /from: /],
  ['site=shop&dimension=colour', 'invalid_query', /dimension: .*channel, source/],
  ['site=shop&basis=gut', 'invalid_query', /basis: /],
  ['site=shop&conversion=purchase,nix', 'invalid_query', /conversion: .*"nix"/],
  ['site=shop&model=best', 'model_unknown', /first, last/],
  ['site=shop&model=hazard', 'model_unavailable', /hazard/],
  ['site=shop&model=markov&basis=touch', 'invalid_query', /basis: /],
  ['site=shop&model=markov&dimension=term', 'invalid_query', /dimension: /],
];
for (const [query, code, says] of invalid) {
  test(`report?${query}: 400 ${code}`, async () => {
    const { status, json } = await server.api(`/v1/report?${query}`);
    assert.equal(status, 400);
    assert.equal(json.code, code);
    assert.match(json.detail, says);
  });
}

test('an unknown site is 404', async () => {
  const { status, json } = await server.api('/v1/report?site=nix');
  assert.equal(status, 404);
  assert.equal(json.code, 'unknown_site');
});

test('a report has rows, total and meta', async () => {
  const { json } = await server.api(
    '/v1/report?site=shop&from=2026-09-01&to=2026-12-31&model=last',
  );
  assert.deepEqual(json.rows, [
    { channel: 'Paid Search', conversions: 15, value: 151.5 },
    { channel: 'Paid Social', conversions: 15, value: 151.5 },
  ]);
  assert.deepEqual(json.total, { conversions: 30, value: 303 });
  const { as_of, ...meta } = json.meta;
  assert.ok(Date.parse(as_of) > start);
  assert.deepEqual(meta, {
    site: 'shop',
    model: 'last',
    dimension: 'channel',
    basis: 'conversion',
    from: '2026-09-01',
    to: '2026-12-31',
    timezone: 'America/New_York',
    window: { click_days: 30, impression_days: 1 },
    currency: 'USD',
  });
});

test('both ends of a period are inclusive, in the days of the site', async () => {
  // 12:00 UTC + 5 h is 13:00 in New York, on the same day.
  const one = await report(server, { model: 'last', from: '2026-09-03', to: '2026-09-03' });
  assert.deepEqual(one, { 'Paid Social': [1, 10.1] });
  const two = await report(server, { model: 'last', from: '2026-09-03', to: '2026-09-04' });
  assert.deepEqual(two, { 'Paid Search': [1, 10.1], 'Paid Social': [1, 10.1] });
  assert.deepEqual(await report(server, { model: 'last', to: '2026-08-31' }), {});
});

test('a report by conversion counts only that one', async () => {
  assert.deepEqual(await report(server, { model: 'last', conversion: 'signup' }), {});
  const both = await report(server, { model: 'last', conversion: 'signup,purchase' });
  assert.equal(both['Paid Search']?.[0], 15);
});

test('journeys as JSON: pages hold every person once', async () => {
  let after: string | null = null;
  let pages = 0;
  const orders: string[] = [];
  do {
    const search: string = new URLSearchParams({
      site: 'shop',
      limit: '7',
      ...(after && { after }),
    }).toString();
    const { status, json } = await server.api(`/v1/journeys?${search}`);
    assert.equal(status, 200);
    assert.ok(json.journeys.length <= 7);
    for (const { touches, conversions } of json.journeys) {
      assert.equal(touches.length, 1);
      assert.equal(conversions.length, 1);
      assert.equal(conversions[0].value, 10.1);
      assert.match(conversions[0].order_id, /^[0-9a-f]{32}$/);
      orders.push(conversions[0].order_id);
    }
    after = json.next;
    pages++;
  } while (after !== null);
  assert.equal(orders.length, PERSONS);
  assert.equal(new Set(orders).size, PERSONS);
  assert.ok(pages >= 5);
});

test('journeys as JSON: bad paging is refused', async () => {
  for (const query of ['limit=0', 'limit=501', 'limit=x', 'after=x', 'after=9.', 'after=0.zz']) {
    const { status, json } = await server.api(`/v1/journeys?site=shop&${query}`);
    assert.equal(status, 400, query);
    assert.equal(json.code, 'invalid_query');
  }
});

test('journeys as CSV: a touch log that any tool can read', async () => {
  const { headers, text } = await server.api('/v1/journeys?site=shop&format=csv');
  assert.match(headers.get('content-type')!, /^text\/csv/);
  const [header, ...rows] = text.trimEnd().split('\n');
  assert.equal(
    header,
    'visitor,time,channel,source,medium,campaign,interaction,conversion,value,order_id,action',
  );
  assert.equal(rows.length, 2 * PERSONS);
  const touch = rows.find((row) => row.includes(',facebook,cpc,c0,'));
  assert.match(touch!, /^\d+,2026-\d\d-\d\dT12:00:00\.000Z,Paid Social,facebook,cpc,c0,visit,,,,$/);
  const conversions = rows.filter((row) => /,,,,,,1,10\.1,[0-9a-f]{32},purchase$/.test(row));
  assert.equal(conversions.length, PERSONS);
  const formula = rows.find((row) => row.includes('cmd'));
  assert.match(formula!, /,"'=cmd\|""x"",y",/, 'quoted, and no formula to a spreadsheet');
  const visitors = new Set(rows.map((row) => row.split(',')[0]));
  assert.deepEqual(
    [...visitors].map(Number),
    Array.from({ length: PERSONS }, (_, i) => i + 1),
  );
  assert.ok(!text.includes('order-1') && !text.includes('p1'));
});

/** What the batch engine makes of an export, and the worker's own reports, by rule model. */
async function reportsOf(from: Server, text: string) {
  const wasm = new WebAssembly.Module(readFileSync(path.join(root, 'dist/headwater.wasm')));
  const dataset = Headwater.fromModule(wasm).dataset();
  dataset.append(new TextEncoder().encode(text));
  const { kind, conversions, value, channels } = dataset.finish();
  const batch: Json = {};
  const reports: Json = {};
  for (const credit of dataset.attribute(RULE_MODELS)) {
    const rows = channels.map((channel, i): [string, [number, number]] => [
      channel,
      [credit.conversions[i]! / 1e6, credit.value[i]! / 1e6],
    ]);
    // A report has no row for a channel that earned nothing.
    batch[credit.model] = Object.fromEntries(rows.filter(([, [count]]) => count !== 0));
    reports[credit.model] = await report(from, { model: credit.model });
  }
  return { kind, conversions, value, batch, reports };
}

test('the batch engine reads the CSV and gives the figures of the ledger', async () => {
  const { text } = await server.api('/v1/journeys?site=shop&format=csv');
  const { kind, conversions, value, batch, reports } = await reportsOf(server, text);
  assert.deepEqual([kind, conversions, value], ['touches', 30_000_000, 303_000_000]);
  assert.deepEqual(batch, reports);
});

test('a direct visit within a visit is left out of the CSV, as it earns nothing', async () => {
  await using other = await startServer({
    shop: siteConfig({ shards: 1, session: '30m', retention: '3650d' }),
  });
  const visit = (id: string, minute: number, source?: Json) => ({
    event_id: id,
    name: 'page_view',
    visitor_id: 'v',
    occurred_at: start + minute * 60_000,
    url: `${ORIGIN}/`,
    ...(source && { source }),
  });
  await send(other, 'shop', [
    visit('a', 0, { source: 'google', medium: 'cpc' }),
    visit('b', 5),
    visit('c', 120),
    {
      event_id: 'o',
      name: 'purchase',
      visitor_id: 'v',
      occurred_at: start + 130 * 60_000,
      order_id: 'o',
      value: 90,
    },
  ]);
  const { json } = await other.api('/v1/journeys?site=shop');
  assert.deepEqual(
    json.journeys[0].touches.map(({ channel, counts }: Json) => [channel, counts]),
    [
      ['Paid Search', true],
      ['Direct', false],
      ['Direct', true],
    ],
  );
  const { text } = await other.api('/v1/journeys?site=shop&format=csv');
  assert.equal(text.split('\n').filter((row) => row.includes(',Direct,')).length, 1);
  const figures = await reportsOf(other, text);
  assert.deepEqual(figures.batch, figures.reports);
});

test('an order that nobody named is 404', async () => {
  const { status, json } = await server.api('/v1/conversions/none?site=shop');
  assert.equal(status, 404);
  assert.equal(json.code, 'unknown_order');
});

test('health, readiness and version need no key', async () => {
  assert.deepEqual((await call(`${server.url}/healthz`)).json, { status: 'ok' });
  assert.deepEqual((await call(`${server.url}/readyz`)).json, { status: 'ok' });
  const { json } = await call(`${server.url}/version`);
  assert.match(json.version, /^\d+\.\d+\.\d+/);
  assert.equal(typeof json.abi, 'number');
  assert.match(json.wasm_sha256, /^[0-9a-f]{64}$/);
});

test('HEAD is answered without a body', async () => {
  const answer = await call(`${server.url}/healthz`, { method: 'HEAD' });
  assert.equal(answer.status, 200);
  assert.equal(answer.text, '');
});

test('openapi.json describes every route', async () => {
  const { json } = await call(`${server.url}/openapi.json`);
  assert.equal(json.openapi, '3.1.0');
  for (const path of [
    '/e',
    '/v1/events',
    '/v1/report',
    '/v1/conversions/{order_id}',
    '/v1/journeys',
    '/v1/outcomes',
    '/v1/verify',
    '/healthz',
    '/readyz',
    '/version',
    '/openapi.json',
  ]) {
    assert.ok(path in json.paths, path);
  }
  const event: Json =
    json.paths['/e'].post.requestBody.content['application/json'].schema.properties.events.items;
  assert.deepEqual(event.required, ['name']);
  assert.ok('click_seen_at' in event.properties);
});

test('the app, or a clear word that it is not built', async () => {
  const { status, headers, text } = await call(`${server.url}/`, { headers: { origin: ORIGIN } });
  if (status === 200) {
    assert.match(headers.get('content-type')!, /^text\/html/);
    const inPage = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(text)?.[1];
    assert.match(inPage!, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; /);
    assert.equal(
      headers.get('content-security-policy'),
      `${inPage}; frame-ancestors 'none'`,
      'the header says what the page says, and who may frame it',
    );
  } else {
    assert.match(text, /npm run build/);
  }
});
