/**
 * Pictures of the app with its sample, to be looked at: build/screenshots/*.png in both themes at
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
  const { launch, openApp } = await import('../tests/e2e/support/app.ts');
  const { serveApp } = await import('../tests/e2e/support/static-server.ts');
  // No `await using`: the file must parse on the Node that starts it.
  const [server, browser] = await Promise.all([serveApp(), launch()]);
  await mkdir(path.join(root, 'build/screenshots'), { recursive: true });

  /** @param {string} file @param {import('playwright-core').BrowserContextOptions} options @param {string} link */
  const shoot = async (file, options, link) => {
    const page = await openApp(browser, `${server.url}${link}`, {
      reducedMotion: 'reduce',
      ...options,
    });
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: path.join(root, file), fullPage: true });
    await page.context().close();
    say(file);
  };
  for (const colorScheme of /** @type {const} */ (['light', 'dark']))
    for (const width of [1440, 390])
      for (const model of ['linear', 'position', 'time_decay'])
        await shoot(
          `build/screenshots/${model}-${colorScheme}-${width}.png`,
          { colorScheme, viewport: { width, height: 1000 } },
          `#m=${model}`,
        );
  await shoot(
    'docs/app.png',
    { colorScheme: 'light', viewport: { width: 1440, height: 1000 } },
    '#m=time_decay',
  );
  await browser.close();
  await server[Symbol.asyncDispose]();
});
