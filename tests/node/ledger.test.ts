/** Any split, any order, one answer: ledgers of parts against one pass over the whole file. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { hwPath, native, random, seed, wasi } from './hosts.ts';

const folder = mkdtempSync(join(tmpdir(), 'hw-ledger-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const fine = (args: string[]): string => {
  const { code, out, err } = native(args);
  assert.equal(code, 0, err);
  return out;
};
const credit = (file: string): string =>
  fine(['attribute', file, '--model', 'all', '--order', '2', '--bootstrap', '20', '--seed', '3']);

test('paths: seven parts, any order and grouping, the figures of one pass', () => {
  const pick = random(seed('ledger paths'));
  const head = 'path,total_conversions,total_conversion_value,total_null\n';
  const rows = Array.from({ length: 700 }, () => {
    const steps = Array.from({ length: 1 + pick(6) }, () => `ch${pick(10)}`).join(' > ');
    return `${steps},${pick(20) / 4},${pick(10_000) / 1000},${pick(5)}\n`;
  });
  writeFileSync(at('all.csv'), head + rows.join(''));
  const parts = Array.from({ length: 7 }, (_, i) => {
    const name = `part${i}`;
    writeFileSync(at(`${name}.csv`), head + rows.slice(i * 100, i * 100 + 100).join(''));
    fine(['ledger', 'map', at(`${name}.csv`), '--part', name, '-o', at(`${name}.hwl`)]);
    return at(`${name}.hwl`);
  });
  const whole = credit(at('all.csv'));
  let bytes: Buffer | undefined;
  for (let round = 0; round < 5; round++) {
    const order = [...parts];
    for (let i = order.length; i > 1; i--) {
      const k = pick(i);
      [order[k], order[i - 1]] = [order[i - 1] ?? '', order[k] ?? ''];
    }
    const cut = 1 + pick(5);
    fine(['ledger', 'merge', ...order.slice(0, cut), '-o', at('left.hwl')]);
    fine(['ledger', 'merge', ...order.slice(cut), '-o', at('right.hwl')]);
    fine(['ledger', 'merge', at('right.hwl'), at('left.hwl'), at('left.hwl'), '-o', at('all.hwl')]);
    assert.equal(credit(at('all.hwl')), whole);
    const now = readFileSync(at('all.hwl'));
    if (bytes) assert.ok(now.equals(bytes), 'the same bytes in any order');
    bytes = now;
  }
  for (const command of ['markov', 'paths'])
    assert.equal(fine([command, at('all.hwl')]), fine([command, at('all.csv')]));
});

test('touch logs, cut by visitor', () => {
  const [head = '', ...rows] = native(['generate', '--journeys', '900', '--seed', '5'])
    .out.trim()
    .split('\n');
  writeFileSync(at('log.csv'), [head, ...rows, ''].join('\n'));
  const groups: string[][] = [[], [], []];
  for (const row of rows)
    groups[
      Number(/^v(\d+)/.exec(row)?.[1]) > 600 ? 2 : Number(/^v(\d+)/.exec(row)?.[1]) > 300 ? 1 : 0
    ]?.push(row);
  const parts = groups.map((group, i) => {
    writeFileSync(at(`log${i}.csv`), [head, ...group, ''].join('\n'));
    fine(['ledger', 'map', at(`log${i}.csv`), '-o', at(`log${i}.hwl`)]);
    return at(`log${i}.hwl`);
  });
  fine(['ledger', 'merge', ...parts.reverse(), '-o', at('log.hwl')]);
  const models = ['--model', 'linear,time_decay,position,markov,shapley,last_non_direct'];
  assert.equal(
    fine(['attribute', at('log.hwl'), ...models]),
    fine(['attribute', at('log.csv'), ...models]),
  );
});

test('in parallel with xargs, as docs/scale.md shows', () => {
  const csv = native(['generate', '--journeys', '2000', '--seed', '6', '--format', 'paths']).out;
  writeFileSync(at('big.csv'), csv);
  const script = `
    tail -n +2 big.csv | split -l 500 - big.part.
    for f in big.part.*; do { head -n 1 big.csv; cat "$f"; } > "$f.csv"; done
    ls big.part.*.csv | xargs -P 2 -I F ${hwPath} ledger map F -o F.hwl
    ${hwPath} ledger merge big.part.*.hwl -o big.hwl
    ${hwPath} attribute big.hwl --model linear,markov`;
  const out = execFileSync('sh', ['-ec', script], { cwd: folder, encoding: 'utf8' });
  assert.equal(out, fine(['attribute', at('big.csv'), '--model', 'linear,markov']));
});

test('WASI writes and reads the same ledgers', () => {
  const csv = 'path,total_conversions\na > b,2\n';
  const map = ['ledger', 'map', '-', '--part', 'p', '-o'];
  assert.equal(native([...map, at('n.hwl')], csv).code, 0);
  assert.equal(wasi([...map, at('w.hwl')], csv).code, 0);
  assert.ok(readFileSync(at('n.hwl')).equals(readFileSync(at('w.hwl'))));
  assert.equal(
    wasi(['attribute', at('n.hwl'), '--model', 'linear']).out,
    fine(['attribute', at('w.hwl'), '--model', 'linear']),
  );
});

test('a link or a device stays what it is', () => {
  writeFileSync(at('a.csv'), 'path,total_conversions\na,1\n');
  writeFileSync(at('target.hwl'), '');
  symlinkSync(at('target.hwl'), at('link.hwl'));
  fine(['ledger', 'map', at('a.csv'), '-o', at('link.hwl')]);
  assert.ok(lstatSync(at('link.hwl')).isSymbolicLink());
  assert.ok(readFileSync(at('target.hwl')).length > 0);
});

test('what a ledger cannot tell is refused', () => {
  writeFileSync(at('t2.csv'), native(['generate', '--journeys', '50']).out);
  fine(['ledger', 'map', at('t2.csv'), '-o', at('t2.hwl')]);
  const window = native(['attribute', at('t2.hwl'), '--lookback', '1h']);
  assert.equal(window.code, 2);
  assert.match(window.err, /--lookback works on CSV files; for a ledger, give it to hw ledger map/);
  const hazard = native(['attribute', at('t2.hwl'), '--model', 'hazard']);
  assert.equal(hazard.code, 1);
  assert.match(hazard.err, /hazard: needs the touch log itself/);
  assert.match(
    native(['attribute', at('t2.hwl')]).err,
    /hazard left out: needs the touch log itself/,
  );
});

test('refusals say what and how to mend it, and leave no file', () => {
  writeFileSync(at('a.csv'), 'path,total_conversions\na,1\n');
  writeFileSync(at('b.csv'), 'path,total_conversions\na,2\n');
  writeFileSync(at('t.csv'), 'visitor,time,channel\nv,1,a\n');
  fine(['ledger', 'map', at('a.csv'), '--part', 'a', '-o', at('a.hwl')]);
  fine(['ledger', 'map', at('b.csv'), '--part', 'a', '-o', at('b.hwl')]);
  fine(['ledger', 'map', at('b.csv'), '--part', 'b', '-o', at('b2.hwl')]);
  fine(['ledger', 'map', at('t.csv'), '--part', 't', '-o', at('t.hwl')]);
  fine(['ledger', 'merge', at('a.hwl'), at('b2.hwl'), '-o', at('ab.hwl')]);
  const damaged = readFileSync(at('a.hwl'));
  damaged[60] = (damaged[60] ?? 0) ^ 1;
  writeFileSync(at('damaged.hwl'), damaged);
  writeFileSync(at('short.hwl'), damaged.subarray(0, 40));
  for (const [args, code, words] of [
    [['merge', at('a.hwl'), at('b.hwl')], 1, /the part "a" is there already with other content/],
    [['merge', at('a.hwl'), at('ab.hwl')], 1, /some of its parts are there already/],
    [['merge', at('a.hwl'), at('t.hwl')], 1, /knows times and the other does not/],
    [['merge', at('a.hwl'), at('a.csv')], 1, /cannot be mixed/],
    [['merge', at('a.csv'), at('a.hwl')], 1, /cannot be mixed/],
    [['merge', at('a.csv')], 1, /use hw ledger map first/],
    [['merge', at('damaged.hwl')], 1, /HW_E_CHECKSUM/],
    [['merge', at('short.hwl')], 1, /HW_E_FORMAT/],
    [['map', at('a.hwl')], 1, /this is a ledger already/],
    [['map', '-'], 2, /name what is read with --part/],
    [['merge'], 2, /give the ledgers to merge/],
    [['fold', at('a.csv')], 2, /it is hw ledger map/],
  ] as const) {
    const run = native(['ledger', ...args, '-o', at('none.hwl')]);
    assert.equal(run.code, code, run.err);
    assert.match(run.err, words);
    assert.throws(() => readFileSync(at('none.hwl')));
  }
  assert.equal(native(['ledger', 'map', at('a.csv'), '-o', at('no/such/folder.hwl')]).code, 1);
});
