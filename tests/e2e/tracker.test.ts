/** hw.js in a real browser: what pages do, what a worker counts. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type Json, type Server, siteConfig, startServer } from '../worker/helpers.ts';
import { launch } from './support/app.ts';
import { openShop, type Shop } from './support/shop.ts';
import { root } from './support/static-server.ts';

const SECRET = 'a secret of the tests, not of anybody';

let browser: Browser;
let server: Server;
let shop: Shop;
let other: Shop;

before(async () => {
  const tracker = () => `${server.url}/hw.js`;
  shop = await openShop(tracker, () => `data-domains="localhost:${other.port}"`);
  other = await openShop(() => tracker().replace('127.0.0.1', 'localhost'));
  browser = await launch();
  server = await startServer(
    {
      shop: siteConfig({
        origins: [shop.origin, `http://localhost:${other.port}`],
        redirect_hosts: [`localhost`],
        signing_secret: 'SIGNING',
        shards: 2,
        conversions: [
          { name: 'purchase', event: 'purchase' },
          { name: 'lead', event: 'lead' },
        ],
      }),
    },
    { SIGNING: SECRET },
  );
});
after(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  await shop?.[Symbol.asyncDispose]();
  await other?.[Symbol.asyncDispose]();
});

/** Counts by outcome since the last call of it. */
let before_: Record<string, number> = {};
const counted = async (): Promise<Record<string, number>> => {
  const { json } = await server.api('/v1/outcomes?site=shop');
  const now = Object.fromEntries(json.rows.map((row: Json) => [row.code, row.count]));
  const news = Object.entries<number>(now)
    .map(([code, count]): [string, number] => [code, count - (before_[code] ?? 0)])
    .filter(([, count]) => count > 0);
  before_ = now;
  return Object.fromEntries(news);
};

/** What was counted since the last time, once so many are accepted. */
const countedTo = async (accepted: number): Promise<Record<string, number>> => {
  const sums: Record<string, number> = {};
  const deadline = Date.now() + 10_000;
  while ((sums.accepted ?? 0) < accepted && Date.now() < deadline) {
    for (const [code, count] of Object.entries(await counted())) {
      sums[code] = (sums[code] ?? 0) + count;
    }
  }
  return sums;
};

/** Waits until the page has nothing more to send. */
const idle = (page: Page) =>
  page.waitForFunction(
    () => Object.keys(localStorage).filter((key) => key.startsWith('_hw.shop.e.')).length === 0,
  );
const visit = async (context: BrowserContext, url: string): Promise<Page> => {
  const page = await context.newPage();
  const answered = page.waitForResponse((r) => r.url().endsWith('/e') && r.status() === 202);
  await page.goto(url);
  await answered;
  await idle(page);
  return page;
};
const event = (page: Page, name: string, fields: Record<string, unknown> = {}) =>
  page.evaluate(
    ([n, f]) => (window as unknown as { headwater(n: string, f: unknown): void }).headwater(n, f),
    [name, fields] as const,
  );
