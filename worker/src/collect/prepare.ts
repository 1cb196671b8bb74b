/**
 * From parsed JSON to canonical events: checks each event, classifies its
 * source, finds its person, key and shard. Stateless; one call into the core
 * for all sources and one for all keys of a request.
 */
import type { Classified } from '../../../wasm/binding/types.ts';
import type { Conversion, Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import {
  type EventRecord,
  KEY_HEX,
  type RecordedConversion,
  toLine,
  type Via,
} from '../event_record.ts';
import { toHex } from '../hex.ts';
import { type HashedUser, hashUser } from '../identity/hashing.ts';
import {
  type EventKeyParts,
  eventKeyParts,
  type Named,
  orderActionParts,
  orderParts,
  personParts,
  type Rank,
  REFUND,
  rankOf,
  userParts,
} from '../identity/keys.ts';
import { scrubId, scrubMap, scrubText, scrubUrl } from '../identity/scrub.ts';
import type { OutcomeCode } from '../problem.ts';
import { type Event, parseEvent } from '../schema/event.ts';
import { convert } from '../schema/money.ts';
import { MINUTE_MS } from '../schema/time.ts';
import { forwardOf } from './forward.ts';
import { conversionsOf, hasSource, touchOf } from './touch.ts';

/** An event that may be stored. */
export interface Prepared {
  index: number;
  person: string;
  /** The event's key, 32 hex digits. */
  key: string;
  line: string;
  named: Named;
  /** Set when a destination takes the event: what goes to the outbox beside the line. */
  forward?: string;
  /** Set when the event names an order. */
  ordered?: { rank: Rank; key: string; record: EventRecord };
}

/** An event that is refused at the door; counted, and shown with its order. */
export interface Refused {
  index: number;
  code: OutcomeCode;
  message: string;
  /** Set when the event was well-formed: whose it is and which order it names. */
  person?: string;
  rank?: Rank;
  key?: string;
  name?: string;
  order?: string;
}

export interface PreparedBatch {
  prepared: Prepared[];
  refused: Refused[];
}

/** Clocks of honest clients run ahead by less than this. */
const FUTURE_MS = 5 * MINUTE_MS;

/** A URL is stored up to this many characters; it is classified whole. */
const URL_KEPT = 2048;

/** An event on its way, with what has been found out so far. */
interface Draft {
  index: number;
  event: Event;
  at: number;
  user: HashedUser | undefined;
  definitions: readonly Conversion[];
  /** Its currency has no rate. */
  unpriced: boolean;
  /** Micros of the site's currency. */
  value: number | undefined;
  personParts: string[] | undefined;
  /** Parts of the keys of the user that the event names, the best first. */
  users: string[][];
  keyParts: EventKeyParts;
  forward?: string;
  refusal?: { code: OutcomeCode; message: string };
}

/**
 * @param inputs the `events` of a request
 * @param now receipt of the request, Unix ms; the time of events that bring none
 * @param skew ms to add to the times that they bring; keys are made of these as they came
 */
export async function prepare(
  engine: Engine,
  site: Site,
  inputs: readonly unknown[],
  via: Via,
  now: number,
  skew = 0,
): Promise<PreparedBatch> {
  const refused: Refused[] = [];
  const drafts: Draft[] = [];
  for (const [index, input] of inputs.entries()) {
    const where = `events[${index}]`;
    const parsed = parseEvent(input, where);
    if (!parsed.ok) {
      refused.push({ index, code: 'invalid_event', message: parsed.message });
    } else if (analyticsDenied(parsed.event, site)) {
      refused.push({
        index,
        code: 'no_consent',
        message: `${where}.consent.analytics: denied; nothing of this event was stored`,
      });
    } else {
      const { user } = parsed.event;
      // Without personal fields there is nothing to wait for.
      const hashed = user ? await hashUser(user) : undefined;
      const made = draft(site, index, parsed.event, hashed, now, skew);
      if (site.destinations.length > 0) {
        const forward = await forwardOf(site, parsed.event, made.definitions);
        if (forward !== undefined) made.forward = forward;
      }
      drafts.push(made);
    }
  }

  const results = engine.isolate(drafts, (members) => finish(engine, site, members, via));
  const prepared: Prepared[] = [];
  for (const [position, result] of results.entries()) {
    const { index } = drafts[position]!;
    if (result === undefined) {
      const message = `events[${index}]: the core could not read this event`;
      refused.push({ index, code: 'core_error', message });
    } else if ('code' in result) {
      refused.push(result);
    } else {
      prepared.push(result);
    }
  }
  return { prepared, refused };
}

function analyticsDenied(event: Event, site: Site): boolean {
  return (event.consent?.analytics ?? site.consentDefault) === 'denied';
}

function draft(
  site: Site,
  index: number,
  event: Event,
  user: HashedUser | undefined,
  now: number,
  skew: number,
): Draft {
  const at = event.occurred_at == null ? now : event.occurred_at + skew;
  const all = conversionsOf(event, site.conversions);
  const worth = worthOf(event, site);
  // What an event is worth is settled when it comes: without a rate it is kept and not counted.
  const unpriced = worth === 'no_rate' && all.length > 0;
  const definitions = unpriced ? [] : all;
  const person = personParts(site.key, event, user);
  const refusal = refusalOf(site, index, event, worth, at, definitions, now);
  return {
    index,
    event,
    at,
    user,
    definitions,
    unpriced,
    value: typeof worth === 'number' ? worth : undefined,
    personParts: person,
    users: userParts(site, event, user),
    keyParts: eventKeyParts(site.key, event, person, user),
    ...(refusal && { refusal }),
  };
}

/** An event's value in micros of the site's currency, undefined when it brings none. */
type Worth = number | undefined | 'no_rate' | 'too_large';

function worthOf({ value, currency }: Event, site: Site): Worth {
  if (value == null) return undefined;
  if (!currency || currency === site.currency) return value;
  const rate = site.rates.get(currency);
  return rate === undefined ? 'no_rate' : (convert(value, rate) ?? 'too_large');
}

function refusalOf(
  site: Site,
  index: number,
  { name, order_id }: Event,
  worth: Worth,
  at: number,
  definitions: readonly Conversion[],
  now: number,
): Draft['refusal'] {
  if (at > now + FUTURE_MS) {
    return {
      code: 'future',
      message: `events[${index}].occurred_at: ${new Date(at).toISOString()} is more than 5 minutes ahead of ${new Date(now).toISOString()}; check the sender's clock`,
    };
  }
  if (name === REFUND && !order_id) {
    return {
      code: 'invalid_event',
      message: `events[${index}].order_id: a refund needs the id of its order`,
    };
  }
  if (definitions.length > 0 && worth === 'too_large') {
    return {
      code: 'value_too_large',
      message: `events[${index}].value: more than 1000000000 ${site.currency}`,
    };
  }
  return undefined;
}

/** Everything that needs the core, for many events in two calls. */
function finish(
  engine: Engine,
  site: Site,
  drafts: readonly Draft[],
  via: Via,
): (Prepared | Refused)[] {
  if (drafts.length === 0) return [];
  const urls = drafts.map(({ event }) => ({
    url: scrubUrl(event.url ?? ''),
    referrer: scrubUrl(event.referrer ?? ''),
  }));
  const classified = engine.classifier(site).classify(
    drafts.map(({ event }, i) => ({
      ...urls[i]!,
      ...(hasSource(event) && { source: sourceInput(event) }),
    })),
  );
  const parts = drafts.flatMap((draft) => keyPartsOf(site, draft));
  const keys = toHex(engine.core.keyBytes(parts));
  let taken = 0;
  const next = () => {
    taken += KEY_HEX;
    return keys.slice(taken - KEY_HEX, taken);
  };

  return drafts.map((draft, i) => {
    const { index, event, definitions } = draft;
    const key = next();
    const person = draft.personParts === undefined ? key : next();
    const rank = rankOf(draft.personParts);
    const order = event.order_id ? next() : undefined;
    const conversions = definitions.map((definition): RecordedConversion => {
      const orderAction = event.order_id ? next() : undefined;
      return {
        action: definition.name,
        value: draft.value ?? (event.name === REFUND ? 0 : definition.value),
        ...(orderAction && { order: orderAction }),
        ...(event.name === REFUND
          ? { refund: event.value == null ? 'all' : 'part' }
          : definition.once && { once: true }),
      };
    });
    const users = draft.users.map(next);
    if (draft.refusal !== undefined) {
      const { name } = event;
      return { index, ...draft.refusal, person, rank, key, name, ...(order && { order }) };
    }
    const record = toRecord(
      site,
      draft,
      classified[i]!,
      urls[i]!,
      conversions,
      key,
      order,
      rank,
      via,
    );
    return {
      index,
      person,
      key,
      line: toLine(person, key, record),
      named: {
        users,
        hasExternalId: draft.users[0]?.[2] === 'external_id',
        ...(rank === 2 && { visitor: person }),
      },
      ...(draft.forward && { forward: draft.forward }),
      ...(order && { ordered: { rank, key, record } }),
    };
  });
}

/** The keys that an event needs, in the order in which `finish` takes them. */
function keyPartsOf(site: Site, draft: Draft): string[][] {
  const { event, definitions, personParts, users, keyParts } = draft;
  const lists = [keyParts.parts];
  if (personParts !== undefined) lists.push(personParts);
  const orderId = event.order_id;
  if (orderId) {
    lists.push(orderParts(site.key, orderId));
    for (const { name } of definitions) lists.push(orderActionParts(site.key, name, orderId));
  }
  lists.push(...users);
  return lists;
}

function sourceInput({ source }: Event): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [field, value] of Object.entries(source ?? {})) {
    if (value) given[field] = scrubText(value);
  }
  return given;
}

