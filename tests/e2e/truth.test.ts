/** The truth screen: the scores of `hw truth` for any world, strength, seed and number of people. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { native } from '../node/hosts.ts';
import { checkScreen, launch, openScreen } from './support/app.ts';
import { violations } from './support/axe.ts';
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

const ready = 'table.scores tbody tr';
const settled = (page: Page) => page.waitForSelector('[aria-busy=false]');

/** The rows of the saved CSV, which has every figure, by model. */
const saved = async (page: Page): Promise<string[]> => {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  const text = await readFile(await (await download).path(), 'utf8');
  return text.trim().split('\n').slice(1).sort();
};
const told = (args: string[]): Map<string, string> => {
  const { out, code, err } = native(['truth', '--seeds', '1', ...args]);
  assert.equal(code, 0, err);
  const rows = out.trim().split('\n').slice(1);
  return new Map(rows.map((row) => [row.split(',')[1]!, row.split(',').slice(1).join(',')]));
};

test('scores are those of hw truth, the nearest model first', async () => {
  const page = await openScreen(browser, `${server.url}#s=truth&n=2000`, ready);
  const errors = await page.$$eval('table.scores data', (list) =>
    list.map((each) => Number((each as HTMLDataElement).value)),
  );
  assert.ok(errors.length >= 14);
  assert.deepEqual(
    errors,
    [...errors].sort((a, b) => a - b),
  );
  const check = async (args: string[]) => {
    const expected = told(args);
    for (const row of await saved(page)) assert.equal(row, expected.get(row.split(',')[0]!), row);
  };
  await check(['--world', 'additive', '--users', '2000']);
  await page.getByLabel('Funnel').check();
  await page.getByText('Touches move people from unaware').waitFor();
  await settled(page);
  await check(['--world', 'funnel', '--users', '2000']);
  await page.getByRole('slider', { name: 'Seed' }).focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
  await page.getByRole('slider', { name: 'What channels do' }).focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
  await page.waitForURL(/str=150&seed=4/);
  await settled(page);
  await check(['--world', 'funnel', '--users', '2000', '--seed', '4', '--strength', '150']);
  await page.context().close();
});

test('a model chosen shows its credit beside what was caused; the link keeps it', async () => {
  const page = await openScreen(browser, `${server.url}#s=truth&n=1000`, ready);
  const credited = () =>
    page.$$eval('table.pairs tbody tr td:nth-child(4)', (cells) => cells.map((c) => c.textContent));
  const before = await credited();
  await page.locator('table.scores').getByRole('button', { name: 'Last touch' }).click();
  await page.locator('h2', { hasText: 'by Last touch' }).waitFor();
  assert.notDeepEqual(await credited(), before);
  const after = await credited();
  await page.reload();
  await page.locator('h2', { hasText: 'by Last touch' }).waitFor();
  assert.deepEqual(await credited(), after);
  await page.context().close();
});

test('where channels do nothing, the screen says that no model can be right', async () => {
  const page = await openScreen(browser, `${server.url}#s=truth&n=1000&str=0`, '.pairs tbody tr');
  assert.match(await page.innerText('.summary'), /channels cause nothing/);
  assert.equal(await page.locator(ready).count(), 0);
  await page.context().close();
});

test('axe finds nothing in both themes; 320 px are enough', async () => {
  const url = `${server.url}#s=truth&n=1000`;
  assert.deepEqual(await checkScreen(browser, url, ready, violations), []);
});
