/**
 * Writes the deliveries of a commit, in its own transaction: what is counted is in the outbox, and what
 * is not is not. A site without destinations never comes here.
 */

import type { JourneyConversion } from '../../../wasm/binding/types.ts';
import { adsDenied, type Forward } from '../collect/forward.ts';
import type { Site } from '../config.ts';
import { destinationOf } from '../destinations/registry.ts';
import type { DestinationConfig } from '../destinations/schemas.ts';
import type { Engine } from '../engine.ts';
import type { EventRecord } from '../event_record.ts';
import { fromHex } from '../hex.ts';
import type { OutcomeCode } from '../problem.ts';
import { isLogged } from '../shard/fold.ts';
import { noteClick, noteConsent, readClicks } from './clicks.ts';
import { keepClient } from './clients.ts';
import { type Counted, draftDelivery, withClientOf } from './delivery.ts';
import type { Sql } from './sql.ts';

export interface Arrived {
  person: string;
  key: string;
  record: EventRecord;
  /** JSON of Forward, from the door. */
  forward?: string | undefined;
}

/** Conversions of one such window are sent together, ms. */
const GATHER_MS = 1000;

/** When what is written now is to be sent, Unix ms. */
export const gatherAt = (now: number): number => (Math.floor(now / GATHER_MS) + 1) * GATHER_MS;

/**
 * @param journeys as the commit leaves them, of persons that it changed
 * @returns how many rows wait to be sent now
 */
export function enqueue(
  sql: Sql,
  engine: Engine,
  site: Site,
  arrivals: readonly Arrived[],
  outcomes: readonly OutcomeCode[],
  journeys: ReadonlyMap<string, Uint8Array>,
  now: number,
): number {
  const taken = arrivals.filter((_, i) => isLogged(outcomes[i]!));
  for (const arrival of taken) {
    noteClick(sql, arrival);
    noteConsent(sql, site, arrival);
  }
  const described = new Map<string, JourneyConversion[]>();
  let waiting = 0;
  for (const arrival of taken) {
    const { record, person } = arrival;
    // What was handed over was forwarded from where it was counted first.
    if (record.conversions === undefined || record.handed) continue;
    const wanted = record.conversions.some(({ action }) =>
      site.destinations.some(({ conversions }) => conversions.includes(action)),
    );
    const journey = journeys.get(person);
    if (!wanted || journey === undefined) continue;
    let conversions = described.get(person);
    if (conversions === undefined) {
      conversions = engine.stepper(site).describe(journey).conversions;
      described.set(person, conversions);
    }
    for (const counted of countedOf(arrival, conversions)) {
      waiting += forwardTo(sql, site, arrival, counted, now);
    }
  }
  return waiting;
}

/** What the event counted, and refunds that had come before their order. */
function countedOf(arrival: Arrived, conversions: readonly JourneyConversion[]): Counted[] {
  const { person, key, record } = arrival;
  const own = record.of ?? key;
  return conversions.flatMap((conversion): Counted[] => {
    const base = { person, key: own, record, conversion };
    const given = record.conversions?.find(({ action }) => action === conversion.action);
    if (given === undefined) return [];
    if (given.refund === undefined) {
      if (conversion.event !== key) return [];
      const early = conversion.refunds.filter(([, , , micros]) => micros > 0);
      return [
        base,
        ...early.map(([event, at, , micros]) => ({
          ...base,
          key: event,
          record: refundRecord(record, event, at),
          refunded: micros,
        })),
      ];
    }
    if (given.order !== conversion.order) return [];
    const refund = conversion.refunds.find(([event]) => event === key);
    return refund && refund[3] > 0 ? [{ ...base, refunded: refund[3] }] : [];
  });
}

/** Of a refund that waited for this order the journey has the key and the time. */
function refundRecord(record: EventRecord, event: string, at: number): EventRecord {
  const { order, order_id, consent, day, via } = record;
  return {
    name: 'refund',
    at,
    day,
    event_id: event,
    via,
    ...(order !== undefined && { order }),
    ...(order_id !== undefined && { order_id }),
    ...(consent && { consent }),
  };
}

/** @returns how many of the rows are to be sent */
function forwardTo(
  sql: Sql,
  site: Site,
  { record, forward }: Arrived,
  counted: Counted,
  now: number,
): number {
  const { conversion, person } = counted;
  let waiting = 0;
  const clicks = readClicks(sql, person, counted.record.at);
  const denied = adsDenied(record.consent, site);
  const parsed: Forward = forward === undefined ? {} : JSON.parse(forward);
  for (const config of site.destinations) {
    if (!config.conversions.includes(conversion.action)) continue;
    const destination = destinationOf(config);
    const { delivery, client } = draftDelivery(site, config, destination, counted, clicks, parsed);
    const expires = delivery.at + (config.max_age ?? destination.maxAgeMs);
    const skip = denied
      ? 'consent: ad_user_data is denied'
      : skipReason(config, withClientOf(delivery, client), expires, now);
    const [row] = sql.exec<{ id: number }>(
      `INSERT OR IGNORE INTO outbox
         (destination, key, person, order_key, conversion, kind, event_id, state, due, expires,
          reason, created, settled, matched, delivery)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       RETURNING id`,
      config.name,
      delivery.key,
      fromHex(person),
      counted.record.order === undefined ? null : fromHex(counted.record.order),
      conversion.action,
      delivery.kind,
      delivery.eventId,
      skip === undefined ? 'waiting' : 'skipped',
      gatherAt(now),
      expires,
      skip ?? null,
      now,
      skip === undefined ? null : now,
      skip === undefined ? matched(delivery, client) : '',
      skip === undefined ? JSON.stringify(delivery) : null,
    );
    if (skip === undefined && row !== undefined) {
      keepClient(sql, row.id, client);
      waiting++;
    }
  }
  return waiting;
}

type Drafted = ReturnType<typeof draftDelivery>;

function skipReason(
  config: DestinationConfig,
  delivery: Drafted['delivery'],
  expires: number,
  now: number,
): string | undefined {
  const destination = destinationOf(config);
  if (expires <= now) return `older than ${config.type} takes`;
  if (delivery.kind === 'refund') {
    return destination.refunds ? undefined : `${config.type} takes no refunds`;
  }
  if (config.only_own_clicks && !destination.clickIds.some((name) => delivery.ids[name])) {
    return `no ${config.type} click in the journey`;
  }
  if (typeof config.value === 'object' && delivery.value === 0) {
    return `${config.value.model} gives ${config.type} nothing of it`;
  }
  return destination.refusal(config, delivery);
}

/** By what a platform may know the person: names only. */
function matched({ user, ids }: Drafted['delivery'], { ip, ua }: Drafted['client']): string {
  const names = [...Object.keys(user), ...Object.keys(ids)];
  if (ip) names.push('ip');
  if (ua) names.push('ua');
  return names.join(' ');
}
