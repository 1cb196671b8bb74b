/**
 * Moves the journey of a visitor, or of a user key, to the person that it turned out to be. First it
 * leaves its shard, then the person takes it over, then the index knows. Every step may be repeated,
 * by anyone, at the same time.
 */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { callShard } from '../shard/client.ts';
import { bring } from './bring.ts';
import { callIdentity } from './client.ts';
import { shardOf } from './keys.ts';
import type { Move } from './links.ts';

/**
 * `done`; `refused`: it has too much of a history and stays what it is; `waiting`: the person cannot
 * take it now, so it is tried again later.
 */
export type MoveResult = 'done' | 'refused' | 'waiting';

/**
 * @param again whether this only finishes what another began: then what came after it stands
 * @throws Problem busy, unavailable: what is not finished is finished by the next to come
 */
export async function finishMove(
  context: Context,
  site: Site,
  { person, alias, isUser }: Move,
  again = false,
): Promise<MoveResult> {
  const settle = (state: 'moved' | 'refused') =>
    callIdentity(context, site, person, (stub) => stub.settle(site.key, person, alias, state));
  if (isUser) {
    const target = await callIdentity(context, site, alias, (stub) =>
      stub.point(site.key, alias, person),
    );
    // It went elsewhere meanwhile, and whoever brought it there knows nothing of this person.
    if (target !== person) {
      await settle('moved');
      return 'done';
    }
  }
  const shard = shardOf(alias, site.shards);
  const departure = await callShard(context, site, shard, (stub) =>
    stub.depart(site.key, alias, person, again),
  );
  if (departure === 'kept') {
    await settle('refused');
    return 'refused';
  }
  const { lines, aliases, given, current, previous } = departure;
  const brought = await bring(context, site, person, lines, [alias, ...aliases], given);
  if (brought === 'refused') return 'waiting';
  if (previous !== undefined) {
    await callIdentity(context, site, previous, (stub) =>
      stub.leave(site.key, previous, alias, false),
    );
  }
  if (current === person) {
    await settle('moved');
    if (!isUser) await leaveIfGone(context, site, person, alias);
  } else {
    // A later user of the same browser: should this one come back, the visitor is to be linked anew.
    await callIdentity(context, site, person, (stub) => stub.leave(site.key, person, alias, true));
  }
  return 'done';
}

/** The browser was named another's while it was moving, and whoever moved it on has come before this. */
async function leaveIfGone(
  context: Context,
  site: Site,
  person: string,
  alias: string,
): Promise<void> {
  const { current } = await callShard(context, site, shardOf(alias, site.shards), (stub) =>
    stub.alias(site.key, alias),
  );
  if (current === undefined || current === person) return;
  await callIdentity(context, site, person, (stub) => stub.leave(site.key, person, alias, true));
}
