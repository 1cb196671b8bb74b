/** What Markov and Shapley are fitted from: sums that say what the journeys say, for any question. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { hwPath, random, seed } from '../node/hosts.ts';
import {
  assertFitted,
  assertVerified,
  type Json,
  type Server,
  send,
  siteConfig,
  startServer,
} from './helpers.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** The window of impressions. */
const IMPRESSION = DAY;
/** Begins with a day, so that days are those of the site. */
const start = Math.floor(Date.now() / DAY) * DAY - 60 * DAY;
const MODELS = ['markov', 'shapley', 'shapley_rate', 'shapley_ordered'];
const conversions = [
  { name: 'purchase', event: 'purchase' },
  { name: 'lead', event: 'sign_up', value: '5' },
];
const config = (models: string[]) => ({
  shop: siteConfig({
    shards: 2,
    models,
    conversions,
    timezone: 'UTC',
    lookback: { click: '10d', impression: '1d' },
  }),
});

/** Names that would break a list of names. */
const CAMPAIGNS = ['a > b', 'c, "d"', '', 'e', '(other)'];

function lives(people: number): Json[] {
  const pick = random(seed('path counts'));
  const events: Json[] = [];
  for (let i = 0; i < people; i++) {
    const person = { visitor_id: `v${i}` };
    let at = start + pick(20) * DAY;
    for (let n = 1 + pick(9); n > 0; n--) {
      at += pick(5) * DAY + pick(9) * HOUR + 1;
      const id = { ...person, event_id: `${i}.${n}`, occurred_at: at };
      const what = pick(10);
      if (what === 0) events.push({ ...id, name: 'sign_up' });
      else if (what === 1) {
        const value = `${10 + pick(90)}.${10 + pick(90)}`;
        events.push({ ...id, name: 'purchase', order_id: `o${i}.${n}`, value });
        if (pick(3) === 0)
          events.push({
            name: 'refund',
            order_id: `o${i}.${n}`,
            value: '3.01',
            event_id: `r${i}.${n}`,
          });
      } else
        events.push({
          ...id,
          name: 'page_view',
          kind: what < 4 ? 'impression' : 'click',
          source: {
            source: `s${pick(3)}`,
            medium: pick(2) ? 'email' : 'cpc',
            campaign: CAMPAIGNS[pick(CAMPAIGNS.length)],
          },
        });
    }
  }
  return events;
}

async function tell(server: Server, events: readonly Json[]): Promise<void> {
  for (let i = 0; i < events.length; i += 500) await send(server, 'shop', events.slice(i, i + 500));
}

interface Question {
  from?: number;
  to?: number;
  asked?: string[];
  dimension: string;
}

/** The paths of the journeys that /v1/journeys shows, as a file for hw; names stand as numbers. */
async function naivePaths(server: Server, question: Question): Promise<[string, string[]]> {
  const { from = -1e9, to = 1e9, asked = ['purchase', 'lead'], dimension } = question;
  const names: string[] = [];
  const nameOf = (touch: Json) => {
    if (!names.includes(touch[dimension])) names.push(touch[dimension]);
    return names.indexOf(touch[dimension]);
  };
  const dayOf = (at: number) => Math.floor(at / DAY);
  const within = (at: number) => dayOf(at) >= from && dayOf(at) <= to;
  let csv = 'path,total_conversions,total_conversion_value,total_null\n';
  for (let after = ''; ; ) {
    const page = `&limit=100${after && `&after=${after}`}`;
    const { json } = await server.api(`/v1/journeys?site=shop${page}`);
    for (const journey of json.journeys) {
      const touches = journey.touches
        .filter(({ counts }: Json) => counts)
        .map((touch: Json) => ({ ...touch, at: Date.parse(touch.time) }));
      const earning = (list: Json[], end: number) =>
        list.filter(
          ({ at, interaction }) =>
            at <= end && end - at <= (interaction === 'impression' ? IMPRESSION : 10 * DAY),
        );
      const row = (list: Json[], rest: string) => {
        const direct = { channel: 'Direct', source: '(direct)', medium: '(none)', campaign: '' };
        const path = list.length > 0 ? list : [direct];
        csv += `${path.map(nameOf).join(' > ')},${rest}\n`;
      };
      let last = Number.NEGATIVE_INFINITY;
      for (const { time, conversion, value } of journey.conversions) {
        if (!asked.includes(conversion)) continue;
        const at = Date.parse(time);
        last = Math.max(last, at);
        if (within(at)) row(earning(touches, at), `1,${value},0`);
      }
      const rest = touches.filter(({ at }: Json) => at > last);
      const newest = rest.at(-1);
      if (newest && within(newest.at)) row(earning(rest, newest.at), '0,0,1');
    }
    if (json.next === null) return [csv, names];
    after = json.next;
  }
}

