/** Files of other shapes: tabs, objects line by line, columns of other names, rows that cannot be read. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { dropFile, launch, openApp, readCredit, waitForSource } from './support/app.ts';
import { violations } from './support/axe.ts';
import { attribute } from './support/hw.ts';
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

const T = Date.UTC(2026, 2, 1);
const touches = [
  ['a', T, 'Ads, brand', 0, ''],
  ['a', T + 7200_000, 'Email', 1, '20.50'],
  ['b', T, 'Email', 0, ''],
  ['b', T + 1000, 'Ads, brand', 1, '9'],
] as const;
const names = ['visitor', 'time', 'channel', 'conversion', 'value'];
const csv = [names, ...touches].map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\n');
/** hw quotes a name with a comma; the test's reader of its CSV does not know quotes. */
const expected = () => {
  const plain = attribute(csv.replaceAll('Ads, brand', 'Ads brand'), ['linear']).linear ?? {};
  return Object.fromEntries(
    Object.entries(plain).map(([name, credit]) => [
      name.replace('Ads brand', 'Ads, brand'),
      credit,
    ]),
  );
};

const journeys = journeyFile(
  ['a', 'b'].map((person) => ({
    touches: touches
      .filter(([visitor]) => visitor === person)
      .map(([, at, channel]) => ({ at, channel })),
    conversions: touches
      .filter(([visitor, , , converts]) => visitor === person && converts)
      .map(([, at, , , value]) => ({ at, action: 'purchase', value: Number(value) * 1e6 })),
  })),
);

for (const [name, bytes] of [
  ['journeys.hwj', journeys],
  ['journeys.hwj.gz', gzipSync(journeys)],
  ['touches.tsv', Buffer.from([names, ...touches].map((row) => row.join('\t')).join('\r\n'))],
  [
    'touches.ndjson',
    Buffer.from(
      touches
        .map(([visitor, time, channel, conversion, value]) =>
          JSON.stringify({ visitor, time, conversion, sale: { value }, at: { channel } }),
        )
        .join('\n'),
    ),
  ],
  [
    'touches.jsonl.gz',
    gzipSync(
      touches
        .map((row) => JSON.stringify(Object.fromEntries(row.map((v, i) => [names[i], v]))))
        .join('\n'),
    ),
  ],
] as const)
  test(`${name} gives the figures of the same rows as CSV, without a request`, async () => {
    const page = await openApp(browser, server.url);
    await page.waitForLoadState('networkidle');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await dropFile(page, name, bytes);
    await waitForSource(page, name);
    assert.deepEqual(await readCredit(page), expected());
    // The full engine reads the same rows.
    await page.getByRole('link', { name: 'Compare models', exact: true }).click();
    await page.waitForSelector('table.compare tbody tr');
    assert.deepEqual(asked, []);
    await page.context().close();
  });

test('a GA4 export: the session’s last click before the user’s first source, purchases once', async () => {
  const hit = (user: string, minutes: number, event: string, more: object) =>
    JSON.stringify({
      user_pseudo_id: user,
      event_timestamp: String((T + minutes * 60_000) * 1000),
      event_name: event,
      traffic_source: { source: 'google', medium: 'organic', name: '(organic)' },
      ...more,
    });
  const lines = [
    hit('u1', 0, 'session_start', {
      session_traffic_source_last_click: {
        manual_campaign: { source: 'news', medium: 'email', campaign_name: 'weekly' },
      },
    }),
    hit('u1', 1, 'scroll', {}),
    hit('u1', 60, 'session_start', {
      collected_traffic_source: { manual_source: 'google', manual_medium: 'cpc' },
    }),
    hit('u1', 61, 'purchase', { ecommerce: { transaction_id: 'T1', purchase_revenue: 30 } }),
    hit('u1', 62, 'purchase', { ecommerce: { transaction_id: 'T1', purchase_revenue: 30 } }),
    hit('u2', 0, 'session_start', {}),
    hit('u2', 5, 'purchase', { ecommerce: { transaction_id: 'T2', purchase_revenue: 12 } }),
  ];
  const page = await openApp(browser, `${server.url}#m=first`);
  await dropFile(page, 'ga4.ndjson', Buffer.from(lines.join('\n')));
  await waitForSource(page, 'ga4.ndjson');
  assert.deepEqual(await page.locator('.totals dd').allTextContents(), ['2', '3', '2', '42']);
  const credit = await readCredit(page);
  assert.deepEqual(credit.Email, ['1.000000', '30.000000']);
  assert.deepEqual(credit['Organic Search'], ['1.000000', '12.000000']);
  await page.context().close();
});

