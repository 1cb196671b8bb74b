/**
 * The app in Chromium: a slider over more than 100,000 journeys with 400,000 touches, the same as a worker's
 * CSV and binary files, and a file of a million rows.
 */

import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launch, openApp } from '../e2e/support/app.ts';
import { serveApp } from '../e2e/support/static-server.ts';
import { hwPath } from '../node/hosts.ts';
import { exported } from './journeys.ts';

const quantile = (values: number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ??
  Number.NaN;

const generate = (file: string, args: string[]): void => {
  const out = openSync(file, 'w');
  const { status } = spawnSync(hwPath, ['generate', ...args], {
    stdio: ['ignore', out, 'inherit'],
  });
  closeSync(out);
  if (status !== 0) throw new Error('hw generate failed');
};

/** Milliseconds from the file's choice to its first figures on the screen. */
const load = async (page: Page, file: string, name: string): Promise<number> => {
  await page.evaluate(() => {
    Object.assign(window, { began: performance.now() });
  });
  await page.setInputFiles('input[type=file]', file);
  await page.waitForFunction(
    (wanted) =>
      document.querySelector('.source-name')?.textContent === wanted &&
      document.querySelector('.credit tbody tr') !== null,
    name,
    { timeout: 120_000, polling: 'raf' },
  );
  return page.evaluate(() => performance.now() - (window as unknown as { began: number }).began);
};

/** Both files of a worker, in turns; the ratio is of medians. */
const compareExports = async (page: Page, folder: string, log: string) => {
  const files = exported(readFileSync(log, 'utf8'));
  const names = { csv: 'journeys.csv', binary: 'journeys.hwj' };
  const times = { csv: [] as number[], binary: [] as number[] };
  for (const kind of ['csv', 'binary'] as const)
    writeFileSync(join(folder, names[kind]), files[kind]);
  for (let round = 0; round < 5; round++)
    for (const kind of ['csv', 'binary'] as const)
      times[kind].push(await load(page, join(folder, names[kind]), names[kind]));
  const [csv, binary] = [quantile(times.csv, 0.5), quantile(times.binary, 0.5)];
  const megabytes = ({ length }: Buffer): string => `${(length / 1e6).toFixed(1)} MB`;
  return {
    stage: 'load a worker’s journeys, binary',
    figure: binary,
    unit: 'ms',
    note:
      `${megabytes(files.binary)}; as CSV ${csv.toFixed(0)} ms, ${megabytes(files.csv)}: ` +
      `${(csv / binary).toFixed(1)}× the time, ${(files.csv.length / files.binary.length).toFixed(1)}× the bytes`,
  };
};

const FRAME_MS = 1000 / 60;

/** Drags a slider over its range; every frame's length, and from each step to its figures. */
const drag = (page: Page, label: string): Promise<{ frames: number[]; answers: number[] }> =>
  page.evaluate(async (name) => {
    const input = [...document.querySelectorAll<HTMLInputElement>('.slider input')].find(
      (each) => each.labels?.[0]?.textContent === name,
    );
    if (!input) throw new Error(`no slider ${name}`);
    const shown = () => document.querySelector('.credit tbody')?.textContent ?? '';
    const frames: number[] = [];
    const answers: number[] = [];
    let last = await new Promise(requestAnimationFrame);
    let dragging = true;
    const count = (now: number): void => {
      frames.push(now - last);
      last = now;
      if (dragging) requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
    const [min, max] = [Number(input.min), Number(input.max)];
    for (let step = 0; step < 90; step++) {
      const before = shown();
      const at = Math.round(min + ((max - min) * (step % 30)) / 30);
      if (String(at) === input.value) continue;
      input.value = String(at);
      const began = performance.now();
      input.dispatchEvent(new Event('input', { bubbles: true }));
      while (shown() === before && performance.now() - began < 500)
        await new Promise(requestAnimationFrame);
      answers.push(performance.now() - began);
    }
    dragging = false;
    input.dispatchEvent(new Event('change', { bubbles: true }));
    return { frames, answers };
  }, label);

export default async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hw-app-bench-'));
  const browser = await launch();
  const server = await serveApp();
  try {
    const touches = join(folder, 'touches.csv');
    const paths = join(folder, 'paths.csv');
    generate(touches, ['--journeys', '115000', '--seed', '1']);
    generate(paths, ['--format', 'paths', '--journeys', '1000000', '--touches', '10', '--codes']);
    const page = await openApp(browser, `${server.url}#m=time_decay`, { reducedMotion: 'reduce' });
    const rows = [];
    const loaded = await load(page, touches, 'touches.csv');
    const summary = await page.$$eval('.totals dd', (figures) => figures.map((f) => f.textContent));
    const note = `${summary[0]} journeys, ${summary[1]} touches`;
    rows.push({ stage: 'load a touch log', figure: loaded, unit: 'ms', note });
    for (const [model, label] of [
      ['time_decay', 'Half-life'],
      ['position', 'First'],
    ] as const) {
      await page.locator(`input[name=model][value=${model}]`).check();
      const { frames, answers } = await drag(page, label);
      // The display gives a frame each 16.7 ms, and the browser's clock tells tenths.
      const late = frames.filter((ms) => ms > 1.5 * FRAME_MS).length;
      const steps = `${late} of ${frames.length} late; step to figures p50 ${quantile(answers, 0.5).toFixed(1)} ms, p95 ${quantile(answers, 0.95).toFixed(1)}`;
      rows.push({
        stage: `${label}: frame, p95`,
        figure: quantile(frames, 0.95),
        unit: 'ms',
        note: steps,
      });
    }
    rows.push(await compareExports(page, folder, touches));
    const million = await load(page, paths, 'paths.csv');
    const size = `${(statSync(paths).size / 1e6).toFixed(0)} MB, a million rows`;
    rows.push({ stage: 'load a file of paths', figure: million, unit: 'ms', note: size });
    const switched: number[] = [];
    for (const model of ['first', 'linear', 'last', 'position', 'first', 'linear']) {
      switched.push(
        await page.evaluate(async (id) => {
          const before = document.querySelector('.credit caption span')?.textContent;
          const began = performance.now();
          document.querySelector<HTMLInputElement>(`input[name=model][value=${id}]`)?.click();
          while (document.querySelector('.credit caption span')?.textContent === before)
            await new Promise(requestAnimationFrame);
          return performance.now() - began;
        }, model),
      );
    }
    rows.push({
      stage: 'switch of the model there',
      figure: quantile(switched, 0.5),
      unit: 'ms',
      note: `slowest ${quantile(switched, 1).toFixed(0)} ms`,
    });
    return rows;
  } finally {
    await browser.close();
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  }
};
