/** The outbox as a queue in SQL: claim, settle, look. No network here. */

import type { Delivery, Verdict } from '../destinations/destination.ts';
import { isDenied, pruneClicks } from './clicks.ts';
import { CLIENT_OF, forgetClients, pruneClients, readClient } from './clients.ts';
import { withClientOf } from './delivery.ts';
import { noteReceipt } from './receipts.ts';
import type { Sql, SqlValue, Store } from './sql.ts';

/** A row that is being sent. */
export interface Claimed {
  id: number;
  /** How often it has been tried, this time included. */
  tries: number;
  expires: number;
  delivery: Delivery;
}

interface Row extends Record<string, SqlValue> {
  id: number;
  person: ArrayBuffer;
  order_key: ArrayBuffer | null;
  conversion: string;
  kind: string;
  expires: number;
  tries: number;
  delivery: string;
  client: ArrayBuffer | null;
}

/** As the index of open rows says it: without these very words SQLite reads all rows that there are. */
const OPEN = "state IN ('waiting', 'sending')";
/** Settled rows are kept this long for the reports of what became of a conversion, ms. */
const KEPT_MS = 90 * 86_400_000;
/** Rows that one look may settle without sending. */
const LOOKS = 200;

export class Queue {
  readonly #storage: Store;

  constructor(storage: Store) {
    this.#storage = storage;
  }

