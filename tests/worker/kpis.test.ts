/** `GET /v1/kpis` beside plain counting over the events that were sent. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { native, random, seed } from '../node/hosts.ts';
import {
  assertVerified,
  call,
  type Json,
  type Server,
  send,
  siteConfig,
  startServer,
} from './helpers.ts';

const DAY = 86_400_000;
const NOW = Date.now();
const CONVERSIONS = [
  { name: 'purchase', event: 'purchase', count: 'every' },
  { name: 'newsletter', event: 'sign_up', count: 'once' },
];
const SOURCES = [
  { medium: 'cpc', source: 'google', channel: 'Paid Search' },
  { medium: 'email', source: 'news', channel: 'Email' },
  { medium: 'affiliate', source: 'awin', channel: 'Affiliates' },
];

interface Order {
  who: string;
  id: string;
  at: number;
  gross: number;
  refunded: number;
  path: { at: number; channel: string }[];
}

const pick = random(seed('kpis'));
const orders: Order[] = [];
const leads = new Map<string, number>();
const seen = new Map<string, number[]>();
const events: Json[] = [];
const event = (who: string, at: number, more: Json): void => {
  events.push({ visitor_id: who, occurred_at: at, event_id: `e${events.length}`, ...more });
  // A second sign_up counts as nothing.
  if (more.name === 'sign_up' && leads.has(who)) return;
  seen.set(who, [...(seen.get(who) ?? []), at]);
};

/** Persons who come, some sign up, some buy, again and again; money in cents. */
for (let i = 0; i < 120; i++) {
  const who = `v${i}`;
  const touches: { at: number; channel: string }[] = [];
  let at = NOW - (20 + pick(150)) * DAY - pick(DAY);
  for (let steps = 2 + pick(8); steps > 0 && at < NOW - DAY; steps--) {
    const what = pick(5);
    if (what < 2) {
      const source = SOURCES[pick(3)]!;
      const { medium, source: from } = source;
      event(who, at, { name: 'page_view', kind: 'click', source: { medium, source: from } });
      touches.push({ at, channel: source.channel });
    } else if (what === 2) {
      event(who, at, { name: 'sign_up' });
      if (!leads.has(who)) leads.set(who, at);
    } else {
      const gross = 500 + pick(9000);
      const id = `o${orders.length}`;
      const back = [0, 0, 0, gross, Math.floor(gross / 3)][pick(5)]!;
      event(who, at, { name: 'purchase', order_id: id, value: gross / 100, currency: 'USD' });
      const sold = at;
      const within = touches.filter((touch) => sold - touch.at <= 30 * DAY);
      const path = within.length > 0 ? within : [{ at: sold, channel: 'Direct' }];
      orders.push({ who, id, at, gross, refunded: back, path: [...path] });
      if (back > 0)
        events.push({
          name: 'refund',
          order_id: id,
          value: back / 100,
          currency: 'USD',
          occurred_at: at + 3_600_000,
          event_id: `e${events.length}`,
        });
    }
    at += DAY * pick(25) + 2 * 3_600_000;
  }
}

let server: Server;
before(async () => {
  const site = (shards: number) =>
    siteConfig({ shards, conversions: CONVERSIONS, currency: 'USD', timezone: 'UTC' });
  server = await startServer({ shop: site(3), empty: { ...site(1), api_key_secret: 'EMPTY' } });
  for (let i = 0; i < events.length; i += 500) await send(server, 'shop', events.slice(i, i + 500));
});
after(() => server?.[Symbol.asyncDispose]());

