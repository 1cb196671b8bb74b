/** The outbox of one shard, as the shard sees it. */
import type { Site } from '../config.ts';
import { Secrets } from '../destinations/secrets.ts';
import { gatherAt } from './enqueue.ts';
import { Pump } from './pump.ts';
import {
  type DeliveryPage,
  type DeliveryQuery,
  type DestinationHealth,
  readDeliveries,
  readHealth,
} from './reads.ts';

export class Outbox {
  readonly #storage: DurableObjectStorage;
  readonly #site: Site;
  readonly #pump: Pump;
  readonly #plan: (at: number) => void;
  #waking = false;

  /** @param plan has `run` called at a time, Unix ms */
  constructor(
    storage: DurableObjectStorage,
    site: Site,
    env: Record<string, unknown>,
    plan: (at: number) => void,
  ) {
    this.#storage = storage;
    this.#site = site;
    this.#plan = plan;
    this.#pump = new Pump(storage, site.destinations, {
      secrets: new Secrets(env),
      fetch: (input, init) => fetch(input, init),
      now: Date.now,
      random: Math.random,
      log: (text) => console.error(`site ${site.key}: ${text}`),
    });
    const next = this.#pump.next();
    if (next !== undefined) plan(next);
  }

  /** A commit has written rows; call it before anything is awaited. */
  enqueued(): void {
    const now = Date.now();
    const at = gatherAt(now);
    if (!this.#pump.running) {
      this.#plan(at);
    } else if (!this.#waking) {
      this.#waking = true;
      setTimeout(() => {
        this.#waking = false;
        this.#pump.wake();
      }, at - now);
    }
  }

  /** @returns when to run again, Unix ms */
  async run(): Promise<number | undefined> {
    await this.#pump.run();
    return this.#pump.next();
  }

  list(query: DeliveryQuery): DeliveryPage {
    return readDeliveries(this.#storage.sql, query);
  }

  health(): DestinationHealth[] {
    return this.#site.destinations.map(({ name }) =>
      readHealth(this.#storage.sql, name, this.#pump.breaker(name)),
    );
  }

  replay(destination: string | undefined, ids: readonly number[] | undefined) {
    const result = this.#pump.replay(destination, ids);
    this.enqueued();
    return result;
  }
}
