/** `GET /p.gif`: an event in a query string, for pages and mails without scripts. */
import { type Context, siteOf } from '../context.ts';
import { fromHex } from '../hex.ts';
import { Problem } from '../problem.ts';
import type { Route } from '../route.ts';
import { withClient } from './forward.ts';
import { ingest } from './ingest.ts';
import { eventOf } from './query_event.ts';
import { withSignals } from './signals.ts';
import { verdictOf } from './verdict.ts';
import { visitorOf, withVisitor } from './visitor.ts';

/** One transparent pixel. */
const GIF = fromHex(
  '47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b',
);

const pixelPaths = ({ config }: Context): string[] => [
  ...new Set([...config.sites.values()].map(({ paths }) => paths.pixel)),
];

export const pixel: Route = {
  method: 'GET',
  path: pixelPaths,
  doc: {
    summary:
      'Takes one event from the query: site, and the fields of an event; name is page_view and url the Referer header unless given',
    parameters: [
      { name: 'site', in: 'query', required: true, description: 'key of the site' },
      { name: 'name', in: 'query', description: 'name of the event' },
    ],
    answer: 'a GIF of one pixel once the event is durable; the header x-headwater has its outcome',
  },
  async handle({ context, request, url }) {
    const site = siteOf(context, url.searchParams.get('site') ?? '');
    if (site.paths.pixel !== url.pathname) {
      throw new Problem('not_found', `The pixel of the site "${site.key}" is ${site.paths.pixel}.`);
    }
    const now = Date.now();
    context.rates.check(site, request.headers, now);
    const event = { url: request.headers.get('referer') ?? '', ...eventOf(url.searchParams) };
    let events = withSignals(site, request.headers, [{ name: 'page_view', ...event }]);
    const verdict = request.method === 'HEAD' ? 'prefetch' : verdictOf(site, request.headers);
    const visitor = verdict ? undefined : await visitorOf(context, site, request, events);
    if (visitor) events = withVisitor(events, visitor.id);
    events = withClient(site, request.headers, events);
    const { accepted, duplicates, refused } = await ingest(context, site, events, 'pixel', verdict);
    const [refusal] = refused;
    if (refusal?.code === 'invalid_event') throw new Problem('invalid_query', refusal.message);
    const outcome = refusal?.code ?? (accepted ? 'accepted' : duplicates ? 'duplicate' : '');
    return new Response(GIF, {
      headers: {
        'content-type': 'image/gif',
        'cache-control': 'no-store',
        'x-headwater': outcome,
        ...(visitor?.setCookie && { 'set-cookie': visitor.setCookie }),
      },
    });
  },
};
