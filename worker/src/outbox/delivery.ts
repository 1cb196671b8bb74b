/** From a stored conversion to the Delivery that destinations read. */
import type { JourneyConversion } from '../../../wasm/binding/types.ts';
import type { Forward } from '../collect/forward.ts';
import type { Site } from '../config.ts';
import type { Delivery, Destination } from '../destinations/destination.ts';
import type { DestinationConfig } from '../destinations/schemas.ts';
import type { EventRecord } from '../event_record.ts';
import type { Click } from './clicks.ts';
import { mergeIds } from './clicks.ts';

/** A conversion or refund as the commit knows it. */
export interface Counted {
  person: string;
  /** Key of the event as it arrived, 32 hex digits. */
  key: string;
  record: EventRecord;
  conversion: JourneyConversion;
  /** Micros of the site's currency that a refund takes; absent for a conversion. */
  refunded?: number;
}

export interface Drafted {
  delivery: Delivery;
  /** Of the delivery, what leaves the store with it. */
  client: Pick<Delivery, 'ip' | 'ua'> & { zip?: string; country?: string };
}

export function draftDelivery(
  site: Site,
  config: DestinationConfig,
  destination: Destination,
  { person, key, record, conversion, refunded }: Counted,
  clicks: readonly Click[],
  forward: Forward,
): Drafted {
  const { ids, clickSeenAt } = mergeIds(clicks, record);
  const { user, client } = userFor(destination, forward);
  const worth =
    refunded === undefined
      ? worthOf(site, config, destination, record, conversion, clicks)
      : { value: refunded, currency: site.currency };
  const delivery: Delivery = {
    kind: refunded === undefined ? 'conversion' : 'refund',
    eventId: record.event_id ?? key,
    key: `${key}_${conversion.action}`,
    conversion: conversion.action,
    name: record.name,
    at: record.at,
    ...(record.order_id !== undefined && { orderId: record.order_id }),
    ...worth,
    ...(refunded !== undefined && { left: leftOf(config, destination, conversion, clicks) }),
    ...(record.url !== undefined && { url: record.url }),
    ...(record.referrer !== undefined && { referrer: record.referrer }),
    ...(record.title !== undefined && { title: record.title }),
    ...(record.search_term !== undefined && { searchTerm: record.search_term }),
    ...(record.items !== undefined && { items: record.items }),
    ids,
    ...(clickSeenAt !== undefined && { clickSeenAt }),
    user,
    personalization: (record.consent?.ad_personalization ?? site.consentDefault) === 'granted',
    person,
  };
  return { delivery, client: { ...clientOf(forward), ...client } };
}

const clientOf = ({ ip, ua }: Forward) => ({ ...(ip && { ip }), ...(ua && { ua }) });

/** Fields that are sent as they are leave the store with the address. */
function userFor({ variant }: Destination, { users }: Forward) {
  const { zip, country, ...hashed } = users?.[variant] ?? {};
  if (variant !== 'google') {
    return { user: users?.[variant] ?? {}, client: {} };
  }
  return { user: hashed, client: { ...(zip && { zip }), ...(country && { country }) } };
}

/** The Delivery as it is sent: with what was kept apart. */
export function withClientOf(
  delivery: Delivery,
  { zip, country, ...rest }: Drafted['client'],
): Delivery {
  const places = { ...(zip && { zip }), ...(country && { country }) };
  return { ...delivery, ...rest, user: { ...delivery.user, ...places } };
}

function worthOf(
  site: Site,
  config: DestinationConfig,
  destination: Destination,
  record: EventRecord,
  conversion: JourneyConversion,
  clicks: readonly Click[],
): { value?: number; currency: string } {
  if (typeof config.value === 'object') {
    const part = earned(config.value.model, destination, conversion, clicks);
    return { value: part, currency: site.currency };
  }
  if (record.value !== undefined) {
    return { value: record.value, currency: record.currency ?? site.currency };
  }
  return {
    // The definition's value, in the site's currency.
    ...(conversion.value > 0 && { value: conversion.value }),
    currency: site.currency,
  };
}

function leftOf(
  config: DestinationConfig,
  destination: Destination,
  conversion: JourneyConversion,
  clicks: readonly Click[],
): number {
  const taken = conversion.refunds.reduce((sum, [, , , micros]) => sum + micros, 0);
  const left = Math.max(0, conversion.value - taken);
  if (typeof config.value !== 'object' || conversion.value === 0) return left;
  const part = earned(config.value.model, destination, conversion, clicks);
  return cents((left / conversion.value) * part);
}

/** A part of a value is sent in whole cents. */
const cents = (micros: number): number => Math.round(micros / 10_000) * 10_000;

const PAID = /^(Paid|Display|Cross-network)/;

/**
 * What a model gives to the touches of this platform: those with one of its click ids, and paid ones
 * whose source is the platform. Micros of the site's currency.
 */
export function earned(
  model: string,
  { clickIds, sources }: Destination,
  { path, credits }: JourneyConversion,
  clicks: readonly Click[],
): number {
  const own = new Set(
    clicks.filter(({ ids }) => clickIds.some((name) => ids[name])).map(({ touch }) => touch),
  );
  let sum = 0;
  for (const [i, [, value]] of (credits[model] ?? []).entries()) {
    const { id, source, channel, interaction } = path[i]!;
    const paid = interaction !== 'visit' || PAID.test(channel);
    if (own.has(id) || (paid && sources.includes(source.toLowerCase()))) sum += value;
  }
  return cents(sum);
}
