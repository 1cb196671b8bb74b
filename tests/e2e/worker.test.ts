/** The app as the worker serves it: sample without a key, the site's own journeys with one. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { type Runtime, startRuntime } from '../../worker/dev/runtime.ts';
import { creditUnder, launch, openApp, readCredit, waitForSource } from './support/app.ts';
import { attribute } from './support/hw.ts';
import { root } from './support/static-server.ts';

const models = ['first', 'last', 'last_non_direct', 'linear', 'position', 'time_decay'];

let browser: Browser;
let runtime: Runtime;
let dataDir: string;
let key: string;

/** Who only signed up. */
const leads = ['a', 'b', 'c'].map((id) => ({
  event_id: `s-${id}`,
  visitor_id: `lead-${id}`,
  name: 'sign_up',
  occurred_at: Date.now() - 7_200_000,
}));

/** Six visitors, each with touches an hour apart (so that each is a session of its own) and an order. */
const sales = Array.from({ length: 6 }, (_, visitor) => {
  const channels = ['Paid Search', 'Email', 'Direct', 'Referral'];
  const start = Date.now() - (20 + visitor) * 3_600_000;
  const touches = Array.from({ length: visitor + 1 }, (_, i) => ({
    event_id: `t-${visitor}-${i}`,
    visitor_id: `visitor-${visitor}`,
    name: 'page_view',
    kind: 'click',
    occurred_at: start + i * 3_600_000,
    source: { channel: channels[(visitor + i) % 4], source: 's', medium: 'm' },
  }));
  const order = {
    event_id: `o-${visitor}`,
    visitor_id: `visitor-${visitor}`,
    name: 'purchase',
    occurred_at: start + 21_600_000,
    order_id: `order-${visitor}`,
    value: `${(visitor + 1) * 10}.01`,
    currency: 'USD',
  };
  return [...touches, order];
}).flat();
const events = [...sales, ...leads];

before(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'headwater-e2e-'));
  [browser, runtime] = await Promise.all([
    launch(),
    startRuntime({
      port: 0,
      dataDir,
      configPath: path.join(root, 'headwater.config.json'),
      env: process.env,
      dist: path.join(root, 'dist'),
    }),
  ]);
  key = runtime.apiKeys.shop ?? '';
  const response = await fetch(`${runtime.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ site: 'shop', events }),
  });
  const answer = await response.json();
  assert.deepEqual([answer.accepted, answer.duplicates, answer.refused], [events.length, 0, []]);
});
after(async () => {
  await browser.close();
  await runtime.stop();
  await rm(dataDir, { recursive: true });
});

test('without a key the worker serves the app with its sample', async () => {
  const page = await openApp(browser, `${runtime.url}/`);
  assert.match(await page.innerText('.source-name'), /made-up shop/);
  await page.context().close();
});

test('the journeys of a worker are asked for once, whatever the screen', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/v1/journeys')) asked.push(new URL(request.url()).search);
  });
  await page.goto(`${runtime.url}/#key=${key}&site=shop`);
  await waitForSource(page, 'site shop');
  await page.getByRole('link', { name: 'Compare models', exact: true }).click();
  await page.waitForSelector('table.compare tbody tr');
  await page.getByRole('link', { name: 'Journeys', exact: true }).click();
  await page.getByRole('link', { name: 'River', exact: true }).click();
  await page.waitForSelector('.credit tbody tr');
  assert.deepEqual(asked, ['?site=shop&format=binary']);
  await context.close();
});

