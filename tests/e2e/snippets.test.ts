/** What the set-up screen gives to paste does what it says: run where its language is here, compared elsewhere. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import { which } from '../../scripts/lib/tools.mjs';
import { type Data, literal } from '../../web-demo/literal.ts';
import {
  conversionOf,
  KEY_VARIABLE,
  type Place,
  requestOf,
  type SnippetId,
  siteEntryOf,
  snippets,
  whats,
} from '../../web-demo/snippets.ts';
import { readConfig } from '../../worker/src/config.ts';
import { type Json, type Server, siteConfig, startServer } from '../worker/helpers.ts';
import { launch } from './support/app.ts';
import { openShop, type Shop } from './support/shop.ts';

let browser: Browser;
let server: Server;
let shop: Shop;
let folder: string;
let place: Place;

/** Not the usual ones, so that a snippet with the usual ones fails. */
const paths = { script: '/s.js', collect: '/c', pixel: '/i.gif', redirect: '/go' };

before(async () => {
  shop = await openShop(() => '');
  folder = await mkdtemp(path.join(tmpdir(), 'headwater-snippets-'));
  const conversions = [{ name: 'purchase', event: 'purchase' }];
  const config = siteConfig({
    origins: [shop.origin],
    currency: 'EUR',
    shards: 2,
    paths,
    conversions,
  });
  browser = await launch();
  server = await startServer({ boutique: config });
  place = { origin: server.url, site: 'boutique', currency: 'EUR', paths };
});
after(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  await shop[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Events in the log by name, once `name` is among them. */
const arrivedAs = async (name: string): Promise<Json[]> => {
  const response = await fetch(`${server.url}/v1/live?site=boutique&last=200`, {
    headers: { authorization: `Bearer ${server.apiKeys.boutique}` },
    signal: AbortSignal.timeout(15_000),
  });
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of response.body!) {
    text += decoder.decode(part, { stream: true });
    const events = [...text.matchAll(/^data: (\[.*\])$/gm)].flatMap(([, json]) =>
      JSON.parse(json!),
    );
    const found = events.filter((event) => event.name === name);
    if (found.length > 0) return found;
  }
  throw new Error('the stream ended');
};

const counted = async (code: string): Promise<number> => {
  const { json } = await server.api('/v1/outcomes?site=boutique', { site: 'boutique' });
  return json.rows.find((row: Json) => row.code === code)?.count ?? 0;
};

/** A page of another origin with this in its head; waits until it has sent something. */
const visit = async (head: string, javaScriptEnabled = true): Promise<void> => {
  const context = await browser.newContext({ javaScriptEnabled });
  const page = await context.newPage();
  const sent = page.waitForResponse((answer) =>
    answer.url().startsWith(`${server.url}${javaScriptEnabled ? '/c' : '/i.gif'}`),
  );
  shop.whole = `<!doctype html><html lang="en"><head><title>Shop</title>${head}</head><body>Shop</body></html>`;
  await page.goto(`${shop.origin}/?utm_source=google&utm_medium=cpc`);
  const response = await sent;
  assert.ok(response.ok(), `${response.status()} ${response.url()}`);
  await context.close();
};

for (const id of ['html', 'gtm', 'shopify', 'wordpress'] satisfies SnippetId[])
  test(`${snippets[id].name}: pasted into a page of another origin, a page view arrives`, async () => {
    const text = snippets[id].text(place, 'hello');
    // WordPress prints what stands between the marks of PHP.
    const printed = id === 'wordpress' ? /\?>(.*?)<\?php/s.exec(text)![1]! : text;
    const before = await counted('accepted');
    await visit(printed);
    assert.equal(await counted('accepted'), before + 1);
    const views = await arrivedAs('page_view');
    assert.equal(views.at(-1).channel, 'Paid Search');
    assert.equal(views.at(-1).outcome, 'accepted');
  });

test('HTML: without JavaScript the pixel counts', async () => {
  const before = await counted('accepted');
  await visit(snippets.html.text(place, 'hello'), false);
  assert.equal(await counted('accepted'), before + 1);
});

test('WordPress: the thank-you page of WooCommerce tells the order once', async () => {
  const [tag, order] = [
    ...snippets.wordpress.text(place, 'hello').matchAll(/\?>(.*?)<\?php }\);/gs),
  ].map(([, printed]) => printed!);
  const purchase = { order_id: '1042', value: '12.50', currency: 'EUR' };
  const page =
    tag + order!.replace(/<\?php echo wp_json_encode\(.*?\); \?>/, JSON.stringify(purchase));
  assert.doesNotMatch(page, /<\?|\?>/);
  for (const _ of [1, 2]) await visit(page);
  const until = Date.now() + 10_000;
  while ((await counted('duplicate_order')) === 0) assert.ok(Date.now() < until, 'the second one');
  const orders = await arrivedAs('purchase');
  assert.deepEqual(
    orders.map(({ outcome, value }: Json) => [outcome, value]),
    [
      ['accepted', 12.5],
      ['duplicate_order', 12.5],
    ],
  );
});

