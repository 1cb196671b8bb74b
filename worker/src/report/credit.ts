/** What the routes that show credit share: which models and conversions, and the sum over the shards. */
import type { Site } from '../config.ts';
import {
  type FittedModel,
  isFittedModel,
  isModel,
  isRuleModel,
  MODELS,
  type RuleModel,
} from '../models.ts';
import { Problem } from '../problem.ts';
import type { Parameter } from '../route.ts';
import { BASES, DIMENSIONS, type LedgerSum, OTHER } from '../shard/ledger.ts';
import type { Figures } from './figures.ts';
import { type Credit, noCredit } from './metrics.ts';
import { invalid, PERIOD_PARAMETERS, SITE_PARAMETER } from './query.ts';

/** Shown for a source that does not have the dimension. */
export const NOT_SET = '(not set)';

/** For `meta`: what the row of all others is, where there is one. */
export function otherMeans(credits: readonly (readonly Credit[])[]): { other_means?: string } {
  if (!credits.some((credit) => credit.some(({ key }) => key === OTHER))) return {};
  return {
    other_means: `a shard of this site keeps about 10,000 sources apart and has had more: what is new since then is summed under ${OTHER}; the journeys still name every source`,
  };
}

export const CREDIT_PARAMETERS: Parameter[] = [
  SITE_PARAMETER,
  ...PERIOD_PARAMETERS,
  { name: 'dimension', in: 'query', description: `${DIMENSIONS.join(', ')}; default channel` },
  {
    name: 'basis',
    in: 'query',
    description: `${Object.keys(BASES).join(', ')}: whose day; default conversion. By refund there is only what was refunded`,
  },
  { name: 'conversion', in: 'query', description: 'names of conversions, by comma; default all' },
];

/** @throws Problem model_unknown, model_unavailable, unavailable */
export function modelNamed(name: string, { site, refold }: Figures): RuleModel | FittedModel {
  if (!isModel(name)) {
    throw new Problem(
      'model_unknown',
      `model: expected one of ${MODELS.join(', ')}, got ${JSON.stringify(name.slice(0, 80))}`,
    );
  }
  if (!isRuleModel(name) && !isFittedModel(name)) {
    throw new Problem(
      'model_unavailable',
      `model: ${name} needs the full engine, which the edge does not have; download /v1/journeys?format=csv and attribute that, or ask for one of ${site.models.join(', ')}`,
    );
  }
  if (!site.models.includes(name) && refold?.models.includes(name)) {
    throw new Problem(
      'unavailable',
      `model: the figures of ${name} are being made, ${Math.floor(refold.done * 100)} % so far; until then there are those of before: ${site.models.join(', ')}`,
      { 'retry-after': '5' },
    );
  }
  if (!site.models.includes(name)) {
    throw new Problem(
      'model_unavailable',
      `model: ${name} is not in the "models" of this site; those are ${site.models.join(', ')}`,
    );
  }
  return name;
}

/** Names of conversions that the figures are limited to. @throws Problem invalid_query */
export function actionsOf(url: URL, site: Site): string[] | undefined {
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
export function sumCredit(parts: readonly LedgerSum[]): Credit[] {
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
