/**
 * Builds everything and deploys the worker with wrangler.
 *
 *   node scripts/deploy.mjs [--dry-run] [other options of wrangler deploy]
 *
 * Says which secrets the configuration names; each is set once with wrangler secret put.
 */
import './bootstrap.mjs';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { root, run, runMain, say } from './lib/run.mjs';
import { setup } from './setup.mjs';

await runMain(async () => {
  await setup(['build']);
  await build();
  const config = await import(pathToFileURL(path.join(root, 'worker/src/config.ts')).href);
  const file = JSON.parse(readFileSync(path.join(root, 'headwater.config.json'), 'utf8'));
  // A mistake is told here, by the name of its field, and not by the first visitor.
  const names = config.secretNames(config.readConfig(file));
  await run(process.execPath, [
    path.join(root, 'node_modules/wrangler/bin/wrangler.js'),
    'deploy',
    '--config=worker/wrangler.jsonc',
    ...process.argv.slice(2),
  ]);
  say(`Secrets, each set once with npx wrangler secret put NAME --config worker/wrangler.jsonc:`);
  for (const name of names) console.log(`  ${name}`);
});
