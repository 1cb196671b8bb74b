/** Ad spend by file, and what a report says of it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, type Json, type Server, send, siteConfig, startServer } from './helpers.ts';

let server: Server;
before(async () => {
  server = await startServer({
    shop: siteConfig({ shards: 2 }),
    other: siteConfig({ shards: 1, api_key_secret: 'OTHER' }),
  });
});
after(() => server?.[Symbol.asyncDispose]());

const upload = (csv: string, site = 'shop') =>
  call(`${server.url}/v1/import/spend?site=${site}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.apiKeys[site]}`, 'content-type': 'text/csv' },
    body: csv,
  });
const report = async (query: string, site = 'shop'): Promise<Json> => {
  const { status, json, text } = await server.api(`/v1/report?site=${site}&${query}`, { site });
  assert.equal(status, 200, text);
  return json;
};
const cost = async (dimension = 'channel', site = 'shop') =>
  Object.fromEntries(
    (await report(`dimension=${dimension}&metrics=cost`, site)).rows.map((row: Json) => [
      row[dimension],
      row.cost,
    ]),
  );
const day = new Date().toISOString().slice(0, 10);

test('a day of a source that comes again is replaced, other sources stay', async () => {
  const google = `date,source,medium,campaign,cost,currency,clicks,impressions
${day},google,cpc,brand,10.10,USD,5,100
${day},google,cpc,generic,20.20,USD,7,300
${day},google,cpc,generic,0.05,USD,1,1
`;
  const first = await upload(google);
  assert.deepEqual(
    [first.status, first.json.accepted, first.json.refused],
    [202, 3, []],
    first.text,
  );
  await upload(google);
  assert.deepEqual(await cost(), { 'Paid Search': 30.35 });
  await upload(`Day;Platform;Amount spent\n${day};facebook;7.5\n`);
  await upload(`date,source,medium,campaign,cost\n${day},google,cpc,brand,11\n`);
  assert.deepEqual(await cost('source'), { google: 11, facebook: 7.5 });
  assert.deepEqual(await cost('campaign'), { brand: 11, '(not set)': 7.5 });
  assert.deepEqual(await cost('channel', 'other'), {}, 'tenants are apart');
});

test('a report sets cost beside credit, and says null where there is nothing to divide by', async () => {
  await send(server, 'other', [
    {
      name: 'purchase',
      visitor_id: 'v',
      order_id: '1',
      value: '100.01',
      currency: 'USD',
      source: { source: 'google', medium: 'cpc' },
    },
    { name: 'purchase', visitor_id: 'w', order_id: '2', value: 50, currency: 'USD' },
  ]);
  await upload(
    `date,channel,source,cost,clicks,impressions\n${day},,google,30,10,1000\n${day},Paid Social,meta,12.34,4,500\n`,
    'other',
  );
  // A source alone is not known to be paid for; its medium says so.
  await upload(
    `date,source,medium,cost,clicks,impressions\n${day},google,cpc,30,10,1000\n`,
    'other',
  );
  const metrics = 'conversions,value,aov,cost,clicks,impressions,roas,cpa';
  const { rows, total, meta } = await report(`model=last&metrics=${metrics}`, 'other');
  assert.deepEqual(rows, [
    {
      channel: 'Paid Search',
      conversions: 1,
      value: 100.01,
      aov: 100.01,
      cost: 30,
      clicks: 10,
      impressions: 1000,
      roas: 3.333667,
      cpa: 30,
    },
    {
      channel: 'Direct',
      conversions: 1,
      value: 50,
      aov: 50,
      cost: 0,
      clicks: 0,
      impressions: 0,
      roas: null,
      cpa: 0,
    },
    {
      channel: 'Paid Social',
      conversions: 0,
      value: 0,
      aov: null,
      cost: 12.34,
      clicks: 4,
      impressions: 500,
      roas: 0,
      cpa: null,
    },
  ]);
  assert.equal(total.cost, 42.34);
  assert.equal(total.roas, 3.542985);
  assert.deepEqual(meta.null_means, {
    aov: 'no conversions',
    roas: 'no cost',
    cpa: 'no conversions',
  });
  const before = await report(`metrics=cost&to=2020-01-01`, 'other');
  assert.deepEqual(before.rows, []);
});

test('files of one day at once: one stands, whole; channels without a source are apart', async () => {
  const day = '2026-03-03';
  const rows = Array.from({ length: 3500 }, (_, i) => `${day},conc,c${i},1`).join('\n');
  const csv = `date,source,campaign,cost\n${rows}\n`;
  const answers = await Promise.all([upload(csv), upload(csv), upload(csv)]);
  for (const { json } of answers) assert.equal(json.accepted, 3500);
  const cost = async (query: string) =>
    (await report(`from=${day}&to=${day}&metrics=cost&${query}`)).rows.map((r: Json) => r.cost);
  assert.deepEqual(await cost('dimension=source'), [3500]);
  await upload(`date,channel,cost\n2026-03-04,TV,100\n`);
  await upload(`date,channel,cost\n2026-03-04,Radio,50\n`);
  const { rows: both } = await report('from=2026-03-04&to=2026-03-04&metrics=cost');
  assert.deepEqual(
    both.map((row: Json) => [row.channel, row.cost]),
    [
      ['TV', 100],
      ['Radio', 50],
    ],
  );
  // A file that breaks off stands up to there.
  const broken = await upload(`date,source,cost\n2026-03-05,x,7\n2026-03-05,"x"y,1\n`);
  assert.equal(broken.status, 400);
  const { rows: kept } = await report(
    'from=2026-03-05&to=2026-03-05&metrics=cost&dimension=source',
  );
  assert.deepEqual(
    kept.map((row: Json) => [row.source, row.cost]),
    [['x', 7]],
  );
});

test('rows and queries that are wrong say so', async () => {
  const { json } = await upload(`date,channel,cost,currency,clicks
2026-13-01,Email,1,USD,0
${day},Email,one,USD,0
${day},Email,-1,USD,0
${day},Email,1,EUR,0
${day},Email,1,USD,many
${day},,1,USD,0
${day},Email,1,USD
`);
  assert.deepEqual([json.rows, json.accepted, json.refused_count], [7, 0, 7]);
  const messages = json.refused.map((row: Json) => `${row.line} ${row.code}: ${row.message}`);
  for (const [i, pattern] of [
    /^2 invalid_row: date: expected a date/,
    /^3 invalid_row: cost: expected a decimal amount/,
    /^4 invalid_row: cost/,
    /^5 currency_unsupported/,
    /^6 invalid_row: clicks: expected a whole number/,
    /^7 invalid_row: give a channel or a source/,
    /^8 invalid_row: the row has 4 fields, the header 5/,
  ].entries())
    assert.match(messages[i], pattern);
  for (const head of ['date,cost', 'date,channel,cost,spend', 'date,channel,cost,__proto__x,cost'])
    assert.equal((await upload(`${head}\n`)).json.code, 'invalid_csv', head);
  for (const query of ['metrics=profit', 'metrics=cost&dimension=term', 'metrics=']) {
    const { status, json: problem } = await server.api(`/v1/report?site=shop&${query}`);
    assert.deepEqual([status, problem.code], [400, 'invalid_query'], query);
  }
});
