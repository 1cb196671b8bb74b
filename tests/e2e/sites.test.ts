/** A key of two sites: one sign-in, and the switch between them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type Server, send, siteConfig, startServer } from '../worker/helpers.ts';
import { launch, openApp, waitForSource } from './support/app.ts';
import { violations } from './support/axe.ts';

const KEY = 'one-key-for-both';
let browser: Browser;
let server: Server;
before(async () => {
  const sites = {
    shop: siteConfig({ api_key_secret: 'SHOP_KEY' }),
    outlet: siteConfig({ api_key_secret: 'OUTLET_KEY' }),
  };
  const env = { SHOP_KEY: KEY, OUTLET_KEY: KEY };
  [browser, server] = await Promise.all([launch(), startServer(sites, env)]);
  for (const site of ['shop', 'outlet']) {
    const visit = { visitor_id: 'v', source: { channel: `Only ${site}`, source: 's' } };
    const purchase = { name: 'purchase', visitor_id: 'v', order_id: 'o', value: 1 };
    await send(server, site, [{ name: 'page_view', ...visit }, purchase]);
  }
});
after(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

const row = (page: Page, name: string) => page.locator('table.live tbody tr', { hasText: name });

test('another site: its journeys, and the live view begins anew', async () => {
  const page = await openApp(browser, `${server.url}/#key=${KEY}&site=shop`);
  await waitForSource(page, 'site shop');
  assert.match(await page.innerText('.credit'), /Only shop/);
  await page.getByRole('link', { name: 'Live' }).click();
  await page.waitForSelector('.live-state[data-state=open]');
  await send(server, 'shop', [{ name: 'seen_at_shop', visitor_id: 'v' }]);
  await row(page, 'seen_at_shop').waitFor();
  assert.deepEqual(await violations(page), []);

  await page.getByLabel('Site').selectOption('outlet');
  await send(server, 'outlet', [{ name: 'seen_at_outlet', visitor_id: 'v' }]);
  await row(page, 'seen_at_outlet').waitFor();
  assert.equal(await row(page, 'seen_at_shop').count(), 0, 'nothing of the other site is left');
  await page.getByRole('link', { name: 'River' }).click();
  await waitForSource(page, 'site outlet');
  assert.match(await page.innerText('.credit'), /Only outlet/);
  assert.doesNotMatch(await page.innerText('.credit'), /Only shop/);
  await page.context().close();
});