async function assertAsNaive(server: Server, question: Question): Promise<void> {
  const [input, names] = await naivePaths(server, question);
  const date = (day: number) => new Date(day * DAY).toISOString().slice(0, 10);
  const { from, to, asked, dimension } = question;
  for (const model of MODELS) {
    const query = new URLSearchParams({ site: 'shop', model, dimension });
    if (from !== undefined) query.set('from', date(from));
    if (to !== undefined) query.set('to', date(to));
    if (asked) query.set('conversion', asked.join());
    const { status, json, text } = await server.api(`/v1/report?${query}`);
    assert.equal(status, 200, text);
    const args = ['attribute', '-', '--model', model, '--format', 'csv'];
    const hw = spawnSync(hwPath, args, { input, encoding: 'utf8' });
    assert.equal(hw.status, 0, hw.stderr);
    const expected = new Map<string, number[]>();
    for (const line of hw.stdout.trim().split('\n').slice(1)) {
      const [, name = '', ...amounts] = line.split(',');
      const key = names[Number(name.replace(/ \(.*$/, ''))]! || '(not set)';
      const sum = expected.get(key) ?? [0, 0];
      expected.set(
        key,
        sum.map((n, i) => n + Math.round(Number(amounts[i]) * 1e6)),
      );
    }
    const label = `${model} ${JSON.stringify(question)}`;
    assert.ok(json.rows.length > 1, label);
    for (const row of json.rows) {
      const amounts = [row.conversions, row.value].map((n) => Math.round(n * 1e6));
      const [c, v] = expected.get(row[dimension]) ?? [0, 0];
      // The same paths in another order: whole micros may fall to another name.
      assert.ok(Math.abs(amounts[0]! - c!) <= 2 && Math.abs(amounts[1]! - v!) <= 2, label);
      expected.delete(row[dimension]);
    }
    const left = [...expected].filter(([, [c, v]]) => c || v);
    assert.deepEqual(left, [], label);
  }
}

test('any period, any conversions, any dimension: as the journeys say', async () => {
  await using server = await startServer(config(['linear', ...MODELS]));
  const events = lives(300);
  await tell(server, events.slice(0, 700));
  await assertFitted(server);
  await tell(server, events.slice(700));
  const [first, last] = [start / DAY + 15, start / DAY + 25];
  for (const question of [
    { dimension: 'channel' },
    { dimension: 'campaign' },
    { dimension: 'source', from: first, to: last },
    { dimension: 'campaign', from: first, asked: ['purchase'] },
    { dimension: 'source', asked: ['lead'] },
    { dimension: 'medium', to: last, asked: ['lead', 'purchase'] },
  ])
    await assertAsNaive(server, question);
  await assertFitted(server);
  await assertVerified(server);
});

test('a model that comes later, a kill in between, a count that is wrong', async () => {
  await using server = await startServer(config(['linear']));
  const events = lives(6000);
  await tell(server, events);
  await server.stop();
  await server.restart(config(['linear', 'first', ...MODELS]));
  // While all persons are counted for the first time.
  const asked = server.api('/v1/report?site=shop&model=shapley').catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 60));
  await server.kill();
  await asked;
  await server.restart();
  await tell(server, [
    {
      name: 'page_view',
      visitor_id: 'v1',
      event_id: 'late',
      occurred_at: start,
      source: { source: 's1' },
    },
    {
      name: 'refund',
      order_id: events.find((event) => event.name === 'purchase')?.order_id,
      event_id: 'late refund',
    },
  ]);
  await assertFitted(server);
  await assertVerified(server);
  await server.stop();

  let changed = 0;
  for (const file of globSync('objects/**/*.sqlite', { cwd: server.dataDir })) {
    const database = new DatabaseSync(path.join(server.dataDir, file));
    if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'path_counts'").get()) {
      const { changes } = database
        .prepare(
          'UPDATE path_counts SET nulls = nulls + 1 WHERE nulls > 0 AND day = (SELECT min(day) FROM path_counts)',
        )
        .run();
      changed += Number(changes);
    }
    database.close();
  }
  assert.ok(changed > 0);
  await server.restart();
  const { json } = await server.api('/v1/verify?site=shop');
  assert.equal(json.equal, false);
  assert.match(json.differences[0], /^shard \d: path .* stored, not so$/);
});
