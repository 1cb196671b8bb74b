/** Hostile requests at every door: the right refusal each, no 5xx, and a worker that is well afterwards. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import {
  assertVerified,
  call,
  type Json,
  type Server,
  siteConfig,
  startServer,
} from './helpers.ts';

let server: Server;
before(async () => {
  const changes = { shards: 2, redirect_hosts: ['shop.example.com'] };
  server = await startServer({
    shop: siteConfig(changes),
    other: siteConfig({ ...changes, api_key_secret: 'OTHER' }),
  });
});
after(() => server?.[Symbol.asyncDispose]());

const beacon = (event: string, extra = '') => `{"site":"shop","events":[${event}]${extra}}`;
const plain = '{"name":"page_view","visitor_id":"v"';

/** [what, body of POST /e, status, code of the problem or of the first refusal; '' for accepted] */
const bodies: [string, string, number, string][] = [
  ['prototype key on top', '{"__proto__":{"site":"shop"},"events":[]}', 400, 'invalid_body'],
  [
    'constructor as the site',
    '{"site":"constructor","events":[{"name":"x"}]}',
    404,
    'unknown_site',
  ],
  ['__proto__ as the site', '{"site":"__proto__","events":[{"name":"x"}]}', 404, 'unknown_site'],
  ['toString as the site', '{"site":"toString","events":[{"name":"x"}]}', 404, 'unknown_site'],
  ['another case of the site', '{"site":"SHOP","events":[{"name":"x"}]}', 404, 'unknown_site'],
  ['a site with a colon', '{"site":"shop:0","events":[{"name":"x"}]}', 404, 'unknown_site'],
  ['a site with a slash', '{"site":"shop/../other","events":[{"name":"x"}]}', 404, 'unknown_site'],
  ['a site with NUL', '{"site":"shop\\u0000","events":[{"name":"x"}]}', 404, 'unknown_site'],
  ['a very long site', `{"site":"${'s'.repeat(9000)}","events":[{}]}`, 404, 'unknown_site'],
  [
    'deep arrays',
    `{"site":"shop","events":${'['.repeat(5000)}${']'.repeat(5000)}}`,
    202,
    'invalid_event',
  ],
  [
    'deep objects',
    beacon(`${plain},"props":${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}}`),
    202,
    'invalid_event',
  ],
  ['prototype in props', beacon(`${plain},"props":{"__proto__":{"x":1}}}`), 202, ''],
  ['prototype in an event', beacon(`${plain},"__proto__":{"value":5}}`), 202, ''],
  ['prototype in user', beacon(`${plain},"user":{"__proto__":"x"}}`), 202, ''],
  [
    'many props',
    beacon(`${plain},"props":{${Array.from({ length: 41 }, (_, i) => `"p${i}":1`)}}}`),
    202,
    'invalid_event',
  ],
  [
    'many ids',
    beacon(`${plain},"ids":{${Array.from({ length: 41 }, (_, i) => `"p${i}":"1"`)}}}`),
    202,
    'invalid_event',
  ],
  ['a long prop name', beacon(`${plain},"props":{"${'n'.repeat(65)}":1}}`), 202, 'invalid_event'],
  [
    'many items',
    beacon(`${plain},"items":[${Array.from({ length: 201 }, () => '{}')}]}`),
    202,
    'invalid_event',
  ],
  ['items an object', beacon(`${plain},"items":{"length":3}}`), 202, 'invalid_event'],
  ['an item null', beacon(`${plain},"items":[null]}`), 202, 'invalid_event'],
  ['props an array', beacon(`${plain},"props":[1]}`), 202, 'invalid_event'],
  ['a prop an object', beacon(`${plain},"props":{"a":{}}}`), 202, 'invalid_event'],
  ['name an array', beacon('{"name":["page_view"]}'), 202, 'invalid_event'],
  ['name an object', beacon('{"name":{"toString":1}}'), 202, 'invalid_event'],
  ['name true', beacon('{"name":true}'), 202, 'invalid_event'],
  ['name blank', beacon('{"name":""}'), 202, 'invalid_event'],
  ['name with NUL', beacon('{"name":"a\\u0000b"}'), 202, 'invalid_event'],
  ['name with a line break', beacon('{"name":"a\\nb"}'), 202, 'invalid_event'],
  ['name of 101 signs', beacon(`{"name":"${'n'.repeat(101)}"}`), 202, 'invalid_event'],
  ['a lone surrogate in the name', beacon('{"name":"\\ud800"}'), 202, ''],
  ['an event a string', beacon('"page_view"'), 202, 'invalid_event'],
  ['an event a number', beacon('7'), 202, 'invalid_event'],
  ['an event an array', beacon('[]'), 202, 'invalid_event'],
  ['an event null', beacon('null'), 202, 'invalid_event'],
  ['an event empty', beacon('{}'), 202, 'invalid_event'],
  ['value below zero', beacon(`${plain},"value":-1}`), 202, 'invalid_event'],
  ['value Infinity', beacon(`${plain},"value":1e999}`), 202, 'invalid_event'],
  ['value too large', beacon(`${plain},"value":1e10}`), 202, 'invalid_event'],
  ['value in words', beacon(`${plain},"value":"ten"}`), 202, 'invalid_event'],
  ['value hexadecimal', beacon(`${plain},"value":"0x10"}`), 202, 'invalid_event'],
  ['value with blanks', beacon(`${plain},"value":" 1"}`), 202, 'invalid_event'],
  ['value with a comma', beacon(`${plain},"value":"1,5"}`), 202, 'invalid_event'],
  ['value a formula', beacon(`${plain},"value":"=1+1"}`), 202, 'invalid_event'],
  ['value an array', beacon(`${plain},"value":[1]}`), 202, 'invalid_event'],
  ['value true', beacon(`${plain},"value":true}`), 202, 'invalid_event'],
  [
    'value of many digits',
    beacon(`${plain},"value":"1.${'0'.repeat(30)}1"}`),
    202,
    'invalid_event',
  ],
  ['currency of four letters', beacon(`${plain},"currency":"EURO"}`), 202, 'invalid_event'],
  ['currency a number', beacon(`${plain},"currency":978}`), 202, 'invalid_event'],
  ['currency Cyrillic', beacon(`${plain},"currency":"ЕUR"}`), 202, 'invalid_event'],
  ['time before 2000', beacon(`${plain},"occurred_at":1}`), 202, 'invalid_event'],
  ['time in seconds', beacon(`${plain},"occurred_at":1795357805}`), 202, 'invalid_event'],
  ['time a fraction', beacon(`${plain},"occurred_at":1795357805000.5}`), 202, 'invalid_event'],
  [
    'time without a zone',
    beacon(`${plain},"occurred_at":"2026-11-22T10:00:00"}`),
    202,
    'invalid_event',
  ],
  [
    'time of 30 February',
    beacon(`${plain},"occurred_at":"2026-02-30T10:00:00Z"}`),
    202,
    'invalid_event',
  ],
  [
    'time of year 10000',
    beacon(`${plain},"occurred_at":"10000-01-01T00:00:00Z"}`),
    202,
    'invalid_event',
  ],
  ['time in the future', beacon(`${plain},"occurred_at":"2099-01-01T00:00:00Z"}`), 202, 'future'],
  ['time long past', beacon(`${plain},"occurred_at":"2001-01-01T00:00:00Z"}`), 202, 'late'],
  ['time a date object', beacon(`${plain},"occurred_at":{"$date":1}}`), 202, 'invalid_event'],
  ['kind unknown', beacon(`${plain},"kind":"view"}`), 202, 'invalid_event'],
  ['kind in capitals', beacon(`${plain},"kind":"CLICK"}`), 202, 'invalid_event'],
  ['consent a string', beacon(`${plain},"consent":"granted"}`), 202, 'invalid_event'],
  ['consent true', beacon(`${plain},"consent":{"analytics":true}}`), 202, 'invalid_event'],
  ['consent unknown', beacon(`${plain},"consent":{"analytics":"maybe"}}`), 202, 'invalid_event'],
  ['user an array', beacon(`${plain},"user":[]}`), 202, 'invalid_event'],
  ['email an array', beacon(`${plain},"user":{"email":["a@b.c"]}}`), 202, 'invalid_event'],
  [
    'email very long',
    beacon(`${plain},"user":{"email":"${'a'.repeat(400)}@b.c"}}`),
    202,
    'invalid_event',
  ],
  ['visitor an object', beacon('{"name":"x","visitor_id":{}}'), 202, 'invalid_event'],
  [
    'visitor very long',
    beacon(`{"name":"x","visitor_id":"${'v'.repeat(300)}"}`),
    202,
    'invalid_event',
  ],
  ['visitor a fraction', beacon('{"name":"x","visitor_id":1.5}'), 202, 'invalid_event'],
  ['visitor past 2^53', beacon('{"name":"x","visitor_id":9007199254740993}'), 202, 'invalid_event'],
  ['order with NUL', beacon(`${plain},"order_id":"a\\u0000"}`), 202, 'invalid_event'],
  ['order very long', beacon(`${plain},"order_id":"${'o'.repeat(300)}"}`), 202, 'invalid_event'],
  [
    'order __proto__',
    beacon('{"name":"purchase","visitor_id":"v","order_id":"__proto__","value":1}'),
    202,
    '',
  ],
  [
    'visitor __proto__',
    beacon('{"name":"x","visitor_id":"__proto__","event_id":"__proto__"}'),
    202,
    '',
  ],
  [
    'url very long',
    beacon(`${plain},"url":"https://a.com/?${'q'.repeat(33_000)}"}`),
    202,
    'invalid_event',
  ],
  ['url an object', beacon(`${plain},"url":{}}`), 202, 'invalid_event'],
  [
    'url of 16 KB',
    beacon(`${plain},"url":"https://a.com/?q=${'q'.repeat(16_384)}","event_id":"16k"}`),
    202,
    '',
  ],
  ['url javascript', beacon(`${plain},"url":"javascript:alert(1)","event_id":"js"}`), 202, ''],
  ['url broken', beacon(`${plain},"url":"http://[::1","event_id":"broken"}`), 202, ''],
  [
    'url of percents',
    beacon(`${plain},"url":"https://a.com/?utm_source=%%%&%=%","event_id":"pc"}`),
    202,
    '',
  ],
  [
    'a script as the source',
    beacon(`${plain},"source":{"source":"<script>alert(1)</script>"},"event_id":"xss"}`),
    202,
    '',
  ],
  [
    'SQL as the campaign',
    beacon(`${plain},"source":{"campaign":"'; DROP TABLE log; --"},"event_id":"sql"}`),
    202,
    '',
  ],
  [
    'a formula as the campaign',
    beacon(`${plain},"source":{"campaign":"=cmd|'/c calc'!A1"},"event_id":"csv"}`),
    202,
    '',
  ],
  ['source an array', beacon(`${plain},"source":[]}`), 202, 'invalid_event'],
  ['source with NUL', beacon(`${plain},"source":{"source":"a\\u0000"}}`), 202, 'invalid_event'],
  ['ids a string', beacon(`${plain},"ids":"gclid"}`), 202, 'invalid_event'],
  ['an id an object', beacon(`${plain},"ids":{"gclid":{}}}`), 202, 'invalid_event'],
  [
    'an id very long',
    beacon(`${plain},"ids":{"gclid":"${'g'.repeat(1100)}"}}`),
    202,
    'invalid_event',
  ],
  [
    'twice the same key',
    '{"site":"nowhere","site":"shop","events":[{"name":"x","event_id":"twice"}]}',
    202,
    '',
  ],
  [
    'events an object with length',
    '{"site":"shop","events":{"length":1,"0":{"name":"x"}}}',
    400,
    'invalid_body',
  ],
  [
    '1,001 events',
    `{"site":"shop","events":[${Array.from({ length: 1001 }, () => '{}')}]}`,
    400,
    'invalid_body',
  ],
  ['a byte order mark', '\ufeff{"site":"shop","events":[{"name":"x","event_id":"bom"}]}', 202, ''],
  ['a comment', '{"site":"shop",/* */"events":[]}', 400, 'not_json'],
  ['a trailing comma', '{"site":"shop","events":[],}', 400, 'not_json'],
  ['single quotes', "{'site':'shop'}", 400, 'not_json'],
  ['cookie flag a string', beacon(`${plain},"event_id":"flag"}`, ',"cookie":"true"'), 202, ''],
];