const kpis = async (query: string, site = 'shop'): Promise<Json> => {
  const { status, json, text } = await server.api(`/v1/kpis?site=${site}${query}`, { site });
  assert.equal(status, 200, text);
  return json;
};
const spend = async (csv: string) => {
  const answer = await call(`${server.url}/v1/import/spend?site=shop`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.apiKeys.shop}`, 'content-type': 'text/csv' },
    body: csv,
  });
  assert.equal(answer.status, 202, answer.text);
};
const month = (at: number) => new Date(at).toISOString().slice(0, 7);
const date = (at: number) => new Date(at).toISOString().slice(0, 10);
const six = (n: number) => Math.round(n * 1e6) / 1e6;
const monthsBetween = (a: string, b: string) =>
  (Number(b.slice(0, 4)) - Number(a.slice(0, 4))) * 12 + Number(b.slice(5)) - Number(a.slice(5));
const quantile = (values: number[], part: number) =>
  values.sort((a, b) => a - b)[Math.ceil(part * values.length) - 1] ?? null;

/** The same, by counting; days inclusive, money in cents until the end. */
const count = (from: string, to: string, cost: number) => {
  const within = (at: number) => date(at) >= from && date(at) <= to;
  const now = orders.filter(({ at }) => within(at));
  const kept = orders.filter(({ gross, refunded }) => refunded < gross);
  const first = new Map<string, Order>();
  for (const order of kept) {
    const before = first.get(order.who);
    if (!before || order.at < before.at) first.set(order.who, order);
  }
  const fresh = [...first.values()].filter(({ at }) => within(at));
  const net = (list: Order[]) => list.reduce((sum, o) => sum + o.gross - o.refunded, 0);
  const of = (who: string) => kept.filter((o) => o.who === who);
  const worth = fresh.reduce((sum, { who }) => sum + net(of(who)), 0);
  const cohort = (list: Order[], k: number) => {
    const start = month(list[0]!.at);
    const all = list.flatMap(({ who }) => of(who));
    return net(all.filter(({ at }) => monthsBetween(start, month(at)) <= k)) / 100;
  };
  const months = [...new Set(fresh.map(({ at }) => month(at)))].sort();
  const today = month(NOW);
  const groups = months.map((m) => fresh.filter(({ at }) => month(at) === m));
  const longest = months.length ? monthsBetween(months[0]!, today) : 0;
  const curve = Array.from({ length: longest }, (_, k) => {
    const lived = groups.filter((g) => monthsBetween(month(g[0]!.at), today) > k);
    const n = lived.reduce((sum, g) => sum + g.length, 0);
    return lived.reduce((sum, g) => sum + cohort(g, k), 0) / n;
  });
  const cac = cost / fresh.length;
  const paid = curve.findIndex((ltv) => six(ltv) >= six(cac));
  const told = [...leads].filter(([, at]) => within(at));
  const known = told.filter(([who, at]) => (first.get(who)?.at ?? at) < at);
  const open = told.filter(([who]) => !known.some(([k]) => k === who));
  const became = (who: string, at: number) => (first.get(who)?.at ?? Infinity) <= at + 30 * DAY;
  const leadMonths = [...new Set(open.map(([, at]) => month(at)))].sort().map((m) => {
    const list = open.filter(([, at]) => month(at) === m);
    return {
      month: m,
      leads: list.length,
      customers: list.filter(([who, at]) => became(who, at)).length,
      open: list.filter(([who, at]) => !became(who, at) && at + 30 * DAY > NOW).length,
    };
  });
  const ripe = leadMonths.filter((m) => m.open === 0);
  const sum = (list: typeof ripe, name: 'leads' | 'customers') =>
    list.reduce((all, each) => all + each[name], 0);
  return {
    total: {
      gross: six(now.reduce((s, o) => s + o.gross, 0) / 100),
      refunded: six(now.reduce((s, o) => s + o.refunded, 0) / 100),
      net: six(net(now) / 100),
      orders: now.length,
      orders_net: now.filter((o) => o.refunded < o.gross).length,
      aov_gross: six(now.reduce((s, o) => s + o.gross, 0) / 100 / now.length),
      aov: six(net(now) / 100 / now.filter((o) => o.refunded < o.gross).length),
      persons: [...seen.values()].filter((times) => times.some(within)).length,
      buyers: new Set(kept.filter(({ at }) => within(at)).map(({ who }) => who)).size,
      new_customers: fresh.length,
      spend: six(cost),
      mer: six(net(now) / 100 / cost),
      cac: six(cac),
      ltv: six(worth / 100 / fresh.length),
      ltv_to_cac: six(worth / 100 / cost),
      payback_month: paid < 0 ? null : paid,
      leads: sum(leadMonths, 'leads'),
      leads_who_had_bought: known.length,
      cpl: six(cost / sum(leadMonths, 'leads')),
      lead_to_customer: ripe.length ? six(sum(ripe, 'customers') / sum(ripe, 'leads')) : null,
    },
    cohorts: groups.map((list, i) => ({
      month: months[i],
      customers: list.length,
      ltv: Array.from({ length: longest + 1 }, (_, k) =>
        k <= monthsBetween(months[i]!, today) ? six(cohort(list, k) / list.length) : null,
      ),
    })),
    curve: curve.map(six),
    leadMonths,
    channels: [...SOURCES.map(({ channel }) => channel), 'Direct'].map((channel) => ({
      channel,
      influenced: now.filter(({ path }) => path.some((t) => t.channel === channel)).length,
      last: now.filter(({ path }) => path.at(-1)!.channel === channel).length,
    })),
    lengths: now.map(({ path }) => path.length),
    lags: now.map(({ at, path }) => Math.floor((at - path[0]!.at) / 3_600_000)),
  };
};

test('the whole time and a part of it are those of plain counting', async () => {
  const days = [40, 90, 140].map((ago) => date(NOW - ago * DAY));
  await spend(
    `date,channel,cost\n${days.map((day, i) => `${day},${i ? 'Email' : 'Paid Search'},${300 * (i + 1)}.5\n`).join('')}`,
  );
  const costs = [300.5, 600.5, 900.5];
  for (const [from, to] of [
    ['2000-01-01', '2100-01-01'],
    [date(NOW - 100 * DAY), date(NOW - 30 * DAY)],
  ] as const) {
    const cost = costs
      .filter((_, i) => days[i]! >= from && days[i]! <= to)
      .reduce((s, c) => s + c, 0);
    const told = await kpis(`&from=${from}&to=${to}`);
    const own = count(from, to, cost);
    for (const [name, figure] of Object.entries(own.total))
      assert.equal(told.total[name], figure, `${name} from ${from}`);
    assert.deepEqual(
      told.cohorts.map(({ month, customers, ltv }: Json) => ({ month, customers, ltv })),
      own.cohorts,
    );
    assert.deepEqual(
      told.curve.map(({ ltv }: Json) => ltv),
      own.curve,
    );
    assert.deepEqual(
      told.lead_cohorts.map(({ month, leads, customers, open }: Json) => ({
        month,
        leads,
        customers,
        open,
      })),
      own.leadMonths,
    );
    for (const row of own.channels.filter(({ influenced }) => influenced)) {
      const of = told.channels.find(({ channel }: Json) => channel === row.channel);
      assert.deepEqual([of.influenced, of.last], [row.influenced, row.last], row.channel);
      assert.equal(of.assisted, row.influenced - row.last);
    }
    assert.equal(told.length.median, quantile(own.lengths, 0.5));
    assert.equal(told.length.p90, quantile(own.lengths, 0.9));
    assert.equal(told.lag.median_hours, quantile(own.lags, 0.5));
    assert.equal(told.lag.p90_hours, quantile(own.lags, 0.9));
    const sum = (list: Json[]) => list.reduce((all, { orders: n }: Json) => all + n, 0);
    assert.equal(sum(told.lag.buckets), told.total.orders);
    assert.equal(sum(told.length.buckets), told.total.orders);
    for (const name of ['model', 'window', 'time_basis', 'currency', 'amounts', 'as_of'])
      assert.ok(name in told.meta, name);
  }
  // The same orders as the report's.
  const report = await server.api(
    '/v1/report?site=shop&conversion=purchase&metrics=gross,refunded',
  );
  const { total } = await kpis('');
  assert.equal(report.json.total.gross, total.gross);
  assert.equal(report.json.total.refunded, total.refunded);
  const { meta } = await kpis('');
  assert.ok(meta.conversion_rate_benchmarks.length > 0);
  for (const { low, high, period, source, checked_on } of meta.conversion_rate_benchmarks) {
    assert.ok(low > 0 && high >= low && high < 1);
    assert.match(period, /^20\d\d/);
    assert.match(source, /https:/);
    assert.match(checked_on, /^20\d\d-\d\d-\d\d$/);
  }
  await assertVerified(server);
});

test('predictions are those of hw ltv for the same orders', async () => {
  const told = await kpis('&horizon_days=180&from=2026-01-01');
  const sold = orders.filter(({ gross, refunded }) => gross > refunded);
  const csv = `customer,time,value\n${sold
    .map(({ who, at, gross, refunded }) => `${who},${at},${(gross - refunded) / 100}\n`)
    .join('')}`;
  const asOf = String(Date.parse(told.meta.as_of));
  const args = ['ltv', '--format', 'json', '--horizon', '180d', '--as-of', asOf];
  const { code, out, err } = native(args, csv);
  assert.equal(code, 0, err);
  const own = JSON.parse(out);
  const { predicted } = told;
  assert.equal(predicted.customers, new Set(sold.map(({ who }) => who)).size);
  for (const name of ['alive', 'purchases', 'value', 'value_per_customer', 'ltv']) {
    assert.ok(predicted[name] > 0, name);
    const apart = Math.abs(predicted[name] - own.predicted[name]);
    assert.ok(apart <= 1e-4 * own.predicted[name], `${name}: ${predicted[name]}`);
  }
  assert.equal(predicted.purchases_model.settled, own.purchases.settled);
  assert.equal((await kpis('')).predicted, undefined, 'only when asked');
  const nobody = (await kpis('&horizon_days=30', 'empty')).predicted;
  assert.deepEqual([nobody.customers, nobody.value], [0, null]);
  assert.match(nobody.null_means.value, /fewer than 10/);
});

test('nothing to divide by is null, with a reason', async () => {
  const { total, cohorts, null_means } = await kpis('', 'empty');
  assert.deepEqual(cohorts, []);
  for (const name of [
    'aov',
    'conversion_rate',
    'mer',
    'cac',
    'cpl',
    'ltv',
    'payback_month',
    'lead_to_customer',
  ]) {
    assert.equal(total[name], null, name);
    assert.equal(typeof null_means[name], 'string', name);
  }
});

test('what is asked is checked, and who asks', async () => {
  const of = async (query: string) => server.api(`/v1/kpis?site=shop&${query}`);
  for (const query of [
    'orders=none',
    'leads=purchase,none',
    'lead_days=-1',
    'horizon_days=3651',
    'from=soon',
  ]) {
    const { status, json } = await of(query);
    assert.deepEqual([status, json.code], [400, 'invalid_query'], query);
  }
  assert.equal((await server.api('/v1/kpis?site=shop', { key: 'wrong' })).status, 403);
  const { json } = await of('leads=&orders=newsletter');
  assert.equal(json.total.orders, leads.size);
  assert.equal(json.total.leads, 0);
});
