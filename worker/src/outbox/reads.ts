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
  /** Rows before this id. */
  before?: number;
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
  const { destination = null, state = null, before = Number.MAX_SAFE_INTEGER, limit } = query;
  const deliveries = sql
    .exec<Row>(
      `SELECT ${COLUMNS} FROM outbox
       WHERE id < ? AND (? IS NULL OR destination = ?) AND (? IS NULL OR state = ?)
       ORDER BY id DESC LIMIT ?`,
      before,
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
  /** Events by identifier, among the newest thousand. */
  matched: Record<string, number>;
  sampled: number;
  breaker?: BreakerState;
}

const LAG_SAMPLE = 100;
const MATCH_SAMPLE = 1000;

export function readHealth(
  sql: Sql,
  destination: string,
  breaker: BreakerState | undefined,
): DestinationHealth {
  const counts = sql.exec<{ state: DeliveryState; count: number; oldest: number }>(
    `SELECT state, count(*) AS count, min(created) AS oldest FROM outbox
     WHERE destination = ? GROUP BY state`,
    destination,
  );
  const health: DestinationHealth = { destination, states: {}, matched: {}, sampled: 0 };
  for (const { state, count, oldest } of counts) {
    health.states[state] = count;
    if (state === 'waiting') health.oldest = oldest;
  }
  health.lag = sql
    .exec<{ lag: number }>(
      `SELECT settled - created AS lag FROM outbox
       WHERE +destination = ? AND state = 'delivered' ORDER BY id DESC LIMIT ?`,
      destination,
      LAG_SAMPLE,
    )
    .toArray()
    .map(({ lag }) => lag);
  const rows = sql.exec<{ matched: string }>(
    `SELECT matched FROM outbox
     WHERE +destination = ? AND state <> 'skipped' ORDER BY id DESC LIMIT ?`,
    destination,
    MATCH_SAMPLE,
  );
  for (const { matched } of rows) {
    health.sampled++;
    for (const name of matched.split(' ').filter(Boolean)) {
      health.matched[name] = (health.matched[name] ?? 0) + 1;
    }
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
