/**
 * When a destination that fails is tried again. A row has its own backoff; the breaker keeps a
 * destination that is down from being asked for each of its rows.
 */

import type { Sql } from './sql.ts';

/** Failed requests in a row after which a destination rests. */
const FAILURES = 3;
const REST_LEAST_MS = 2_000;
const REST_MOST_MS = 15 * 60_000;
const HALT_LEAST_MS = 60_000;
const HALT_MOST_MS = 60 * 60_000;

/** First wait of a row, doubled with each try. */
const RETRY_LEAST_MS = 1_000;
const RETRY_MOST_MS = 60 * 60_000;

/** A row is tried for the last time this long before it is too old, ms. */
const LAST_CALL_MS = 60_000;

export interface BreakerState {
  failures: number;
  /** Nothing is sent before, Unix ms. */
  resume: number;
  /** Somebody has to mend the destination. */
  halted: boolean;
  reason: string;
}

const doubled = (least: number, times: number, most: number): number =>
  Math.min(most, least * 2 ** Math.min(times, 30));

/** Any wait up to the doubled one (full jitter), so that those who failed together come apart. */
export function retryAt(
  now: number,
  tries: number,
  expires: number,
  afterMs: number,
  random: () => number,
): number {
  const wait = doubled(RETRY_LEAST_MS, tries - 1, RETRY_MOST_MS) * random();
  const due = now + Math.max(wait, afterMs, 1);
  // Not given up before its time: the last try comes shortly before the platform's limit.
  const last = expires - LAST_CALL_MS;
  return Math.round(due >= expires && last > now ? last : due);
}

export class Breaker {
  readonly #sql: Sql;
  readonly #random: () => number;
  readonly #states = new Map<string, BreakerState>();

  constructor(sql: Sql, random: () => number) {
    this.#sql = sql;
    this.#random = random;
    for (const row of sql.exec<{
      destination: string;
      failures: number;
      resume: number;
      halted: number;
      reason: string;
    }>('SELECT * FROM breakers')) {
      const { destination, failures, resume, halted, reason } = row;
      this.#states.set(destination, { failures, resume, halted: halted === 1, reason });
    }
  }

  state(destination: string): BreakerState | undefined {
    return this.#states.get(destination);
  }

  /** When the destination may be asked again, Unix ms; 0: now. */
  resume(destination: string): number {
    return this.#states.get(destination)?.resume ?? 0;
  }

  /** Most rows of the next request: one that fails is asked with ever smaller ones. */
  limit(destination: string, most: number): number {
    const failures = this.#states.get(destination)?.failures ?? 0;
    return Math.max(1, most >> Math.min(failures, 20));
  }

  /** @returns whether it had failed before */
  success(destination: string): boolean {
    if (!this.#states.delete(destination)) return false;
    this.#sql.exec('DELETE FROM breakers WHERE destination = ?', destination);
    return true;
  }

  /**
   * @param afterMs what the platform asked for
   * @param halted somebody has to mend it: it is asked again seldom
   */
  failure(
    destination: string,
    reason: string,
    now: number,
    { afterMs = 0, halted = false }: { afterMs?: number; halted?: boolean },
  ): void {
    const failures = (this.#states.get(destination)?.failures ?? 0) + 1;
    const rest = halted
      ? doubled(HALT_LEAST_MS, failures - 1, HALT_MOST_MS)
      : failures < FAILURES
        ? 0
        : doubled(REST_LEAST_MS, failures - FAILURES, REST_MOST_MS) * (0.5 + this.#random() / 2);
    const state = { failures, resume: Math.round(now + Math.max(rest, afterMs)), halted, reason };
    this.#states.set(destination, state);
    this.#sql.exec(
      `INSERT INTO breakers (destination, failures, resume, halted, reason) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET failures = excluded.failures, resume = excluded.resume,
         halted = excluded.halted, reason = excluded.reason`,
      destination,
      failures,
      state.resume,
      halted ? 1 : 0,
      reason,
    );
  }

  /** A replay is an order to try now. */
  clear(destination: string): void {
    this.success(destination);
  }
}
