/**
 * A person leaves for the person that it turned out to be: its journey goes out of this shard's
 * ledger, and its events to the other's shard. They stay in the log here, and count no more.
 *
 * What happened longer ago than the retention stays behind: the other's shard would refuse it as late,
 * and its credit be lost. It counts on here as what has left the log does.
 */
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import { fromLine, moveLine, toLine } from '../event_record.ts';
import { DAY_MS } from '../schema/time.ts';
import { absorbedBy, addAlias, aliasEvents, findAlias, routeOf, setCurrent } from './aliases.ts';
import { booksOf, IN_FORCE } from './books.ts';
import {
  dropBase,
  foldHistory,
  historyOf,
  isWhole,
  NO_ROWS,
  type PersonCommit,
} from './history.ts';
import { deleteJourney, type Journeys } from './journeys.ts';
import { addToLedger, LedgerTotals, SourceIds } from './ledger.ts';
import { pathChanged } from './path_fold.ts';
import { type Given, givenAway, withoutReleased } from './release.ts';

/**
 * A move that a crash has cut in two is finished later; until then nothing that left here may become too
 * old to be taken there. A day, and a tenth of a short retention.
 */
const settledBefore = ({ step: { retentionMs } }: Site, now: number): number =>
  now - retentionMs + Math.min(DAY_MS, retentionMs / 10);

export interface Departure {
  /** What the person's events are to the other, one line each, in order. */
  lines: string[];
  /** Who has turned out to be the person before; all of them are the other now. */
  aliases: string[];
  /** Orders that the person has given away. */
  given: Given[];
  /** Whose the person's new events are. */
  current: string;
  /** Whose they were until now, when that has changed. */
  previous?: string;
}

/**
 * The same call again changes nothing and gives the same. Call inside a transaction.
 *
 * @param again whether this only finishes a move: then later ones stand
 * @param now Unix ms
 * @param gone is called when the person's journey was deleted: whoever holds it forgets it once the
 *   transaction is through
 * @returns `kept` when the person has too much of a history to be moved
 */
export function depart(
  sql: SqlStorage,
  engine: Engine,
  site: Site,
  journeys: Journeys,
  from: string,
  to: string,
  again: boolean,
  now: number,
  gone: () => void,
): Departure | 'kept' {
  const alias = findAlias(sql, from);
  const aliases = absorbedBy(sql, from);
  const given = givenAway(sql, from);
  if (alias !== undefined) {
    const lines = alias.home === to ? linesOf(sql, from, to) : [];
    if (again || alias.current === to) return { lines, aliases, given, current: alias.current };
    setCurrent(sql, from, to);
    return { lines, aliases, given, current: to, previous: alias.current };
  }
  const rows = journeys.load([from]).get(from)?.rows ?? NO_ROWS;
  if (!isWhole(rows)) return 'kept';
  const history = historyOf(sql, from, rows);
  const { past, rest } = divided(history, settledBefore(site, now));
  const ids = new SourceIds(sql);
  for (const book of booksOf(sql, site)) {
    const { ledger } = foldHistory(sql, engine, book, from, history);
    let stays = new LedgerTotals();
    // The next book gets what is settled when it is put in force.
    if (past.length > 0 && book.tables === IN_FORCE) {
      stays = foldHistory(sql, engine, book, from, past).ledger;
      addToLedger(sql, ids, stays.rows(), 'settled');
    }
    addToLedger(sql, ids, stays.minus(ledger).rows(), book.tables.ledger);
    deleteJourney(sql, from, book.tables.journeys);
    dropBase(sql, from, book.tables.bases);
  }
  pathChanged(sql, from);
  addAlias(
    sql,
    from,
    to,
    rows,
    past.flatMap(({ lines }) => lines.map((line) => fromLine(line).key)),
  );
  const until = now + site.step.dedupWindowMs;
  for (const { key } of history.flatMap(({ lines }) => lines.map(fromLine))) {
    routeOf(sql, from, key, to, until);
  }
  gone();
  return { lines: moved(sql, to, rest), aliases, given, current: to };
}

/** What is past the retention, with refunds of its orders whenever they were, and the rest. */
function divided(
  history: readonly PersonCommit[],
  horizon: number,
): { past: PersonCommit[]; rest: PersonCommit[] } {
  const orders = new Set<string>();
  const isPast = (line: string): boolean => {
    const { at, conversions = [] } = fromLine(line).record;
    if (at >= horizon) {
      return (
        conversions.length > 0 &&
        conversions.every(({ refund, order = '' }) => refund !== undefined && orders.has(order))
      );
    }
    for (const { refund, order } of conversions) if (!refund && order) orders.add(order);
    return true;
  };
  // A refund may have come before its order: orders first.
  for (const { lines } of history) for (const line of lines) isPast(line);
  const only = (wanted: boolean): PersonCommit[] =>
    history
      .map((commit) => ({
        ...commit,
        lines: commit.lines.filter((line) => isPast(line) === wanted),
      }))
      .filter(({ lines }) => lines.length > 0);
  return { past: only(true), rest: only(false) };
}

/** The lines that have left, once more. */
function linesOf(sql: SqlStorage, from: string, to: string): string[] {
  const { rows, settled } = aliasEvents(sql, from);
  const left = historyOf(sql, from, rows).map((commit) => ({
    ...commit,
    lines: commit.lines.filter((line) => !settled.has(fromLine(line).key)),
  }));
  return moved(sql, to, left);
}

function moved(sql: SqlStorage, to: string, history: readonly PersonCommit[]): string[] {
  return history
    .flatMap(({ lines }) => lines)
    .map((line) => withoutReleased(sql, fromLine(line)))
    .filter((event) => event !== undefined)
    .map(({ person, key, record }) => moveLine(toLine(person, key, record), to));
}
