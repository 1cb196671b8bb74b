/**
 * The same as the schema in event.ts for events that are plainly right, in a fraction of the time.
 * Whatever is odd is left to the schema, which knows the words for it; a test holds the two together.
 */
import type { Event } from './event.ts';
import { parseMicros } from './money.ts';
import { parseInstant } from './time.ts';

/** What a field takes here: text up to a length, free text cut there, and some others by name. */
type Rule =
  | { text: number }
  | { prose: number }
  | { parse: (value: string | number) => number }
  | { one: readonly string[] }
  | { currency: true }
  | { object: Rules }
  | { map: (value: unknown) => unknown; entries: number };

type Rules = ReadonlyMap<string, Rule>;

const ODD = Symbol('odd');
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/;
const CURRENCY = /^([A-Za-z]{3})?$/;

const text = (max: number): Rule => ({ text: max });
const rules = (fields: Record<string, Rule>): Rules => new Map(Object.entries(fields));
const CONSENT: Rule = { one: ['granted', 'denied'] };

const RULES = rules({
  name: text(100),
  event_id: text(256),
  occurred_at: { parse: parseInstant },
  url: text(32_768),
  referrer: text(32_768),
  title: { prose: 500 },
  visitor_id: text(256),
  user: {
    object: rules({
      email: text(320),
      phone: text(64),
      first_name: text(256),
      last_name: text(256),
      city: text(256),
      state: text(256),
      zip: text(64),
      country: text(64),
      external_id: text(256),
    }),
  },
  ids: { map: (value) => (isText(value, 1024) ? value : ODD), entries: 40 },
  source: {
    object: rules({
      source: text(512),
      medium: text(512),
      campaign: text(512),
      term: text(512),
      content: text(512),
      channel: text(128),
    }),
  },
  kind: { one: ['click', 'impression', 'visit'] },
  order_id: text(256),
  value: { parse: parseMicros },
  currency: { currency: true },
  search_term: { prose: 500 },
  ip: text(64),
  ua: { prose: 1024 },
  click_seen_at: { parse: parseInstant },
  consent: {
    object: rules({ ad_user_data: CONSENT, ad_personalization: CONSENT, analytics: CONSENT }),
  },
  props: {
    map: (value) => {
      if (typeof value === 'string') return value.slice(0, 500);
      return typeof value === 'number' || typeof value === 'boolean' ? value : ODD;
    },
    entries: 40,
  },
});

/** Fields whose check is left to the schema whenever they are there. */
const LEFT = new Set(['items']);

/** Names that an object from outside must not have. */
const FORBIDDEN = new Set(['__proto__', 'prototype', 'constructor']);

/** The event, or undefined when the schema is to look at it. */
export function quickEvent(input: unknown): Event | undefined {
  const event = readObject(input, RULES, true);
  if (event === ODD || !event.name) return undefined;
  return event as Event;
}

function readObject(
  input: unknown,
  rules: Rules,
  whole = false,
): Record<string, unknown> | typeof ODD {
  if (!isObject(input)) return ODD;
  const found: Record<string, unknown> = {};
  for (const field in input) {
    const rule = rules.get(field);
    if (rule === undefined) {
      if (whole && LEFT.has(field)) return ODD;
      continue;
    }
    const value = input[field];
    const read = value === null ? null : readValue(value, rule);
    if (read === ODD) return ODD;
    found[field] = read;
  }
  return found;
}

function readValue(value: unknown, rule: Rule): unknown {
  if ('text' in rule) return isText(value, rule.text) ? value : ODD;
  if ('prose' in rule) return typeof value === 'string' ? value.slice(0, rule.prose) : ODD;
  if ('parse' in rule) {
    if (typeof value !== 'string' && typeof value !== 'number') return ODD;
    try {
      return rule.parse(value);
    } catch {
      return ODD;
    }
  }
  if ('one' in rule) return rule.one.includes(value as string) ? value : ODD;
  if ('currency' in rule) {
    return typeof value === 'string' && CURRENCY.test(value) ? value.toUpperCase() : ODD;
  }
  if ('object' in rule) return readObject(value, rule.object);
  if (!isObject(value)) return ODD;
  const map: Record<string, unknown> = {};
  let entries = 0;
  for (const name in value) {
    if (name.length > 64 || FORBIDDEN.has(name) || ++entries > rule.entries) return ODD;
    const given = value[name];
    const read = given === null ? null : rule.map(given);
    if (read === ODD) return ODD;
    map[name] = read;
  }
  return map;
}

function isText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length <= max && !CONTROL.test(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
