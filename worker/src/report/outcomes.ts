/** `GET /v1/outcomes`: how many events had which outcome. */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { callAllIdentities } from '../identity/client.ts';
import { COUNTS, type LinkCounts } from '../identity/links.ts';
import { OUTCOMES, type OutcomeCode } from '../problem.ts';
import { json, type Route } from '../route.ts';
import { callAllShards } from '../shard/client.ts';
import { PERIOD_PARAMETERS, period, SITE_PARAMETER, siteOfQuery } from './query.ts';

/** Since the beginning: visitors joined to a user, users found to be one, and what was refused as too many; and journeys that are moving now. */
async function identitiesOf(context: Context, site: Site): Promise<LinkCounts> {
  const sums = { linked: 0, merged: 0, refused: 0, moving: 0 };
  if (site.identity.maxVisitors === 0) return sums;
  const counts = await callAllIdentities(context, site, (stub) => stub.counts(site.key));
  for (const name of [...COUNTS, 'moving'] as const)
    sums[name] = counts.reduce((sum, count) => sum + count[name], 0);
  return sums;
}

export const outcomes: Route = {
  method: 'GET',
  path: '/v1/outcomes',
  doc: {
    summary: 'Counts of events by outcome, over days of receipt',
    key: true,
    parameters: [SITE_PARAMETER, ...PERIOD_PARAMETERS],
    answer:
      '{"rows": [{"code", "count", "meaning"}], "identities": {"linked", "merged", "refused", "moving"}, "total", "meta"}',
  },
  async handle(route) {
    const site = await siteOfQuery(route);
    const { from, to, shown } = period(route.url);
    const shards = await callAllShards(route.context, site, (stub) =>
      stub.outcomes(site.key, from, to),
    );
    const rows = (Object.entries(OUTCOMES) as [OutcomeCode, string][])
      .map(([code, meaning]) => ({
        code,
        count: shards.reduce((sum, counts) => sum + (counts[code] ?? 0), 0),
        meaning,
      }))
      .filter(({ count }) => count > 0);
    return json({
      rows,
      identities: await identitiesOf(route.context, site),
      total: { count: rows.reduce((sum, { count }) => sum + count, 0) },
      meta: {
        site: site.key,
        ...shown,
        timezone: site.timezone,
        as_of: new Date().toISOString(),
      },
    });
  },
};
