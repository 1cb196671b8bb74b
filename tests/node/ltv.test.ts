/** `hw ltv` beside plain counting in another language, and its fits beside a likelihood written anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HwError } from '../../wasm/binding/full.ts';
import { predict } from '../../worker/src/report/predict.ts';
import { full, native, random, seed, wasi } from './hosts.ts';

const DAY = 86_400_000;
type Figures = Record<string, Record<string, number | null | string>>;
interface Told {
  [kind: string]: Figures | Record<string, number | null | string>;
}
const ltv = (csv: string, ...args: string[]): Told => {
  const { code, out, err } = native(['ltv', '--format', 'json', ...args], csv);
  assert.equal(code, 0, err);
  return JSON.parse(out) as Told;
};
const flat = (told: Told, kind: string) => told[kind] as Record<string, number | null | string>;
const close = (a: unknown, b: number, what: string, by = 1e-6): void => {
  assert.equal(typeof a, 'number', what);
  assert.ok(Math.abs((a as number) - b) <= by * Math.max(1, Math.abs(b)), `${what}: ${a} for ${b}`);
};

interface Row {
  who: string;
  at: number;
  kind: 'visit' | 'lead' | 'order';
  value: number;
}

/** Customers who come back at a rate of their own and leave with a chance of their own. */
const world = (pick: (below: number) => number, people: number): Row[] => {
  const unit = () => (1 + pick(1e9)) / (1e9 + 1);
  const start = Date.UTC(2025, 9, 20);
  const rows: Row[] = [];
  for (let i = 0; i < people; i++) {
    const who = `p${i}`;
    let at = start + pick(200 * DAY);
    rows.push({ who, at, kind: 'visit', value: 0 });
    if (pick(3) === 0) rows.push({ who, at: at + pick(60 * DAY), kind: 'lead', value: 0 });
    if (pick(2)) continue;
    const rate = (-Math.log(unit()) - Math.log(unit())) / 60;
    const leaves = 1 - unit() ** (1 / 4); // beta(1, 4)
    const price = 20 / (0.2 + unit());
    for (;;) {
      at += pick(DAY * 3);
      const value = pick(40) ? Math.round(price * (0.5 + unit()) * 100) / 100 : -5;
      rows.push({ who, at, kind: 'order', value });
      if (unit() < leaves) break;
      at += (-Math.log(unit()) / rate) * DAY;
      if (at > start + 300 * DAY) break;
    }
  }
  return rows.map((row) => ({ ...row, at: Math.floor(row.at) }));
};

const log = (rows: Row[]): string =>
  `customer,time,event,value\n${rows
    .map(
      ({ who, at, kind, value }) =>
        `${who},${at},${kind === 'order' ? 'purchase' : kind},${kind === 'order' ? value : ''}\n`,
    )
    .join('')}`;
