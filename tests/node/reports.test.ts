/** Paths, chain and flow of the full module, beside the command line and plain counting. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FullDataset } from '../../wasm/binding/full.ts';
import type { DatasetJourney } from '../../wasm/binding/types.ts';
import { decimal, full, native, random, seed } from './hosts.ts';

const hw = await full();
const DAY = 86_400_000;

const read = (csv: string): FullDataset => {
  const data = hw.dataset();
  data.append(new TextEncoder().encode(csv));
  data.finish();
  return data;
};

const touchLog = (pick: (below: number) => number): string => {
  let csv = 'visitor,time,channel,conversion,value\n';
  for (let visitor = 0; visitor < 150 + pick(150); visitor++) {
    let at = 1.76e12 + pick(20 * DAY);
    for (let touches = 1 + pick(7); touches > 0; touches--) {
      csv += `v${visitor},${at},c${pick(6)},0,\n`;
      at += 1 + pick(9 * DAY);
    }
    if (pick(3) === 0) csv += `v${visitor},${at},,1,${pick(1e5) / 100}\n`;
  }
  return csv;
};

const pathFile = (pick: (below: number) => number): string => {
  let csv = 'path,total_conversions,total_conversion_value,total_null\n';
  for (let rows = 30 + pick(60); rows > 0; rows--) {
    const steps = Array.from({ length: 1 + pick(9) }, () => `c${pick(7)}`);
    csv += `${steps.join(' > ')},${pick(9)},${pick(1e6) / 1000},${pick(20)}\n`;
  }
  return csv;
};

const total = (journeys: DatasetJourney[]) => ({
  conversions: journeys.reduce((sum, j) => sum + j.conversions, 0),
  value: journeys.reduce((sum, j) => sum + j.value, 0),
  nulls: journeys.reduce((sum, j) => sum + j.nulls, 0),
});
const reached = (data: FullDataset) =>
  data.journeys(0, 1e6, []).filter(({ channels }) => channels.length > 0);

/** The smallest at which so many of the weights are reached. */
const quantile = (at: number[], weight: number[], part: number): number => {
  const all = weight.reduce((sum, w) => sum + w, 0);
  let sum = 0;
  for (const i of at.map((_, k) => k).sort((a, b) => at[a]! - at[b]!)) {
    sum += weight[i]!;
    if (all > 0 && sum >= part * all - 1e-6) return at[i]!;
  }
  return -1;
};

test('paths are those of hw paths, quantiles those of plain counting', () => {
  const pick = random(seed('paths of the binding'));
  for (let round = 0; round < 12; round++) {
    const csv = round % 2 ? touchLog(pick) : pathFile(pick);
    const data = read(csv);
    const { channels } = data.summary();
    const report = data.paths({}, 15);
    const { out, code, err } = native(['paths', '--top', '15'], csv);
    assert.equal(code, 0, err);
    const cells = (a: { conversions: number; value: number; nulls: number }) =>
      [a.conversions, a.value, a.nulls].map(decimal).join(',');
    const lags = ['0 d', '1 d', '2 d', '3-7 d', '8-14 d', '15-30 d', '31-60 d', 'over 60 d'];
    const lines = [
      'kind,key,conversions,value,nulls',
      ...report.paths.map(
        (p) => `path,${p.channels.map((c) => channels[c]).join(' > ')},${cells(p)}`,
      ),
      ...report.roles.flatMap(({ channel, last, ...all }) => {
        const assisted = {
          conversions: all.conversions - last.conversions,
          value: all.value - last.value,
          nulls: all.nulls - last.nulls,
        };
        return [
          `influenced,${channels[channel]},${cells(all)}`,
          `assisted,${channels[channel]},${cells(assisted)}`,
        ];
      }),
      ...report.lengths.flatMap((a, i) =>
        a.conversions || a.nulls ? [`length,${i === 20 ? 'over 20' : i + 1},${cells(a)}`] : [],
      ),
      ...report.lags.map((a, i) => `lag,${lags[i]},${cells(a)}`),
    ];
    assert.equal(out, `${lines.join('\n')}\n`);
    const sold = reached(data).filter(({ conversions }) => conversions > 0);
    const weights = sold.map(({ conversions }) => conversions);
    const lengths = sold.map((j) => j.channels.length);
    assert.deepEqual(report.length, {
      median: quantile(lengths, weights, 0.5),
      p90: quantile(lengths, weights, 0.9),
    });
    const ages = sold.map(({ convertedAt, times }) => convertedAt - times[0]!);
    assert.deepEqual(
      report.lagMs,
      round % 2
        ? { median: quantile(ages, weights, 0.5), p90: quantile(ages, weights, 0.9) }
        : { median: -1, p90: -1 },
    );
    for (const path of report.paths)
      for (const index of path.journeys)
        assert.deepEqual(data.journeys(index, 1, [])[0]?.channels, path.channels);
  }
});

