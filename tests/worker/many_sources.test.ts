/** A new name in every link: the ledger keeps the first sources apart and sums the rest, to the micro. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertVerified, type Json, siteConfig, startServer } from './helpers.ts';

const CALL = 1000;

test('more sources than a shard keeps apart', async () => {
  const conversions = [{ name: 'purchase', event: 'purchase' }];
  await using server = await startServer({ shop: siteConfig({ shards: 1, conversions }) });
  let made = 0;
  const sale = (source: Record<string, string>) => {
    made++;
    return {
      event_id: `e${made}`,
      visitor_id: `v${made}`,
      name: 'purchase',
      kind: 'click',
      value: '0.01',
      source,
    };
  };
  const mail = { channel: 'Email', source: 'news', medium: 'email' };
  const events = [
    // Full at 10,000 sources: then terms go; campaigns at 12,000, sources at 13,500, channels at 14,500.
    ...Array.from({ length: 10_300 }, (_, i) =>
      sale({ ...mail, campaign: 'spring', term: `t${i}` }),
    ),
    ...Array.from({ length: 2_500 }, (_, i) => sale({ ...mail, campaign: `c${i}`, term: 'x' })),
    ...Array.from({ length: 2_000 }, (_, i) =>
      sale({ ...mail, source: `s${i}`, campaign: 'late' }),
    ),
    ...Array.from({ length: 1_500 }, (_, i) => sale({ ...mail, channel: `h${i}` })),
  ];
  const send = async (list: Json[]) => {
    const { status, text } = await server.api('/v1/events', {
      body: { site: 'shop', events: list },
    });
    assert.equal(status, 202, text);
  };
  for (let at = 0; at < events.length; at += CALL) await send(events.slice(at, at + CALL));

  const rowsBy = async (dimension: string) => {
    const query = `/v1/report?site=shop&model=last&dimension=${dimension}`;
    const { json } = await server.api(query);
    const rows = new Map<string, Json>(json.rows.map((row: Json) => [row[dimension], row]));
    return { rows, total: json.total, meta: json.meta };
  };
  const check = async (sales: number) => {
    const others: Record<string, number> = {};
    for (const dimension of ['channel', 'source', 'medium', 'campaign', 'term']) {
      const { rows, total, meta } = await rowsBy(dimension);
      assert.equal(total.conversions, sales, dimension);
      assert.equal(Math.round(total.value * 100), sales, dimension);
      const listed = [...rows.values()].reduce((sum, { conversions }) => sum + conversions, 0);
      assert.equal(Math.round(listed), sales, dimension);
      others[dimension] = rows.get('(other)')?.conversions ?? 0;
      if ((others[dimension] ?? 0) > 0) assert.match(meta.other_means, /10,000 sources/);
      else assert.equal(meta.other_means, undefined);
    }
    return others;
  };
  const others = await check(events.length);
  assert.deepEqual(others, {
    // One row of each coarser grain takes the place of a name.
    channel: 1_500 - 999,
    source: 2_000 - 1_499 + 1_500,
    medium: 2_000 - 1_499 + 1_500,
    campaign: 2_500 - 1_999 + 2_000,
    term: 300 + 2_500,
  });
  await assertVerified(server);

  // What was known stays known, and what was not stays where it was, after a restart and for a refund.
  await server.kill();
  await server.restart();
  const order = { ...sale({ ...mail, channel: 'h1499' }), order_id: 'o-1' };
  await send([sale({ ...mail, campaign: 'spring', term: 't7' }), order]);
  await send([
    { event_id: 'r', visitor_id: order.visitor_id, name: 'refund', order_id: 'o-1', value: '0.01' },
  ]);
  const { rows } = await rowsBy('term');
  assert.equal(rows.get('t7')?.conversions, 2);
  const channels = await rowsBy('channel');
  assert.equal(channels.rows.get('(other)')?.conversions, others.channel! + 1);
  assert.equal(Math.round(channels.rows.get('(other)')?.value * 100), others.channel);
  await assertVerified(server);
});
