/**
 * Brings an order from a former owner to its present one. First the former owner gives it up, then
 * the owner counts it, then the index forgets the handover. Every step may be repeated, by anyone,
 * at the same time: the former owner gives the same lines again and takes none of that order any
 * more, and the owner knows the events that it has.
 */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { rehome } from '../event_record.ts';
import { bring } from '../identity/bring.ts';
import { shardOf } from '../identity/keys.ts';
import { callShard } from '../shard/client.ts';
import { movedTo } from '../shard/commit.ts';
import type { Handover } from './claims.ts';
import { callIndex } from './client.ts';

/**
 * `done`: by now, or soon by another who does the same; `kept`: it stays with the former owner for
 * good; `refused`: the owner cannot take it now, so it is tried again later.
 */
export type HandoverResult = 'done' | 'kept' | 'refused';

/**
 * @throws Problem busy, unavailable: what is not finished is finished by the next to come
 */
export async function handOver(
  context: Context,
  site: Site,
  handover: Handover,
): Promise<HandoverResult> {
  const { order, owner, rank } = handover;
  const released = await releaseFrom(context, site, handover);
  if (released === 'kept') {
    await callIndex(context, site, order, (stub) => stub.keep(site.key, handover));
    return 'kept';
  }
  if (released.length > 0) {
    const lines = released.map((line) => rehome(line, owner, rank));
    const brought = await bring(context, site, owner, lines);
    if (brought === 'refused') return 'refused';
    // The owner has given the order up itself meanwhile: the next owner asks `from` as well.
    if (brought === 'moved') return 'done';
  }
  await callIndex(context, site, order, (stub) => stub.settle(site.key, [handover]));
  return 'done';
}

/** Of a former owner that has turned out to be somebody else, that other gives the order up. */
async function releaseFrom(
  context: Context,
  site: Site,
  { action, owner, from }: Handover,
): Promise<string[] | 'kept'> {
  const tried = new Set<string>();
  let person = from;
  while (!tried.has(person)) {
    tried.add(person);
    const released = await callShard(context, site, shardOf(person, site.shards), (stub) =>
      stub.release(site.key, person, action, owner),
    );
    if (Array.isArray(released)) return released;
    const home = movedTo(released);
    if (home === undefined) return 'kept';
    person = home;
  }
  throw new Error(`the aliases of ${from} have no end`);
}
