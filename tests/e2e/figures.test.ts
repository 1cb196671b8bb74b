/** The page shows what `hw` prints, for every model, from every source; nothing leaves the tab. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import {
  creditUnder,
  dropFile,
  launch,
  openApp,
  readCredit,
  waitForSource,
} from './support/app.ts';
import { attribute } from './support/hw.ts';
import { root, type StaticServer, serveApp } from './support/static-server.ts';

const ruleModels = ['first', 'last', 'last_non_direct', 'linear', 'linear_unique', 'position'];
const allModels = [...ruleModels, 'time_decay'];

let browser: Browser;
let server: StaticServer;
before(async () => {
  [browser, server] = await Promise.all([launch(), serveApp()]);
});
after(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

/** A touch log of its own: the same in each run, other than the sample. */
const touchLog = (visitors: number): string => {
  const channels = ['Paid Search', 'Email', 'Direct', 'Billboard "A, north"', 'Referral'];
  let state = 20261123;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const rows = ['visitor,time,channel,conversion,value'];
  for (let visitor = 0; visitor < visitors; visitor++) {
    const touches = 1 + random(6);
    let time = Date.UTC(2026, 8, 1) + random(20 * 86_400_000);
    for (let i = 0; i < touches; i++) {
      time += 60_000 + random(3 * 86_400_000);
      const channel = channels[random(channels.length)]!.replaceAll('"', '""');
      const converts = i === touches - 1 && random(3) > 0;
      const value = converts ? `${random(300)}.${String(random(100)).padStart(2, '0')}` : '0';
      rows.push(`v${visitor},${time},"${channel}",${converts ? 1 : 0},${value}`);
    }
  }
  return `${rows.join('\n')}\n`;
};

/** hw quotes names with commas; the test's reader of its CSV does not know quotes. */
const plain = (csv: string): string => csv.replaceAll('Billboard ""A, north""', 'Billboard');

test('the sample shows what hw attribute says, for every model', async () => {
  const page = await openApp(browser, server.url);
  const sample = gunzipSync(await readFile(path.join(root, 'dist/web/sample.csv.gz')));
  const expected = attribute(sample, allModels);
  for (const model of allModels)
    assert.deepEqual(await creditUnder(page, model), expected[model], model);
  await page.context().close();
});

test('half-life and weights from the link give what hw gives for the same options', async () => {
  const sample = gunzipSync(await readFile(path.join(root, 'dist/web/sample.csv.gz')));
  const page = await openApp(browser, `${server.url}#m=time_decay&hl=36h&w=70,10,20`);
  assert.deepEqual(
    await creditUnder(page, 'time_decay'),
    attribute(sample, ['time_decay'], ['--half-life', '36h']).time_decay,
  );
  assert.deepEqual(
    await creditUnder(page, 'position'),
    attribute(sample, ['position'], ['--weights', '70,10,20']).position,
  );
  await page.context().close();
});

test('a dropped touch log gives the figures of hw and asks the network for nothing', async () => {
  const page = await openApp(browser, server.url);
  // The other screens' code comes once the first figures are shown.
  await page.waitForLoadState('networkidle');
  const asked: string[] = [];
  page.context().on('request', (request) => asked.push(request.url()));
  const served = server.requests.length;
  const csv = plain(touchLog(800));
  await dropFile(page, 'orders.csv', Buffer.from(csv));
  await waitForSource(page, 'orders.csv');
  const expected = attribute(csv, allModels);
  for (const model of allModels)
    assert.deepEqual(await creditUnder(page, model), expected[model], model);
  assert.deepEqual(asked, []);
  assert.equal(server.requests.length, served);
  assert.match(await page.innerText('.badge'), /stays in this tab/);
  await page.context().close();
});

test('quoted names with commas and quotes arrive as they are', async () => {
  const page = await openApp(browser, server.url);
  await dropFile(page, 'quoted.csv', Buffer.from(touchLog(60)));
  await waitForSource(page, 'quoted.csv');
  assert.ok(Object.keys(await readCredit(page)).includes('Billboard "A, north"'));
  await page.context().close();
});

test('a gzipped file is unpacked', async () => {
  const page = await openApp(browser, server.url);
  const csv = plain(touchLog(300));
  await dropFile(page, 'orders.csv.gz', gzipSync(csv));
  await waitForSource(page, 'orders.csv.gz');
  assert.deepEqual(await creditUnder(page, 'last'), attribute(csv, ['last']).last);
  await page.context().close();
});

test('paths without times: same figures, and time decay says why it is off', async () => {
  const page = await openApp(browser, server.url);
  const csv = [
    'path,total_conversions,total_conversion_value,total_null',
    'alpha > beta > alpha,3,120.5,10',
    'beta,2,19.99,40',
    'gamma > alpha > delta > beta,1,75.003,0',
    'delta > delta,0,0,7',
    '',
  ].join('\n');
  await dropFile(page, 'paths.csv', Buffer.from(csv));
  await waitForSource(page, 'paths.csv');
  const expected = attribute(csv, ruleModels);
  for (const model of ruleModels)
    assert.deepEqual(await creditUnder(page, model), expected[model], model);
  assert.ok(await page.locator('input[value=time_decay]').isDisabled());
  assert.match(await page.innerText('.model-rule'), /needs times/);
  assert.match(await page.innerText('.river .note'), /order of the touches/);
  await page.context().close();
});
