/** Pressing a claim: the orders behind it, and who else claims the same ones. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { dropFile, launch, openScreen } from './support/app.ts';
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

const openClaims = (link = '', options: Parameters<typeof openScreen>[3] = {}): Promise<Page> =>
  openScreen(browser, `${server.url}#s=claims${link}`, 'table.claims tbody tr', options);
const slivers = (page: Page) =>
  page.getByRole('group', { name: 'Claims, by channel' }).getByRole('button');
const told = (page: Page) => page.locator('.claimed-orders > p');

/** Who met what how long before, and what they paid. */
const people: [touches: [channel: string, daysBefore: number][], value: number][] = [
  [
    [
      ['Paid Search', 2],
      ['Paid Social', 1],
    ],
    10,
  ],
  [[['Paid Search', 3]], 20],
  // Meta looks back for 7 days.
  [
    [
      ['Paid Social', 10],
      ['Paid Search', 1],
    ],
    40,
  ],
  [[['Direct', 1]], 80],
  // An e-mail tool looks back for 5 days.
  [
    [
      ['Email', 4],
      ['Paid Search', 2],
      ['Paid Social', 1],
    ],
    160,
  ],
];
const csv = [
  'visitor,time,channel,conversion,value',
  ...people.flatMap(([touches, value], person) => {
    const sale = Date.UTC(2026, 9, 20 + person);
    const at = (days: number) => new Date(sale - days * 86_400_000).toISOString();
    return [
      ...touches.map(([channel, days]) => `p${person},${at(days)},${channel},0,0`),
      `p${person},${at(0)},,1,${value}`,
    ];
  }),
].join('\n');

test('the orders of a claim are those with a touch in the platform’s own window', async () => {
  const page = await openClaims();
  await dropFile(page, 'five.csv', Buffer.from(csv));
  await page.waitForFunction(
    () => document.querySelector('.source-name')?.textContent === 'five.csv',
  );
  const press = async (channel: string): Promise<[string, string[]]> => {
    await page.getByRole('button', { name: new RegExp(`^${channel} \\d`) }).click();
    await told(page).getByText(`${channel} claims`).waitFor();
    const rows = page.locator('table.claimed tbody tr');
    const orders = await rows.evaluateAll((list) =>
      list.map((row) => [1, 2].map((i) => row.children[i]!.textContent).join(' ')),
    );
    return [await told(page).innerText(), orders];
  };
  const [search, orders] = await press('Paid Search');
  assert.match(search, /claims 4 sales; 2 of them \(50\.0%\).*worth 170\.00/);
  const sorted = orders.map((order) => {
    const [, value, many, who = ''] = /^([\d.]+) ?(\d) (.*)$/.exec(order) ?? [];
    return [value, many, who.split(', ').sort().join(', ')];
  });
  assert.deepEqual(sorted, [
    ['160.00', '3', 'Email, Paid Search, Paid Social'],
    ['10.00', '2', 'Paid Search, Paid Social'],
    ['40.00', '1', 'Paid Search'],
    ['20.00', '1', 'Paid Search'],
  ]);
  assert.match((await press('Paid Social'))[0], /claims 2 sales; 2 of them \(100\.0%\)/);
  const also = await page.locator('.also li').allInnerTexts();
  assert.deepEqual(
    also.map((text) => text.replace(/\s+/g, ' ')),
    ['Paid Search 2 100.0%', 'Email 1 50.0%'],
  );
  // Another window, another claim.
  await page.getByLabel('Clicks of Paid Social count for').selectOption('14 days');
  await told(page).getByText('claims 3 sales').waitFor();
  await page.context().close();
});

test('by keyboard: one stop, arrows between the claims, Enter opens, Escape lets go', async () => {
  const page = await openClaims();
  const figures = await page.$$eval('table.claims tbody tr', (rows) =>
    rows.map((row) => [
      row.querySelector('th')!.textContent,
      row.querySelector('data')!.textContent,
    ]),
  );
  const all = slivers(page);
  assert.equal(await all.count(), figures.length);
  assert.equal(await page.locator('.claim-bars button[tabindex="0"]').count(), 1);
  await all.first().focus();
  for (const [i, [channel, claims]] of figures.entries()) {
    if (i > 0) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    assert.equal(await all.nth(i).getAttribute('aria-pressed'), 'true');
    await told(page).getByText(`${channel} claims ${claims} sales`).waitFor();
    assert.match(page.url(), new RegExp(`cl=${i}$`));
  }
  await page.keyboard.press('Escape');
  await page.getByText('Press a claim to see its orders').waitFor();
  assert.doesNotMatch(page.url(), /cl=/);
  await page.goBack();
  await told(page).waitFor();
  await page.context().close();
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`with a claim pressed, ${colorScheme}: axe, and nothing over the edge at 320 px`, async () => {
    const page = await openClaims('&cl=1', { colorScheme, reducedMotion: 'reduce' });
    await page.waitForSelector('table.claimed');
    assert.deepEqual(await violations(page), []);
    await page.setViewportSize({ width: 320, height: 700 });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  });

test('finished paths have no times: every sale on a path is claimed', async () => {
  const page = await openClaims();
  await dropFile(
    page,
    'paths.csv',
    Buffer.from('path,total_conversions\nPaid Search > Email,3\nEmail,2\n'),
  );
  await page.waitForFunction(
    () => document.querySelector('.source-name')?.textContent === 'paths.csv',
  );
  await page.getByRole('button', { name: /^Email 5/ }).click();
  assert.match(await told(page).innerText(), /claims 5 sales; 3 of them \(60\.0%\)/);
  await page.context().close();
});
