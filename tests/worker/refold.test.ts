/** A change of the settings that credits depend on re-makes the figures from the log, once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertVerified, ORIGIN, report, send, siteConfig, startServer } from './helpers.ts';

const DAY = 86_400_000;

const events = (now: number) => [
  {
    event_id: 'a',
    name: 'page_view',
    visitor_id: 'v',
    occurred_at: now - 20 * DAY,
    url: `${ORIGIN}/?utm_source=facebook&utm_medium=cpc`,
  },
  {
    event_id: 'b',
    name: 'page_view',
    visitor_id: 'v',
    occurred_at: now - 2 * DAY,
    url: `${ORIGIN}/?utm_source=google&utm_medium=cpc`,
  },
  {
    event_id: 'c',
    name: 'purchase',
    visitor_id: 'v',
    occurred_at: now - DAY,
    order_id: 'o',
    value: 12.34,
  },
];

test('other windows and models re-fold the log; duplicates stay duplicates', async () => {
  await using server = await startServer({ shop: siteConfig({ models: ['first', 'last'] }) });
  const now = Date.now();
  await send(server, 'shop', events(now));
  assert.deepEqual(await report(server, { model: 'first' }), { 'Paid Social': [1, 12.34] });
  const { json: missing } = await server.api('/v1/report?site=shop&model=linear');
  assert.equal(missing.code, 'model_unavailable');

  await server.stop();
  await server.restart({
    shop: siteConfig({ models: ['first', 'linear'], lookback: { click: '10d' } }),
  });
  // The facebook click lies outside the shorter window.
  assert.deepEqual(await report(server, { model: 'first' }), { 'Paid Search': [1, 12.34] });
  assert.deepEqual(await report(server, { model: 'linear' }), { 'Paid Search': [1, 12.34] });
  const { json: gone } = await server.api('/v1/report?site=shop&model=last');
  assert.equal(gone.code, 'model_unavailable');
  await assertVerified(server);
  assert.equal((await send(server, 'shop', events(now))).duplicates, 3);

  await server.stop();
  await server.restart({ shop: siteConfig({ models: ['first', 'last'] }) });
  assert.deepEqual(await report(server, { model: 'first' }), { 'Paid Social': [1, 12.34] });
  assert.equal((await assertVerified(server)).events, 3);
});

test('another number of shards is refused with the way back', async () => {
  await using server = await startServer({ shop: siteConfig({ shards: 2 }) });
  await send(server, 'shop', events(Date.now()));
  await server.stop();
  await server.restart({ shop: siteConfig({ shards: 4 }) });
  const { status } = await server.api('/v1/report?site=shop');
  assert.equal(status, 503);
  assert.match(server.log(), /spread over 2 shards.*set it back to 2/);
  await server.stop();
  await server.restart({ shop: siteConfig({ shards: 2 }) });
  assert.deepEqual(await report(server, { model: 'last' }), { 'Paid Search': [1, 12.34] });
});
