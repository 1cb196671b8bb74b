/**
 * Who an event belongs to, and what makes it the same event again. Keys are
 * 16-byte hashes that the core makes of length-prefixed parts; each list of
 * parts begins with its scope and the site, so tenants never meet.
 */

import type { Site } from '../config.ts';
import { KEY_HEX } from '../event_record.ts';
import type { Event } from '../schema/event.ts';
import type { HashedUser } from './hashing.ts';

/** The event that takes an order back, in part or whole. */
export const REFUND = 'refund';

/**
 * The parts of a person's key: the visitor, else a hashed user key, else the
 * order; undefined for an event that belongs to nobody but itself.
 */
export function personParts(
  site: string,
  event: Event,
  user: HashedUser | undefined,
): string[] | undefined {
  // Whose order it is decides who is refunded, not who says so.
  if (event.name === REFUND && event.order_id) return ['person', site, 'order', event.order_id];
  if (event.visitor_id) return ['person', site, 'visitor', event.visitor_id];
  const [best] = userKeyParts(site, user);
  if (best !== undefined) return best;
  if (event.order_id) return ['person', site, 'order', event.order_id];
  return undefined;
}

/** What an event says of who it belongs to. Keys are 32 hex digits. */
export interface Named {
  /** Keys of the user, the best first; empty when the event names none. */
  users: readonly string[];
  /** The first of the keys is that of an external id, the site's own word on who somebody is. */
  hasExternalId: boolean;
  visitor?: string;
}

/** What identifies a user, the best first: the site's own word, then what changes hands seldom. */
const USER_KEYS = ['external_id', 'email', 'phone'] as const;

function userKeyParts(site: string, user: HashedUser | undefined): string[][] {
  return USER_KEYS.flatMap((field) => {
    const digest = user?.[field];
    return digest ? [['person', site, field, digest]] : [];
  });
}

/** Parts of the keys of the user that an event names; none where users are not linked. */
export function userParts(
  { key, identity }: Pick<Site, 'key' | 'identity'>,
  event: Event,
  user: HashedUser | undefined,
): string[][] {
  // Who is refunded is a question of the order.
  if (user === undefined || identity.maxVisitors === 0 || event.name === REFUND) return [];
  return userKeyParts(key, user);
}

/**
 * How well a person is known: 0 by an order only, 1 by a hashed user key, 2 by a visitor. An order
 * that arrives for several persons belongs to the one that is known best.
 */
export type Rank = 0 | 1 | 2;

/** @param parts what `personParts` gave, undefined for an event that belongs to nobody */
export function rankOf(parts: readonly string[] | undefined): Rank {
  if (parts?.[2] === 'visitor') return 2;
  return parts === undefined || parts[2] === 'order' ? 0 : 1;
}

/** A repeat of the same content without a time of its own within this is a retry, ms. */
export const CONTENT_KEY_WINDOW_MS = 30 * 60_000;

export interface EventKeyParts {
  parts: string[];
  /** Shorter dedup window of a key that holds no time. */
  window?: number;
}

/**
 * The parts of an event's key. With an `event_id`: site, name and that id.
 * Without: everything the event says; and if it does not even say when it
 * happened, only a repeat within half an hour counts as the same event.
 */
export function eventKeyParts(
  site: string,
  event: Event,
  person: readonly string[] | undefined,
  user: HashedUser | undefined,
): EventKeyParts {
  if (event.event_id) return { parts: ['event', site, event.name, event.event_id] };
  const { source, items, props, ids } = event;
  const parts = [
    'content',
    site,
    event.name,
    person?.[2] ?? '',
    person?.[3] ?? '',
    event.occurred_at == null ? '' : String(event.occurred_at),
    event.url ?? '',
    event.referrer ?? '',
    event.kind ?? '',
    event.order_id ?? '',
    event.value == null ? '' : String(event.value),
    event.currency ?? '',
    event.search_term ?? '',
    source?.source ?? '',
    source?.medium ?? '',
    source?.campaign ?? '',
    source?.term ?? '',
    source?.content ?? '',
    source?.channel ?? '',
    canonical(user),
    canonical(ids),
    canonical(props),
    items ? JSON.stringify(items) : '',
  ];
  return event.occurred_at == null ? { parts, window: CONTENT_KEY_WINDOW_MS } : { parts };
}

/** JSON of a flat object with its keys in order. */
function canonical(object: object | null | undefined): string {
  if (object == null) return '';
  return JSON.stringify(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Finds an order, whatever it counts as. */
export function orderParts(site: string, orderId: string): string[] {
  return ['order', site, orderId];
}

/** One order counts once per action. */
export function orderActionParts(site: string, action: string, orderId: string): string[] {
  return ['order', site, action, orderId];
}

/**
 * The shard of a person, from 0.
 *
 * @param person key, 32 hex digits
 */
export function shardOf(person: string, shards: number): number {
  if (person.length !== KEY_HEX) throw new RangeError(`a person key has ${KEY_HEX} hex digits`);
  return Number.parseInt(person.slice(0, 8), 16) % shards;
}
