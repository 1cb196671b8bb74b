/** What routes may ask of an outbox. */

import { fromHex, toHex } from '../hex.ts';
import type { BreakerState } from './breaker.ts';
import { forgetClients } from './clients.ts';
import type { Sql, SqlValue } from './sql.ts';

export const DELIVERY_STATES = ['waiting', 'sending', 'delivered', 'dead', 'skipped'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface DeliveryQuery {
  destination?: string;
  state?: DeliveryState;
  /** Rows that came before this moment, or in it with a smaller id. */
  before?: { created: number; id: number };
  limit: number;
}

/** Times are Unix ms. */
export interface DeliveryView {
  id: number;
  destination: string;
  conversion: string;
  kind: string;
  event_id: string;
  state: DeliveryState;
  tries: number;
  reason: string | null;
  created: number;
  due: number;
  expires: number;
  settled: number | null;
  /** Names of the identifiers that go with it. */
  matched: string;
}

export interface DeliveryPage {
  deliveries: DeliveryView[];
}

const COLUMNS = `id, destination, conversion, kind, event_id, state, tries, reason, created, due,
  expires, settled, matched`;

type Row = DeliveryView & Record<string, SqlValue>;

/** The newest first. */
export function readDeliveries(sql: Sql, query: DeliveryQuery): DeliveryPage {
  const { destination = null, state = null, before, limit } = query;
  const { created, id } = before ?? { created: Number.MAX_SAFE_INTEGER, id: 0 };
  const deliveries = sql
    .exec<Row>(
      `SELECT ${COLUMNS} FROM outbox
       WHERE (created < ? OR (created = ? AND id < ?))
         AND (? IS NULL OR destination = ?) AND (? IS NULL OR state = ?)
       ORDER BY id DESC LIMIT ?`,
      created,
      created,
      id,
      destination,
      destination,
      state,
      state,
      limit,
    )
    .toArray();
  return { deliveries };
}

/** @param order key of (site, order id), 32 hex digits */
export function readOrderDeliveries(sql: Sql, order: string): DeliveryView[] {
  return sql
    .exec<Row>(`SELECT ${COLUMNS} FROM outbox WHERE order_key = ? ORDER BY id`, fromHex(order))
    .toArray();
}

export interface DestinationHealth {
  destination: string;
  states: Partial<Record<DeliveryState, number>>;
  /** When the oldest row came that waits, Unix ms. */
  oldest?: number;
  /** From the commit to the platform's answer, of the newest hundred, ms. */
  lag?: number[];
  /** When the newest of them was answered, Unix ms. */
  delivered?: number;
  /** Events by identifier, among the newest thousand. */
  matched: Record<string, number>;
  /** Of these, events with an identifier that means one person: hashed user data or a click. */
  identified: number;
  sampled: number;
  /** Why deliveries were given up or are never sent, and how many. */
  reasons: { state: DeliveryState; reason: string; count: number }[];
  breaker?: BreakerState;
}

const LAG_SAMPLE = 100;
const MATCH_SAMPLE = 1000;
const REASONS = 10;
/** Fields of a user that mean one person. */
const PERSONAL = ['email', 'phone', 'external_id'];

export function readHealth(
  sql: Sql,
  destination: string,
  breaker: BreakerState | undefined,
  clickIds: readonly string[] = [],
): DestinationHealth {
  const counts = sql.exec<{ state: DeliveryState; count: number; oldest: number }>(
    `SELECT state, count(*) AS count, min(created) AS oldest FROM outbox
     WHERE destination = ? GROUP BY state`,
    destination,
  );
  const health: DestinationHealth = {
    destination,
    states: {},
    matched: {},
    identified: 0,
    sampled: 0,
    reasons: [],
  };
  for (const { state, count, oldest } of counts) {
    health.states[state] = count;
    if (state === 'waiting') health.oldest = oldest;
  }
  const newest = sql
    .exec<{ lag: number; settled: number }>(
      `SELECT settled - created AS lag, settled FROM outbox
       WHERE +destination = ? AND state = 'delivered' ORDER BY id DESC LIMIT ?`,
      destination,
      LAG_SAMPLE,
    )
    .toArray();
  health.lag = newest.map(({ lag }) => lag);
  if (newest.length > 0) health.delivered = Math.max(...newest.map(({ settled }) => settled));
  health.reasons = sql
    .exec<{ state: DeliveryState; reason: string; count: number }>(
      `SELECT state, coalesce(reason, '') AS reason, count(*) AS count FROM outbox
       WHERE destination = ? AND state IN ('dead', 'skipped')
       GROUP BY state, reason ORDER BY count DESC, reason LIMIT ?`,
      destination,
      REASONS,
    )
    .toArray();
  const known = new Set([...PERSONAL, ...clickIds]);
  const rows = sql.exec<{ matched: string }>(
    `SELECT matched FROM outbox
     WHERE +destination = ? AND state <> 'skipped' ORDER BY id DESC LIMIT ?`,
    destination,
    MATCH_SAMPLE,
  );
  for (const { matched } of rows) {
    health.sampled++;
    const names = matched.split(' ').filter(Boolean);
    if (names.some((name) => known.has(name))) health.identified++;
    for (const name of names) health.matched[name] = (health.matched[name] ?? 0) + 1;
  }
  if (breaker !== undefined) health.breaker = breaker;
  return health;
}

/**
 * Removes all that the outbox holds of a person, sent or not. What platforms have, they have.
 *
 * @param person key, 32 hex digits
 * @returns rows that were there
 */
export function erasePerson(sql: Sql, person: string): number {
  const who = fromHex(person);
  forgetClients(sql, 'person = ?', who);
  // A text of the same length is written in its place, or the end would stay on the disk.
  sql.exec(
    `UPDATE outbox SET delivery = replace(hex(zeroblob(length(CAST(delivery AS BLOB)))), '00', ' ')
     WHERE person = ? AND delivery IS NOT NULL`,
    who,
  );
  const { rowsWritten } = sql.exec('DELETE FROM outbox WHERE person = ?', who);
  sql.exec('DELETE FROM clicks WHERE person = ?', who);
  sql.exec('DELETE FROM ad_denials WHERE person = ?', who);
  return rowsWritten;
}

/** What the outbox holds of a person, for an export. */
export function exportPerson(sql: Sql, person: string) {
  const who = fromHex(person);
  return {
    deliveries: sql
      .exec<Row>(`SELECT ${COLUMNS} FROM outbox WHERE person = ? ORDER BY id`, who)
      .toArray(),
    clicks: sql
      .exec<{ touch: ArrayBuffer; at: number; ids: string }>(
        'SELECT touch, at, ids FROM clicks WHERE person = ? ORDER BY at',
        who,
      )
      .toArray()
      .map(({ touch, at, ids }) => ({
        event: toHex(new Uint8Array(touch)),
        at,
        ids: JSON.parse(ids) as Record<string, string>,
      })),
  };
}