test('filters keep the journeys of those lengths and lags, and each histogram shows the other', () => {
  const pick = random(seed('filters of paths'));
  for (let round = 0; round < 8; round++) {
    const data = read(touchLog(pick));
    const all = reached(data);
    const bucket = (j: DatasetJourney): number => {
      const days = Math.floor((j.convertedAt - j.times[0]!) / DAY);
      const k = [0, 1, 2, 7, 14, 30, 60].findIndex((most) => days <= most);
      return k < 0 ? 7 : k;
    };
    const [from, lagFrom] = [pick(4), 1 + pick(4)];
    const length: [number, number] = [from, from + pick(4)];
    const lag: [number, number] = [lagFrom, lagFrom + pick(3)];
    const fitsLength = (j: DatasetJourney) =>
      j.channels.length - 1 >= length[0] && j.channels.length - 1 <= length[1];
    const fitsLag = (j: DatasetJourney) =>
      j.conversions > 0 && bucket(j) >= lag[0] && bucket(j) <= lag[1];
    const report = data.paths({ length, lag }, 1000, 1000);
    const { conversions, value, nulls } = report;
    const both = all.filter((j) => fitsLength(j) && fitsLag(j));
    assert.deepEqual({ conversions, value, nulls }, total(both));
    assert.equal(report.distinct, new Set(both.map((j) => j.channels.join())).size);
    assert.equal(report.paths.flatMap((p) => p.journeys).length, both.length);
    report.lengths.forEach((amounts, i) => {
      const own = all.filter((j) => fitsLag(j) && Math.min(j.channels.length - 1, 20) === i);
      assert.deepEqual(amounts, total(own), `length ${i}`);
    });
    report.lags.forEach((amounts, i) => {
      const own = all.filter((j) => fitsLength(j) && j.conversions > 0 && bucket(j) === i);
      assert.deepEqual(amounts, total(own), `lag ${i}`);
    });
  }
  assert.throws(() => read(touchLog(pick)).paths({ length: [3, 2] }));
});

test('the chain is that of hw markov, and a removal loses what its effect says', () => {
  const pick = random(seed('chains of the binding'));
  const near = (a: number, b: number, what: string, by = 1e-9) =>
    assert.ok(Math.abs(a - b) <= by, `${what}: ${a} and ${b}`);
  for (let round = 0; round < 12; round++) {
    const csv = round % 2 ? touchLog(pick) : pathFile(pick);
    const data = read(csv);
    const { channels } = data.summary();
    const order = 1 + (round % 3);
    const loops = round % 4 > 1;
    const args = ['markov', '--order', String(order), '--format', 'json'];
    const told = JSON.parse(native(loops ? [...args, '--loops'] : args, csv).out) as {
      p_conversion: number;
      matrix: [string, string, number][];
      removal_effect: Record<string, number>;
      removal_effect_value: Record<string, number>;
    };
    const report = data.markov({ order, loops, states: 1e6 });
    assert.equal(report.probability, told.p_conversion);
    assert.deepEqual(report.effect, Object.values(told.removal_effect));
    assert.deepEqual(report.valueEffect, Object.values(told.removal_effect_value));
    const name = (ids: number[]) => ids.map((c) => channels[c]).join();
    const rows = new Map(told.matrix.map(([from, to, p]) => [`${from}→${to}`, p]));
    let cells = 0;
    for (const state of report.states) {
      const from = name(state.channels);
      const next = state.arcs.map(([c, p]): [string, number] => [
        name([...state.channels, c].slice(-order)),
        p,
      ]);
      for (const [to, p] of [
        ...next,
        ['(conversion)', state.conversion] as const,
        ['(null)', state.null] as const,
      ]) {
        if (p === 0) continue;
        // A state shorter than the order is one journey's whole path.
        near(p, rows.get(`${from}→${to}`) ?? Number.NaN, `${from}→${to}`);
        cells++;
      }
      if (state.start > 0) {
        near(state.start, rows.get(`(start)→${from}`) ?? Number.NaN, `start ${from}`);
        cells++;
      }
    }
    assert.equal(cells, rows.size);
    const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
    near(sum(report.conversion), report.probability, 'all that converts');
    near(sum(report.conversion) + sum(report.null), 1, 'every journey ends');
    for (let without = 0; without < channels.length; without++) {
      const less = data.markov({ order, loops, without, shown: 3 });
      near(less.without, report.probability * (1 - report.effect[without]!), 'recounted');
      near(sum(less.conversion), less.without, 'flow to a conversion');
      near(sum(less.conversion) + sum(less.null) + less.lost, 1, 'every journey ends or is lost');
      assert.deepEqual(less.effect, report.effect);
    }
  }
  assert.throws(() => read(pathFile(pick)).markov({ order: 9 }));
  assert.throws(() => read(pathFile(pick)).markov({ without: 99 }));
});

