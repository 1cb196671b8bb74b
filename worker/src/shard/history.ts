/**
 * One person's part of the log. Each journey lists the rows of the log that hold events of its
 * person, so that these are found without reading the rest.
 */
import type { Engine } from '../engine.ts';
import { fromLine, linePerson } from '../event_record.ts';
import { fromHex, toHex } from '../hex.ts';
import { LAST_KEY } from './aliases.ts';
import type { Book, BookTables } from './books.ts';
import { BulkStatement } from './bulk.ts';
import { fold } from './fold.ts';
import { LedgerTotals } from './ledger.ts';
import { withoutReleased } from './release.ts';

/**
 * Rows that are listed for one person. One row more says that there were others before: such a
 * person has too much of a history to be folded again in between.
 */
const ROWS_KEPT = 1000;

export const NO_ROWS = new Uint32Array(0);

/** The list with more rows at its end; rows come in order, repeats are left out. */
export function withRows(rows: Uint32Array, more: readonly number[]): Uint32Array {
  let last = rows.length === 0 ? 0 : rows[rows.length - 1]!;
  const fresh: number[] = [];
  for (const row of more) {
    if (row > last) fresh.push(row);
    last = row;
  }
  if (fresh.length === 0) return rows;
  const all = new Uint32Array(rows.length + fresh.length);
  all.set(rows);
  all.set(fresh, rows.length);
  return all.length > ROWS_KEPT + 1 ? all.slice(-(ROWS_KEPT + 1)) : all;
}

/** The list from a row on: rows before it may have left the log. */
export function rowsFrom(rows: Uint32Array, first: number): Uint32Array {
  const at = rows.findIndex((row) => row >= first);
  return at < 0 ? NO_ROWS : rows.subarray(at);
}

/** Whether the list names every row. */
export function isWhole(rows: Uint32Array): boolean {
  return rows.length <= ROWS_KEPT;
}

/** Every row of the log with events of a person; those of a very busy one are looked for in all of it. */
export function allRows(sql: SqlStorage, person: string, rows: Uint32Array): Uint32Array {
  if (isWhole(rows)) return rows;
  const found = sql.exec('SELECT seq FROM log WHERE instr(lines, ?) ORDER BY seq', person);
  return Uint32Array.from([...found.raw<[number]>()].map(([seq]) => seq));
}

/** What one commit logged of one person. */
export interface PersonCommit {
  /** The commit's clock, Unix ms. */
  now: number;
  /** The last row of the log that it takes part in. */
  row: number;
  lines: string[];
}

/** @param rows of the person, whole */
export function historyOf(sql: SqlStorage, person: string, rows: Uint32Array): PersonCommit[] {
  const commits: PersonCommit[] = [];
  let id: number | undefined;
  const cursor = sql.exec<{
    seq: number;
    commit_id: number;
    now: number;
    lines: string;
  }>(
    `SELECT seq, commit_id, now, lines FROM log
     WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq`,
    `[${rows.join()}]`,
  );
  for (const { seq, commit_id, now, lines } of cursor) {
    const own = lines.split('\n').filter((line) => linePerson(line) === person);
    if (own.length === 0) continue;
    const last = commits.at(-1);
    if (last !== undefined && commit_id === id) {
      last.lines.push(...own);
      last.row = seq;
    } else commits.push({ now, row: seq, lines: own });
    id = commit_id;
  }
  return commits;
}

/** The journey up to where the log begins, of a person who was there before. */
export function baseOf(
  sql: SqlStorage,
  person: string,
  table: BookTables['bases'] = 'bases',
): Uint8Array | undefined {
  return basesOf(sql, [person], table).get(person);
}

export function dropBase(
  sql: SqlStorage,
  person: string,
  table: BookTables['bases'] = 'bases',
): void {
  sql.exec(`DELETE FROM ${table} WHERE person = ?`, fromHex(person));
}

const basesIn = (table: BookTables['bases']) =>
  new BulkStatement(
    1,
    (rows) => `SELECT person, journey FROM ${table} WHERE person IN (VALUES ${rows})`,
  );
const BASES = { bases: basesIn('bases'), bases_next: basesIn('bases_next') };

export function basesOf(
  sql: SqlStorage,
  persons: readonly string[],
  table: BookTables['bases'] = 'bases',
): Map<string, Uint8Array> {
  const bases = new Map<string, Uint8Array>();
  BASES[table].run(sql, persons.map(fromHex), (cursor) => {
    for (const [person, journey] of cursor.raw<[ArrayBuffer, ArrayBuffer]>()) {
      bases.set(toHex(new Uint8Array(person)), new Uint8Array(journey));
    }
  });
  return bases;
}

/** The same of all persons from a key (inclusive) to another (exclusive), see aliasedBetween. */
export function basesBetween(sql: SqlStorage, from: string, to: string): Map<string, Uint8Array> {
  const bases = new Map<string, Uint8Array>();
  const cursor = sql.exec(
    `SELECT person, journey FROM bases WHERE person >= ? ${to > LAST_KEY ? '' : 'AND person < ?'}`,
    ...(to > LAST_KEY ? [from] : [from, to]).map(fromHex),
  );
  for (const [person, journey] of cursor.raw<[ArrayBuffer, ArrayBuffer]>()) {
    bases.set(toHex(new Uint8Array(person)), new Uint8Array(journey));
  }
  return bases;
}

export interface FoldedHistory {
  /** Undefined when nothing is left of the person. */
  journey: Uint8Array | undefined;
  ledger: LedgerTotals;
}

/**
 * The journey of one person and what it gives to the ledger of a book, without orders that were given
 * up.
 */
export function foldHistory(
  sql: SqlStorage,
  engine: Engine,
  { site, tables, upTo }: Book,
  person: string,
  history: readonly PersonCommit[],
): FoldedHistory {
  let journey = baseOf(sql, person, tables.bases);
  const ledger = new LedgerTotals();
  for (const { row, now, lines } of history) {
    if (row > upTo) break;
    const events = lines
      .map((line) => withoutReleased(sql, fromLine(line)))
      .filter((event) => event !== undefined);
    if (events.length === 0) continue;
    const step = fold(engine, site, events, now, () => () => journey);
    journey = step.journeys.get(person) ?? journey;
    for (const row of step.ledger) ledger.add(row);
  }
  return { journey, ledger };
}
