/**
 * Google Analytics 4, Measurement Protocol: `POST /mp/collect`, one event a request since client and
 * consent stand above the events. It answers 2xx to anything, so what it would drop is refused here.
 */
import {
  amount,
  bodyOf,
  filled,
  idOf,
  isOk,
  itemsOf,
  listAt,
  look,
  number,
  pieces,
  transactionOf,
  usual,
} from './common.ts';
import { type Delivery, type Destination, HOUR_MS } from './destination.ts';
import { nameFor } from './names.ts';
import { apiOf } from './versions.ts';

export const ga4: Destination<'ga4'> = {
  type: 'ga4',
  variant: 'ga4',
  maxAgeMs: 72 * HOUR_MS,
  batch: 1,
  clickIds: [],
  sources: [],
  refunds: true,

  refusal: (_config, delivery) => ga4Problem(body(delivery)),

  call(config, deliveries, { secrets }) {
    const query = new URLSearchParams({
      measurement_id: config.measurement_id,
      api_secret: secrets.get(config.api_secret_secret),
    });
    return {
      url: `${apiOf(config).endpoint}/mp/collect?${query}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body(deliveries[0]!)),
    };
  },

  // The validation server checks neither secret nor measurement id.
  trial: (_config, call) => ({
    ...call,
    url: call.url.replace('/mp/collect?', '/debug/mp/collect?'),
  }),

  read(answer, deliveries) {
    if (!isOk(answer)) return usual(answer, deliveries.length);
    // Only the validation server says what is wrong.
    const [problem] = listAt(bodyOf(answer), 'validationMessages');
    if (problem === undefined) return { state: 'delivered' };
    return { state: 'dead', reason: String(look(problem, 'description')).slice(0, 300) };
  },
};

const VALUE_LENGTH = 100;
const cut = (text: string | undefined, length = VALUE_LENGTH) => text?.slice(0, length);

function body(delivery: Delivery): Ga4Body {
  const { user, personalization } = delivery;
  return filled({
    client_id: clientId(delivery),
    timestamp_micros: delivery.at * 1000,
    // User data need a user id; ours is known by its digest only.
    ...(user.external_id && {
      user_id: user.external_id,
      user_data: filled({
        sha256_email_address: user.email ? [user.email] : undefined,
        sha256_phone_number: user.phone ? [user.phone] : undefined,
      }),
    }),
    consent: {
      ad_user_data: 'GRANTED',
      ad_personalization: personalization ? 'GRANTED' : 'DENIED',
    },
    events: [{ name: nameOf(delivery), params: params(delivery) }],
  }) as Ga4Body;
}

function nameOf({ kind, name }: Delivery): string {
  if (kind === 'refund') return 'refund';
  return nameFor('ga4', name) ?? name.replace(/[^A-Za-z0-9_]/g, '_');
}

/** Events of a sale, whose transaction id makes a repeat a repeat. */
const SALES = new Set(['purchase', 'refund']);

function params(delivery: Delivery): Record<string, unknown> {
  const value = amount(delivery);
  return filled({
    currency: value === undefined ? undefined : delivery.currency,
    value,
    transaction_id: SALES.has(nameOf(delivery)) ? transactionOf(delivery) : delivery.orderId,
    // Without these a hit makes no session, or an odd one.
    session_id: idOf(delivery, 'ga_session_id', 'session_id'),
    engagement_time_msec: 1,
    page_location: cut(delivery.url, 1000),
    page_referrer: cut(delivery.referrer, 420),
    page_title: cut(delivery.title, 300),
    search_term: cut(delivery.searchTerm),
    items:
      delivery.kind === 'refund'
        ? undefined
        : itemsOf(delivery).map((item) =>
            filled({
              item_id: cut(item.id),
              item_name: cut(item.name),
              price: item.price === undefined ? undefined : number(item.price),
              quantity: pieces(item),
            }),
          ),
  });
}

/** The `_ga` cookie's client, else one made of the person, the same each time. */
function clientId(delivery: Delivery): string {
  const given = idOf(delivery, 'ga_client_id', 'ga', 'client_id');
  const cookie = given === undefined ? null : /(?:^GA\d\.\d\.)?(\d{1,12}\.\d{1,12})$/.exec(given);
  if (cookie) return cookie[1]!;
  const part = (at: number) => Number.parseInt(delivery.person.slice(at, at + 8), 16);
  return `${part(0)}.${part(8)}`;
}

export interface Ga4Body {
  client_id?: string;
  user_properties?: Record<string, { value?: unknown }>;
  events: { name: string; params?: Record<string, unknown> }[];
}

const RESERVED_NAMES = new Set(
  `ad_activeview ad_click ad_exposure ad_impression ad_query adunit_exposure app_clear_data app_install
   app_update app_remove error first_open first_visit in_app_purchase notification_dismiss
   notification_foreground notification_open notification_receive os_update screen_view session_start
   user_engagement`.split(/\s+/),
);
const RESERVED_PROPERTIES = new Set(
  'first_open_time first_visit_time last_deep_link_referrer user_id first_open_after_install'.split(
    ' ',
  ),
);
const RESERVED_PREFIX = /^(_|firebase_|ga_|google_|gtag\.)/;
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;
const PROPERTY_NAME = /^[A-Za-z][A-Za-z0-9_]{0,23}$/;
/** Parameters of a page, which may be longer than others. */
const LONG: Record<string, number> = { page_location: 1000, page_referrer: 420, page_title: 300 };
const MOST_BYTES = 130_000;

/** What Analytics would drop without a word; undefined when nothing is wrong. */
export function ga4Problem(body: Ga4Body): string | undefined {
  const { client_id, events, user_properties = {} } = body;
  if (!client_id) return 'client_id is missing';
  if (events.length > 25) return 'more than 25 events';
  const properties = Object.entries(user_properties);
  if (properties.length > 25) return 'more than 25 user properties';
  for (const [name, { value }] of properties) {
    if (!PROPERTY_NAME.test(name)) return `user property name ${name}`;
    if (RESERVED_PROPERTIES.has(name) || RESERVED_PREFIX.test(name)) return `reserved: ${name}`;
    if (String(value ?? '').length > 36) return `user property ${name} is longer than 36`;
  }
  for (const event of events) {
    const problem = eventProblem(event);
    if (problem) return problem;
  }
  if (new TextEncoder().encode(JSON.stringify(body)).length >= MOST_BYTES) {
    return 'more than 130,000 bytes';
  }
  return undefined;
}

function eventProblem({ name, params = {} }: Ga4Body['events'][number]): string | undefined {
  if (!NAME.test(name)) return `event name ${name.slice(0, 60)}`;
  if (RESERVED_NAMES.has(name) || RESERVED_PREFIX.test(name)) return `reserved event name ${name}`;
  const entries = Object.entries(params);
  if (entries.length > 25) return `${name} has more than 25 parameters`;
  for (const [key, value] of entries) {
    if (!NAME.test(key)) return `parameter name ${key.slice(0, 60)}`;
    if (RESERVED_PREFIX.test(key)) return `reserved parameter ${key}`;
    const most = LONG[key] ?? VALUE_LENGTH;
    if (typeof value === 'string' && value.length > most) return `${key} is longer than ${most}`;
    if (key === 'items' && Array.isArray(value) && value.length > 200) return 'more than 200 items';
  }
  return undefined;
}
