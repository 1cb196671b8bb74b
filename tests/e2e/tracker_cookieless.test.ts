/** hw.js for a site that wants nothing stored on the device, in a real browser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { report, siteConfig, startServer } from '../worker/helpers.ts';
import { launch } from './support/app.ts';
import { openShop } from './support/shop.ts';

test('a cookieless site leaves nothing on the device, and knows its visitor for the day', async () => {
  const tracker = () => `${server.url}/hw.js`;
  await using shop = await openShop(tracker);
  await using server = await startServer({
    shop: siteConfig({ origins: [shop.origin], identity: { mode: 'cookieless' }, shards: 1 }),
  });
  const browser = await launch();
  try {
    const context = await browser.newContext();
    // The platform's edge would say it.
    await context.route('**/e', (route) =>
      route.continue({
        headers: { ...route.request().headers(), 'cf-connecting-ip': '203.0.113.5' },
      }),
    );
    const page = await context.newPage();
    const answered = () => page.waitForResponse((r) => r.url().endsWith('/e') && r.ok());
    const left = () => page.evaluate(() => [{ ...localStorage }, { ...sessionStorage }]);
    const run = (...command: unknown[]) =>
      page.evaluate(
        (args) =>
          (window as unknown as { headwater(...a: unknown[]): void }).headwater(
            ...(args as unknown[]),
          ),
        command,
      );

    const first = answered();
    await page.goto(`${shop.origin}/?gclid=abc`);
    await first;
    assert.deepEqual(await left(), [{}, {}]);
    await run('consent', { ad_user_data: 'granted' });
    await page.goto('about:blank');
    const second = answered();
    await page.goto(`${shop.origin}/thanks`);
    await second;

    // While the network is away, too, an event waits in memory only.
    await context.setOffline(true);
    await run('purchase', { order_id: 'bare-1', value: 20 });
    assert.deepEqual(await left(), [{}, {}]);
    const sold = answered();
    await context.setOffline(false);
    await sold;
    assert.deepEqual(await left(), [{}, {}]);
    assert.deepEqual(await context.cookies(), []);
    assert.deepEqual(await report(server, { model: 'last' }), { 'Paid Search': [1, 20] });
    const { json } = await server.api('/v1/journeys?site=shop');
    assert.equal(json.journeys.length, 1);
  } finally {
    await browser.close();
  }
});
