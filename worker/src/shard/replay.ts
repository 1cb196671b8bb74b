/**
 * Folds the log again from nothing: to verify that the stored ledger and
 * journeys are what the log says, and to re-make them when the settings that
 * credits depend on have changed.
 */
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import { fromLine, linePerson } from '../event_record.ts';
import { writeMeta } from '../store.ts';
import { aliasedBetween, findAliases } from './aliases.ts';
import { DAYS_ANEW, RENUMBER_DAYS } from './changes.ts';
import { type FoldEvent, fold, isLogged } from './fold.ts';
import { basesBetween, NO_ROWS, rowsFrom, withRows } from './history.ts';
import { type Held, type Journeys, lastSeq, NO_JOURNEY, saveStored } from './journeys.ts';
import { addToLedger, type LedgerChange, LedgerTotals, readLedger, SourceIds } from './ledger.ts';
import { recountPaths } from './path_fold.ts';
import { withoutReleased } from './release.ts';

/** Persons whose journeys are held in memory at a time. */
const PERSONS_PER_PASS = 20_000;
const DIFFERENCES_SHOWN = 20;

export interface Verification {
  equal: boolean;
  events: number;
  persons: number;
  ledgerRows: number;
  /** The first few, in words. */
  differences: string[];
}

/**
 * Re-folds the log in memory and compares with what is stored. Changes nothing.
 *
 * @param journeys with nothing held that is not stored
 */
export function verify(
  sql: SqlStorage,
  engine: Engine,
  site: Site,
  journeys: Journeys,
): Verification {
  const stored = readLedger(sql);
  const differences: string[] = [];
  const totals = readLedger(sql, 'settled');
  let events = 0;
  let persons = 0;
  for (const range of personRanges(sql)) {
    const pass = replay(sql, engine, site, range);
    events += pass.events;
    persons += pass.journeys.size;
    differences.push(...pass.surprises);
    for (const row of pass.ledger) totals.add(row);
    const kept = journeys.load([...pass.rows.keys()]);
    for (const [person, rows] of pass.rows) {
      const found = kept.get(person);
      const journey = pass.journeys.get(person) ?? NO_JOURNEY;
      if (!sameBytes(journey, found?.journey ?? NO_JOURNEY)) {
        differences.push(`the stored journey of person ${person} is not what the log gives`);
      }
      if (!sameBytes(rows, found && rowsFrom(found.rows, rows[0]!))) {
        differences.push(`the stored rows of person ${person} are not those of the log`);
      }
    }
  }
  const { count } = sql
    .exec<{ count: number }>('SELECT count(*) AS count FROM journeys WHERE length(journey) > 0')
    .one();
  if (count !== persons) differences.push(`${count} journeys are stored, the log gives ${persons}`);
  differences.push(
    ...stored
      .differences(totals.keptBy(new SourceIds(sql)))
      .map((text) => `ledger ${text} (here: stored, there: re-folded)`),
  );
  return {
    equal: differences.length === 0,
    events,
    persons,
    ledgerRows: stored.rows().length,
    differences: differences.slice(0, DIFFERENCES_SHOWN),
  };
}

/**
 * Makes journeys and ledger anew from the log at once, before any are held: for a store whose figures
 * were made by another version of the program. Call inside a transaction.
 */
export function refold(sql: SqlStorage, engine: Engine, site: Site): void {
  const totals = readLedger(sql, 'settled');
  const ranges = personRanges(sql);
  const seq = lastSeq(sql);
  sql.exec('DELETE FROM journeys');
  sql.exec('DELETE FROM ledger');
  for (const range of ranges) {
    const pass = replay(sql, engine, site, range);
    for (const row of pass.ledger) totals.add(row);
    const held = new Map<string, Held>();
    for (const [person, rows] of pass.rows) {
      held.set(person, { journey: pass.journeys.get(person) ?? NO_JOURNEY, seq, rows });
    }
    saveStored(sql, held);
  }
  addToLedger(sql, new SourceIds(sql), totals.rows());
  for (const statement of [...RENUMBER_DAYS, DAYS_ANEW]) sql.exec(statement);
  writeMeta(sql, 'checkpoint', String(seq));
  recountPaths(sql);
}

/** First key (inclusive) and first key beyond, as hex; keys are evenly spread. */
interface Range {
  from: string;
  to: string;
}

/** Splits all possible persons so that one range holds about PERSONS_PER_PASS. */
function personRanges(sql: SqlStorage): Range[] {
  const { persons } = sql
    .exec<{ persons: number }>('SELECT count(*) AS persons FROM journeys')
    .one();
  const parts = Math.max(1, Math.ceil(persons / PERSONS_PER_PASS));
  const bound = (part: number): string => {
    // 'g' comes after every hex digit.
    if (part === parts) return 'g';
    return Math.floor((part * 2 ** 32) / parts)
      .toString(16)
      .padStart(8, '0');
  };
  return Array.from({ length: parts }, (_, part) => ({ from: bound(part), to: bound(part + 1) }));
}

interface Pass {
  events: number;
  journeys: Map<string, Uint8Array>;
  /** Of all who have events in the log and are nobody else. */
  rows: Map<string, Uint32Array>;
  ledger: LedgerChange[];
  /** Events whose outcome is not what the log says. */
  surprises: string[];
}

