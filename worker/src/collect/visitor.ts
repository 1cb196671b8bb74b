/**
 * Who a browser is: by a cookie that the server sets over HTTP, so that Safari's cap of 7 days on
 * cookies that a script writes does not apply, and no script can read it; or, for a site that wants no
 * cookie, by what tells browsers apart for a day.
 */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { toHex } from '../hex.ts';
import { cookielessVisitor } from './cookieless.ts';
import { isObject } from './signals.ts';

export interface Visitor {
  id: string;
  /** The id outlives the day, and another domain of the site may be told it. */
  lasting: boolean;
  /** A header to send when the cookie is new, was set more than a day ago, or is to go. */
  setCookie?: string;
}

const DAY_S = 86_400;

/** `id.day`: 32 hex digits, and the day on which it was set, since 1970. */
const VALUE = /^([0-9a-f]{32})\.(\d{1,6})$/;

/**
 * @param events of the request; when analytics is denied for all of them, nobody is known
 * @param handed a visitor of another domain of the site, who is the same person here
 * @returns undefined when the browser may not be known
 * @throws Problem unavailable
 */
export async function visitorOf(
  context: Context,
  site: Site,
  request: Request,
  events: readonly unknown[],
  handed?: string,
): Promise<Visitor | undefined> {
  const { identity, consentDefault } = site;
  const allowed = events.some((event) => {
    const consent = isObject(event) && isObject(event.consent) ? event.consent : {};
    return (consent.analytics ?? consentDefault) !== 'denied';
  });
  if (!allowed) return undefined;
  const cookie = cookieOf(request, identity.cookie);
  if (identity.mode === 'cookieless') {
    const id = await cookielessVisitor(context, site, request.headers);
    // One that was set before the site changed its mind.
    const setCookie = cookie === undefined ? undefined : cookieText(site, request, '', 0);
    return id === undefined ? undefined : { id, lasting: false, ...(setCookie && { setCookie }) };
  }
  const today = Math.floor(Date.now() / 1000 / DAY_S);
  const held = VALUE.exec(cookie ?? '');
  const id = handed ?? held?.[1] ?? toHex(crypto.getRandomValues(new Uint8Array(16)));
  if (held?.[1] === id && Number(held[2]) === today) return { id, lasting: true };
  const setCookie = cookieText(site, request, `${id}.${today}`, identity.days * DAY_S);
  return { id, lasting: true, setCookie };
}

function cookieText({ identity }: Site, request: Request, value: string, maxAge: number): string {
  return [
    `${identity.cookie}=${value}`,
    'Path=/',
    `Max-Age=${maxAge}`,
    'HttpOnly',
    'SameSite=Lax',
    // A browser takes no Secure cookie from a plain page, which there is only in development.
    ...(new URL(request.url).protocol === 'https:' ? ['Secure'] : []),
    ...(identity.domain ? [`Domain=${identity.domain}`] : []),
  ].join('; ');
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
