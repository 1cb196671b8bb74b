/** `GET /v1/kpis`: a site's customers, leads and orders over a period, with what they cost. */
import rates from '../../../core/data/conversion_rates.json';
import fullModule from '../../../dist/headwater-full.wasm';
import { HeadwaterFull } from '../../../wasm/binding/full.ts';
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { figuresOf } from '../report/figures.ts';
import { leadsOf } from '../report/leads.ts';
import { ratio } from '../report/metrics.ts';
import { predict } from '../report/predict.ts';
import {
  invalid,
  PERIOD_PARAMETERS,
  period,
  SITE_PARAMETER,
  siteOfQuery,
  wholeNumber,
} from '../report/query.ts';
import { json, type Route } from '../route.ts';
import { microsToNumber } from '../schema/money.ts';
import { formatDate } from '../schema/time.ts';
import { callAllShards } from '../shard/client.ts';
import { addKpis, type KpiAsk, type KpiSums, noKpis } from '../shard/kpis.ts';
import { callSpend } from '../spend/client.ts';

/** Persons that a shard sums up at one go, some milliseconds. */
const PAGE = 500;

/** Upper ends of the lag's buckets, days; behind them all that took longer. */
const LAGS: readonly (readonly [number, string])[] = [
  [0, '0 d'],
  [1, '1 d'],
  [2, '2 d'],
  [7, '3-7 d'],
  [14, '8-14 d'],
  [30, '15-30 d'],
  [60, '31-60 d'],
  [Number.POSITIVE_INFINITY, 'over 60 d'],
];
const LONGEST = 20;

export const kpis: Route = {
  method: 'GET',
  path: '/v1/kpis',
  doc: {
    summary:
      'Revenue, customers, CAC, leads, cohorts, assists, path length and time lag of a period',
    key: true,
    parameters: [
      SITE_PARAMETER,
      ...PERIOD_PARAMETERS,
      {
        name: 'orders',
        in: 'query',
        description: 'conversions that are orders, by comma; default: those that are no leads',
      },
      {
        name: 'leads',
        in: 'query',
        description:
          'conversions that are leads, by comma; default: events lead and sign_up, and names lead and signup',
      },
      {
        name: 'lead_days',
        in: 'query',
        description: 'days in which a lead may become a customer, up to 365; default 30',
      },
      {
        name: 'horizon_days',
        in: 'query',
        description:
          'predict what all customers so far will buy in so many days, up to 3650; default 0: nothing',
      },
    ],
    answer:
      '{"total", "cohorts", "curve", "lead_cohorts", "channels", "length", "lag", "predicted", "null_means", "meta"}',
  },
  async handle(route) {
    const { context, url } = route;
    const { site, refold } = await figuresOf(context, await siteOfQuery(route));
    const days = period(url);
    const asOf = Date.now();
    const names = site.conversions.map(({ name }) => name);
    const leads = namesOf(url, 'leads', names) ?? leadsOf(site);
    const orders = namesOf(url, 'orders', names) ?? names.filter((name) => !leads.includes(name));
    const leadDays = wholeNumber(url, 'lead_days', { min: 0, max: 365, fallback: 30 });
    const horizon = wholeNumber(url, 'horizon_days', { min: 0, max: 3650, fallback: 0 });
    const ask = {
      from: days.from,
      to: days.to,
      orders,
      leads,
      leadDays,
      asOf,
      histories: horizon > 0,
    };
    const [sums, spend] = await Promise.all([
      gather(context, site, ask),
      callSpend(context, site, (stub) => stub.sums(days.from, days.to, 'channel')),
    ]);
    const costs = new Map(spend.map(({ key, cost }) => [key, BigInt(cost)]));
    const cost = [...costs.values()].reduce((sum, each) => sum + each, 0n);
    const today = formatDate(site.dayOf(asOf)).slice(0, 7);
    const curve = curveOf(sums, today);
    return json({
      total: totalOf(sums, cost, spend.length > 0, curve),
      cohorts: cohortsOf(sums, today),
      curve: curve.map((ltv, month) => ({ month, ltv: microsToNumber(ltv) })),
      lead_cohorts: [...sums.leads]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([month, { leads: count, customers, open }]) => ({
          month,
          leads: count,
          customers,
          lead_to_customer: ratio(whole(customers), whole(count)),
          open,
          mature: open === 0,
        })),
      channels: channelsOf(sums, costs),
      length: lengthOf(sums),
      lag: lagOf(sums),
      ...(horizon > 0 && {
        predicted: predict(HeadwaterFull.fromModule(fullModule), sums.histories, asOf, horizon),
      }),
      null_means: {
        aov: 'no orders',
        conversion_rate: 'nobody was seen',
        mer: 'no spend',
        new_customer_mer: 'no spend',
        cac: 'no spend is known, or no new customers',
        cpl: 'no spend is known, or no leads',
        ltv_to_cac: 'no cost of a customer',
        payback_month: 'no cost of a customer, or not yet',
        lead_to_customer: 'no month of leads has had its days',
        ltv: 'nobody bought; of a month of a cohort: it is still to come',
        assist_ratio: 'never last',
      },
      meta: {
        site: site.key,
        model: null,
        orders,
        leads,
        lead_days: leadDays,
        ...days.shown,
        window: {
          click_days: site.step.lookbackClickMs / 86_400_000,
          impression_days: site.step.lookbackImpressionMs / 86_400_000,
        },
        time_basis: 'conversion',
        timezone: site.timezone,
        currency: site.currency,
        amounts: 'net of refunds, where not called gross; ltv is of revenue, not of margin',
        conversion_rate_of: 'persons with a touch or a conversion in the period',
        // Of visits: a person makes one or more, so the rate of the same shop is lower by visits.
        conversion_rate_benchmarks: rates,
        history_days: site.step.retentionMs / 86_400_000,
        ...(refold && { refold }),
        as_of: new Date(asOf).toISOString(),
      },
    });
  },
};

