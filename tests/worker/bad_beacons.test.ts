/** Bad input at the doors: a clear refusal each, never a 5xx, nothing good lost. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  type Answer,
  assertVerified,
  call,
  type Json,
  ORIGIN,
  type Server,
  startServer,
} from './helpers.ts';

let server: Server;
before(async () => {
  server = await startServer();
});
after(() => server[Symbol.asyncDispose]());

const good = { event_id: 'good', name: 'page_view', visitor_id: 'v' };
const body = (...events: unknown[]) => JSON.stringify({ site: 'shop', events });
const json = { 'content-type': 'application/json' };

/** A body of exactly this many bytes that is valid JSON. */
function ofSize(bytes: number): string {
  const frame = body({ ...good, event_id: 'sized', props: { pad: '' }, filler: '' });
  return frame.replace('"filler":""', `"filler":"${'x'.repeat(bytes - frame.length)}"`);
}

interface Refusal {
  name: string;
  init: RequestInit & { duplex?: 'half' };
  path?: string;
  status: number;
  code: string;
  /** What the detail must say. */
  says?: RegExp;
}

const post = (
  payload: RequestInit['body'],
  headers: Record<string, string> = json,
): RequestInit => ({ method: 'POST', headers, body: payload ?? null });

function stream(...chunks: Uint8Array[]): RequestInit & { duplex: 'half' } {
  const source = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  return { method: 'POST', headers: json, body: source, duplex: 'half' };
}

const bytes = (text: string) => new TextEncoder().encode(text);

