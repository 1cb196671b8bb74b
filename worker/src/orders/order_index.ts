/**
 * Says which person an order counts for, so that a pixel, a server call and a second device meet in
 * one journey: a Durable Object with SQLite, named `site:index`, asked before an event that names
 * an order goes to a shard.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Site } from '../config.ts';
import { type Context, contextOf, siteOf } from '../context.ts';
import type { Env } from '../env.ts';
import { shardOf } from '../identity/keys.ts';
import { GroupCommit, QueueFullError } from '../shard/group_commit.ts';
import { claimObject, migrate, readMeta } from '../store.ts';
import { type Claim, Claims, type Handover, type Mention, type OrderPlaces } from './claims.ts';
import { handOver } from './handover.ts';
import { ORDER_MIGRATIONS } from './schema.ts';

const GROUP_MENTIONS = 2000;
const QUEUE_MENTIONS = 20_000;

/** A handover is finished by the request that began it; after this long, by the alarm, ms. */
const HANDOVER_PATIENCE_MS = 5_000;
/** Pause of the alarm while handovers cannot be finished, ms. */
const RETRY_MS = 30_000;
const HANDOVERS_PER_ALARM = 100;

export class OrderIndex extends DurableObject<Env> {
  readonly #context: Context;
  readonly #group: GroupCommit<Mention[], Claim[][]>;
  #opened: { site: Site; claims: Claims } | undefined;
  /** When the alarm is known to ring, Unix ms. */
  #alarmAt = 0;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#context = contextOf(env);
    migrate(state.storage, ORDER_MIGRATIONS);
    this.#group = new GroupCommit((groups) => this.#claim(groups), {
      pace: this.#context.pace,
      groupWeight: GROUP_MENTIONS,
      queueWeight: QUEUE_MENTIONS,
    });
  }

  /**
   * Notes arrivals; durable before the answer. The same arrival any number of times is one.
   *
   * @returns for each mention one claim per action, or `busy` when nothing was noted
   */
  async claim(siteKey: string, mentions: Mention[]): Promise<Claim[][] | 'busy'> {
    this.#open(siteKey);
    try {
      return await this.#group.submit(mentions, mentions.length);
    } catch (error) {
      if (error instanceof QueueFullError) return 'busy';
      throw error;
    }
  }

  settle(siteKey: string, handovers: Handover[]): void {
    const { claims } = this.#open(siteKey);
    for (const handover of handovers) claims.settle(handover);
  }

  keep(siteKey: string, handover: Handover): void {
    const { claims } = this.#open(siteKey);
    this.ctx.storage.transactionSync(() => claims.keep(handover));
  }

  /** @param order key of (site, order id), 32 hex digits */
  lookup(siteKey: string, order: string): OrderPlaces {
    return this.#open(siteKey).claims.lookup(order);
  }

  /** Finishes handovers whose request died. Never throws: the platform would give up in the end. */
  override async alarm(): Promise<void> {
    this.#alarmAt = 0;
    const siteKey = readMeta(this.ctx.storage.sql, 'site');
    if (siteKey === undefined) return;
    let next: number | undefined;
    try {
      const { site, claims } = this.#open(siteKey);
      const due = claims.pending(Date.now() - HANDOVER_PATIENCE_MS, HANDOVERS_PER_ALARM);
      let finished = true;
      for (const handover of due) {
        const result = await handOver(this.#context, site, handover);
        finished &&= result !== 'refused';
      }
      if (claims.pending(Number.MAX_SAFE_INTEGER, 1).length > 0) {
        next = finished ? HANDOVER_PATIENCE_MS : RETRY_MS;
      }
    } catch (error) {
      console.error(`handovers of ${siteKey} wait: ${String(error)}`);
      next = RETRY_MS;
    }
    if (next !== undefined) this.#ringIn(next);
  }

  #claim(groups: readonly Mention[][]): Claim[][][] {
    const { claims } = this.#opened!;
    const now = Date.now();
    const answers = this.ctx.storage.transactionSync(() => {
      const all = claims.claim(groups.flat(), now);
      let taken = 0;
      return groups.map(({ length }) => {
        taken += length;
        return all.slice(taken - length, taken);
      });
    });
    if (answers.flat(2).some(({ from }) => from.length > 0)) this.#ringIn(HANDOVER_PATIENCE_MS);
    return answers;
  }

  /** An alarm that is set already is not put off. */
  #ringIn(ms: number): void {
    if (this.#alarmAt > Date.now()) return;
    this.#alarmAt = Date.now() + ms;
    // Not awaited: it is written together with what was written before it.
    void this.ctx.storage.setAlarm(this.#alarmAt);
  }

  #open(siteKey: string): { site: Site; claims: Claims } {
    if (this.#opened?.site.key === siteKey) return this.#opened;
    const site = siteOf(this.#context, siteKey);
    const { sql } = this.ctx.storage;
    claimObject(sql, siteKey);
    const claims = new Claims(sql, (person) => shardOf(person, site.shards));
    this.#opened = { site, claims };
    return this.#opened;
  }
}
