/** Click and browser ids of persons, and who has taken consent back: noted by each commit, read by deliveries. */

import { adsDenied } from '../collect/forward.ts';
import type { Site } from '../config.ts';
import type { EventRecord } from '../event_record.ts';
import { fromHex, toHex } from '../hex.ts';
import type { Sql } from './sql.ts';

/** Clicks of one person that are kept; the oldest go. */
const CLICKS_KEPT = 50;
/** No platform looks back further, ms. */
const CLICK_AGE_MS = 90 * 86_400_000;

/** Hex digits of a touch's id. */
const TOUCH_HEX = 16;

export interface Click {
  /** First 16 hex digits of the event's key. */
  touch: string;
  at: number;
  ids: Record<string, string>;
}

/** Names as platforms' cookies and parameters have them, in one spelling. */
export function plainIds(ids: Record<string, string> | undefined): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(ids ?? {})) {
    plain[name.toLowerCase().replace(/^_+/, '')] = value;
  }
  return plain;
}

export interface NotedEvent {
  person: string;
  key: string;
  record: EventRecord;
}

/** Call inside the commit's transaction, for each stored event. */
export function noteClick(sql: Sql, { person, key, record }: NotedEvent): void {
  if (record.ids === undefined) return;
  sql.exec(
    'INSERT OR IGNORE INTO clicks (person, touch, at, ids) VALUES (?, ?, ?, ?)',
    fromHex(person),
    fromHex((record.of ?? key).slice(0, TOUCH_HEX)),
    record.at,
    JSON.stringify(plainIds(record.ids)),
  );
}

export function noteConsent(sql: Sql, site: Site, { person, record }: NotedEvent): void {
  if (record.consent?.ad_user_data === undefined) return;
  const who = fromHex(person);
  if (!adsDenied(record.consent, site)) {
    sql.exec('DELETE FROM ad_denials WHERE person = ? AND at <= ?', who, record.at);
    return;
  }
  sql.exec(
    'INSERT INTO ad_denials (person, at) VALUES (?, ?) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)',
    who,
    record.at,
  );
}

export function isDenied(sql: Sql, person: Uint8Array | ArrayBuffer): boolean {
  return (
    sql
      .exec<{ found: number }>(
        'SELECT EXISTS (SELECT 1 FROM ad_denials WHERE person = ?) AS found',
        person instanceof Uint8Array ? person : new Uint8Array(person),
      )
      .one().found === 1
  );
}

/** The newest clicks before a moment, oldest first. */
export function readClicks(sql: Sql, person: string, at: number): Click[] {
  return sql
    .exec<{ touch: ArrayBuffer; at: number; ids: string }>(
      'SELECT touch, at, ids FROM clicks WHERE person = ? AND at BETWEEN ? AND ? ORDER BY at DESC LIMIT ?',
      fromHex(person),
      at - CLICK_AGE_MS,
      at,
      CLICKS_KEPT,
    )
    .toArray()
    .map((row) => ({
      touch: toHex(new Uint8Array(row.touch)),
      at: row.at,
      ids: JSON.parse(row.ids) as Record<string, string>,
    }))
    .reverse();
}

/** Ids of which a platform wants the one of the newest click, not one of each. */
const ONE_OF: readonly (readonly string[])[] = [['gclid', 'gbraid', 'wbraid', 'dclid']];

export interface Merged {
  ids: Record<string, string>;
  /** When the click of Meta's was seen, Unix ms. */
  clickSeenAt?: number;
}

/** The newest of each id; ids of the event itself come last and so win. */
export function mergeIds(clicks: readonly Click[], record: EventRecord): Merged {
  const merged: Merged = { ids: {} };
  const own = plainIds(record.ids);
  for (const { at, ids } of [...clicks, { at: record.at, ids: own }]) {
    for (const group of ONE_OF) {
      if (!group.some((name) => ids[name])) continue;
      for (const name of group) delete merged.ids[name];
    }
    const before = merged.ids.fbclid;
    Object.assign(merged.ids, ids);
    if (ids.fbclid && ids.fbclid !== before) merged.clickSeenAt = at;
  }
  if (record.click_seen_at !== undefined) merged.clickSeenAt = record.click_seen_at;
  return merged;
}

/** Forgets what no platform asks for any more. */
export function pruneClicks(sql: Sql, now: number): void {
  sql.exec('DELETE FROM clicks WHERE at < ?', now - CLICK_AGE_MS);
}
