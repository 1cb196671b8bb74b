/**
 * The long crash test: 16 writers, the runtime killed with SIGKILL 60 times at random moments, amid
 * visits, orders that arrive in several ways, refunds, repeats and changes of the models.
 *
 *   node scripts/crash.mjs [--kills 60] [--writers 16] [--shards 4] [--seed N]
 *
 * Ends with a table of figures, or with what was lost, counted twice or summed wrongly.
 */
import './bootstrap.mjs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { root, runMain, say, seconds } from './lib/run.mjs';
import { setup } from './setup.mjs';

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '60' },
      writers: { type: 'string', default: '16' },
      shards: { type: 'string', default: '4' },
      seed: { type: 'string', default: String(Date.now() % 1e9) },
    },
  });
  await setup(['build']);
  await build();
  const { storm } = await import(pathToFileURL(path.join(root, 'tests/worker/storm.ts')).href);
  const [kills, writers, shards, seed] = [
    values.kills,
    values.writers,
    values.shards,
    values.seed,
  ].map(Number);
  say(`${kills} kills, ${writers} writers, ${shards} shards, seed ${seed}`);
  const since = performance.now();
  const figures = await storm({ kills, writers, shards, seed });
  const words = {
    kills: 'SIGKILLs',
    facts: 'events sent',
    acknowledged: 'of them acknowledged: all there, all once',
    givenUp: 'calls given up after a failure',
    failedTries: 'tries without an answer',
    repeats: 'acknowledged calls sent again',
    storedWithoutAnswer: 'events stored though no answer arrived: once each',
    orders: 'orders, each counted once, credits equal to their value',
    refunds: 'refunds',
    events: 'events in the logs, folded again: equal to the micro',
  };
  for (const [name, text] of Object.entries(words))
    console.log(`${String(figures[name]).padStart(8)}  ${text}`);
  say(`Nothing lost, nothing twice (${seconds(since)}).`);
});
