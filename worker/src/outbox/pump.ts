/**
 * Empties the outbox: each destination has a loop of its own, which claims, sends and records, so that
 * one that is slow or dead holds up no other.
 */

import { destinationOf } from '../destinations/registry.ts';
import type { DestinationConfig } from '../destinations/schemas.ts';
import { Breaker, type BreakerState } from './breaker.ts';
import { type Carrier, PRUNE_MS, type Replayed, replay } from './carrier.ts';
import { Queue } from './queue.ts';
import { type ResultOptions, Results } from './results.ts';
import { type Sender, send } from './send.ts';
import type { Store } from './sql.ts';

/** Rows of one request, where the platform takes more: what is in memory at a time is bounded. */
const MOST_ROWS = 500;
/** One alarm does no more than this, since the platform bounds it; the next goes on. */
const RUN_MS = 5 * 60_000;
const RUN_REQUESTS = 400;

export type PumpOptions = Sender & ResultOptions;

export class Pump implements Carrier {
  readonly #queue: Queue;
  readonly #breaker: Breaker;
  readonly #results: Results;
  readonly #configs: readonly DestinationConfig[];
  readonly #options: PumpOptions;
  readonly #running = new Map<string, Promise<void>>();
  #wake: (() => void) | undefined;
  #pruned = 0;

  constructor(storage: Store, configs: readonly DestinationConfig[], options: PumpOptions) {
    this.#queue = new Queue(storage);
    this.#breaker = new Breaker(storage.sql, options.random);
    this.#results = new Results(this.#queue, this.#breaker, options);
    this.#configs = configs;
    this.#options = options;
    this.#queue.recover();
  }

  get running(): boolean {
    return this.#wake !== undefined;
  }

  wake(): void {
    this.#wake?.();
  }

  breaker(destination: string): BreakerState | undefined {
    return this.#breaker.state(destination);
  }

  replay(destination: string | undefined, ids: readonly number[] | undefined): Replayed {
    const { now } = this.#options;
    return replay(this.#queue, this.#breaker, this.#configs, destination, ids, now());
  }

  next(): number | undefined {
    const times = this.#configs.flatMap(({ name }) => {
      const due = this.#queue.nextDue(name);
      return due === undefined ? [] : [Math.max(due, this.#breaker.resume(name))];
    });
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Sends what is due. Never throws. */
  async run(): Promise<void> {
    if (this.running) return;
    const { now, log } = this.#options;
    const budget = { until: now() + RUN_MS, requests: RUN_REQUESTS };
    this.#prune(now());
    try {
      for (;;) {
        const woken = new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        for (const config of this.#configs) {
          if (this.#running.has(config.name) || !this.#isDue(config.name)) continue;
          if (now() >= budget.until || budget.requests <= 0) continue;
          const loop = this.#drain(config, budget)
            .catch((error) => {
              log(`destination ${config.name}: ${String(error)}`);
              this.#breaker.failure(config.name, 'an error of our own, see the log', now(), {
                halted: true,
              });
            })
            .finally(() => this.#running.delete(config.name));
          this.#running.set(config.name, loop);
        }
        if (this.#running.size === 0) break;
        await Promise.race([woken, ...this.#running.values()]);
      }
    } finally {
      this.#wake = undefined;
    }
  }

  #isDue(name: string): boolean {
    const due = this.#queue.nextDue(name);
    return due !== undefined && Math.max(due, this.#breaker.resume(name)) <= this.#options.now();
  }

  async #drain(
    config: DestinationConfig,
    budget: { until: number; requests: number },
  ): Promise<void> {
    const { now } = this.#options;
    const destination = destinationOf(config);
    const most = Math.min(config.batch ?? destination.batch, MOST_ROWS);
    // A destination of one event a request still claims several, which share the claim's write.
    const atOnce = Math.max(most, 20);
    while (this.#isDue(config.name) && now() < budget.until && budget.requests > 0) {
      const limit = this.#breaker.limit(config.name, atOnce);
      const claimed = this.#queue.claim(config.name, now(), limit);
      for (const rows of groups(claimed, (row) => destination.group?.(row.delivery) ?? '', most)) {
        budget.requests--;
        const resume = this.#breaker.resume(config.name);
        if (resume > now()) {
          // A request before this one has shown that there is no use.
          const reason = this.#breaker.state(config.name)?.reason ?? '';
          this.#results.record(
            rows,
            rows.map(() => ({ state: 'retry', reason, afterMs: resume - now() })),
          );
          continue;
        }
        const verdicts = await send(
          this.#options,
          config,
          destination,
          rows.map(({ delivery }) => delivery),
        );
        this.#results.judge(config.name, verdicts);
        this.#results.record(rows, verdicts);
      }
    }
  }

  #prune(now: number): void {
    if (now - this.#pruned < PRUNE_MS) return;
    this.#pruned = now;
    this.#queue.prune(now);
  }
}

/** Rows of one group each, in their order, at most `most` together. */
export function groups<Row>(rows: readonly Row[], of: (row: Row) => string, most: number): Row[][] {
  const lists: Row[][] = [];
  for (const list of Map.groupBy(rows, of).values()) {
    for (let at = 0; at < list.length; at += most) lists.push(list.slice(at, at + most));
  }
  return lists;
}
