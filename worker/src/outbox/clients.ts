/**
 * Addresses and user agents of deliveries that are still to be sent. SQLite leaves what is deleted in the
 * file until something is written over it, and moves rows about when those beside them shrink. So these
 * stand in a table of their own that only grows at its end and whose values are overwritten in place:
 * when a delivery is settled, its bytes are gone from the database file.
 */
import type { Drafted } from './delivery.ts';
import type { Sql } from './sql.ts';

export type Client = Drafted['client'];

export const CLIENT_TABLES: readonly string[] = [
  // id: of the row in outbox. client: JSON of Client in UTF-8; zeros of the same length once it has gone.
  'CREATE TABLE clients (id INTEGER PRIMARY KEY, client BLOB NOT NULL) STRICT',
  // A table's first page is copied when it needs a second one, so it gets that before it holds anything.
  'INSERT INTO clients (id, client) VALUES (-3, zeroblob(3000)), (-2, zeroblob(3000)), (-1, zeroblob(3000))',
  `INSERT INTO clients (id, client) SELECT id, CAST(client AS BLOB) FROM outbox
   WHERE client IS NOT NULL ORDER BY id`,
  'UPDATE outbox SET client = NULL WHERE client IS NOT NULL',
];

/** The client of an outbox row, as bytes or NULL. */
export const CLIENT_OF = '(SELECT client FROM clients WHERE clients.id = outbox.id) AS client';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @param id of a row that was added to the outbox just now */
export function keepClient(sql: Sql, id: number, client: Client): void {
  if (Object.keys(client).length === 0) return;
  sql.exec(
    'INSERT OR REPLACE INTO clients (id, client) VALUES (?, ?)',
    id,
    encoder.encode(JSON.stringify(client)),
  );
}

export function readClient(bytes: ArrayBuffer | null): Client {
  const text = bytes === null ? '' : decoder.decode(bytes);
  return text.startsWith('{') ? (JSON.parse(text) as Client) : {};
}

/** @param where which rows of the outbox, with `?` for the values */
export function forgetClients(sql: Sql, where: string, ...values: (number | Uint8Array)[]): void {
  sql.exec(
    `UPDATE clients SET client = zeroblob(length(client))
     WHERE id IN (SELECT id FROM outbox WHERE ${where})`,
    ...values,
  );
}

/** Removes what is zeros only, from the start: taken out in the middle, it would move what stays. */
export function pruneClients(sql: Sql): void {
  sql.exec('DELETE FROM clients WHERE id > 0 AND id < (SELECT coalesce(min(id), 0) FROM outbox)');
}
