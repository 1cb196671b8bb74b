/**
 * The canonical event: what crosses from the stateless worker to a shard,
 * what the log keeps, and all that a re-fold needs. One event is one line:
 *
 *     person (32 hex) + event key (32 hex) + JSON of EventRecord
 *
 * The JSON is written once, at the door, and stored as it came.
 */
import type { Interaction, Source } from '../../wasm/binding/types.ts';
import { xorHex } from './hex.ts';
import type { HashedUser } from './identity/hashing.ts';
import type { Rank } from './identity/keys.ts';

export interface RecordedConversion {
  action: string;
  /** Micros of the site's currency. */
  value: number;
  /** Key of (site, action, order id), 32 hex. */
  order?: string;
  once?: true;
  /** No conversion but a refund of the one with this order: of `value`, or of all that is left. */
  refund?: 'part' | 'all';
}

export interface EventRecord {
  name: string;
  /** When it happened, Unix ms. */
  at: number;
  /** Day of `at` in the site's time zone, since 1970-01-01. */
  day: number;
  /** Dedup window of a key made of content, ms. */
  keyWindow?: number;
  touch?: { interaction: Interaction; source: Source };
  conversions?: RecordedConversion[];
  /** Key of (site, order id), 32 hex: finds the order's arrivals. */
  order?: string;

  /** Its currency had no rate when it came: it counts as nothing. */
  unpriced?: true;
  /** The person is no visitor: an order of it may be handed over to one. */
  movable?: true;
  /** It came from another person: whatever forwards it has done so there. */
  handed?: true;
  /** A part of an event that is counted elsewhere: in no outcome count and no list of arrivals. */
  part?: true;
  /** The event's own key, 32 hex digits, where the line's is made of that and an order's. */
  of?: string;

  // Below: not needed by the core; kept for destinations and exports.
  event_id?: string;
  order_id?: string;
  /** Micros. */
  value?: number;
  currency?: string;
  url?: string;
  referrer?: string;
  title?: string;
  search_term?: string;
  /** Click and browser ids, given or found in the URL. */
  ids?: Record<string, string>;
  /** Unix ms. */
  click_seen_at?: number;
  user?: HashedUser;
  /** Price in micros. */
  items?: { id?: string; name?: string; price?: number; quantity?: number }[];
  consent?: Partial<Record<'ad_user_data' | 'ad_personalization' | 'analytics', string>>;
  props?: Record<string, string | number | boolean | null>;
  via: Via;
}

/** Which door the event came through. */
export type Via = 'beacon' | 'pixel' | 'redirect' | 'import' | 'api';

/** Hex digits of a 16-byte key. */
export const KEY_HEX = 32;

export function toLine(person: string, key: string, record: EventRecord): string {
  return person + key + JSON.stringify(record);
}

export function linePerson(line: string): string {
  return line.slice(0, KEY_HEX);
}

export function fromLine(line: string): { person: string; key: string; record: EventRecord } {
  return {
    person: linePerson(line),
    key: line.slice(KEY_HEX, 2 * KEY_HEX),
    record: JSON.parse(line.slice(2 * KEY_HEX)),
  };
}

/**
 * What an event says of one of its orders, as a line of its own for the order's owner; undefined
 * when the event does not count that order. The part has a key of its own, made of the event's and
 * the order's. It has the event's touch only if the order is all that the event counts and the
 * person was not a visitor, who would keep it.
 *
 * @param action key of (site, action, order id), 32 hex digits
 */
export function partLine(line: string, action: string): string | undefined {
  const { person, key, record } = fromLine(line);
  const part = partOf(key, record, action);
  return part && toLine(person, part.key, part.record);
}

export function partOf(
  key: string,
  record: EventRecord,
  action: string,
): { key: string; record: EventRecord } | undefined {
  const { touch, conversions = [], ...rest } = record;
  const conversion = conversions.find(({ order }) => order === action);
  if (conversion === undefined) return undefined;
  const whole = touch && record.movable && conversions.length === 1;
  return {
    key: record.of === undefined ? xorHex(key, action) : key,
    record: {
      ...rest,
      ...(whole && { touch }),
      conversions: [conversion],
      part: true,
      of: record.of ?? key,
    },
  };
}

/** The line in the journey of another person. */
export function rehome(line: string, person: string, rank: Rank): string {
  const { key, record } = fromLine(line);
  return toLine(person, key, { ...movableBy(record, rank), handed: true });
}

/** The line with the person that its own turned out to be: counted and forwarded where it came first. */
export function moveLine(line: string, person: string): string {
  const { key, record } = fromLine(line);
  return toLine(person, key, { ...record, handed: true, part: true });
}

/** The line with another person, whatever it says. */
export function addressLine(line: string, person: string): string {
  return person + line.slice(KEY_HEX);
}

/** Keys of (site, action, order id) that a line counts. */
export function lineOrders(line: string): string[] {
  return (fromLine(line).record.conversions ?? []).flatMap(({ order }) => order ?? []);
}

/** The record as it stands with a person of this rank. */
export function movableBy(record: EventRecord, rank: Rank): EventRecord {
  const { movable: _, ...rest } = record;
  return rank < 2 ? { ...rest, movable: true } : rest;
}
