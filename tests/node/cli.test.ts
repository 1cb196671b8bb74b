/** The command line: figures, formats, refusals and exit codes. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { native, wasi } from './hosts.ts';

const folder = mkdtempSync(join(tmpdir(), 'hw-cli-'));
after(() => rmSync(folder, { recursive: true }));

const paths =
  'path,total_conversions,total_conversion_value,total_null\na > b > c,1,10,0\nc,2,5,1\n';

test('attribute: csv, json and table', () => {
  const csv = native(['attribute', '--model', 'first,linear'], paths);
  assert.equal(
    csv.out,
    'model,channel,conversions,value\n' +
      'first,a,1.000000,10.000000\nfirst,b,0.000000,0.000000\nfirst,c,2.000000,5.000000\n' +
      'linear,a,0.333334,3.333334\nlinear,b,0.333333,3.333333\nlinear,c,2.333333,8.333333\n',
  );
  const rows = JSON.parse(
    native(['attribute', '-', '--model=first,linear', '--format=json'], paths).out,
  );
  assert.deepEqual(rows[5], {
    model: 'linear',
    channel: 'c',
    conversions: 2.333333,
    value: 8.333333,
  });
  const table = native(['attribute', '--model', 'last', '--format', 'table'], paths).out.split(
    '\n',
  );
  assert.equal(table[2], 'channel       conversions               value');
  assert.ok(
    table.some((l) => /^c +3\.000000 +15\.000000 {2}█{24}$/.test(l)),
    table.join('\n'),
  );
  assert.ok(table.some((l) => /^total +3\.000000 +15\.000000$/.test(l)));
});

test('attribute: options', () => {
  const weights = native(
    ['attribute', '--model', 'position', '--weights', '50,0,50'],
    'path,total_conversions\na>b>c,1\n',
  );
  assert.match(weights.out, /position,a,0\.500000/);
  assert.match(weights.out, /position,b,0\.000000/);
  const direct = native(['attribute', '--model', 'last_non_direct', '--direct', 'c'], paths);
  assert.match(direct.out, /last_non_direct,b,1\.000000/);
  const semi = native(
    ['attribute', '--model', 'last', '--separator', '|'],
    'path,total_conversions\na | b,1\n',
  );
  assert.match(semi.out, /last,b,1\.000000/);
  const log =
    'who,when,channel,conversion,value\nu,2026-01-01,a,0,\nu,2026-01-03,b,1,10\nu,2026-01-04,,1,2\n';
  const columns = ['--columns', 'visitor=who,time=when'];
  assert.match(
    native(['attribute', '--model', 'linear', ...columns], log).out,
    /linear,a,1\.000000,6\.000000/,
  );
  assert.match(
    native(['attribute', '--model', 'linear', ...columns, '--lookback', '36h'], log).out,
    /linear,b,2\.000000,12\.000000/,
  );
  assert.match(
    native(['attribute', '--model', 'linear', ...columns, '--journey', 'reset'], log).out,
    /linear,Direct,1\.000000,2\.000000/,
  );
  const decay = native(
    ['attribute', '--model', 'time_decay', ...columns, '--half-life', '2d', '--journey', 'reset'],
    log,
  );
  assert.match(decay.out, /time_decay,a,0\.333333,3\.333333/);
});

test('attribute: several files of one kind', () => {
  const a = join(folder, 'a.csv');
  const b = join(folder, 'b.csv');
  writeFileSync(a, paths);
  writeFileSync(b, 'total_conversions;path\n4;b\n');
  assert.match(native(['attribute', a, b, '--model', 'last']).out, /last,b,4\.000000,0\.000000\n/);
  const missing = native(['attribute', join(folder, 'none.csv')]);
  assert.equal(missing.code, 1);
  assert.match(missing.err, /cannot open .*none\.csv: No such file/);
});

test('attribute: all leaves out what the data does not allow, by name not', () => {
  const all = native(['attribute'], paths);
  assert.equal(all.code, 0);
  assert.match(all.err, /time_decay left out: the model needs times/);
  const named = native(['attribute', '--model', 'time_decay'], paths);
  assert.equal(named.code, 1);
  assert.match(named.err, /add a column times/);
});

/** [what, input, file:line:column, words of the reason] */
const bad: [string, string | Uint8Array, RegExp][] = [
  ['an empty file', '', /:1:1: the file is empty/],
  [
    'no header',
    'a > b,1\n',
    /:1:1: the first line is no known header.*expected path,total_conversions.*found a > b,1/,
  ],
  ['a ragged row', 'path,total_conversions\na\n', /:2:1: the row has 1 fields, the header has 2/],
  ['a row too long', 'path,total_conversions\na,1,2\n', /:2:3: the row has 3 fields/],
  ['a bad number', 'path,total_conversions\na,1\nb,one\n', /:3:2: this is no number.*"one"/],
  ['a NUL byte', 'path,total_conversions\na\0b,1\n', /:2:1: the line holds a NUL byte/],
  ['UTF-16', new Uint8Array([0xff, 0xfe, 0x70, 0, 0x61, 0]), /:1:1: .*UTF-16/],
  ['an empty path', 'path,total_conversions\n,1\n', /:2:1: the path is empty/],
  [
    'a record over 1 MiB',
    `path,total_conversions\n${'a'.repeat(1 << 20)}b,1\n`,
    /:2:1: the record is longer than 1 MiB/,
  ],
  ['bare CR line ends', 'path,total_conversions\ra > b,1\r', /:1:1: lines end in CR alone/],
  ['an open quote', 'path,total_conversions\n"a,1\n', /:2:1: the file ends inside a quoted field/],
  ['a bad time', 'visitor,time,channel\nv,yesterday,a\n', /:2:2: this is no time.*"yesterday"/],
  [
    'a spend file',
    'date,channel,cost,currency\n2026-01-01,a,5,USD\n',
    /:1:1: the first line is no known header/,
  ],
];
for (const [what, input, reason] of bad)
  test(`attribute refuses ${what}`, () => {
    const { code, out, err } = native(['attribute', '--model', 'last'], input);
    assert.equal(code, 1);
    assert.equal(out, '', 'no partial result');
    assert.match(err, reason);
    assert.match(err, /\(HW_E_[A-Z]+\)\n$/);
  });

