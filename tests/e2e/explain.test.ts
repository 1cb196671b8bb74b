/** "Explain these figures" on every screen: what each is, and the model, window, basis, currency, as of. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { dropFile, launch, openScreen, waitForSource } from './support/app.ts';
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

const ofData = ['Data', 'Window', 'Basis', 'Currency', 'As of'];
for (const [screen, stands] of Object.entries({
  river: ['Model', 'Parameters', ...ofData],
  compare: ['Parameters', ...ofData],
  claims: ofData,
  journeys: ofData,
  markov: ['Model', ...ofData],
  flow: ofData,
  money: ['Model', 'Parameters', ...ofData],
  customers: ofData,
  truth: ['Data', 'World', 'Window', 'Parameters'],
}))
  test(`${screen}: the figures are explained, by keyboard, in either theme`, async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await openScreen(
        browser,
        `${server.url}#s=${screen}&m=time_decay&n=1000`,
        '.explain-link',
        { colorScheme },
      );
      const button = page.getByRole('button', { name: 'Explain these figures' });
      await button.focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      const names = await dialog.locator('dt').allTextContents();
      for (const name of stands) assert.ok(names.includes(name), `${name} in ${names.join(', ')}`);
      assert.ok(names.length > stands.length, 'and the figures themselves');
      if (screen === 'river') assert.match(await dialog.innerText(), /half-life 7 d/);
      assert.deepEqual(await violations(page), []);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      assert.ok(await button.evaluate((element) => element === document.activeElement));
      await page.context().close();
    }
  });

/** What has to explain itself, beside the four totals of the data. */
const main: Record<string, [drawn: string, names: string[]]> = {
  river: ['.credit tbody tr', ['Conversions', 'Value USD', 'Share']],
  compare: ['table.compare thead th:nth-child(12)', ['Last touch', 'Markov', 'Range']],
  claims: ['table.claims tbody tr', ['Claims', 'of all sales', 'Value claimed']],
  journeys: ['table.paths tbody tr', ['Sales', 'Value USD', 'Not sold']],
  markov: ['.chain .node', ['Removal effect']],
  flow: ['.flow .band', ['Journeys', 'of all', 'Value USD']],
  money: ['.cuts li', ['blended ROAS (MER)', 'cost per customer (CAC)', 'ROAS', 'Cost per sale']],
  truth: ['table.scores tbody tr', ['Credit in the wrong place', 'Right order', 'Tells buyers']],
};
const totals = ['journeys', 'touches', 'conversions', 'total value, USD'];

for (const [screen, [drawn, names]] of Object.entries(main))
  test(`${screen}: each main figure explains itself from its name`, async () => {
    const page = await openScreen(browser, `${server.url}#s=${screen}&m=time_decay&n=1000`, drawn);
    // Tables may be folded.
    for (const summary of await page.locator('main details:not([open]) > summary').all())
      await summary.click();
    const buttons = page.locator('.why-figure');
    const all = (await buttons.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
    for (const name of [...names, ...(screen === 'truth' ? [] : totals)])
      assert.ok(all.includes(name), `${name} in ${all.join(', ')}`);
    const dialog = page.getByRole('dialog');
    for (let i = 0; i < all.length; i++) {
      await buttons.nth(i).focus();
      await page.keyboard.press('Enter');
      await dialog.waitFor();
      assert.ok((await dialog.locator('.formula').innerText()).length > 20, all[i]);
      const stands = await dialog.locator('dt').allTextContents();
      const wanted = screen === 'truth' && !totals.includes(all[i]!) ? ['World', 'Window'] : ofData;
      for (const name of wanted) assert.ok(stands.includes(name), `${all[i]}: ${name}`);
      if (screen === 'river' && names.includes(all[i]!)) {
        assert.ok(stands.includes('Model'));
        assert.match(await dialog.innerText(), /half-life 7 d/);
      }
      if (i === all.length - 1) assert.deepEqual(await violations(page), []);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      assert.ok(await buttons.nth(i).evaluate((element) => element === document.activeElement));
    }
    await page.context().close();
  });

test('a file’s figures say the file, its rows and that nothing is converted', async () => {
  const page = await openScreen(browser, server.url, '.credit tbody tr');
  await dropFile(page, 'mine.csv', Buffer.from('path,total_conversions\na > b,3\nb,2\n'));
  await waitForSource(page, 'mine.csv');
  await page.getByRole('button', { name: 'Explain these figures' }).click();
  const text = await page.getByRole('dialog').innerText();
  assert.match(text, /mine\.csv: 2 rows/);
  assert.match(text, /finished paths/);
  assert.match(text, /nothing is converted/);
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.context().close();
});