  get #sql(): Sql {
    return this.#storage.sql;
  }

  /** What was being sent when the process died is sent again, under the same ids. */
  recover(): void {
    this.#sql.exec(`UPDATE outbox SET state = 'waiting' WHERE ${OPEN} AND state = 'sending'`);
  }

  /**
   * Takes what is due, oldest first, and marks it as being sent. Settles on the way what is not to be
   * sent any more: too old, consent taken back, a refund of what was never sent.
   *
   * @param limit most rows
   */
  claim(destination: string, now: number, limit: number): Claimed[] {
    return this.#storage.transactionSync(() => {
      const claimed: Claimed[] = [];
      for (let look = 0; look < LOOKS && claimed.length === 0; look++) {
        const rows = this.#due(destination, now, limit);
        if (rows.length === 0) break;
        claimed.push(...this.#claimed(destination, rows, now));
      }
      return claimed;
    });
  }

  /** @param until in place of when they were due, Unix ms */
  #claimed(destination: string, rows: readonly Row[], now: number, until?: number): Claimed[] {
    const claimed: Claimed[] = [];
    for (const row of rows) {
      const stop = this.#stop(destination, row, now);
      if (stop === 'wait') {
        this.postpone([row.id], now + WAIT_FOR_CONVERSION_MS);
      } else if (stop !== undefined) {
        this.#settle(row.id, stop.state, stop.reason, now);
      } else {
        claimed.push(toClaimed(row));
      }
    }
    for (const { id } of claimed) {
      this.#sql.exec(
        "UPDATE outbox SET state = 'sending', tries = tries + 1, due = coalesce(?, due) WHERE id = ?",
        until ?? null,
        id,
      );
    }
    return claimed;
  }

  /**
   * Names rows that are due, oldest first; they are due again at a later moment, unless they were taken.
   *
   * @param until when they are to be named again, Unix ms
   */
  handOver(destination: string, now: number, limit: number, until: number): number[] {
    return this.#storage.transactionSync(() => {
      const ids = this.#due(destination, now, limit).map(({ id }) => id);
      this.postpone(ids, until);
      return ids;
    });
  }

  /** As `claim`, of these rows those that wait. @param until when they are taken back, Unix ms */
  take(destination: string, ids: readonly number[], now: number, until: number): Claimed[] {
    return this.#storage.transactionSync(() => {
      const rows = this.#sql
        .exec<Row>(
          `SELECT id, person, order_key, conversion, kind, expires, tries, delivery,
             ${CLIENT_OF}
           FROM outbox WHERE +destination = ? AND state = 'waiting'
             AND id IN (SELECT value FROM json_each(?)) ORDER BY id`,
          destination,
          JSON.stringify(ids),
        )
        .toArray();
      return this.#claimed(destination, rows, now, until);
    });
  }

  /** Takes back what was not told of in time. */
  expire(now: number): void {
    this.#sql.exec(
      `UPDATE outbox SET state = 'waiting' WHERE ${OPEN} AND state = 'sending' AND due <= ?`,
      now,
    );
  }

  /** When the next row is to be taken back, Unix ms; undefined: none is being sent. */
  nextLease(): number | undefined {
    const { due } = this.#sql
      .exec<{ due: number | null }>(
        `SELECT min(due) AS due FROM outbox WHERE ${OPEN} AND state = 'sending'`,
      )
      .one();
    return due ?? undefined;
  }

  /** Whether this try of a row is the one under way. */
  isSending({ id, tries }: Pick<Claimed, 'id' | 'tries'>): boolean {
    return this.#has("id = ? AND state = 'sending' AND tries = ?", id, tries);
  }

  /** Whether the row is still to be delivered. */
  isOpen(id: number): boolean {
    return this.#has(`id = ? AND ${OPEN}`, id);
  }

  #has(where: string, ...values: number[]): boolean {
    return (
      this.#sql
        .exec<{ found: number }>(
          `SELECT EXISTS (SELECT 1 FROM outbox WHERE ${where}) AS found`,
          ...values,
        )
        .one().found === 1
    );
  }

  #due(destination: string, now: number, limit: number): Row[] {
    return this.#sql
      .exec<Row>(
        `SELECT id, person, order_key, conversion, kind, expires, tries, delivery,
             ${CLIENT_OF}
         FROM outbox WHERE destination = ? AND ${OPEN} AND state = 'waiting' AND due <= ?
         ORDER BY due, id LIMIT ?`,
        destination,
        now,
        limit,
      )
      .toArray();
  }

  /** Why a due row is not sent now: for good, or because its conversion is still on its way. */
  #stop(
    destination: string,
    { person, order_key, conversion, kind, expires }: Row,
    now: number,
  ): { state: 'dead' | 'skipped'; reason: string } | 'wait' | undefined {
    if (expires <= now) return { state: 'dead', reason: 'too old: the platform takes it no more' };
    if (isDenied(this.#sql, person)) {
      return { state: 'skipped', reason: 'consent: ad_user_data was taken back' };
    }
    if (kind !== 'refund' || order_key === null) return undefined;
    const [sent] = this.#sql
      .exec<{ state: string }>(
        `SELECT state FROM outbox
         WHERE order_key = ? AND destination = ? AND conversion = ? AND kind = 'conversion'`,
        new Uint8Array(order_key),
        destination,
        conversion,
      )
      .toArray();
    if (sent === undefined || sent.state === 'delivered') return undefined;
    if (sent.state === 'waiting' || sent.state === 'sending') return 'wait';
    return { state: 'skipped', reason: `its conversion was not delivered (${sent.state})` };
  }

  /** Of these rows, those that wait are due at another time. */
  postpone(ids: readonly number[], due: number): void {
    this.#sql.exec(
      `UPDATE outbox SET due = ?
       WHERE state = 'waiting' AND id IN (SELECT value FROM json_each(?))`,
      due,
      JSON.stringify(ids),
    );
  }

  /** @param keep the delivery, for a replay */
  #settle(
    id: number,
    state: 'delivered' | 'dead' | 'skipped',
    reason: string | null,
    now: number,
    keep = state === 'dead',
  ): void {
    this.#sql.exec(
      `UPDATE outbox SET state = ?, reason = ?, settled = ?, delivery = iif(?, delivery, NULL)
       WHERE id = ?`,
      state,
      reason,
      now,
      Number(keep),
      id,
    );
    forgetClients(this.#sql, 'id = ?', id);
  }

  /**
   * Writes down what became of claimed rows.
   *
   * @param again when to try a row again, Unix ms
   */
  record(
    results: readonly { row: Pick<Claimed, 'id' | 'tries' | 'expires'>; verdict: Verdict }[],
    now: number,
    again: (row: Pick<Claimed, 'tries' | 'expires'>, verdict: Verdict) => number,
  ): void {
    this.#storage.transactionSync(() => {
      for (const { row, verdict } of results) {
        if (verdict.state === 'delivered') {
          const { note = null, receipt } = verdict;
          this.#settle(row.id, 'delivered', note, now, receipt !== undefined);
          if (receipt !== undefined) noteReceipt(this.#sql, row.id, receipt, now);
        } else if (verdict.state === 'dead') {
          this.#settle(row.id, 'dead', verdict.reason, now);
        } else {
          this.#sql.exec(
            "UPDATE outbox SET state = 'waiting', reason = ?, due = ? WHERE id = ?",
            verdict.reason,
            again(row, verdict),
            row.id,
          );
        }
      }
    });
  }

  /** When the next row of a destination is due, undefined when none waits. */
  nextDue(destination: string): number | undefined {
    const [row] = this.#sql
      .exec<{ due: number }>(
        `SELECT due FROM outbox
         WHERE destination = ? AND ${OPEN} AND state = 'waiting' ORDER BY due LIMIT 1`,
        destination,
      )
      .toArray();
    return row?.due;
  }

  /** What waits is due now. */
  hurry(destination: string, now: number): void {
    this.#sql.exec(
      `UPDATE outbox SET due = ?
       WHERE destination = ? AND ${OPEN} AND state = 'waiting' AND due > ?`,
      now,
      destination,
      now,
    );
  }

  /**
   * Dead rows wait again, those that the platform would still take.
   *
   * @param ids all dead rows when absent
   * @returns how many wait again, and how many are too old for it
   */
  replay(
    destination: string | undefined,
    ids: readonly number[] | undefined,
    now: number,
  ): { replayed: number; too_old: number } {
    const where = `state = 'dead' AND delivery IS NOT NULL AND (? IS NULL OR destination = ?)
       AND (? IS NULL OR id IN (SELECT value FROM json_each(?)))`;
    const list = ids === undefined ? null : JSON.stringify(ids);
    const only = [destination ?? null, destination ?? null, list, list];
    return this.#storage.transactionSync(() => {
      const { old } = this.#sql
        .exec<{ old: number }>(
          `SELECT count(*) AS old FROM outbox WHERE ${where} AND expires <= ?`,
          ...only,
          now,
        )
        .one();
      const { ready } = this.#sql
        .exec<{ ready: number }>(
          `SELECT count(*) AS ready FROM outbox WHERE ${where} AND expires > ?`,
          ...only,
          now,
        )
        .one();
      this.#sql.exec(
        `UPDATE outbox SET state = 'waiting', due = ?, tries = 0, settled = NULL
         WHERE ${where} AND expires > ?`,
        now,
        ...only,
        now,
      );
      return { replayed: ready, too_old: old };
    });
  }

  /** Forgets what nobody asks for any more. */
  prune(now: number): void {
    this.#sql.exec('DELETE FROM outbox WHERE settled < ?', now - KEPT_MS);
    pruneClients(this.#sql);
    pruneClicks(this.#sql, now);
  }
}

/** A refund looks this often whether its conversion has arrived. */
const WAIT_FOR_CONVERSION_MS = 2000;

function toClaimed({ id, tries, expires, delivery, client }: Row): Claimed {
  return {
    id,
    tries: tries + 1,
    expires,
    delivery: withClientOf(JSON.parse(delivery), readClient(client)),
  };
}