test('attribute --skip-bad counts, lists and goes on', () => {
  const { code, out, err } = native(
    ['attribute', '--model', 'last', '--skip-bad'],
    'path,total_conversions\na,1\nb,x\n,1\na,2\n',
  );
  assert.equal(code, 0);
  assert.match(out, /last,a,3\.000000/);
  assert.match(err, /^3:2: .*skipped\n4:1: .*skipped\nhw: 2 of 4 rows skipped\n$/s);
});

const usage: [string[], RegExp][] = [
  [[], /Usage: hw COMMAND/],
  [['nonsense'], /there is no command "nonsense"/],
  [['attribute', '--colour', 'red'], /there is no option --colour/],
  [['attribute', '--model'], /--model wants a value/],
  [['attribute', '--skip-bad=1'], /--skip-bad takes no value/],
  [['attribute', '--model', 'magic'], /there is no model "magic"/],
  [['attribute', '--format', 'xml'], /--format is csv, json or table/],
  [['attribute', '--half-life', '7'], /--half-life is a duration/],
  [['attribute', '--half-life', '0d'], /--half-life is a duration/],
  [['attribute', '--lookback', 'x'], /--lookback is a duration/],
  [['attribute', '--view-lookback', '1y'], /--view-lookback is a duration/],
  [['attribute', '--weights', '1,2'], /--weights is three numbers/],
  [['attribute', '--weights', '0,0,0'], /--weights is three numbers/],
  [['attribute', '--journey', 'x'], /--journey is keep or reset/],
  [['attribute', '--columns', 'visitor'], /--columns is a list/],
  [['attribute', '--columns', 'colour=x'], /there is no column role "colour"/],
  [['attribute', '--bootstrap', '1'], /--bootstrap is 2 to 10000/],
  [['attribute', '--seed', 'x'], /--seed is a whole number/],
  [['attribute', '--order', '6'], /--order is 1 to 5/],
  [['attribute', '--custom', '1/2'], /--custom is like/],
  [['attribute', '--separator', '123456789'], /longer than 8 bytes/],
  [['classify'], /give --url URL/],
  [['classify', 'x'], /unexpected "x"/],
  [['dedup', '--window', 'x'], /--window is a duration/],
  [['dedup', '--key', ''], /--key lists/],
  [['dedup', 'a', 'b'], /give one file/],
  [['generate', '--journeys', 'x'], /--journeys is a number/],
  [['generate', '--seed', '-1'], /--seed is a whole number/],
  [['generate', '--again', '501'], /--again is 0 to 500/],
  [['generate', '--days', '0'], /--days is 1 to 3650/],
  [['generate', '--start', 'x'], /--start is a time/],
  [['generate', '--format', 'x'], /--format is touches or paths/],
  [['generate', 'x'], /unexpected "x"/],
  [['attribute', '--samples', '3'], /--samples is 4 to 1000000/],
  [['attribute', '--threads', '0'], /--threads is 1 to 256/],
  [['bench', 'x'], /makes its data itself/],
  [['bench', '--journeys', '5'], /--journeys is 1000 to 10000000/],
  [['bench', '--runs', '0'], /--runs is 1 to 99/],
  [['bench', '--seed', 'x'], /--seed is a whole number/],
  [['bench', '--format', 'csv'], /--format is table or json/],
  [['help', 'x'], /there is no command "x"/],
];
for (const [args, words] of usage)
  test(`usage: hw ${args.join(' ')}`, () => {
    const { code, out, err } = native(args, paths);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, words);
  });

