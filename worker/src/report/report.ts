/** `GET /v1/report`: credit by one dimension under one model. */

import type { Site } from '../config.ts';
import { isModel, isRuleModel, MODELS, type RuleModel } from '../models.ts';
import { Problem } from '../problem.ts';
import { json, type Route } from '../route.ts';
import { microsToNumber } from '../schema/money.ts';
import { callAllShards } from '../shard/client.ts';
import { DIMENSIONS, type LedgerSum } from '../shard/ledger.ts';
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
        description: 'days are those of the conversion (default) or of the touch',
      },
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
    const basis = choice(url, 'basis', ['conversion', 'touch'], 'conversion');
    const actions = actionsOf(url, site);
    const { from, to, shown } = period(url);

    const parts = await callAllShards(context, site, (stub) =>
      stub.report(site.key, { from, to, model, basis, dimension, ...(actions && { actions }) }),
    );
    const { rows, total } = sum(parts.flat());
    return json({
      rows: rows.map(({ key, conversions, value }) => ({
        [dimension]: key === '' ? NOT_SET : key,
        conversions: microsToNumber(conversions),
        value: microsToNumber(value),
      })),
      total: {
        conversions: microsToNumber(total.conversions),
        value: microsToNumber(total.value),
      },
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

interface Sum {
  key: string;
  conversions: bigint;
  value: bigint;
}

/** Adds up the shards' sums; the largest value first, then by name. */
function sum(parts: readonly LedgerSum[]): { rows: Sum[]; total: Omit<Sum, 'key'> } {
  const rows = new Map<string, Sum>();
  const total = { conversions: 0n, value: 0n };
  for (const part of parts) {
    const conversions = BigInt(part.conversions);
    const value = BigInt(part.value);
    total.conversions += conversions;
    total.value += value;
    const row = rows.get(part.key) ?? { key: part.key, conversions: 0n, value: 0n };
    row.conversions += conversions;
    row.value += value;
    rows.set(part.key, row);
  }
  const list = [...rows.values()].filter(({ conversions, value }) => conversions || value);
  list.sort(
    (a, b) =>
      compare(b.value, a.value) || compare(b.conversions, a.conversions) || compare(a.key, b.key),
  );
  return { rows: list, total };
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
