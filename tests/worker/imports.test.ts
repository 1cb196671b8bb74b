/** Conversions by file: headers, times, reports of rows, repeats, broken and large files. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { CsvError, readCsv } from '../../worker/src/import/csv.ts';
import { parseImportTime } from '../../worker/src/import/times.ts';
import { random, seed } from '../node/hosts.ts';
import { call, type Json, root, type Server, send, siteConfig, startServer } from './helpers.ts';

let server: Server;
before(async () => {
  const conversions = [
    { name: 'purchase', event: 'purchase' },
    { name: 'lead', url: '/thank-you*' },
  ];
  const changes = { conversions, shards: 2, retention: '3000d' };
  server = await startServer({
    shop: siteConfig(changes),
    other: siteConfig({ ...changes, api_key_secret: 'OTHER' }),
  });
});
after(() => server?.[Symbol.asyncDispose]());

const upload = (
  csv: string | Uint8Array<ArrayBuffer> | ReadableStream,
  query = '',
  type = 'text/csv',
  site = 'shop',
) =>
  call(`${server.url}/v1/import/conversions?site=${site}${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.apiKeys[site]}`, 'content-type': type },
    body: csv,
    // A stream is sent while it is made.
    ...(csv instanceof ReadableStream && { duplex: 'half' }),
  } as RequestInit);

const streamOf = (bytes: Uint8Array, cut: (left: number) => number) => {
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const n = Math.max(1, cut(bytes.length - at));
      controller.enqueue(bytes.slice(at, at + n));
      at += n;
    },
  });
};
const recordsOf = async (bytes: Uint8Array, cut: (left: number) => number = () => 7) => {
  const all: { line: number; fields: string[] }[] = [];
  for await (const record of readCsv(streamOf(bytes, cut))) all.push(record);
  return all;
};
const utf8 = (text: string) => new TextEncoder().encode(text);

test("Google's template is read, and the same file again changes nothing", async () => {
  const { _meta, vectors } = JSON.parse(
    readFileSync(path.join(root, 'tests/vectors/google_csv.json'), 'utf8'),
  );
  const dollars = vectors.filter((each: Json) => each.conversion.currency === 'USD');
  const lines = [..._meta.first_lines, ...vectors.map((each: Json) => each.line)];
  // In time for the report below; other times are the next test's.
  const today = `${new Date().toISOString().slice(0, 10)} 00:00:00+0000`;
  const csv = `${lines.join('\r\n')}\r\n`.replace(/2026-11-2\d \d\d:\d\d:\d\d\+0000/g, today);
  const first = await upload(csv);
  assert.equal(first.status, 202, first.text);
  assert.equal(first.json.rows, vectors.length);
  assert.equal(first.json.accepted + first.json.refused_count, vectors.length);
  assert.ok(first.json.accepted >= dollars.length, first.text);
  const again = await upload(csv);
  assert.equal(again.json.accepted, 0);
  assert.equal(again.json.duplicates, first.json.accepted);
  const { json } = await server.api('/v1/conversions/10001?site=shop');
  assert.equal(json.order_id, '10001');
});

test('rows of our own header find the journey that earned them', async () => {
  await send(server, 'other', [
    {
      name: 'page_view',
      visitor_id: 'v1',
      url: 'https://shop.example.com/?utm_source=news&utm_medium=email',
      occurred_at: Date.now() - 3_600_000,
    },
  ]);
  const now = new Date().toISOString();
  const csv = `conversion,occurred_at,order_id,value,currency,visitor_id
Purchase,${now},S-1,20.50,USD,v1
Purchase,${now},S-2,5,USD,
`;
  const { json, text } = await upload(csv, '', 'text/csv', 'other');
  assert.deepEqual([json.accepted, json.refused_count], [2, 0], text);
  const { json: report } = await server.api('/v1/report?site=other&model=last', { site: 'other' });
  assert.deepEqual(
    report.rows.map((row: Json) => [row.channel, row.value]),
    [
      ['Email', 20.5],
      ['Direct', 5],
    ],
  );
});

test('each row is told apart, and a bad one loses nothing else', async () => {
  const now = new Date().toISOString();
  const csv = `conversion;occurred_at;order_id;value;currency
Purchase;${now};R-1;1,5;USD
Purchase;${now};R-2;1.5;USD
buy;${now};R-3;1;USD
lead;${now};R-4;1;USD
Purchase;yesterday;R-5;1;USD
Purchase;2026-11-01 10:00:00;R-6;1;USD
Purchase;${now};R-7
Purchase;${now};R-2;1.5;USD
Purchase;2099-01-01T00:00:00Z;R-8;1;USD
`;
  const { status, json } = await upload(csv);
  assert.equal(status, 202);
  assert.deepEqual([json.rows, json.accepted, json.duplicates], [9, 1, 1]);
  const wrong = Object.fromEntries(json.refused.map((row: Json) => [row.line, row]));
  assert.match(wrong[2].message, /^value: expected a decimal amount/);
  assert.match(wrong[4].message, /no conversion is called "buy".* are purchase/);
  assert.match(wrong[5].message, /no conversion is called "lead"/);
  assert.match(wrong[6].message, /expected a time such as/);
  assert.match(wrong[7].message, /names no zone/);
  assert.match(wrong[8].message, /3 fields, the header 5/);
  assert.equal(wrong[10].code, 'future');
  const rows = (await upload(csv, '&format=csv')).text.trim().split('\n');
  assert.equal(rows[0], 'line,outcome,code,message');
  assert.ok(rows[2]?.startsWith('3,duplicate,duplicate'), rows[2]);
  assert.equal(rows.at(-1), 'end,9,,');
});

test('a file that cannot be read says where', async () => {
  for (const [csv, code, message] of [
    ['', 'empty_body', /./],
    ['\n\n', 'empty_body', /./],
    ['a,b\n1,2\n', 'invalid_csv', /^line 1: expected Google's header/],
    ['conversion,occurred_at,colour\n', 'invalid_csv', /unknown columns colour/],
    ['conversion,occurred_at,__proto__\n', 'invalid_csv', /unknown columns __proto__/],
    ['conversion,occurred_at,constructor\n', 'invalid_csv', /unknown columns constructor/],
    ['conversion,occurred_at\n"Purchase,x\n', 'invalid_csv', /ends inside a quoted field/],
    ['conversion,occurred_at\n"Purchase"x,y\n', 'invalid_csv', /^line 2: text follows/],
    ['Parameters:TimeZone=UTC\n', 'invalid_csv', /no header row/],
    [`conversion,occurred_at\n${'x'.repeat(70_000)}\n`, 'invalid_csv', /more than 65536/],
    [new Uint8Array([0x61, 0xff, 0xfe, 0x0a]), 'invalid_csv', /UTF-8/],
  ] as const) {
    const { status, json, text } = await upload(csv as string);
    assert.equal(status, 400, text);
    assert.equal(json.code, code, text);
    assert.match(json.detail, message);
  }
  assert.equal((await upload('x', '', 'application/zip')).status, 415);
  const noKey = await call(`${server.url}/v1/import/conversions?site=shop`, { method: 'POST' });
  assert.equal(noKey.status, 401);
  const wrongKey = await call(`${server.url}/v1/import/conversions?site=shop`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.apiKeys.other}` },
  });
  assert.equal(wrongKey.status, 403);
});

test('what spreadsheets and templates put above the header is no matter', async () => {
  const now = new Date().toISOString();
  for (const [i, head] of [
    '\n',
    'sep=;\n',
    'parameters:timezone=+0000\n',
    '### INSTRUCTIONS ###\n# IMPORTANT, read this\nParameters:TimeZone=+0000\n',
  ].entries()) {
    const csv = `${head}conversion;occurred_at;order_id\npurchase;${now};top-${i}\n`;
    const { status, json, text } = await upload(csv);
    assert.deepEqual([status, json.accepted], [202, 1], text);
  }
  // The good rows before a broken one are stored, as the answer says.
  const broken = `conversion,occurred_at,order_id\npurchase,${now},kept-1\npurchase,${now},"x"y\n`;
  assert.equal((await upload(broken)).status, 400);
  assert.equal((await server.api('/v1/conversions/kept-1?site=shop')).status, 200);
});

test('a long file is reported while it is read', { timeout: 120_000 }, async () => {
  const ROWS = 20_000;
  const now = Date.now() - 1000;
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    start: (c) => c.enqueue(utf8('conversion,occurred_at,order_id,value,currency\n')),
    pull(controller) {
      let text = '';
      for (let i = 0; i < 1000 && sent < ROWS; i++, sent++)
        text += `Purchase,${now},L-${sent},1.25,USD\n`;
      if (text) controller.enqueue(utf8(text));
      else controller.close();
    },
  });
  const { status, text } = await upload(body, '&format=csv', 'text/csv', 'other');
  assert.equal(status, 202);
  const lines = text.trim().split('\n');
  assert.equal(lines.at(-1), `end,${ROWS},,`);
  assert.equal(lines.filter((line) => /^\d+,accepted,/.test(line)).length, ROWS);
});

test('times as spreadsheets write them', () => {
  const { vectors } = JSON.parse(
    readFileSync(path.join(root, 'tests/vectors/time_formats.json'), 'utf8'),
  );
  for (const v of vectors) {
    const whole = Math.floor(v.epoch_ms / 1000) * 1000;
    assert.equal(parseImportTime(v.google_csv_conversion_time, undefined), whole, v.id);
    assert.equal(parseImportTime(v.google_ads_conversion_date_time, undefined), whole, v.id);
    // By the zone alone, but for the second of two equal hours.
    const wall = v.google_csv_conversion_time.slice(0, 19);
    assert.equal(parseImportTime(wall, v.time_zone), whole, `${v.id} ${wall} ${v.time_zone}`);
    assert.equal(parseImportTime(`${wall} ${v.time_zone}`, '+0000'), whole, v.id);
  }
  const at = Date.UTC(2026, 10, 22, 14, 30, 5);
  for (const text of [
    '2026-11-22T14:30:05Z',
    '11/22/2026 14:30:05',
    '11/22/2026 02:30:05 PM',
    'Nov 22, 2026 02:30:05 pm',
    '2026-11-22 14:30:05.999',
    '2026-11-22 15:30:05 +01:00',
    String(at),
  ])
    assert.equal(parseImportTime(text, 'UTC'), at, text);
  for (const bad of ['', 'x', '2026-02-30 10:00:00', '13/45/2026 10:00:00', '2026-11-22 25:00:00'])
    assert.throws(() => parseImportTime(bad, 'UTC'), RangeError, bad);
  assert.throws(() => parseImportTime('2026-11-22 10:00:00', 'Mars/Olympus'), /unknown time zone/);
  for (const far of ['+25:00', '+1999', '-0060'])
    assert.throws(() => parseImportTime(`2026-11-22 10:00:00${far}`, 'UTC'), /no zone is/, far);
  assert.equal(parseImportTime('2026-11-22 10:00:00 Etc/GMT+1', 'UTC'), Date.UTC(2026, 10, 22, 11));
  assert.equal(parseImportTime('2026-11-22 10:00:00 EST', 'UTC'), Date.UTC(2026, 10, 22, 15));
});

test('CSV of any shape reads the same in pieces of any size', async () => {
  const pick = random(seed('csv pieces'));
  for (let round = 0; round < 200; round++) {
    const rows = Array.from({ length: 1 + pick(8) }, () =>
      Array.from({ length: 1 + pick(5) }, () =>
        Array.from({ length: pick(8) }, () => [...'ab,;"\n\r é😀'][pick(10)] ?? 'x').join(''),
      ),
    );
    rows.unshift(['h1', 'h2', 'h3']);
    const ends = ['\n', '\r\n'][pick(2)];
    const text = rows
      .map((row) =>
        row
          .map((f) => (pick(2) || /[",;\n\r]/.test(f) ? `"${f.replaceAll('"', '""')}"` : f))
          .join(','),
      )
      .join(ends);
    const expected = rows
      .filter((row) => row.length > 1 || row[0]?.trim() || false)
      .map((row) => row.map((f) => f.trim()));
    const encoded =
      pick(3) === 0
        ? new Uint8Array(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]))
        : utf8(pick(2) ? `\ufeff${text}` : text);
    const read = await recordsOf(encoded, () => 1 + pick(12));
    assert.deepEqual(
      read.map((r) => r.fields),
      expected,
      JSON.stringify(text),
    );
  }
  const lines = await recordsOf(utf8('a,b\n"x\ny",1\n\n2,3\r4,5'));
  assert.deepEqual(
    lines.map((r) => r.line),
    [1, 2, 5, 6],
  );
  await assert.rejects(recordsOf(utf8('a\n"b')), CsvError);
});
