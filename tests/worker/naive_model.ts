/**
 * What the whole of doors, order index, shards and core comes to, written as plainly as possible:
 * all facts in one list, every figure made from nothing. Model `linear`, money in micros.
 */

/** The same fact may be told any number of times and in any order; its id says that it is the same. */
export type Fact =
  | { id: string; kind: 'visit'; person: string; at: number; source: string }
  | { id: string; kind: 'order'; order: string; person: string; at: number; value: number }
  /** No value: all that is left. */
  | { id: string; kind: 'refund'; order: string; at: number; value?: number };

export interface Sums {
  conversions: number;
  gross: number;
  refunded: number;
}

const LOOKBACK_MS = 30 * 24 * 3_600_000;

/** 0: only the order is known; 1: a user; 2: a visitor. Persons are called `v…`, `u…` or ''. */
export const rankOf = (person: string): number =>
  person === '' ? 0 : person.startsWith('u') ? 1 : 2;

/** Whole micros by weight that sum to the amount: the largest remainders first, then the earlier. */
export function split(amount: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum === 0) return weights.map(() => 0);
  const exact = weights.map((weight) => BigInt(amount) * BigInt(weight));
  const parts = exact.map((product) => Number(product / BigInt(sum)));
  const rest = exact.map((product, i) => ({ i, left: product % BigInt(sum) }));
  rest.sort((a, b) => (a.left === b.left ? a.i - b.i : a.left > b.left ? -1 : 1));
  const missing = amount - parts.reduce((a, b) => a + b, 0);
  for (const { i } of rest.slice(0, missing)) parts[i]!++;
  return parts;
}

/** The ledger by source. @param told in the order of arrival; repeats change nothing */
export function ledgerOf(told: readonly Fact[]): Map<string, Sums> {
  const facts = [...new Map(told.map((fact) => [fact.id, fact])).values()];
  const ledger = new Map<string, Sums>();
  const arrivals = facts.filter((fact) => fact.kind === 'order');
  for (const order of new Set(arrivals.map((fact) => fact.order))) {
    const own = arrivals.filter((fact) => fact.order === order);
    const { at, value } = own[0]!;
    // The first of those that are known best.
    const owner = own.reduce((best, fact) =>
      rankOf(fact.person) > rankOf(best.person) ? fact : best,
    ).person;
    const path = facts
      .filter((fact) => fact.kind === 'visit')
      .filter((fact) => owner !== '' && fact.person === owner)
      .filter((fact) => fact.at <= at && at - fact.at <= LOOKBACK_MS)
      .sort((a, b) => a.at - b.at)
      .map(({ source }) => source);
    if (path.length === 0) path.push('(direct)');
    let left = value;
    for (const fact of facts) {
      if (fact.kind === 'refund' && fact.order === order)
        left -= Math.min(left, fact.value ?? left);
    }
    const even = path.map(() => 1);
    const gross = split(value, even);
    const conversions = split(1_000_000, even);
    const refunded = split(value - left, gross);
    for (const [i, source] of path.entries()) {
      const sums = ledger.get(source) ?? { conversions: 0, gross: 0, refunded: 0 };
      ledger.set(source, sums);
      sums.conversions += conversions[i]!;
      sums.gross += gross[i]!;
      sums.refunded += refunded[i]!;
    }
  }
  return ledger;
}
