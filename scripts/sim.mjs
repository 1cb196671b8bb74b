/**
 * A day of a large site on paper: events fall on shards as the worker spreads them, calls gather into
 * commits as a shard gathers them, and the platform's published limits and prices are laid beside it.
 * Nothing here talks to a platform; docs/scale.md says what the figures are made of.
 *
 *   node scripts/sim.mjs [--events 1e9] [--shards 64,256,1024,4096] [--per-request 1] [--orders 0.01]
 *                        [--peak 3] [--hot 0.0002] [--seed 1]
 */
import process from 'node:process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1e9' }, // a day
    shards: { type: 'string', default: '64,256,1024,4096' },
    'per-request': { type: 'string', default: '1' },
    orders: { type: 'string', default: '0.01' }, // share of events that name an order
    peak: { type: 'string', default: '3' }, // the busiest second beside the mean
    hot: { type: 'string', default: '0.0002' }, // share of all events that one person makes
    seed: { type: 'string', default: '1' },
  },
});
const counts = values.shards.split(',').map(Number);
const events = Number(values.events);
const perRequest = Number(values['per-request']);
const orders = Number(values.orders);
const peak = Number(values.peak);
const hot = Number(values.hot);
const seed = Number(values.seed);
if (
  ![...counts, events, perRequest, peak].every((n) => n > 0) ||
  ![orders, hot].every((n) => n >= 0 && n < 0.5) ||
  !Number.isFinite(seed)
) {
  console.error('Options are numbers above 0; --orders and --hot are shares below 0.5.');
  process.exit(2);
}

/** The platform, as published (docs/scale.md has the pages). */
const LIMIT_REQUESTS = 1000; // soft, a second and object
const LIMIT_GB = 10; // an object's database
const PRICES = {
  workerRequests: 0.3e-6,
  workerCpuMs: 0.02e-6,
  objectRequests: 0.15e-6,
  objectGbSeconds: 12.5e-6,
  rowsWritten: 1e-6,
  gbMonth: 0.2,
};
const OBJECT_GB = 0.128;

/** The worker, as measured by npm run bench:edge on one machine. */
const DOOR_CPU_MS = 0.1;
const COMMIT_MS = 0.4; // of a shard's thread, whatever the commit holds
const EVENT_MS = 0.008; // more for each event in it
const WINDOW_MS = 2; // how long the first call of a commit waits for others
/** Events of a journey between two sweeps that write it: visits come in bursts. */
const EVENTS_PER_SWEPT_JOURNEY = 4;
const LOG_BYTES = 400; // an event in the log (300 for a page view) with its share of journeys and indexes
const ROWS_PER_COMMIT = 2; // log, outcomes
const ROWS_PER_JOURNEY = 2; // itself and its index
const ROWS_PER_ORDER = 2 + 1 + 12; // claim and place; arrival; ledger rows of a few touches and models

/** mulberry32 */
const random = (() => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
})();

/**
 * The share of each shard. Persons fall on shards evenly by their hash; what makes shards unlike are
 * persons with many events: Zipf over the 100,000 busiest, who make a tenth of all, and one hot person.
 *
 * @param {number} shards
 */
const shares = (shards) => {
  const BUSY = 100_000;
  const share = new Float64Array(shards).fill((0.9 - hot) / shards);
  /** @param {number} part of somebody, on any shard */
  const add = (part) => {
    const shard = Math.floor(random() * shards);
    share[shard] = (share[shard] ?? 0) + part;
  };
  let harmonic = 0;
  for (let rank = 1; rank <= BUSY; rank++) harmonic += 1 / rank ** 0.5;
  for (let rank = 1; rank <= BUSY; rank++) add(0.1 / rank ** 0.5 / harmonic);
  add(hot);
  return share;
};

/**
 * Ten seconds of one shard: calls per commit, wait and work.
 *
 * @param {number} callsPerSecond @param {number} eventsPerCall
 */
