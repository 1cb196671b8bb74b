/** A browser with the app in it, and the questions that the tests ask it. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { tools } from '../../../scripts/lib/tools.mjs';

export const launch = async (more: readonly string[] = []): Promise<Browser> => {
  const executablePath = tools.chromium.find();
  if (typeof executablePath !== 'string')
    throw new Error('No Chromium here; `npm test` installs it, or set CHROMIUM to its path.');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
};

/** The page with its first figures on the screen; console errors and exceptions fail the test. */
export const openApp = (
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Page> => openScreen(browser, url, '.credit tbody tr', options);

/** channel → [conversions, value], as exact decimal text. */
export type Credit = Record<string, [string, string]>;

/** Chooses a model and reads the credit table when it shows that model. */
export const creditUnder = async (page: Page, model: string): Promise<Credit> => {
  const radio = page.locator(`input[name=model][value=${model}]`);
  await radio.check();
  const title = (await radio.locator('xpath=../span').innerText()).replace(/^\d\s*/, '');
  await page.waitForFunction(
    (name) => document.querySelector('.credit caption span')?.textContent === name,
    title,
  );
  return readCredit(page);
};

export const readCredit = (page: Page): Promise<Credit> =>
  page.$$eval('.credit tbody tr', (rows) =>
    Object.fromEntries(
      rows.map((row) => {
        const [conversions, value] = row.querySelectorAll('data');
        const name = row.querySelector('th')?.textContent ?? '';
        return [name, [conversions?.value ?? '', value?.value ?? ''] as [string, string]];
      }),
    ),
  );

/** Drops a file on the page as a person would from the desktop. */
export const dropFile = (page: Page, name: string, bytes: Uint8Array): Promise<void> =>
  page.evaluate(
    ({ name, base64 }) => {
      const data = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([data], name, { type: 'text/csv' }));
      for (const type of ['dragover', 'drop'])
        document.body.dispatchEvent(
          new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }),
        );
    },
    { name, base64: Buffer.from(bytes).toString('base64') },
  );

/** The dataset of that name is on the screen with its figures. */
export const waitForSource = (page: Page, name: string): Promise<unknown> =>
  page.waitForFunction(
    (wanted) =>
      document.querySelector('.source-name')?.textContent === wanted &&
      document.querySelector('.credit tbody tr') !== null,
    name,
  );

/** The app at one of its screens, once `selector` is there. */
export const openScreen = async (
  browser: Browser,
  url: string,
  selector: string,
  options: BrowserContextOptions = {},
): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.on('pageerror', (error) => {
    throw error;
  });
  page.on('console', (message) => {
    if (message.type() === 'error') throw new Error(`The page's console: ${message.text()}`);
  });
  await page.goto(url);
  await page.waitForSelector(selector);
  return page;
};

/** Both themes at 1440 px through axe, and nothing over the edge at 320 px. */
export const checkScreen = async (
  browser: Browser,
  url: string,
  selector: string,
  violations: (page: Page) => Promise<string[]>,
): Promise<string[]> => {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await openScreen(browser, url, selector, { colorScheme, reducedMotion: 'reduce' });
    for (const fault of await violations(page)) found.push(`${colorScheme}: ${fault}`);
    await page.setViewportSize({ width: 320, height: 700 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width !== 320) found.push(`${colorScheme}: ${width} px wide at 320 px`);
    for (const fault of await violations(page)) found.push(`${colorScheme}, 320 px: ${fault}`);
    await page.context().close();
  }
  return found;
};
