/** The customers screen: figures of `hw ltv` for the same file, blank cells, reasons where there are none. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import type { CustomerReport } from '../../wasm/binding/customers.ts';
import { sampleSpend } from '../../web-demo/sample-spend.ts';
import { native, random, seed } from '../node/hosts.ts';
import { checkScreen, dropFile, launch, openScreen } from './support/app.ts';
import { violations } from './support/axe.ts';
import { root, type StaticServer, serveApp } from './support/static-server.ts';

let browser: Browser;
let server: StaticServer;
before(async () => {
  [browser, server] = await Promise.all([launch(), serveApp()]);
});
after(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

const ready = 'table.cohorts tbody tr';
const DAY = 86_400_000;

/** Customers who come again, leads among them. */
const log = (): string => {
  const pick = random(seed('customers screen'));
  let csv = 'visitor,time,channel,interaction,conversion,value\n';
  for (let i = 0; i < 300; i++) {
    let at = Date.UTC(2026, 0, 3) + pick(100 * DAY);
    csv += `p${i},${at},${['Ads', 'Mail'][pick(2)]},click,0,\n`;
    if (pick(3) === 0) csv += `p${i},${at + DAY},,lead,0,\n`;
    const leaves = [8, 25, 60][i % 3]!;
    for (let more = pick(2); more > 0; more = pick(100) < leaves ? 0 : 1) {
      if (at > Date.UTC(2026, 5, 1)) break;
      at += pick(40 * DAY);
      csv += `p${i},${at},,,1,${20 + (i % 30) + pick(25)}\n`;
    }
  }
  return csv;
};

test('a dropped file: tiles, cohorts, leads and predictions are those of hw ltv', async () => {
  const page = await openScreen(browser, `${server.url}#s=customers`, ready);
  const csv = log();
  await dropFile(page, 'mine.csv', Buffer.from(csv));
  await page.locator('.source-name', { hasText: 'mine.csv' }).waitFor();
  await page.getByRole('link', { name: 'Money', exact: true }).click();
  await page.getByText('Drop a spend file').waitFor();
  await dropFile(page, 's.csv', Buffer.from('date,channel,cost\n2026-01-05,Ads,900\n'));
  await page.waitForSelector('.cuts li');
  await page.getByRole('link', { name: 'Customers', exact: true }).click();
  await page.waitForSelector('table.lead-cohorts');
  const { code, out, err } = native(['ltv', '--format', 'json', '--spend', '900'], csv);
  assert.equal(code, 0, err);
  const told = JSON.parse(out) as CustomerReport;
  const { all, predicted } = told;
  const tiles = await page.$$eval('.customers .tiles dd', (list) =>
    list.map((dd) => dd.querySelector('data')?.value ?? null),
  );
  const figures = [
    ...[all.customers, all.ltv, all.cac, all.ltv_to_cac, all.payback_month, all.conversion_rate],
    ...[all.cpl, all.lead_to_customer, predicted.alive, predicted.purchases, predicted.value],
    ...[predicted.ltv, predicted.ltv_to_cac],
  ];
  assert.deepEqual(
    tiles,
    figures.map((figure) => (figure === null ? null : String(figure))),
  );
  assert.ok(predicted.value !== null);
  const rows = await page.$$eval(ready, (list) =>
    list.map((row) =>
      [...row.querySelectorAll('td')]
        .slice(1)
        .map((td) => td.querySelector('data')?.value ?? td.textContent),
    ),
  );
  assert.deepEqual(
    rows,
    Object.values(told.cohort!).map((cohort) =>
      Object.entries(cohort).flatMap(([name, figure]) =>
        name.startsWith('ltv_month_') ? [figure === null ? '' : String(figure)] : [],
      ),
    ),
  );
  assert.ok(rows.at(-1)!.includes(''), 'what is still to come is blank');
  await page.context().close();
});

test('the sample predicts, with its own spend; too few who came again say why; paths tell nobody apart', async () => {
  const page = await openScreen(browser, `${server.url}#s=customers`, ready);
  await page.getByText('The spend is made up').waitFor();
  await page.getByText('What others report').click();
  await page.getByText('2.0% to 4.0%').waitFor();
  const sample = gunzipSync(readFileSync(path.join(root, 'dist/web/sample.csv.gz'))).toString();
  const cost = sampleSpend()
    .trim()
    .split('\n')
    .slice(1)
    .reduce((sum, row) => sum + Number(row.split(',')[3]), 0);
  const args = ['ltv', '--format', 'json', '--spend', cost.toFixed(2)];
  const { predicted, all } = JSON.parse(native(args, sample).out) as CustomerReport;
  assert.ok(predicted.value && all.cac && all.payback_month !== null);
  const tiles = await page.$$eval('.customers .tiles data', (list) =>
    list.map((data) => (data as HTMLDataElement).value),
  );
  for (const figure of [all.cac, all.ltv_to_cac, predicted.value, predicted.ltv_to_cac])
    assert.ok(tiles.includes(String(figure)), `${figure} of ${tiles}`);
  const few = log().split('\n').slice(0, 40).join('\n');
  await dropFile(page, 'few.csv', Buffer.from(few));
  await page.getByText('fewer than 10 customers came again').first().waitFor();
  assert.equal(await page.getByText('The spend is made up').count(), 0);
  await dropFile(page, 'p.csv', Buffer.from('path,total_conversions\na > b,3\n'));
  await page.getByText('tells nobody apart').waitFor();
  await page.context().close();
});

test('axe finds nothing in both themes; 320 px are enough', async () => {
  assert.deepEqual(await checkScreen(browser, `${server.url}#s=customers`, ready, violations), []);
});
