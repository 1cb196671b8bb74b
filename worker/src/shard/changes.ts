/**
 * What has changed in a shard's ledger since a reader came last. Changes are numbered; each row has the
 * number of its last, and each day that of its last row. A reader gets the rows that have changed, as
 * they are now, so that reading again harms nothing.
 */
import { DIMENSIONS } from './ledger.ts';

/** Rows after which no further day is begun. */
const PAGE_ROWS = 20_000;

export interface LedgerPage {
  /** Settings of the figures. */
  step: string;
  /** The reader knew other figures: whatever it has of this shard goes first. */
  whole: boolean;
  /** Number of the last change of the days of this page: where the next begins. */
  seq: number;
  /** Days that were made anew: all their rows stand here. */
  days: number[];
  /** Amounts are decimal text, since sums may pass 2^53 micros. */
  rows: [
    day: number,
    basis: string,
    action: string,
    model: string,
    source: number,
    conversions: string,
    value: string,
  ][];
  /** The sources of the rows: number and the six dimensions. */
  sources: [id: number, ...dimensions: string[]][];
  /** Events without a rate by day of receipt, of all days. */
  rateMissing: [day: number, count: number][];
  more: boolean;
}

/** The number of the next change. */
export function nextChange(sql: SqlStorage): number {
  return sql
    .exec<{ next: number }>('SELECT coalesce(max(seq), 0) + 1 AS next FROM ledger_days')
    .one().next;
}

/** Notes that days of the ledger have changed. Call inside the transaction that changes them. */
export function noteDays(sql: SqlStorage, days: Iterable<number>, change: number): void {
  for (const day of days) {
    sql.exec(
      `INSERT INTO ledger_days (day, seq) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET seq = excluded.seq`,
      day,
      change,
    );
  }
}

/**
 * After all of the ledger was made anew: every day has changed. Numbers go on, since a reader may come
 * who knows these settings from before.
 */
export const RENUMBER_DAYS: readonly string[] = [
  `INSERT INTO ledger_days (day, seq)
   SELECT day, (SELECT coalesce(max(seq), 0) FROM ledger_days) + row_number() OVER (ORDER BY day)
   FROM (SELECT day FROM ledger UNION SELECT day FROM ledger_days) WHERE true
   ON CONFLICT DO UPDATE SET seq = excluded.seq`,
];

/** Numbers of rows, and of the change that made a day anew. */
export const CHANGED_ROWS: readonly string[] = [
  ...['ledger', 'ledger_next'].map(
    (table) => `ALTER TABLE ${table} ADD COLUMN seq INTEGER NOT NULL DEFAULT 0`,
  ),
  'ALTER TABLE ledger_days ADD COLUMN anew INTEGER NOT NULL DEFAULT 0',
];

/** After RENUMBER_DAYS: rows that are gone have no number. */
export const DAYS_ANEW = 'UPDATE ledger_days SET anew = seq';

/**
 * @param step settings of the figures that the reader has
 * @param since number of the last change that the reader has, 0 for none
 * @param from where the page before ended; `since` for the first
 * @param current settings of the figures in force
 */
export function readChanges(
  sql: SqlStorage,
  step: string,
  since: number,
  from: number,
  current: string,
): LedgerPage {
  const whole = step !== current;
  const known = whole ? 0 : since;
  const page: LedgerPage = {
    step: current,
    whole,
    seq: whole ? 0 : from,
    days: [],
    rows: [],
    sources: [],
    rateMissing: rateMissing(sql),
    more: false,
  };
  const changed = sql
    .exec<{ day: number; seq: number; anew: number }>(
      'SELECT day, seq, anew FROM ledger_days WHERE seq > ? ORDER BY seq, day',
      page.seq,
    )
    .toArray();
  for (const { day, seq, anew } of changed) {
    // Days of one change go together.
    if (page.rows.length >= PAGE_ROWS && seq > page.seq) {
      page.more = true;
      break;
    }
    const rows = sql.exec(
      `SELECT day, basis, action, model, source_id, CAST(conversions AS TEXT), CAST(value AS TEXT)
       FROM ledger WHERE day = ? AND seq > ?`,
      day,
      known === 0 || anew > known ? -1 : known,
    );
    for (const row of rows.raw<LedgerPage['rows'][number]>()) page.rows.push(row);
    if (anew > known) page.days.push(day);
    page.seq = seq;
  }
  const ids = [...new Set(page.rows.map(([, , , , source]) => source))];
  const sources = sql.exec(
    `SELECT id, ${DIMENSIONS.join()} FROM sources WHERE id IN (SELECT value FROM json_each(?))`,
    JSON.stringify(ids),
  );
  page.sources = [...sources.raw<LedgerPage['sources'][number]>()];
  return page;
}

function rateMissing(sql: SqlStorage): [number, number][] {
  const rows = sql.exec("SELECT day, count FROM outcomes WHERE code = 'rate_missing'");
  return [...rows.raw<[number, number]>()];
}
