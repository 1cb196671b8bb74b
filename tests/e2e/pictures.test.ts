/** Pictures saved as SVG and PNG, and the page on paper. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launch, openScreen } from './support/app.ts';
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

for (const [screen, selector, says] of [
  ['compare', '.slope-line', 'Paid Search'],
  ['markov', '.chain .node', 'No sale'],
  ['flow', '.flow .band', 'Last touch'],
] as const)
  test(`${screen}: SVG and PNG stand alone and show what the page shows`, async () => {
    const page = await openScreen(browser, `${server.url}#s=${screen}`, selector, {
      colorScheme: 'dark',
      reducedMotion: 'reduce',
    });
    const saved = async (label: string): Promise<Buffer> => {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: `Save the picture as ${label}` }).click();
      const file = await download;
      assert.equal(file.suggestedFilename(), `headwater-${screen}.${label.toLowerCase()}`);
      return readFile(await file.path());
    };
    const svg = (await saved('SVG')).toString();
    assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    assert.ok(svg.includes(says));
    assert.doesNotMatch(svg, /var\(|class=|style=|<script|tabindex|NaN/);
    // Alone on an empty page it has colours, and the ground of the dark theme.
    const alone = await (await browser.newContext()).newPage();
    await alone.setContent(svg);
    const fills = await alone.$$eval('svg *', (list) => list.map((e) => getComputedStyle(e).fill));
    assert.ok(fills.includes('rgb(20, 31, 38)'), 'the panel’s ground');
    assert.ok(new Set(fills).size > 5, `${new Set(fills).size} colours`);
    await alone.context().close();
    const png = await saved('PNG');
    assert.deepEqual([...png.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    assert.ok(width > 1500 && height > 700, `${width} × ${height}`);
    // A blank picture of this size packs into a few kilobytes.
    assert.ok(png.length > 40_000, `${png.length} bytes`);
    await page.context().close();
  });

test('on paper there are no controls, and dark becomes light', async () => {
  const page = await openScreen(browser, `${server.url}#s=flow`, '.flow .band', {
    colorScheme: 'dark',
  });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  assert.equal(await page.locator('.top-bar').isVisible(), false);
  // What is left are the names of the figures, which are words on paper.
  const left = page.locator('button:visible');
  assert.equal(await left.count(), await page.locator('.why-figure:visible').count());
  for (const name of await left.all())
    assert.equal(await name.evaluate((each) => getComputedStyle(each).textDecorationLine), 'none');
  assert.ok(await page.locator('.flow').isVisible());
  const ground = await page.evaluate(
    () => getComputedStyle(document.documentElement).backgroundColor,
  );
  assert.equal(ground, 'rgb(251, 250, 247)');
  await page.context().close();
});
