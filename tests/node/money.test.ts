/** Spend files and what channels cost, beside plain arithmetic on whole numbers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HwError } from '../../wasm/binding/full.ts';
import { full, random, seed } from './hosts.ts';

const hw = await full();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('spend is summed by channel and currency; bad rows are listed and left out', () => {
  const spend = hw.spend(
    bytes(
      'Day;Channel;Campaign;Cost;Currency\n2026-01-03;Ads;"a;b";10.5;usd\n2026-01-01;Mail;;1;USD\n' +
        '2026-01-02;Ads;x;2.000001;USD\n2026-01-02;Ads;x;7;EUR\nsoon;Ads;x;1;USD\n' +
        '2026-01-02;;x;1;USD\n2026-01-02;Ads;x;-1;USD\n2026-01-02;Ads;x;1;dollars\n2026-01-02;Ads\n',
    ),
  );
  assert.deepEqual(spend.sums, [
    { channel: 'Ads', currency: 'USD', rows: 2, cost: 12_500_001 },
    { channel: 'Mail', currency: 'USD', rows: 1, cost: 1_000_000 },
    { channel: 'Ads', currency: 'EUR', rows: 1, cost: 7_000_000 },
  ]);
  assert.equal(spend.rows, 9);
  assert.equal(spend.badRows, 5);
  assert.deepEqual(
    spend.bad.map(({ line, column }) => [line, column]),
    [
      [6, 1],
      [7, 2],
      [8, 4],
      [9, 5],
      [10, 0],
    ],
  );
  assert.equal(spend.from, Date.UTC(2026, 0, 1));
  assert.equal(spend.to, Date.UTC(2026, 0, 3));
  const header = (error: unknown) => error instanceof HwError && error.code === 'HW_E_HEADER';
  for (const file of ['', 'visitor,time,channel\n', 'date,channel\n2026-01-01,Ads\n'])
    assert.throws(() => hw.spend(bytes(file)), header, JSON.stringify(file));
});

/** above / below in micros, half away from zero; null without a divisor. */
const ratio = (above: number, below: number | null): number | null =>
  below ? Number((BigInt(above) * 2_000_000n + BigInt(below)) / (2n * BigInt(below))) : null;

test('ratios are those of plain arithmetic, and null where there is nothing to divide by', () => {
  const pick = random(seed('money'));
  for (let round = 0; round < 20; round++) {
    let csv = 'visitor,time,channel,conversion,value\n';
    const buyers = new Set<number>();
    for (let row = 0; row < 200; row++) {
      const visitor = pick(60);
      const sold = pick(4) === 0;
      if (sold) buyers.add(visitor);
      csv += `v${visitor},${1.76e12 + row * 1000},c${pick(6)},${sold ? 1 : 0},${sold ? pick(1e5) / 100 : ''}\n`;
    }
    const data = hw.dataset();
    data.append(bytes(csv));
    data.finish();
    const { conversions, value, channels } = data.summary();
    // One channel costs nothing, one has no spend, the others some.
    const costs = channels.slice(1).map((_, i): [number, number] => [i + 1, i ? pick(1e9) : 0]);
    const other = pick(1e8);
    const percent = pick(101);
    for (const model of ['linear', 'markov', 'time_decay']) {
      const [credit] = data.attribute([model]);
      const money = data.money(model, { costs, other, cut: { channel: 2, percent } });
      const all = costs.reduce((sum, [, cost]) => sum + cost, other);
      money.channels.slice(0, channels.length).forEach((own, i) => {
        const cost = costs.find(([channel]) => channel === i)?.[1] ?? null;
        assert.deepEqual(own, {
          conversions: credit!.conversions[i],
          value: credit!.value[i],
          cost,
          roas: cost === null ? null : ratio(own.value, cost),
          cpa: cost === null ? null : ratio(cost, own.conversions),
        });
      });
      assert.equal(money.channels[0]!.roas, null, 'no spend known');
      assert.equal(money.channels[1]!.roas, null, 'a spend of nothing');
      const roas = ratio(value, all);
      assert.deepEqual(money.all, {
        conversions,
        value,
        cost: all,
        roas,
        cpa: ratio(all, conversions),
      });
      assert.equal(money.customers, buyers.size * 1e6);
      assert.equal(money.cac, ratio(all, buyers.size * 1e6));
      const part = (n: number) => Number((BigInt(n) * BigInt(percent)) / 100n);
      assert.equal(money.saved, part(costs[1]![1]));
      assert.equal(money.creditCut, part(credit!.value[2]!));
    }
  }
  const paths = hw.dataset();
  paths.append(bytes('path,total_conversions\na > b,3\n'));
  paths.finish();
  const money = paths.money('linear', { costs: [] });
  assert.deepEqual(
    [money.customers, money.cac, money.all.roas, money.saved],
    [null, null, null, null],
  );
  assert.throws(() => paths.money('participation', { costs: [] }), HwError);
  assert.throws(() => paths.money('linear', { costs: [[7, 1]] }), HwError);
});
