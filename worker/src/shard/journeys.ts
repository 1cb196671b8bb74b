/** The stored journeys: one blob a person, the core's own bytes. */
import { fromHex, toHex } from '../hex.ts';
import { type Bound, BulkStatement } from './bulk.ts';

const LOAD = new BulkStatement(
  1,
  (rows) => `SELECT person, journey FROM journeys WHERE person IN (VALUES ${rows})`,
);

const SAVE = new BulkStatement(
  2,
  (rows) =>
    `INSERT INTO journeys (person, journey) VALUES ${rows} ON CONFLICT (person) DO UPDATE SET journey = excluded.journey`,
);

/**
 * @param persons keys, 32 hex digits, all different
 * @returns the journeys that are stored, by person
 */
export function loadJourneys(sql: SqlStorage, persons: readonly string[]): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  LOAD.run(sql, persons.map(fromHex), (cursor) => {
    for (const [person, journey] of cursor.raw<[ArrayBuffer, ArrayBuffer]>()) {
      found.set(toHex(new Uint8Array(person)), new Uint8Array(journey));
    }
  });
  return found;
}

export function saveJourneys(sql: SqlStorage, journeys: ReadonlyMap<string, Uint8Array>): void {
  const values: Bound[] = [];
  for (const [person, journey] of journeys) values.push(fromHex(person), journey);
  SAVE.run(sql, values);
}

export function deleteJourney(sql: SqlStorage, person: string): void {
  sql.exec('DELETE FROM journeys WHERE person = ?', fromHex(person));
}