test(`${bodies.length} hostile bodies`, async (t) => {
  for (const [what, body, status, code] of bodies) {
    await t.test(what, async () => {
      const answer = await server.collect(body);
      assert.equal(answer.status, status, answer.text);
      const got = status === 202 ? (answer.json.refused[0]?.code ?? '') : answer.json.code;
      assert.equal(got, code, answer.text);
      assert.ok(!answer.text.includes('    at '), 'no stack');
    });
  }
  assert.equal(({} as Json).x, undefined);
});

/** [what, path and query, status, code] of GET */
const gets: [string, string, number, string][] = [
  ['a path that climbs', '/../../etc/passwd', 404, 'not_found'],
  ['a path that climbs, encoded', '/%2e%2e/%2e%2e/etc/passwd', 404, 'not_found'],
  ['a path with NUL', '/index.html%00.js', 404, 'not_found'],
  ['a hidden file', '/.env', 404, 'not_found'],
  ['a path of slashes', '//////', 404, 'not_found'],
  ['a very long path', `/${'a'.repeat(8000)}`, 404, 'not_found'],
  ['a report of a prototype', '/v1/report?site=__proto__', 404, 'unknown_site'],
  ['a report of two sites', '/v1/report?site=nowhere&site=shop', 404, 'unknown_site'],
  ['a page of 10^9', '/v1/journeys?site=shop&limit=1000000000', 400, 'invalid_query'],
  ['a page below zero', '/v1/journeys?site=shop&limit=-1', 400, 'invalid_query'],
  ['a cursor that nobody gave', '/v1/journeys?site=shop&after=AAAA', 400, 'invalid_query'],
  ['a cursor of SQL', "/v1/journeys?site=shop&after=' OR 1=1", 400, 'invalid_query'],
  ['a dimension of SQL', '/v1/report?site=shop&dimension=channel;--', 400, 'invalid_query'],
  ['a metric of a prototype', '/v1/report?site=shop&metrics=__proto__', 400, 'invalid_query'],
  ['a model of a prototype', '/v1/report?site=shop&model=constructor', 400, 'model_unknown'],
  ['a date of letters', '/v1/report?site=shop&from=%00', 400, 'invalid_query'],
  ['an order that climbs', '/v1/conversions/..%2f..%2fverify?site=shop', 404, 'unknown_order'],
  [
    'an order of 5,000 signs',
    `/v1/conversions/${'o'.repeat(5000)}?site=shop`,
    404,
    'unknown_order',
  ],
  ['an order with bad percents', '/v1/conversions/%E0%A4%A?site=shop', 404, 'unknown_order'],
  ["another site's order", '/v1/conversions/__proto__?site=other', 403, 'key_wrong'],
  ["another site's report", '/v1/report?site=other', 403, 'key_wrong'],
];

