/** The sums of a site by shard: pages of changes replace what they name, so that a page taken twice is taken once. */

import { BulkStatement } from '../shard/bulk.ts';
import type { LedgerPage } from '../shard/changes.ts';
import { DIMENSIONS, type SourceIds } from '../shard/ledger.ts';

const PUT = new BulkStatement(
  8,
  (rows) =>
    `INSERT INTO ledger (day, shard, basis, action, model, source_id, conversions, value)
     SELECT column1, column2, column3, column4, column5, column6, CAST(column7 AS INTEGER),
       CAST(column8 AS INTEGER) FROM (VALUES ${rows}) WHERE true
     ON CONFLICT DO UPDATE SET conversions = excluded.conversions, value = excluded.value`,
);

export interface Cursor {
  seq: number;
  step: string;
}

export function cursorOf(sql: SqlStorage, shard: number): Cursor {
  const [found] = sql
    .exec<{ seq: number; step: string }>('SELECT seq, step FROM cursors WHERE shard = ?', shard)
    .toArray();
  return found ?? { seq: 0, step: '' };
}

/**
 * Takes a page over, all or nothing; those of one pull in their order, and no other in between. Only the
 * last moves the cursor, since rows of a later page may have changed before what an earlier one has.
 * Call inside a transaction.
 */
export function takePage(sql: SqlStorage, ids: SourceIds, shard: number, page: LedgerPage): void {
  if (page.whole) sql.exec('DELETE FROM ledger WHERE shard = ?', shard);
  else {
    for (const day of page.days) {
      sql.exec('DELETE FROM ledger WHERE day = ? AND shard = ?', day, shard);
    }
  }
  const sources = new Map(
    page.sources.map(([id, ...values]) => {
      const source = Object.fromEntries(DIMENSIONS.map((name, i) => [name, values[i]!]));
      return [id, ids.idOf(source as Record<(typeof DIMENSIONS)[number], string>)];
    }),
  );
  PUT.run(
    sql,
    page.rows.flatMap(([day, basis, action, model, source, conversions, value]) => [
      ...[day, shard, basis, action, model, sources.get(source)!, conversions, value],
    ]),
  );
  sql.exec('DELETE FROM rate_missing WHERE shard = ?', shard);
  for (const [day, count] of page.rateMissing) {
    sql.exec('INSERT INTO rate_missing (shard, day, count) VALUES (?, ?, ?)', shard, day, count);
  }
  if (page.more) return;
  sql.exec(
    `INSERT INTO cursors (shard, seq, step) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET seq = excluded.seq, step = excluded.step`,
    shard,
    page.seq,
    page.step,
  );
}

/** What the rollup has of a shard, one text for each row, in order. */
export function rowsOf(sql: SqlStorage, shard: number): string[] {
  const rows = sql.exec(
    `SELECT day, basis, action, model, ${DIMENSIONS.join()},
       CAST(conversions AS TEXT), CAST(value AS TEXT)
     FROM ledger JOIN sources ON sources.id = source_id WHERE shard = ?`,
    shard,
  );
  return [...rows.raw()].map((row) => JSON.stringify(row)).sort();
}

/** The same of a page. */
export function rowsOfPage({ rows, sources }: LedgerPage): string[] {
  const byId = new Map(sources.map(([id, ...values]) => [id, values]));
  return rows.map(([day, basis, action, model, source, conversions, value]) =>
    JSON.stringify([day, basis, action, model, ...byId.get(source)!, conversions, value]),
  );
}

export function rateMissingBetween(sql: SqlStorage, from: number, to: number): number {
  return sql
    .exec<{ count: number }>(
      'SELECT coalesce(sum(count), 0) AS count FROM rate_missing WHERE day BETWEEN ? AND ?',
      from,
      to,
    )
    .one().count;
}