function toRecord(
  site: Site,
  { event, at, user, keyParts, unpriced }: Draft,
  classified: Classified,
  urls: { url: string; referrer: string },
  conversions: RecordedConversion[],
  key: string,
  order: string | undefined,
  rank: Rank,
  via: Via,
): EventRecord {
  const interaction = touchOf(event, classified, conversions.length > 0 || unpriced);
  const { channel, source, medium, campaign, term, content } = classified;
  // Set one by one: on this path a spread for each that may be missing costs more than the parsing.
  const record: EventRecord = { name: event.name, at, day: site.dayOf(at), via };
  if (keyParts.window) record.keyWindow = keyParts.window;
  if (interaction) {
    record.touch = { interaction, source: { channel, source, medium, campaign, term, content } };
  }
  if (conversions.length > 0) record.conversions = conversions;
  if (unpriced) record.unpriced = true;
  if (rank < 2) record.movable = true;
  if (event.event_id) record.event_id = scrubId(event.event_id, key);
  if (order) {
    record.order = order;
    record.order_id = scrubId(event.order_id!, order);
  }
  if (event.value != null) record.value = event.value;
  if (event.currency) record.currency = event.currency;
  if (urls.url) record.url = urls.url.slice(0, URL_KEPT);
  if (urls.referrer) record.referrer = urls.referrer.slice(0, URL_KEPT);
  if (event.title) record.title = scrubText(event.title);
  if (event.search_term) record.search_term = scrubText(event.search_term);
  const ids = event.ids
    ? { ...classified.clickIds, ...scrubMap(present(event.ids)) }
    : classified.clickIds;
  if (hasEntries(ids)) record.ids = ids;
  if (event.click_seen_at != null) record.click_seen_at = event.click_seen_at;
  if (user && hasEntries(user)) record.user = user;
  if (event.items?.length) record.items = event.items.map((item) => present(item));
  if (event.consent) record.consent = present(event.consent);
  if (event.props) record.props = scrubMap(event.props);
  return record;
}

/** The entries that are given: neither null, undefined nor ''. */
function present<T>(object: Record<string, T | null | undefined>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value != null && value !== ''),
  ) as Record<string, T>;
}

function hasEntries(object: object): boolean {
  for (const _ in object) return true;
  return false;
}
