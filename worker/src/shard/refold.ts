/**
 * Makes the figures for other settings, a part of the log at a time, while those in force stay and go
 * on. When all shards of the site have theirs, they are put in force.
 */
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import { fromLine, linePerson } from '../event_record.ts';
import { deleteMeta, readMeta, writeMeta } from '../store.ts';
import { findAliases } from './aliases.ts';
import { NEXT, NEXT_SEQ, NEXT_STEP, STEP } from './books.ts';
import { DAYS_ANEW, RENUMBER_DAYS } from './changes.ts';
import { type FoldEvent, fold } from './fold.ts';
import { basesOf, NO_ROWS, withRows } from './history.ts';
import { type Held, lastSeq, loadStored, NO_JOURNEY, saveStored } from './journeys.ts';
import { addToLedger, LedgerTotals, SourceIds } from './ledger.ts';
import { recountPaths } from './path_fold.ts';
import { rebase } from './rebase.ts';
import { withoutReleased } from './release.ts';
import { loggedCommits } from './replay.ts';
import { LEDGER_COLUMNS, LEDGER_KEY, NEW_NEXT_TABLES } from './schema.ts';

/** How the figures of a shard stand to the configuration. */
export interface Standing {
  /** Settings of the figures in force. */
  step: string;
  /** The figures for the configuration are whole, or are those in force. */
  ready: boolean;
  /** Rows of the log that the figures for the configuration count, and all. */
  done: number;
  rows: number;
}

export function standingOf(sql: SqlStorage, target: Site): Standing {
  const step = readMeta(sql, STEP) ?? '';
  const { first, last } = sql
    .exec<{ first: number; last: number }>(
      'SELECT coalesce(min(seq), 1) AS first, coalesce(max(seq), 0) AS last FROM log',
    )
    .one();
  const rows = last - first + 1;
  if (step === target.stepHash) return { step, ready: true, done: rows, rows };
  const upTo = Number(readMeta(sql, NEXT_SEQ) ?? 0);
  const ready = readMeta(sql, NEXT_STEP) === target.stepHash && upTo >= last;
  return { step, ready, done: Math.max(0, upTo - first + 1), rows };
}

/**
 * Begins, or goes on with what was begun. Call inside a transaction.
 *
 * @param inForce the site with the settings in force
 */
export function beginRefold(sql: SqlStorage, engine: Engine, inForce: Site, target: Site): void {
  if (readMeta(sql, NEXT_STEP) === target.stepHash) return;
  for (const table of Object.values(NEXT)) sql.exec(`DELETE FROM ${table}`);
  sql.exec('INSERT INTO bases_next SELECT person, journey FROM bases');
  rebase(sql, engine, inForce, target, 'bases_next');
  writeMeta(sql, NEXT_STEP, target.stepHash);
  writeMeta(sql, NEXT_SEQ, '0');
}

/** The settings in force are wanted again: nothing waits for the next book. Call inside a transaction. */
export function dropRefold(sql: SqlStorage): void {
  if (readMeta(sql, NEXT_STEP) === undefined) return;
  for (const table of Object.values(NEXT)) sql.exec(`DELETE FROM ${table}`);
  deleteMeta(sql, NEXT_STEP);
  deleteMeta(sql, NEXT_SEQ);
}

/**
 * Folds a part of the log. Call inside a transaction.
 *
 * @param limit events after which no further commit is begun
 * @returns how many there were
 */
export function refoldPart(sql: SqlStorage, engine: Engine, target: Site, limit: number): number {
  const totals = new LedgerTotals();
  let upTo = Number(readMeta(sql, NEXT_SEQ) ?? 0);
  let events = 0;
  const held = new Map<string, Held>();
  for (const { seq, now, lines, rows } of loggedCommits(sql, upTo)) {
    if (events >= limit) break;
    const persons = [...new Set(lines.map(linePerson))];
    const gone = findAliases(sql, persons);
    load(sql, persons, held);
    const listed = new Map<string, number[]>();
    const left: FoldEvent[] = [];
    for (const [i, line] of lines.entries()) {
      const person = linePerson(line);
      if (gone.has(person)) continue;
      const own = listed.get(person);
      if (own === undefined) listed.set(person, [rows[i]!]);
      else own.push(rows[i]!);
      const event = withoutReleased(sql, fromLine(line));
      if (event !== undefined) left.push(event);
    }
    const folded = fold(engine, target, left, now, () => (person) => held.get(person)?.journey);
    for (const row of folded.ledger) totals.add(row);
    for (const [person, own] of listed) {
      const before = held.get(person);
      const journey = folded.journeys.get(person) ?? before?.journey ?? NO_JOURNEY;
      held.set(person, { journey, seq, rows: withRows(before?.rows ?? NO_ROWS, own) });
    }
    events += lines.length;
    upTo = seq;
  }
  saveStored(sql, new Map([...held].filter(([, { rows }]) => rows.length > 0)), NEXT.journeys);
  addToLedger(sql, new SourceIds(sql), totals.rows(), NEXT.ledger);
  writeMeta(sql, NEXT_SEQ, String(upTo));
  return events;
}

/** Journeys of the next book; of persons whom it does not have yet, where the log begins. */
function load(sql: SqlStorage, persons: readonly string[], held: Map<string, Held>): void {
  const missing = persons.filter((person) => !held.has(person));
  loadStored(sql, missing, held, NEXT.journeys);
  const fresh = missing.filter((person) => !held.has(person));
  for (const [person, journey] of basesOf(sql, fresh, NEXT.bases)) {
    held.set(person, { journey, seq: 0, rows: NO_ROWS });
  }
}

/**
 * Puts the next book in force, up to the end of the log. Call inside a transaction; whoever holds
 * journeys forgets them all.
 */
export function putInForce(sql: SqlStorage, engine: Engine, target: Site): void {
  while (refoldPart(sql, engine, target, Number.MAX_SAFE_INTEGER) > 0);
  sql.exec(
    `INSERT INTO ledger_next (${LEDGER_COLUMNS}) SELECT ${LEDGER_COLUMNS} FROM settled WHERE true
     ON CONFLICT (${LEDGER_KEY}) DO UPDATE SET
       conversions = conversions + excluded.conversions, value = value + excluded.value`,
  );
  for (const table of ['ledger', 'journeys', 'bases']) {
    sql.exec(`DROP TABLE ${table}`);
    sql.exec(`ALTER TABLE ${table}_next RENAME TO ${table}`);
  }
  for (const statement of [...NEW_NEXT_TABLES, ...RENUMBER_DAYS, DAYS_ANEW]) sql.exec(statement);
  writeMeta(sql, 'checkpoint', String(lastSeq(sql)));
  recountPaths(sql);
  writeMeta(sql, STEP, target.stepHash);
  deleteMeta(sql, NEXT_STEP);
  deleteMeta(sql, NEXT_SEQ);
}
