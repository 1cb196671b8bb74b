/**
 * Empties the outbox: each destination has a loop of its own, which claims, sends and records, so that
 * one that is slow or dead holds up no other.
 */

import { destinationOf } from '../destinations/registry.ts';
import type { DestinationConfig } from '../destinations/schemas.ts';
import { Breaker, type BreakerState, retryAt } from './breaker.ts';
import type { Claimed } from './queue.ts';
import { Queue } from './queue.ts';
import { type Sender, type Settled, send } from './send.ts';
import type { Store } from './sql.ts';

/** Rows of one request, where the platform takes more: what is in memory at a time is bounded. */
const MOST_ROWS = 500;
/** One alarm does no more than this, since the platform bounds it; the next goes on. */
const RUN_MS = 5 * 60_000;
const RUN_REQUESTS = 400;
const PRUNE_MS = 6 * 3_600_000;

export interface PumpOptions extends Sender {
  random: () => number;
  /** What is told to whoever runs the worker, without secrets. */
  log: (text: string) => void;
}

export class Pump {
  readonly #queue: Queue;
  readonly #breaker: Breaker;
  readonly #configs: readonly DestinationConfig[];
  readonly #options: PumpOptions;
  readonly #running = new Map<string, Promise<void>>();
  #wake: (() => void) | undefined;
  #pruned = 0;

  constructor(storage: Store, configs: readonly DestinationConfig[], options: PumpOptions) {
    this.#queue = new Queue(storage);
    this.#breaker = new Breaker(storage.sql, options.random);
    this.#configs = configs;
    this.#options = options;
    this.#queue.recover();
  }

  get running(): boolean {
    return this.#wake !== undefined;
  }

  /** New rows wait: a run that goes on looks again. */
  wake(): void {
    this.#wake?.();
  }

  breaker(destination: string): BreakerState | undefined {
    return this.#breaker.state(destination);
  }

  replay(destination: string | undefined, ids: readonly number[] | undefined) {
    for (const { name } of this.#configs) {
      if (destination !== undefined && destination !== name) continue;
      this.#breaker.clear(name);
      this.#queue.hurry(name, this.#options.now());
    }
    return this.#queue.replay(destination, ids, this.#options.now());
  }

  /** When there is something to do next, Unix ms; undefined: nothing waits. */
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
    const most = Math.min(destination.batch, MOST_ROWS);
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
          this.#record(
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
        this.#judge(config.name, verdicts);
        this.#record(rows, verdicts);
      }
    }
  }

  #record(rows: readonly Claimed[], verdicts: readonly Settled[]): void {
    const { now, random } = this.#options;
    const at = now();
    this.#queue.record(
      rows.map((row, i) => ({ row, verdict: verdicts[i]! })),
      at,
      ({ tries, expires }, verdict) => {
        const afterMs = verdict.state === 'retry' ? (verdict.afterMs ?? 0) : 0;
        return retryAt(at, tries, expires, afterMs, random);
      },
    );
  }

  /** What a request says of the destination as a whole. */
  #judge(name: string, verdicts: readonly Settled[]): void {
    const { now, log } = this.#options;
    const halt = verdicts.find(({ state }) => state === 'halt');
    if (halt?.state === 'halt') {
      if (!this.#breaker.state(name)?.halted) log(`destination ${name} is stopped: ${halt.reason}`);
      this.#breaker.failure(name, halt.reason, now(), { halted: true });
      return;
    }
    const retries = verdicts.filter((verdict) => verdict.state === 'retry');
    if (retries.length < verdicts.length) {
      if (this.#breaker.success(name)) log(`destination ${name} works again`);
      return;
    }
    const [{ reason, afterMs = 0 }] = retries as [(typeof retries)[number]];
    this.#breaker.failure(name, reason, now(), { afterMs });
  }

  #prune(now: number): void {
    if (now - this.#pruned < PRUNE_MS) return;
    this.#pruned = now;
    this.#queue.prune(now);
  }
}

/** Rows of one group each, in their order, at most `most` together. */
function groups(rows: readonly Claimed[], of: (row: Claimed) => string, most: number): Claimed[][] {
  const lists: Claimed[][] = [];
  for (const list of Map.groupBy(rows, of).values()) {
    for (let at = 0; at < list.length; at += most) lists.push(list.slice(at, at + most));
  }
  return lists;
}