/** Everything on the server's disk. */
const stored = (): string =>
  globSync('**/*', { cwd: server.dataDir, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(path.join(file.parentPath, file.name), 'latin1'))
    .join('\n');
const newest = async (): Promise<Json> => {
  const { json } = await server.api('/v1/journeys?site=shop&limit=500');
  return json.journeys;
};

test('the script is within its size', () => {
  const { brotliBytes } = JSON.parse(
    readFileSync(path.join(root, 'worker/tracker/size-budget.json'), 'utf8'),
  );
  const { length } = brotliCompressSync(readFileSync(path.join(root, 'dist/tracker/hw.txt')));
  console.log(`hw.js: ${length} bytes brotli of ${brotliBytes}`);
  assert.ok(length <= brotliBytes);
});

test('visits of one browser make one journey, and an order told twice counts once', async () => {
  await counted();
  const context = await browser.newContext();
  const ad = 'utm_source=facebook&utm_medium=paid_social&utm_campaign=spring&fbclid=IwAR1';
  let page = await visit(context, `${shop.origin}/?${ad}`);
  const [cookie] = await context.cookies(server.url);
  assert.ok(cookie);
  assert.equal(cookie.name, '_hw');
  assert.ok(cookie.httpOnly && cookie.sameSite === 'Lax');
  assert.ok(cookie.expires > Date.now() / 1000 + 399 * 86_400);
  assert.equal(await page.evaluate(() => document.cookie), '');
  await page.close();
  page = await visit(context, `${shop.origin}/?utm_source=news&utm_medium=email`);
  // By the page, by its data layer and by the shop's server.
  const order = { order_id: 'T-1', value: '100.01', currency: 'USD' };
  await event(page, 'purchase', order);
  await page.evaluate(() => {
    const { dataLayer } = window as unknown as { dataLayer: unknown[] };
    const ecommerce = { transaction_id: 'T-1', value: 100.01, currency: 'USD', items: [] };
    dataLayer.push({ event: 'purchase', ecommerce });
  });
  await server.api('/v1/events', {
    body: { site: 'shop', events: [{ name: 'purchase', event_id: 'srv', ...order }] },
  });
  await idle(page);
  assert.deepEqual(await counted(), { accepted: 3, duplicate_order: 2 });
  const { json } = await server.api('/v1/report?site=shop&model=linear');
  assert.deepEqual(
    json.rows.map((row: Json) => [row.channel, row.conversions, row.value]),
    [
      ['Email', 0.5, 50.005],
      ['Paid Social', 0.5, 50.005],
    ],
  );
  await context.close();
});

test('a single-page app, links, marked buttons and forms', async () => {
  await counted();
  const context = await browser.newContext();
  const page = await visit(context, `${shop.origin}/list`);
  // A page left within the task that opened it is none (a redirect): each is given its turn.
  const shows = (how: 'pushState' | 'replaceState', url: string) =>
    page.evaluate(
      ([h, u]) => {
        history[h]({}, '', u);
        return new Promise<void>((resolve) => setTimeout(resolve));
      },
      [how, url] as const,
    );
  await shows('pushState', '/item/1');
  await shows('replaceState', '/item/1?tidied=1');
  await shows('pushState', '/item/2');
  await page.goBack();
  await page.evaluate(() => {
    history.pushState({}, '', '/passed-through');
    history.replaceState({}, '', '/item/1?tidied=1');
  });
  await page.evaluate(() => {
    // Links and forms lead nowhere, so that the page lives on.
    for (const link of document.querySelectorAll('a'))
      link.addEventListener('click', (e) => e.preventDefault());
    addEventListener('submit', (e) => e.preventDefault());
  });
  const sent: Json[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/e')) sent.push(...JSON.parse(request.postData() ?? '').events);
  });
  for (const id of ['#mail', '#out', '#cart', '#contact button', '#search button'])
    await page.click(id);
  await idle(page);
  const of = (name: string) => sent.filter((each) => each.name === name);
  assert.deepEqual(
    of('contact_click').map((each) => each.props),
    [{ link: 'mailto:' }],
  );
  assert.deepEqual(
    of('outbound_click').map((each) => each.props),
    [{ link: 'http://elsewhere.invalid/a' }],
  );
  assert.deepEqual(
    of('add_to_cart').map(({ value, props }) => [value, props]),
    [['9.50', { sku: 'A1' }]],
  );
  assert.deepEqual(
    of('lead').map(({ user }) => user),
    [{ email: 'Ann@Example.com' }],
  );
  assert.ok(!JSON.stringify(sent).includes('not to be told'), 'a field that nobody mapped');
  assert.ok(!sent.some((each) => each.url.includes('find')));
  assert.ok(!sent.some((each) => each.url.includes('passed-through')));
  // Four views (list, item 1, item 2, item 1 again) and four events.
  assert.deepEqual(await countedTo(8), { accepted: 8 });
  await context.close();
});

test('nothing is lost when the network goes, the tab closes or two tabs send', async () => {
  await counted();
  const context = await browser.newContext();
  const page = await visit(context, `${shop.origin}/a`);
  const second = await visit(context, `${shop.origin}/b`);
  assert.deepEqual(await counted(), { accepted: 2 });
  await context.setOffline(true);
  for (let i = 0; i < 30; i++)
    await event(i % 2 ? page : second, 'search', { search_term: `${i}` });
  assert.deepEqual(await counted(), {});
  await context.setOffline(false);
  await Promise.all([idle(page), idle(second)]);
  const first = await counted();
  assert.equal(first.accepted, 30, JSON.stringify(first));
  // Closed at once: the browser has it already, or the next page brings it.
  await event(page, 'search', { search_term: 'last words' });
  await page.close();
  const third = await visit(context, `${shop.origin}/c`);
  await idle(second);
  const last = await counted();
  assert.equal(last.accepted, 2, JSON.stringify(last));
  await third.close();
  await context.close();
});

test('without scripts the pixel counts', async () => {
  await counted();
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const answered = page.waitForResponse((r) => r.url().includes('/p.gif'));
  await page.goto(`${shop.origin}/plain`);
  const response = await answered;
  assert.equal(response.status(), 200);
  assert.equal(response.headers()['x-headwater'], 'accepted');
  assert.deepEqual(await counted(), { accepted: 1 });
  assert.equal((await context.cookies(server.url)).length, 1);
  await context.close();
});

