/** The ledger of one shard: sums by day, basis, action, model and source. */
import type { LedgerRow, Source } from '../../../wasm/binding/types.ts';
import type { BookTables } from './books.ts';
import { nextChange, noteDays } from './changes.ts';

export const DIMENSIONS = ['channel', 'source', 'medium', 'campaign', 'term', 'content'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** The table of a SourceIds. */
export const sourcesTable = (name: string): string => `CREATE TABLE ${name} (
  id INTEGER PRIMARY KEY,
  ${DIMENSIONS.map((dimension) => `${dimension} TEXT NOT NULL`).join(', ')},
  UNIQUE (${DIMENSIONS.join()})
) STRICT`;

/** Source ids kept in memory. */
const SOURCES_CACHED = 20_000;

/** Stands for a name that is not kept apart any more. */
export const OTHER = '(other)';

/**
 * How much of a source is kept apart: its first `names` dimensions, while the table has fewer rows than
 * `room`. Who puts a new term into every link would otherwise have a ledger as long as the log, and days of it too long for
 * one answer to the rollup.
 */
interface Grain {
  names: number;
  room: number;
}

const OF_A_SHARD: readonly Grain[] = [
  { names: 6, room: 10_000 },
  { names: 4, room: 12_000 },
  { names: 3, room: 13_500 },
  { names: 1, room: 14_500 },
  { names: 0, room: Number.POSITIVE_INFINITY },
];

/** Takes over what shards keep apart. */
export const AS_GIVEN: readonly Grain[] = [{ names: 6, room: Number.POSITIVE_INFINITY }];

type Names = readonly string[];

/**
 * Gives each distinct source a number, written once. Rows are never deleted, so a source that found no
 * room never finds any later: whatever is taken back is taken from where it was added.
 */
export class SourceIds {
  readonly #sql: SqlStorage;
  readonly #grains: readonly Grain[];
  readonly #table: string;
  readonly #ids = new Map<string, number>();

  constructor(sql: SqlStorage, grains = OF_A_SHARD, table: 'sources' | 'path_sources' = 'sources') {
    this.#sql = sql;
    this.#grains = grains;
    this.#table = table;
  }

  idOf(row: Source): number {
    const names = namesOf(row);
    const key = JSON.stringify(names);
    let id = this.#ids.get(key);
    if (id === undefined) {
      const kept = this.#kept(names);
      id = kept.id ?? this.#insert(kept.names);
      if (this.#ids.size >= SOURCES_CACHED) this.#ids.clear();
      this.#ids.set(key, id);
    }
    return id;
  }

  /** The source under which the sums of this one stand. */
  keptAs(row: Source): Source {
    const { names } = this.#kept(namesOf(row));
    const named = DIMENSIONS.map((dimension, i) => [dimension, names[i]!]);
    return Object.fromEntries(named) as Record<Dimension, string>;
  }

  /** After a transaction was undone, what it wrote is no longer there. */
  forget(): void {
    this.#ids.clear();
  }

  #kept(names: Names): { names: Names; id?: number } {
    for (const grain of this.#grains) {
      const kept = names.map((name, i) => (i < grain.names || name === '' ? name : OTHER));
      const id = this.#find(kept);
      if (id !== undefined) return { names: kept, id };
      if (this.#rows() < grain.room) return { names: kept };
    }
    return { names };
  }

  #find(names: Names): number | undefined {
    const [found] = this.#sql
      .exec<{ id: number }>(
        `SELECT id FROM ${this.#table} WHERE ${DIMENSIONS.map((name) => `${name} = ?`).join(' AND ')}`,
        ...names,
      )
      .toArray();
    return found?.id;
  }

  #rows(): number {
    const sql = `SELECT coalesce(max(id), 0) AS rows FROM ${this.#table}`;
    return this.#sql.exec<{ rows: number }>(sql).one().rows;
  }

  #insert(names: Names): number {
    return this.#sql
      .exec<{ id: number }>(
        `INSERT INTO ${this.#table} (${DIMENSIONS.join()}) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
        ...names,
      )
      .one().id;
  }
}

function namesOf(row: Source): string[] {
  return DIMENSIONS.map((dimension) => row[dimension]);
}

/** A row whose sums may pass 2^53 micros, where numbers are no longer exact. */
export type LedgerChange = Omit<LedgerRow, 'conversions' | 'value'> & {
  conversions: number | bigint;
  value: number | bigint;
};

/** SQLite's 64-bit integers take what a number cannot hold, as text. */
const bindable = (amount: number | bigint): number | string =>
  typeof amount === 'number' ? amount : String(amount);

/** `settled`: what of the ledger comes from events that are no longer in the log. */
export type LedgerTable = BookTables['ledger'] | 'settled';

/** Adds changes to the stored sums. Call inside a transaction. */
export function addToLedger(
  sql: SqlStorage,
  ids: SourceIds,
  rows: Iterable<LedgerChange>,
  table: LedgerTable = 'ledger',
): void {
  const days = new Set<number>();
  // What is settled is read by nobody else.
  const numbered = table !== 'settled';
  const change = table === 'ledger' ? nextChange(sql) : 0;
  for (const row of rows) {
    days.add(row.day);
    sql.exec(
      `INSERT INTO ${table} (day, basis, action, model, source_id, conversions, value
         ${numbered ? ', seq' : ''})
       VALUES (?, ?, ?, ?, ?, CAST(? AS INTEGER), CAST(? AS INTEGER) ${numbered ? ', ?' : ''})
       ON CONFLICT DO UPDATE SET
         conversions = conversions + excluded.conversions, value = value + excluded.value
         ${numbered ? ', seq = excluded.seq' : ''}`,
      row.day,
      row.basis,
      row.action,
      row.model,
      ids.idOf(row),
      bindable(row.conversions),
      bindable(row.value),
      ...(numbered ? [change] : []),
    );
  }
  if (table === 'ledger') noteDays(sql, days, change);
}

interface Total {
  row: LedgerChange;
  conversions: bigint;
  value: bigint;
}

/** Ledger sums in memory, for comparing and for a re-fold; exact whatever their size. */
export class LedgerTotals {
  readonly #rows = new Map<string, Total>();

  add(row: LedgerChange): void {
    const key = keyOf(row);
    const conversions = BigInt(row.conversions);
    const value = BigInt(row.value);
    const sum = this.#rows.get(key);
    if (sum === undefined) {
      this.#rows.set(key, { row, conversions, value });
      return;
    }
    sum.conversions += conversions;
    sum.value += value;
  }

  /** What is to be added to `other` to come here. */
  minus(other: LedgerTotals): LedgerTotals {
    const change = new LedgerTotals();
    for (const row of this.rows()) change.add(row);
    for (const row of other.rows()) {
      change.add({ ...row, conversions: -BigInt(row.conversions), value: -BigInt(row.value) });
    }
    return change;
  }

  /** The same sums under the sources that a store keeps apart. */
  keptBy(ids: SourceIds): LedgerTotals {
    const kept = new LedgerTotals();
    const sources = new Map<string, Source>();
    for (const row of this.rows()) {
      const key = JSON.stringify(namesOf(row));
      const source = sources.get(key) ?? ids.keptAs(row);
      sources.set(key, source);
      kept.add({ ...row, ...source });
    }
    return kept;
  }

  /** Rows that are not zero. */
  rows(): LedgerChange[] {
    return [...this.#rows.values()]
      .filter(({ conversions, value }) => conversions !== 0n || value !== 0n)
      .map(({ row, conversions, value }) => ({ ...row, conversions, value }));
  }

  /** What `other` has differently, in words; empty when the two are equal. */
  differences(other: LedgerTotals): string[] {
    const found: string[] = [];
    for (const key of new Set([...this.#rows.keys(), ...other.#rows.keys()])) {
      const mine = this.#rows.get(key);
      const theirs = other.#rows.get(key);
      for (const field of ['conversions', 'value'] as const) {
        const [a, b] = [mine?.[field] ?? 0n, theirs?.[field] ?? 0n];
        if (a !== b) found.push(`${key} ${field}: ${a} here, ${b} there`);
      }
    }
    return found;
  }
}

function keyOf(row: LedgerChange): string {
  return JSON.stringify([
    row.day,
    row.basis,
    row.action,
    row.model,
    ...DIMENSIONS.map((dimension) => row[dimension]),
  ]);
}

export function readLedger(sql: SqlStorage, table: LedgerTable = 'ledger'): LedgerTotals {
  const totals = new LedgerTotals();
  const cursor = sql.exec<Record<string, string | number>>(
    `SELECT day, basis, action, model, ${DIMENSIONS.join()},
       CAST(conversions AS TEXT) AS conversions, CAST(value AS TEXT) AS value
     FROM ${table} JOIN sources ON sources.id = source_id`,
  );
  for (const row of cursor) {
    const { conversions, value } = row as { conversions: string; value: string };
    const stored = row as unknown as LedgerRow;
    totals.add({ ...stored, conversions: BigInt(conversions), value: BigInt(value) });
  }
  return totals;
}

/** What days of a report are; what refunds took stands beside each in rows of its own. */
export const BASES = {
  conversion: { gross: 'conversion', refunded: 'conversion_refund' },
  touch: { gross: 'touch', refunded: 'touch_refund' },
  refund: { gross: '', refunded: 'refund' },
} as const;
export type Basis = keyof typeof BASES;

export interface LedgerQuery {
  /** First and last day, inclusive, since 1970-01-01. */
  from: number;
  to: number;
  model: string;
  basis: Basis;
  dimension: Dimension;
  /** Only these actions; all if absent. */
  actions?: string[];
}

/** Amounts are micros, as decimal text, since sums may pass 2^53. */
export interface LedgerSum {
  key: string;
  conversions: string;
  gross: string;
  /** What refunds took; 0 or more. */
  refunded: string;
}

export function queryLedger(sql: SqlStorage, query: LedgerQuery): LedgerSum[] {
  const { from, to, model, basis, dimension, actions } = query;
  const { gross, refunded } = BASES[basis];
  const only = actions ? 'AND action IN (SELECT value FROM json_each(?))' : '';
  return sql
    .exec<Record<keyof LedgerSum, string>>(
      `SELECT sources.${dimension} AS key,
         CAST(SUM(conversions) AS TEXT) AS conversions,
         CAST(SUM(iif(basis = ?, value, 0)) AS TEXT) AS gross,
         CAST(SUM(iif(basis = ?, -value, 0)) AS TEXT) AS refunded
       FROM ledger JOIN sources ON sources.id = ledger.source_id
       WHERE day BETWEEN ? AND ? AND basis IN (?, ?) AND model = ? ${only}
       GROUP BY 1`,
      gross,
      refunded,
      from,
      to,
      gross,
      refunded,
      model,
      ...(actions ? [JSON.stringify(actions)] : []),
    )
    .toArray();
}
