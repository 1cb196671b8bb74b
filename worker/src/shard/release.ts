/**
 * A person gives an order up, because it belongs to one that is known better. Its events stay in
 * the log; from now on they are read without that order, here and in every replay.
 */
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import { partLine } from '../event_record.ts';
import { fromHex, toHex } from '../hex.ts';
import { absorbedBy, aliasEvents, findAlias } from './aliases.ts';
import { booksOf } from './books.ts';
import type { FoldEvent } from './fold.ts';
import { allRows, foldHistory, historyOf, isWhole, NO_ROWS } from './history.ts';
import { type Journeys, lastSeq, NO_JOURNEY, saveStored } from './journeys.ts';
import { addToLedger, SourceIds } from './ledger.ts';
import { pathChanged } from './path_fold.ts';

/** Tells whether a person has given up the order with this action key. */
export function isReleased(sql: SqlStorage, person: string, action: string): boolean {
  return (
    sql
      .exec<{ found: number }>(
        'SELECT EXISTS (SELECT 1 FROM released WHERE person = ? AND action_key = ?) AS found',
        fromHex(person),
        fromHex(action),
      )
      .one().found === 1
  );
}

/** Whom a person gave an order to. */
function takerOf(sql: SqlStorage, person: string, action: string): string | undefined {
  const [found] = sql
    .exec<{ owner: ArrayBuffer | null }>(
      'SELECT owner FROM released WHERE person = ? AND action_key = ?',
      fromHex(person),
      fromHex(action),
    )
    .toArray();
  return found?.owner ? toHex(new Uint8Array(found.owner)) : undefined;
}

/** Whether an event would count an order that its person has given up. */
export function isMoved(sql: SqlStorage, { person, record }: FoldEvent): boolean {
  if (!record.movable) return false;
  return (record.conversions ?? []).some(
    ({ order }) => order !== undefined && isReleased(sql, person, order),
  );
}

/**
 * A logged event without the orders that its person has given up. An event with one conversion
 * moves whole; of one with several, the touch stays.
 *
 * @returns the event itself when nothing of it has moved, undefined when nothing of it is left
 */
export function withoutReleased(sql: SqlStorage, event: FoldEvent): FoldEvent | undefined {
  const { person, record } = event;
  const { conversions = [], ...rest } = record;
  if (!record.movable) return event;
  const left = conversions.filter(
    ({ order }) => order === undefined || !isReleased(sql, person, order),
  );
  if (left.length === conversions.length) return event;
  if (left.length > 0) return { ...event, record: { ...rest, conversions: left } };
  return conversions.length > 1 && rest.touch ? { ...event, record: rest } : undefined;
}

/** What a person gives up: lines, or why not. */
export type Released = string[] | 'kept' | `moved:${string}`;

/**
 * Takes an order out of a person's journey and out of the ledger. The same call again changes
 * nothing and gives the same. Call inside a transaction.
 *
 * @param action key of (site, action, order id), 32 hex digits
 * @param to the next owner
 * @param stored is called when the person's journey has been stored: whoever holds it forgets it
 *   once the transaction is through
 * @returns what the order's events are to the next owner, one line each, none when that is the same
 *   person by now; `kept` when the person has too much of a history to be folded again;
 *   `moved:PERSON` when the person is somebody else
 */
export function release(
  sql: SqlStorage,
  engine: Engine,
  site: Site,
  journeys: Journeys,
  person: string,
  action: string,
  to: string,
  stored: () => void,
): Released {
  const known = isReleased(sql, person, action);
  const alias = findAlias(sql, person);
  if (alias !== undefined && !known) return `moved:${alias.home}`;
  if (alias === undefined) {
    const own = selves(sql, person);
    const isOwn = !known || own.includes(takerOf(sql, person, action) ?? '');
    if (isOwn && own.includes(to)) {
      if (takeBack(sql, engine, site, journeys, person, [action])) stored();
      return [];
    }
    // Given to itself before, and from there on to somebody else.
    if (known && isOwn) setTaker(sql, person, action, to);
  }
  const held = journeys.load([person]).get(person);
  const rows = alias === undefined ? (held?.rows ?? NO_ROWS) : aliasEvents(sql, person).rows;
  if (!known && !isWhole(rows)) return 'kept';
  const history = historyOf(sql, person, rows);
  if (!known) {
    refoldPerson(sql, engine, site, person, rows, () => {
      sql.exec(
        'INSERT INTO released (person, action_key, owner) VALUES (?, ?, ?)',
        fromHex(person),
        fromHex(action),
        fromHex(to),
      );
    });
    stored();
  }
  return history
    .flatMap(({ lines }) => lines)
    .map((line) => partLine(line, action))
    .filter((line) => line !== undefined);
}

