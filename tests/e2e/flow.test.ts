/** The flow screen: streams as the binding counts them, few enough to read, told by key and by table. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import type { FullDataset } from '../../wasm/binding/full.ts';
import { decimal, full } from '../node/hosts.ts';
import { checkScreen, dropFile, launch, openScreen } from './support/app.ts';
import { violations } from './support/axe.ts';
import { root, type StaticServer, serveApp } from './support/static-server.ts';

let browser: Browser;
let server: StaticServer;
let data: FullDataset;
before(async () => {
  [browser, server] = await Promise.all([launch(), serveApp()]);
  data = (await full()).dataset();
  data.append(gunzipSync(await readFile(path.join(root, 'dist/web/sample.csv.gz'))));
  data.finish();
});
after(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

const journeys = (page: Page): Promise<string[]> =>
  page.$$eval('table.streams data', (list) => list.map((each) => (each as HTMLDataElement).value));
const expected = (of: 'all' | 'sales', steps: number): string[] => {
  const { links, rest, restCount } = data.flow({ of, steps });
  return [...links, ...rest.filter((_, step) => restCount[step])].map(({ conversions, nulls }) =>
    decimal(conversions + nulls),
  );
};

test('streams are those of the core, for any number of touches and kind of journey', async () => {
  const page = await openScreen(browser, `${server.url}#s=flow`, '.flow .band');
  assert.deepEqual(await journeys(page), expected('all', 5));
  assert.ok((await page.locator('.flow .band').count()) <= 50);
  await page.getByLabel('Sold', { exact: true }).check();
  const sold = Number(decimal(data.flow({ of: 'sales', steps: 5 }).all.conversions));
  assert.ok(sold > 500 && sold < 1000);
  await page.locator('h2', { hasText: `${sold} journeys` }).waitFor();
  assert.deepEqual(await journeys(page), expected('sales', 5));
  await page.getByRole('slider', { name: 'Touches' }).focus();
  await page.keyboard.press('Home');
  await page.getByText('at their last 2 touches').waitFor();
  assert.deepEqual(await journeys(page), expected('sales', 2));
  assert.match(page.url(), /st=2&of=sales/);
  const bands = await page
    .locator('.flow .band')
    .evaluateAll((list) => list.map((band) => (band.getAttribute('d') ?? '').includes('NaN')));
  assert.ok(bands.length > 5 && !bands.includes(true));
  await page.context().close();
});

test('the arrow keys walk from touch to touch, each told in words; a pointer lights a stream', async () => {
  const page = await openScreen(browser, `${server.url}#s=flow`, '.flow .band');
  await page.locator('.stand[tabindex="0"]').focus();
  assert.equal(await page.locator('.stand[tabindex="0"]').count(), 1);
  for (const touch of ['4 before', '3 before', '2 before', '1 before', 'last touch', 'the end']) {
    const told = await page.innerText('.flow-told');
    assert.match(told, new RegExp(`, ${touch}: [\\d,]+ journeys, [\\d.]+% of all`));
    assert.ok((await page.locator('.band.active').count()) > 0, touch);
    await page.keyboard.press('ArrowRight');
  }
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Escape');
  await page.getByText('Point at a stream').waitFor();
  await page.locator('.band').first().dispatchEvent('pointerenter');
  await page.locator('.flow-told', { hasText: 'of which' }).waitFor();
  await page.context().close();
});

test('paths shorter than the columns are drawn, too', async () => {
  const page = await openScreen(browser, `${server.url}#s=flow`, '.flow .band');
  await dropFile(page, 'short.csv', Buffer.from('path,total_conversions\na > b,3\nb,2\n'));
  await page.locator('h2', { hasText: '5 journeys' }).waitFor();
  assert.deepEqual(await page.locator('.flow .column').allTextContents(), [
    '1 before',
    'Last touch',
    'The end',
  ]);
  assert.deepEqual(await journeys(page), ['3.000000', '5.000000']);
  await page.context().close();
});

test('axe finds nothing in both themes; 320 px are enough', async () => {
  assert.deepEqual(
    await checkScreen(browser, `${server.url}#s=flow`, '.flow .band', violations),
    [],
  );
});