const refusals: Refusal[] = [
  { name: 'not JSON', init: post('name=page_view'), status: 400, code: 'not_json' },
  { name: 'JSON cut off', init: post('{"site":"shop","ev'), status: 400, code: 'not_json' },
  { name: 'two JSON values', init: post('{}{}'), status: 400, code: 'not_json', says: /position/ },
  { name: 'NaN', init: post('{"site":"shop","events":[NaN]}'), status: 400, code: 'not_json' },
  { name: 'empty body', init: post(''), status: 400, code: 'empty_body' },
  { name: 'no body', init: { method: 'POST', headers: json }, status: 400, code: 'empty_body' },
  { name: 'body null', init: post('null'), status: 400, code: 'invalid_body', says: /null/ },
  { name: 'body a number', init: post('7'), status: 400, code: 'invalid_body' },
  { name: 'body an array', init: post('[]'), status: 400, code: 'invalid_body', says: /array/ },
  { name: 'no site', init: post('{"events":[]}'), status: 400, code: 'invalid_body', says: /site/ },
  {
    name: 'site a number',
    init: post('{"site":1,"events":[]}'),
    status: 400,
    code: 'invalid_body',
    says: /site/,
  },
  {
    name: 'no events',
    init: post('{"site":"shop"}'),
    status: 400,
    code: 'invalid_body',
    says: /events/,
  },
  {
    name: 'events an object',
    init: post('{"site":"shop","events":{}}'),
    status: 400,
    code: 'invalid_body',
  },
  { name: 'zero events', init: post(body()), status: 400, code: 'invalid_body', says: /1 to 1000/ },
  {
    name: '1,001 events',
    init: post(body(...Array.from({ length: 1001 }, () => ({ name: 'x' })))),
    status: 400,
    code: 'invalid_body',
    says: /1001/,
  },
  {
    name: 'unknown site',
    init: post('{"site":"nix","events":[{"name":"x"}]}'),
    status: 404,
    code: 'unknown_site',
    says: /nix/,
  },
  {
    name: 'site __proto__',
    init: post('{"site":"__proto__","events":[{"name":"x"}]}'),
    status: 404,
    code: 'unknown_site',
  },
  {
    name: 'site constructor',
    init: post('{"site":"constructor","events":[{"name":"x"}]}'),
    status: 404,
    code: 'unknown_site',
  },
  {
    name: 'foreign origin',
    init: post(body(good), { ...json, origin: 'https://evil.example' }),
    status: 403,
    code: 'origin_forbidden',
    says: /evil/,
  },
  {
    name: 'origin null',
    init: post(body(good), { ...json, origin: 'null' }),
    status: 403,
    code: 'origin_forbidden',
  },
  {
    name: 'origin with another scheme',
    init: post(body(good), { ...json, origin: 'http://shop.example.com' }),
    status: 403,
    code: 'origin_forbidden',
  },
  {
    name: 'origin that only begins alike',
    init: post(body(good), { ...json, origin: `${ORIGIN}.evil.example` }),
    status: 403,
    code: 'origin_forbidden',
  },
  {
    name: 'bad UTF-8',
    init: post(new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])),
    status: 400,
    code: 'bad_encoding',
  },
  {
    name: 'overlong UTF-8',
    init: post(new Uint8Array([0x22, 0xc0, 0xaf, 0x22])),
    status: 400,
    code: 'bad_encoding',
  },
  {
    name: 'bad UTF-8 without a declared length',
    init: stream(new Uint8Array([0x7b, 0x22, 0xff]), new Uint8Array([0xfe, 0x22, 0x7d])),
    status: 400,
    code: 'bad_encoding',
  },
  {
    name: 'UTF-16',
    init: post(new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0])),
    status: 400,
    code: 'bad_encoding',
  },
  {
    name: 'a form',
    init: post('a=1', { 'content-type': 'application/x-www-form-urlencoded' }),
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    name: 'no content type',
    init: { method: 'POST', body: new Blob([body(good)]) },
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    name: 'charset latin-1',
    init: post(body(good), { 'content-type': 'application/json; charset=latin1' }),
    status: 415,
    code: 'unsupported_media_type',
    says: /UTF-8/,
  },
  {
    name: 'gzip body',
    init: post(gzipSync(body(good)), { ...json, 'content-encoding': 'gzip' }),
    status: 415,
    code: 'unsupported_encoding',
  },
  {
    name: '65,537 bytes',
    init: post(ofSize(65_537)),
    status: 413,
    code: 'body_too_large',
    says: /65536/,
  },
  {
    name: '65 KiB in chunks without a length',
    init: stream(bytes(ofSize(40_000)), bytes(' '.repeat(26_560))),
    status: 413,
    code: 'body_too_large',
  },
  { name: '10 MiB', init: post(' '.repeat(10 << 20)), status: 413, code: 'body_too_large' },
  { name: 'GET', init: { method: 'GET' }, status: 405, code: 'method_not_allowed', says: /POST/ },
  {
    name: 'PUT',
    init: { method: 'PUT', headers: json, body: body(good) },
    status: 405,
    code: 'method_not_allowed',
  },
  { name: 'DELETE', init: { method: 'DELETE' }, status: 405, code: 'method_not_allowed' },
  { name: 'PATCH', init: { method: 'PATCH' }, status: 405, code: 'method_not_allowed' },
  {
    name: 'preflight from a foreign origin',
    init: {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    },
    status: 403,
    code: 'origin_forbidden',
  },
  { name: 'another path', path: '/e/x', init: post(body(good)), status: 404, code: 'not_found' },
  {
    name: 'a path out of the folder',
    path: '/..%2f..%2fetc/passwd',
    init: {},
    status: 404,
    code: 'not_found',
  },
  { name: 'a hidden file', path: '/.dev.vars', init: {}, status: 404, code: 'not_found' },
  { name: '100,000 brackets', init: post('['.repeat(60_000)), status: 400, code: 'not_json' },
];

for (const { name, init, path = '/e', status, code, says } of refusals) {
  test(`${name}: ${status} ${code}`, async () => {
    const answer = await call(server.url + path, init);
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.json.code, code);
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    assert.equal(answer.json.status, status);
    assert.ok(answer.json.title && answer.json.detail);
    if (says) assert.match(answer.json.detail, says);
    assert.doesNotMatch(answer.text, /\bat .*\.(js|ts):\d+/, 'no stack');
  });
}

