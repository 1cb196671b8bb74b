/**
 * `POST|GET|DELETE /v1/session`: a browser exchanges a key, or a link that stands for one, for a cookie
 * that no script can read.
 */
import * as v from 'valibot';
import { readJson } from '../collect/body.ts';

import type { Context } from '../context.ts';
import { Problem } from '../problem.ts';
import { json, type Route } from '../route.ts';
import { SCOPES, type Scope } from '../schema/config.ts';
import { SESSION_COOKIE } from './auth.ts';

const RULES = { maxBytes: 4096, types: ['application/json'] } as const;
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));
const sessionSchema = v.union([v.strictObject({ key: text }), v.strictObject({ link: text })]);

/** A session lasts so long, and a link can begin one so long, ms. */
const SESSION_MS = 12 * 3_600_000;
const LINK_MS = 15 * 60_000;

export const beginSession: Route = {
  method: 'POST',
  path: '/v1/session',
  doc: {
    summary:
      'Signs a browser in with a key that has reports:read; sets an HttpOnly cookie for 12 hours',
    body: sessionSchema,
    answer: '{"sites": [{"site", "currency", "scopes", "paths", "origins"}]}',
  },
  async handle({ context, request }) {
    const input = v.safeParse(sessionSchema, await readJson(request, RULES));
    if (!input.success) throw new Problem('invalid_body', 'expected {"key"} or {"link"}');
    const given = input.output;
    const secret =
      'key' in given
        ? [...(await context.apiKeys.secretsOfKey(given.key))][0]
        : await context.apiKeys.read('link', given.link);
    if (secret === undefined) {
      const what = 'key' in given ? 'This key opens no site.' : 'This link is wrong or over.';
      throw new Problem('key_wrong', `${what} Ask for a key with the scope reports:read.`);
    }
    const sites = sitesOf(context, await context.apiKeys.secretsAs(secret));
    if (sites.length === 0) {
      throw new Problem('key_scope', 'This key does not have the scope reports:read.');
    }
    const token = await context.apiKeys.sign('session', secret, Date.now() + SESSION_MS);
    return json({ sites }, 200, { 'set-cookie': cookie(request, token, SESSION_MS / 1000) });
  },
};

export const makeLink: Route = {
  method: 'POST',
  path: '/v1/session/link',
  doc: {
    summary:
      'A link for a browser to begin a session with, good for 15 minutes; needs reports:read',
    key: true,
    answer: '{"link", "expires"}: to be opened as /#link=LINK',
  },
  async handle({ context, request }) {
    await context.apiKeys.sites(request, 'reports:read');
    const [secret] = await context.apiKeys.secretsOf(request);
    const expires = Date.now() + LINK_MS;
    const link = await context.apiKeys.sign('link', secret!, expires);
    return json({ link, expires: new Date(expires).toISOString() });
  },
};

export const showSession: Route = {
  method: 'GET',
  path: '/v1/session',
  doc: {
    summary: 'The sites that the session, or the key, may read',
    key: true,
    answer: '{"sites": [{"site", "currency", "scopes", "paths", "origins"}]}',
  },
  async handle({ context, request }) {
    return json({ sites: sitesOf(context, await context.apiKeys.secretsOf(request)) });
  },
};

export const endSession: Route = {
  method: 'DELETE',
  path: '/v1/session',
  doc: { summary: 'Signs the browser out', answer: '{}' },
  handle({ request }) {
    return json({}, 200, { 'set-cookie': cookie(request, '', 0) });
  },
};

function sitesOf({ config }: Context, secrets: ReadonlySet<string>) {
  return [...config.sites.values()].flatMap(({ key, currency, keys, paths, origins }) => {
    const own = new Set<Scope>();
    for (const each of keys) {
      if (secrets.has(each.secret)) for (const scope of each.scopes) own.add(scope);
    }
    if (!own.has('reports:read')) return [];
    return [
      {
        site: key,
        currency,
        scopes: SCOPES.filter((scope) => own.has(scope)),
        paths: { script: paths.script, pixel: paths.pixel },
        origins: [...origins],
      },
    ];
  });
}

/** Over plain HTTP, on the own machine, browsers would not keep a Secure cookie. */
function cookie(request: Request, value: string, seconds: number): string {
  const secure = new URL(request.url).protocol === 'https:' ? '; Secure' : '';
  return `${SESSION_COOKIE}=${value}; Path=/v1; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`;
}
