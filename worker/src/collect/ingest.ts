/**
 * Hands a request's events to their shards and answers only when all of them
 * are durable. Every door that takes events ends here.
 */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import type { Via } from '../event_record.ts';
import { shardOf } from '../identity/keys.ts';
import { OUTCOMES, type OutcomeCode, Problem } from '../problem.ts';
import { callShard } from '../shard/client.ts';
import type { ShardBatch } from '../shard/commit.ts';
import { type Prepared, prepare, type Refused } from './prepare.ts';

export interface IngestAnswer {
  accepted: number;
  duplicates: number;
  refused: { index: number; code: OutcomeCode; message: string }[];
}

interface ShardWork extends ShardBatch {
  /** Index in the request of each line. */
  indices: number[];
}

/**
 * @param inputs the `events` of a request, unchecked
 * @throws Problem busy, unavailable: nothing is lost, the caller sends all of it again
 */
export async function ingest(
  context: Context,
  site: Site,
  inputs: readonly unknown[],
  via: Via,
): Promise<IngestAnswer> {
  const now = Date.now();
  const batch = await prepare(context.engine, site, inputs, via, now);
  const work = groupByShard(site, batch.prepared, batch.refused, now);

  const answers = await Promise.allSettled(
    [...work].map(async ([shard, { indices, lines, refusals }]) => {
      const outcomes = await callShard(context, site, shard, (stub) =>
        stub.commit(site.key, { lines, refusals }),
      );
      return { indices, outcomes };
    }),
  );

  const answer: IngestAnswer = {
    accepted: 0,
    duplicates: 0,
    refused: batch.refused.map(({ index, code, message }) => ({ index, code, message })),
  };
  for (const settled of answers) {
    if (settled.status === 'rejected') throw settled.reason;
    const { indices, outcomes } = settled.value;
    if (outcomes === 'busy') {
      throw new Problem('busy', 'The store is taking all it can; send the same events again.', {
        'retry-after': '1',
      });
    }
    for (const [position, code] of outcomes.entries()) {
      if (code === 'accepted') answer.accepted++;
      else if (code === 'duplicate' || code === 'duplicate_order') answer.duplicates++;
      else {
        const index = indices[position]!;
        answer.refused.push({ index, code, message: `events[${index}]: ${OUTCOMES[code]}` });
      }
    }
  }
  answer.refused.sort((a, b) => a.index - b.index);
  return answer;
}

/** Keeps the order of the request inside each shard. */
function groupByShard(
  site: Site,
  prepared: readonly Prepared[],
  refused: readonly Refused[],
  now: number,
): Map<number, ShardWork> {
  const work = new Map<number, ShardWork>();
  const of = (shard: number): ShardWork => {
    let entry = work.get(shard);
    if (entry === undefined) {
      entry = { indices: [], lines: [], refusals: [] };
      work.set(shard, entry);
    }
    return entry;
  };
  for (const { index, person, line } of prepared) {
    const entry = of(shardOf(person, site.shards));
    entry.indices.push(index);
    entry.lines.push(line);
  }
  // A refusal that belongs to nobody is only a count: it rides along where a
  // call goes anyway, else it is spread over the shards by the clock.
  const anywhere = work.keys().next().value ?? now % site.shards;
  for (const { code, person, key, name, order } of refused) {
    const shard = order && person ? shardOf(person, site.shards) : anywhere;
    of(shard).refusals.push({
      code,
      ...(order && person && key && name && { arrival: { order, person, key, name } }),
    });
  }
  return work;
}