/** The shell hands the arguments over; this makes the request where there is no curl. */
const CURL = `
const { readFileSync } = await import('node:fs');
const [url, headers] = [process.argv.slice(2).find((each) => each.startsWith('http')), {}];
let body;
for (let i = 2; i < process.argv.length; i++) {
  const [name, value] = [process.argv[i], process.argv[i + 1]];
  if (name === '-H') headers[value.split(': ')[0]] = value.split(': ')[1];
  if (name === '-d') body = value;
  if (name === '--data-binary') body = readFileSync(value.slice(1));
}
console.log(await (await fetch(url, { method: 'POST', headers, body })).text());`;

/** Runs a server's snippet; what it printed. */
const runIt = async (id: SnippetId, what: (typeof whats)[number]): Promise<string> => {
  const [program, file] = (
    { node: [process.execPath, 'it.mjs'], python: ['python3', 'it.py'] } as Record<
      string,
      [string, string]
    >
  )[id] ?? ['sh', 'it.sh'];
  await writeFile(path.join(folder, file), snippets[id].text(place, what));
  let PATH = process.env.PATH ?? '';
  if (!which('curl')) {
    await writeFile(path.join(folder, 'curl.mjs'), CURL);
    const stand = `#!/bin/sh\nexec "${process.execPath}" "${folder}/curl.mjs" "$@"\n`;
    await writeFile(path.join(folder, 'curl'), stand, { mode: 0o755 });
    PATH = `${folder}:${PATH}`;
  }
  const { stdout } = await promisify(execFile)(program, [file], {
    cwd: folder,
    env: { ...process.env, PATH, [KEY_VARIABLE]: server.apiKeys.boutique },
  });
  return stdout;
};

test('curl, Node and Python send the same: a greeting, or an order, that counts once', async () => {
  const before = await counted('accepted');
  // Emscripten is written in Python: where the project was built, it is here.
  for (const what of whats)
    for (const [i, id] of (['curl', 'node', 'python'] as const).entries()) {
      const [accepted, duplicates] = i === 0 ? [1, 0] : [0, 1];
      const answer = await runIt(id, what);
      const told = JSON.parse(answer.replace(/^202 /, ''));
      assert.deepEqual(told, { accepted, duplicates, refused: [] }, `${id} ${what}`);
    }
  assert.equal(await counted('accepted'), before + 2);
  const order = (await arrivedAs('purchase')).at(-1);
  assert.deepEqual([order.value, order.conversions], [59.9, ['purchase']]);
  assert.deepEqual((await arrivedAs('hello'))[0].conversions, undefined);
});

test('Ad spend: the file of the snippet is taken', async () => {
  const day = new Date().toISOString().slice(0, 10);
  await writeFile(path.join(folder, 'spend.csv'), `date,cost,channel\n${day},12.50,Paid Search\n`);
  const answer = JSON.parse(await runIt('spend', 'hello'));
  assert.deepEqual([answer.accepted, answer.refused_count], [1, 0], JSON.stringify(answer));
});

