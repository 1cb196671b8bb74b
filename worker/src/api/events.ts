/** `POST /v1/events`: events from servers, with the site's API key. */
import { readJson } from '../collect/body.ts';
import { readEnvelope } from '../collect/envelope.ts';
import { ingest } from '../collect/ingest.ts';
import { siteOf } from '../context.ts';
import { json, type Route } from '../route.ts';
import { callSchema } from '../schema/call.ts';
import { assertOpens } from './auth.ts';

const RULES = { maxBytes: 2 * 1024 * 1024, types: ['application/json'] } as const;

export const events: Route = {
  method: 'POST',
  path: '/v1/events',
  doc: {
    summary: 'Takes events from a server (at most 1,000 events and 2 MiB)',
    key: true,
    body: callSchema,
    answer:
      '202 {"accepted", "duplicates", "refused": [{"index", "code", "message"}]} once all is durable',
  },
  async handle({ context, request }) {
    // The key is checked before the body is read; the body says which site.
    const opened = await context.apiKeys.sites(request, 'events:write');
    const body = readEnvelope(await readJson(request, RULES), Date.now());
    const site = siteOf(context, body.site);
    assertOpens(opened, site);
    return json(await ingest(context, site, body.events, 'api', undefined, body.skew), 202);
  },
};