test('a header of unknown names: columns are chosen beside the first rows, by keyboard', async () => {
  const page = await openApp(browser, server.url, { reducedMotion: 'reduce' });
  // The last row's last field is empty, and no line end follows.
  const strange = `${csv}\n"c","${T}","Email","0",`.replace(
    names.map((name) => `"${name}"`).join(','),
    'who,moment,where,sold,"money, net"',
  );
  await dropFile(page, 'strange.csv', Buffer.from(strange));
  await page.getByRole('button', { name: 'Choose the columns' }).focus();
  await page.keyboard.press('Enter');
  const form = page.locator('.mapping');
  await form.waitFor();
  assert.equal(await form.locator('tbody tr').count(), 5);
  assert.equal(
    await form.locator('tbody tr').first().locator('td').nth(2).innerText(),
    'Ads, brand',
  );
  for (const [label, name] of [
    ['Visitor', 'who'],
    ['Time', 'moment'],
    ['Channel', 'where'],
    ['Is it a sale?', 'sold'],
    ['Value', 'money, net'],
  ] as const)
    await form.getByRole('combobox', { name: label, exact: true }).selectOption(name);
  assert.equal(await form.locator('th.played').count(), 5);
  assert.deepEqual(await violations(page), []);
  await form.getByRole('button', { name: 'Read the file so' }).click();
  await waitForSource(page, 'strange.csv');
  assert.deepEqual(await readCredit(page), expected());
  // Another look at them, and another choice.
  await page.getByRole('button', { name: 'Columns', exact: true }).click();
  assert.equal(await form.getByRole('combobox', { name: 'Visitor' }).inputValue(), 'who');
  await form.getByRole('button', { name: 'Cancel' }).click();
  await form.waitFor({ state: 'detached' });
  await page.setViewportSize({ width: 320, height: 700 });
  await page.getByRole('button', { name: 'Columns', exact: true }).click();
  await form.waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  await page.context().close();
});

for (const [name, lines, at] of [
  [
    'rows.csv',
    ['visitor,time,channel', 'a,2026-01-01,Ads', 'b,soon,Ads', 'c,2026-01-02,Ads,x'],
    [3, 4],
  ],
  [
    'rows.ndjson',
    [
      '{"visitor":"a","time":"2026-01-01","channel":"Ads"}',
      '{"visitor":"b","time":"soon","channel":"Ads"}',
      'not an object',
    ],
    [2, 3],
  ],
] as const)
  test(`${name}: bad rows are left out on request, listed with line and reason, and saved`, async () => {
    const page = await openApp(browser, server.url);
    const sold = name.endsWith('csv')
      ? lines
      : [...lines, '', '{"visitor":"a","time":"2026-01-03","channel":"Mail"}'];
    await dropFile(page, name, Buffer.from(sold.join('\n')));
    const alert = page.getByRole('alert');
    await alert.waitFor();
    assert.match(await alert.innerText(), new RegExp(`line ${at[0]}\\b`));
    await alert.getByRole('button', { name: 'Leave out bad rows' }).click();
    await page.getByText('2 rows were refused').waitFor();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save refused rows' }).click();
    const text = await readFile(await (await saved).path(), 'utf8');
    const [head, ...rows] = text.trim().split('\n');
    assert.equal(head, 'line,column,code,reason');
    assert.deepEqual(
      rows.map((row) => Number(row.split(',')[0])),
      at,
    );
    assert.match(rows[0]!, /HW_E_TIME/);
    await page.context().close();
  });

test('a file of journeys that was cut off or damaged is refused, and what was there stays', async () => {
  const page = await openApp(browser, server.url);
  await dropFile(page, 'journeys.hwj', journeys);
  await waitForSource(page, 'journeys.hwj');
  const before = await readCredit(page);
  // It has no columns to choose, but a file with a header has.
  assert.equal(await page.getByRole('button', { name: 'Columns', exact: true }).count(), 0);
  const damaged = Buffer.from(journeys);
  damaged[30] = damaged[30]! ^ 4;
  for (const [bytes, message] of [
    [journeys.subarray(0, 60), /cut off after 60 bytes; download it again/],
    [damaged, /damaged behind byte 16; download it again/],
  ] as const) {
    await dropFile(page, 'broken.hwj', bytes);
    const problem = page.locator('.problem');
    await problem.getByText('Could not read broken.hwj').waitFor();
    assert.match(await problem.innerText(), message);
    assert.doesNotMatch(await problem.innerText(), /touch log has one row/);
    assert.deepEqual(await readCredit(page), before);
    await problem.getByRole('button', { name: 'Close' }).click();
  }
  await dropFile(page, 'touches.csv', Buffer.from(csv));
  await waitForSource(page, 'touches.csv');
  await page.getByRole('button', { name: 'Columns', exact: true }).waitFor();
  await page.context().close();
});
