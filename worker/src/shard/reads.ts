/** What routes may ask of a shard about orders, journeys and outcomes. */
import type { JourneyConversion, JourneyView } from '../../../wasm/binding/types.ts';
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import { fromHex, toHex } from '../hex.ts';
import type { OrderPlaces } from '../orders/claims.ts';
import { type DeliveryView, readOrderDeliveries } from '../outbox/reads.ts';
import { findAliases } from './aliases.ts';
import type { Journeys } from './journeys.ts';

/** An arrival that named the order, with its repeats. Times are Unix ms. */
export interface OrderArrival {
  event: string;
  name: string;
  outcome: string;
  firstAt: number;
  lastAt: number;
  count: number;
}

export interface OrderView {
  arrivals: OrderArrival[];
  deliveries: DeliveryView[];
  conversions: JourneyConversion[];
  /** Owners that are somebody else by now: whoever they are has the conversion. */
  moved: OrderPlaces['owners'];
}

/**
 * @param order key of (site, order id), 32 hex digits
 * @param owners persons of this shard who own the order, by action key
 */
export function readOrder(
  sql: SqlStorage,
  journeys: Journeys,
  engine: Engine,
  site: Site,
  order: string,
  owners: OrderPlaces['owners'],
): OrderView {
  const arrivals = sql
    .exec<{
      event: ArrayBuffer;
      name: string;
      outcome: string;
      first_at: number;
      last_at: number;
      count: number;
    }>('SELECT * FROM arrivals WHERE order_key = ? ORDER BY first_at, outcome', fromHex(order))
    .toArray()
    .map((row) => ({
      event: toHex(new Uint8Array(row.event)),
      name: row.name,
      outcome: row.outcome,
      firstAt: row.first_at,
      lastAt: row.last_at,
      count: row.count,
    }));
  const held = journeys.load([...new Set(owners.map(({ person }) => person))]);
  const conversions = owners.flatMap(({ action, person }) => {
    const journey = held.get(person)?.journey;
    if (!journey?.length) return [];
    const view = engine.stepper(site).describe(journey);
    return view.conversions.filter((conversion) => conversion.order === action);
  });
  const deliveries = site.destinations.length > 0 ? readOrderDeliveries(sql, order) : [];
  const aliases = findAliases(sql, [...new Set(owners.map(({ person }) => person))]);
  const moved = owners.flatMap(({ action, person }) => {
    const alias = aliases.get(person);
    return alias === undefined ? [] : [{ action, person: alias.home }];
  });
  return { arrivals, conversions, deliveries, moved };
}

export interface JourneyPage<Journey = JourneyView> {
  journeys: Journey[];
  /** Where the next page starts; absent after the last. */
  next?: string;
}

/**
 * Reads what is stored: what is only held in memory is to be written before.
 *
 * @param after person key that the page before ended with, '' for the first page
 * @param limit most journeys of the page
 */
export function readJourneys(
  sql: SqlStorage,
  engine: Engine,
  site: Site,
  after: string,
  limit: number,
): JourneyPage {
  const rows = sql
    .exec<{ person: ArrayBuffer; journey: ArrayBuffer }>(
      'SELECT person, journey FROM journeys WHERE person > ? AND length(journey) > 0 ORDER BY person LIMIT ?',
      fromHex(after),
      limit,
    )
    .toArray();
  const stepper = engine.stepper(site);
  const journeys = rows.map(({ journey }) => stepper.describe(new Uint8Array(journey)));
  const last = rows.at(-1);
  return {
    journeys,
    ...(rows.length === limit && last && { next: toHex(new Uint8Array(last.person)) }),
  };
}

/** Counts by outcome over days of receipt, inclusive. */
export function readOutcomes(sql: SqlStorage, from: number, to: number): Record<string, number> {
  const rows = sql.exec<{ code: string; count: number }>(
    'SELECT code, sum(count) AS count FROM outcomes WHERE day BETWEEN ? AND ? GROUP BY code',
    from,
    to,
  );
  return Object.fromEntries(rows.toArray().map(({ code, count }) => [code, count]));
}
