/** The one alarm of an object, shared by several jobs: each has a time of its own, kept in meta. */
import { deleteMeta, readMeta, writeMeta } from '../store.ts';

/** A job that failed is tried again after this, ms. */
const AGAIN_MS = 30_000;

/** Does what is due. @returns when it wants to be called next, Unix ms; undefined: not until planned */
export type Job = () => Promise<number | undefined>;

export class Alarms {
  readonly #storage: DurableObjectStorage;
  readonly #jobs: Readonly<Record<string, Job>>;
  /** The platform's alarm was set by this process. */
  #isSet = false;

  constructor(storage: DurableObjectStorage, jobs: Readonly<Record<string, Job>>) {
    this.#storage = storage;
    this.#jobs = jobs;
  }

  /** Calls the job at this time, or sooner when it was planned sooner. Written with the caller's own writes. */
  plan(name: string, at: number): void {
    const planned = this.#plannedAt(name);
    if (planned !== undefined && planned <= at) {
      // A process before this one may have died in the job, and its alarm with it.
      if (!this.#isSet) this.#set();
      return;
    }
    writeMeta(this.#storage.sql, `alarm:${name}`, String(Math.ceil(at)));
    this.#set();
  }

  /** To be called by the platform's alarm. Never throws: the platform would give up in the end. */
  async ring(now: number): Promise<void> {
    const due = Object.entries(this.#jobs).filter(([name]) => {
      const at = this.#plannedAt(name);
      return at !== undefined && at <= now;
    });
    await Promise.all(
      due.map(async ([name, job]) => {
        let next: number | undefined;
        try {
          next = await job();
        } catch (error) {
          console.error(`${name}: ${String(error)}`);
          next = Date.now() + AGAIN_MS;
        }
        // Only now: until it is done, a job is still to be done.
        deleteMeta(this.#storage.sql, `alarm:${name}`);
        if (next !== undefined) this.plan(name, next);
      }),
    );
    this.#set();
  }

  #plannedAt(name: string): number | undefined {
    const value = readMeta(this.#storage.sql, `alarm:${name}`);
    return value === undefined ? undefined : Number(value);
  }

  #set(): void {
    this.#isSet = true;
    const times = Object.keys(this.#jobs).flatMap((name) => this.#plannedAt(name) ?? []);
    // Not awaited: it is written together with what was written before it.
    if (times.length > 0) void this.#storage.setAlarm(Math.min(...times));
  }
}