test('shapley_rate: sampled above 20 channels, or when asked to', () => {
  const many = Array.from({ length: 25 }, (_, i) => `c${i} > c${(i * 7 + 3) % 25},${i % 3},2\n`);
  const file = `path,total_conversions,total_null\n${many.join('')}`;
  const run = (...args: string[]) =>
    native(['attribute', '--model', 'shapley_rate', ...args], file);
  const first = run();
  assert.equal(first.code, 0);
  assert.match(
    first.err,
    /^hw: shapley_rate: from 2000 random orders of 25 channels; standard error of a channel's conversions at most [0-9.]+ % of the total\n$/,
  );
  assert.equal(wasi(['attribute', '--model', 'shapley_rate'], file).out, first.out);
  assert.notEqual(run('--seed', '2').out, first.out);
  assert.match(run('--samples', '50').err, /from 50 random orders/);
  assert.equal(native(['attribute', '--model', 'shapley_rate'], paths).err, '');
  assert.match(
    native(['attribute', '--model', 'shapley_rate', '--samples', '50'], paths).err,
    /from 50 random orders of 3 channels/,
  );
});

test('bootstrap: the same bytes on any number of threads', () => {
  const world = native(['generate', '--journeys', '300', '--seed', '5']).out;
  for (const file of [world, paths]) {
    const args = ['attribute', '--bootstrap', '20', '--order', '2'];
    const one = native([...args, '--threads', '1'], file);
    assert.equal(one.code, 0, one.err);
    for (const threads of ['2', '5', '64'])
      assert.equal(native([...args, '--threads', threads], file).out, one.out);
    assert.equal(native(args, file).out, one.out);
  }
});

test('bench: figures of this machine', () => {
  const args = ['bench', '--journeys', '1000', '--runs', '1'];
  const json = native([...args, '--format', 'json']);
  assert.equal(json.code, 0, json.err);
  const rows = JSON.parse(json.out);
  assert.ok(rows.length >= 8);
  for (const { stage, figure, unit, note } of rows) {
    assert.ok(figure >= 0 && Number.isFinite(figure), stage);
    assert.match(unit, /^(ms|M keys\/s|ns\/event)$/);
    assert.ok(note.length > 0);
  }
  const table = native(args).out.trimEnd().split('\n');
  assert.equal(table.length, rows.length);
  assert.ok(table.every((line) => /^.{40} +[0-9]+\.[0-9]{2} (ms|M keys|ns)/.test(line)));
});

