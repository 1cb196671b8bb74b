/** One bad member never takes others with it: core faults, damaged journeys, full queues. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { prepare } from '../../worker/src/collect/prepare.ts';
import { readConfig } from '../../worker/src/config.ts';
import { Engine } from '../../worker/src/engine.ts';
import { fromLine } from '../../worker/src/event_record.ts';
import { fold, JOURNEY_BYTES } from '../../worker/src/shard/fold.ts';
import { assertVerified, root, siteConfig, startServer } from './helpers.ts';

const wasm = new WebAssembly.Module(readFileSync(path.join(root, 'dist/headwater.wasm')));
const site = readConfig({ sites: { shop: siteConfig() } }).sites.get('shop')!;

/** What is logged is expected here and would only confuse a reader of the test's output. */
function quietly<T>(work: () => T): T {
  const { error } = console;
  console.error = () => {};
  try {
    return work();
  } finally {
    console.error = error;
  }
}

test('a member that the core refuses fails alone', () => {
  const engine = new Engine(wasm);
  const double = (members: readonly number[]) =>
    members.map((member) => {
      if (member === 2) throw new RangeError('refused');
      return member * 2;
    });
  assert.deepEqual(
    quietly(() => engine.isolate([1, 2, 3], double)),
    [2, undefined, 6],
  );
});

test('after a trap the instance is a new one, and the others are served', () => {
  const engine = new Engine(wasm);
  const before = engine.core;
  const stepper = engine.stepper(site);
  const results = quietly(() =>
    engine.isolate(['a', 'trap', 'b'], (members) => {
      if (members.includes('trap')) throw new WebAssembly.RuntimeError('unreachable');
      return [...members];
    }),
  );
  assert.deepEqual(results, ['a', undefined, 'b']);
  assert.notEqual(engine.core, before);
  assert.notEqual(engine.stepper(site), stepper);
  assert.equal(engine.core.keys([['x']]).length, 1);
});

async function eventsOf(engine: Engine, visitors: string[]) {
  const now = Date.now();
  const inputs = visitors.map((visitor_id, i) => ({
    event_id: `e${i}`,
    name: 'purchase',
    visitor_id,
    order_id: `o${i}`,
    value: 10,
  }));
  const { prepared } = await prepare(engine, site, inputs, 'api', now);
  return { now, events: prepared.map(({ line }) => fromLine(line)) };
}

test('a damaged journey refuses the events of its person only', async () => {
  const engine = new Engine(wasm);
  const { now, events } = await eventsOf(engine, ['ann', 'bob', 'ann', 'eve']);
  const bob = events[1]!.person;
  const damaged = new Map([[bob, new Uint8Array([1, 2, 3, 4])]]);
  const result = quietly(() =>
    fold(engine, site, events, now, () => (person) => damaged.get(person)),
  );
  assert.deepEqual(result.outcomes, ['accepted', 'core_error', 'accepted', 'accepted']);
  assert.equal(result.journeys.has(bob), false);
  assert.equal(result.journeys.size, 2);
  const last = result.ledger.filter((row) => row.model === 'last' && row.basis === 'conversion');
  assert.equal(
    last.reduce((sum, { value }) => sum + value, 0),
    30_000_000,
  );
});

test('a journey never outgrows a row of the store, and says so', { timeout: 60_000 }, async () => {
  const engine = new Engine(wasm);
  const now = Date.now();
  const touches = Array.from({ length: 200 }, (_, i) => ({
    event_id: `t${i}`,
    name: 'page_view',
    visitor_id: 'busy',
    kind: 'click',
    source: { source: `s${i % 9}`, medium: 'cpc' },
    occurred_at: now - 86_400_000 + i,
  }));
  const orders = Array.from({ length: 150 }, (_, i) => ({
    event_id: `o${i}`,
    name: 'purchase',
    visitor_id: 'busy',
    order_id: `order-${i}`,
    value: 1,
  }));
  const calm = { event_id: 'c', name: 'purchase', visitor_id: 'calm', order_id: 'calm', value: 1 };
  const lines = async (inputs: unknown[]) =>
    (await prepare(engine, site, inputs, 'api', now)).prepared.map(({ line }) => fromLine(line));
  const kept = new Map<string, Uint8Array>();
  const told = new Map<string, number>();
  let credited = 0;
  const commit = async (inputs: unknown[]) => {
    const load = () => (person: string) => kept.get(person);
    const step = quietly(() => fold(engine, site, events, now, load));
    for (const [person, journey] of step.journeys) kept.set(person, journey);
    for (const code of step.outcomes) told.set(code, (told.get(code) ?? 0) + 1);
    for (const row of step.ledger) {
      if (row.model === 'last' && row.basis === 'conversion') credited += row.conversions;
    }
    assert.equal(inputs.length, step.outcomes.length);
  };
  let events = await lines(touches);
  await commit(touches);
  for (const order of orders) {
    events = await lines([order]);
    await commit([order]);
  }
  assert.ok(told.get('full')! > 10, JSON.stringify([...told]));
  for (const journey of kept.values()) assert.ok(journey.length <= JOURNEY_BYTES);
  // In company with another person, only the one at fault is refused.
  events = await lines([{ ...orders[149]!, event_id: 'last', order_id: 'last' }, calm]);
  const step = quietly(() => fold(engine, site, events, now, () => (person) => kept.get(person)));
  assert.deepEqual(step.outcomes, ['full', 'accepted']);
  // What was refused was credited to nobody.
  assert.equal(credited, (told.get('accepted')! - touches.length) * 1_000_000);
});

test('the same events in one step or in many give the same journeys', async () => {
  const engine = new Engine(wasm);
  const { now, events } = await eventsOf(engine, ['ann', 'bob', 'ann', 'eve', 'ann']);
  const whole = fold(engine, site, events, now, () => () => undefined);
  const kept = new Map<string, Uint8Array>();
  for (const event of events) {
    const step = fold(engine, site, [event], now, () => (person) => kept.get(person));
    for (const [person, journey] of step.journeys) kept.set(person, journey);
  }
  assert.deepEqual(kept, whole.journeys);
});

test('a full queue answers 429 with Retry-After, and sending again loses nothing', {
  timeout: 120_000,
}, async () => {
  await using server = await startServer({ shop: siteConfig({ shards: 1 }) });
  const calls = Array.from({ length: 60 }, (_, call) => ({
    site: 'shop',
    events: Array.from({ length: 1000 }, (_, i) => ({
      event_id: `${call}-${i}`,
      name: 'page_view',
      visitor_id: `v${i % 50}`,
      url: `https://shop.example.com/?utm_source=s${i % 5}&utm_medium=email`,
    })),
  }));
  let accepted = 0;
  let turnedAway = 0;
  const send = async (body: unknown) => {
    for (;;) {
      const answer = await server.api('/v1/events', { body });
      if (answer.status === 202) {
        accepted += answer.json.accepted;
        assert.equal(answer.json.accepted + answer.json.duplicates, 1000);
        return;
      }
      assert.equal(answer.status, 429, answer.text);
      assert.equal(answer.json.code, 'busy');
      turnedAway++;
      const seconds = Number(answer.headers.get('retry-after'));
      assert.ok(seconds >= 1);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  };
  await Promise.all(calls.map(send));
  assert.ok(turnedAway > 0, 'the queue was full at some time');
  assert.equal(accepted, 60_000);
  assert.equal((await assertVerified(server)).events, 60_000);
});
