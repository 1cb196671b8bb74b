/** Conversions by file that know a click id and nothing else: they join the journey that made the click. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  assertVerified,
  call,
  type Json,
  report,
  type Server,
  send,
  siteConfig,
  startServer,
} from './helpers.ts';

const DAY = 86_400_000;
const PAGE = 'https://shop.example.com/';

let server: Server;
before(async () => {
  const conversions = [
    { name: 'purchase', event: 'purchase' },
    { name: 'lead', event: 'lead' },
  ];
  const site = (key: string) =>
    siteConfig({ conversions, shards: 4, api_key_secret: key, retention: '3000d' });
  server = await startServer(
    Object.fromEntries(
      ['shop', 'aged', 'late', 'order', 'mail', 'ids', 'two'].map((key) => [
        key,
        site(key.toUpperCase()),
      ]),
    ),
  );
});
after(() => server?.[Symbol.asyncDispose]());

const upload = async (site: string, csv: string, query = ''): Promise<Json> => {
  const { status, json, text } = await call(
    `${server.url}/v1/import/conversions?site=${site}${query}`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${server.apiKeys[site]}`, 'content-type': 'text/csv' },
      body: csv,
    },
  );
  assert.equal(status, 202, text);
  return json ?? text;
};
const time = (ms: number) => new Date(ms).toISOString();
const visit = (visitor: string, query: string, at: number) => ({
  name: 'page_view',
  visitor_id: visitor,
  url: `${PAGE}?${query}`,
  occurred_at: at,
});
const credit = (site: string, model = 'last') => report(server, { site, model });

test("a row of Google's template with a click id only joins the click's journey", async () => {
  const now = Date.now();
  await send(server, 'shop', [
    visit('ann', 'utm_source=news&utm_medium=email', now - 3 * DAY),
    visit('ann', 'gclid=Cj-Ann', now - 2 * DAY),
    visit('bob', 'gclid=Cj-Bob', now - 2 * DAY),
  ]);
  const stamp = time(now - DAY)
    .replace('T', ' ')
    .slice(0, 19);
  const csv = [
    'Parameters:TimeZone=+0000',
    'Google Click ID,Conversion Name,Conversion Time,Conversion Value,Conversion Currency',
    `Cj-Ann,purchase,${stamp},40,USD`,
    `Cj-Bob,purchase,${stamp},2,USD`,
    `Cj-Nobody,purchase,${stamp},7,USD`,
  ].join('\n');
  const first = await upload('shop', csv);
  assert.deepEqual([first.rows, first.accepted, first.unmatched, first.duplicates], [3, 3, 1, 0]);
  assert.deepEqual(await credit('shop'), { 'Paid Search': [2, 42], Direct: [1, 7] });
  assert.deepEqual(await credit('shop', 'linear'), {
    Email: [0.5, 20],
    'Paid Search': [1.5, 22],
    Direct: [1, 7],
  });
  const again = await upload('shop', csv);
  assert.deepEqual([again.accepted, again.unmatched, again.duplicates], [0, 0, 3]);
  // Ids keep their case: this is another click.
  const other = await upload(
    'shop',
    csv.replace('Cj-Ann', 'cj-ann').split('\n').slice(0, 3).join('\n'),
  );
  assert.deepEqual([other.accepted, other.unmatched], [1, 1]);
  const lines = await upload(
    'shop',
    `conversion,occurred_at,gclid,value\npurchase,${time(now)},Cj-Ann,1\npurchase,${time(now)},zz,1\n`,
    '&format=csv',
  );
  assert.equal(lines, 'line,outcome,code,message\n2,accepted,,\n3,accepted,unmatched,\nend,2,,\n');
  await assertVerified(server, 'shop');
});

test('any kind of click id will do, in a cookie of its platform too', async () => {
  const now = Date.now();
  const ids =
    'gclid gbraid wbraid dclid fbclid msclkid ttclid li_fat_id twclid epik sccid rdt_cid yclid irclickid cjevent awc tblci dicbo obclid oppref qclid vmcid aleid'.split(
      ' ',
    );
  await send(
    server,
    'ids',
    ids.map((id) => visit(`v-${id}`, `utm_source=s-${id}&utm_medium=x&${id}=X-${id}`, now - DAY)),
  );
  // A pixel or server that only knows the cookie.
  await send(server, 'ids', [
    {
      name: 'page_view',
      visitor_id: 'cookie',
      ids: { _fbc: 'fb.1.1700000000000.CookieId' },
      url: PAGE,
    },
  ]);
  for (const id of ids) {
    const csv = `conversion,occurred_at,${id},value\npurchase,${time(now)},X-${id},1\n`;
    assert.equal((await upload('ids', csv)).unmatched, 0, id);
  }
  const fbc = `conversion,occurred_at,fbc,fbclid,value\npurchase,${time(now)},fb.1.1700000000001.CookieId,,1\nlead,${time(now)},,CookieId,1\n`;
  assert.equal((await upload('ids', fbc)).unmatched, 0);
  const { json } = await server.api('/v1/outcomes?site=ids', { site: 'ids' });
  assert.equal(json.rows.find((row: Json) => row.code === 'accepted').count, 2 * ids.length + 3);
  assert.equal((await upload('shop', fbc)).unmatched, 2, 'sites do not meet');
  await assertVerified(server, 'ids');
});

test('a click as old as the lookback still earns, an older one is known and earns nothing', async () => {
  const now = Date.now();
  await send(server, 'aged', [
    visit('old', 'gclid=old', now - 30 * DAY + 60_000),
    visit('older', 'gclid=older', now - 31 * DAY),
    visit('oldest', 'gclid=oldest', now - 121 * DAY),
  ]);
  const csv = (id: string) => `conversion,occurred_at,gclid,value\npurchase,${time(now)},${id},1\n`;
  assert.equal((await upload('aged', csv('old'))).unmatched, 0);
  assert.equal((await upload('aged', csv('older'))).unmatched, 0);
  assert.deepEqual(await credit('aged'), { 'Paid Search': [1, 1], Direct: [1, 1] });
  assert.equal((await upload('aged', csv('oldest'))).unmatched, 1, 'beyond lookback and upload');
});

test('a click that comes after the file takes its rows over when the file comes again', async () => {
  const now = Date.now();
  const csv = `conversion,occurred_at,msclkid,value\npurchase,${time(now)},m1,9\nlead,${time(now)},m1,1\n`;
  assert.equal((await upload('late', csv)).unmatched, 2);
  assert.deepEqual(await credit('late'), { Direct: [2, 10] });
  await send(server, 'late', [visit('eve', 'msclkid=m1', now - DAY)]);
  const again = await upload('late', csv);
  assert.deepEqual([again.accepted + again.duplicates, again.refused_count], [2, 0]);
  assert.deepEqual(await credit('late'), { 'Paid Search': [2, 10] });
  const third = await upload('late', csv);
  assert.deepEqual([third.accepted, third.duplicates], [0, 2]);
  assert.deepEqual(await credit('late'), { 'Paid Search': [2, 10] });
  await assertVerified(server, 'late');
});

test('an order is counted once, whoever brings it', async () => {
  const now = Date.now();
  await send(server, 'order', [
    visit('dan', 'gclid=d1', now - DAY),
    { name: 'purchase', visitor_id: 'dan', order_id: 'O-1', value: 5, occurred_at: now - 1000 },
  ]);
  const csv = `conversion,occurred_at,gclid,order_id,value\npurchase,${time(now)},d1,O-1,5\npurchase,${time(now)},d1,O-2,6\n`;
  const { accepted, duplicates, unmatched } = await upload('order', csv);
  assert.deepEqual([accepted, duplicates, unmatched], [1, 1, 0]);
  assert.deepEqual(await credit('order'), { 'Paid Search': [2, 11] });
  // The same row without its order is a conversion of its own: a click may convert twice.
  await assertVerified(server, 'order');
});

test('a visitor who has said who it is keeps its clicks; the click goes before the e-mail', async () => {
  const now = Date.now();
  await send(server, 'mail', [
    visit('phone', 'gclid=p1', now - 2 * DAY),
    {
      name: 'sign_up',
      visitor_id: 'phone',
      user: { email: 'fay@example.com' },
      occurred_at: now - DAY,
    },
    visit('laptop', 'fbclid=l1', now - 3 * DAY),
    {
      name: 'sign_up',
      visitor_id: 'laptop',
      user: { email: 'fay@example.com' },
      occurred_at: now - DAY,
    },
    visit('other', 'gclid=x1', now - DAY),
  ]);
  const csv = `conversion,occurred_at,gclid,fbclid,email,value
purchase,${time(now - 1000)},p1,,,10
purchase,${time(now - 1000)},,l1,,20
purchase,${time(now - 1000)},x1,,fay@example.com,40
purchase,${time(now - 1000)},none,,fay@example.com,80
`;
  const { accepted, unmatched } = await upload('mail', csv);
  assert.deepEqual([accepted, unmatched], [4, 1]);
  assert.deepEqual(await credit('mail'), { 'Paid Search': [4, 150] });
  assert.deepEqual(await report(server, { site: 'mail', model: 'first' }), {
    'Organic Social': [3, 110],
    'Paid Search': [1, 40],
  });
  const again = await upload('mail', csv);
  assert.deepEqual([again.accepted, again.duplicates], [0, 4]);
  await assertVerified(server, 'mail');
});

test('of two visitors with one click, the first has it', async () => {
  const now = Date.now();
  await send(server, 'two', [
    visit('second', 'utm_source=b&utm_medium=email&msclkid=shared', now - DAY),
    visit('first', 'utm_source=a&utm_medium=email&msclkid=shared', now - 2 * DAY),
    visit('third', 'utm_source=c&utm_medium=email&msclkid=shared', now - DAY),
  ]);
  await upload('two', `conversion,occurred_at,msclkid,value\npurchase,${time(now)},shared,1\n`);
  assert.deepEqual(await report(server, { site: 'two', model: 'last', dimension: 'source' }), {
    a: [1, 1],
  });
});
