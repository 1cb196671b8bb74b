/** How the page behaves under a person's hands: keys, links, bad files, cancelling. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { dropFile, launch, openApp, readCredit, waitForSource } from './support/app.ts';
import { journeyFile } from './support/journeys.ts';
import { type StaticServer, serveApp } from './support/static-server.ts';

let browser: Browser;
let server: StaticServer;
before(async () => {
  [browser, server] = await Promise.all([launch(), serveApp()]);
});
after(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

const shownModel = (page: Page, name: string): Promise<unknown> =>
  page.waitForFunction(
    (wanted) => document.querySelector('.credit caption span')?.textContent === wanted,
    name,
  );

test('number keys and arrow keys switch the model; the link and the back button keep it', async () => {
  const page = await openApp(browser, server.url);
  await shownModel(page, 'Linear');
  await page.keyboard.press('1');
  await shownModel(page, 'First touch');
  assert.match(page.url(), /#m=first$/);
  await page.locator('input[value=first]').focus();
  await page.keyboard.press('ArrowRight');
  await shownModel(page, 'Last touch');
  await page.goBack();
  await shownModel(page, 'First touch');
  await page.reload();
  await shownModel(page, 'First touch');
  await page.context().close();
});

test('dragging the half-life moves credit and writes the link', async () => {
  const page = await openApp(browser, `${server.url}#m=time_decay`);
  await shownModel(page, 'Time decay');
  const before = await readCredit(page);
  await page.getByLabel('Half-life').focus();
  for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowLeft');
  await page.waitForFunction(
    (old) => document.querySelector('.credit tbody data')?.getAttribute('value') !== old,
    Object.values(before)[0]?.[0],
  );
  assert.match(page.url(), /hl=/);
  assert.notDeepEqual(await readCredit(page), before);
  await page.context().close();
});

test('position weights may not all be zero', async () => {
  const page = await openApp(browser, `${server.url}#m=position&w=1,0,0`);
  await shownModel(page, 'Position');
  await page.getByLabel('First', { exact: true }).focus();
  await page.keyboard.press('Home');
  assert.match(page.url(), /w=1,0,0/);
  await page.context().close();
});

test('the river is read by keyboard, touch by touch', async () => {
  const page = await openApp(browser, server.url);
  await page.locator('.river').focus();
  await page.keyboard.press('ArrowDown');
  const spoken = page.locator('.river [aria-live]');
  assert.match(await spoken.innerText(), /^Journey 1, worth .+: [\d.]+% · [\d.]+$/);
  await page.keyboard.press('ArrowDown');
  assert.match(await spoken.innerText(), /^Journey 2,/);
  await page.keyboard.press('Escape');
  assert.equal(await spoken.innerText(), '');
  await page.context().close();
});

const badFiles: { name: string; text: string; says: RegExp; place: RegExp }[] = [
  {
    name: 'ragged.csv',
    text: 'visitor,time,channel,conversion,value\na,1700000000000,Email,0,0\nb,1700000000000,Email\n',
    says: /\S/,
    place: /line 3/,
  },
  {
    name: 'number.csv',
    text: 'path,total_conversions,total_conversion_value\nEmail,1,10\nEmail > Direct,1,ten\n',
    says: /\S/,
    place: /line 3, column 3/,
  },
  {
    name: 'header.csv',
    text: 'colour,size\nred,3\n',
    says: /path/,
    place: /line 1/,
  },
];

for (const { name, text, says, place } of badFiles)
  test(`${name}: says what is wrong, where and how to mend it, and loses nothing`, async () => {
    const page = await openApp(browser, server.url);
    const before = await readCredit(page);
    await dropFile(page, name, Buffer.from(text));
    const alert = page.getByRole('alert');
    await alert.waitFor();
    assert.match(await alert.innerText(), new RegExp(`Could not read ${name}`));
    assert.match(await alert.innerText(), place);
    assert.match(await alert.locator('p').first().innerText(), says);
    assert.match(await alert.innerText(), /Mend the file and open it again/);
    assert.deepEqual(await readCredit(page), before);
    await alert.getByRole('button', { name: 'Close' }).click();
    await alert.waitFor({ state: 'detached' });
    await page.context().close();
  });

test('an empty file and a file of zeros are refused in words', async () => {
  const page = await openApp(browser, server.url);
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(4096)]) {
    await dropFile(page, 'nothing.csv', bytes);
    await page.getByRole('alert').waitFor();
    assert.match(await page.getByRole('alert').innerText(), /Could not read nothing\.csv/);
    await page.getByRole('button', { name: 'Close' }).click();
  }
  await page.context().close();
});

test('a long file shows its progress and can be cancelled; the sample stays', async () => {
  const page = await openApp(browser, server.url);
  const before = await readCredit(page);
  // Grown inside the page: as large a file would be slow to hand over.
  await page.evaluate(() => {
    const parts = ['visitor,time,channel,conversion,value\n'];
    for (let visitor = 0; visitor < 2_000_000; visitor++)
      parts.push(`visitor-${visitor},1700000000000,Email,1,20\n`);
    const transfer = new DataTransfer();
    transfer.items.add(new File(parts, 'long.csv'));
    for (const type of ['dragover', 'drop'])
      document.body.dispatchEvent(
        new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }),
      );
  });
  await page.waitForFunction(() => (document.querySelector('progress')?.value ?? 0) > 0);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.locator('progress').waitFor({ state: 'detached' });
  assert.deepEqual(await readCredit(page), before);
  await dropFile(page, 'after.csv', Buffer.from('path,total_conversions\nEmail,2\n'));
  await waitForSource(page, 'after.csv');
  assert.deepEqual(Object.keys(await readCredit(page)), ['Email']);
  await page.context().close();
});

test('a worker’s journeys show their progress; Cancel ends the download', async (t) => {
  const whole = journeyFile([
    {
      touches: [{ at: Date.UTC(2026, 0, 1), channel: 'Email' }],
      conversions: [{ at: Date.UTC(2026, 0, 2), action: 'purchase', value: 5_000_000 }],
    },
  ]);
  const gone = Promise.withResolvers<void>();
  let given = whole.subarray(0, 40);
  const slow = createServer((_, response) => {
    response.on('close', () => gone.resolve());
    response.writeHead(200, { 'content-type': 'application/vnd.headwater.journeys' }).write(given);
    if (given === whole) response.end();
  });
  t.after(() => {
    slow.closeAllConnections();
    slow.close();
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  const page = await openApp(browser, server.url);
  const before = await readCredit(page);
  await page.route('**/v1/session', (route) =>
    route.fulfill({ json: { sites: [{ site: 'shop' }] } }),
  );
  await page.route('**/v1/journeys**', (route) =>
    route.continue({ url: `http://127.0.0.1:${(slow.address() as AddressInfo).port}/` }),
  );
  await page.goto(`${server.url}#key=secret-of-shop&site=shop`);
  await page.locator('.notice', { hasText: /Reading site shop: \d+ KiB/ }).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await gone.promise;
  await page.locator('progress').waitFor({ state: 'detached' });
  // Nothing was there before, so the sample is what remains.
  await page.waitForSelector('.credit tbody tr');
  assert.deepEqual(await readCredit(page), before);
  assert.equal(await page.locator('.problem').count(), 0);
  given = whole;
  await page.reload();
  await waitForSource(page, 'site shop');
  assert.deepEqual(Object.keys(await readCredit(page)), ['Email']);
  await page.context().close();
});

test('a key in the link is taken out of it before anything else', async () => {
  const page = await (await browser.newContext()).newPage();
  const exchanged: (string | null)[] = [];
  await page.route('**/v1/session', (route) => {
    exchanged.push(route.request().postData());
    return route.fulfill({ json: { sites: [{ site: 'other' }, { site: 'shop' }] } });
  });
  await page.route('**/v1/journeys**', (route) => {
    assert.equal(route.request().headers().authorization, undefined);
    return route.fulfill({ body: 'path,total_conversions\nEmail > Direct,4\n' });
  });
  await page.goto(`${server.url}#key=secret-of-shop&site=shop&m=last`);
  await waitForSource(page, 'site shop');
  assert.equal(page.url(), `${server.url}#m=last`);
  assert.deepEqual(exchanged, ['{"key":"secret-of-shop"}']);
  const kept = await page.evaluate(() => JSON.stringify([sessionStorage, localStorage]));
  assert.ok(!kept.includes('secret-of-shop'), 'the key is kept nowhere');
  assert.deepEqual(await readCredit(page), {
    Email: ['0.000000', '0.000000'],
    Direct: ['4.000000', '0.000000'],
  });
  await page.context().close();
});
