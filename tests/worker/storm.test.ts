/** The short form of `npm run crash`. */
import { test } from 'node:test';
import { storm } from './storm.ts';

test('kill -9 amid visits, orders from several devices, refunds and repeats', {
  timeout: 240_000,
}, async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1e9);
  console.log(`seed ${seed}`);
  console.log(JSON.stringify(await storm({ kills: 8, writers: 16, seed, shards: 3 })));
});
