/**
 * The journeys of a shard: one blob a person, the core's own bytes. The log and the ledger are the
 * truth that every commit writes; a journey follows from the log, so it is kept in memory and
 * written behind, many at a time. Each stored journey says up to which row of the log it counts, and
 * `checkpoint` says up to which row all of them do: after a crash the rows behind it are folded again.
 * It also lists the rows that hold events of the person, so that one person's history is found.
 *
 * A sweep writes what has changed. It begins when enough has gathered, and each commit writes a part
 * of it, so that no caller waits for all of it.
 */
import { fromHex, toHex } from '../hex.ts';
import { readMeta, writeMeta } from '../store.ts';
import type { BookTables } from './books.ts';
import { type Bound, BulkStatement } from './bulk.ts';

type JourneyTable = BookTables['journeys'];

const statements = (table: JourneyTable) => ({
  load: new BulkStatement(
    1,
    (rows) => `SELECT person, journey, seq, rows FROM ${table} WHERE person IN (VALUES ${rows})`,
  ),
  save: new BulkStatement(
    4,
    (rows) =>
      `INSERT INTO ${table} (person, journey, seq, rows) VALUES ${rows}
       ON CONFLICT (person) DO UPDATE SET
         journey = excluded.journey, seq = excluded.seq, rows = excluded.rows`,
  ),
});

const STATEMENTS = {
  journeys: statements('journeys'),
  journeys_next: statements('journeys_next'),
} satisfies Record<JourneyTable, unknown>;

/** A journey and where it comes from. */
export interface Held {
  journey: Uint8Array;
  /** The last row of the log that it counts. */
  seq: number;
  /** The rows of the log that hold events of the person, see history.ts. */
  rows: Uint32Array;
}

/** Events after which a sweep begins: a crash has at most about twice as many to fold again. */
const SWEEP_EVENTS = 20_000;
/** A sweep is done after this share of the events that begin the next. */
const SWEEP_SHARE = 0.5;
/** Most of a held journey's cost beside its bytes: key, entry, view. */
const ENTRY_BYTES = 250;

export class Journeys {
  readonly #sql: SqlStorage;
  readonly #share: () => number;
  /** Changed since the sweep began, or since the last one ended. */
  #hot = new Map<string, Held>();
  /** What the sweep writes or has written; read from until the next begins. */
  #swept = new Map<string, Held>();
  /** Persons of the sweep that are still to be written. */
  #waiting: string[] = [];
  /** Row of the log up to which all journeys count once the sweep is done. */
  #sweepSeq = 0;
  #seq = 0;
  #events = 0;
  #bytes = 0;
  #checkpoint: number;

  /** @param share bytes that may be held before a sweep begins */
  constructor(sql: SqlStorage, share: () => number) {
    this.#sql = sql;
    this.#share = share;
    this.#checkpoint = Number(readMeta(sql, 'checkpoint') ?? 0);
  }

  /** Every stored journey counts at least to this row of the log. */
  get checkpoint(): number {
    return this.#checkpoint;
  }

