/**
 * Models that need all journeys at once: the journeys are read from the shards when a report asks, and
 * fitted by the core's batch engine. Exact, and bounded: a site with more touches than an isolate should
 * hold is told how to fit them elsewhere.
 */

import { HwError } from '../../../wasm/binding/errors.ts';
import type { JourneyView } from '../../../wasm/binding/types.ts';
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import type { FittedModel } from '../models.ts';
import { Problem } from '../problem.ts';
import { formatMicros } from '../schema/money.ts';
import { NOT_SET } from './credit.ts';
import { type Cursor, nextPage, PAGE, refundedOf } from './journeys.ts';
import { type Credit, noCredit } from './metrics.ts';
import { invalid } from './query.ts';

/** What a conversion without touches is put down to, as in the ledger. */
const DIRECT = {
  channel: 'Direct',
  source: '(direct)',
  medium: '(none)',
  campaign: NOT_SET,
} as const;

/** About 30 MB of journeys while they are read. */
const MOST_TOUCHES = 500_000;

export const FIT_DIMENSIONS = ['channel', 'source', 'medium', 'campaign'] as const;
type FitDimension = (typeof FIT_DIMENSIONS)[number];

export interface FitQuery {
  /** Days of the conversions that count, inclusive; touches before them count whenever they were. */
  from: number;
  to: number;
  basis: string;
  dimension: string;
  actions?: string[];
}

/** @throws Problem invalid_query, model_unavailable, unavailable */
export async function fitted(
  context: Context,
  site: Site,
  models: readonly FittedModel[],
  query: FitQuery,
): Promise<Credit[][]> {
  if (models.length === 0) return [];
  const dimension = FIT_DIMENSIONS.find((each) => each === query.dimension);
  if (dimension === undefined) {
    throw invalid(
      'dimension',
      `for ${models[0]} one of ${FIT_DIMENSIONS.join(', ')}`,
      query.dimension,
    );
  }
  if (query.basis !== 'conversion') {
    throw invalid(
      'basis',
      `conversion for ${models[0]}, which credits conversions as a whole`,
      query.basis,
    );
  }
  const data = context.engine.core.dataset();
  try {
    const encoder = new TextEncoder();
    data.append(encoder.encode('visitor,time,channel,interaction,conversion,value\n'));
    let cursor: Cursor | undefined = { shard: 0, after: '' };
    let person = 0;
    let touches = 0;
    while (cursor !== undefined) {
      const page = await nextPage(context, site, cursor, PAGE);
      cursor = page.next;
      let text = '';
      for (const journey of page.journeys) {
        touches += journey.touches.length;
        text += rowsOf(++person, journey, dimension, query);
      }
      if (touches > MOST_TOUCHES) throw tooMany(models[0]!);
      if (text !== '') data.append(encoder.encode(text));
    }
    const { conversions } = data.finish();
    if (conversions === 0) return models.map(() => []);
    const { lookbackClickMs, lookbackImpressionMs } = site.step;
    data.setWindows({
      clickMs: lookbackClickMs,
      impressionMs: lookbackImpressionMs,
      direct: DIRECT[dimension],
    });
    return models.map((model) => creditOf(data, model));
  } catch (error) {
    if (!(error instanceof HwError)) throw error;
    throw new Problem('model_unavailable', `model: ${error.message}`);
  } finally {
    data.dispose();
  }
}

type Dataset = ReturnType<Context['engine']['core']['dataset']>;

function creditOf(data: Dataset, model: FittedModel): Credit[] {
  const [credit] = data.attribute([model]);
  const { channels } = data.summary();
  // shapley_ordered has three amounts a channel: as opener, middle and closer.
  const parts = credit!.conversions.length / channels.length;
  const rows = channels.map((name, i): Credit => {
    const key = name === NOT_SET ? '' : name;
    const sum = (amounts: number[]): bigint =>
      amounts.slice(i * parts, (i + 1) * parts).reduce((all, n) => all + BigInt(n), 0n);
    const value = sum(credit!.value);
    return { ...noCredit(key), conversions: sum(credit!.conversions), gross: value, value };
  });
  return rows
    .filter(({ conversions, value }) => conversions || value)
    .sort((a, b) => Number(b.value - a.value) || (a.key < b.key ? -1 : 1));
}

function rowsOf(
  person: number,
  { touches, conversions }: JourneyView,
  dimension: FitDimension,
  { from, to, actions }: FitQuery,
): string {
  const rows = [
    // A direct visit within a visit earns nothing, as in the ledger.
    ...touches
      .filter(({ counts }) => counts)
      .map((touch) => ({
        at: touch.at,
        cells: `${cell(touch[dimension])},${touch.interaction},0,`,
      })),
    ...conversions
      .filter(
        ({ day, action }) => day >= from && day <= to && (!actions || actions.includes(action)),
      )
      .map(({ at, value, refunds }) => ({
        at,
        cells: `,,1,${formatMicros(value - refundedOf(refunds))}`,
      })),
  ].sort((a, b) => a.at - b.at);
  return rows.map(({ at, cells }) => `${person},${new Date(at).toISOString()},${cells}\n`).join('');
}

/** Shown for a source that does not have the dimension; the core wants a name. */
const cell = (text: string): string => `"${(text || NOT_SET).replaceAll('"', '""')}"`;

const tooMany = (model: string): Problem =>
  new Problem(
    'model_unavailable',
    `model: ${model} is fitted to all journeys at once, and this site has more than ${MOST_TOUCHES} touches; download /v1/journeys?format=csv and give it to hw attribute`,
  );
