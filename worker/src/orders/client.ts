/** How others reach the order indexes of a site. */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { shardOf } from '../identity/keys.ts';
import { Problem } from '../problem.ts';
import { callObject, type Remote } from '../remote.ts';
import type { Claim, Mention } from './claims.ts';
import type { OrderIndex } from './order_index.ts';

type OrderIndexStub = Remote<Pick<OrderIndex, 'claim' | 'settle' | 'keep' | 'lookup'>>;

/** As many as shards; the same order always asks the same one. */
const indexOf = (site: Site, order: string): number => shardOf(order, site.shards);

/**
 * Calls the index of one order.
 *
 * @throws Problem unavailable when it failed or is overloaded
 */
export function callIndex<T>(
  context: Context,
  site: Site,
  order: string,
  call: (stub: OrderIndexStub) => Promise<T>,
): Promise<T> {
  return callObject(context, 'ORDERS', `${site.key}:${indexOf(site, order)}`, call);
}

/**
 * Notes arrivals that name orders, with one call per index.
 *
 * @returns for each mention one claim per action
 * @throws Problem busy, unavailable
 */
export async function claimOrders(
  context: Context,
  site: Site,
  mentions: readonly Mention[],
): Promise<Claim[][]> {
  const byIndex = Map.groupBy(mentions.keys(), (i) => indexOf(site, mentions[i]!.order));
  const claims = new Array<Claim[]>(mentions.length);
  await Promise.all(
    [...byIndex.values()].map(async (positions) => {
      const group = positions.map((i) => mentions[i]!);
      const answer = await callIndex(context, site, group[0]!.order, (stub) =>
        stub.claim(site.key, group),
      );
      if (answer === 'busy') throw Problem.busy();
      for (const [k, i] of positions.entries()) claims[i] = answer[k]!;
    }),
  );
  return claims;
}
