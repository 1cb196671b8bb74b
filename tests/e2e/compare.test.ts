/** The screens beside the river: every model side by side, and what platforms would claim. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { dropFile, launch, openApp } from './support/app.ts';
import { attribute } from './support/hw.ts';
import { root, type StaticServer, serveApp } from './support/static-server.ts';

const models = [
  ...['first', 'last', 'last_non_direct', 'linear', 'linear_unique', 'position', 'time_decay'],
  ...['markov', 'shapley_rate', 'hazard'],
];
const percent = new Intl.NumberFormat('en', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

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

const goTo = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).click();
/** The comparison with this many models. */
const compared = (page: Page, count: number) =>
  page.waitForFunction(
    (wanted) => document.querySelectorAll('table.compare thead th').length === wanted + 2,
    count,
  );
const table = (page: Page): Promise<Record<string, string[]>> =>
  page.$$eval('table.compare tbody tr', (rows) =>
    Object.fromEntries(
      rows.map((row) => [
        row.querySelector('th')?.textContent ?? '',
        [...row.querySelectorAll('td')].map((cell) => cell.firstChild?.textContent ?? ''),
      ]),
    ),
  );

test('every share is that of hw attribute, the most disputed channel first', async () => {
  const page = await openApp(browser, server.url);
  await goTo(page, 'Compare models');
  await compared(page, models.length);
  assert.match(page.url(), /#s=compare$/);
  const expected = attribute(sample, models);
  const total = Object.values(expected.linear ?? {}).reduce((sum, [, v]) => sum + Number(v), 0);
  const shown = await table(page);
  for (const [i, model] of models.entries())
    for (const [channel, [, value]] of Object.entries(expected[model] ?? {}))
      assert.equal(
        shown[channel]?.[i],
        percent.format(Number(value) / total),
        `${model}, ${channel}`,
      );
  const ranges = Object.values(shown).map((cells) => Number.parseFloat(cells.at(-1) ?? ''));
  assert.deepEqual(
    ranges,
    [...ranges].sort((a, b) => b - a),
  );
  assert.match(await page.locator('.summary').innerText(), /disagree most about/);
  await page.goBack();
  await page.waitForSelector('.river');
  await page.context().close();
});

test('intervals are those of hw --bootstrap, and the table is saved as CSV', async () => {
  const page = await openApp(browser, server.url);
  await goTo(page, 'Compare models');
  await compared(page, models.length);
  await page.getByLabel('Intervals').check();
  await page.waitForFunction(
    (count) =>
      document.querySelectorAll('table.compare tbody tr:first-child small').length === count,
    models.length,
  );
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  const file = await (await saved).path();
  const [head = '', ...lines] = (await readFile(file, 'utf8')).trim().split('\n');
  const columns = head.split(',');
  const csv = new Map(lines.map((line) => [line.split(',')[0] ?? '', line.split(',')]));
  const { stdout } = spawnSync(
    path.join(root, 'build/native/hw'),
    ['attribute', '-', '--model', 'linear,markov', '--bootstrap', '200', '--seed', '1'],
    { input: sample, encoding: 'utf8' },
  );
  const rows = stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  const total = rows
    .filter(([model]) => model === 'linear')
    .reduce((sum, row) => sum + Number(row[3]), 0);
  for (const [model = '', channel = '', , value, , , low, high] of rows)
    for (const [name, amount] of [
      [model, value],
      [`${model}_low`, low],
      [`${model}_high`, high],
    ]) {
      const cell = Number(csv.get(channel)?.[columns.indexOf(name ?? '')]);
      assert.ok(Math.abs(cell - Number(amount) / total) < 1e-6, `${name} ${channel}`);
    }
  await page.context().close();
});

test('a dropped file is compared without a request; what it does not allow is said', async () => {
  const page = await openApp(browser, server.url);
  await goTo(page, 'Compare models');
  await compared(page, models.length);
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const csv =
    'path,total_conversions,total_conversion_value,total_null\nads > mail,3,30,1\nmail,1,5,4\n';
  await dropFile(page, 'paths.csv', Buffer.from(csv));
  await page.getByText('Time decay is left out').waitFor();
  await compared(page, 8);
  await goTo(page, 'Who claims it?');
  await page.getByText('this file has no times').waitFor();
  assert.deepEqual(requests, []);
  await page.context().close();
});

test('claims are the sales with a touch of the channel in the window', async () => {
  const page = await openApp(browser, server.url);
  await goTo(page, 'Who claims it?');
  await page.waitForSelector('table.claims tbody tr');
  const claims = () =>
    page.$$eval('table.claims tbody tr', (rows) =>
      Object.fromEntries(
        rows.map((row) => [
          row.querySelector('th')?.textContent ?? '',
          row.querySelector('data')?.getAttribute('value') ?? '',
        ]),
      ),
    );
  const hw = (click: string, view: string) =>
    attribute(sample, ['participation'], ['--lookback', click, '--view-lookback', view])
      .participation ?? {};
  const shown = await claims();
  for (const [channel, click, view] of [
    ['Paid Search', '30d', '1d'],
    ['Paid Social', '7d', '1d'],
    ['Display', '30d', '1d'],
  ] as const)
    assert.equal(shown[channel], hw(click, view)[channel]?.[0], channel);
  assert.equal(shown.Direct, undefined);
  await page.getByLabel('Clicks of Paid Social count for').selectOption('1 day');
  await page.waitForFunction(
    (before) =>
      [...document.querySelectorAll('table.claims tbody tr')]
        .find((row) => row.querySelector('th')?.textContent === 'Paid Social')
        ?.querySelector('data')
        ?.getAttribute('value') !== before,
    shown['Paid Social'],
  );
  assert.equal((await claims())['Paid Social'], hw('1d', '1d')['Paid Social']?.[0]);
  // The link keeps the window.
  assert.match(page.url(), /cw=\d+:1:1$/);
  const chosen = await claims();
  await page.reload();
  await page.waitForSelector('table.claims tbody tr');
  assert.deepEqual(await claims(), chosen);
  // The river's own windows are untouched by it.
  await goTo(page, 'River');
  await page.keyboard.press('4');
  await page.waitForSelector('.credit tbody tr');
  const linear = attribute(sample, ['linear']).linear ?? {};
  const river = await page.$$eval('.credit tbody tr', (rows) =>
    rows.map((row) => [
      row.querySelector('th')?.textContent ?? '',
      row.querySelector('data')?.getAttribute('value') ?? '',
    ]),
  );
  for (const [channel = '', value] of river) assert.equal(value, linear[channel]?.[0], channel);
  await page.context().close();
});

test('both screens pass axe in both themes, fit 320 px and are walked by keyboard', async () => {
  const axe = await readFile(path.join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
  for (const colorScheme of ['light', 'dark'] as const)
    for (const name of ['Compare models', 'Who claims it?']) {
      const page = await openApp(browser, server.url, { colorScheme, reducedMotion: 'reduce' });
      await page.getByRole('link', { name }).focus();
      await page.keyboard.press('Enter');
      await page.waitForSelector('table.compare tbody tr');
      if (name === 'Compare models') await compared(page, models.length);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
      );
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
        [],
        `${name}, ${colorScheme}`,
      );
      await page.setViewportSize({ width: 320, height: 700 });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(width, 320, name);
      await page.context().close();
    }
});