/** One wrong field each: the event is refused by name, its neighbours are kept. */
const badEvents: [name: string, event: unknown, field: RegExp][] = [
  ['null', null, /^events\[1\]: /],
  ['a string', 'page_view', /^events\[1\]: /],
  ['a number', 5, /^events\[1\]: /],
  ['an array', [], /name/],
  ['no name', { event_id: 'x' }, /\.name: this field is required/],
  ['name a number', { name: 5 }, /\.name: expected a string, got 5/],
  ['name empty', { name: '' }, /\.name: /],
  ['name too long', { name: 'n'.repeat(101) }, /\.name: .*100/],
  ['name with a NUL', { name: 'a\u0000b' }, /\.name: .*control/],
  ['event_id an object', { name: 'x', event_id: {} }, /\.event_id: /],
  ['event_id too long', { name: 'x', event_id: 'e'.repeat(257) }, /\.event_id: .*256/],
  ['event_id a fraction', { name: 'x', event_id: 1.5 }, /\.event_id: /],
  ['occurred_at words', { name: 'x', occurred_at: 'yesterday' }, /\.occurred_at: .*RFC 3339/],
  [
    'occurred_at without a zone',
    { name: 'x', occurred_at: '2026-11-22T14:30:05' },
    /\.occurred_at: /,
  ],
  [
    'occurred_at 30 February',
    { name: 'x', occurred_at: '2026-02-30T00:00:00Z' },
    /\.occurred_at: /,
  ],
  ['occurred_at in seconds', { name: 'x', occurred_at: 1_790_000_000 }, /\.occurred_at: .*seconds/],
  ['occurred_at true', { name: 'x', occurred_at: true }, /\.occurred_at: /],
  ['url a number', { name: 'x', url: 5 }, /\.url: /],
  ['url too long', { name: 'x', url: `https://a.example/${'u'.repeat(32_768)}` }, /\.url: .*32768/],
  ['referrer an array', { name: 'x', referrer: [] }, /\.referrer: /],
  ['visitor_id too long', { name: 'x', visitor_id: 'v'.repeat(257) }, /\.visitor_id: /],
  ['user a string', { name: 'x', user: 'ann@example.com' }, /\.user: /],
  ['user.email a number', { name: 'x', user: { email: 5 } }, /\.user\.email: /],
  ['ids nested', { name: 'x', ids: { gclid: { a: 1 } } }, /\.ids\.gclid: /],
  ['source a string', { name: 'x', source: 'google' }, /\.source: /],
  ['source.medium a list', { name: 'x', source: { medium: ['cpc'] } }, /\.source\.medium: /],
  ['kind unknown', { name: 'x', kind: 'hover' }, /\.kind: .*click, impression, visit/],
  ['order_id true', { name: 'x', order_id: true }, /\.order_id: /],
  ['value negative', { name: 'x', value: -1 }, /\.value: /],
  ['value with a comma', { name: 'x', value: '1,50' }, /\.value: .*"1,50"/],
  ['value with a sign', { name: 'x', value: '$5' }, /\.value: /],
  ['value words', { name: 'x', value: 'NaN' }, /\.value: /],
  ['value too large', { name: 'x', value: 1e15 }, /\.value: /],
  ['value an object', { name: 'x', value: {} }, /\.value: /],
  ['currency words', { name: 'x', currency: 'dollars' }, /\.currency: .*ISO 4217/],
  ['items an object', { name: 'x', items: {} }, /\.items/],
  ['items with a bad price', { name: 'x', items: [{ price: 'free' }] }, /\.items\.0\.price: /],
  ['201 items', { name: 'x', items: Array.from({ length: 201 }, () => ({})) }, /\.items: .*200/],
  ['consent maybe', { name: 'x', consent: { analytics: 'maybe' } }, /\.consent\.analytics: /],
  ['props nested', { name: 'x', props: { a: { b: 1 } } }, /\.props\.a: /],
  [
    '41 props',
    { name: 'x', props: Object.fromEntries(Array.from({ length: 41 }, (_, i) => [`p${i}`, 1])) },
    /\.props: .*40/,
  ],
  ['ip an object', { name: 'x', ip: {} }, /\.ip: /],
  ['ua a number', { name: 'x', ua: 1 }, /\.ua: /],
  ['click_seen_at words', { name: 'x', click_seen_at: 'then' }, /\.click_seen_at: /],
];

for (const [i, [name, event, field]] of badEvents.entries()) {
  test(`an event with ${name} is refused by field, its neighbours are kept`, async () => {
    const neighbours = [`before-${i}`, `after-${i}`].map((id) => ({ ...good, event_id: id }));
    const answer = await server.collect({
      site: 'shop',
      events: [neighbours[0], event, neighbours[1]],
    });
    assertAccepted(answer, 2);
    assert.equal(answer.json.refused.length, 1);
    const [refused] = answer.json.refused;
    assert.equal(refused.index, 1);
    assert.equal(refused.code, 'invalid_event');
    assert.match(refused.message, field);
    assert.ok(refused.message.length < 300, 'no echo of large input');
  });
}

function assertAccepted({ status, json: answer, text }: Answer, accepted: number): void {
  assert.equal(status, 202, text);
  assert.equal(answer.accepted, accepted, text);
}

