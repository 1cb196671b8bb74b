/** The pixel, the click redirect, the visitor cookie, crawlers, prefetches and the rate limit. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { withoutHandover } from '../../worker/src/collect/handover.ts';
import { eventOf } from '../../worker/src/collect/query_event.ts';
import { prefixOf } from '../../worker/src/collect/rate.ts';
import { type Json, type Server, siteConfig, startServer } from './helpers.ts';

const SECRET = 'signs links in tests';
const GIF = 43;

let server: Server;
before(async () => {
  const changes = { redirect_hosts: ['shop.example.com'], signing_secret: 'SIGN', shards: 1 };
  server = await startServer(
    {
      shop: siteConfig(changes),
      quiet: siteConfig({ consent: { default: 'denied' }, api_key_secret: 'QUIET', shards: 1 }),
      quick: siteConfig({ redirect_hosts: ['shop.example.com'], api_key_secret: 'Q', shards: 1 }),
      slow: siteConfig({ rate_limit: { per_minute: 3 }, api_key_secret: 'SLOW', shards: 1 }),
    },
    { SIGN: SECRET },
  );
});
after(() => server?.[Symbol.asyncDispose]());

const get = (where: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(server.url + where, { method, headers, redirect: 'manual' });
const outcomes = async (site = 'shop'): Promise<Record<string, number>> => {
  const { json } = await server.api(`/v1/outcomes?site=${site}`, { site });
  return Object.fromEntries(json.rows.map((row: Json) => [row.code, row.count]));
};
const query = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

test('a pixel stores one event and answers with an image', async () => {
  const fields = {
    site: 'shop',
    name: 'purchase',
    order_id: 'P-1',
    value: '12.50',
    event_id: 'p1',
  };
  const where = `/p.gif?${query({ ...fields, 'source.source': 'mail', 'source.medium': 'email' })}`;
  for (const expected of ['accepted', 'duplicate']) {
    const response = await get(where);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'image/gif');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.equal((await response.arrayBuffer()).byteLength, GIF);
    assert.equal(response.headers.get('x-headwater'), expected);
  }
  const { json } = await server.api('/v1/report?site=shop&model=last');
  assert.deepEqual(
    json.rows.map((row: Json) => [row.channel, row.value]),
    [['Email', 12.5]],
  );
});

test('a pixel that is wrong says so', async () => {
  for (const [where, status, code] of [
    ['/p.gif', 404, 'unknown_site'],
    ['/p.gif?site=nowhere', 404, 'unknown_site'],
    ['/p.gif?site=shop&value=ten', 400, 'invalid_query'],
    [`/p.gif?site=shop&name=${'n'.repeat(101)}`, 400, 'invalid_query'],
    ['/p.gif?site=shop&user=x&user.email=y', 400, 'invalid_query'],
  ] as const) {
    const response = await get(where);
    const problem = (await response.json()) as { code: string };
    assert.equal(response.status, status, where);
    assert.equal(problem.code, code, where);
  }
  const denied = await get('/p.gif?site=quiet');
  assert.equal(denied.headers.get('x-headwater'), 'no_consent');
  assert.equal(denied.headers.get('set-cookie'), null);
  assert.deepEqual(await outcomes('quiet'), { no_consent: 1 });
});

test('the visitor cookie is made once, kept for the day, set anew the next, and checked', async () => {
  const first = await get('/p.gif?site=shop&name=a');
  const set = first.headers.get('set-cookie') ?? '';
  assert.match(set, /^_hw=[0-9a-f]{32}\.\d+; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Lax$/);
  const cookie = set.split(';')[0] ?? '';
  assert.equal((await get('/p.gif?site=shop&name=b', { cookie })).headers.get('set-cookie'), null);
  const [id] = cookie.split('.');
  const aged = await get('/p.gif?site=shop&name=c', { cookie: `x=1; ${id}.19000; y=2` });
  assert.ok(aged.headers.get('set-cookie')?.startsWith(`${id}.`), 'the same visitor, a later day');
  for (const bad of ['_hw=zz', `${id}`, `${id}.x`, `_hw=${'a'.repeat(5000)}.1`, '_hw=<script>.1']) {
    const answer = (await get('/p.gif?site=shop&name=d', { cookie: bad })).headers.get(
      'set-cookie',
    );
    assert.match(answer ?? '', /^_hw=[0-9a-f]{32}\./, bad);
    assert.ok(!answer?.includes(id ?? 'none'));
  }
  // Beacons use it only when they say so: other senders name their visitors, or nobody.
  const plain = await server.collect({ site: 'shop', events: [{ name: 'page_view' }] });
  assert.equal(plain.headers.get('set-cookie'), null);
  const asked = await server.collect({
    site: 'shop',
    cookie: true,
    events: [{ name: 'page_view' }],
  });
  assert.match(asked.headers.get('set-cookie') ?? '', /^_hw=/);
});

test('a redirect records the click and leads only where it may', async () => {
  const to = 'https://shop.example.com/sale?utm_source=partner&utm_medium=affiliate#top';
  const before_ = await outcomes('quick');
  const response = await get(`/r?${query({ site: 'quick', to })}`);
  assert.equal(response.status, 302);
  assert.equal(response.headers.get('location'), to);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const after_ = await outcomes('quick');
  assert.equal((after_.accepted ?? 0) - (before_.accepted ?? 0), 1);
  const away = 'https://partner.example/landing';
  const sign = (text: string) => createHmac('sha256', SECRET).update(text).digest('base64url');
  const signed = (sig: string) => get(`/r?${query({ site: 'shop', to: away, sig })}`);
  assert.equal((await signed(sign(`link shop ${away}`))).status, 302);
  for (const wrong of ['', 'x', sign(`link quiet ${away}`), sign(`link shop ${away}/`), sign(away)])
    assert.equal((await signed(wrong)).status, 403, wrong);
});

test('a redirect with a hand-over leaves the rest of the address as it is', async () => {
  const to = 'https://shop.example.com/p?q=a%20b&flag&x=%7Ey&z=a;b';
  const location = (await get(`/r?${query({ site: 'shop', to })}`)).headers.get('location') ?? '';
  assert.ok(location.startsWith(`${to}&_hwx=`), location);
  const seen = await outcomes('quick');
  const head = await get('/p.gif?site=quick&name=x', {}, 'HEAD');
  assert.equal(head.headers.get('set-cookie'), null);
  assert.equal((await outcomes('quick')).accepted, seen.accepted);
});

test('a redirect is not open, whatever the trick', async () => {
  const tricks = [
    '',
    '/local',
    '//evil.example',
    '///evil.example',
    'https:evil.example',
    'https:/evil.example',
    '\\\\evil.example',
    'https://shop.example.com\\@evil.example/',
    'https://shop.example.com@evil.example/',
    'https://user:pass@shop.example.com/',
    'https://evil.example/?shop.example.com',
    'https://evil.example#shop.example.com',
    'https://shop.example.com.evil.example/',
    'https://evilshop.example.com/',
    'https://shop.example.com%2eevil.example/',
    'https://shop.example.com%00.evil.example/',
    'https://shop.example.com\t.evil.example/',
    'https://shop.example.com\n.evil.example/',
    'https://shop。example。com.evil.example/',
    'javascript:alert(1)',
    'JaVaScRiPt://shop.example.com/%0aalert(1)',
    'data:text/html,<script>alert(1)</script>',
    'ftp://shop.example.com/',
    'file:///etc/passwd',
    ' https://evil.example',
    'https://[::1]/',
    'https://127.0.0.1/',
    'https://0x7f000001/',
    'http://evil.example:80\\.shop.example.com/',
  ];
  const before_ = await outcomes();
  for (const to of tricks) {
    const response = await get(`/r?${query({ site: 'shop', to })}`);
    assert.ok([400, 403].includes(response.status), `${to}: ${response.status}`);
    assert.equal(response.headers.get('location'), null, to);
  }
  assert.deepEqual(await outcomes(), before_, 'and none of them is a click');
  // What looks odd and is the shop: the browser goes where the checked address says.
  const odd = await get(
    `/r?${query({ site: 'quick', to: 'HTTPS://SHOP.example.com:443/a/../b' })}`,
  );
  assert.equal(odd.headers.get('location'), 'https://shop.example.com/b');
  const split = await get(`/r?site=shop&to=https://shop.example.com/%0d%0aset-cookie:x=1`);
  assert.equal(split.status, 400);
});

test('crawlers and prefetches are counted apart and led on', async () => {
  const before_ = await outcomes();
  const crawler = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
  const body = { site: 'shop', cookie: true, events: [{ name: 'page_view' }, { name: 'x' }] };
  const bot = await server.collect(body, { 'user-agent': crawler });
  assert.equal(bot.status, 202);
  assert.deepEqual(
    bot.json.refused.map((each: Json) => each.code),
    ['bot', 'bot'],
  );
  assert.equal(bot.headers.get('set-cookie'), null);
  const to = 'https://shop.example.com/?utm_source=a&utm_medium=cpc';
  const link = `/r?${query({ site: 'shop', to })}`;
  for (const headers of [{ 'sec-purpose': 'prefetch;prerender' }, { 'user-agent': crawler }]) {
    const response = await get(link, headers as Record<string, string>);
    assert.equal(response.status, 302);
    assert.equal(response.headers.get('set-cookie'), null);
  }
  assert.equal((await get(link, {}, 'HEAD')).status, 302);
  const after_ = await outcomes();
  assert.equal(after_.bot, 3);
  assert.equal(after_.prefetch, 2);
  assert.equal(after_.accepted, before_.accepted);
  // Tools that somebody runs, and browsers under control, are no crawlers.
  for (const agent of ['curl/8.1.0', 'node', 'Mozilla/5.0 (X11) HeadlessChrome/140.0']) {
    const { json } = await server.collect(
      { site: 'shop', events: [{ name: 'page_view', event_id: agent }] },
      { 'user-agent': agent },
    );
    assert.equal(json.accepted, 1, agent);
  }
});

test('one network cannot take everything', async () => {
  const from = (address: string) =>
    get('/p.gif?site=slow&name=a', { 'cf-connecting-ip': address }).then(async (r) => {
      const text = r.headers.get('content-type') === 'image/gif' ? '' : await r.text();
      return { status: r.status, retry: r.headers.get('retry-after'), text };
    });
  // A minute may end in between: then the count starts anew once.
  let refused = 0;
  for (let i = 0; i < 8; i++) refused += Number((await from(`198.51.100.${i}`)).status === 429);
  assert.ok(refused >= 2, `${refused} of 8 refused`);
  assert.equal((await from('198.51.101.1')).status, 200, 'another network');
  assert.equal((await get('/p.gif?site=slow&name=a')).status, 200, 'no address, no limit');
  const last = await from('198.51.100.9');
  if (last.status === 429) {
    assert.ok(Number(last.retry) >= 1 && Number(last.retry) <= 60);
    assert.match(last.text, /rate_limited/);
  }
  assert.equal(prefixOf('203.0.113.77'), '203.0.113');
  assert.equal(prefixOf('2001:db8:1:2::3'), prefixOf('2001:0DB8:0001:ffff:1:2:3:4'));
  assert.equal(prefixOf('2001:db8::1'), '2001:db8:0');
  assert.equal(prefixOf('::1'), '0:0:0');
});

test('a query string is an event', () => {
  const read = (text: string) => ({ ...eventOf(new URLSearchParams(text)) });
  assert.deepEqual(read('site=s&name=a&value=&occurred_at=1700000000000'), {
    name: 'a',
    occurred_at: 1_700_000_000_000,
  });
  assert.deepEqual(JSON.parse(JSON.stringify(read('ids.gclid=x&source.medium=cpc&props.a.b=1'))), {
    ids: { gclid: 'x' },
    source: { medium: 'cpc' },
    props: { 'a.b': '1' },
  });
  assert.equal(
    Object.getPrototypeOf(eventOf(new URLSearchParams('__proto__=x'))),
    Object.prototype,
  );
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  read('props.__proto__=x&constructor.prototype=y&__proto__.polluted=1');
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test('a hand-over is no part of the page', () => {
  for (const [url, clean] of [
    ['https://a.com/?_hwx=t', 'https://a.com/'],
    ['https://a.com/?x=1&_hwx=t#h', 'https://a.com/?x=1#h'],
    ['https://a.com/?_hwx=t&x=1', 'https://a.com/?x=1'],
    ['https://a.com/?x=1&_hwx=t&y=2', 'https://a.com/?x=1&y=2'],
    ['https://a.com/?a_hwx=t', 'https://a.com/?a_hwx=t'],
  ])
    assert.deepEqual(withoutHandover({ url }), { url: clean });
  assert.equal(withoutHandover(7), 7);
});

test('the tracker is served with the paths of its site', async () => {
  const response = await get('/hw.js');
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/javascript/);
  const text = await response.text();
  assert.ok(text.includes('"/e"') && text.includes('"/r"') && !text.includes('__collect__'));
  assert.equal((await get('/hw-debug.js')).status, 200);
});