const monthOf = (at: number): number => {
  const d = new Date(at);
  return d.getUTCFullYear() * 12 + d.getUTCMonth();
};
const monthName = (month: number): string =>
  `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;

/** The made-up shop of the demo and of `npm start`: no leads, buyers who come back. */
const seeded = (): { csv: string; rows: Row[] } => {
  const shop = ['--journeys', '2000', '--days', '180', '--again', '400', '--seed', '1'];
  const csv = native(['generate', ...shop]).out;
  const rows = csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line): Row => {
      const cells = line.split(',');
      const kind = cells[6] === 'conversion' ? 'order' : 'visit';
      return { who: cells[0]!, at: Number(cells[1]), kind, value: Number(cells[8]) };
    });
  return { csv, rows };
};

/** Orders of each person by time; those below 0 are none. */
const ordersOf = (rows: Row[], asOf: number) => {
  const by = new Map<string, Row[]>();
  for (const row of rows)
    if (row.kind === 'order' && row.value >= 0 && row.at <= asOf)
      by.set(row.who, [...(by.get(row.who) ?? []), row]);
  for (const orders of by.values()) orders.sort((a, b) => a.at - b.at);
  return by;
};

test('customers, cohorts, leads and ratios are those of plain counting', () => {
  const pick = random(seed('ltv'));
  const shop = seeded();
  for (let round = 0; round < 7; round++) {
    const rows = round < 5 ? world(pick, 300) : shop.rows;
    const newest = Math.max(...rows.map(({ at }) => at));
    const asOf = round % 2 ? newest - 40 * DAY : newest;
    const spend = 5000 + round;
    const margin = round === 4 ? 0.4 : 1;
    const args = ['--spend', String(spend), '--margin', String(margin * 100)];
    if (asOf !== newest) args.push('--as-of', String(asOf));
    const told = ltv(round < 5 ? log(rows) : shop.csv, ...args);
    const by = ordersOf(rows, asOf);
    const all = flat(told, 'all');
    const sum = (orders: Row[]) => orders.reduce((s, { value }) => s + value, 0);
    const value = sum([...by.values()].flat());
    assert.equal(flat(told, 'meta').as_of, new Date(asOf).toISOString().slice(0, 10));
    assert.equal(all.customers, by.size);
    assert.equal(all.persons, new Set(rows.map(({ who }) => who)).size);
    assert.equal(all.orders, [...by.values()].flat().length);
    const negative = rows.filter((r) => r.kind === 'order' && r.value < 0 && r.at <= asOf);
    assert.equal(all.negative_orders_left_out, negative.length);
    close(all.value, value, 'value');
    const worth = (value * margin) / by.size;
    close(all.ltv, worth, 'ltv');
    close(all.cac, spend / by.size, 'cac');
    close(all.ltv_to_cac, (worth * by.size) / spend, 'ltv:cac', 1e-5);
    // Cohorts, and the months that nobody has lived through yet.
    const cohorts = told.cohort as Figures;
    const months = [...new Set([...by.values()].map(([first]) => monthOf(first!.at)))].sort();
    assert.deepEqual(Object.keys(cohorts), months.map(monthName));
    const last = monthOf(asOf);
    const curve: { customers: number; value: number }[] = [];
    for (const month of months) {
      const members = [...by.values()].filter(([first]) => monthOf(first!.at) === month);
      const cohort = cohorts[monthName(month)]!;
      assert.equal(cohort.customers, members.length);
      close(cohort.value, sum(members.flat()), 'cohort');
      for (let k = 0; k <= last - months[0]!; k++) {
        const upTo = sum(members.flat().filter(({ at }) => monthOf(at) <= month + k)) * margin;
        const cell = cohort[`ltv_month_${k}`];
        if (month + k > last) assert.equal(cell, null);
        else close(cell, upTo / members.length, `month ${k}`);
        if (month + k >= last) continue;
        const sums = curve[k] ?? { customers: 0, value: 0 };
        curve[k] = sums;
        sums.customers += members.length;
        sums.value += upTo;
      }
    }
    const lived = curve.map((c) => c.value / c.customers);
    for (const [k, worth] of lived.entries())
      close(flat(told, 'curve')[`ltv_month_${k}`], worth, `curve ${k}`);
    const paid = lived.findIndex((worth) => worth >= spend / by.size);
    assert.equal(all.payback_month, paid < 0 ? null : paid);
    // Leads, by the month in which they became one.
    const leads = new Map<number, { leads: number; customers: number; open: number }>();
    let known = 0;
    for (const who of new Set(rows.map((r) => r.who))) {
      const lead = rows.find((r) => r.who === who && r.kind === 'lead' && r.at <= asOf)?.at;
      if (lead === undefined) continue;
      const first = by.get(who)?.[0]?.at;
      if (first !== undefined && first < lead) {
        known++;
        continue;
      }
      const cohort = leads.get(monthOf(lead)) ?? { leads: 0, customers: 0, open: 0 };
      leads.set(monthOf(lead), cohort);
      const became = first !== undefined && first <= lead + 30 * DAY;
      cohort.leads++;
      if (became) cohort.customers++;
      else if (lead + 30 * DAY > asOf) cohort.open++;
    }
    assert.equal(all.leads_who_had_bought, known);
    const told_leads = told.lead_cohort as Figures;
    if (round >= 5) assert.equal(told_leads, undefined);
    else assert.deepEqual(Object.keys(told_leads), [...leads.keys()].sort().map(monthName));
    for (const [month, { leads: n, customers, open }] of leads) {
      const row = told_leads[monthName(month)]!;
      assert.deepEqual([row.leads, row.customers, row.open_leads], [n, customers, open]);
      assert.equal(row.state, open ? 'immature' : 'mature');
    }
    const ripe = [...leads.values()].filter(({ open }) => !open);
    const n = ripe.reduce((s, { leads }) => s + leads, 0);
    if (n) close(all.lead_to_customer, ripe.reduce((s, c) => s + c.customers, 0) / n, 'leads');
    else assert.equal(all.lead_to_customer, null);
    const count = [...leads.values()].reduce((s, { leads }) => s + leads, 0);
    if (count) close(all.cpl, spend / count, 'cpl');
    else assert.equal(all.cpl, null);
  }
});

/** Lanczos (g = 7, n = 9). */
const lgamma = (x: number): number => {
  const c = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
    -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
    1.5056327351493116e-7,
  ];
  let sum = c[0]!;
  for (let i = 1; i < 9; i++) sum += c[i]! / (x - 1 + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
};

interface Customer {
  x: number;
  recency: number;
  age: number;
  spend: number;
}
const likelihood = (cs: Customer[], r: number, alpha: number, a: number, b: number): number =>
  cs.reduce((sum, { x, recency, age }) => {
    const same = lgamma(r + x) - lgamma(r) + r * Math.log(alpha);
    const beta = lgamma(a + b) + lgamma(b + x) - lgamma(b) - lgamma(a + b + x);
    const stays = (alpha + age) ** -(r + x);
    const left = x ? (a / (b + x - 1)) * (alpha + recency) ** -(r + x) : 0;
    return sum + same + beta + Math.log(stays + left);
  }, 0);

test('fits are at the top of the likelihood, and predictions follow the published formulas', () => {
  const rows = world(random(seed('ltv fits')), 2500);
  const asOf = Math.max(...rows.map(({ at }) => at));
  const told = ltv(log(rows), '--horizon', '90d');
  const day = (at: number) => Math.floor(at / DAY);
  const cs = [...ordersOf(rows, asOf).values()].map((orders): Customer => {
    const first = day(orders[0]!.at);
    const later = orders.filter(({ at }) => day(at) > first);
    return {
      x: new Set(later.map(({ at }) => day(at))).size,
      recency: day(orders.at(-1)!.at) - first,
      age: day(asOf) - first,
      spend: later.reduce((sum, { value }) => sum + value, 0),
    };
  });
  const fit = flat(told, 'purchases');
  const at = ['r', 'alpha_days', 'a', 'b'].map((name) => fit[name] as number);
  const of = (p: number[]) => likelihood(cs, p[0]!, p[1]!, p[2]!, p[3]!);
  close(fit.log_likelihood, of(at), 'log likelihood', 1e-8);
  assert.equal(fit.settled, 'yes');
  at.forEach((p, i) => {
    for (const by of [0.98, 1.02]) assert.ok(of(at.with(i, p * by)) < of(at), `parameter ${i}`);
  });
  const money = flat(told, 'worth');
  const [p, q, gamma] = ['p', 'q', 'gamma'].map((name) => money[name] as number) as [
    number,
    number,
    number,
  ];
  const worthOf = (p: number, q: number, gamma: number) =>
    cs.reduce((sum, { x, spend }) => {
      if (!x || spend <= 0) return sum;
      const mean = spend / x;
      return (
        sum +
        lgamma(p * x + q) -
        lgamma(p * x) -
        lgamma(q) +
        q * Math.log(gamma) +
        (p * x - 1) * Math.log(mean) +
        p * x * Math.log(x) -
        (p * x + q) * Math.log(gamma + x * mean)
      );
    }, 0);
  // Customers of near the same mean are put together: a thousandth of the likelihood, not more.
  close(money.log_likelihood, worthOf(p, q, gamma), 'worth', 1e-3);
  for (const by of [0.9, 1.1])
    assert.ok(
      Math.max(worthOf(p * by, q, gamma), worthOf(p, q * by, gamma), worthOf(p, q, gamma * by)) <
        worthOf(p, q, gamma),
    );
  // Gauss' series as published; the horizon is short enough for it.
  const [r, alpha, a, b] = at as [number, number, number, number];
  let [alive, purchases, value] = [0, 0, 0];
  for (const { x, recency, age, spend } of cs) {
    const here =
      1 / (1 + (x ? (a / (b + x - 1)) * ((alpha + age) / (alpha + recency)) ** (r + x) : 0));
    const z = 90 / (alpha + age + 90);
    let [term, series] = [1, 1];
    for (let n = 0; n < 5000; n++) {
      term *= (((r + x + n) * (b + x + n)) / ((a + b + x - 1 + n) * (n + 1))) * z;
      series += term;
    }
    const y = ((a + b + x - 1) / (a - 1)) * (1 - (1 - z) ** (r + x) * series) * here;
    alive += here;
    purchases += y;
    value += (y * p * (gamma + spend)) / (p * x + q - 1);
  }
  close(flat(told, 'predicted').alive, alive, 'alive', 1e-5);
  close(flat(told, 'predicted').purchases, purchases, 'purchases', 1e-4);
  close(flat(told, 'predicted').value, value, 'predicted value', 1e-4);
  const less = flat(ltv(log(rows), '--horizon', '90d', '--discount', '1'), 'predicted').value;
  assert.ok((less as number) < value && (less as number) > value / 1.01 ** 3);
});

test('native and WASI print the same bytes; the table lines up', () => {
  const csv = log(world(random(seed('ltv parity')), 400));
  for (const format of ['csv', 'json', 'table']) {
    const args = ['ltv', '--format', format, '--spend', '900', '--currency', 'EUR'];
    const a = native(args, csv);
    assert.equal(a.code, 0, a.err);
    assert.equal(wasi(args, csv).out, a.out);
  }
  const lines = native(['ltv', '--format', 'table'], csv)
    .out.split('\n')
    .filter((line) => /\d\.\d{6}/.test(line));
  assert.equal(new Set(lines.map((line) => line.search(/\.\d{6}( |$)/))).size, 1);
});

test('files of orders and touch logs; what has no figure says why', () => {
  const orders = ltv(
    'customer;time;value;order_id\na;2026-01-05;10;1\na;2026-01-05;10;1\nb;2026-02-01;5;2\n',
  );
  const all = flat(orders, 'all');
  assert.deepEqual([all.customers, all.orders, all.value], [2, 2, 15]);
  assert.deepEqual([all.persons, all.conversion_rate, all.cac, all.cpl], [null, null, null, null]);
  const why = flat(orders, 'null_means');
  assert.equal(why['all.cac'], 'no spend is known');
  assert.equal(why['all.cpl'], 'no leads');
  assert.equal(why['predicted.value'], 'fewer than 10 customers came again on another day');
  // A lead that a site counts as a conversion is no order; visits make persons.
  const touches = ltv(
    'visitor,time,channel,interaction,conversion,value\nv,1767225600,Ads,click,0,\n' +
      'v,1767225601,,lead,1,25\nw,1767225602,Ads,click,0,\nw,1767225603,,,1,40\n',
  );
  const of = flat(touches, 'all');
  assert.deepEqual([of.persons, of.customers, of.leads, of.conversion_rate], [2, 1, 1, 0.5]);
  for (const [args, csv, exit] of [
    [[], 'path,total_conversions\na > b,3\n', 1],
    [[], 'customer,value\na,3\n', 1],
    [['--margin', '101'], '', 2],
    [['--horizon', '36h'], '', 2],
    [['--spend', '-1'], '', 2],
    [['--as-of', 'soon'], '', 2],
  ] as const) {
    const { code, err } = native(['ltv', ...args], csv);
    assert.equal(code, exit, `${args.join(' ')} ${csv}`);
    assert.notEqual(err, '');
  }
});

test('at the edge, more orders than fit are told to go elsewhere', async () => {
  const core = await full();
  const histories = [[[Date.UTC(2026, 0, 1), 5_000_000]], [[Date.UTC(2026, 0, 2), 7_000_000]]] as [
    number,
    number,
  ][][];
  const asOf = Date.UTC(2026, 1, 1);
  const told = predict(core, histories, asOf, 365, 1);
  assert.deepEqual([told.customers, told.value, told.alive], [2, null, null]);
  assert.match(told.null_means.value!, /more than 1 orders: export the journeys and ask hw ltv/);
  assert.match(predict(core, histories, asOf, 365, 2).null_means.value!, /fewer than 10/);
});

test('the binding tells what hw ltv prints for the same touch log', async () => {
  const hw = await full();
  const pick = random(seed('ltv binding'));
  const rows = world(pick, 600).map(
    ({ who, at, kind, value }) =>
      `${who},${at},${['Ads', 'Mail'][pick(2)]},${kind === 'order' ? '' : kind},${kind === 'order' ? 1 : 0},${kind === 'order' ? Math.abs(value) : ''}\n`,
  );
  const csv = `visitor,time,channel,interaction,conversion,value\n${rows.join('')}`;
  const data = hw.dataset();
  data.append(new TextEncoder().encode(csv));
  data.finish();
  const args = ['--spend', '1234.5', '--margin', '35', '--discount', '0.8', '--horizon', '180d'];
  const told = data.customers({
    spend: 1_234_500_000,
    margin: 0.35,
    discount: 0.008,
    horizonDays: 180,
    currency: 'EUR',
  });
  assert.deepEqual(told, ltv(csv, ...args, '--currency', 'EUR'));
  assert.ok(told.predicted.value! > 0);
  assert.deepEqual(data.customers(), ltv(csv));
  assert.throws(() => data.customers({ margin: 2 }), HwError);
  const paths = hw.dataset();
  paths.append(new TextEncoder().encode('path,total_conversions\na > b,3\n'));
  paths.finish();
  assert.throws(() => paths.customers(), HwError);
});
