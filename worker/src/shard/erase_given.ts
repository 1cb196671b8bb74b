/**
 * What stands of erased persons with others: orders that others gave to them stay in the others' log,
 * and orders that they gave to others went with the digests of who they are. Keys are 32 hex digits.
 */
import { fromLine, lineOrders, toLine } from '../event_record.ts';
import { fromHex, toHex } from '../hex.ts';
import { findAlias } from './aliases.ts';
import { type Held, type Journeys, loadStored, saveStored } from './journeys.ts';
import { isOf, rewriteRow } from './log_rewrite.ts';
import { rowsOf } from './person.ts';
import { withoutReleased } from './release.ts';

/**
 * Erases what persons of this shard gave to erased ones. It counts nothing here any more, so no sum
 * changes. Call inside a transaction.
 *
 * @returns whose journeys were stored: whoever holds them forgets them
 */
export function eraseGiven(
  sql: SqlStorage,
  journeys: Journeys,
  family: readonly string[],
): string[] {
  const givers = sql.exec(
    'SELECT DISTINCT person FROM released WHERE hex(owner) IN (SELECT value FROM json_each(?))',
    JSON.stringify(family.map((person) => person.toUpperCase())),
  );
  const persons = [...givers.raw<[ArrayBuffer]>()].map(([person]) => toHex(new Uint8Array(person)));
  for (const person of persons) {
    const rows = rowsOf(sql, journeys, person);
    const left = rows.filter((seq) => {
      let stays = false;
      rewriteRow(sql, seq, (line) => {
        if (!isOf(line, person)) return line;
        if (withoutReleased(sql, fromLine(line)) === undefined) return undefined;
        stays = true;
        return line;
      });
      return stays;
    });
    const held = journeys.load([person]).get(person);
    if (held !== undefined) saveStored(sql, new Map([[person, { ...held, rows: left }]]));
    const next = new Map<string, Held>();
    loadStored(sql, [person], next, 'journeys_next');
    for (const [key, found] of next) {
      const own = found.rows.filter((row) => left.includes(row));
      saveStored(sql, new Map([[key, { ...found, rows: own }]]), 'journeys_next');
    }
  }
  return persons;
}

/** To whom persons of this shard gave orders: the orders' keys by their new owner. */
export function givenBy(sql: SqlStorage, persons: readonly string[]): Record<string, string[]> {
  const given: Record<string, string[]> = {};
  for (const person of persons) {
    const rows = sql.exec(
      'SELECT owner, action_key FROM released WHERE person = ? AND owner IS NOT NULL',
      fromHex(person),
    );
    for (const [owner, action] of rows.raw<[ArrayBuffer, ArrayBuffer]>()) {
      const key = toHex(new Uint8Array(owner));
      given[key] = [...(given[key] ?? []), toHex(new Uint8Array(action))];
    }
  }
  return given;
}

/**
 * Takes the digests of who somebody is out of what was handed to a person with these orders. Call inside
 * a transaction.
 *
 * @returns who that person has turned out to be, and so has them as well
 */
export function scrubHanded(
  sql: SqlStorage,
  journeys: Journeys,
  person: string,
  actions: readonly string[],
): string | undefined {
  for (const seq of rowsOf(sql, journeys, person)) {
    rewriteRow(sql, seq, (line) => {
      if (!isOf(line, person) || !lineOrders(line).some((order) => actions.includes(order))) {
        return line;
      }
      const { key, record } = fromLine(line);
      const { user, ...rest } = record;
      return record.handed && user ? toLine(person, key, rest) : line;
    });
  }
  return findAlias(sql, person)?.home;
}