test(`${gets.length} hostile reads, with the key of one site`, async (t) => {
  for (const [what, where, status, code] of gets) {
    await t.test(what, async () => {
      const answer = await server.api(where);
      assert.equal(answer.status, status, answer.text.slice(0, 300));
      assert.equal(answer.json.code, code);
    });
  }
});

/** A request as raw bytes; resolves with the status line, or '' when the connection was cut. */
const raw = async (text: string): Promise<string> => {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.on('data', (data) => {
    heard += data;
    socket.end();
  });
  socket.on('error', () => {});
  socket.end(text);
  await once(socket, 'close');
  return heard.split('\r\n')[0] ?? '';
};

/** Nothing of these may be taken for a well-formed request, nor for two. */
const frames: [string, string][] = [
  [
    'two lengths',
    'POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 200\r\n\r\n{}',
  ],
  [
    'a length and chunks',
    'POST /e HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n',
  ],
  ['a length below zero', 'POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n{}'],
  ['a length of letters', 'POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\n{}'],
  ['a header without a name', 'GET /healthz HTTP/1.1\r\n: x\r\n\r\n'],
  ['a header with a blank', 'GET /healthz HTTP/1.1\r\nHo st: x\r\n\r\n'],
  ['no version', 'GET /healthz\r\n\r\n'],
  ['an unknown method', 'BREW /e HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['bytes that are no HTTP', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000'],
];

