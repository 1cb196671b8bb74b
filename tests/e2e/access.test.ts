/** Everyone can use the page: axe, both themes, narrow screens, reduced motion, no inline code. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { screens } from '../../web-demo/settings.ts';
import { dropFile, launch, openApp, openScreen } from './support/app.ts';
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

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1440, 390])
    test(`axe finds nothing at ${width} px in the ${colorScheme} theme`, async () => {
      const page = await openApp(browser, `${server.url}#m=position`, {
        colorScheme,
        reducedMotion: 'reduce',
        viewport: { width, height: 900 },
      });
      assert.deepEqual(await violations(page), []);
      await page.locator('details > summary').click();
      await dropFile(page, 'bad.csv', Buffer.from('colour,size\nred,3\n'));
      await page.getByRole('alert').waitFor();
      assert.deepEqual(await violations(page), []);
      await page.context().close();
    });

test('320 px: nothing runs over the edge, with every model', async () => {
  const page = await openApp(browser, server.url, { viewport: { width: 320, height: 700 } });
  for (let key = 1; key <= 7; key++) {
    await page.keyboard.press(String(key));
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(width, 320, `model ${key}`);
  }
  await page.context().close();
});

test('the theme button wins over the system and is remembered', async () => {
  const page = await openApp(browser, server.url, { colorScheme: 'light' });
  const background = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await background();
  await page.getByRole('button', { name: 'Dark theme' }).click();
  const dark = await background();
  assert.notEqual(dark, light);
  await page.reload();
  await page.waitForSelector('.credit tbody tr');
  assert.equal(await background(), dark);
  await page.context().close();
});

test('with reduced motion nothing glides', async () => {
  const page = await openApp(browser, server.url, { reducedMotion: 'reduce' });
  const durations = await page.$$eval('.mark, .stream, .share-fill', (elements) => [
    ...new Set(elements.map((element) => getComputedStyle(element).transitionDuration)),
  ]);
  assert.ok(durations.length > 0);
  for (const duration of durations) assert.match(duration, /^0s(, 0s)*$/);
  await page.context().close();
});

test('every control is reached by the Tab key and shows that it is', async () => {
  const page = await openApp(browser, `${server.url}#m=time_decay`);
  const reached: string[] = [];
  for (let i = 0; i < 16 + screens.length; i++) {
    await page.keyboard.press('Tab');
    reached.push(
      await page.evaluate(() => {
        const { activeElement } = document;
        const shows = activeElement?.matches('.pill input')
          ? activeElement.nextElementSibling
          : activeElement;
        if (!shows || getComputedStyle(shows).outlineStyle === 'none')
          return `no outline: ${activeElement?.outerHTML}`;
        return activeElement?.className || activeElement?.tagName || '';
      }),
    );
    if (reached.at(-1) === 'SUMMARY') break;
  }
  assert.deepEqual(reached, [
    'brand',
    ...screens.map(() => 'A'),
    'button quiet',
    'button quiet help-button',
    'button primary',
    // Journeys, touches, conversions, total value.
    ...Array(4).fill('why-figure'),
    'INPUT',
    'INPUT',
    'river',
    'SUMMARY',
  ]);
  await page.context().close();
});

test('? opens the keys wherever nothing is typed, Escape closes them, the focus returns', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await openScreen(browser, `${server.url}#s=setup`, '.address', { colorScheme });
    const dialog = page.getByRole('dialog', { name: 'Keys' });
    const address = page.getByLabel('Address of the worker');
    await address.press('?');
    assert.equal(await dialog.isVisible(), false, 'a question mark that is typed');
    assert.match(await address.inputValue(), /\?/);
    const pill = page.getByRole('radio', { name: 'HTML' });
    await pill.focus();
    await page.keyboard.press('?');
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /split the credit by this model/);
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert.ok(await pill.evaluate((element) => element === document.activeElement));
    const button = page.getByRole('button', { name: 'Help: keys' });
    await button.press('Enter');
    await dialog.waitFor();
    await page.keyboard.press('?');
    await dialog.waitFor({ state: 'hidden' });
    assert.ok(await button.evaluate((element) => element === document.activeElement));
    await page.context().close();
  }
});

test('the page carries its content security policy and no inline code', async () => {
  const html = await readFile(path.join(root, 'dist/web/index.html'), 'utf8');
  assert.match(html, /default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'/);
  assert.doesNotMatch(html, /<script>|<style>| style=| on\w+=/);
});
