/** `POST /e`: events from browsers, on the pages that a site allows. */
import type { Site } from '../config.ts';
import { type Context, siteOf } from '../context.ts';
import { Problem } from '../problem.ts';
import { json, type Route } from '../route.ts';
import { callSchema } from '../schema/call.ts';
import { readJson } from './body.ts';
import { readEnvelope } from './envelope.ts';
import { withClient } from './forward.ts';
import { withoutHandover } from './handover.ts';
import { ingest } from './ingest.ts';
import { isObject, withSignals } from './signals.ts';
import { handedOver } from './signing.ts';
import { verdictOf } from './verdict.ts';
import { visitorOf, withVisitor } from './visitor.ts';

const RULES = {
  maxBytes: 65_536,
  // sendBeacon and no-cors fetches can only send text/plain.
  types: ['application/json', 'text/plain'],
} as const;

const PREFLIGHT_SECONDS = '7200';

function collectPaths({ config }: Context): string[] {
  return [...new Set([...config.sites.values()].map(({ paths }) => paths.collect))];
}

export const beacon: Route = {
  method: 'POST',
  path: collectPaths,
  doc: {
    summary: 'Takes events from a web page (at most 65,536 bytes)',
    body: callSchema,
    answer:
      '202 {"accepted", "duplicates", "refused": [{"index", "code", "message"}]} once all is durable',
  },
  async handle({ context, request, url }) {
    const origin = request.headers.get('origin');
    try {
      const now = Date.now();
      const body = readEnvelope(await readJson(request, RULES), now);
      const site = siteOf(context, body.site);
      if (site.paths.collect !== url.pathname) {
        throw new Problem('not_found', `The site "${site.key}" collects at ${site.paths.collect}.`);
      }
      checkOrigin(site, origin);
      context.rates.check(site, request.headers, now);
      let events: readonly unknown[] = withSignals(site, request.headers, body.events).map(
        withoutHandover,
      );
      const verdict = verdictOf(site, request.headers);
      const handed = body.cookie
        ? await handedOver(context.env, site, firstUrl(body.events), now)
        : undefined;
      const visitor =
        body.cookie && !verdict
          ? await visitorOf(context, site, request, events, handed)
          : undefined;
      if (visitor) events = withVisitor(events, visitor.id);
      events = withClient(site, request.headers, events);
      const answer = await ingest(context, site, events, 'beacon', verdict, body.skew);
      return json(answer, 202, {
        ...cors(context, origin),
        // Between hosts of one site a browser wants to hear that the cookie was wanted.
        ...(body.cookie && origin !== null && { 'access-control-allow-credentials': 'true' }),
        ...(visitor?.setCookie && { 'set-cookie': visitor.setCookie }),
      });
    } catch (error) {
      // The page may read why it was refused.
      if (!(error instanceof Problem)) throw error;
      throw new Problem(error.code, error.message, { ...error.headers, ...cors(context, origin) });
    }
  },
};

export const beaconPreflight: Route = {
  method: 'OPTIONS',
  path: collectPaths,
  handle({ context, request }) {
    const origin = request.headers.get('origin');
    const allowed = cors(context, origin);
    if (!('access-control-allow-origin' in allowed)) throw forbidden(origin);
    return new Response(null, {
      status: 204,
      headers: {
        ...allowed,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type',
        'access-control-max-age': PREFLIGHT_SECONDS,
      },
    });
  },
};

/** The landing address, which may hand a visitor over. */
function firstUrl([event]: readonly unknown[]): string {
  return isObject(event) && typeof event.url === 'string' ? event.url : '';
}

/** A browser always names the origin of a cross-site POST; other callers need not. */
function checkOrigin(site: Site, origin: string | null): void {
  if (origin !== null && !site.origins.has(origin.toLowerCase())) throw forbidden(origin);
}

function forbidden(origin: string | null): Problem {
  return new Problem(
    'origin_forbidden',
    `The origin ${JSON.stringify(origin?.slice(0, 200) ?? null)} is not in the site's "origins"; add it to the configuration.`,
  );
}

/** A preflight does not say which site it is for, so any site's origin will do here. */
function cors({ config }: Context, origin: string | null): Record<string, string> {
  if (origin === null) return {};
  for (const { origins } of config.sites.values()) {
    if (origins.has(origin.toLowerCase())) {
      return {
        'access-control-allow-origin': origin,
        vary: 'origin',
      };
    }
  }
  return { vary: 'origin' };
}
