/** How stateless routes reach the shards of a site. */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { callObject, type Remote } from '../remote.ts';
import type { Shard } from './shard.ts';

/** A shard as its callers see it. */
export type ShardStub = Remote<
  Pick<
    Shard,
    | 'commit'
    | 'findClicks'
    | 'deliveries'
    | 'replay'
    | 'release'
    | 'depart'
    | 'adopt'
    | 'whose'
    | 'alias'
    | 'person'
    | 'erase'
    | 'eraseGiven'
    | 'givenBy'
    | 'scrubHanded'
    | 'changes'
    | 'order'
    | 'journeys'
    | 'kpis'
    | 'paths'
    | 'outcomes'
    | 'live'
    | 'verify'
    | 'standing'
    | 'putInForce'
    | 'ping'
  >
>;

/**
 * Calls one shard.
 *
 * @throws Problem unavailable when the shard failed or is overloaded
 */
export function callShard<T>(
  context: Context,
  site: Site,
  shard: number,
  call: (stub: ShardStub) => Promise<T>,
): Promise<T> {
  return callObject(context, 'SHARDS', `${site.key}:${shard}`, call);
}

/** The platform lets one request have few connections open at once. */
const PARALLEL = 6;

/**
 * Calls every shard of a site, a few at a time; answers in the order of the shards.
 *
 * @throws Problem unavailable when any shard fails
 */
export function callAllShards<T>(
  context: Context,
  site: Site,
  call: (stub: ShardStub) => Promise<T>,
): Promise<T[]> {
  return callShards(context, site, [...new Array(site.shards).keys()], call);
}

/**
 * Calls some shards of a site, a few at a time; answers in the order given.
 *
 * @throws Problem unavailable when any of them fails
 */
export function callShards<T>(
  context: Context,
  site: Site,
  shards: readonly number[],
  call: (stub: ShardStub, shard: number) => Promise<T>,
): Promise<T[]> {
  return callEach(shards, (shard) => callShard(context, site, shard, (stub) => call(stub, shard)));
}

/** Calls several objects, a few at a time; answers in the order given. */
export async function callEach<Item, T>(
  items: readonly Item[],
  call: (item: Item) => Promise<T>,
): Promise<T[]> {
  const answers = new Array<T>(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      answers[at] = await call(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, worker));
  return answers;
}
