/** Values in other currencies: turned into the site's by the rate of the day they came. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertVerified, type Json, report, send, siteConfig, startServer } from './helpers.ts';

const sites = (rates: Json) => ({
  shop: siteConfig({ shards: 2, rates, conversions: [{ name: 'purchase', event: 'purchase' }] }),
});
const purchase = (id: string, fields: Json) => ({
  event_id: id,
  name: 'purchase',
  visitor_id: 'v',
  order_id: id,
  value: 100,
  ...fields,
});

test('converted once; a new rate changes nothing that was counted', async () => {
  await using server = await startServer(sites({ EUR: '1.0837', JPY: 0.0067 }));
  const first = [
    purchase('usd', { currency: 'USD' }),
    purchase('eur', { currency: 'eur' }),
    purchase('jpy', { value: 12_345, currency: 'JPY' }),
    purchase('none', {}),
    { event_id: 'back', name: 'refund', order_id: 'eur', value: 50, currency: 'EUR' },
  ];
  await send(server, 'shop', first);
  const worth = 100 + 108.37 + 82.7115 + 100 - 54.185;
  const total = async () => (await report(server, { model: 'last' })).Direct?.[1];
  assert.equal(await total(), Number(worth.toFixed(6)));
  await server.stop();
  await server.restart(sites({ EUR: 2 }));
  assert.equal((await send(server, 'shop', first)).duplicates, first.length);
  assert.equal(await total(), Number(worth.toFixed(6)));
  await send(server, 'shop', [purchase('later', { currency: 'EUR' })]);
  assert.equal(await total(), Number((worth + 200).toFixed(6)));
  await assertVerified(server);
});

test('without a rate: kept, in no total, and said aloud', async () => {
  await using server = await startServer(sites({}));
  const answer = await send(server, 'shop', [
    purchase('eur', { currency: 'EUR' }),
    purchase('usd', { value: 7 }),
    { event_id: 'back', name: 'refund', order_id: 'usd', value: 5, currency: 'EUR' },
  ]);
  assert.equal(answer.accepted, 3);
  const { json } = await server.api('/v1/report?site=shop&model=last');
  assert.deepEqual(json.total, { conversions: 1, value: 7 });
  assert.equal(json.meta.rate_missing, 2);
  const order = (await server.api('/v1/conversions/eur?site=shop')).json;
  assert.deepEqual(order.conversions, []);
  assert.equal(order.arrivals[0].outcome, 'rate_missing');
  await assertVerified(server);
  // The same order in the site's own currency counts after all.
  assert.equal((await send(server, 'shop', [purchase('again', { order_id: 'eur' })])).accepted, 1);
  assert.deepEqual(await report(server, { model: 'last' }), { Direct: [2, 107] });
  await assertVerified(server);
});

test('an amount that grows beyond all amounts is refused by name', async () => {
  await using server = await startServer(sites({ KWD: 3.25 }));
  const { json } = await server.api('/v1/events', {
    body: { site: 'shop', events: [purchase('kwd', { value: 1e9, currency: 'KWD' })] },
  });
  assert.equal(json.refused[0].code, 'value_too_large');
  assert.match(json.refused[0].message, /events\[0\]\.value.*USD/);
});