const whole = (count: number): bigint => BigInt(count) * 1_000_000n;

function namesOf(url: URL, parameter: string, known: readonly string[]): string[] | undefined {
  const given = url.searchParams.get(parameter);
  if (given === null) return undefined;
  const names = given === '' ? [] : given.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalid(parameter, `names among ${known.join(', ')}`, unknown);
  return names;
}

/** Every shard answers with sums, a page of its persons at a time. @throws Problem unavailable */
async function gather(context: Context, site: Site, ask: KpiAsk): Promise<KpiSums> {
  const sums = noKpis();
  await callAllShards(context, site, async (stub) => {
    let after: string | undefined = '';
    while (after !== undefined) {
      const page: Awaited<ReturnType<typeof stub.kpis>> = await stub.kpis(
        site.key,
        after,
        PAGE,
        ask,
      );
      addKpis(sums, page.sums);
      after = page.next;
    }
  });
  return sums;
}

/** @param curve a customer's worth by whole months since the first order, micros */
function totalOf(sums: KpiSums, cost: bigint, spent: boolean, curve: readonly bigint[]) {
  const net = sums.gross - sums.refunded;
  let worth = 0n;
  for (const { byMonth } of sums.cohorts.values())
    for (const each of byMonth.values()) worth += each;
  const cohorts = [...sums.leads.values()];
  const leads = cohorts.reduce((sum, each) => sum + each.leads, 0);
  const ripe = cohorts.filter(({ open }) => open === 0);
  const count = (name: 'leads' | 'customers') => ripe.reduce((sum, each) => sum + each[name], 0);
  const cac = spent ? ratio(cost, whole(sums.newCustomers)) : null;
  const payback = cac === null ? -1 : curve.findIndex((ltv) => microsToNumber(ltv) >= cac);
  return {
    gross: microsToNumber(sums.gross),
    refunded: microsToNumber(sums.refunded),
    net: microsToNumber(net),
    orders: sums.orders,
    orders_net: sums.orders - sums.undone,
    aov_gross: ratio(sums.gross, whole(sums.orders)),
    aov: ratio(net, whole(sums.orders - sums.undone)),
    persons: sums.persons,
    buyers: sums.buyers,
    conversion_rate: ratio(whole(sums.buyers), whole(sums.persons)),
    new_customers: sums.newCustomers,
    spend: spent ? microsToNumber(cost) : null,
    mer: ratio(net, cost),
    new_customer_mer: ratio(sums.newNet, cost),
    cac,
    ltv: ratio(worth, whole(sums.newCustomers)),
    ltv_to_cac: ratio(worth, cac === null ? 0n : cost),
    payback_month: payback < 0 ? null : payback,
    leads,
    leads_who_had_bought: sums.knownLeads,
    open_leads: cohorts.reduce((sum, { open }) => sum + open, 0),
    cpl: spent ? ratio(cost, whole(leads)) : null,
    lead_to_customer: ratio(whole(count('customers')), whole(count('leads'))),
  };
}

