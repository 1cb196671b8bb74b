/** `GET /v1/report`: credit by one dimension under one model. */

import type { Site } from '../config.ts';
import { isModel, isRuleModel, MODELS, type RuleModel } from '../models.ts';
import { Problem } from '../problem.ts';
import { json, type Route } from '../route.ts';
import { callAllShards } from '../shard/client.ts';
import { BASES, type Basis, DIMENSIONS, type LedgerSum } from '../shard/ledger.ts';
import { type Credit, METRICS, metricsOf, noCredit, reasons, withMetrics } from './metrics.ts';
import {
  choice,
  invalid,
  PERIOD_PARAMETERS,
  period,
  SITE_PARAMETER,
  siteOfQuery,
} from './query.ts';

/** Shown for a source that does not have the dimension. */
const NOT_SET = '(not set)';

export const report: Route = {
  method: 'GET',
  path: '/v1/report',
  doc: {
    summary: 'Credited conversions and value by one dimension',
    key: true,
    parameters: [
      SITE_PARAMETER,
      ...PERIOD_PARAMETERS,
      { name: 'model', in: 'query', description: "default: the site's first model" },
      { name: 'dimension', in: 'query', description: `${DIMENSIONS.join(', ')}; default channel` },
      {
        name: 'basis',
        in: 'query',
        description:
          'days are those of the conversion (default), of the touch, or of the refund (then only what was refunded)',
      },
      { name: 'metrics', in: 'query', description: `${METRICS.join()}; default conversions,value` },
      {
        name: 'conversion',
        in: 'query',
        description: 'names of conversions, by comma; default all',
      },
    ],
    answer: '{"rows": [{DIMENSION, "conversions", "value"}], "total", "meta"}',
  },
  async handle(route) {
    const site = await siteOfQuery(route);
    const { context, url } = route;
    const now = Date.now();
    const model = modelOf(url, site);
    const dimension = choice(url, 'dimension', DIMENSIONS, 'channel');
    const basis = choice(url, 'basis', Object.keys(BASES) as Basis[], 'conversion');
    const actions = actionsOf(url, site);
    const metrics = metricsOf(url, dimension);
    const { from, to, shown } = period(url);

    const parts = await callAllShards(context, site, (stub) =>
      stub.report(site.key, { from, to, model, basis, dimension, ...(actions && { actions }) }),
    );
    const credit = sum(parts.flatMap(({ sums }) => sums));
    const days = { from, to, shown };
    const { rows, total } = await withMetrics(context, site, metrics, days, dimension, credit);
    const nulls = reasons(metrics);
    const unpriced = parts.reduce((all, { rateMissing }) => all + rateMissing, 0);
    return json({
      rows: rows.map(({ key, ...figures }) => ({
        [dimension]: key === '' ? NOT_SET : key,
        ...figures,
      })),
      total,
      meta: {
        site: site.key,
        model,
        dimension,
        basis,
        ...shown,
        timezone: site.timezone,
        window: {
          click_days: site.step.lookbackClickMs / 86_400_000,
          impression_days: site.step.lookbackImpressionMs / 86_400_000,
        },
        ...(actions && { conversions: actions }),
        currency: site.currency,
        ...(Object.keys(nulls).length > 0 && { null_means: nulls }),
        // Received in this period in a currency without a rate: stored, and in none of these figures.
        ...(unpriced > 0 && { rate_missing: unpriced }),
        as_of: new Date(now).toISOString(),
      },
    });
  },
};

/** @throws Problem model_unknown, model_unavailable */
function modelOf(url: URL, site: Site): RuleModel {
  const name = url.searchParams.get('model') ?? site.step.models[0]!;
  if (!isModel(name)) {
    throw new Problem(
      'model_unknown',
      `model: expected one of ${MODELS.join(', ')}, got ${JSON.stringify(name.slice(0, 80))}`,
    );
  }
  if (!isRuleModel(name)) {
    throw new Problem(
      'model_unavailable',
      `model: ${name} needs all journeys at once and is not kept in the ledger; download /v1/journeys?format=csv and attribute that, or ask for one of ${site.step.models.join(', ')}`,
    );
  }
  if (!site.step.models.includes(name)) {
    throw new Problem(
      'model_unavailable',
      `model: ${name} is not in the "models" of this site; those are ${site.models.join(', ')}`,
    );
  }
  return name;
}

function actionsOf(url: URL, site: Site): string[] | undefined {
  const given = url.searchParams.get('conversion');
  if (given === null) return undefined;
  const known = site.conversions.map(({ name }) => name);
  const actions = given.split(',');
  for (const action of actions) {
    if (!known.includes(action)) {
      throw invalid('conversion', `names among ${known.join(', ')}`, action);
    }
  }
  return actions;
}

/** Adds up the shards' sums; the largest value first, then by name. */
function sum(parts: readonly LedgerSum[]): Credit[] {
  const rows = new Map<string, Credit>();
  for (const part of parts) {
    const row = rows.get(part.key) ?? noCredit(part.key);
    rows.set(part.key, row);
    row.conversions += BigInt(part.conversions);
    row.gross += BigInt(part.gross);
    row.refunded += BigInt(part.refunded);
    row.value = row.gross - row.refunded;
  }
  const list = [...rows.values()].filter(
    ({ conversions, gross, refunded }) => conversions || gross || refunded,
  );
  list.sort(
    (a, b) =>
      compare(b.value, a.value) || compare(b.conversions, a.conversions) || compare(a.key, b.key),
  );
  return list;
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
