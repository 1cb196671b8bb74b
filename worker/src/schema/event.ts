/**
 * The EVENT of the outside interface: the one place that says which fields an
 * event may have, their types and their limits. Unknown fields are ignored;
 * null and '' mean "not given". The JSON Schema in /openapi.json is made from
 * these objects.
 */
import * as v from 'valibot';
import { quickEvent } from './event_quick.ts';
import { parseMicros } from './money.ts';
import { parseInstant } from './time.ts';

export const MAX_EVENTS_PER_CALL = 1000;

/** Control characters have no business in ids and names. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/;

/** null counts as absent. */
const optional = <const T extends v.GenericSchema>(schema: T) => v.optional(v.nullable(schema));

interface Received {
  received: string;
}

const expected = (what: string) => (issue: Received) =>
  `expected ${what}, got ${issue.received.slice(0, 60)}`;

/** Text that is refused when it is too long. */
function text(max: number) {
  return v.pipe(
    v.string(expected('a string')),
    v.maxLength(max, (issue) => `expected at most ${max} characters, got ${issue.received}`),
    v.check((value) => !CONTROL.test(value), 'expected no control characters'),
  );
}

/** An id: text, or a whole number that becomes its decimal digits. */
function id(max: number) {
  return v.union(
    [
      text(max),
      v.pipe(
        v.number(),
        v.safeInteger(expected('a whole number')),
        v.transform((value) => String(value)),
      ),
    ],
    expected('a string or a whole number'),
  );
}

/** Free text that is cut, not refused, when it is too long. */
function prose(max: number) {
  return v.pipe(
    v.string(expected('a string')),
    v.transform((value) => value.slice(0, max)),
  );
}

/** Runs a parser that throws RangeError and turns its message into an issue. */
function parsed<T>(parse: (input: number | string) => T) {
  return v.rawTransform<number | string, T>(({ dataset, addIssue, NEVER }) => {
    try {
      return parse(dataset.value);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      addIssue({ message: error.message });
      return NEVER;
    }
  });
}

const numberOrString = (what: string) => v.union([v.number(), v.string()], expected(what));

const amount = v.pipe(numberOrString('a decimal number or string'), parsed(parseMicros));
const instant = v.pipe(
  numberOrString('an RFC 3339 time or Unix milliseconds'),
  parsed(parseInstant),
);

const oneOf = <const T extends readonly string[]>(values: T) =>
  v.picklist(values, expected(`one of ${values.join(', ')}`));

const object = <const T extends v.ObjectEntries>(entries: T) =>
  v.object(entries, (issue) =>
    // Valibot reports a missing key through the object that lacks it.
    issue.received === 'undefined' ? 'this field is required' : expected('an object')(issue),
  );

/** A short map of names to values, such as click ids. */
function map<const T extends v.GenericSchema>(value: T, entries: number) {
  return v.pipe(
    v.record(
      v.pipe(v.string(), v.maxLength(64, 'expected names of at most 64 characters')),
      value,
      expected('an object'),
    ),
    v.check((value) => Object.keys(value).length <= entries, `expected at most ${entries} entries`),
  );
}

export const USER_FIELDS = [
  'email',
  'phone',
  'first_name',
  'last_name',
  'city',
  'state',
  'zip',
  'country',
  'external_id',
] as const;
export type UserField = (typeof USER_FIELDS)[number];

export const userSchema = object({
  email: optional(text(320)),
  phone: optional(id(64)),
  first_name: optional(text(256)),
  last_name: optional(text(256)),
  city: optional(text(256)),
  state: optional(text(256)),
  zip: optional(id(64)),
  country: optional(text(64)),
  external_id: optional(id(256)),
});

const sourceSchema = object({
  source: optional(text(512)),
  medium: optional(text(512)),
  campaign: optional(text(512)),
  term: optional(text(512)),
  content: optional(text(512)),
  channel: optional(text(128)),
});

const consentState = oneOf(['granted', 'denied']);

const itemSchema = object({
  id: optional(id(256)),
  name: optional(prose(256)),
  price: optional(amount),
  quantity: optional(
    v.pipe(
      v.number(expected('a number')),
      v.minValue(0, 'expected 0 or more'),
      v.maxValue(1e9, 'expected at most 1000000000'),
    ),
  ),
});

export const eventSchema = object({
  name: v.pipe(text(100), v.minLength(1, 'expected a name, got an empty string')),
  event_id: optional(id(256)),
  occurred_at: optional(instant),
  url: optional(text(32_768)),
  referrer: optional(text(32_768)),
  title: optional(prose(500)),
  visitor_id: optional(id(256)),
  user: optional(userSchema),
  ids: optional(map(optional(id(1024)), 40)),
  source: optional(sourceSchema),
  kind: optional(oneOf(['click', 'impression', 'visit'])),
  order_id: optional(id(256)),
  value: optional(amount),
  currency: optional(
    v.pipe(
      v.string(expected('a currency code')),
      v.regex(/^([A-Za-z]{3})?$/, expected('an ISO 4217 code such as USD')),
      v.transform((value) => value.toUpperCase()),
    ),
  ),
  items: optional(
    v.pipe(
      v.array(itemSchema, expected('an array')),
      v.maxLength(200, 'expected at most 200 items'),
    ),
  ),
  search_term: optional(prose(500)),
  ip: optional(text(64)),
  ua: optional(prose(1024)),
  click_seen_at: optional(instant),
  consent: optional(
    object({
      ad_user_data: optional(consentState),
      ad_personalization: optional(consentState),
      analytics: optional(consentState),
    }),
  ),
  props: optional(
    map(
      v.nullable(
        v.union([prose(500), v.number(), v.boolean()], expected('a string, number or boolean')),
      ),
      40,
    ),
  ),
});

/** Fields that hold an object; to the schema's objects a list would be one, too. */
const OBJECTS = ['user', 'ids', 'source', 'consent', 'props'] as const;

/** An event as its schema leaves it: times in Unix ms, money in micros. */
export type Event = v.InferOutput<typeof eventSchema>;

export type ParsedEvent = { ok: true; event: Event } | { ok: false; message: string };

/**
 * Checks one event. Never throws; the message names the field, what was
 * expected and what came.
 *
 * @param where how to call the event in the message, e.g. `events[3]`
 */
export function parseEvent(input: unknown, where: string): ParsedEvent {
  const event = quickEvent(input);
  if (event !== undefined) return { ok: true, event };
  const list = OBJECTS.find((name) =>
    Array.isArray((input as Record<string, unknown> | null)?.[name]),
  );
  if (list) return { ok: false, message: `${where}.${list}: expected an object, got an array` };
  const result = v.safeParse(eventSchema, input, { abortEarly: true });
  if (result.success) return { ok: true, event: result.output };
  const issue = result.issues[0];
  const path = v.getDotPath(issue);
  return { ok: false, message: `${where}${path === null ? '' : `.${path}`}: ${issue.message}` };
}
