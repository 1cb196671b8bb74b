/** Top paths, histograms and one journey opened: the figures of `hw`, by pointer and by keyboard. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { native } from '../node/hosts.ts';
import { checkScreen, dropFile, launch, openScreen } from './support/app.ts';
import { violations } from './support/axe.ts';
import { attribute } from './support/hw.ts';
import { root, type StaticServer, serveApp } from './support/static-server.ts';

let browser: Browser;
let server: StaticServer;
let sample: string;
before(async () => {
  [browser, server] = await Promise.all([launch(), serveApp()]);
  sample = gunzipSync(await readFile(path.join(root, 'dist/web/sample.csv.gz'))).toString();
});
after(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

const ready = '.one-journey .words';
const tableOf = (page: Page): Promise<string[]> =>
  page.$$eval('table.paths tbody tr', (rows) =>
    rows.map((row) => {
      const names = [...row.querySelectorAll('.path li')].map((li) => li.textContent);
      const cells = [...row.querySelectorAll('data')].map((data) => data.value);
      return `path,${names.join(' > ')},${cells.join(',')}`;
    }),
  );
const pathsOf = (csv: string, top = 20): string[] =>
  native(['paths', '--top', String(top)], csv)
    .out.split('\n')
    .filter((line) => line.startsWith('path,'));

test('who takes part: influenced, last and assisted are those of hw paths', async () => {
  const page = await openScreen(browser, `${server.url}#s=journeys`, 'table.assists tbody tr');
  const shown = await page.$$eval('table.assists tbody tr', (rows) =>
    rows.map((row) => [
      row.querySelector('th')?.textContent,
      ...[...row.querySelectorAll('data')].map(({ value }) => value),
    ]),
  );
  const told = native(['paths', '--top', '1'], sample)
    .out.split('\n')
    .map((line) => line.split(','));
  const of = (kind: string) =>
    new Map(told.filter(([k]) => k === kind).map(([, key, sales]) => [key, Number(sales)]));
  const [influenced, assisted] = [of('influenced'), of('assisted')];
  assert.equal(shown.length, influenced.size);
  for (const [name = '', ...figures] of shown) {
    const [all, less] = [influenced.get(name!)!, assisted.get(name!)!];
    assert.deepEqual(figures.map(Number), [all, all - less, less], name!);
  }
  await page.context().close();
});

test('the top paths are those of hw paths', async () => {
  const page = await openScreen(browser, `${server.url}#s=journeys`, ready);
  assert.deepEqual(await tableOf(page), pathsOf(sample));
  await page.getByLabel('Show').selectOption('50');
  await page.waitForFunction(() => document.querySelectorAll('table.paths tbody tr').length === 50);
  assert.deepEqual(await tableOf(page), pathsOf(sample, 50));
  assert.match(page.url(), /#s=journeys&top=50$/);
  await page.context().close();
});

test('a journey opened: each model shares out its whole sale, and says how', async () => {
  const page = await openScreen(browser, `${server.url}#s=journeys&m=position`, ready);
  const twin = page.locator('table.touches');
  await page.getByText('Every touch under every model').click();
  const rows = await twin
    .locator('tbody tr')
    .evaluateAll((list) =>
      list.map((row) => [
        row.querySelector('th')?.textContent ?? '',
        ...[...row.querySelectorAll('data')].map((data) => data.value),
      ]),
    );
  const worth = Number((await page.innerText('.one-journey > .note')).match(/, ([\d.]+) in/)?.[1]);
  assert.ok(worth > 0 && rows.length > 2);
  // The same journey alone, as a path file, through hw.
  const csv = `path,total_conversions,total_conversion_value\n${rows.map(([name]) => name).join(' > ')},1,${worth}\n`;
  const models = ['first', 'last', 'last_non_direct', 'linear', 'linear_unique', 'position'];
  const expected = attribute(csv, models);
  for (const [m, model] of models.entries()) {
    const sums: Record<string, number> = {};
    for (const [name = '', ...cells] of rows) sums[name] = (sums[name] ?? 0) + Number(cells[m]);
    for (const [channel, [, value]] of Object.entries(expected[model] ?? {}))
      assert.ok(Math.abs((sums[channel] ?? 0) - Number(value)) < 2e-6, `${model}, ${channel}`);
  }
  assert.match(await page.innerText('.words li'), /40 of 100 for the first touch: 40\.0% of/);
  await page.getByLabel('Time decay').check();
  await page.getByText('2^(−').first().waitFor();
  assert.match(page.url(), /m=time_decay/);
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await page.getByText('2 of').first().waitFor();
  assert.match(page.url(), /&j=\d+$/);
  const shown = await page.innerText('.words');
  await page.reload();
  await page.waitForSelector(ready);
  assert.equal(await page.innerText('.words'), shown);
  await page.context().close();
});

test('a brush keeps lengths and times, by pointer and by key; the other histogram follows', async () => {
  const page = await openScreen(browser, `${server.url}#s=journeys`, ready);
  const [lengths, lags] = [page.locator('.histogram').first(), page.locator('.histogram').last()];
  const box = (await lengths.locator('svg').boundingBox())!;
  const step = box.width / 13;
  await page.mouse.move(box.x + 1.5 * step, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + 2.5 * step, box.y + 40, { steps: 3 });
  await page.mouse.up();
  await page.waitForURL(/len=2-3/);
  const fits = (from: number, to: number) => (line: string) => {
    const touches = line.split(',')[1]!.split(' > ').length;
    return touches >= from && touches <= to;
  };
  const wanted = pathsOf(sample, 1e6).filter(fits(2, 3)).slice(0, 20);
  await page.waitForFunction(
    (first) => document.querySelector('table.paths .path')?.textContent === first,
    wanted[0]!.split(',')[1]!.replaceAll(' > ', ''),
  );
  assert.deepEqual(await tableOf(page), wanted);
  await lags.getByLabel('From').focus();
  const bar = lags.locator('title').nth(3);
  const before = await bar.textContent();
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
  await page.waitForURL(/lag=4-8/);
  assert.equal(await bar.textContent(), before, 'a histogram does not filter itself');
  await page.getByText('only sales count').waitFor();
  await lengths.getByRole('button', { name: 'All touches' }).click();
  await page.waitForURL((url) => !url.hash.includes('len='));
  assert.notEqual(await bar.textContent(), before);
  await page.goBack();
  await page.waitForURL(/len=2-3/);
  await page.context().close();
});

test('paths without times say why there is no lag; nothing is fetched for it', async () => {
  const page = await openScreen(browser, server.url, '.credit tbody tr');
  await page.waitForLoadState('networkidle');
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const csv =
    'path,total_conversions,total_conversion_value,total_null\nads > mail,3,30,1\nmail,1,5,4\n';
  await dropFile(page, 'paths.csv', Buffer.from(csv));
  await page.getByRole('link', { name: 'Journeys', exact: true }).click();
  await page.getByText('the order of the touches, not their times').waitFor();
  await page.waitForSelector(ready);
  assert.deepEqual(await tableOf(page), pathsOf(csv));
  assert.ok(await page.locator('.splits label').count(), 'rules that need no times');
  assert.equal(await page.getByLabel('Time decay').count(), 0);
  assert.deepEqual(requests, []);
  await page.context().close();
});

test('an opened path is saved as CSV that hw reads again', async () => {
  const page = await openScreen(browser, `${server.url}#s=journeys`, ready);
  const saved = page.waitForEvent('download');
  await page.locator('.journeys-list').getByRole('button', { name: 'Save as CSV' }).click();
  const csv = await readFile(await (await saved).path(), 'utf8');
  assert.deepEqual(pathsOf(csv), await tableOf(page));
  await page.context().close();
});

test('axe finds nothing in both themes; 320 px are enough', async () => {
  assert.deepEqual(await checkScreen(browser, `${server.url}#s=journeys`, ready, violations), []);
});
