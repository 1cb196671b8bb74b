/** Figures of a report beside credited conversions and value: what they cost, and ratios of the two. */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { microsToNumber } from '../schema/money.ts';
import { callSpend } from '../spend/client.ts';
import { SPEND_DIMENSIONS, type SpendDimension } from '../spend/spend_book.ts';
import { invalid, type Period } from './query.ts';

export const METRICS = [
  'conversions',
  'value',
  'gross',
  'refunded',
  'aov',
  'cost',
  'clicks',
  'impressions',
  'roas',
  'cpa',
] as const;
export type Metric = (typeof METRICS)[number];

const NEED_SPEND: readonly Metric[] = ['cost', 'clicks', 'impressions', 'roas', 'cpa'];
const PLAIN: readonly Metric[] = ['conversions', 'value'];

/** Credit of one row, micros. */
export interface Credit {
  key: string;
  conversions: bigint;
  gross: bigint;
  /** What refunds took; 0 or more. */
  refunded: bigint;
  /** Gross less refunded. */
  value: bigint;
}

export const noCredit = (key: string): Credit => ({
  key,
  conversions: 0n,
  gross: 0n,
  refunded: 0n,
  value: 0n,
});

export type Figures = Record<string, number | null>;

/** @throws Problem invalid_query for an unknown metric, or for cost by a dimension that spend lacks */
export function metricsOf(url: URL, dimension: string): readonly Metric[] {
  const given = url.searchParams.get('metrics');
  if (given === null) return PLAIN;
  const names = given.split(',');
  const unknown = names.find((name) => !METRICS.some((metric) => metric === name));
  if (unknown !== undefined) throw invalid('metrics', `names among ${METRICS.join(', ')}`, unknown);
  const metrics = METRICS.filter((metric) => names.includes(metric));
  if (wantsSpend(metrics) && !isSpendDimension(dimension)) {
    throw invalid('dimension', `for cost one of ${SPEND_DIMENSIONS.join(', ')}`, dimension);
  }
  return metrics;
}

const wantsSpend = (metrics: readonly Metric[]): boolean =>
  metrics.some((metric) => NEED_SPEND.includes(metric));

const isSpendDimension = (name: string): name is SpendDimension =>
  SPEND_DIMENSIONS.some((dimension) => dimension === name);

/**
 * Rows with the figures asked for. Spend without credit has its row, too; the order of the credit rows
 * stays, and spend alone follows, the dearest first.
 */
export async function withMetrics(
  context: Context,
  site: Site,
  metrics: readonly Metric[],
  { from, to }: Period,
  dimension: string,
  credit: readonly Credit[],
): Promise<{ rows: ({ key: string } & Figures)[]; total: Figures }> {
  const spend =
    wantsSpend(metrics) && isSpendDimension(dimension)
      ? await callSpend(context, site, (stub) => stub.sums(from, to, dimension))
      : [];
  const byKey = new Map(spend.map((each) => [each.key, each]));
  const credited = new Set(credit.map(({ key }) => key));
  const alone = spend
    .filter(
      ({ key, cost, clicks, impressions }) =>
        !credited.has(key) && (cost !== '0' || clicks || impressions),
    )
    .sort((a, b) => Number(BigInt(b.cost) - BigInt(a.cost)) || (a.key < b.key ? -1 : 1))
    .map(({ key }) => noCredit(key));
  const all = { ...noCredit(''), cost: 0n, clicks: 0, impressions: 0 };
  const rows = [...credit, ...alone].map((each) => {
    const { key } = each;
    const { cost = '0', clicks = 0, impressions = 0 } = byKey.get(key) ?? {};
    const sums = { ...each, cost: BigInt(cost), clicks, impressions };
    all.conversions += sums.conversions;
    all.gross += sums.gross;
    all.refunded += sums.refunded;
    all.value += sums.value;
    all.cost += sums.cost;
    all.clicks += clicks;
    all.impressions += impressions;
    return { key, ...figures(metrics, sums) } as { key: string } & Figures;
  });
  return { rows, total: figures(metrics, all) };
}

interface Sums extends Omit<Credit, 'key'> {
  cost: bigint;
  clicks: number;
  impressions: number;
}

function figures(metrics: readonly Metric[], sums: Sums): Figures {
  const all: Record<Metric, number | null> = {
    conversions: microsToNumber(sums.conversions),
    value: microsToNumber(sums.value),
    gross: microsToNumber(sums.gross),
    refunded: microsToNumber(sums.refunded),
    aov: ratio(sums.value, sums.conversions),
    cost: microsToNumber(sums.cost),
    clicks: sums.clicks,
    impressions: sums.impressions,
    roas: ratio(sums.value, sums.cost),
    cpa: ratio(sums.cost, sums.conversions),
  };
  return Object.fromEntries(metrics.map((metric) => [metric, all[metric]]));
}

/** Six decimals, rounded half away from zero; null where there is nothing to divide by. */
export function ratio(above: bigint, below: bigint): number | null {
  if (below === 0n) return null;
  const negative = above < 0n !== below < 0n;
  const [a, b] = [above < 0n ? -above : above, below < 0n ? -below : below];
  const micros = (a * 2_000_000n + b) / (2n * b);
  return microsToNumber(negative ? -micros : micros);
}

/** Why a ratio can be null, for those asked for. */
export function reasons(metrics: readonly Metric[]): Record<string, string> {
  const why: Partial<Record<Metric, string>> = {
    aov: 'no conversions',
    roas: 'no cost',
    cpa: 'no conversions',
  };
  return Object.fromEntries(
    metrics.flatMap((metric) => (why[metric] ? [[metric, why[metric] as string]] : [])),
  );
}