test('flow counts hand-overs of the last steps; what is not told one by one is told together', () => {
  const pick = random(seed('flow of the binding'));
  for (let round = 0; round < 12; round++) {
    const data = read(round % 2 ? touchLog(pick) : pathFile(pick));
    const of = (['all', 'sales', 'no_sales'] as const)[round % 3]!;
    const steps = 2 + pick(5);
    const links = pick(20);
    const report = data.flow({ of, steps, channels: 4, links });
    const kept = reached(data).map((j) => ({
      ...j,
      conversions: of === 'no_sales' ? 0 : j.conversions,
      value: of === 'no_sales' ? 0 : j.value,
      nulls: of === 'sales' ? 0 : j.nulls,
    }));
    const counted = kept.filter((j) => j.conversions + j.nulls > 0);
    assert.deepEqual(report.all, total(counted));
    assert.deepEqual(report.cut, total(counted.filter((j) => j.channels.length > steps)));
    const place = (channel: number) => {
      const at = report.channels.indexOf(channel);
      return at < 0 ? report.channels.length : at;
    };
    const expected = new Map<string, { conversions: number; value: number; nulls: number }>();
    const put = (key: string, conversions: number, value: number, nulls: number) => {
      const cell = expected.get(key) ?? { conversions: 0, value: 0, nulls: 0 };
      cell.conversions += conversions;
      cell.value += value;
      cell.nulls += nulls;
      expected.set(key, cell);
    };
    for (const { channels, conversions, value, nulls } of counted) {
      const shown = channels.slice(-steps).map(place);
      const first = steps - shown.length;
      shown.slice(1).forEach((to, i) => {
        put(`${first + i},${shown[i]},${to}`, conversions, value, nulls);
      });
      const last = `${steps - 1},${shown.at(-1)}`;
      put(`${last},${report.channels.length + 1}`, conversions, value, 0);
      put(`${last},${report.channels.length + 2}`, 0, 0, nulls);
    }
    for (const [key, cell] of expected)
      if (cell.conversions + cell.nulls === 0) expected.delete(key);
    for (let step = 0; step < steps; step++) {
      const there = [...expected.keys()].filter((key) => key.startsWith(`${step},`)).length;
      const told = report.links.filter((link) => link.step === step).length;
      assert.equal(told, step + 1 < steps ? Math.min(links, there) : there);
    }
    const left = new Map(expected);
    for (const { step, from, to, ...amounts } of report.links) {
      assert.deepEqual(amounts, expected.get(`${step},${from},${to}`));
      left.delete(`${step},${from},${to}`);
    }
    report.rest.forEach((amounts, step) => {
      const own = [...left].filter(([key]) => key.startsWith(`${step},`)).map(([, a]) => a);
      assert.deepEqual(amounts, total(own as DatasetJourney[]));
      assert.equal(report.restCount[step], own.length);
    });
    report.links.forEach((link, i) => {
      const before = report.links[i - 1];
      if (before?.step !== link.step) return;
      assert.ok(before.conversions + before.nulls >= link.conversions + link.nulls);
    });
  }
  assert.throws(() => read(pathFile(pick)).flow({ steps: 1 }));
});
