/**
 * `GET /r`: records a click, then leads on. Never an open redirect: the target's host stands in the
 * site's `redirect_hosts`, or the link carries a signature made with the site's `signing_secret`.
 */
import { type Context, siteOf } from '../context.ts';
import { Problem } from '../problem.ts';
import type { Route } from '../route.ts';
import { ingest } from './ingest.ts';
import { eventOf } from './query_event.ts';
import { withSignals } from './signals.ts';
import { signHandover, verifyLink } from './signing.ts';
import { verdictOf } from './verdict.ts';
import { visitorOf, withVisitor } from './visitor.ts';

const redirectPaths = ({ config }: Context): string[] => [
  ...new Set([...config.sites.values()].map(({ paths }) => paths.redirect)),
];

export const redirect: Route = {
  method: 'GET',
  path: redirectPaths,
  doc: {
    summary: 'Records a click and leads to the address in `to`',
    parameters: [
      { name: 'site', in: 'query', required: true, description: 'key of the site' },
      { name: 'to', in: 'query', required: true, description: 'absolute address, percent-encoded' },
      {
        name: 'sig',
        in: 'query',
        description:
          'base64url HMAC-SHA256 of "link SITE TO" with the signing secret, for other hosts',
      },
    ],
    answer: '302 to the address, after the click is durable',
  },
  async handle({ context, request, url }) {
    const query = url.searchParams;
    const site = siteOf(context, query.get('site') ?? '');
    if (site.paths.redirect !== url.pathname) {
      throw new Problem('not_found', `The site "${site.key}" redirects at ${site.paths.redirect}.`);
    }
    const now = Date.now();
    context.rates.check(site, request.headers, now);
    const to = query.get('to') ?? '';
    const target = targetOf(to);
    const known = site.redirectHosts.has(target.host) || site.redirectHosts.has(target.hostname);
    if (!known && !(await verifyLink(context.env, site, to, query.get('sig')))) {
      throw new Problem(
        'redirect_forbidden',
        `"to": the host ${target.host} is not in the site's "redirect_hosts", and the link has no right signature; add the host, or sign the link.`,
      );
    }
    const { to: _to, sig: _sig, ...given } = eventOf(query);
    const referrer = request.headers.get('referer') ?? '';
    const click = { name: 'click', kind: 'click', referrer, ...given, url: target.href };
    let events = withSignals(site, request.headers, [click]);
    const verdict = request.method === 'HEAD' ? 'prefetch' : verdictOf(site, request.headers);
    const visitor = verdict ? undefined : await visitorOf(context, site, request, events);
    if (visitor) events = withVisitor(events, visitor.id);
    try {
      const { refused } = await ingest(context, site, events, 'redirect', verdict);
      const [refusal] = refused;
      if (refusal?.code === 'invalid_event') throw new Problem('invalid_query', refusal.message);
    } catch (error) {
      // A person who pressed a link is led on even when the store takes nothing; the page that they
      // reach tells where they came from once more.
      if (!(error instanceof Problem) || error.status < 429) throw error;
      console.error(`a click of site ${site.key} was led on without being stored: ${error.code}`);
    }
    if (visitor?.lasting && site.origins.has(target.origin) && target.origin !== url.origin) {
      await signHandover(context.env, site, target, visitor.id, now);
    }
    return new Response(null, {
      status: 302,
      headers: {
        location: target.href,
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer-when-downgrade',
        ...(visitor?.setCookie && { 'set-cookie': visitor.setCookie }),
      },
    });
  },
};

/** @throws Problem invalid_query for anything but an absolute http or https address */
function targetOf(to: string): URL {
  // Browsers read some of these otherwise than URL does.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  const odd = /[\u0000-\u0020\u007f\\]/.test(to);
  const target = odd || !/^https?:\/\/[^/]/i.test(to) ? null : URL.parse(to);
  if (target === null || target.username || target.password) {
    throw new Problem(
      'invalid_query',
      `"to": expected an absolute http or https address without user or password, got ${JSON.stringify(to.slice(0, 200))}.`,
    );
  }
  return target;
}
