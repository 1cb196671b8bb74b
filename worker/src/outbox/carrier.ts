/** Who brings what waits in an outbox to its destinations: the shard itself (Pump), or a queue (Courier). */
import type { DestinationConfig } from '../destinations/schemas.ts';
import type { Breaker, BreakerState } from './breaker.ts';
import type { Queue } from './queue.ts';

export interface Carrier {
  readonly running: boolean;
  /** New rows wait: a run that goes on looks again. */
  wake(): void;
  /** Does what is due. Never throws. */
  run(): Promise<void>;
  /** When there is something to do next, Unix ms; undefined: nothing waits. */
  next(): number | undefined;
  breaker(destination: string): BreakerState | undefined;
  replay(destination: string | undefined, ids: readonly number[] | undefined): Replayed;
}

export interface Replayed {
  replayed: number;
  too_old: number;
}

/** Settled rows are looked through for old ones this often, ms. */
export const PRUNE_MS = 6 * 3_600_000;

export function replay(
  queue: Queue,
  breaker: Breaker,
  configs: readonly DestinationConfig[],
  destination: string | undefined,
  ids: readonly number[] | undefined,
  now: number,
): Replayed {
  for (const { name } of configs) {
    if (destination !== undefined && destination !== name) continue;
    breaker.clear(name);
    queue.hurry(name, now);
  }
  return queue.replay(destination, ids, now);
}
