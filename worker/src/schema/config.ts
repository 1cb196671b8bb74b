/**
 * The shape of headwater.config.json. Types and defaults only; what fields
 * mean together is checked in ../config.ts.
 */
import * as v from 'valibot';
import { type Network, parseNetwork } from '../collect/networks.ts';
import { destinationSchema, secretName } from '../destinations/schemas.ts';
import { MODELS } from '../models.ts';
import { parseMicros, parseRate, type Rate } from './money.ts';
import { DURATION, parseDuration } from './time.ts';

const described = <const T extends v.GenericSchema>(schema: T, description: string) =>
  v.pipe(schema, v.description(description));

function duration(fallback: string, description: string) {
  return v.optional(
    v.pipe(
      v.string(),
      v.regex(DURATION, 'expected a duration such as 30d, 12h or 45m'),
      v.description(description),
      v.transform(parseDuration),
      v.minValue(1000, 'expected at least 1s'),
      v.maxValue(3_650 * 86_400_000, 'expected at most 3650d'),
    ),
    fallback,
  );
}

const name = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'expected a short name of a-z, 0-9, _ and -'),
);

const path = (fallback: string, description: string) =>
  v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\/[A-Za-z0-9._~/-]{1,100}$/, 'expected a path such as /e'),
      v.description(description),
    ),
    fallback,
  );

const currency = v.pipe(v.string(), v.regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code such as USD'));

const rate = v.pipe(
  v.union([v.number(), v.string()]),
  v.rawTransform<number | string, Rate>(({ dataset, addIssue, NEVER }) => {
    try {
      return parseRate(dataset.value);
    } catch (error) {
      addIssue({ message: (error as RangeError).message });
      return NEVER;
    }
  }),
);

const host = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/, 'expected a host such as paypal.com'),
);

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(256));

const conversion = v.strictObject({
  name,
  event: v.optional(described(text, 'counts events of this name')),
  url: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\/[^\s?#]{0,500}$/, 'expected a path such as /thank-you*'),
      v.description('counts page views whose path matches; * stands for any characters'),
    ),
  ),
  count: v.optional(
    described(v.picklist(['every', 'once']), 'once: the first one of each person'),
    'every',
  ),
  value: v.optional(
    v.pipe(
      v.union([v.number(), v.string()]),
      v.description('value of a conversion whose event brings none'),
      v.rawTransform<number | string, number>(({ dataset, addIssue, NEVER }) => {
        try {
          return parseMicros(dataset.value);
        } catch (error) {
          addIssue({ message: (error as RangeError).message });
          return NEVER;
        }
      }),
    ),
  ),
  currency: v.optional(currency),
});

const channelRule = v.strictObject({
  channel: text,
  source: v.optional(text),
  medium: v.optional(text),
  campaign: v.optional(text),
});

