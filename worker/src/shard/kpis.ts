/**
 * What a shard's persons bought and became, as small sums: by month and by channel, never by person.
 * The site's sums are those of its pages and shards added up.
 */
import type { JourneyConversion, JourneyView } from '../../../wasm/binding/types.ts';
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import { formatDate } from '../schema/time.ts';
import { refundedOf } from './plain_journey.ts';
import { readJourneys } from './reads.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface KpiAsk {
  /** Days, inclusive: of orders, of first orders and of leads. */
  from: number;
  to: number;
  /** Names of conversions. */
  orders: readonly string[];
  leads: readonly string[];
  /** A lead has so long to become a customer. */
  leadDays: number;
  /** Unix ms. */
  asOf: number;
  /** Whether `histories` are wanted. */
  histories: boolean;
}

/** Sums of money are micros. */
export interface KpiSums {
  /** With a touch or a conversion in the period. */
  persons: number;
  /** Who bought in the period; of these, who had never before. */
  buyers: number;
  newCustomers: number;
  orders: number;
  /** Refunded in full: in gross, not in net. */
  undone: number;
  gross: bigint;
  refunded: bigint;
  /** Net of the new customers in the period. */
  newNet: bigint;
  /** `2026-01` of the first order. */
  cohorts: Map<string, { customers: number; byMonth: Map<string, bigint> }>;
  /** Of the lead. open: no customer yet, and the days are not over. */
  leads: Map<string, { leads: number; customers: number; open: number }>;
  /** Had bought before they became a lead: in no cohort of leads. */
  knownLeads: number;
  channels: Map<string, { last: number; influenced: number }>;
  /** Orders by touches, and by whole hours from the first touch. */
  lengths: Map<number, number>;
  lagHours: Map<number, number>;
  /** Of each who ever bought: when, Unix ms, and net, of what was not refunded in full. */
  histories: [at: number, net: number][][];
}

export const noKpis = (): KpiSums => ({
  persons: 0,
  buyers: 0,
  newCustomers: 0,
  orders: 0,
  undone: 0,
  gross: 0n,
  refunded: 0n,
  newNet: 0n,
  cohorts: new Map(),
  leads: new Map(),
  knownLeads: 0,
  channels: new Map(),
  lengths: new Map(),
  lagHours: new Map(),
  histories: [],
});

export interface KpiPage {
  sums: KpiSums;
  next?: string;
}

/** As readJourneys, summed up. */
export function readKpis(
  sql: SqlStorage,
  engine: Engine,
  site: Site,
  after: string,
  limit: number,
  ask: KpiAsk,
): KpiPage {
  const { journeys, next } = readJourneys(sql, engine, site, after, limit);
  const sums = noKpis();
  for (const journey of journeys) addPerson(sums, journey, ask);
  return { sums, ...(next !== undefined && { next }) };
}

const monthOf = (day: number): string => formatDate(day).slice(0, 7);

export function sumIn<K>(map: Map<K, number>, key: K, by: number): void {
  map.set(key, (map.get(key) ?? 0) + by);
}

export function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let entry = map.get(key);
  if (entry === undefined) {
    entry = make();
    map.set(key, entry);
  }
  return entry;
}

function addPerson(sums: KpiSums, { touches, conversions }: JourneyView, ask: KpiAsk): void {
  const within = (day: number): boolean => day >= ask.from && day <= ask.to;
  const byTime = conversions
    .filter(({ at }) => at <= ask.asOf)
    .sort((a, b) => a.at - b.at || (a.event < b.event ? -1 : 1));
  const all = byTime.filter(({ action }) => ask.orders.includes(action));
  // Who got all of it back has bought nothing.
  const orders = all.filter((order) => order.value === 0 || refundedOf(order) < order.value);
  const first = orders[0];
  const now = all.filter(({ day }) => within(day));
  if (now.length > 0 || [...touches, ...byTime].some(({ day }) => within(day))) sums.persons++;
  sums.orders += now.length;
  for (const order of now) addOrder(sums, order);
  if (orders.some(({ day }) => within(day))) sums.buyers++;
  if (ask.histories && orders.length > 0)
    sums.histories.push(orders.map((order) => [order.at, order.value - refundedOf(order)]));
  if (first !== undefined && within(first.day)) {
    sums.newCustomers++;
    const cohort = entryOf(sums.cohorts, monthOf(first.day), () => ({
      customers: 0,
      byMonth: new Map<string, bigint>(),
    }));
    cohort.customers++;
    for (const order of orders) {
      const net = BigInt(order.value - refundedOf(order));
      const month = monthOf(order.day);
      cohort.byMonth.set(month, (cohort.byMonth.get(month) ?? 0n) + net);
      if (within(order.day)) sums.newNet += net;
    }
  }
  const lead = byTime.find(({ action }) => ask.leads.includes(action));
  if (lead === undefined || !within(lead.day)) return;
  if (first !== undefined && first.at < lead.at) {
    sums.knownLeads++;
    return;
  }
  const cohort = entryOf(sums.leads, monthOf(lead.day), () => ({
    leads: 0,
    customers: 0,
    open: 0,
  }));
  const until = lead.at + ask.leadDays * DAY_MS;
  cohort.leads++;
  if (first !== undefined && first.at <= until) cohort.customers++;
  else if (until > ask.asOf) cohort.open++;
}

function addOrder(sums: KpiSums, order: JourneyConversion): void {
  const refunded = refundedOf(order);
  sums.gross += BigInt(order.value);
  sums.refunded += BigInt(refunded);
  if (order.value > 0 && refunded >= order.value) sums.undone++;
  // A direct visit within a visit earns nothing, so it is no step of the way.
  const path = order.path.filter(({ counts, id }) => counts || id === '');
  const last = path.at(-1);
  if (last === undefined) return;
  for (const channel of new Set(path.map((touch) => touch.channel))) {
    const entry = entryOf(sums.channels, channel, () => ({ last: 0, influenced: 0 }));
    entry.influenced++;
    if (channel === last.channel) entry.last++;
  }
  sumIn(sums.lengths, path.length, 1);
  sumIn(sums.lagHours, Math.floor((order.at - path[0]!.at) / HOUR_MS), 1);
}

/** Adds a page's sums. */
export function addKpis(to: KpiSums, from: KpiSums): void {
  for (const name of [
    'persons',
    'buyers',
    'newCustomers',
    'orders',
    'undone',
    'knownLeads',
  ] as const) {
    to[name] += from[name];
  }
  for (const name of ['gross', 'refunded', 'newNet'] as const) to[name] += from[name];
  for (const [month, { customers, byMonth }] of from.cohorts) {
    const cohort = entryOf(to.cohorts, month, () => ({ customers: 0, byMonth: new Map() }));
    cohort.customers += customers;
    for (const [at, net] of byMonth) cohort.byMonth.set(at, (cohort.byMonth.get(at) ?? 0n) + net);
  }
  for (const [month, { leads, customers, open }] of from.leads) {
    const cohort = entryOf(to.leads, month, () => ({ leads: 0, customers: 0, open: 0 }));
    cohort.leads += leads;
    cohort.customers += customers;
    cohort.open += open;
  }
  for (const [channel, { last, influenced }] of from.channels) {
    const entry = entryOf(to.channels, channel, () => ({ last: 0, influenced: 0 }));
    entry.last += last;
    entry.influenced += influenced;
  }
  for (const [length, count] of from.lengths) sumIn(to.lengths, length, count);
  for (const [hours, count] of from.lagHours) sumIn(to.lagHours, hours, count);
  for (const history of from.histories) to.histories.push(history);
}
