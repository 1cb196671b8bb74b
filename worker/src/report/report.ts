/** `GET /v1/report`: credit by one dimension under one model. */

import { isFittedModel } from '../models.ts';
import { callRollup } from '../rollup/client.ts';
import { json, type Route } from '../route.ts';
import { BASES, type Basis, DIMENSIONS } from '../shard/ledger.ts';
import {
  actionsOf,
  CREDIT_PARAMETERS,
  modelNamed,
  NOT_SET,
  otherMeans,
  sumCredit,
} from './credit.ts';
import { figuresOf } from './figures.ts';
import { fitted } from './fit.ts';
import { type Credit, METRICS, metricsOf, reasons, withMetrics } from './metrics.ts';
import { choice, invalid, period, siteOfQuery } from './query.ts';

export const report: Route = {
  method: 'GET',
  path: '/v1/report',
  doc: {
    summary: 'Credited conversions and value by one dimension',
    key: true,
    parameters: [
      ...CREDIT_PARAMETERS,
      { name: 'model', in: 'query', description: "default: the site's first model" },
      {
        name: 'metrics',
        in: 'query',
        description: `${METRICS.join()}; default conversions,value. value is gross less refunded`,
      },
    ],
    answer: '{"rows": [{DIMENSION, "conversions", "value"}], "total", "meta"}',
  },
  async handle(route) {
    const { context, url } = route;
    const made = await figuresOf(context, await siteOfQuery(route));
    const { site } = made;
    const now = Date.now();
    const model = modelNamed(url.searchParams.get('model') ?? site.step.models[0]!, made);
    const dimension = choice(url, 'dimension', DIMENSIONS, 'channel');
    const basis = choice(url, 'basis', Object.keys(BASES) as Basis[], 'conversion');
    const actions = actionsOf(url, site);
    const metrics = metricsOf(url, dimension);
    const { from, to, shown } = period(url);

    const query = { from, to, basis, dimension, ...(actions && { actions }) };
    let credit: Credit[];
    let unpriced = 0;
    if (isFittedModel(model)) {
      const split = metrics.find((metric) => metric === 'gross' || metric === 'refunded');
      if (split) throw invalid('metrics', `value, less refunds, for ${model}`, split);
      credit = (await fitted(context, site, [model], query))[0]!;
    } else {
      const { sums, rateMissing } = await callRollup(context, site, (stub) =>
        stub.report(site.key, [{ ...query, model }]),
      );
      credit = sumCredit(sums[0]!);
      unpriced = rateMissing;
    }
    const days = { from, to, shown };
    const { rows, total } = await withMetrics(context, site, metrics, days, dimension, credit);
    const nulls = reasons(metrics);
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
        ...otherMeans([credit]),
        // Other models or windows are being folded; until then these are those of before.
        ...(made.refold && { refold: made.refold }),
        // Received in this period in a currency without a rate: stored, and in none of these figures.
        ...(unpriced > 0 && { rate_missing: unpriced }),
        as_of: new Date(now).toISOString(),
      },
    });
  },
};