/** What an API key may do. admin: erase persons, replay deliveries. */
export const SCOPES = ['events:write', 'reports:read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

const site = v.strictObject({
  api_key_secret: described(secretName, 'names the variable that holds the API key'),
  keys: v.optional(
    described(
      v.array(
        v.strictObject({
          secret: secretName,
          scopes: v.pipe(v.array(v.picklist(SCOPES)), v.minLength(1)),
        }),
      ),
      'further keys, each with what it may do; two at a time let a key be changed without a pause',
    ),
    [],
  ),
  origins: v.optional(
    described(
      v.array(
        v.pipe(
          v.string(),
          v.regex(
            /^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/,
            'expected an origin such as https://shop.example.com, without a path',
          ),
          v.transform((origin) => origin.toLowerCase()),
        ),
      ),
      'pages that may send beacons',
    ),
    [],
  ),
  currency: described(currency, 'currency of every figure in the reports'),
  rates: v.optional(
    described(
      v.record(currency, rate),
      "what one unit of another currency is worth in the site's, taken when an event arrives",
    ),
    {},
  ),
  timezone: v.optional(described(v.string(), 'IANA zone of the calendar days'), 'UTC'),
  shards: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(4096),
      v.description('objects that share the persons of the site; fixed once events are stored'),
    ),
    16,
  ),
  lookback: v.optional(
    v.strictObject({
      click: duration('30d', 'how long a click or visit may earn'),
      impression: duration('1d', 'how long an ad view may earn'),
    }),
    {},
  ),
  dedup_window: duration('28d', 'how long an event id is remembered'),
  retention: duration('400d', 'how long touches are kept; older events are refused as late'),
  session: duration('30m', 'a direct visit this soon after another touch is not a new touch'),
  half_life: duration('7d', 'half-life of the time_decay model'),
  touch_cap: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(4096),
      v.description('most touches kept per person; the oldest go'),
    ),
    200,
  ),
  models: v.optional(
    v.pipe(
      v.array(
        v.picklist(
          MODELS,
          (issue) => `unknown model ${issue.received}; known are ${MODELS.join(', ')}`,
        ),
      ),
      v.minLength(1, 'expected at least one model'),
    ),
    ['last', 'first', 'last_non_direct', 'linear', 'position', 'time_decay'],
  ),
  conversions: v.optional(v.array(conversion), []),
  referral_exclusions: v.optional(
    described(v.array(host), 'hosts that are never a source, such as payment providers'),
    [],
  ),
  channel_rules: v.optional(
    described(v.array(channelRule), 'tried in order before the default channel groups'),
    [],
  ),
  consent: v.optional(
    v.strictObject({
      default: v.optional(v.picklist(['granted', 'denied']), 'granted'),
      gpc: v.optional(v.picklist(['deny_ads', 'deny_all', 'ignore']), 'deny_ads'),
      dnt: v.optional(v.picklist(['deny_ads', 'deny_all', 'ignore']), 'ignore'),
    }),
    {},
  ),
  identity: v.optional(
    v.strictObject({
      mode: v.optional(
        described(
          v.picklist(['cookie', 'cookieless']),
          'cookieless: nothing is stored on the device, and a visitor is the same for one day only',
        ),
        'cookie',
      ),
      cookie: v.optional(
        v.pipe(
          v.string(),
          v.regex(/^[A-Za-z0-9_-]{1,40}$/, 'expected a cookie name such as _hw'),
          v.description('name of the visitor cookie'),
        ),
        '_hw',
      ),
      domain: v.optional(
        described(host, 'whose subdomains share the cookie; default: only the host that set it'),
      ),
      days: v.optional(
        v.pipe(
          v.number(),
          v.integer(),
          v.minValue(1),
          v.maxValue(400),
          v.description('how long the cookie lives after a visit'),
        ),
        400,
      ),
      max_visitors: v.optional(
        v.pipe(
          v.number(),
          v.integer(),
          v.minValue(0),
          v.maxValue(1000),
          v.description(
            'most browsers and devices of one user; beyond it a visitor stays itself. 0: visitors are never joined',
          ),
        ),
        50,
      ),
    }),
    {},
  ),
  traffic: v.optional(
    v.strictObject({
      own: v.optional(
        described(
          v.array(
            v.pipe(
              v.string(),
              v.rawTransform<string, Network>(({ dataset, addIssue, NEVER }) => {
                try {
                  return parseNetwork(dataset.value);
                } catch (error) {
                  addIssue({ message: (error as RangeError).message });
                  return NEVER;
                }
              }),
            ),
          ),
          "addresses and networks of the site's own people, such as 192.0.2.0/24: counted apart",
        ),
        [],
      ),
      data_centre_header: v.optional(
        v.pipe(
          v.string(),
          v.regex(/^[A-Za-z0-9-]{1,100}$/, 'expected the name of a header such as x-hosting'),
          v.description(
            'a request header by which the platform or a proxy flags data centres: counted apart',
          ),
        ),
      ),
    }),
    {},
  ),
  rate_limit: v.optional(
    v.union([
      v.literal(false),
      v.strictObject({ per_minute: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
    ]),
    { per_minute: 600 },
  ),
  paths: v.optional(
    v.strictObject({
      script: path('/hw.js', 'the tracker'),
      collect: path('/e', 'beacons'),
      pixel: path('/p.gif', 'the pixel'),
      redirect: path('/r', 'click redirects'),
    }),
    {},
  ),
  redirect_hosts: v.optional(
    described(v.array(host), 'hosts that click redirects may lead to without a signature'),
    [],
  ),
  signing_secret: v.optional(
    described(secretName, 'names the variable that signs click redirects and hand-overs'),
  ),
  outbox: v.optional(
    v.strictObject({
      carrier: v.optional(
        described(
          v.picklist(['alarm', 'queue']),
          'who sends deliveries: the shards themselves, or the consumer of the queue bound as DELIVERIES',
        ),
        'alarm',
      ),
      lease: duration(
        '15m',
        'a message of the queue that nobody has come with is sent again after',
      ),
    }),
    {},
  ),
  destinations: v.optional(v.array(destinationSchema), []),
});

export const configSchema = v.strictObject({
  $schema: v.optional(v.string()),
  sites: v.record(name, site),
});

export type ConfigFile = v.InferOutput<typeof configSchema>;
export type SiteFile = ConfigFile['sites'][string];
