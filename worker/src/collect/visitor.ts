/**
 * The visitor cookie. The server sets it over HTTP, so that Safari's cap of 7 days on cookies that a
 * script writes does not apply, and no script can read it.
 */
import type { Site } from '../config.ts';
import { toHex } from '../hex.ts';
import { isObject } from './signals.ts';

export interface Visitor {
  id: string;
  /** A header to send when the cookie is new or was set more than a day ago. */
  setCookie?: string;
}

const DAY_S = 86_400;

/** `id.day`: 32 hex digits, and the day on which it was set, since 1970. */
const VALUE = /^([0-9a-f]{32})\.(\d{1,6})$/;

/**
 * @param events of the request; when analytics is denied for all of them, nobody is known
 * @param handed a visitor of another domain of the site, who is the same person here
 * @returns undefined when no cookie may be used
 */
export function visitorOf(
  { identity, consentDefault }: Site,
  request: Request,
  events: readonly unknown[],
  handed?: string,
): Visitor | undefined {
  const allowed = events.some((event) => {
    const consent = isObject(event) && isObject(event.consent) ? event.consent : {};
    return (consent.analytics ?? consentDefault) !== 'denied';
  });
  if (!allowed) return undefined;
  const today = Math.floor(Date.now() / 1000 / DAY_S);
  const held = VALUE.exec(cookieOf(request, identity.cookie) ?? '');
  const id = handed ?? held?.[1] ?? toHex(crypto.getRandomValues(new Uint8Array(16)));
  if (held?.[1] === id && Number(held[2]) === today) return { id };
  const attributes = [
    `${identity.cookie}=${id}.${today}`,
    'Path=/',
    `Max-Age=${identity.days * DAY_S}`,
    'HttpOnly',
    'SameSite=Lax',
    // A browser takes no Secure cookie from a plain page, which there is only in development.
    ...(new URL(request.url).protocol === 'https:' ? ['Secure'] : []),
    ...(identity.domain ? [`Domain=${identity.domain}`] : []),
  ];
  return { id, setCookie: attributes.join('; ') };
}

/** The events, those that name no visitor with this one. */
export function withVisitor(events: readonly unknown[], id: string): readonly unknown[] {
  return events.map((event) =>
    isObject(event) && (event.visitor_id == null || event.visitor_id === '')
      ? { ...event, visitor_id: id }
      : event,
  );
}

/** The first cookie of that name; a browser sends the most specific first. */
function cookieOf(request: Request, name: string): string | undefined {
  const header = request.headers.get('cookie');
  if (header === null || header.length > 16_384) return undefined;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}
