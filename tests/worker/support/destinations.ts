/** A destination of each type for tests, and the secrets that they name. */
import { generateKeyPairSync } from 'node:crypto';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const serviceKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

export const SECRETS: Record<string, string> = {
  META_TOKEN: 'meta-token-secret-1',
  GOOGLE_TOKEN: 'google-token-secret-1',
  DEV_TOKEN: 'developer-token-secret-1',
  GA4_SECRET: 'ga4-secret-secret-1',
  TIKTOK_TOKEN: 'tiktok-token-secret-1',
  LINKEDIN_TOKEN: 'linkedin-token-secret-1',
  MS_TOKEN: 'microsoft-token-secret-1',
  PIN_TOKEN: 'pinterest-token-secret-1',
  SNAP_TOKEN: 'snapchat-token-secret-1',
  REDDIT_TOKEN: 'reddit-token-secret-1',
  X_OAUTH: JSON.stringify({
    consumer_key: 'x-consumer-key',
    consumer_secret: 'x-consumer-secret-1',
    token: 'x-token-value',
    token_secret: 'x-token-secret-1',
  }),
  WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
};

/**
 * One destination of each type, named after its type.
 *
 * @param conversions names of conversion definitions
 * @param endpoint for all of them, such as a mock's
 */
export function allDestinations(
  conversions: string[],
  endpoint?: (type: string) => string,
): Record<string, unknown>[] {
  const byConversion = Object.fromEntries(conversions.map((name, i) => [name, String(1001 + i)]));
  const list: Record<string, unknown>[] = [
    { type: 'meta', pixel_id: '1234567890', access_token_secret: 'META_TOKEN' },
    {
      type: 'google_data_manager',
      account_id: '123-456-7890',
      conversion_actions: byConversion,
      access_token_secret: 'GOOGLE_TOKEN',
    },
    {
      type: 'google_ads',
      customer_id: '123-456-7890',
      login_customer_id: '111-222-3333',
      conversion_actions: byConversion,
      developer_token_secret: 'DEV_TOKEN',
      access_token_secret: 'GOOGLE_TOKEN',
    },
    { type: 'ga4', measurement_id: 'G-ABC123', api_secret_secret: 'GA4_SECRET' },
    { type: 'tiktok', pixel_code: 'CPIXEL1', access_token_secret: 'TIKTOK_TOKEN' },
    { type: 'linkedin', conversion_rules: byConversion, access_token_secret: 'LINKEDIN_TOKEN' },
    { type: 'microsoft', tag_id: '97001234', access_token_secret: 'MS_TOKEN' },
    { type: 'pinterest', ad_account_id: '549755885175', access_token_secret: 'PIN_TOKEN' },
    { type: 'snapchat', pixel_id: 'snap-pixel-1', access_token_secret: 'SNAP_TOKEN' },
    { type: 'reddit', pixel_id: 't2_pixel', access_token_secret: 'REDDIT_TOKEN' },
    { type: 'x', pixel_id: 'o8z6j', event_tags: byConversion, oauth_secret: 'X_OAUTH' },
    { type: 'webhook', url: 'https://hooks.example.com/in', signing_secret: 'WEBHOOK_SECRET' },
  ];
  return list.map((fields) => ({
    name: fields.type,
    conversions,
    ...fields,
    ...(endpoint && { endpoint: endpoint(fields.type as string) }),
  }));
}
