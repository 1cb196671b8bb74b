/** Set-up and destinations of a running worker, signed in: what is seen, what may be done, by whom. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Screen } from '../../web-demo/settings.ts';
import { type Json, type Server, send } from '../worker/helpers.ts';
import type { Mock } from '../worker/support/mock_server.ts';
import { launch, openScreen } from './support/app.ts';
import { violations } from './support/axe.ts';
import { OWNER_KEY, READER_KEY, type Running, startRunning } from './support/running.ts';

let browser: Browser;
let running: Running;
let server: Server;
let mock: Mock;

before(async () => {
  browser = await launch();
  running = await startRunning();
  ({ server, mock } = running);
});
after(async () => {
  await browser?.close();
  await running?.[Symbol.asyncDispose]();
});

type Options = Parameters<typeof openScreen>[3];

const openAs = (
  key: string,
  screen: Screen,
  site = 'shop',
  options?: Options,
  drawn = screen === 'setup' ? '.first-event' : '.summary',
): Promise<Page> =>
  openScreen(browser, `${server.url}/#key=${key}&site=${site}&s=${screen}`, drawn, options);
const openAsOwner = (screen: Screen, site?: string, options?: Options) =>
  openAs(OWNER_KEY, screen, site, options);

test('each destination: its state, figures, identifiers, reasons, and what to mend', async () => {
  const page = await openAsOwner('destinations');
  await page.getByText('2 of 3 destinations work').waitFor();
  const { json } = await server.api('/v1/deliveries?site=shop&limit=1');
  for (const { name, counts, matched, state } of json.destinations as Json[]) {
    const panel = page.getByRole('region', { name: new RegExp(`^${name}`) });
    assert.equal(await panel.locator('[data-state]').first().getAttribute('data-state'), state);
    const figures = Object.fromEntries(
      await panel
        .locator('.tiles > div')
        .evaluateAll((tiles) =>
          tiles.map((tile) => [
            tile.querySelector('dt')!.textContent,
            tile.querySelector('dd')!.firstChild!.textContent,
          ]),
        ),
    );
    assert.equal(figures.delivered, String(counts.delivered ?? 0), name);
    assert.equal(figures['given up'], String(counts.dead ?? 0), name);
    assert.equal(figures['never sent'], String(counts.skipped ?? 0), name);
    const whole = await panel.locator('table.coverage .whole').innerText();
    assert.match(whole, new RegExp(`${matched.identified}\\s+100.0%`));
  }
  const text = await page.innerText('main');
  assert.match(text, /1 never sent: consent: ad_user_data is denied/);
  assert.match(text, /Nothing is sent: 401.*Make a new token/s);
  assert.match(text, /29 given up, most often: 400.*not like this.*then replay them below/s);
  await page.context().close();
});

test('deliveries: by state and destination, in pages, kept in the link', async () => {
  const page = await openAsOwner('destinations');
  const rows = page.locator('table.deliveries tbody tr');
  await rows.first().waitFor();
  assert.equal(await rows.count(), 25);
  await page.getByLabel('State').selectOption('skipped');
  await page.waitForFunction(() => document.querySelectorAll('.deliveries tbody tr').length === 3);
  assert.match(page.url(), /ds=skipped/);
  await page.getByLabel('State').selectOption('dead');
  await page.getByRole('combobox', { name: 'Destination' }).selectOption('webhook');
  await page.getByRole('button', { name: 'Older' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.deliveries tbody tr').length === 4);
  await page.getByRole('button', { name: 'Newer' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.deliveries tbody tr').length === 25);
  for (const cells of await rows.allInnerTexts()) assert.match(cells, /webhook.*given up/s);
  await page.context().close();
});

test('a trial shows the platform’s answer', async () => {
  const page = await openAsOwner('destinations');
  await page.getByRole('button', { name: 'Send a trial to meta' }).click();
  await page.getByText('HTTP 200.').waitFor();
  assert.match(
    await page.getByRole('region', { name: 'Answer of meta' }).innerText(),
    /events_received/,
  );
  await page.getByRole('button', { name: 'Send a trial to webhook' }).click();
  await page.getByText('HTTP 400.').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.context().close();
});

test('a key that may only read sees everything and can send nothing', async () => {
  const page = await openAs(READER_KEY, 'destinations');
  await page.getByText('2 of 3 destinations work').waitFor();
  await page.getByText('need a key with the scope').waitFor();
  assert.equal(await page.getByRole('button', { name: /trial|Replay/ }).count(), 0);
  await page.context().close();
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`both screens signed in, ${colorScheme}: axe at 1440 and 320 px, nothing over the edge`, async () => {
    for (const [screen, site, drawn] of [
      ['destinations', 'shop', 'table.deliveries tbody tr'],
      ['destinations', 'fresh', '.how-to-add'],
      ['setup', 'shop', '.seen button'],
    ] as const) {
      const page = await openAsOwner(screen, site, { colorScheme, reducedMotion: 'reduce' });
      await page.waitForSelector(drawn);
      assert.deepEqual(await violations(page), [], screen);
      await page.setViewportSize({ width: 320, height: 700 });
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320, screen);
      assert.deepEqual(await violations(page), [], `${screen} at 320 px`);
      await page.context().close();
    }
  });

test('replayed letters go once the platform takes them', async () => {
  const page = await openAsOwner('destinations');
  const all = page.getByRole('button', { name: 'Replay all 29 of webhook' });
  await all.waitFor();
  const fault = mock.fault;
  mock.fault = (type, request) => (type === 'webhook' ? undefined : fault(type, request));
  await all.focus();
  await page.keyboard.press('Enter');
  await page.getByText('29 wait again at webhook.').waitFor();
  await page.getByText(/58 delivered/).waitFor();
  assert.equal(mock.taken.get('webhook')!.size, 29);
  await page.context().close();
});

test('set-up by keyboard: a snippet is chosen, the first event turns the screen green', async () => {
  const page = await openAsOwner('setup', 'fresh');
  const panel = page.locator('.first-event');
  await panel.getByText('Waiting for your first event…').waitFor();
  assert.equal(await panel.getAttribute('data-came'), 'false');
  const border = () => panel.evaluate((element) => getComputedStyle(element).borderTopColor);
  const grey = await border();
  const snippet = page.locator('.copy-box pre').first();
  assert.match(
    await snippet.innerText(),
    new RegExp(`src="${server.url}/hw.js" data-site="fresh"`),
  );
  await page.getByRole('radio', { name: 'HTML' }).focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
  assert.match(await snippet.innerText(), /process\.env\.HEADWATER_KEY/);
  assert.match(page.url(), /sn=node/);
  assert.doesNotMatch(await page.content(), /the-owner-s-key/);
  // A digit typed into the address chooses no model.
  const address = page.getByLabel('Address of the worker');
  await address.fill('https://t.example.com');
  await address.press('1');
  assert.doesNotMatch(page.url(), /m=/);
  assert.match(await snippet.innerText(), /https:\/\/t\.example\.com1?\/v1\/events/);
  await address.fill('nonsense');
  await page.getByText('This is no address').waitFor();

  await send(server, 'fresh', [{ name: 'hello', visitor_id: 'visitor-1' }]);
  await panel.getByText('It works.').waitFor();
  assert.equal(await panel.getAttribute('data-came'), 'true');
  assert.notEqual(await border(), grey);
  assert.match(await panel.innerText(), /hello at \d\d:\d\d:\d\d, outcome accepted/);

  await page.getByRole('button', { name: 'hello' }).press('Enter');
  assert.match(await page.locator('.setup-side pre').innerText(), /"event": "hello"/);
  await page.getByLabel('Or a page seen').fill('/thank-you*');
  assert.match(await page.locator('.setup-side pre').innerText(), /"url": "\/thank-you\*"/);
  await page.getByLabel('Or a page seen').fill('thank you');
  await page.getByText('A path begins with /').waitFor();
  await page.context().close();
});

test('another site: its entry of the configuration, and what is wrong with a name', async () => {
  const page = await openAsOwner('setup', 'fresh');
  await page.getByText('Another site').click();
  const entry = page.getByRole('region', { name: 'Entry of sites' });
  await page.getByLabel('Short name of the site').fill('Kiosk');
  await page.getByText('A name has a-z').waitFor();
  assert.equal(await entry.count(), 0);
  await page.getByLabel('Short name of the site').fill('kiosk');
  await page.getByLabel('Address of its pages').fill('https://kiosk.example.org/welcome?x=1');
  await page.getByLabel('Currency of its reports').fill('eur');
  const { kiosk } = JSON.parse(`{${await entry.innerText()}}`);
  assert.deepEqual(kiosk.origins, ['https://kiosk.example.org']);
  assert.equal(kiosk.currency, 'EUR');
  assert.equal(kiosk.api_key_secret, 'KIOSK_API_KEY');
  await page.getByText('KIOSK_API_KEY', { exact: true }).waitFor();
  await page.context().close();
});

test('what was there before the screen was opened is told apart', async () => {
  const page = await openAsOwner('setup', 'shop');
  const panel = page.locator('.first-event');
  await panel.getByText('Waiting for the next event…').waitFor();
  assert.match(await panel.innerText(), /The newest of before: purchase/);
  assert.equal(await panel.getAttribute('data-came'), 'false');
  await page.context().close();
});

test('the figures of a running worker explain themselves: live, and of a destination', async () => {
  const page = await openAs(OWNER_KEY, 'live', 'shop', {}, 'table.live tbody tr');
  const dialog = page.getByRole('dialog');
  for (const name of ['Outcome', 'Touch of', 'Counts as', 'Value']) {
    await page.getByRole('button', { name, exact: true }).press('Enter');
    await dialog.getByRole('heading', { name }).waitFor();
    const stands = await dialog.locator('dt').allTextContents();
    assert.deepEqual(stands, ['Data', 'Window', 'Basis', 'Currency', 'As of']);
    assert.match(await dialog.innerText(), /USD, gross/);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  }
  await page.getByRole('link', { name: 'Destinations' }).click();
  const meta = page.getByRole('region', { name: /^meta/ });
  await meta.getByRole('button', { name: 'lag, typical' }).click();
  await dialog.getByText('commit of the conversion').waitFor();
  assert.match(await dialog.innerText(), /29 deliveries/);
  assert.deepEqual(await violations(page), []);
  await page.context().close();
});

test('the snippet is copied', async () => {
  const page = await openAsOwner('setup', 'shop', {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await page.getByRole('button', { name: 'Copy: HTML snippet' }).click();
  await page.getByText('Copied').waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, await page.locator('.copy-box pre').first().innerText());
  await page.context().close();
});
