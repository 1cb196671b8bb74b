/**
 * What the whole of doors, order index, shards and core comes to, written as plainly as possible:
 * all facts in one list, every figure made from nothing. Model `linear`, money in micros.
 */

/** The same fact may be told any number of times and in any order; its id says that it is the same. */
export type Fact =
  | { id: string; kind: 'visit'; person: string; user?: string; at: number; source: string }
  | {
      id: string;
      kind: 'order';
      order: string;
      person: string;
      user?: string;
      at: number;
      value: number;
    }
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
  person === '' ? 0 : person.startsWith('v') ? 2 : 1;

/** A user may be told by e-mail, by phone (`w…`), or by both, as `u1+w2`. */
export const userKeys = (user: string): string[] => user.split('+').filter((key) => key !== '');

/** Who is who, told one after the other: a visitor is whoever it was named to be last, and the first time with all it did before. */
class Identities {
  /** Of a visitor: whom it was named first, and last. */
  readonly #home = new Map<string, string>();
  readonly #current = new Map<string, string>();
  readonly #parent = new Map<string, string>();
  readonly #visitors = new Set<string>();

  #root(user: string): string {
    const parent = this.#parent.get(user);
    return parent === undefined ? user : this.#root(parent);
  }

  /** Whose an event is when it is told, and how well that person is known. */
  tell(person: string, user: string): { person: string; rank: number } {
    const isVisitor = person.startsWith('v');
    const keys = userKeys(isVisitor ? user : person);
    if (keys.length === 0) {
      const rank = isVisitor ? 2 : 0;
      return { person: isVisitor ? (this.#current.get(person) ?? person) : person, rank };
    }
    const [first, ...others] = keys as [string, ...string[]];
    for (const other of others) {
      const [a, b] = [this.#root(first), this.#root(other)];
      if (a === b) continue;
      this.#parent.set(b, a);
      if (this.#visitors.has(b)) this.#visitors.add(a);
    }
    const root = this.#root(first);
    if (isVisitor) {
      if (!this.#home.has(person)) this.#home.set(person, root);
      this.#current.set(person, root);
      this.#visitors.add(root);
    }
    return { person: root, rank: this.#visitors.has(root) ? 2 : 1 };
  }

  /** Who that has turned out to be in the end. */
  last(person: string): string {
    return this.#root(this.#home.get(person) ?? person);
  }
}

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
  const identities = new Identities();
  const whose = new Map<string, string>();
  const owners = new Map<string, { person: string; rank: number }>();
  for (const fact of told) {
    if (fact.kind === 'refund') continue;
    // A repeat names its user again.
    const named = identities.tell(fact.person, fact.user ?? '');
    if (!whose.has(fact.id)) whose.set(fact.id, named.person);
    if (fact.kind === 'visit') continue;
    const owner = owners.get(fact.order);
    if (owner === undefined || named.rank > owner.rank) owners.set(fact.order, named);
  }
  const personOf = ({ id }: Fact): string => identities.last(whose.get(id) ?? '');
  for (const order of new Set(arrivals.map((fact) => fact.order))) {
    const own = arrivals.filter((fact) => fact.order === order);
    const { at, value } = own[0]!;
    // The first of those that are known best.
    const owner = identities.last(owners.get(order)!.person);
    const path = facts
      .filter((fact) => fact.kind === 'visit')
      .filter((fact) => owner !== '' && personOf(fact) === owner)
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
