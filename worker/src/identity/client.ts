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
  Pick<
    IdentityIndex,
    'note' | 'point' | 'shorten' | 'settle' | 'leave' | 'counts' | 'aliasesOf' | 'forget'
  >
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

/**
 * Notes what events say of persons, with one call per index; asks on where a user key stands for
 * another. Each stands for a smaller one, so there is an end; what took several hops is one hop the
 * next time.
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
  const passed = claims.map((): string[] => []);
  let open = [...claims.keys()];
  while (open.length > 0) {
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
      const { user } = asked[i]!;
      if (person === user) return false;
      if (person > user) throw new Error('user keys stand for each other');
      passed[i]!.push(user);
      asked[i] = { ...asked[i]!, user: person };
      return true;
    });
  }
  const long = new Map<string, string>();
  for (const [i, users] of passed.entries()) {
    for (const user of users.slice(0, -1)) long.set(user, answers[i]!.person);
  }
  if (long.size > 0) await shorten(context, site, long);
  return answers;
}

/** @param long by user key: whom it stands for in the end */
async function shorten(
  context: Context,
  site: Site,
  long: ReadonlyMap<string, string>,
): Promise<void> {
  const byIndex = Map.groupBy(long, ([user]) => shardOf(user, site.shards));
  await Promise.all(
    [...byIndex].map(([index, pairs]) =>
      callIdentityIndex(context, site, index, (stub) => stub.shorten(site.key, pairs)),
    ),
  );
}

/** @returns by user key the person that it stands for in the end */
export async function personsNow(
  context: Context,
  site: Site,
  users: Iterable<string>,
): Promise<Map<string, string>> {
  const keys = [...new Set(users)];
  const standings = await noteClaims(
    context,
    site,
    keys.map((user) => ({ user })),
  );
  return new Map(keys.map((key, i) => [key, standings[i]!.person]));
}
