/** How stateless routes reach the shards of a site. */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { Problem } from '../problem.ts';
import type { Shard } from './shard.ts';

type Remote<T> = {
  [Name in keyof T]: T[Name] extends (...parameters: infer P) => infer R
    ? (...parameters: P) => Promise<Awaited<R>>
    : never;
};

/** A shard as its callers see it. */
export type ShardStub = Remote<
  Pick<Shard, 'commit' | 'report' | 'order' | 'journeys' | 'outcomes' | 'verify' | 'ping'>
>;

/**
 * Calls one shard.
 *
 * @throws Problem unavailable when the shard failed or is overloaded
 */
export async function callShard<T>(
  { env, shardIds }: Context,
  site: Site,
  shard: number,
  call: (stub: ShardStub) => Promise<T>,
): Promise<T> {
  const name = `${site.key}:${shard}`;
  let id = shardIds.get(name);
  if (id === undefined) {
    id = env.SHARDS.idFromName(name);
    shardIds.set(name, id);
  }
  // A stub is dead after its object threw, so each call takes a new one.
  const object = env.SHARDS.get(id);
  // The platform's own type of a stub forgets tuples, which cloning keeps.
  const stub = object as unknown as ShardStub;
  try {
    return await call(stub);
  } catch (error) {
    console.error(`shard ${name} failed: ${String(error)}`);
    throw new Problem(
      'unavailable',
      'A part of the store did not answer; send the same request again, nothing is counted twice.',
      { 'retry-after': '1' },
    );
  }
}

/** The platform lets one request have few connections open at once. */
const PARALLEL = 6;

/**
 * Calls every shard of a site, a few at a time; answers in the order of the shards.
 *
 * @throws Problem unavailable when any shard fails
 */
export async function callAllShards<T>(
  context: Context,
  site: Site,
  call: (stub: ShardStub) => Promise<T>,
): Promise<T[]> {
  const answers = new Array<T>(site.shards);
  let next = 0;
  const worker = async () => {
    while (next < site.shards) {
      const shard = next++;
      answers[shard] = await callShard(context, site, shard, call);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, site.shards) }, worker));
  return answers;
}
