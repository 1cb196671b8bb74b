/** `GET /v1/outcomes`: how many events had which outcome. */
import { OUTCOMES, type OutcomeCode } from '../problem.ts';
import { json, type Route } from '../route.ts';
import { callAllShards } from '../shard/client.ts';
import { PERIOD_PARAMETERS, period, SITE_PARAMETER, siteOfQuery } from './query.ts';

export const outcomes: Route = {
  method: 'GET',
  path: '/v1/outcomes',
  doc: {
    summary: 'Counts of events by outcome, over days of receipt',
    key: true,
    parameters: [SITE_PARAMETER, ...PERIOD_PARAMETERS],
    answer: '{"rows": [{"code", "count", "meaning"}], "total", "meta"}',
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