test('broken framing is refused or cut, and never served as two requests', async (t) => {
  for (const [what, text] of frames) {
    await t.test(what, async () => {
      const status = await raw(text);
      assert.doesNotMatch(status, /^HTTP\/1\.1 (2|5(?!01))/, status);
    });
  }
});

test('cookie bombs and odd headers change nothing', async () => {
  const event = (id: string) => ({
    site: 'shop',
    cookie: true,
    events: [{ name: 'x', event_id: id }],
  });
  for (const headers of [
    { cookie: Array.from({ length: 500 }, (_, i) => `c${i}=${i}`).join('; ') },
    { cookie: `_hw=${'a'.repeat(12_000)}` },
    { cookie: '_hw=; _hw=; =; ;;;' },
    { 'sec-gpc': '1, 1', dnt: 'yes' },
    { 'user-agent': 'x'.repeat(5000) },
    { referer: 'not a url', 'cf-connecting-ip': '999.1.1.1' },
    { 'cf-connecting-ip': '::::' },
    { origin: 'null' },
  ] as Record<string, string>[]) {
    const { status } = await server.collect(event(JSON.stringify(headers).slice(0, 40)), headers);
    assert.ok([202, 403].includes(status), `${status} ${JSON.stringify(headers).slice(0, 80)}`);
  }
});