test('dedup', () => {
  const log =
    'event_id,name,time\n1,a,2026-01-01\n1,a,2026-01-02\n1,b,2026-01-02\n"2",a,2026-01-03\n1,a,2026-02-01\n1,a,2026-01-01\n';
  const byId = native(['dedup', '--key', 'event_id,name'], log);
  assert.equal(byId.code, 0);
  assert.equal(
    byId.out,
    'event_id,name,time\n1,a,2026-01-01\n1,b,2026-01-02\n"2",a,2026-01-03\n1,a,2026-02-01\n1,a,2026-01-01\n',
  );
  assert.equal(byId.err, '6 rows, 4 unique, 1 duplicates, 1 late (passed on)\n');
  assert.equal(
    native(['dedup', '--window', '40d'], log).err,
    '6 rows, 2 unique, 4 duplicates, 0 late (passed on)\n',
  );
  assert.equal(
    native(['dedup', '--key', 'name', '--time', 'time', '--window', '12h'], log).code,
    0,
  );
  for (const [args, input, words] of [
    [['--key', 'x'], log, /:1:1: the header has no column "x"/],
    [['--time', 'x'], log, /:1:1: the header has no column "x"/],
    [[], 'event_id,time\n1,x\n', /:2:2: this is no time/],
    [[], 'event_id,time\n1\n', /:2:1: the row and the header differ/],
    [[], '', /:1:1: the file is empty/],
    [['--key', 'event_id'], 'event_id\n"1\n', /:2:1: the file ends inside a quoted field/],
  ] as const) {
    const r = native(['dedup', ...args], input);
    assert.equal(r.code, 1);
    assert.match(r.err, words);
  }
});

test('a full disk is told, not passed over', () => {
  const { code, err } = native(['help'], '', '/dev/full');
  assert.equal(code, 1);
  assert.match(err, /cannot write standard output: No space left on device/);
});

test('markov: csv, p(conversion) and refusals', () => {
  const input = 'path,total_conversions,total_null\na > b,1,1\nb,0,2\n';
  const { out } = native(['markov'], input);
  assert.equal(
    out,
    'kind,from,to,value\np_conversion,,,0.25\n' +
      'transition,(start),a,0.5\ntransition,(start),b,0.5\ntransition,a,b,1\n' +
      'transition,b,(conversion),0.25\ntransition,b,(null),0.75\n' +
      'removal_effect,a,,0.5\nremoval_effect,b,,1\n' +
      'removal_effect_value,a,,0\nremoval_effect_value,b,,0\n',
  );
  assert.equal(native(['markov', '--order', '6'], input).code, 2);
  assert.equal(native(['markov', '--format', 'table'], input).code, 2);
  assert.equal(native(['markov'], 'nonsense\n').code, 1);
});

test('paths: the best, lengths and lags', () => {
  const log =
    'visitor,time,channel,conversion,value\nu,2026-01-01,a,0,\nu,2026-01-05,b,0,\nu,2026-01-06,,1,9\n' +
    'v,2026-01-01,a,0,\nw,2026-01-01,a,0,\nw,2026-01-01T01:00:00Z,,1,3\n';
  const { out } = native(['paths', '--top', '1'], log);
  assert.equal(
    out
      .split('\n')
      .filter((l) => !/,0\.000000,0\.000000,0\.000000$/.test(l))
      .join('\n'),
    'kind,key,conversions,value,nulls\npath,a,1.000000,3.000000,1.000000\n' +
      'influenced,a,2.000000,12.000000,1.000000\nassisted,a,1.000000,9.000000,0.000000\n' +
      'influenced,b,1.000000,9.000000,0.000000\n' +
      'length,1,1.000000,3.000000,1.000000\nlength,2,1.000000,9.000000,0.000000\n' +
      'lag,0 d,1.000000,3.000000,0.000000\nlag,3-7 d,1.000000,9.000000,0.000000\n',
  );
  assert.equal(native(['paths', '--top', 'x'], log).code, 2);
});

