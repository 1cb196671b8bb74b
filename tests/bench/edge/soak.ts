/**
 * The long run: events of many persons through one shard, with the memory of the runtime, the sizes of
 * what is stored and the time of a report on the way.
 *
 *   node tests/bench/edge/soak.ts [EVENTS=2000000] [PERSONS=200000]
 */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { siteConfig, startServer } from '../../worker/helpers.ts';

const EVENTS = Number(process.argv[2] ?? 2_000_000);
const PERSONS = Number(process.argv[3] ?? 200_000);
const CALL = 500;
const SENDERS = 6;
const SAMPLES = 10;
/** Steady load while reports are asked: calls of so many events, ms between them, and for how long. */
const STEADY = { events: 100, everyMs: 20, forMs: 10_000 };

const conversions = [{ name: 'purchase', event: 'purchase' }];
await using server = await startServer({ shop: siteConfig({ shards: 1, conversions }) });

const start = Date.now() - 20 * 86_400_000;
let seed = 1;
const pick = (below: number) => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};
const eventOf = (i: number) => {
  const common = { event_id: `e${i}`, visitor_id: `v${pick(PERSONS)}`, occurred_at: start + i };
  if (i % 50 === 0) return { ...common, name: 'purchase', value: 20, order_id: `o${i}` };
  if (i % 3 !== 0)
    return {
      ...common,
      name: 'page_view',
      url: `https://shop.example.com/p/${pick(99)}`,
      referrer: 'https://shop.example.com/',
    };
  return {
    ...common,
    name: 'page_view',
    url: `https://shop.example.com/?utm_source=s${pick(20)}&utm_medium=email&utm_campaign=c${pick(40)}`,
  };
};

const rssMb = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024;

const report = async (): Promise<number> => {
  const asked = performance.now();
  const { status, text } = await server.api('/v1/report?site=shop&model=linear&dimension=campaign');
  if (status !== 200) throw new Error(text);
  return performance.now() - asked;
};
const sorted = (times: number[]): number[] => times.sort((a, b) => a - b);

let next = 0;
let answered = 0;
let nextSample = 0;
const since = performance.now();
async function sender(): Promise<void> {
  while (next < EVENTS) {
    const from = next;
    next += CALL;
    const events = Array.from({ length: Math.min(CALL, EVENTS - from) }, (_, i) =>
      eventOf(from + i),
    );
    for (;;) {
      const { status, text } = await server.api('/v1/events', { body: { site: 'shop', events } });
      if (status === 202) break;
      if (status !== 429) throw new Error(text);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    answered += events.length;
    if (answered < nextSample) continue;
    nextSample += EVENTS / SAMPLES;
    const took = await report();
    const rate = answered / ((performance.now() - since) / 1000);
    console.log(
      `${String(answered).padStart(9)} events  ${rssMb().toFixed(0).padStart(5)} MB resident  report ${took.toFixed(0).padStart(4)} ms under load  ${rate.toFixed(0)} events/s so far`,
    );
  }
}
await Promise.all(Array.from({ length: SENDERS }, sender));

const steady: number[] = [];
const calls: Promise<unknown>[] = [];
const until = performance.now() + STEADY.forMs;
let steadyOver = false;
const asker = (async () => {
  while (!steadyOver) steady.push(await report());
})();
for (let i = EVENTS; performance.now() < until; i += STEADY.events) {
  const events = Array.from({ length: STEADY.events }, (_, k) => eventOf(i + k));
  calls.push(server.api('/v1/events', { body: { site: 'shop', events } }));
  await new Promise((resolve) => setTimeout(resolve, STEADY.everyMs));
}
await Promise.all(calls);
steadyOver = true;
await asker;
sorted(steady);
const rate = (calls.length * STEADY.events) / (STEADY.forMs / 1000);
console.log(
  `report at ${rate.toFixed(0)} events/s: median ${steady[steady.length >> 1]!.toFixed(1)} ms, p95 ${steady[Math.floor(steady.length * 0.95)]!.toFixed(1)}, most ${steady.at(-1)!.toFixed(1)}, of ${steady.length}`,
);

const reports: number[] = [];
for (let i = 0; i < 9; i++) reports.push(await report());
sorted(reports);
console.log(
  `report at rest: median ${reports[4]!.toFixed(1)} ms; ${rssMb().toFixed(0)} MB resident`,
);
const restarted = performance.now();
await server.kill();
await server.restart();
await server.api('/v1/report?site=shop&model=linear');
console.log(`first report after kill -9: ${((performance.now() - restarted) / 1000).toFixed(2)} s`);
await server.stop();
for (const file of globSync('objects/**/*.sqlite', { cwd: server.dataDir })) {
  const database = new DatabaseSync(path.join(server.dataDir, file));
  if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'log'").get()) {
    const sizes = database
      .prepare(
        `SELECT (SELECT count(*) FROM journeys) AS persons, (SELECT max(length(journey)) FROM journeys) AS largest_journey,
           (SELECT round(avg(length(journey))) FROM journeys) AS mean_journey, (SELECT max(length(lines)) FROM log) AS largest_log_row`,
      )
      .get();
    console.log(JSON.stringify(sizes));
  }
  database.close();
}