/** Months between two, each as `2026-01`. */
const monthsBetween = (from: string, to: string): number => {
  const number = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5));
  return number(to) - number(from);
};

/** What a cohort had paid by each month of its age, up to the month that runs; micros. */
function paid(month: string, byMonth: ReadonlyMap<string, bigint>, today: string): bigint[] {
  const sums = new Array<bigint>(monthsBetween(month, today) + 1).fill(0n);
  for (const [at, net] of byMonth) sums[monthsBetween(month, at)]! += net;
  for (let k = 1; k < sums.length; k++) sums[k]! += sums[k - 1]!;
  return sums;
}

function cohortsOf({ cohorts }: KpiSums, today: string) {
  const months = [...cohorts.keys()].sort();
  const longest = months.length > 0 ? monthsBetween(months[0]!, today) : 0;
  return months.map((month) => {
    const { customers, byMonth } = cohorts.get(month)!;
    const sums = paid(month, byMonth, today);
    return {
      month,
      customers,
      whole_months: sums.length - 1,
      // Null: still to come.
      ltv: Array.from({ length: longest + 1 }, (_, k) =>
        k < sums.length ? ratio(sums[k]!, whole(customers)) : null,
      ),
    };
  });
}

/** A customer's worth by months since the first order, over the cohorts that have lived through them; micros. */
function curveOf({ cohorts }: KpiSums, today: string): bigint[] {
  const ages: { customers: bigint; net: bigint }[] = [];
  for (const [month, { customers, byMonth }] of cohorts) {
    // The month that runs is not whole yet.
    for (const [k, net] of paid(month, byMonth, today).slice(0, -1).entries()) {
      const age = ages[k] ?? { customers: 0n, net: 0n };
      ages[k] = { customers: age.customers + BigInt(customers), net: age.net + net };
    }
  }
  return ages.map(({ customers, net }) => (2n * net + customers) / (2n * customers));
}

/** Assisted is not additive: an order of three channels is assisted by two. */
function channelsOf({ channels }: KpiSums, costs: ReadonlyMap<string, bigint>) {
  return [...channels]
    .map(([channel, { last, influenced }]) => {
      const cost = costs.get(channel);
      return {
        channel,
        influenced,
        last,
        assisted: influenced - last,
        assist_ratio: ratio(whole(influenced - last), whole(last)),
        spend: cost === undefined ? null : microsToNumber(cost),
      };
    })
    .sort((a, b) => b.influenced - a.influenced || (a.channel < b.channel ? -1 : 1));
}

/** Nearest rank. */
function quantile(counts: ReadonlyMap<number, number>, part: number): number | null {
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let sum = 0;
  for (const [at, count] of [...counts].sort(([a], [b]) => a - b)) {
    sum += count;
    if (sum >= part * all) return at;
  }
  return null;
}

function lengthOf({ lengths }: KpiSums) {
  const buckets = new Array<number>(LONGEST + 1).fill(0);
  for (const [length, count] of lengths) buckets[Math.min(length, LONGEST + 1) - 1]! += count;
  return {
    median: quantile(lengths, 0.5),
    p90: quantile(lengths, 0.9),
    buckets: buckets.map((orders, i) => ({
      touches: i < LONGEST ? String(i + 1) : `over ${LONGEST}`,
      orders,
    })),
  };
}

function lagOf({ lagHours }: KpiSums) {
  const buckets = LAGS.map(([, name]) => ({ lag: name, orders: 0 }));
  for (const [hours, count] of lagHours) {
    const days = Math.floor(hours / 24);
    buckets[LAGS.findIndex(([most]) => days <= most)]!.orders += count;
  }
  return {
    median_hours: quantile(lagHours, 0.5),
    p90_hours: quantile(lagHours, 0.9),
    buckets,
  };
}