test('a refusal leaves nothing on the device and only a count on the server', async () => {
  await counted();
  const journeys = (await newest()).length;
  const context = await browser.newContext();
  shop.more = `<script>gtag('consent', 'default', { analytics_storage: 'denied', ad_storage: 'denied' })</script>`;
  const page = await context.newPage();
  const sent = page.waitForRequest((r) => r.url().endsWith('/e'));
  // Listened for before the cause, or it may be over already.
  const answer = () => page.waitForResponse((r) => r.url().endsWith('/e'));
  const first = answer();
  await page.goto(`${shop.origin}/private?utm_source=x&utm_medium=cpc`);
  const body = JSON.parse((await sent).postData() ?? '');
  shop.more = '';
  assert.deepEqual(body.events, [
    {
      name: 'page_view',
      consent: { analytics: 'denied', ad_user_data: 'denied', ad_personalization: 'denied' },
    },
  ]);
  await first;
  const second = answer();
  await event(page, 'search', { search_term: 'x' });
  await second;
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
  assert.deepEqual(await context.cookies(), []);
  assert.deepEqual(await counted(), { no_consent: 2 });
  assert.equal((await newest()).length, journeys);
  // The visitor agrees: from now on events are whole.
  await page.evaluate(() =>
    (window as unknown as { headwater: { consent(c: object): void } }).headwater.consent({
      analytics: 'granted',
    }),
  );
  const third = answer();
  await event(page, 'search', { search_term: 'y' });
  await third;
  assert.deepEqual(await counted(), { accepted: 1 });
  await context.close();
});

test('Global Privacy Control denies advertising', async () => {
  const context = await browser.newContext({ extraHTTPHeaders: { 'sec-gpc': '1' } });
  const page = await visit(context, `${shop.origin}/gpc`);
  await event(page, 'purchase', { order_id: 'GPC-1', value: 5, currency: 'USD' });
  await idle(page);
  // What was stored says it; the rule of forwarding reads it there.
  assert.match(stored(), /"GPC-1"[^\n]{0,600}"consent":\{"ad_user_data":"denied"/);
  assert.doesNotMatch(stored(), /ann@example/i);
  await context.close();
});

test('another domain of the site knows the visitor by a signed token', async () => {
  const context = await browser.newContext();
  const page = await visit(context, `${shop.origin}/?utm_source=bing&utm_medium=cpc`);
  const target = `http://localhost:${other.port}/checkout`;
  await page.evaluate((href) => {
    const link = document.createElement('a');
    link.href = href;
    link.id = 'over';
    link.textContent = 'over';
    document.body.append(link);
  }, target);
  await page.click('#over');
  await page.waitForURL(/localhost:\d+\/checkout\?_hwx=/);
  await idle(page);
  await event(page, 'purchase', { order_id: 'X-1', value: 20, currency: 'USD' });
  await idle(page);
  const { json } = await server.api('/v1/conversions/X-1?site=shop');
  const channels = JSON.stringify(json);
  assert.match(channels, /Paid Search/);
  const jar = await context.cookies();
  const ids = jar.filter((c) => c.name === '_hw').map((c) => c.value.split('.')[0]);
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
  await context.close();
});

test('the snippets of docs/collection.md work as they stand', async () => {
  const doc = readFileSync(path.join(root, 'docs/collection.md'), 'utf8');
  const snippets = [...doc.matchAll(/```html\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  assert.equal(snippets.length, 2);
  const html = `<!doctype html><title>Docs</title>${snippets[1]}${snippets[0]}`.replaceAll(
    'https://www.example.com',
    server.url,
  );
  const context = await browser.newContext();
  shop.whole = html;
  await counted();
  const page = await visit(context, `${shop.origin}/docs`);
  shop.whole = '';
  assert.deepEqual(await counted(), { accepted: 2 });
  const { json } = await server.api('/v1/conversions/A-1001?site=shop');
  assert.equal(json.order_id, 'A-1001');
  await page.close();
  const pixel = await fetch(
    `${server.url}/p.gif?site=shop&name=purchase&order_id=1&value=9.50&source.campaign=spring`,
  );
  assert.equal(pixel.headers.get('x-headwater'), 'accepted');
  await context.close();
});

test('the overlay shows each event and its outcome', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${shop.origin}/?hw_debug=1`);
  const log = page.getByRole('log', { name: 'Headwater events' });
  await log.getByText('accepted').first().waitFor();
  await event(page, 'purchase', { value: 'ten' });
  await log.getByText('invalid_event').waitFor();
  const text = await log.innerText();
  assert.match(text, /page_view accepted/);
  await context.close();
});
