/** The Markov lab: the matrix and the removal effects of `hw markov`, a removal by mouse and by key. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { native } from '../node/hosts.ts';
import { checkScreen, dropFile, launch, openScreen } from './support/app.ts';
import { violations } from './support/axe.ts';
import { root, type StaticServer, serveApp } from './support/static-server.ts';

interface Told {
  p_conversion: number;
  matrix: [string, string, number][];
  removal_effect: Record<string, number>;
}

let browser: Browser;
let server: StaticServer;
let told: Told;
let sample: Buffer;
const markov = (order: number): Told =>
  JSON.parse(native(['markov', '--order', String(order), '--format', 'json'], sample).out) as Told;
before(async () => {
  [browser, server] = await Promise.all([launch(), serveApp()]);
  sample = gunzipSync(await readFile(path.join(root, 'dist/web/sample.csv.gz')));
  told = markov(1);
});
after(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

const percent = new Intl.NumberFormat('en', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const effects = (page: Page): Promise<Record<string, number>> =>
  page.$$eval('.effects button', (buttons) =>
    Object.fromEntries(
      buttons.map((button) => [
        button.querySelector('.channel')?.textContent ?? '',
        Number(button.querySelector('data')?.value),
      ]),
    ),
  );

test('matrix and effects are those of hw markov', async () => {
  const page = await openScreen(browser, `${server.url}#s=markov`, 'table.matrix');
  assert.deepEqual(await effects(page), told.removal_effect);
  const shown = await page.$$eval('table.matrix', ([table]) => {
    const heads = [...(table?.querySelectorAll('thead th') ?? [])].map((th) => th.textContent);
    return [...(table?.querySelectorAll('tbody tr') ?? [])].flatMap((row) => {
      const from = row.querySelector('th')?.textContent;
      return [...row.querySelectorAll('data')].map(
        (data, i) => [`${from}→${heads[i + 1]}`, Number(data.value)] as const,
      );
    });
  });
  const names: Record<string, string> = {
    '(start)': 'Start',
    '(conversion)': 'Sale',
    '(null)': 'No sale',
  };
  const expected = new Map(
    told.matrix.map(([from, to, p]) => [`${names[from] ?? from}→${names[to] ?? to}`, p]),
  );
  assert.equal(shown.filter(([, p]) => p > 0).length, expected.size);
  for (const [step, p] of shown) assert.equal(p, expected.get(step) ?? 0, step);
  const summary = await page.innerText('.summary');
  assert.ok(summary.startsWith(percent.format(told.p_conversion)), summary);
  await page.context().close();
});

test('a channel is taken out by mouse and put back; the chance of a sale is counted again', async () => {
  const page = await openScreen(browser, `${server.url}#s=markov`, 'table.matrix');
  await page.locator('.chain .node', { hasText: 'Email' }).click();
  await page.getByText('Without Email').waitFor();
  assert.match(page.url(), /rm=\d+/);
  const without = told.p_conversion * (1 - told.removal_effect.Email!);
  const sentence = await page.innerText('.summary');
  assert.ok(sentence.includes(`to ${percent.format(without)}`), sentence);
  assert.ok(sentence.includes(`${percent.format(told.removal_effect.Email!)} of the sales`));
  assert.match(
    (await page.textContent('.chain .end.sale')) ?? '',
    new RegExp(percent.format(without)),
  );
  const pressed = page.locator('.effects [aria-pressed=true]');
  assert.equal(await pressed.locator('.channel').innerText(), 'Email');
  const bar = (await pressed.locator('b').boundingBox())!.width;
  assert.ok(bar > 5, 'its bar has grown');
  assert.ok((await page.locator('.arc .is').count()) < (await page.locator('.arc .was').count()));
  await page.getByRole('button', { name: 'Put Email back' }).click();
  await page.getByText('would cost the most').waitFor();
  await page.goBack();
  await page.getByText('Without Email').waitFor();
  await page.context().close();
});

test('by keyboard: arrows walk, Enter takes out, Escape puts back', async () => {
  const page = await openScreen(browser, `${server.url}#s=markov`, 'table.matrix');
  await page.locator('.chain [role=button][tabindex="0"]').focus();
  assert.equal(await page.locator('.chain [role=button][tabindex="0"]').count(), 1);
  const name = () =>
    page.evaluate(() => document.activeElement?.querySelector('text')?.textContent);
  const first = await name();
  await page.keyboard.press('ArrowRight');
  const second = await name();
  assert.ok(second && second !== first);
  await page.keyboard.press('Enter');
  await page.getByText(`Without ${second}`).waitFor();
  assert.equal(await name(), second, 'the focus stays');
  await page.keyboard.press('Escape');
  await page.getByText('would cost the most').waitFor();
  await page.context().close();
});

test('two and three touches a state: effects of hw markov --order, states instead of a matrix', async () => {
  const page = await openScreen(browser, `${server.url}#s=markov`, 'table.matrix');
  for (const order of [2, 3]) {
    await page.getByLabel(String(order), { exact: true }).check();
    await page.waitForSelector('table.matrix-list');
    const expected = markov(order);
    await page.waitForFunction(
      (email) =>
        [...document.querySelectorAll('.effects data')].some(
          (data) => data.getAttribute('value') === email,
        ),
      String(expected.removal_effect.Email),
    );
    assert.deepEqual(await effects(page), expected.removal_effect);
  }
  assert.match(page.url(), /o=3/);
  await page.context().close();
});

test('axe finds nothing in both themes; 320 px are enough', async () => {
  const url = `${server.url}#s=markov&rm=1`;
  assert.deepEqual(await checkScreen(browser, url, '.chain .out', violations), []);
});

test('four hundred channels: the busiest are drawn, the rest is one circle and a longer list', async () => {
  const page = await openScreen(browser, `${server.url}#s=markov`, 'table.matrix');
  const rows = Array.from({ length: 3000 }, (_, i) => {
    const steps = Array.from({ length: 1 + (i % 5) }, (_, k) => `c${(i * 7 + k * 31) % 400}`);
    return `${steps.join(' > ')},${i % 3},${i % 4}`;
  });
  const csv = `path,total_conversions,total_null\n${rows.join('\n')}\n`;
  await dropFile(page, 'many.csv', Buffer.from(csv));
  await page.waitForSelector('table.matrix-list');
  assert.equal(await page.locator('.chain .node').count(), 15);
  await page.locator('.chain .node.rest').waitFor();
  await page.getByRole('button', { name: 'Show all 400 channels' }).click();
  assert.equal(await page.locator('.effects li').count(), 400);
  const whole = JSON.parse(native(['markov', '--format', 'json'], csv).out) as Told;
  assert.deepEqual(await effects(page), whole.removal_effect);
  await page.context().close();
});
