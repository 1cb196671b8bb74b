/** How others reach the identity indexes of a site. */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { Problem } from '../problem.ts';
import { callObject, type Remote } from '../remote.ts';
import { callEach } from '../shard/client.ts';
import type { IdentityIndex } from './identity_index.ts';
import { shardOf } from './keys.ts';
import type { Claimed, Standing } from './links.ts';

export type IdentityStub = Remote<
  Pick<IdentityIndex, 'note' | 'point' | 'settle' | 'leave' | 'counts' | 'aliasesOf' | 'forget'>
>;

/** As many as shards; the same user key always asks the same one. */
export function callIdentity<T>(
  context: Context,
  site: Site,
  user: string,
  call: (stub: IdentityStub) => Promise<T>,
): Promise<T> {
  return callIdentityIndex(context, site, shardOf(user, site.shards), call);
}

/** @throws Problem unavailable when it failed or is overloaded */
export function callIdentityIndex<T>(
  context: Context,
  site: Site,
  index: number,
  call: (stub: IdentityStub) => Promise<T>,
): Promise<T> {
  return callObject(context, 'IDENTITIES', `${site.key}:${index}`, call);
}

/** Calls every identity index of a site, a few at a time. */
export function callAllIdentities<T>(
  context: Context,
  site: Site,
  call: (stub: IdentityStub) => Promise<T>,
): Promise<T[]> {
  const all = [...new Array(site.shards).keys()];
  return callEach(all, (index) => callIdentityIndex(context, site, index, call));
}

/** User keys stand for others that stand for others: an end comes long before this. */
const HOPS = 16;

/**
 * Notes what events say of persons, with one call per index; asks on where a user key stands for
 * another.
 *
 * @returns for each, how the person stands whose user key it is in the end
 * @throws Problem busy, unavailable
 */
export async function noteClaims(
  context: Context,
  site: Site,
  claims: readonly Claimed[],
): Promise<Standing[]> {
  const answers = new Array<Standing>(claims.length);
  const asked = [...claims];
  let open = [...claims.keys()];
  for (let hop = 0; hop < HOPS && open.length > 0; hop++) {
    const byIndex = Map.groupBy(open, (i) => shardOf(asked[i]!.user, site.shards));
    await Promise.all(
      [...byIndex].map(async ([index, positions]) => {
        const answer = await callIdentityIndex(context, site, index, (stub) =>
          stub.note(
            site.key,
            positions.map((i) => asked[i]!),
          ),
        );
        if (answer === 'busy') throw Problem.busy();
        for (const [k, i] of positions.entries()) answers[i] = answer[k]!;
      }),
    );
    open = open.filter((i) => {
      const { person } = answers[i]!;
      if (person === asked[i]!.user) return false;
      asked[i] = { ...asked[i]!, user: person };
      return true;
    });
  }
  if (open.length > 0) throw new Error('user keys stand for each other');
  return answers;
}
