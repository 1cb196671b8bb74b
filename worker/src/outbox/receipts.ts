/**
 * What platforms make of requests that they took, where they tell it later: asked for under the receipt
 * that a delivery came back with, and written down as the delivery's final word.
 */
import { reasonOf } from '../destinations/common.ts';
import type { Outlook, Receiving } from '../destinations/destination.ts';
import { destinationOf } from '../destinations/registry.ts';
import type { DestinationConfig } from '../destinations/schemas.ts';
import { type Sender, TIMEOUT_MS } from './send.ts';
import type { Sql, SqlValue, Store } from './sql.ts';

export const RECEIPT_TABLES: readonly string[] = [
  // receipt: the platform's id of a request. rows: JSON list of ids of outbox. due, since: Unix ms.
  `CREATE TABLE receipts (
    destination TEXT NOT NULL,
    receipt TEXT NOT NULL,
    rows TEXT NOT NULL,
    since INTEGER NOT NULL,
    due INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (destination, receipt)
  ) WITHOUT ROWID, STRICT`,
];

/** Nothing is asked for longer than this, ms. */
const PATIENCE_MS = 24 * 3_600_000;
const LONGEST_WAIT_MS = 3_600_000;
/** Receipts of one run; the platform counts reads by the minute. */
const AT_ONCE = 50;
const ANSWER_LENGTH = 64 * 1024;

interface Row extends Record<string, SqlValue> {
  destination: string;
  receipt: string;
  rows: string;
  since: number;
  due: number;
  tries: number;
}

/** Notes that these rows were taken under a receipt. Call inside the transaction that says so. */
export function noteReceipt(sql: Sql, row: number, receipt: string, now: number): void {
  sql.exec(
    `INSERT INTO receipts (destination, receipt, rows, since, due)
     SELECT destination, ?, json_array(id), ?, ? FROM outbox WHERE id = ?
     ON CONFLICT DO UPDATE SET rows = json_insert(rows, '$[#]', json_extract(excluded.rows, '$[0]'))`,
    receipt,
    now,
    now,
    row,
  );
}

export class Receipts {
  readonly #storage: Store;
  readonly #configs: readonly DestinationConfig[];
  readonly #sender: Sender;

  constructor(storage: Store, configs: readonly DestinationConfig[], sender: Sender) {
    this.#storage = storage;
    this.#configs = configs;
    this.#sender = sender;
  }

  get #sql(): Sql {
    return this.#storage.sql;
  }

  /** When there is something to ask for, Unix ms; undefined: nothing. */
  next(): number | undefined {
    const times = this.#asking().flatMap(({ config, receiving }) => {
      const { due } = this.#sql
        .exec<{ due: number | null }>(
          'SELECT min(due) AS due FROM receipts WHERE destination = ?',
          config.name,
        )
        .one();
      return due === null ? [] : [due + receiving.firstMs(config)];
    });
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #asking(): { config: DestinationConfig; receiving: Receiving }[] {
    return this.#configs.flatMap((config) => {
      const { receiving } = destinationOf(config);
      return receiving === undefined ? [] : [{ config, receiving }];
    });
  }

  /** Asks for what is due. Never throws. */
  async run(): Promise<void> {
    const now = this.#sender.now();
    for (const { config, receiving } of this.#asking()) {
      const due = this.#sql
        .exec<Row>(
          'SELECT * FROM receipts WHERE destination = ? AND due <= ? ORDER BY due LIMIT ?',
          config.name,
          now - receiving.firstMs(config),
          AT_ONCE,
        )
        .toArray();
      for (const row of due) {
        const outlook = await this.#ask(config, receiving, row.receipt);
        this.#write(config, receiving, row, outlook);
      }
    }
  }

  async #ask(config: DestinationConfig, receiving: Receiving, receipt: string): Promise<Outlook> {
    const { secrets, fetch, now } = this.#sender;
    try {
      const { url, headers } = await receiving.call(config, receipt, { secrets, now: now() });
      const response = await fetch(url, {
        headers,
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = (await response.text()).slice(0, ANSWER_LENGTH);
      const answer = { status: response.status, headers: response.headers, text };
      const outlook =
        response.status === 200
          ? receiving.read(answer)
          : { state: 'open' as const, reason: reasonOf(response.status, text) };
      return { ...outlook, reason: secrets.redact(outlook.reason) };
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return { state: 'open', reason: secrets.redact(`no answer: ${reason}`) };
    }
  }

  #write(
    config: DestinationConfig,
    receiving: Receiving,
    { receipt, rows, since, tries }: Row,
    outlook: Outlook,
  ): void {
    const now = this.#sender.now();
    const ids = JSON.parse(rows) as number[];
    const gaveUp = outlook.state === 'open' && now - since >= PATIENCE_MS;
    const said = `request ${receipt} ${outlook.reason}`.slice(0, 500);
    this.#storage.transactionSync(() => {
      if (outlook.state === 'open' && !gaveUp) {
        const wait = Math.min(
          LONGEST_WAIT_MS,
          receiving.firstMs(config) * 2 ** Math.min(tries, 20),
        );
        this.#sql.exec(
          'UPDATE receipts SET due = ?, tries = tries + 1 WHERE destination = ? AND receipt = ?',
          // Looked at one first wait later than this.
          now + wait - receiving.firstMs(config),
          config.name,
          receipt,
        );
        return;
      }
      for (const id of ids)
        this.#settle(id, outlook, gaveUp ? `${said}: asked no more` : said, now);
      this.#sql.exec(
        'DELETE FROM receipts WHERE destination = ? AND receipt = ?',
        config.name,
        receipt,
      );
    });
  }

  /** Of rows that have been sent anew meanwhile nothing is changed. */
  #settle(id: number, outlook: Outlook, said: string, now: number): void {
    if (outlook.state === 'refused') {
      this.#sql.exec(
        `UPDATE outbox SET state = ?, reason = ?, due = ?, settled = ?
         WHERE id = ? AND state = 'delivered' AND delivery IS NOT NULL`,
        outlook.againMs === undefined ? 'dead' : 'waiting',
        said,
        now + (outlook.againMs ?? 0),
        outlook.againMs === undefined ? now : null,
        id,
      );
      return;
    }
    this.#sql.exec(
      "UPDATE outbox SET reason = ?, delivery = NULL WHERE id = ? AND state = 'delivered'",
      said,
      id,
    );
  }
}
