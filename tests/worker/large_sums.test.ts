/** Sums past 2^53 micros stay exact and disable nothing: verify, a change of windows, reports. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertVerified, siteConfig, startServer } from './helpers.ts';

test('a flood of the largest orders leaves the store able to answer', async () => {
  await using server = await startServer();
  const orders = Array.from({ length: 60 }, (_, i) => ({
    event_id: `e${i}`,
    name: 'purchase',
    visitor_id: 'mallory',
    order_id: `o${i}`,
    value: '1000000000',
  }));
  for (let at = 0; at < orders.length; at += 20) {
    const answer = await server.collect({ site: 'shop', events: orders.slice(at, at + 20) });
    assert.equal(answer.status, 202);
  }
  await assertVerified(server);
  const total = async () => {
    const { status, json } = await server.api('/v1/report?site=shop&model=linear');
    assert.equal(status, 200);
    return json.total;
  };
  assert.deepEqual(await total(), { conversions: 60, value: 60_000_000_000 });
  await server.stop();
  await server.restart({ shop: siteConfig({ lookback: { click: '20d', impression: '1d' } }) });
  assert.deepEqual(await total(), { conversions: 60, value: 60_000_000_000 });
  await assertVerified(server);
});
