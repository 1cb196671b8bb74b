/** Brings lines to the person that they belong to, whoever that has turned out to be. */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { addressLine } from '../event_record.ts';
import { Problem } from '../problem.ts';
import { callShard } from '../shard/client.ts';
import { movedTo } from '../shard/commit.ts';
import type { Given } from '../shard/release.ts';
import { personsNow } from './client.ts';
import { shardOf } from './keys.ts';

/** Aliases lead to persons with smaller keys, so there is an end; more than this is a fault. */
const HOPS = 16;

/**
 * `done`: the person has them; `moved`: an order among them belongs to somebody else by now;
 * `refused`: the person cannot take them now, so try again later.
 */
export type Brought = 'done' | 'moved' | 'refused';

/**
 * May be repeated: the person knows the events that it has.
 *
 * @param aliases of the person that the lines come from
 * @param given orders that they have given away
 * @throws Problem busy, unavailable
 */
export async function bring(
  context: Context,
  site: Site,
  person: string,
  lines: readonly string[],
  aliases: readonly string[] = [],
  given: readonly Given[] = [],
): Promise<Brought> {
  let home = person;
  const known = [...aliases];
  for (let hop = 0; hop < HOPS; hop++) {
    const own = lines.map((line) => addressLine(line, home));
    const outcomes = await callShard(context, site, shardOf(home, site.shards), (stub) =>
      stub.adopt(site.key, home, own, known, given),
    );
    if (outcomes === 'busy') throw Problem.busy();
    const next = typeof outcomes === 'string' ? movedTo(outcomes) : movedIn(outcomes);
    if (next === undefined) return broughtBy(outcomes as readonly string[]);
    known.push(home);
    // The first hop is the usual one; a long row of persons who are others is gone at once.
    home = hop === 0 ? next : (await personsNow(context, site, [next])).get(next)!;
  }
  throw new Error(`the aliases of ${person} have no end`);
}

function movedIn(outcomes: readonly string[]): string | undefined {
  for (const outcome of outcomes) {
    const home = movedTo(outcome);
    if (home !== undefined) return home;
  }
  return undefined;
}

function broughtBy(outcomes: readonly string[]): Brought {
  if (outcomes.some((code) => code === 'full' || code === 'core_error')) return 'refused';
  return outcomes.includes('moved') ? 'moved' : 'done';
}
