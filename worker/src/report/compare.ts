/** `GET /v1/compare`: the same period under several models, side by side. */
import { type FittedModel, isFittedModel, isRuleModel, type RuleModel } from '../models.ts';
import { callRollup } from '../rollup/client.ts';
import { json, type Route } from '../route.ts';
import { microsToNumber } from '../schema/money.ts';
import { BASES, type Basis, DIMENSIONS } from '../shard/ledger.ts';
import {
  actionsOf,
  CREDIT_PARAMETERS,
  modelNamed,
  NOT_SET,
  otherMeans,
  sumCredit,
} from './credit.ts';
import { type Figures, figuresOf } from './figures.ts';
import { fitted } from './fit.ts';
import { type Credit, noCredit } from './metrics.ts';
import { choice, period, siteOfQuery } from './query.ts';

export const compare: Route = {
  method: 'GET',
  path: '/v1/compare',
  doc: {
    summary: 'Credited conversions and value by one dimension, under several models side by side',
    key: true,
    parameters: [
      ...CREDIT_PARAMETERS,
      {
        name: 'models',
        in: 'query',
        description: "by comma; default: the site's rules",
      },
    ],
    answer:
      '{"rows": [{DIMENSION, "models": {MODEL: {"conversions", "value"}}}], "total": {MODEL: {…}}, "meta"}',
  },
  async handle(route) {
    const { context, url } = route;
    const made = await figuresOf(context, await siteOfQuery(route));
    const { site } = made;
    const models = modelsOf(url, made);
    const dimension = choice(url, 'dimension', DIMENSIONS, 'channel');
    const basis = choice(url, 'basis', Object.keys(BASES) as Basis[], 'conversion');
    const actions = actionsOf(url, site);
    const { from, to, shown } = period(url);
    const query = { from, to, basis, dimension, ...(actions && { actions }) };

    // One call brings all models as they are at one moment.
    const rules = models.filter(isRuleModel);
    const fits = models.filter(isFittedModel);
    const { sums } = await callRollup(context, site, (stub) =>
      stub.report(
        site.key,
        rules.map((model) => ({ ...query, model })),
      ),
    );
    const ofRules = sums.map(sumCredit);
    const ofFits = await fitted(context, site, fits, query);
    const credits = models.map((model) =>
      isRuleModel(model) ? ofRules[rules.indexOf(model)]! : ofFits[fits.indexOf(model)]!,
    );
    const keys = new Set(credits.flatMap((credit) => credit.map(({ key }) => key)));
    const byKey = credits.map((credit) => new Map(credit.map((each) => [each.key, each])));
    return json({
      // In the order of the first model, then of those behind it.
      rows: [...keys].map((key) => ({
        [dimension]: key === '' ? NOT_SET : key,
        models: figures(
          models,
          byKey.map((credit) => credit.get(key) ?? noCredit(key)),
        ),
      })),
      total: figures(models, credits.map(totalOf)),
      meta: {
        site: site.key,
        models,
        dimension,
        basis,
        ...shown,
        timezone: site.timezone,
        ...(actions && { conversions: actions }),
        currency: site.currency,
        ...otherMeans(credits),
        ...(made.refold && { refold: made.refold }),
        as_of: new Date().toISOString(),
      },
    });
  },
};

/** @throws Problem model_unknown, model_unavailable, unavailable */
function modelsOf(url: URL, made: Figures): (RuleModel | FittedModel)[] {
  const given = url.searchParams.get('models');
  const names = given === null ? made.site.step.models : given.split(',');
  return [...new Set(names.map((name) => modelNamed(name, made)))];
}

function totalOf(credit: readonly Credit[]): Credit {
  const total = noCredit('');
  for (const { conversions, value } of credit) {
    total.conversions += conversions;
    total.value += value;
  }
  return total;
}

function figures(models: readonly string[], credits: readonly Credit[]) {
  return Object.fromEntries(
    models.map((model, i) => [
      model,
      {
        conversions: microsToNumber(credits[i]!.conversions),
        value: microsToNumber(credits[i]!.value),
      },
    ]),
  );
}
