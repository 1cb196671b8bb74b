/** What Data Manager and Google Ads share: access, click ids, times. */
import { idOf } from './common.ts';
import type { CallContext, ConfigOf, Delivery } from './destination.ts';
import { googleToken } from './google_auth.ts';

type GoogleConfig = ConfigOf<'google_data_manager' | 'google_ads'>;

export const GOOGLE_SOURCES = [
  'google',
  'adwords',
  'googleads',
  'google_ads',
  'youtube',
  'doubleclick',
];

/** @throws SecretError, TokenError */
export async function bearerOf(
  config: GoogleConfig,
  scope: string,
  { secrets, now }: CallContext,
): Promise<string> {
  if (config.service_account_secret !== undefined) {
    const account = secrets.json(config.service_account_secret);
    return `Bearer ${await googleToken(account, scope, secrets, now)}`;
  }
  return `Bearer ${secrets.get(config.access_token_secret ?? 'access_token_secret')}`;
}

/** One of the three: together they are refused. */
export function clickOf(delivery: Delivery): Record<string, string> {
  for (const name of ['gclid', 'gbraid', 'wbraid']) {
    const id = idOf(delivery, name);
    if (id) return { [name]: id };
  }
  return {};
}

/** An account's number without its dashes. */
export const account = (id: string): string => id.replaceAll('-', '');

/** `yyyy-mm-dd hh:mm:ss+hh:mm` in a time zone; sub-seconds are cut. */
export function googleTime(ms: number, timeZone = 'UTC'): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  }).formatToParts(ms);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  const offset = of('timeZoneName').replace('GMT', '') || '+00:00';
  return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}:${of('second')}${offset}`;
}
