/**
 * Persons who turned out to be somebody else: a visitor who said who it is, or a user key found to be
 * another's as well. Their journey has moved there; what comes for them still is sent on. A visitor
 * may come to be used by another user: what it did before stays where it went first.
 * Keys are 32 hex digits.
 */
import { fromHex, toHex } from '../hex.ts';
import { BulkStatement } from './bulk.ts';

export interface Alias {
  /** Where the journey went, and so whatever belongs to it: orders, refunds. */
  home: string;
  /** Whose the visitor's own events are now. */
  current: string;
}

const FIND = new BulkStatement(
  1,
  (rows) => `SELECT person, home, current FROM aliases WHERE person IN (VALUES ${rows})`,
);

export function findAliases(sql: SqlStorage, persons: readonly string[]): Map<string, Alias> {
  const found = new Map<string, Alias>();
  if (persons.length === 0) return found;
  FIND.run(sql, persons.map(fromHex), (cursor) => {
    for (const row of cursor.raw<[ArrayBuffer, ArrayBuffer, ArrayBuffer]>()) {
      const [person, home, current] = row.map((key) => toHex(new Uint8Array(key)));
      found.set(person!, { home: home!, current: current! });
    }
  });
  return found;
}

export function hasAliases(sql: SqlStorage): boolean {
  const { any } = sql.exec<{ any: number }>('SELECT EXISTS (SELECT 1 FROM aliases) AS any').one();
  return any === 1;
}

export function findAlias(sql: SqlStorage, person: string): Alias | undefined {
  return findAliases(sql, [person]).get(person);
}

export const LAST_KEY = 'f'.repeat(32);

/** All persons from a key (inclusive) to another (exclusive, `g` beyond the last) who are somebody else. */
export function aliasedBetween(sql: SqlStorage, from: string, to: string): Set<string> {
  const cursor = sql.exec(
    `SELECT person FROM aliases WHERE person >= ? ${to > LAST_KEY ? '' : 'AND person < ?'}`,
    ...(to > LAST_KEY ? [from] : [from, to]).map(fromHex),
  );
  const persons = new Set<string>();
  for (const [person] of cursor.raw<[ArrayBuffer]>()) persons.add(toHex(new Uint8Array(person)));
  return persons;
}

/**
 * @param rows of the log that hold the person's events
 * @param settled keys of its events that stay behind and count here
 */
export function addAlias(
  sql: SqlStorage,
  person: string,
  to: string,
  rows: Uint32Array,
  settled: readonly string[] = [],
): void {
  sql.exec(
    'INSERT INTO aliases (person, home, current, rows, settled) VALUES (?, ?, ?, ?, ?)',
    fromHex(person),
    fromHex(to),
    fromHex(to),
    new Uint8Array(rows.buffer),
    settled.join(),
  );
}

export function setCurrent(sql: SqlStorage, person: string, current: string): void {
  sql.exec('UPDATE aliases SET current = ? WHERE person = ?', fromHex(current), fromHex(person));
}

/** What a person who is somebody else has in the log: which rows, and keys of events that stayed behind. */
export function aliasEvents(
  sql: SqlStorage,
  person: string,
): { rows: Uint32Array; settled: Set<string> } {
  const [found] = sql
    .exec<{ rows: ArrayBuffer; settled: string }>(
      'SELECT rows, settled FROM aliases WHERE person = ?',
      fromHex(person),
    )
    .toArray();
  return {
    rows: new Uint32Array(found?.rows ?? new ArrayBuffer(0)),
    settled: new Set(found?.settled.split(',')),
  };
}

/** Notes who has turned out to be a person. */
export function absorb(sql: SqlStorage, person: string, aliases: readonly string[]): void {
  for (const alias of aliases) {
    sql.exec(
      'INSERT INTO absorbed (person, alias) VALUES (?, ?) ON CONFLICT DO NOTHING',
      fromHex(person),
      fromHex(alias),
    );
  }
}

/** Everybody who has turned out to be this person. */
export function absorbedBy(sql: SqlStorage, person: string): string[] {
  const rows = sql.exec('SELECT alias FROM absorbed WHERE person = ?', fromHex(person));
  return [...rows.raw<[ArrayBuffer]>()].map(([alias]) => toHex(new Uint8Array(alias)));
}

/**
 * Where an event of such a person goes. The same event always goes the same way, or a repeat of it
 * would count with the next user of the same browser.
 *
 * @param until when the event's key may be forgotten, Unix ms
 */
export function routeOf(
  sql: SqlStorage,
  person: string,
  key: string,
  current: string,
  until: number,
): string {
  const keys = [fromHex(person), fromHex(key)];
  sql.exec(
    'INSERT INTO routes (person, event, home, until) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ...keys,
    fromHex(current),
    until,
  );
  const { home } = sql
    .exec<{ home: ArrayBuffer }>('SELECT home FROM routes WHERE person = ? AND event = ?', ...keys)
    .one();
  return toHex(new Uint8Array(home));
}

export function forgetRoutes(sql: SqlStorage, now: number): void {
  sql.exec('DELETE FROM routes WHERE until < ?', now);
}