const gather = (callsPerSecond, eventsPerCall) => {
  const SECONDS = 10;
  let now = 0;
  let free = 0;
  let commits = 0;
  let calls = 0;
  /** @type {number[]} */
  const waits = [];
  let next = -Math.log(1 - random()) / callsPerSecond;
  while (next < SECONDS) {
    const first = next;
    const starts = Math.max(first + WINDOW_MS / 1000, free);
    const arrived = [];
    for (; next <= starts; next += -Math.log(1 - random()) / callsPerSecond) arrived.push(next);
    now = starts + (COMMIT_MS + EVENT_MS * eventsPerCall * arrived.length) / 1000;
    free = now;
    commits++;
    calls += arrived.length;
    for (const at of arrived) waits.push((now - at) * 1000);
    if (free > SECONDS * 2) break; // it cannot keep up
  }
  waits.sort((a, b) => a - b);
  return {
    perCommit: calls / commits,
    p99: waits[Math.floor(waits.length * 0.99)] ?? 0,
    busy: (commits * COMMIT_MS + calls * eventsPerCall * EVENT_MS) / 1000 / Math.max(SECONDS, free),
  };
};

const perSecond = events / 86_400;
/** @param {number} n @param {number} [digits] */
const fixed = (n, digits = 0) =>
  n.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
console.log(
  `${fixed(events)} events a day: ${fixed(perSecond)} a second on average, ${fixed(perSecond * peak)} at the peak; ${perRequest} a request; one person makes ${fixed(hot * events)} of them; seed ${seed}`,
);
const head = [
  'shards',
  'calls/s',
  'hottest',
  'of limit',
  'busy',
  'calls/commit',
  'p99 ms',
  'days to 10 GB',
  '$ / million',
];
const rows = counts.map((shards) => {
  const share = shares(shards);
  // A request of several events makes one call for each shard that they fall on.
  const touched = perRequest === 1 ? 1 : shards * (1 - (1 - 1 / shards) ** perRequest);
  const callsPerEvent = touched / perRequest;
  const eventsPerCall = 1 / callsPerEvent;
  const atPeak = perSecond * peak * callsPerEvent;
  const hottest = Math.max(...share) * atPeak;
  const worst = gather(hottest, eventsPerCall);
  // A day's bill goes by the mean load of a mean shard.
  const mean = gather((perSecond * callsPerEvent) / shards, eventsPerCall);
  const perMillion =
    1e6 *
    ((PRICES.workerRequests + DOOR_CPU_MS * PRICES.workerCpuMs) / perRequest +
      (callsPerEvent + orders) * PRICES.objectRequests +
      (2 * shards * OBJECT_GB * PRICES.objectGbSeconds) / perSecond +
      ((ROWS_PER_COMMIT * callsPerEvent) / mean.perCommit +
        ROWS_PER_JOURNEY / EVENTS_PER_SWEPT_JOURNEY +
        orders * ROWS_PER_ORDER) *
        PRICES.rowsWritten);
  return [
    fixed(shards),
    fixed(atPeak / shards),
    fixed(hottest),
    `${fixed((100 * hottest) / LIMIT_REQUESTS)} %`,
    `${fixed(100 * worst.busy)} %`,
    fixed(worst.perCommit, 1),
    worst.busy > 0.95 ? 'too slow' : fixed(worst.p99, 1),
    fixed((LIMIT_GB * 1e9) / (Math.max(...share) * events * LOG_BYTES), 1),
    fixed(perMillion, 2),
  ];
});
const tail = `Keeping a million events costs ${fixed(1e6 * LOG_BYTES * 1e-9 * PRICES.gbMonth, 2)} $ a month more.`;
const widths = head.map((text, i) =>
  Math.max(text.length, ...rows.map((row) => (row[i] ?? '').length)),
);
for (const row of [head, ...rows])
  console.log(row.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  '));
console.log(tail);
