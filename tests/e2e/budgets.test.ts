/** What the first load may weigh, that nothing moves unasked, and that a keyboard is enough everywhere. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { type Screen, screens } from '../../web-demo/settings.ts';
import { launch, openScreen } from './support/app.ts';
import { root, type StaticServer, serveApp } from './support/static-server.ts';

const JS_BUDGET = 45 * 1024;
const WASM_BUDGET = 40_000;

let browser: Browser;
let server: StaticServer;
before(async () => {
  [browser, server] = await Promise.all([launch(), serveApp()]);
});
after(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

const file = (name: string): Buffer => readFileSync(path.join(root, 'dist/web', name));
const packed = (name: string): number => gzipSync(file(name), { level: 9 }).length;

/** A script and what it imports before it runs. */
const closure = (entry: string): Set<string> => {
  const found = new Set([entry]);
  for (const name of found)
    for (const [, next = ''] of file(name)
      .toString()
      .matchAll(/(?:^|[;}\s])import\s*(?:[^'"()]*?from\s*)?["']\.\/([\w.-]+\.js)["']/g))
      found.add(next);
  return found;
};

test('first load: at most 45 KB of JavaScript and 40 KB of WebAssembly, packed', async () => {
  const first = [...closure('app.js'), ...closure('engine-worker.js')];
  const size = first.reduce((sum, name) => sum + packed(name), 0);
  console.log(`first load: ${size} bytes of JavaScript in ${first.length} files`);
  assert.ok(size <= JS_BUDGET, `${size} bytes in ${first.join(', ')}`);
  assert.ok(packed('headwater.wasm') <= WASM_BUDGET, `${packed('headwater.wasm')} bytes`);
  // What the page asks for before its first figures is what was weighed: the rest follows.
  const before = server.requests.length;
  const page = await openScreen(browser, server.url, '.credit tbody tr');
  await page.waitForLoadState('networkidle');
  const asked = server.requests.slice(before).map((url) => url.slice(1));
  const scripts = asked.filter((name) => name.endsWith('.js'));
  assert.deepEqual(scripts.slice(0, first.length).sort(), first.sort());
  assert.ok(scripts.length > first.length, 'the other screens come, too');
  await page.context().close();
});

test('nothing moves while the first screen draws itself on a phone', async () => {
  const context = await browser.newContext({ viewport: { width: 412, height: 823 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    Object.assign(window, { moved: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        (window as unknown as { moved: number }).moved += (
          entry as unknown as { value: number }
        ).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(server.url);
  await page.waitForSelector('.credit tbody tr');
  await page.waitForLoadState('networkidle');
  // Two frames later every shift has been told.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  const moved = await page.evaluate(() => (window as unknown as { moved: number }).moved);
  console.log(`layout shift: ${moved.toFixed(4)}`);
  assert.ok(moved <= 0.02, `a cumulative layout shift of ${moved}`);
  await context.close();
});

/** When a screen has drawn itself. */
const drawn: Record<Screen, string> = {
  river: '.credit tbody tr',
  compare: 'table.compare tbody tr',
  claims: 'table.claims tbody tr',
  journeys: '.one-journey .words',
  markov: '.chain .node',
  flow: '.flow .band',
  money: '.cuts li',
  customers: 'table.cohorts tbody tr',
  truth: 'table.scores tbody tr',
  live: 'main h1',
  destinations: '.sign-in',
  setup: '.sign-in',
};

for (const screen of screens)
  test(`${screen}: with reduced motion nothing moves`, async () => {
    const page = await openScreen(browser, `${server.url}#s=${screen}&n=1000`, drawn[screen], {
      reducedMotion: 'reduce',
    });
    // At once: what is taken away between the question and the answer has no style any more.
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')].flatMap((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        const still = transitionDuration.split(', ').every((each) => each === '0s');
        return still && animationName === 'none' ? [] : [element.outerHTML.slice(0, 80)];
      }),
    );
    assert.deepEqual(moving, []);
    await page.context().close();
  });

for (const screen of screens)
  test(`${screen}: the Tab key reaches every control, shows where it is, and comes out again`, async () => {
    const page = await openScreen(browser, `${server.url}#s=${screen}&n=1000`, drawn[screen]);
    await page.waitForLoadState('networkidle');
    const reached = new Set<string>();
    let left = false;
    for (let i = 0; i < 220 && !left; i++) {
      await page.keyboard.press('Tab');
      const now = await page.evaluate(() => {
        const at = document.activeElement;
        if (!at || at === document.body) return null;
        const every = [...document.querySelectorAll('*')];
        const shows = (element: Element | null | undefined): boolean => {
          if (!element) return false;
          const { outlineStyle, outlineWidth } = getComputedStyle(element);
          return outlineStyle !== 'none' && outlineWidth !== '0px';
        };
        // A mark of a picture wears a ring of its own.
        const ring = [...at.querySelectorAll('.reach, rect')].some(
          (mark) => getComputedStyle(mark).stroke !== 'none',
        );
        const label = at.matches('.pill input') ? at.nextElementSibling : at;
        const seen = shows(label) || (at instanceof SVGElement && ring);
        return { place: every.indexOf(at), seen, what: at.outerHTML.slice(0, 120) };
      });
      left = now === null || reached.has(String(now.place));
      if (!now || left) continue;
      assert.ok(now.seen, `no sign of the focus: ${now.what}`);
      reached.add(String(now.place));
    }
    assert.ok(left, 'the focus never came out');
    // Groups of radios and marks of a picture are one stop each, moved within by the arrow keys.
    const missed = await page.evaluate(
      (places) => {
        const every = [...document.querySelectorAll('*')];
        const stops = new Set(places.map(Number));
        const radios = new Set<string>();
        return every.flatMap((element, i) => {
          if (!element.matches('a[href], button, input, select, summary, [tabindex]')) return [];
          if (element.matches(':disabled, [tabindex="-1"], .visually-hidden')) return [];
          if (!(element as HTMLElement).checkVisibility()) return [];
          if (stops.has(i)) return [];
          if (element instanceof HTMLInputElement && element.type === 'radio') {
            radios.add(element.name);
            return element.checked ? [element.outerHTML.slice(0, 120)] : [];
          }
          return [element.outerHTML.slice(0, 120)];
        });
      },
      [...reached],
    );
    assert.deepEqual(missed, []);
    await page.context().close();
  });