test('whatever JSON comes, an answer comes back that says what became of it', async () => {
  const word = fc.constantFrom(
    ...[
      'name',
      'value',
      'url',
      'user',
      'email',
      'ids',
      'props',
      'items',
      'order_id',
      'occurred_at',
    ],
    ...[
      'consent',
      'visitor_id',
      'event_id',
      'source',
      'kind',
      'currency',
      '__proto__',
      'page_view',
    ],
    ...['purchase', 'refund', 'https://a.com/?utm_source=x', '', '1', 'granted', 'denied', 'USD'],
  );
  const leaf = fc.oneof(
    word,
    fc.string(),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(word, tie('value'), { maxKeys: 6 }),
    ),
  }));
  const events = fc.array(fc.oneof(value, fc.dictionary(word, value, { maxKeys: 8 })), {
    minLength: 1,
    maxLength: 5,
  });
  const seed = Number(process.env.HW_TEST_SEED ?? 20261123);
  console.log(`fuzz of the collect route: HW_TEST_SEED=${seed}`);
  await fc.assert(
    fc.asyncProperty(events, async (list) => {
      const { status, json, text } = await server.collect({ site: 'shop', events: list });
      assert.equal(status, 202, text);
      const told = json.accepted + json.duplicates + json.refused.length;
      assert.equal(told, list.length, text);
    }),
    { numRuns: 400, seed },
  );
});

test('afterwards the worker is well', async () => {
  const health = await call(`${server.url}/readyz`);
  assert.equal(health.status, 200);
  await assertVerified(server);
  const { json } = await server.collect({
    site: 'shop',
    events: [{ name: 'x', event_id: 'well' }],
  });
  assert.equal(json.accepted, 1);
  assert.doesNotMatch(server.log(), /error [0-9a-f-]{36}/);
});
