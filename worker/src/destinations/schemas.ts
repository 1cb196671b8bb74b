/**
 * The configuration of each destination type. A destination's own file
 * exports its fields here once it exists; the common fields are added once.
 */
import * as v from 'valibot';
import { DURATION, parseDuration } from '../schema/time.ts';

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(512));
/** Names the environment variable that holds the secret. */
export const secretName = v.pipe(
  v.string(),
  v.regex(
    /^[A-Z][A-Z0-9_]{0,127}$/,
    'expected the name of an environment variable, such as META_TOKEN; the secret itself does not stand here',
  ),
);
const httpUrl = v.pipe(v.string(), v.regex(/^https?:\/\/[^\s]+$/, 'expected an http or https URL'));
function duration(description: string) {
  return v.optional(
    v.pipe(
      v.string(),
      v.regex(DURATION, 'expected a duration such as 7d, 12h or 45m'),
      v.description(description),
      v.transform(parseDuration),
      v.minValue(1000, 'expected at least 1s'),
      v.maxValue(400 * 86_400_000, 'expected at most 400d'),
    ),
  );
}

const byConversion = v.record(text, text);

const common = {
  name: v.pipe(
    v.string(),
    v.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'expected a short name of a-z, 0-9, _ and -'),
  ),
  conversions: v.array(text),
  endpoint: v.optional(httpUrl),
  api_version: v.optional(text),
  max_age: duration(
    "the oldest event that the platform takes; default: the type's, see docs/destinations.md",
  ),
  batch: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(2000),
      v.description("most events of one request; default: the type's"),
    ),
  ),
  only_own_clicks: v.optional(v.boolean()),
  value: v.optional(v.union([v.literal('full'), v.strictObject({ model: text })])),
};

const googleAuth = {
  service_account_secret: v.optional(secretName),
  access_token_secret: v.optional(secretName),
};

export const destinationSchema = v.variant(
  'type',
  [
    v.strictObject({
      type: v.literal('meta'),
      ...common,
      pixel_id: text,
      access_token_secret: secretName,
      test_event_code: v.optional(text),
    }),
    v.strictObject({
      type: v.literal('google_data_manager'),
      ...common,
      account_id: text,
      login_account_id: v.optional(text),
      conversion_actions: byConversion,
      status_after: duration('Google is asked this long after a request what it made of it'),
      ...googleAuth,
    }),
    v.strictObject({
      type: v.literal('google_ads'),
      ...common,
      customer_id: text,
      login_customer_id: v.optional(text),
      conversion_actions: byConversion,
      developer_token_secret: secretName,
      ...googleAuth,
    }),
    v.strictObject({
      type: v.literal('ga4'),
      ...common,
      measurement_id: text,
      api_secret_secret: secretName,
    }),
    v.strictObject({
      type: v.literal('tiktok'),
      ...common,
      pixel_code: text,
      access_token_secret: secretName,
      test_event_code: v.optional(text),
      stop_codes: v.optional(
        v.pipe(
          v.array(v.number()),
          v.description('codes of an answer that stop the destination: a dead token'),
        ),
      ),
      retry_codes: v.optional(
        v.pipe(v.array(v.number()), v.description('codes after which the same is sent again')),
      ),
    }),
    v.strictObject({
      type: v.literal('linkedin'),
      ...common,
      conversion_rules: byConversion,
      access_token_secret: secretName,
    }),
    v.strictObject({
      type: v.literal('microsoft'),
      ...common,
      tag_id: text,
      access_token_secret: secretName,
    }),
    v.strictObject({
      type: v.literal('pinterest'),
      ...common,
      ad_account_id: text,
      access_token_secret: secretName,
    }),
    v.strictObject({
      type: v.literal('snapchat'),
      ...common,
      pixel_id: text,
      access_token_secret: secretName,
    }),
    v.strictObject({
      type: v.literal('reddit'),
      ...common,
      pixel_id: text,
      access_token_secret: secretName,
      uuid: v.optional(
        v.pipe(
          v.picklist(['whole', 'after_dot']),
          v.description('how much of the cookie _rdt_uuid is sent'),
        ),
      ),
    }),
    v.strictObject({
      type: v.literal('x'),
      ...common,
      pixel_id: text,
      event_tags: byConversion,
      oauth_secret: v.optional(secretName),
      pixel_token_secret: v.optional(secretName),
    }),
    v.strictObject({
      type: v.literal('webhook'),
      ...common,
      url: httpUrl,
      signing_secret: secretName,
    }),
  ],
  (issue) => `expected one of ${issue.expected?.replace(/[()"]/g, '').replace(/ \| /g, ', ')}`,
);

export type DestinationConfig = v.InferOutput<typeof destinationSchema>;