test('leads are no customers', async () => {
  const page = await openApp(browser, `${runtime.url}/#key=${key}&site=shop`);
  await waitForSource(page, 'site shop');
  await page.getByRole('link', { name: 'Customers', exact: true }).click();
  await page.waitForSelector('table.lead-cohorts');
  const [customers] = await page.$$eval('.customers .tiles dd', (list) =>
    list.map((dd) => dd.querySelector('data')?.value),
  );
  assert.equal(customers, '6');
  const kpis = await fetch(`${runtime.url}/v1/kpis?site=shop`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const { total } = await kpis.json();
  assert.deepEqual([total.new_customers, total.leads], [6, 3]);
  const months = await page.$$eval('table.lead-cohorts tbody tr', (rows) =>
    rows.map((row) => Number(row.querySelector('td')?.textContent)),
  );
  assert.equal(
    months.reduce((sum, count) => sum + count, 0),
    3,
  );
  await page.context().close();
});

test('with a key the app shows the figures of hw for the same journeys', async () => {
  const page = await openApp(browser, `${runtime.url}/#key=${key}&site=shop`);
  await waitForSource(page, 'site shop');
  assert.equal(page.url(), `${runtime.url}/`);
  const csv = await fetch(`${runtime.url}/v1/journeys?site=shop&format=csv`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const expected = attribute(await csv.text(), models);
  for (const model of models)
    assert.deepEqual(await creditUnder(page, model), expected[model], model);
  assert.match(await page.innerText('.badge'), /your own worker/);
  // The session lasts: a reload needs no new link.
  await page.reload();
  await waitForSource(page, 'site shop');
  const [cookie] = await page.context().cookies();
  assert.deepEqual(
    [cookie?.name, cookie?.httpOnly, cookie?.sameSite],
    ['hw_session', true, 'Strict'],
  );
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('made-up shop').first().waitFor();
  assert.deepEqual(await page.context().cookies(), []);
  await page.reload();
  await page.waitForSelector('.credit tbody tr');
  assert.match(await page.innerText('.source-name'), /made-up shop/);
  await page.context().close();
});

test('the report of the worker and the page agree', async () => {
  const page = await openApp(browser, `${runtime.url}/#key=${key}&site=shop`);
  await waitForSource(page, 'site shop');
  const today = new Date().toISOString().slice(0, 10);
  const from = new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10);
  for (const model of ['first', 'last', 'linear', 'position']) {
    const query = new URLSearchParams({ site: 'shop', from, to: today, model });
    const response = await fetch(`${runtime.url}/v1/report?${query}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const { rows } = await response.json();
    const reported = Object.fromEntries(
      rows.map((row: { channel: string; conversions: number; value: number }) => [
        row.channel,
        [row.conversions.toFixed(6), row.value.toFixed(6)],
      ]),
    );
    const shown = await creditUnder(page, model);
    for (const [channel, [conversions, value]] of Object.entries(shown))
      assert.deepEqual(reported[channel] ?? ['0.000000', '0.000000'], [conversions, value]);
  }
  await page.context().close();
});

test('a wrong key is said aloud and the sample takes its place', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${runtime.url}/#key=not-the-key&site=shop`);
  await page.getByRole('alert').waitFor();
  assert.match(await page.getByRole('alert').innerText(), /refused the key/);
  await page.waitForSelector('.credit tbody tr');
  assert.match(await page.innerText('.source-name'), /made-up shop/);
  assert.ok(Object.keys(await readCredit(page)).length > 3);
  await page.reload();
  await page.waitForSelector('.credit tbody tr');
  assert.equal(await page.getByRole('alert').count(), 0);
  await context.close();
});

test('events appear on the live screen as they arrive', async () => {
  const page = await openApp(browser, `${runtime.url}/#key=${key}&site=shop`);
  await waitForSource(page, 'site shop');
  await page.getByRole('link', { name: 'Live' }).click();
  await page.waitForSelector('.live-state[data-state=open]');
  const response = await fetch(`${runtime.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      site: 'shop',
      events: [{ name: 'seen_live', event_id: 'live', visitor_id: 'v-live' }, { name: 7 }],
    }),
  });
  assert.equal(response.status, 202);
  await page.locator('table.live tbody tr', { hasText: 'seen_live' }).waitFor();
  await page.getByText('a field is missing or wrong').waitFor();
  await page.context().close();
});

test('without a worker the live screen says how to get one', async () => {
  const page = await openApp(browser, `${runtime.url}/`);
  await page.getByRole('link', { name: 'Live' }).click();
  await page.getByText('This page runs without a worker').waitFor();
  await page.context().close();
});
