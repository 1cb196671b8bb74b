/** Both files of journeys: hw makes the same of them, leads are no orders, and neither is told of persons. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { hwPath, random, seed } from '../node/hosts.ts';
import { type Json, type Server, send, siteConfig, startServer } from './helpers.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const start = Date.now() - 30 * DAY;
const PERSONS = 1200;

let server: Server;
let folder: string;
const file: Record<'csv' | 'binary', string> = { csv: '', binary: '' };
const bytes: Record<string, Uint8Array> = {};

const sources = [
  { source: 'google', medium: 'cpc', campaign: 'Sömmer, "sale"', term: 'shoes' },
  { source: 'facebook', medium: 'paid_social', campaign: '', content: 'video, long' },
  { source: 'klaviyo', medium: 'email', campaign: 'c3' },
  { source: 'news.example.org', medium: 'referral' },
];

/** A person's life: clicks, views and visits, some direct; orders, refunds, leads; some at one instant. */
function life(person: number, pick: (below: number) => number): Json[] {
  let at = start + pick(15 * DAY);
  let made = 0;
  const event = (name: string, more: Json): Json => ({
    event_id: `${person}.${++made}`,
    name,
    visitor_id: `visitor-${person}`,
    occurred_at: at,
    ...more,
  });
  const events: Json[] = [];
  for (let touch = pick(5); touch > 0; touch--) {
    // Some within a visit, where a direct touch earns nothing.
    at += pick(2) ? 60_000 : HOUR + pick(2 * DAY);
    const source = sources[pick(6)];
    const kind = (['click', 'impression', 'visit'] as const)[pick(3)];
    events.push(
      event('page_view', source ? { source, kind } : { url: 'https://shop.example.com/' }),
    );
  }
  at += pick(3) * 60_000;
  if (pick(4) === 0) events.push(event('sign_up', {}));
  if (pick(4) === 0) events.push(event('callback', { value: '12.5' }));
  at += pick(2) * HOUR;
  for (let order = pick(3); order > 0; order--) {
    const id = pick(5) ? { order_id: `order ${person}.${order}` } : {};
    events.push(event('purchase', { ...id, value: `${1 + pick(90)}.${pick(90) + 10}` }));
    if ('order_id' in id && pick(4) === 0) {
      at += HOUR;
      events.push(event('refund', { ...id, value: '0.75' }));
    }
    at += pick(2) * DAY;
  }
  return events;
}

const url = (format: string) => `${server.url}/v1/journeys?site=shop&format=${format}`;
const headers = () => ({ authorization: `Bearer ${server.apiKeys.shop}` });

before(async () => {
  server = await startServer({
    shop: siteConfig({
      shards: 2,
      models: ['last', 'first'],
      conversions: [
        { name: 'purchase', event: 'purchase', count: 'every' },
        { name: 'signup', event: 'sign_up', count: 'once' },
        { name: 'inquiry', event: 'callback', count: 'every' },
        { name: 'lead', url: '/thank-you*', value: 25, currency: 'USD' },
      ],
    }),
    empty: siteConfig({ shards: 1, api_key_secret: 'EMPTY' }),
  });
  const pick = random(seed('export of journeys'));
  const events = Array.from({ length: PERSONS }, (_, person) => life(person, pick)).flat();
  for (let i = 0; i < events.length; i += 500) await send(server, 'shop', events.slice(i, i + 500));
  folder = mkdtempSync(path.join(tmpdir(), 'headwater-export-'));
  for (const format of ['csv', 'binary'] as const) {
    const response = await fetch(url(format), { headers: headers() });
    assert.equal(response.status, 200);
    bytes[format] = await response.bytes();
    file[format] = path.join(folder, `journeys.${format}`);
    writeFileSync(file[format], bytes[format]);
  }
});
after(async () => {
  await server?.[Symbol.asyncDispose]();
  if (folder) rmSync(folder, { recursive: true });
});

const hw = (...args: string[]): string => {
  const { status, stdout, stderr } = spawnSync(hwPath, args, { encoding: 'utf8' });
  assert.equal(status, 0, `hw ${args.join(' ')}: ${stderr}`);
  return stdout;
};

test('every model, path and customer is the same of both files', () => {
  const asks = [
    ['attribute', '--model', 'all'],
    ['attribute', '--model', 'all', '--columns', 'channel=source'],
    ['attribute', '--model', 'linear,w_shaped', '--journey', 'reset', '--lookback', '2d'],
    ['attribute', '--model', 'last', '--bootstrap', '20', '--seed', '7'],
    ['paths', '--top', '1000'],
    ['markov', '--order', '2'],
    ['ltv', '--format', 'json'],
  ];
  for (const [command = '', ...options] of asks) {
    const [csv, binary] = [file.csv, file.binary].map((each) => hw(command, ...options, each));
    assert.ok(csv!.length > 200, csv);
    assert.equal(binary, csv, `${command} ${options.join(' ')}`);
  }
  const sizes = [bytes.csv!.length, bytes.binary!.length];
  assert.ok(sizes[1]! < sizes[0]! / 5, `CSV ${sizes[0]} bytes, binary ${sizes[1]}`);
  assert.notDeepEqual(
    hw('attribute', '--model', 'last', '--columns', 'channel=source', file.binary),
    hw('attribute', '--model', 'last', file.binary),
  );
});

