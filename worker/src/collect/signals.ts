/** What a browser's headers say of consent, put into the events of its request. */
import type { Site } from '../config.ts';

const ADS = { ad_user_data: 'denied', ad_personalization: 'denied' } as const;

/**
 * Global Privacy Control (`Sec-GPC`, exactly `1`: W3C draft of 2026-04) and `DNT`, as the site's policy
 * wants them. A signal takes consent away and never gives it.
 */
export function withSignals(
  { signals }: Site,
  headers: Headers,
  events: readonly unknown[],
): readonly unknown[] {
  const policies = [
    headers.get('sec-gpc')?.trim() === '1' ? signals.gpc : 'ignore',
    headers.get('dnt')?.trim() === '1' ? signals.dnt : 'ignore',
  ];
  const denies = {
    ...(policies.some((policy) => policy !== 'ignore') && ADS),
    ...(policies.includes('deny_all') && { analytics: 'denied' }),
  };
  if (Object.keys(denies).length === 0) return events;
  return events.map((event) => {
    if (!isObject(event)) return event;
    // A consent that is no object is refused later, by its name.
    if (event.consent != null && !isObject(event.consent)) return event;
    return { ...event, consent: { ...event.consent, ...denies } };
  });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