/** Replays the log for the persons of a range, commit by commit. */
function replay(sql: SqlStorage, engine: Engine, site: Site, { from, to }: Range): Pass {
  const totals = new LedgerTotals();
  const journeys = basesBetween(sql, from, to);
  const pass: Pass = { events: 0, journeys, rows: new Map(), ledger: [], surprises: [] };
  const gone = aliasedBetween(sql, from, to);
  for (const { now, lines, outcomes, rows } of loggedCommits(sql, 0)) {
    const events: FoldEvent[] = [];
    const logged: string[] = [];
    for (const [i, line] of lines.entries()) {
      const person = linePerson(line);
      if (person < from || person >= to || gone.has(person)) continue;
      pass.rows.set(person, withRows(pass.rows.get(person) ?? NO_ROWS, [rows[i]!]));
      const event = fromLine(line);
      const left = withoutReleased(sql, event);
      if (left === undefined) continue;
      events.push(left);
      // Without its order an event may come out otherwise than it did.
      logged.push(left === event ? (outcomes[i] ?? '') : '');
    }
    if (events.length === 0) continue;
    const result = fold(engine, site, events, now, () => (person) => pass.journeys.get(person));
    for (const [person, journey] of result.journeys) pass.journeys.set(person, journey);
    for (const row of result.ledger) totals.add(row);
    for (const [i, outcome] of result.outcomes.entries()) {
      if (isLogged(outcome) && (outcome === logged[i] || logged[i] === '')) continue;
      if (pass.surprises.length >= DIFFERENCES_SHOWN) continue;
      pass.surprises.push(`event ${events[i]!.key}: ${logged[i]} in the log, ${outcome} now`);
    }
    pass.events += events.length;
  }
  pass.ledger = totals.rows();
  return pass;
}

/**
 * Brings the journeys up to the end of the log after a restart: what was committed since their
 * checkpoint is folded again. The ledger has it already.
 */
export function recover(sql: SqlStorage, engine: Engine, site: Site, journeys: Journeys): void {
  for (const { seq, now, lines, rows } of loggedCommits(sql, journeys.checkpoint)) {
    const persons = [...new Set(lines.map(linePerson))];
    const held = journeys.load(persons);
    const unknown = persons.filter((person) => !held.has(person));
    const gone = findAliases(sql, unknown);
    const behind = (person: string) => (held.get(person)?.seq ?? 0) < seq && !gone.has(person);
    const listed = new Map<string, number[]>();
    const events: FoldEvent[] = [];
    for (const [i, line] of lines.entries()) {
      const person = linePerson(line);
      if (!behind(person)) continue;
      const own = listed.get(person);
      if (own === undefined) listed.set(person, [rows[i]!]);
      else own.push(rows[i]!);
      const event = withoutReleased(sql, fromLine(line));
      if (event !== undefined) events.push(event);
    }
    const load = () => (person: string) => held.get(person)?.journey;
    const folded = fold(engine, site, events, now, load);
    const changed = new Map<string, Held>();
    for (const [person, own] of listed) {
      const before = held.get(person);
      const journey = folded.journeys.get(person) ?? before?.journey ?? NO_JOURNEY;
      changed.set(person, { journey, seq, rows: withRows(before?.rows ?? NO_ROWS, own) });
    }
    if (changed.size > 0) journeys.put(changed, seq, events.length);
  }
}

export interface LoggedCommit {
  /** The last row of the log that it wrote. */
  seq: number;
  now: number;
  lines: string[];
  outcomes: string[];
  /** The row of each line. */
  rows: number[];
}

/** Rows of the log that are read at once. */
const ROWS_READ = 16;

interface LogRow extends Record<string, SqlStorageValue> {
  seq: number;
  commit_id: number;
  now: number;
  lines: string;
  outcomes: string;
}

/** A cursor that is not read to its end would lock the tables for whoever changes them. */
function* logRows(sql: SqlStorage, after: number): Generator<LogRow> {
  for (let seq = after; ; ) {
    const rows = sql
      .exec<LogRow>(
        'SELECT seq, commit_id, now, lines, outcomes FROM log WHERE seq > ? ORDER BY seq LIMIT ?',
        seq,
        ROWS_READ,
      )
      .toArray();
    yield* rows;
    if (rows.length < ROWS_READ) return;
    seq = rows.at(-1)!.seq;
  }
}

/** The commits of the log after a row, which is the last of its commit. */
export function* loggedCommits(sql: SqlStorage, after: number): Generator<LoggedCommit> {
  let commit: LoggedCommit | undefined;
  let id = 0;
  for (const row of logRows(sql, after)) {
    if (commit === undefined || row.commit_id !== id) {
      if (commit !== undefined) yield commit;
      commit = { seq: 0, now: row.now, lines: [], outcomes: [], rows: [] };
      id = row.commit_id;
    }
    commit.seq = row.seq;
    for (const line of row.lines.split('\n')) {
      commit.lines.push(line);
      commit.rows.push(row.seq);
    }
    commit.outcomes.push(...row.outcomes.split(','));
  }
  if (commit !== undefined) yield commit;
}

type Numbers = Uint8Array | Uint32Array;

function sameBytes(a: Numbers, b: Numbers | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}