test('attribution counts leads as the report does; customers are who ordered', async () => {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  const period = `from=${day(start - DAY)}&to=${day(Date.now() + DAY)}`;
  for (const model of ['last', 'first']) {
    const { json } = await server.api(`/v1/report?site=shop&model=${model}&${period}`);
    const rows = hw('attribute', '--model', model, file.binary).trim().split('\n').slice(1);
    const earned = rows.map((row) => row.split(',')).filter(([, , ...sums]) => sums.some(Number));
    assert.deepEqual(
      Object.fromEntries(
        earned.map(([, name, count, value]) => [name, [count, value].map(Number)]),
      ),
      Object.fromEntries(json.rows.map((row: Json) => [row.channel, [row.conversions, row.value]])),
      model,
    );
  }
  const { total, meta } = (await server.api(`/v1/kpis?site=shop&leads=signup,lead&${period}`)).json;
  assert.deepEqual(meta.orders, ['purchase', 'inquiry']);
  const figures = new Map(
    hw('ltv', file.binary)
      .split('\n')
      .map((row) => row.split(','))
      .map(([kind, key, name, figure]) => [`${kind},${key},${name}`, Number(figure)]),
  );
  assert.ok(total.orders > 500 && total.leads + total.leads_who_had_bought > 200);
  assert.equal(figures.get('all,,orders'), total.orders);
  assert.equal(figures.get('all,,value'), total.net);
  assert.equal(figures.get('all,,customers'), total.new_customers);
  const leads = [...figures].filter(([key]) => /^lead_cohort,.*,leads$/.test(key));
  assert.equal(
    leads.reduce((sum, [, count]) => sum + count, 0),
    total.leads,
  );
});

test('the CSV names conversions', () => {
  const [header, ...rows] = new TextDecoder().decode(bytes.csv).trimEnd().split('\n');
  assert.ok(header!.endsWith(',interaction,conversion,value,order_id,action'));
  const kinds = new Map<string, Set<string>>();
  for (const row of rows) {
    const conversion = /,,,,,([a-z_]*),1,[^,]*,[0-9a-f]*,(.*)$/.exec(row);
    if (!conversion) assert.match(row, /,(click|impression|visit),,,,$/);
    else kinds.set(conversion[2]!, (kinds.get(conversion[2]!) ?? new Set()).add(conversion[1]!));
  }
  assert.deepEqual([...kinds].map(([name, cells]) => [name, ...cells]).sort(), [
    ['inquiry', ''],
    ['purchase', ''],
    ['signup', 'lead'],
  ]);
});

test('the binary file is of its type, says nothing of persons, and is refused when it is cut off', async () => {
  const response = await fetch(url('binary'), { headers: headers() });
  assert.equal(response.headers.get('content-type'), 'application/vnd.headwater.journeys');
  assert.match(response.headers.get('content-disposition')!, /"shop-journeys\.hwj"$/);
  const again = await response.bytes();
  assert.deepEqual(again, bytes.binary, 'the same journeys, the same bytes');
  const text = Buffer.from(again).toString('latin1');
  assert.ok(text.includes('purchase') && text.includes('shoes'));
  assert.ok(!text.includes('visitor-') && !text.includes('order '));
  for (const part of [0.5, 0.99]) {
    const cut = path.join(folder, 'cut.hwj');
    writeFileSync(cut, again.subarray(0, Math.floor(again.length * part)));
    const { status, stdout, stderr } = spawnSync(hwPath, ['attribute', cut], { encoding: 'utf8' });
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, /cut\.hwj: the file of journeys was cut off after \d+ bytes/);
  }
  const none = await fetch(`${server.url}/v1/journeys?site=empty&format=binary`, {
    headers: { authorization: `Bearer ${server.apiKeys.empty}` },
  });
  const empty = path.join(folder, 'empty.hwj');
  writeFileSync(empty, await none.bytes());
  assert.equal(hw('attribute', '--model', 'last', empty), 'model,channel,conversions,value\n');
});

test('a client that goes away in the middle does no harm', async () => {
  for (const format of ['csv', 'binary', 'binary']) {
    const away = new AbortController();
    const response = await fetch(url(format), { headers: headers(), signal: away.signal });
    const reader = response.body!.getReader();
    assert.ok((await reader.read()).value!.length > 0);
    away.abort();
    await assert.rejects(reader.read());
  }
  const whole = await fetch(url('binary'), { headers: headers() });
  assert.deepEqual(await whole.bytes(), bytes.binary);
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
  assert.ok(!/exception|error/i.test(server.log()), server.log());
});

test('the description names the format, and another is refused', async () => {
  const { json } = await server.api('/openapi.json');
  const { parameters, responses } = json.paths['/v1/journeys'].get;
  assert.ok(parameters.some(({ description }: Json) => /csv or binary/.test(description)));
  assert.match(responses['200'].description, /application\/vnd\.headwater\.journeys/);
  const { status, json: problem } = await server.api('/v1/journeys?site=shop&format=xml');
  assert.deepEqual([status, problem.code], [400, 'invalid_query']);
  const wrong = await server.api('/v1/journeys?site=shop&format=binary', { key: 'wrong' });
  assert.equal(wrong.status, 403);
});
