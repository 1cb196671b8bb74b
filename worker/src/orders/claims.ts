/**
 * Who owns an order. The first person to arrive does, until one that is known better arrives: the
 * order then changes hands once, and whoever learns of it may finish the handover, since each of
 * its steps may be repeated. Keys are 32 hex digits.
 */
import { fromHex, toHex } from '../hex.ts';
import type { Rank } from '../identity/keys.ts';

/** An arrival that names an order. */
export interface Mention {
  order: string;
  person: string;
  rank: Rank;
  /** Keys of (site, action, order id) that it would count; may be empty. */
  actions: string[];
}

export interface Claim {
  owner: string;
  rank: Rank;
  /** Former owners; what they have of the order must reach the owner before anything else does. */
  from: string[];
}

/** A handover that waits to be finished. */
export interface Handover {
  order: string;
  action: string;
  owner: string;
  rank: Rank;
  from: string;
}

type Owner = { person: ArrayBuffer; rank: Rank; kept: number };

export class Claims {
  readonly #sql: SqlStorage;
  readonly #shardOf: (person: string) => number;

  constructor(sql: SqlStorage, shardOf: (person: string) => number) {
    this.#sql = sql;
    this.#shardOf = shardOf;
  }

  /**
   * Notes the arrivals and says who owns each of their actions once all of them are noted. Call
   * inside a transaction.
   *
   * @param now Unix ms
   * @returns for each mention one claim per action
   */
  claim(mentions: readonly Mention[], now: number): Claim[][] {
    for (const mention of mentions) this.#note(mention, now);
    return mentions.map(({ order, actions }) => actions.map((action) => this.#read(order, action)));
  }

  #note({ order, person, rank, actions }: Mention, now: number): void {
    const orderKey = fromHex(order);
    if (actions.length === 0) this.#place(orderKey, this.#shardOf(person));
    for (const action of actions) {
      const actionKey = fromHex(action);
      const found = this.#owner(orderKey, actionKey);
      const owner = found === undefined ? undefined : toHex(new Uint8Array(found.person));
      const wins = found === undefined || (found.rank < rank && found.kept === 0);
      if (wins) {
        if (owner !== undefined && owner !== person) {
          this.#sql.exec(
            'INSERT INTO handovers (order_key, action_key, person, since) VALUES (?, ?, ?, ?)',
            orderKey,
            actionKey,
            fromHex(owner),
            now,
          );
        }
        this.#sql.exec(
          `INSERT INTO claims (order_key, action_key, person, rank) VALUES (?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET person = excluded.person, rank = excluded.rank`,
          orderKey,
          actionKey,
          fromHex(person),
          rank,
        );
      }
      this.#place(orderKey, this.#shardOf(person));
      if (!wins) this.#place(orderKey, this.#shardOf(owner!));
    }
  }

  #place(orderKey: Uint8Array, shard: number): void {
    this.#sql.exec(
      'INSERT INTO places (order_key, shard) VALUES (?, ?) ON CONFLICT DO NOTHING',
      orderKey,
      shard,
    );
  }

  #owner(orderKey: Uint8Array, actionKey: Uint8Array): Owner | undefined {
    return this.#sql
      .exec<Owner>(
        'SELECT person, rank, kept FROM claims WHERE order_key = ? AND action_key = ?',
        orderKey,
        actionKey,
      )
      .toArray()[0];
  }

  #read(order: string, action: string): Claim {
    const [orderKey, actionKey] = [fromHex(order), fromHex(action)];
    const { person, rank } = this.#owner(orderKey, actionKey)!;
    const from = this.#sql
      .exec<{ person: ArrayBuffer }>(
        'SELECT person FROM handovers WHERE order_key = ? AND action_key = ?',
        orderKey,
        actionKey,
      )
      .toArray();
    return {
      owner: toHex(new Uint8Array(person)),
      rank,
      from: from.map((row) => toHex(new Uint8Array(row.person))),
    };
  }

  /** What the former owner had is with the owner. */
  settle({ order, action, from }: Handover): void {
    this.#sql.exec(
      'DELETE FROM handovers WHERE order_key = ? AND action_key = ? AND person = ?',
      fromHex(order),
      fromHex(action),
      fromHex(from),
    );
  }

  /** The former owner cannot give the order away: it owns it again, for good. */
  keep(handover: Handover): void {
    const keys = [handover.order, handover.action].map(fromHex);
    const former = fromHex(handover.from);
    this.#sql.exec(
      `UPDATE claims SET person = ?, rank = 1, kept = 1
       WHERE order_key = ? AND action_key = ? AND EXISTS (
         SELECT 1 FROM handovers WHERE (order_key, action_key, person) = (?, ?, ?))`,
      former,
      ...keys,
      ...keys,
      former,
    );
    this.settle(handover);
  }

  /** A handover that cannot be finished now goes behind the others. @param now Unix ms */
  postpone({ order, action, from }: Handover, now: number): void {
    this.#sql.exec(
      'UPDATE handovers SET since = ? WHERE order_key = ? AND action_key = ? AND person = ?',
      now,
      fromHex(order),
      fromHex(action),
      fromHex(from),
    );
  }

  /** Handovers that began before an instant, oldest first. */
  pending(before: number, limit: number): Handover[] {
    return this.#sql
      .exec<Record<'order_key' | 'action_key' | 'person' | 'former', ArrayBuffer> & { rank: Rank }>(
        `SELECT order_key, action_key, claims.person, claims.rank, handovers.person AS former
         FROM handovers JOIN claims USING (order_key, action_key)
         WHERE since <= ? ORDER BY since LIMIT ?`,
        before,
        limit,
      )
      .toArray()
      .map((row) => ({
        order: toHex(new Uint8Array(row.order_key)),
        action: toHex(new Uint8Array(row.action_key)),
        owner: toHex(new Uint8Array(row.person)),
        rank: row.rank,
        from: toHex(new Uint8Array(row.former)),
      }));
  }

  /** Owners of the order and the shards that know of it. */
  lookup(order: string): OrderPlaces {
    const orderKey = fromHex(order);
    const owners = this.#sql
      .exec<{ action_key: ArrayBuffer; person: ArrayBuffer }>(
        'SELECT action_key, person FROM claims WHERE order_key = ?',
        orderKey,
      )
      .toArray()
      .map((row) => ({
        action: toHex(new Uint8Array(row.action_key)),
        person: toHex(new Uint8Array(row.person)),
      }));
    const shards = this.#sql
      .exec<{ shard: number }>('SELECT shard FROM places WHERE order_key = ?', orderKey)
      .toArray()
      .map(({ shard }) => shard);
    return { owners, shards };
  }
}

export interface OrderPlaces {
  owners: { action: string; person: string }[];
  shards: number[];
}
