/**
 * Folds the log again from nothing: to verify that the stored ledger and
 * journeys are what the log says, and to re-make them when the settings that
 * credits depend on have changed.
 */
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import { fromLine, linePerson } from '../event_record.ts';
import { type FoldEvent, fold, isLogged } from './fold.ts';
import { loadJourneys, saveJourneys } from './journeys.ts';
import { addToLedger, type LedgerChange, LedgerTotals, readLedger, SourceIds } from './ledger.ts';
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

/** Re-folds the log in memory and compares with what is stored. Changes nothing. */
export function verify(sql: SqlStorage, engine: Engine, site: Site): Verification {
  const stored = readLedger(sql);
  const differences: string[] = [];
  const totals = new LedgerTotals();
  let events = 0;
  let persons = 0;
  for (const range of personRanges(sql)) {
    const pass = replay(sql, engine, site, range);
    events += pass.events;
    persons += pass.journeys.size;
    differences.push(...pass.surprises);
    for (const row of pass.ledger) totals.add(row);
    const kept = loadJourneys(sql, [...pass.journeys.keys()]);
    for (const [person, journey] of pass.journeys) {
      if (!sameBytes(journey, kept.get(person))) {
        differences.push(`the stored journey of person ${person} is not what the log gives`);
      }
    }
  }
  const [{ count }] = sql
    .exec<{ count: number }>('SELECT count(*) AS count FROM journeys')
    .toArray() as [{ count: number }];
  if (count !== persons) differences.push(`${count} journeys are stored, the log gives ${persons}`);
  differences.push(
    ...stored.differences(totals).map((text) => `ledger ${text} (here: stored, there: re-folded)`),
  );
  return {
    equal: differences.length === 0,
    events,
    persons,
    ledgerRows: stored.rows().length,
    differences: differences.slice(0, DIFFERENCES_SHOWN),
  };
}

/** Makes journeys and ledger anew from the log. Call inside a transaction. */
export function refold(sql: SqlStorage, engine: Engine, site: Site): void {
  const totals = new LedgerTotals();
  const ranges = personRanges(sql);
  sql.exec('DELETE FROM journeys');
  sql.exec('DELETE FROM ledger');
  for (const range of ranges) {
    const pass = replay(sql, engine, site, range);
    for (const row of pass.ledger) totals.add(row);
    saveJourneys(sql, pass.journeys);
  }
  addToLedger(sql, new SourceIds(sql), totals.rows());
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
  ledger: LedgerChange[];
  /** Events whose outcome is not what the log says. */
  surprises: string[];
}

/** Replays the log for the persons of a range, commit by commit. */
function replay(sql: SqlStorage, engine: Engine, site: Site, { from, to }: Range): Pass {
  const totals = new LedgerTotals();
  const pass: Pass = { events: 0, journeys: new Map(), ledger: [], surprises: [] };
  let commit: { id: number; now: number; events: FoldEvent[]; outcomes: string[] } | undefined;

  const finish = () => {
    if (commit === undefined || commit.events.length === 0) return;
    const { events, now, outcomes } = commit;
    const result = fold(engine, site, events, now, () => pass.journeys);
    for (const [person, journey] of result.journeys) pass.journeys.set(person, journey);
    for (const row of result.ledger) totals.add(row);
    for (const [i, outcome] of result.outcomes.entries()) {
      if (isLogged(outcome) && (outcome === outcomes[i] || outcomes[i] === '')) continue;
      if (pass.surprises.length >= DIFFERENCES_SHOWN) continue;
      pass.surprises.push(`event ${events[i]!.key}: ${outcomes[i]} in the log, ${outcome} now`);
    }
    pass.events += events.length;
  };

  const cursor = sql.exec<{ commit_id: number; now: number; lines: string; outcomes: string }>(
    'SELECT commit_id, now, lines, outcomes FROM log ORDER BY seq',
  );
  for (const row of cursor) {
    if (commit?.id !== row.commit_id) {
      finish();
      commit = { id: row.commit_id, now: row.now, events: [], outcomes: [] };
    }
    const codes = row.outcomes.split(',');
    for (const [i, line] of row.lines.split('\n').entries()) {
      const person = linePerson(line);
      if (person < from || person >= to) continue;
      const event = fromLine(line);
      const left = withoutReleased(sql, event);
      if (left === undefined) continue;
      commit.events.push(left);
      // Without its order an event may come out otherwise than it did.
      commit.outcomes.push(left === event ? (codes[i] ?? '') : '');
    }
  }
  finish();
  pass.ledger = totals.rows();
  return pass;
}

function sameBytes(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}