test('paths: influenced and assisted are those of plain counting', () => {
  const log = native(['generate', '--journeys', '1500', '--seed', '11', '--again', '300']).out;
  const rows = native(['paths', '--top', '1000000'], log)
    .out.trim()
    .split('\n')
    .map((row) => row.split(','));
  const counted = new Map<string, bigint[]>();
  const micros = (amount = '') => BigInt(amount.replace('.', ''));
  for (const [kind, path = '', ...amounts] of rows) {
    if (kind !== 'path') continue;
    const channels = path.split(' > ');
    const add = (key: string): void => {
      const sums = counted.get(key) ?? [0n, 0n, 0n];
      counted.set(
        key,
        sums.map((sum, i) => sum + micros(amounts[i])),
      );
    };
    for (const channel of new Set(channels)) {
      add(`influenced,${channel}`);
      if (channel !== channels.at(-1)) add(`assisted,${channel}`);
    }
  }
  assert.ok(counted.size > 20);
  for (const [kind, key, ...amounts] of rows) {
    if (kind !== 'influenced' && kind !== 'assisted') continue;
    assert.deepEqual(amounts.map(micros), counted.get(`${kind},${key}`), `${kind} ${key}`);
    counted.delete(`${kind},${key}`);
  }
  assert.equal(counted.size, 0);
});

test('help, version and generate', () => {
  assert.match(native(['--version']).out, /^hw \d+\.\d+\.\d+\n$/);
  assert.match(native(['help']).out, /attribute +Credits channels/);
  assert.match(native(['--help']).out, /Usage/);
  const help = native(['help', 'attribute']).out;
  assert.match(help, /--half-life DURATION +of time_decay/);
  assert.match(help, /time_decay +Time decay \(needs times\)/);
  assert.equal(native(['attribute', '--help']).out, help);
  const log = native([
    'generate',
    '--journeys',
    '500',
    '--seed',
    '3',
    '--days',
    '30',
    '--start',
    '2026-02-01',
  ]).out;
  const files = native(['generate', '--journeys', '500', '--seed', '3', '--format', 'paths']).out;
  assert.equal(files.split('\n').length, 502);
  const sums = (csv: string) =>
    native(
      [
        'attribute',
        '--model',
        'last',
        '--format',
        'json',
        '--lookback',
        '3650d',
        '--view-lookback',
        '3650d',
      ],
      csv,
    ).out;
  const total = (rows: string) =>
    (JSON.parse(rows) as { value: number }[]).reduce((a, r) => a + Math.round(r.value * 100), 0);
  assert.equal(total(sums(log)), total(sums(files)), 'both forms hold the same orders');
});

test('generate --again: buyers come back, within the days, with ids of their own', () => {
  const args = ['generate', '--journeys', '2000', '--seed', '9', '--days', '90'];
  const rowsOf = (more: string[]) =>
    native([...args, ...more])
      .out.trimEnd()
      .split('\n')
      .slice(1)
      .map((row) => row.split(','));
  const orders = (rows: string[][]) => rows.filter((row) => row[6] === 'conversion');
  assert.ok(
    orders(rowsOf([])).length === new Set(orders(rowsOf([])).map(([who]) => who)).size,
    'without it, once each',
  );
  const rows = rowsOf(['--again', '400']);
  const buyers = new Map<string, number>();
  for (const [who = ''] of orders(rows)) buyers.set(who, (buyers.get(who) ?? 0) + 1);
  const back = [...buyers.values()].filter((n) => n > 1).length;
  assert.ok(back > buyers.size / 20 && back < buyers.size / 2, `${back} of ${buyers.size}`);
  const ids = rows.map((row) => row[9]);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(new Set(orders(rows).map((row) => row[10])).size, orders(rows).length);
  let last = ['', '0'];
  for (const [who = '', at = ''] of rows) {
    assert.ok(who !== last[0] || Number(at) >= Number(last[1]), 'in order of time');
    last = [who, at];
  }
});