/** Everybody that a person is. */
function selves(sql: SqlStorage, person: string): string[] {
  return [person, ...absorbedBy(sql, person)];
}

function setTaker(sql: SqlStorage, person: string, action: string, taker: string): void {
  sql.exec(
    'UPDATE released SET owner = ? WHERE person = ? AND action_key = ?',
    fromHex(taker),
    fromHex(person),
    fromHex(action),
  );
}

/** An order that a person has given away. */
export interface Given {
  action: string;
  /** Whom it was given to. */
  to: string;
}

export function givenAway(sql: SqlStorage, person: string): Given[] {
  return sql
    .exec<{ action_key: ArrayBuffer; owner: ArrayBuffer }>(
      'SELECT action_key, owner FROM released WHERE person = ? AND owner IS NOT NULL',
      fromHex(person),
    )
    .toArray()
    .map((row) => ({
      action: toHex(new Uint8Array(row.action_key)),
      to: toHex(new Uint8Array(row.owner)),
    }));
}

/**
 * What a person gave to somebody who has turned out to be the same person, and who had given it on:
 * it is with that other. Call inside a transaction, once the aliases are noted.
 */
export function followGiven(sql: SqlStorage, person: string, given: readonly Given[]): void {
  const own = selves(sql, person);
  for (const { action, to } of given) {
    if (own.includes(to) || !own.includes(takerOf(sql, person, action) ?? '')) continue;
    setTaker(sql, person, action, to);
  }
}

/**
 * Gives a person orders back that it gave to somebody who has turned out to be the same person. Call
 * inside a transaction.
 *
 * @returns false when there was nothing to give back
 */
export function takeBack(
  sql: SqlStorage,
  engine: Engine,
  site: Site,
  journeys: Journeys,
  person: string,
  actions: readonly string[],
): boolean {
  const own = selves(sql, person);
  const given = actions.filter((action) => own.includes(takerOf(sql, person, action) ?? ''));
  if (given.length === 0) return false;
  const rows = journeys.load([person]).get(person)?.rows ?? NO_ROWS;
  refoldPerson(sql, engine, site, person, rows, () => {
    for (const action of given) {
      sql.exec(
        'DELETE FROM released WHERE person = ? AND action_key = ?',
        fromHex(person),
        fromHex(action),
      );
    }
  });
  return true;
}

/** Makes a journey anew around a change of what counts in it, and brings the ledger along. */
function refoldPerson(
  sql: SqlStorage,
  engine: Engine,
  site: Site,
  person: string,
  rows: Uint32Array,
  change: () => void,
): void {
  const history = historyOf(sql, person, allRows(sql, person, rows));
  const books = booksOf(sql, site);
  pathChanged(sql, person);
  const before = books.map((book) => foldHistory(sql, engine, book, person, history));
  change();
  for (const [i, book] of books.entries()) {
    const own = history.filter(({ row }) => row <= book.upTo);
    if (own.length === 0) continue;
    const after = foldHistory(sql, engine, book, person, own);
    const change = after.ledger.minus(before[i]!.ledger);
    addToLedger(sql, new SourceIds(sql), change.rows(), book.tables.ledger);
    // Without a journey the row stays: it tells where the person's events are.
    const journey = after.journey ?? NO_JOURNEY;
    const counted = rows.filter((row) => row <= book.upTo);
    const held = { journey, seq: Math.min(lastSeq(sql), book.upTo), rows: counted };
    saveStored(sql, new Map([[person, held]]), book.tables.journeys);
  }
}
