/**
 * What a conversion's delivery needs and the log must not keep: the address, the user agent, and the
 * personal fields as each destination wants them hashed. It travels beside the event's line and is
 * stored in the outbox only.
 */
import type { Conversion, Site } from '../config.ts';
import { destinationOf } from '../destinations/registry.ts';
import { type HashedUser, hashUser } from '../identity/hashing.ts';
import type { VariantName } from '../identity/variants.ts';
import type { Event } from '../schema/event.ts';
import { isObject } from './signals.ts';

export interface Forward {
  ip?: string;
  ua?: string;
  users?: Partial<Record<VariantName, HashedUser>>;
}

/** Whether advertisers may have this event's data. */
export function adsDenied(
  consent: { ad_user_data?: string | null | undefined } | null | undefined,
  { consentDefault }: Pick<Site, 'consentDefault'>,
): boolean {
  return (consent?.ad_user_data ?? consentDefault) !== 'granted';
}

/**
 * @param definitions the conversions that the event counts as
 * @returns JSON of Forward; undefined when no destination takes the event
 */
export async function forwardOf(
  site: Site,
  event: Event,
  definitions: readonly Conversion[],
): Promise<string | undefined> {
  if (site.destinations.length === 0 || definitions.length === 0) return undefined;
  if (adsDenied(event.consent, site)) return undefined;
  const wanted = site.destinations.filter(({ conversions }) =>
    definitions.some(({ name }) => conversions.includes(name)),
  );
  if (wanted.length === 0) return undefined;
  const { ip, ua, user } = event;
  const users: Forward['users'] = {};
  if (user) {
    for (const variant of new Set(wanted.map((config) => destinationOf(config).variant))) {
      users[variant] = await hashUser(user, variant);
    }
  }
  const forward: Forward = { ...(ip && { ip }), ...(ua && { ua }), ...(user && { users }) };
  return JSON.stringify(forward);
}

/**
 * The events of a browser with its own address and user agent, whatever they say themselves; untouched
 * for a site that forwards nothing.
 */
export function withClient(
  site: Site,
  headers: Headers,
  events: readonly unknown[],
): readonly unknown[] {
  if (site.destinations.length === 0) return events;
  // Only the platform's own header is believed.
  const ip = headers.get('cf-connecting-ip');
  const ua = headers.get('user-agent');
  return events.map((event) => (isObject(event) ? { ...event, ip, ua } : event));
}
