/** The money screen: return and cost as the binding has them, spend files dropped, nothing divided by zero. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { sampleSpend } from '../../web-demo/sample-spend.ts';
import { decimal, full } from '../node/hosts.ts';
import { checkScreen, dropFile, launch, openScreen } from './support/app.ts';
import { violations } from './support/axe.ts';
import { root, type StaticServer, serveApp } from './support/static-server.ts';

const hw = await full();
let browser: Browser;
let server: StaticServer;
let sample: Buffer;
before(async () => {
  [browser, server] = await Promise.all([launch(), serveApp()]);
  sample = gunzipSync(await readFile(path.join(root, 'dist/web/sample.csv.gz')));
});
after(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

const ready = '.cuts li';
const models = [
  ...['first', 'last', 'last_non_direct', 'linear', 'linear_unique', 'position', 'time_decay'],
  ...['markov', 'shapley_rate', 'hazard'],
];
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What the screen must say for spend in one currency. */
const expected = (spendCsv: string, model: string) => {
  const data = hw.dataset();
  data.append(sample);
  const { channels } = data.finish();
  const { sums } = hw.spend(bytes(spendCsv));
  const costs = sums.flatMap(({ channel, cost }): [number, number][] =>
    channels.includes(channel) ? [[channels.indexOf(channel), cost]] : [],
  );
  const other = sums.reduce((sum, s) => sum + (channels.includes(s.channel) ? 0 : s.cost), 0);
  return { channels, ...{ money: data.money(model, { costs, other }) } };
};
const roasOf = (page: Page) =>
  page.$$eval('table.money tbody tr', (rows) =>
    Object.fromEntries(
      rows.map((row) => [
        row.querySelector('.channel')?.textContent ?? '',
        row.querySelector('td.share data')?.getAttribute('value') ??
          row.querySelector('td.share')?.textContent,
      ]),
    ),
  );

test('the sample: ROAS and cost per sale of each channel, blended figures, under any model', async () => {
  const page = await openScreen(browser, `${server.url}#s=money`, ready);
  for (const model of ['linear', 'first']) {
    await page.locator(`input[name=model][value=${model}]`).check();
    await page.waitForSelector(`.cuts .active:nth-child(${models.indexOf(model) + 1})`);
    const { channels, money } = expected(sampleSpend(), model);
    const shown = await roasOf(page);
    for (const [i, channel] of channels.entries()) {
      const { roas } = money.channels[i]!;
      assert.equal(shown[channel], roas === null ? 'no spend' : decimal(roas), channel);
    }
    const tiles = await page.innerText('.tiles');
    for (const figure of [money.all.roas, money.all.cpa, money.cac])
      assert.ok(tiles.includes((figure! / 1e6).toFixed(2)), `${figure} in ${tiles}`);
  }
  await page.getByText('ROAS under every model').click();
  const cells = await page.$$eval('table.roas tbody tr', (rows) =>
    rows.map((row) => [
      row.querySelector('th')?.textContent ?? '',
      ...[...row.querySelectorAll('data')].map((data) => data.value),
    ]),
  );
  for (const [m, model] of models.entries()) {
    const { channels, money } = expected(sampleSpend(), model);
    for (const [channel = '', ...values] of cells) {
      const roas = money.channels[channels.indexOf(channel)]!.roas;
      assert.equal(values[m], roas === null ? '' : decimal(roas), `${model}, ${channel}`);
    }
  }
  await page.context().close();
});

