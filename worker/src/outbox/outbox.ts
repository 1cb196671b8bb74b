/** The outbox of one shard, as the shard sees it. */
import type { Site } from '../config.ts';
import { destinationOf } from '../destinations/registry.ts';
import { Secrets } from '../destinations/secrets.ts';
import type { Env } from '../env.ts';
import type { Carrier } from './carrier.ts';
import { Courier, type Told } from './courier.ts';
import { gatherAt } from './enqueue.ts';
import { Pump } from './pump.ts';
import type { Claimed } from './queue.ts';
import {
  type DeliveryPage,
  type DeliveryQuery,
  type DestinationHealth,
  readDeliveries,
  readHealth,
} from './reads.ts';
import { Receipts } from './receipts.ts';

export class Outbox {
  readonly #storage: DurableObjectStorage;
  readonly #site: Site;
  readonly #carrier: Carrier;
  readonly #plan: (at: number) => void;
  readonly #courier: Courier | undefined;
  readonly #receipts: Receipts;
  #waking = false;

  /**
   * @param object id of the shard's object
   * @param plan has `run` called at a time, Unix ms
   */
  constructor(
    storage: DurableObjectStorage,
    site: Site,
    env: Env,
    object: string,
    plan: (at: number) => void,
  ) {
    this.#storage = storage;
    this.#site = site;
    this.#plan = plan;
    const { key, destinations, outbox } = site;
    const options = {
      now: Date.now,
      random: Math.random,
      log: (text: string) => console.error(`site ${key}: ${text}`),
    };
    const secrets = new Secrets(env);
    const send: typeof fetch = (input, init) => fetch(input, init);
    const deliveries = outbox.carrier === 'queue' ? env.DELIVERIES : undefined;
    if (outbox.carrier === 'queue' && deliveries === undefined) {
      options.log('no queue is bound as DELIVERIES: the shards send deliveries themselves');
    }
    if (deliveries === undefined) {
      this.#carrier = new Pump(storage, destinations, {
        ...options,
        secrets,
        fetch: send,
      });
    } else {
      this.#courier = new Courier(storage, destinations, {
        ...options,
        site: key,
        object,
        leaseMs: outbox.leaseMs,
        post: async (parcels) => {
          await deliveries.sendBatch(parcels.map((body) => ({ body, contentType: 'json' })));
        },
        changed: () => {
          const next = this.#next();
          if (next !== undefined) plan(next);
        },
      });
      this.#carrier = this.#courier;
    }
    this.#receipts = new Receipts(storage, destinations, { secrets, fetch: send, now: Date.now });
    const next = this.#next();
    if (next !== undefined) plan(next);
  }

  #next(): number | undefined {
    const times = [this.#carrier.next(), this.#receipts.next()].filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** A commit has written rows; call it before anything is awaited. */
  enqueued(): void {
    const now = Date.now();
    const at = gatherAt(now);
    if (!this.#carrier.running) {
      this.#plan(at);
    } else if (!this.#waking) {
      this.#waking = true;
      setTimeout(() => {
        this.#waking = false;
        this.#carrier.wake();
      }, at - now);
    }
  }

  /** @returns when to run again, Unix ms */
  async run(): Promise<number | undefined> {
    await this.#carrier.run();
    await this.#receipts.run();
    return this.#next();
  }

  /** For the queue's consumer; nothing where the shard sends by itself. */
  take(destination: string, ids: readonly number[]): Claimed[] {
    return this.#courier?.take(destination, ids) ?? [];
  }

  told(destination: string, told: readonly Told[]): number {
    return this.#courier?.told(destination, told) ?? 0;
  }

  list(query: DeliveryQuery): DeliveryPage {
    return readDeliveries(this.#storage.sql, query);
  }

  health(): DestinationHealth[] {
    return this.#site.destinations.map((config) => {
      const { clickIds } = destinationOf(config);
      const { name } = config;
      return readHealth(this.#storage.sql, name, this.#carrier.breaker(name), clickIds);
    });
  }

  replay(destination: string | undefined, ids: readonly number[] | undefined) {
    const result = this.#carrier.replay(destination, ids);
    this.enqueued();
    return result;
  }
}
