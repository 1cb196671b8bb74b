/**
 * Pictures of every screen with the sample, to be looked at: build/screenshots/*.png in both themes at
 * 1440 and 390 px, and docs/app.png, the one in the README.
 *
 *   node scripts/screenshots.mjs
 */
import './bootstrap.mjs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { build } from './build.mjs';
import { root, runMain, say } from './lib/run.mjs';
import { setup } from './setup.mjs';

await runMain(async () => {
  await setup(['build', 'test']);
  await build();
  const { launch, openScreen } = await import('../tests/e2e/support/app.ts');
  const { serveApp } = await import('../tests/e2e/support/static-server.ts');
  const { OWNER_KEY, startRunning } = await import('../tests/e2e/support/running.ts');
  // No `await using`: the file must parse on the Node that starts it.
  const [server, browser, running] = await Promise.all([serveApp(), launch(), startRunning()]);
  await mkdir(path.join(root, 'build/screenshots'), { recursive: true });

  /**
   * @param {string} file
   * @param {import('playwright-core').BrowserContextOptions} options
   * @param {string} link
   * @param {string} drawn what is there when the screen has drawn itself
   */
  const shoot = async (file, options, link, drawn) => {
    const page = await openScreen(browser, new URL(link, server.url).href, drawn, {
      reducedMotion: 'reduce',
      ...options,
    });
    // A running worker is asked again and again.
    if (link.startsWith('#')) await page.waitForLoadState('networkidle');
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: path.join(root, file), fullPage: true });
    await page.context().close();
    say(file);
  };
  /** @param {string} screen of the running worker */
  const at = (screen) => `${running.server.url}/#key=${OWNER_KEY}&site=shop&s=${screen}`;
  const pictures = [
    ...['linear', 'position', 'time_decay'].map((model) => [
      model,
      `#m=${model}`,
      '.credit tbody tr',
    ]),
    ['compare', '#s=compare', 'table.compare thead th:nth-child(12)'],
    ['claims', '#s=claims', 'table.claims tbody tr'],
    ['journeys', '#s=journeys&m=position', '.one-journey .words'],
    ['markov', '#s=markov', '.chain .node'],
    ['markov-removed', '#s=markov&rm=7', '.chain .out'],
    ['flow', '#s=flow', '.flow .band'],
    ['money', '#s=money', '.cuts li'],
    ['customers', '#s=customers', 'table.cohorts tbody tr'],
    ['truth', '#s=truth', 'table.scores tbody tr'],
    ['live', '#s=live', 'main h1'],
    ['destinations', '#s=destinations', '.sign-in'],
    ['setup', '#s=setup', '.sign-in'],
    ['live-running', at('live'), 'main table tbody tr'],
    ['destinations-running', at('destinations'), 'table.deliveries tbody tr'],
    ['setup-running', at('setup'), '.first-event:not(:has-text("Connecting"))'],
  ];
  for (const colorScheme of /** @type {const} */ (['light', 'dark']))
    for (const width of [1440, 390])
      for (const [name, link = '', drawn = ''] of pictures)
        await shoot(
          `build/screenshots/${name}-${colorScheme}-${width}.png`,
          { colorScheme, viewport: { width, height: 1000 } },
          link,
          drawn,
        );
  await shoot(
    'docs/app.png',
    { colorScheme: 'light', viewport: { width: 1440, height: 1000 } },
    '#m=time_decay',
    '.credit tbody tr',
  );
  await browser.close();
  await running[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});
