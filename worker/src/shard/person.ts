/** One person's data in a shard: shown to whom it is about, and erased. Keys are 32 hex digits. */
import type { JourneyView } from '../../../wasm/binding/types.ts';
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import { type EventRecord, fromLine, lineOrders } from '../event_record.ts';
import { fromHex } from '../hex.ts';
import {
  erasePerson as eraseDeliveries,
  exportPerson as exportDeliveries,
} from '../outbox/reads.ts';
import { absorbedBy, addAlias, aliasEvents, findAlias, setCurrent } from './aliases.ts';
import { type Book, booksOf } from './books.ts';
import { eraseClicks } from './click_index.ts';
import { allRows, foldHistory, historyOf, NO_ROWS } from './history.ts';
import type { Journeys } from './journeys.ts';
import { addToLedger, LedgerTotals, SourceIds } from './ledger.ts';
import { isOf, rewriteRow } from './log_rewrite.ts';
import { settlePaths } from './path_fold.ts';

export interface PersonData {
  /** Who turned out to be this person. */
  aliases: string[];
  /** Who this person turned out to be. */
  home?: string;
  /** Absent when there is none. */
  journey?: JourneyView;
  /** Everything that the log keeps. */
  events: EventRecord[];
  deliveries: ReturnType<typeof exportDeliveries>;
}

/** What a shard has of a person. Changes nothing. */
export function readPerson(
  sql: SqlStorage,
  engine: Engine,
  site: Site,
  journeys: Journeys,
  person: string,
): PersonData {
  const alias = findAlias(sql, person);
  const held = journeys.load([person]).get(person);
  const lines = historyOf(sql, person, rowsOf(sql, journeys, person)).flatMap(({ lines }) => lines);
  return {
    aliases: absorbedBy(sql, person),
    ...(alias && { home: alias.home }),
    ...(held?.journey.length && { journey: engine.stepper(site).describe(held.journey) }),
    events: lines.map((line) => fromLine(line).record),
    deliveries: exportDeliveries(sql, person),
  };
}

export function rowsOf(sql: SqlStorage, journeys: Journeys, person: string): Uint32Array {
  const rows = journeys.load([person]).get(person)?.rows ?? aliasEvents(sql, person).rows;
  return allRows(sql, person, rows);
}

/**
 * Takes a person out of everything that is kept: journey, log, clicks, deliveries. What it was credited
 * stays in the sums, which name nobody. A browser that is, or was, another's as well is that other's
 * alone afterwards. Call inside a transaction.
 *
 * @param family keys of all who are erased together
 * @returns how many events were erased; what stands with another person as well is counted there.
 *   `shared`: others are or were that browser too, and it goes on as theirs
 */
export function erasePerson(
  sql: SqlStorage,
  engine: Engine,
  site: Site,
  journeys: Journeys,
  person: string,
  family: readonly string[],
): number | 'shared' {
  const alias = findAlias(sql, person);
  if (alias !== undefined && !family.includes(alias.home)) {
    setCurrent(sql, person, alias.home);
    return 'shared';
  }
  const rows = rowsOf(sql, journeys, person);
  const history = historyOf(sql, person, rows);
  const who = fromHex(person);
  if (alias === undefined) {
    settlePaths(sql, engine, site, [person], Date.now());
    const [inForce, next] = booksOf(sql, site) as [Book, Book?];
    const ids = new SourceIds(sql);
    const { ledger } = foldHistory(sql, engine, inForce, person, history);
    addToLedger(sql, ids, ledger.rows(), 'settled');
    if (next !== undefined) {
      // The next book gets what is settled when it is put in force.
      const made = foldHistory(sql, engine, next, person, history).ledger;
      addToLedger(sql, ids, new LedgerTotals().minus(made).rows(), next.tables.ledger);
    }
  }
  // Also where it is somebody else: its orders are still asked for here.
  for (const action of history.flatMap(({ lines }) => lines.flatMap(lineOrders))) {
    sql.exec('INSERT INTO erased (action_key) VALUES (?) ON CONFLICT DO NOTHING', fromHex(action));
  }
  for (const row of rows) rewriteRow(sql, row, (line) => (isOf(line, person) ? undefined : line));
  for (const table of ['journeys', 'journeys_next', 'bases', 'bases_next']) {
    sql.exec(`UPDATE ${table} SET journey = zeroblob(length(journey)) WHERE person = ?`, who);
    sql.exec(`DELETE FROM ${table} WHERE person = ?`, who);
  }
  for (const table of ['released', 'aliases', 'absorbed', 'arrivals']) {
    sql.exec(`DELETE FROM ${table} WHERE person = ?`, who);
  }
  eraseClicks(sql, person);
  eraseDeliveries(sql, person);
  if (alias !== undefined && !family.includes(alias.current)) {
    addAlias(sql, person, alias.current, NO_ROWS);
    return 'shared';
  }
  sql.exec('DELETE FROM routes WHERE person = ?', who);
  return alias !== undefined ? 0 : history.reduce((sum, { lines }) => sum + lines.length, 0);
}

/** Orders among these that were erased. */
export function erasedOrders(sql: SqlStorage, actions: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const action of actions) {
    const { known } = sql
      .exec<{ known: number }>(
        'SELECT EXISTS (SELECT 1 FROM erased WHERE action_key = ?) AS known',
        fromHex(action),
      )
      .one();
    if (known === 1) found.add(action);
  }
  return found;
}