test('a cut is arithmetic: its saving, and the same part of the credit, labelled so', async () => {
  const page = await openScreen(browser, `${server.url}#s=money&cut=50`, ready);
  await page.getByText('arithmetic, not causal').waitFor();
  await page.getByText('Only an experiment tells').waitFor();
  await page.getByRole('combobox', { name: 'Channel' }).selectOption('Display');
  await page.locator('.what-if', { hasText: 'Cutting Display by 50 %' }).waitFor();
  const { channels, money } = expected(sampleSpend(), 'linear');
  const own = money.channels[channels.indexOf('Display')]!;
  const told = (await page.innerText('.what-if')).replaceAll(',', '');
  assert.ok(told.includes((own.cost! / 2e6).toFixed(2)), told);
  const linear = page.locator('.cuts li', { hasText: /^Linear\d|^Linear\s/ }).first();
  assert.equal(
    await linear.locator('data').getAttribute('value'),
    decimal(Math.floor(own.value / 2)),
  );
  assert.match(page.url(), /cut=50&cc=\d+/);
  await page.context().close();
});

test('a spend file dropped anywhere: other currencies, strangers and bad rows are told', async () => {
  const page = await openScreen(browser, server.url, '.credit tbody tr');
  await page.waitForLoadState('networkidle');
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const rows = [
    '2026-01-01,Paid Search,100,USD',
    '2026-01-02,Email,0,USD',
    '2026-01-03,Radio,50,USD',
  ];
  const csv = `date,channel,cost,currency\n${rows.join('\n')}\n`;
  const more = '2026-01-04,Paid Search,70,EUR\nnever,Paid Search,1,USD\n';
  await dropFile(page, 'spend.csv', Buffer.from(csv + more));
  await page.waitForSelector(ready);
  assert.match(page.url(), /s=money/);
  await page.locator('.spend-line', { hasText: 'spend.csv: 5 rows' }).waitFor();
  const line = await page.innerText('.spend-line');
  assert.match(line, /1 rows were refused/);
  assert.match(line, /1 rows of sums in another currency/);
  assert.match(line, /No journey knows Radio/);
  const { channels, money } = expected(csv, 'linear');
  const shown = await roasOf(page);
  assert.equal(
    shown['Paid Search'],
    decimal(money.channels[channels.indexOf('Paid Search')]!.roas!),
  );
  assert.equal(shown.Email, 'spend is 0');
  assert.equal(shown.Direct, 'no spend');
  assert.ok((await page.innerText('.tiles')).includes((money.all.roas! / 1e6).toFixed(2)));
  await page.getByLabel('Currency').selectOption('EUR');
  await page.waitForURL(/cur=EUR/);
  await page.locator('.tiles', { hasText: '70.00' }).waitFor();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save refused rows' }).click();
  const rejected = await readFile(await (await saved).path(), 'utf8');
  assert.match(rejected, /^line,column,reason\n6,1,/);
  assert.deepEqual(requests, []);
  await page.context().close();
});

test('journeys without spend ask for it; paths tell no customers, and say so', async () => {
  const page = await openScreen(browser, server.url, '.credit tbody tr');
  await dropFile(
    page,
    'p.csv',
    Buffer.from('path,total_conversions,total_conversion_value\na > b,3,30\n'),
  );
  await page.locator('.source-name', { hasText: 'p.csv' }).waitFor();
  await page.getByRole('link', { name: 'Money', exact: true }).click();
  await page.getByText('Drop a spend file').waitFor();
  await dropFile(page, 's.csv', Buffer.from('date,channel,cost\n2026-01-01,A,10\n'));
  await page.waitForSelector(ready);
  assert.deepEqual(await roasOf(page), { a: '1.500000', b: 'no spend' });
  assert.match(await page.innerText('.tiles'), /does not tell customers apart/);
  await dropFile(page, 'bad.csv', Buffer.from('date,cost\n2026-01-01,3\n'));
  await page.getByRole('alert').waitFor();
  assert.match(await page.getByRole('alert').innerText(), /columns date, channel and cost/);
  assert.deepEqual(await roasOf(page), { a: '1.500000', b: 'no spend' });
  await page.context().close();
});

test('axe finds nothing in both themes; 320 px are enough', async () => {
  assert.deepEqual(await checkScreen(browser, `${server.url}#s=money`, ready, violations), []);
});
