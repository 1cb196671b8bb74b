/**
 * Sets up, builds, starts the worker on workerd and, when its store is empty, sends it demo data.
 * Honours PORT (8787), HEADWATER_DATA (.headwater), HEADWATER_CONFIG (headwater.config.json) and
 * HEADWATER_SEED=0. Ctrl-C and SIGTERM stop it cleanly; `exec` in package.json lets a signal to npm
 * reach this script.
 */
import './bootstrap.mjs';
import path from 'node:path';
import process from 'node:process';
import { build } from './build.mjs';
import { bold, dim, root, runMain, ScriptError, say } from './lib/run.mjs';
import { seed } from './lib/seed.mjs';
import { setup } from './setup.mjs';

const port = () => {
  const text = process.env.PORT ?? '8787';
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65535)
    throw new ScriptError(`PORT is '${text}'; it must be a whole number from 0 to 65535.`);
  return number;
};

/** @param {string} url @param {string} key @returns {Promise<string>} what stands for the key in a link */
const linkFor = async (url, key) => {
  const response = await fetch(`${url}/v1/session/link`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
  });
  return /** @type {{ link: string }} */ (await response.json()).link;
};

/** @param {string} url @param {Record<string, string>} keys by site @param {string} dataDir */
const banner = async (url, keys, dataDir) => {
  const [site, key] = Object.entries(keys)[0] ?? [];
  const link = key && (await linkFor(url, key));
  /** @type {[string, string][]} */
  const lines = [
    ['App with sample data', `${url}/`],
    ...(link
      ? /** @type {[string, string][]} */ ([
          [`App with site ${site}`, `${url}/#link=${link}&site=${site}  (for 15 minutes)`],
        ])
      : []),
    ['Tag for a page', `<script async src="${url}/hw.js" data-site="${site}"></script>`],
    ['Beacons', `POST ${url}/e`],
    ['Events with the key', `POST ${url}/v1/events`],
    ['Data', path.relative(process.cwd(), dataDir) || '.'],
    ...Object.entries(keys).map(
      ([name, value]) => /** @type {[string, string]} */ ([`API key of ${name}`, value]),
    ),
  ];
  const width = Math.max(...lines.map(([label]) => label.length));
  console.log(`\n${bold('Headwater is running')}  ${dim('Ctrl-C stops it')}\n`);
  for (const [label, value] of lines) console.log(`  ${label.padEnd(width)}  ${value}`);
  console.log('');
};

await runMain(async () => {
  const chosen = port();
  await setup(['build']);
  await build();

  const dataDir = path.resolve(process.env.HEADWATER_DATA ?? path.join(root, '.headwater'));
  const { startRuntime } = await import('../worker/dev/runtime.ts');
  const runtime = await startRuntime({
    port: chosen,
    dataDir,
    configPath: path.resolve(
      process.env.HEADWATER_CONFIG ?? path.join(root, 'headwater.config.json'),
    ),
    env: process.env,
    dist: path.join(root, 'dist'),
  });

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await runtime.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  runtime.process.on('exit', (code, signal) => {
    if (stopping) return;
    console.error(`workerd ended by itself (${signal ?? `status ${code}`}); its words are above.`);
    process.exit(1);
  });

  await banner(runtime.url, runtime.apiKeys, dataDir);
  const [site, key] = Object.entries(runtime.apiKeys)[0] ?? [];
  if (process.env.HEADWATER_SEED === '0' || !site || !key) return;
  try {
    await seed({ url: runtime.url, site, key, isStopping: () => stopping });
  } catch (error) {
    // The worker is up and useful without demo data.
    if (!stopping) say(`Demo data: ${error instanceof Error ? error.message : String(error)}`);
  }
});