test('what only looks bad is accepted', async () => {
  const fine: unknown[] = [
    { ...good, event_id: 'fine-1', unknown_field: { deep: [[[[]]]] } },
    { ...good, event_id: 'fine-2', order_id: null, value: null, user: null, props: null },
    { ...good, event_id: 'fine-3', visitor_id: '', currency: '' },
    { ...good, event_id: 4, visitor_id: 77, order_id: 10_001 },
    { ...good, event_id: 'fine-5', url: 'not a url', referrer: 'android-app://com.example/' },
    { ...good, event_id: 'fine-6', url: `https://a.example/?q=${'%20'.repeat(5000)}` },
    { ...good, event_id: 'fine-8', title: 'a sign of its own: \ufffd' },
    { ...good, event_id: 'fine-7', url: 'https://a.example/%zz?utm_source=%ff%fe' },
    { ...good, event_id: '😀 日本語', title: '\u0000\u0007 control', name: 'détail' },
    { ...good, event_id: 'lone \ud800 surrogate' },
  ];
  const answer = await server.collect({ site: 'shop', events: fine });
  assertAccepted(answer, fine.length);
  assert.deepEqual(answer.json.refused, []);
});

test('prototype keys have no effect', async () => {
  const events =
    '[{"event_id":"proto-1","name":"page_view","__proto__":{"value":"x"},"constructor":{"prototype":{"a":1}},"props":{"__proto__":"p","toString":"t"},"ids":{"__proto__":"i"},"user":{"__proto__":{"email":"a@b.example"}}}]';
  const answer = await server.collect(
    `{"__proto__":{"site":"x"},"site":"shop","events":${events}}`,
  );
  assertAccepted(answer, 1);
});

test('exactly 65,536 bytes are accepted, also in chunks', async () => {
  const text = ofSize(65_536);
  assert.equal(bytes(text).length, 65_536);
  assert.equal((await server.collect(text)).status, 202);
  const half = bytes(text);
  const chunked = await call(`${server.url}/e`, stream(half.slice(0, 30_000), half.slice(30_000)));
  assert.equal(chunked.status, 202, chunked.text);
});

test('a byte order mark is skipped', async () => {
  const event = { ...good, event_id: 'marked', title: 'with \ufffd' };
  assertAccepted(await server.collect(`\ufeff${body(event)}`), 1);
});

test('multi-byte characters are measured in bytes', async () => {
  const text = body({ ...good, title: 'é'.repeat(33_000) });
  assert.ok(text.length < 65_536);
  assert.equal((await server.collect(text)).status, 413);
});

test('text/plain is accepted, as sendBeacon sends it', async () => {
  const answer = await server.collect(body({ ...good, event_id: 'plain' }), {
    'content-type': 'text/plain;charset=UTF-8',
    origin: ORIGIN,
  });
  assertAccepted(answer, 1);
  assert.equal(answer.headers.get('access-control-allow-origin'), ORIGIN);
});

test('a preflight from an allowed origin is answered', async () => {
  const answer = await call(`${server.url}/e`, {
    method: 'OPTIONS',
    headers: {
      origin: ORIGIN,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });
  assert.equal(answer.status, 204);
  assert.equal(answer.headers.get('access-control-allow-origin'), ORIGIN);
  assert.equal(answer.headers.get('access-control-allow-headers'), 'content-type');
  assert.equal(answer.headers.get('access-control-allow-credentials'), null);
});

test('a page may read why its beacon was refused', async () => {
  const answer = await server.collect('{', { origin: ORIGIN });
  assert.equal(answer.status, 400);
  assert.equal(answer.headers.get('access-control-allow-origin'), ORIGIN);
});

test('after all of that the worker is healthy, the ledger is right, nothing good was lost', async () => {
  assert.equal((await call(`${server.url}/readyz`)).status, 200);
  const { json: counted } = await server.api('/v1/outcomes?site=shop');
  const counts = Object.fromEntries(counted.rows.map((row: Json) => [row.code, row.count]));
  assert.equal(counts.invalid_event, badEvents.length);
  // Two neighbours of each bad event, and the good ones of the other tests.
  assert.equal(counts.accepted, 2 * badEvents.length + 10 + 1 + 1 + 1 + 1);
  assert.equal(counts.core_error, undefined);
  const { events } = await assertVerified(server);
  assert.equal(events, counts.accepted);
  assert.doesNotMatch(server.log(), /error [0-9a-f-]{36}|trapped|failed/);
});