  /**
   * @param persons keys, 32 hex digits, all different
   * @returns the journeys that there are, by person
   */
  load(persons: readonly string[]): Map<string, Held> {
    const found = new Map<string, Held>();
    const missing: string[] = [];
    for (const person of persons) {
      const held = this.#hot.get(person) ?? this.#swept.get(person);
      if (held === undefined) missing.push(person);
      else found.set(person, held);
    }
    if (missing.length > 0) loadStored(this.#sql, missing, found);
    return found;
  }

  /**
   * Takes over what a commit has made, after it is durable.
   *
   * @param seq the last row that the commit wrote to the log
   * @param events of the commit
   */
  put(changed: ReadonlyMap<string, Held>, seq: number, events: number): void {
    this.#seq = seq;
    this.#events += events;
    for (const [person, held] of changed) {
      // A key that is there stays the one that is there.
      this.#hot.set(this.#hot.has(person) ? person : copyOf(person), held);
      // A held journey may be a view into a larger block, so bytes count until the sweep is over.
      this.#bytes += held.journey.length + held.rows.byteLength + ENTRY_BYTES;
    }
  }

  /** Drops a journey that was stored or deleted otherwise, once that is committed. */
  forget(person: string): void {
    this.#hot.delete(person);
    this.#swept.delete(person);
  }

  /** Drops all: they were made anew in the store. */
  forgetAll(): void {
    this.#hot = new Map();
    this.#swept = new Map();
    this.#waiting = [];
    this.#events = 0;
    this.#bytes = 0;
    this.#checkpoint = Number(readMeta(this.#sql, 'checkpoint') ?? 0);
  }

  get dirty(): boolean {
    return this.#hot.size > 0 || this.#waiting.length > 0;
  }

  /**
   * Writes the part of the sweep that a commit of so many events is due. Call inside its
   * transaction; what it returns is to be called once that is committed.
   */
  sweep(events: number): () => void {
    const full = this.#events >= SWEEP_EVENTS || this.#bytes >= this.#share();
    if (full) {
      // The last sweep is late: it ends here.
      const late = this.#waiting.length > 0 ? this.#write(this.#waiting.length) : undefined;
      return () => {
        late?.();
        this.#begin();
      };
    }
    if (this.#waiting.length === 0) return () => {};
    const part = Math.max(events, 1) / (SWEEP_EVENTS * SWEEP_SHARE);
    return this.#write(Math.ceil(this.#swept.size * part));
  }

  /** Writes everything that has changed. Call outside a transaction. */
  flush(storage: DurableObjectStorage): void {
    while (this.dirty) {
      if (this.#waiting.length === 0) this.#begin();
      storage.transactionSync(() => this.#write(this.#waiting.length))();
    }
  }

  #begin(): void {
    this.#swept = this.#hot;
    this.#waiting = [...this.#hot.keys()];
    this.#hot = new Map();
    this.#sweepSeq = this.#seq;
    this.#events = 0;
    this.#bytes = 0;
  }

  #write(count: number): () => void {
    const from = Math.max(0, this.#waiting.length - count);
    const persons = this.#waiting.slice(from).sort();
    const newest = new Map<string, Held>();
    for (const person of persons) {
      const held = this.#hot.get(person) ?? this.#swept.get(person);
      if (held !== undefined) newest.set(person, { ...held });
    }
    saveStored(this.#sql, newest);
    const done = from === 0;
    if (done) writeMeta(this.#sql, 'checkpoint', String(this.#sweepSeq));
    return () => {
      this.#waiting.length = from;
      for (const [person, held] of newest) {
        // Written as it is now, so it is not to be written again.
        const now = this.#hot.get(person);
        if (now?.seq !== held.seq) continue;
        this.#hot.delete(person);
        this.#swept.set(person, now);
      }
      if (done) this.#checkpoint = this.#sweepSeq;
    };
  }
}

/** A text that is cut out of a line would keep the line in memory. */
export function copyOf(person: string): string {
  return toHex(fromHex(person));
}

/** @param into gets those that there are, by person */
export function loadStored(
  sql: SqlStorage,
  persons: readonly string[],
  into: Map<string, Held>,
  table: JourneyTable = 'journeys',
): void {
  STATEMENTS[table].load.run(sql, persons.map(fromHex), (cursor) => {
    type Row = [ArrayBuffer, ArrayBuffer, number, ArrayBuffer];
    for (const [person, journey, seq, rows] of cursor.raw<Row>()) {
      into.set(toHex(new Uint8Array(person)), {
        journey: new Uint8Array(journey),
        seq,
        rows: new Uint32Array(rows),
      });
    }
  });
}

/** Of a person whose events all count elsewhere. */
export const NO_JOURNEY = new Uint8Array(0);

/** Stores journeys that are not held in memory. */
export function saveStored(
  sql: SqlStorage,
  journeys: ReadonlyMap<string, Held>,
  table: JourneyTable = 'journeys',
): void {
  const values: Bound[] = [];
  for (const [person, { journey, seq, rows }] of journeys) {
    values.push(fromHex(person), journey, seq, new Uint8Array(rows.buffer));
  }
  STATEMENTS[table].save.run(sql, values);
}

export function deleteJourney(
  sql: SqlStorage,
  person: string,
  table: JourneyTable = 'journeys',
): void {
  sql.exec(`DELETE FROM ${table} WHERE person = ?`, fromHex(person));
}

/** The last row that the log has or had, as SQL; 0 before the first. */
export const LAST_SEQ = `max(
  coalesce((SELECT max(seq) FROM log), 0),
  coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'log_end'), 0))`;

export function lastSeq(sql: SqlStorage): number {
  return sql.exec<{ seq: number }>(`SELECT ${LAST_SEQ} AS seq`).one().seq;
}

/**
 * Before rows leave the log: no later row has the number of one that is gone, or after a crash it would
 * be taken for one that the stored journeys count.
 */
export function keepLogEnd(sql: SqlStorage): void {
  writeMeta(sql, 'log_end', String(lastSeq(sql)));
}
