/** Models side by side say what each report says alone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Json, report, type Server, send, siteConfig, startServer } from './helpers.ts';

const MINUTE = 60_000;
const start = Date.now() - 10 * 24 * 60 * MINUTE;
let server: Server;
before(async () => {
  const conversions = [{ name: 'purchase', event: 'purchase' }];
  server = await startServer({
    shop: siteConfig({ shards: 3, conversions, models: ['last', 'first', 'linear', 'markov'] }),
    empty: siteConfig({ shards: 2 }),
  });
  const events: Json[] = [];
  for (let i = 0; i < 60; i++) {
    const visitor_id = `v${i % 20}`;
    events.push({
      event_id: `e${i}`,
      occurred_at: start + i * MINUTE,
      visitor_id,
      ...(i < 50
        ? { name: 'page_view', source: { source: `s${i % 7}`, medium: i % 2 ? 'cpc' : 'email' } }
        : { name: 'purchase', order_id: `o${i}`, value: i / 3 }),
    });
  }
  await send(server, 'shop', events);
});
after(() => server[Symbol.asyncDispose]());

for (const dimension of ['channel', 'source']) {
  for (const basis of ['conversion', 'touch', 'refund']) {
    test(`by ${dimension}, on the day of the ${basis}`, async () => {
      const { status, json, text } = await server.api(
        `/v1/compare?site=shop&models=first,linear,last&dimension=${dimension}&basis=${basis}`,
      );
      assert.equal(status, 200, text);
      assert.deepEqual(json.meta.models, ['first', 'linear', 'last']);
      for (const model of json.meta.models) {
        const alone = await report(server, { model, dimension, basis });
        const shown = json.rows
          .map((row: Json) => [row[dimension], row.models[model]])
          .filter(([, { conversions, value }]: [string, Json]) => conversions || value);
        assert.deepEqual(
          Object.fromEntries(
            shown.map(([key, { conversions, value }]: [string, Json]) => [
              key,
              [conversions, value],
            ]),
          ),
          alone,
        );
        const { json: whole } = await server.api(
          `/v1/report?site=shop&model=${model}&dimension=${dimension}&basis=${basis}`,
        );
        assert.deepEqual(json.total[model], whole.total);
      }
    });
  }
}

test('without a list: the models that are kept; without events: no rows', async () => {
  const { json } = await server.api('/v1/compare?site=shop');
  assert.deepEqual(json.meta.models, ['last', 'first', 'linear']);
  const { json: empty } = await server.api('/v1/compare?site=empty&models=last', { site: 'empty' });
  assert.deepEqual([empty.rows, empty.total], [[], { last: { conversions: 0, value: 0 } }]);
});

test('a model that there is not, or is not kept, is refused by name', async () => {
  for (const [models, code] of [
    ['last,lats', 'model_unknown'],
    ['last,hazard', 'model_unavailable'],
    ['position', 'model_unavailable'],
    ['', 'model_unknown'],
  ]) {
    const { status, json } = await server.api(`/v1/compare?site=shop&models=${models}`);
    assert.deepEqual([status, json.code], [400, code], models);
  }
  assert.equal((await server.api('/v1/compare?site=shop', { key: 'wrong' })).status, 403);
});
