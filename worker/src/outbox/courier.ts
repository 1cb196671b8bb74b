/**
 * Empties the outbox by way of a queue, for sites that outgrow their shards' alarms: the shard hands row
 * numbers over, the queue's consumer (consumer.ts) takes the rows, sends them and tells what became of
 * them. The rows and their states are in the shard as ever; a message is only a nudge, so one that is
 * lost, late or there twice loses nothing and sends nothing twice: what nobody has come for is handed
 * over again, and what nobody has told of is taken back, each after its lease.
 */
import { destinationOf } from '../destinations/registry.ts';
import type { DestinationConfig } from '../destinations/schemas.ts';
import { Breaker, type BreakerState } from './breaker.ts';
import { type Carrier, PRUNE_MS, type Replayed, replay } from './carrier.ts';
import { type Claimed, Queue } from './queue.ts';
import { type ResultOptions, Results } from './results.ts';
import type { Settled } from './send.ts';
import type { Store } from './sql.ts';

/** A message: rows of one shard for one destination. */
export interface Parcel {
  site: string;
  /** Id of the shard's object. */
  object: string;
  destination: string;
  /** Numbers of rows. */
  ids: number[];
}

/** Rows of a message, where the platform takes more in a request. */
const MOST_ROWS = 100;
/** Messages of one call, as the platform bounds them. */
const MOST_PARCELS = 100;
/** Messages of one run; the next alarm goes on. */
const RUN_PARCELS = 1000;
/** The queue took nothing: again after this, ms. */
const AGAIN_MS = 10_000;
/** Who has taken rows tells of them within this, ms. */
const SENDING_MS = 5 * 60_000;

export interface CourierOptions extends ResultOptions {
  site: string;
  object: string;
  /** A message that nobody has come with after this is sent again, ms. */
  leaseMs: number;
  /** @throws when the queue did not take all of them */
  post: (parcels: readonly Parcel[]) => Promise<void>;
  /** There may be something to do sooner than was said. */
  changed: () => void;
}

/** What became of a row that was taken. */
export interface Told {
  row: Pick<Claimed, 'id' | 'tries' | 'expires'>;
  verdict: Settled;
}

export class Courier implements Carrier {
  readonly #queue: Queue;
  readonly #breaker: Breaker;
  readonly #results: Results;
  readonly #configs: readonly DestinationConfig[];
  readonly #options: CourierOptions;
  /** By destination that fails: nothing more is handed over before, Unix ms. */
  readonly #probing = new Map<string, number>();
  #running = false;
  #pruned = 0;

  constructor(storage: Store, configs: readonly DestinationConfig[], options: CourierOptions) {
    this.#queue = new Queue(storage);
    this.#breaker = new Breaker(storage.sql, options.random);
    this.#results = new Results(this.#queue, this.#breaker, options);
    this.#configs = configs;
    this.#options = options;
  }

  get running(): boolean {
    return this.#running;
  }

  wake(): void {
    this.#options.changed();
  }

  breaker(destination: string): BreakerState | undefined {
    return this.#breaker.state(destination);
  }

  replay(destination: string | undefined, ids: readonly number[] | undefined): Replayed {
    this.#probing.clear();
    const { now } = this.#options;
    return replay(this.#queue, this.#breaker, this.#configs, destination, ids, now());
  }

  next(): number | undefined {
    const times = this.#configs.flatMap(({ name }) => {
      const due = this.#queue.nextDue(name);
      return due === undefined ? [] : [Math.max(due, this.#notBefore(name))];
    });
    const lease = this.#queue.nextLease();
    if (lease !== undefined) times.push(lease);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #notBefore(name: string): number {
    return Math.max(this.#breaker.resume(name), this.#probing.get(name) ?? 0);
  }

  /** Hands over what is due. */
  async run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    const { now, log, post } = this.#options;
    try {
      if (now() - this.#pruned >= PRUNE_MS) {
        this.#pruned = now();
        this.#queue.prune(now());
      }
      this.#queue.expire(now());
      const parcels = this.#pack(now());
      for (let at = 0; at < parcels.length; at += MOST_PARCELS) {
        const part = parcels.slice(at, at + MOST_PARCELS);
        try {
          await post(part);
        } catch (error) {
          log(`the queue took nothing: ${String(error)}`);
          for (const { destination, ids } of part) {
            this.#probing.delete(destination);
            this.#queue.postpone(ids, now() + AGAIN_MS);
          }
        }
      }
    } catch (error) {
      log(`handing over: ${String(error)}`);
    } finally {
      this.#running = false;
    }
  }

  #pack(now: number): Parcel[] {
    const { site, object, leaseMs } = this.#options;
    const parcels: Parcel[] = [];
    for (const config of this.#configs) {
      const { name } = config;
      // A destination of one event a request still gets several at once.
      const most = Math.min(MOST_ROWS, Math.max(20, config.batch ?? destinationOf(config).batch));
      const failing = this.#breaker.state(name) !== undefined;
      while (parcels.length < RUN_PARCELS && this.#notBefore(name) <= now) {
        const limit = this.#breaker.limit(name, most);
        const ids = this.#queue.handOver(name, now, limit, now + leaseMs);
        if (ids.length === 0) break;
        parcels.push({ site, object, destination: name, ids });
        // Of one that fails is learned from one message at a time.
        if (failing) this.#probing.set(name, now + leaseMs);
      }
    }
    return parcels;
  }

  /** The rows of a message that are still to be sent; empty when it comes a second time. */
  take(destination: string, ids: readonly number[]): Claimed[] {
    const { now } = this.#options;
    if (this.#breaker.resume(destination) > now()) {
      this.#queue.postpone(ids, this.#breaker.resume(destination));
      return [];
    }
    const until = now() + Math.min(SENDING_MS, this.#options.leaseMs);
    const taken = this.#queue.take(destination, ids, now(), until);
    // Rows that are to wait have other times now.
    this.#options.changed();
    return taken;
  }

  /** @returns when the destination may be asked again, Unix ms; 0: now */
  told(destination: string, told: readonly Told[]): number {
    this.#results.judge(
      destination,
      told.map(({ verdict }) => verdict),
    );
    const ours = told.filter(
      ({ row, verdict }) =>
        // A yes is a yes, however late; anything else is told by who has the row now.
        this.#queue.isSending(row) || (verdict.state === 'delivered' && this.#queue.isOpen(row.id)),
    );
    this.#results.record(
      ours.map(({ row }) => row),
      ours.map(({ verdict }) => verdict),
    );
    this.#probing.delete(destination);
    this.#options.changed();
    return this.#breaker.resume(destination);
  }
}
