/** Models that need all journeys: the report fits them, and says what hw says of the same journeys. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { hwPath, random, seed } from '../node/hosts.ts';
import { type Json, type Server, send, siteConfig, startServer } from './helpers.ts';

const MODELS = ['markov', 'shapley', 'shapley_rate', 'shapley_ordered'];
const DAY = 86_400_000;
const start = Date.now() - 40 * DAY;

let server: Server;
before(async () => {
  const models = ['last', 'linear', ...MODELS];
  server = await startServer({
    shop: siteConfig({ shards: 3, models }),
    mixed: siteConfig({ shards: 1, models, api_key_secret: 'MIXED' }),
    empty: siteConfig({ shards: 1, models, api_key_secret: 'EMPTY' }),
  });
  const pick = random(seed('fitted models'));
  const sources = ['google', 'news', 'facebook', 'bing'];
  const events: Json[] = [];
  for (let visitor = 0; visitor < 150; visitor++) {
    let at = start + pick(20 * DAY);
    for (let touch = 1 + pick(5); touch > 0; touch--) {
      at += 3_600_000 + pick(DAY);
      const source = sources[pick(4)] ?? 'google';
      events.push({
        event_id: `t${visitor}.${touch}`,
        name: 'page_view',
        visitor_id: `v${visitor}`,
        occurred_at: at,
        source: {
          source,
          medium: source === 'news' ? 'email' : 'cpc',
          campaign: `c${pick(3)}`,
        },
      });
    }
    if (pick(2))
      events.push({
        event_id: `o${visitor}`,
        name: 'purchase',
        visitor_id: `v${visitor}`,
        occurred_at: at + 60_000,
        order_id: `order ${visitor}`,
        value: `${pick(300)}.${10 + pick(90)}`,
        currency: 'USD',
      });
  }
  // Half of the touches name no campaign.
  const half = events.slice(0, 60).map((event) => ({
    ...event,
    ...(event.source && { source: { ...event.source, campaign: pick(2) ? 'c1' : '' } }),
  }));
  await send(server, 'mixed', half);
  for (let i = 0; i < events.length; i += 200) await send(server, 'shop', events.slice(i, i + 200));
});
after(() => server?.[Symbol.asyncDispose]());

const fit = async (query: string, site = 'shop'): Promise<Json> => {
  const { status, json, text } = await server.api(`/v1/report?site=${site}&${query}`, { site });
  assert.equal(status, 200, text);
  return json;
};

for (const model of MODELS)
  test(`${model} is what hw attribute says of the exported journeys`, async () => {
    const { text: csv } = await server.api('/v1/journeys?site=shop&format=csv');
    for (const dimension of ['channel', 'source', 'campaign']) {
      const args = ['attribute', '-', '--model', model, '--format', 'csv'];
      // Another column in the channel's place.
      const input =
        dimension === 'channel'
          ? csv
          : csv.replace(/^.*\n/, (head) =>
              head.replace('channel', 'group').replace(`,${dimension},`, ',channel,'),
            );
      const { status, stdout, stderr } = spawnSync(hwPath, args, { input, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      const expected = new Map<string, [number, number]>();
      for (const line of stdout.trim().split('\n').slice(1)) {
        const [, name = '', conversions = '', value = ''] = line.split(',');
        const key = name.replace(/ \((opener|middle|closer)\)$/, '');
        const [c, v] = expected.get(key) ?? [0, 0];
        expected.set(key, [c + Math.round(+conversions * 1e6), v + Math.round(+value * 1e6)]);
      }
      const { rows, total } = await fit(`model=${model}&dimension=${dimension}`);
      const shown = rows.map((row: Json) => [
        row[dimension],
        [Math.round(row.conversions * 1e6), Math.round(row.value * 1e6)],
      ]);
      assert.deepEqual(
        Object.fromEntries(shown),
        Object.fromEntries([...expected].filter(([, [c, v]]) => c || v)),
        dimension,
      );
      const { total: linear } = await fit('model=linear');
      assert.deepEqual(total, linear, 'and sums to what was sold');
    }
  });

test('a period takes its conversions only, and compare sets rules and fits side by side', async () => {
  const to = new Date(start + 12 * DAY).toISOString().slice(0, 10);
  const { total } = await fit(`model=markov&to=${to}`);
  const { total: linear } = await fit(`model=linear&to=${to}`);
  assert.ok(total.conversions > 5);
  assert.deepEqual(total, linear);
  const { json } = await server.api('/v1/compare?site=shop&models=last,markov,shapley_rate');
  assert.deepEqual(json.meta.models, ['last', 'markov', 'shapley_rate']);
  const { rows } = await fit('model=markov');
  for (const row of json.rows) {
    const alone = rows.find((each: Json) => each.channel === row.channel);
    assert.deepEqual(row.models.markov, {
      conversions: alone?.conversions ?? 0,
      value: alone?.value ?? 0,
    });
  }
  const { rows: campaigns } = (
    await server.api('/v1/compare?site=mixed&models=linear,markov&dimension=campaign', {
      site: 'mixed',
    })
  ).json;
  const names = campaigns.map((row: Json) => row.campaign);
  assert.deepEqual([...names].sort(), ['(not set)', 'c1']);
  const split = await server.api('/v1/report?site=shop&model=markov&metrics=value,gross');
  assert.deepEqual([split.status, split.json.code], [400, 'invalid_query']);
  const none = await fit('model=markov', 'empty');
  assert.deepEqual([none.rows, none.total], [[], { conversions: 0, value: 0 }]);
});