/** Reads what `literal` writes for PHP: quoted texts, lists and `name => value`. */
const readPhp = (text: string): unknown => {
  let at = 0;
  const skip = (): void => {
    while (/\s/.test(text[at] ?? '')) at++;
  };
  const take = (token: string): boolean => {
    skip();
    if (!text.startsWith(token, at)) return false;
    at += token.length;
    return true;
  };
  const value = (): unknown => {
    if (take("'")) {
      let read = '';
      while (text[at] !== "'") {
        assert.ok(at < text.length, 'a text ends');
        // In single quotes PHP unescapes these two and nothing else.
        if (text[at] === '\\' && /[\\']/.test(text[at + 1] ?? '')) at++;
        read += text[at++];
      }
      at++;
      return read;
    }
    assert.ok(take('['), `a value at ${at} of ${text}`);
    const [list, object] = [[] as unknown[], {} as Record<string, unknown>];
    while (!take(']')) {
      const first = value();
      if (take('=>')) object[String(first)] = value();
      else list.push(first);
      take(',');
    }
    return list.length > 0 ? list : object;
  };
  const read = value();
  skip();
  assert.equal(text.slice(at), '');
  return read;
};

test('PHP: it sends what the others send', () => {
  for (const what of whats) {
    const text = snippets.php.text(place, what);
    const body = /^\$body = (\[.*?^\]);$/ms.exec(text)?.[1] ?? '';
    assert.deepEqual(readPhp(body), requestOf(place, what));
    assert.ok(text.includes(`curl_init('${server.url}/v1/events')`));
    assert.ok(text.includes(`'authorization: Bearer ' . getenv('${KEY_VARIABLE}')`));
  }
});

test('any data reads back as it was, in PHP and in JavaScript', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom("'", '\\', '"', '$', 'é') }),
  );
  const name = fc.string({ minLength: 1 }).filter((each) => each !== '__proto__');
  // A list that is empty is an object that is empty to PHP.
  const data = fc.letrec<{ any: Data }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.array(tie('any'), { minLength: 1, maxLength: 4 }),
      fc.dictionary(name, tie('any'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).any;
  const seed = Date.now() & 0x7fffffff;
  console.log(`seed ${seed}`);
  fc.assert(
    fc.property(data, (each) => {
      assert.deepEqual(readPhp(literal('php', each)), each);
      assert.deepEqual(Function(`return ${literal('node', each)}`)(), each);
    }),
    { seed, numRuns: 300 },
  );
});

test('no snippet holds a key, and all name this host, this site and its paths', () => {
  for (const [id, { text }] of Object.entries(snippets)) {
    const shown = text(place, 'order');
    assert.ok(!shown.includes(server.apiKeys.boutique!), id);
    assert.ok(shown.includes(server.url), id);
    assert.ok(shown.includes('boutique'), id);
    assert.ok(shown.includes('/s.js') || shown.includes('/v1/'), id);
    assert.doesNotMatch(shown, /hw\.js|p\.gif/, id);
  }
});

test('an entry of conversions is one that the configuration takes', () => {
  for (const match of [
    { event: 'Sign Up!' },
    { event: '…' },
    { event: 'x'.repeat(200) },
    { url: '/thank-you*' },
    { url: '/*' },
  ]) {
    const conversions = [JSON.parse(conversionOf(match))];
    const config = readConfig({ sites: { shop: siteConfig({ conversions, destinations: [] }) } });
    assert.equal(config.sites.get('shop')!.conversions[0]!.name, conversions[0].name);
  }
});

test('an entry of sites is one that the configuration takes, whatever the site is called', () => {
  for (const site of ['boutique', '2nd-shop', 'a_b-c', '0', `x${'y'.repeat(63)}`]) {
    const of = { site, origin: 'https://www.example.com', currency: 'EUR', timezone: 'Asia/Tokyo' };
    const made = readConfig({ sites: JSON.parse(`{${siteEntryOf(of)}}`) }).sites.get(site)!;
    assert.equal(made.currency, 'EUR');
    assert.equal(made.timezone, 'Asia/Tokyo');
  }
});
