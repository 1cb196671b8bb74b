/**
 * Says which person a hashed user key stands for, so that the visits of one user on several devices
 * meet in one journey: a Durable Object with SQLite, named `site:index`, asked before an event that
 * names a user goes to a shard.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Site } from '../config.ts';
import { type Context, contextOf, siteOf } from '../context.ts';
import type { Env } from '../env.ts';
import { GroupCommit, QueueFullError } from '../shard/group_commit.ts';
import { claimObject, migrate, readMeta } from '../store.ts';
import { type Claimed, type LinkCounts, Links, type Standing } from './links.ts';
import { finishMove } from './move.ts';
import { IDENTITY_MIGRATIONS } from './schema.ts';

const GROUP_CLAIMS = 2000;
const QUEUE_CLAIMS = 20_000;

/** A move is finished by the request that began it; after this long, by the alarm, ms. */
const MOVE_PATIENCE_MS = 5_000;
/** Pause of the alarm while moves cannot be finished, ms. */
const RETRY_MS = 30_000;
const MOVES_PER_ALARM = 100;

export class IdentityIndex extends DurableObject<Env> {
  readonly #context: Context;
  readonly #group: GroupCommit<Claimed[], Standing[]>;
  #opened: { site: Site; links: Links } | undefined;
  /** When the alarm is known to ring, Unix ms. */
  #alarmAt = 0;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#context = contextOf(env);
    migrate(state.storage, IDENTITY_MIGRATIONS);
    this.#group = new GroupCommit((groups) => this.#note(groups), {
      pace: this.#context.pace,
      groupWeight: GROUP_CLAIMS,
      queueWeight: QUEUE_CLAIMS,
    });
  }

  /**
   * Notes what events say of persons; durable before the answer. The same any number of times is one.
   *
   * @returns one standing each, or `busy` when nothing was noted
   */
  async note(siteKey: string, claimed: Claimed[]): Promise<Standing[] | 'busy'> {
    this.#open(siteKey);
    try {
      return await this.#group.submit(claimed, claimed.length);
    } catch (error) {
      if (error instanceof QueueFullError) return 'busy';
      throw error;
    }
  }

  /** See Links.point. */
  point(siteKey: string, user: string, person: string): string {
    const { links } = this.#open(siteKey);
    return this.ctx.storage.transactionSync(() => links.point(user, person));
  }

  /** See Links.shorten. */
  shorten(siteKey: string, pairs: [user: string, person: string][]): void {
    const { links } = this.#open(siteKey);
    this.ctx.storage.transactionSync(() => {
      for (const [user, person] of pairs) links.shorten(user, person);
    });
  }

  settle(siteKey: string, person: string, alias: string, state: 'moved' | 'refused'): void {
    const { links } = this.#open(siteKey);
    this.ctx.storage.transactionSync(() => links.settle(person, alias, state));
  }

  leave(siteKey: string, person: string, alias: string, settled: boolean): void {
    this.#open(siteKey).links.leave(person, alias, settled);
  }

  aliasesOf(siteKey: string, person: string): string[] {
    return this.#open(siteKey).links.aliasesOf(person);
  }

  forget(siteKey: string, persons: string[]): void {
    const { links } = this.#open(siteKey);
    this.ctx.storage.transactionSync(() => {
      for (const person of persons) links.forget(person);
    });
  }

  counts(siteKey: string): LinkCounts {
    return this.#open(siteKey).links.counts();
  }

  /** Finishes moves whose request died. Never throws: the platform would give up in the end. */
  override async alarm(): Promise<void> {
    this.#alarmAt = 0;
    const siteKey = readMeta(this.ctx.storage.sql, 'site');
    if (siteKey === undefined) return;
    let next: number | undefined;
    try {
      const { site, links } = this.#open(siteKey);
      let finished = true;
      for (const move of links.open(Date.now() - MOVE_PATIENCE_MS, MOVES_PER_ALARM)) {
        const result = await finishMove(this.#context, site, move, true);
        finished &&= result !== 'waiting';
      }
      if (links.open(Number.MAX_SAFE_INTEGER, 1).length > 0) {
        next = finished ? MOVE_PATIENCE_MS : RETRY_MS;
      }
    } catch (error) {
      console.error(`moves of ${siteKey} wait: ${String(error)}`);
      next = RETRY_MS;
    }
    if (next !== undefined) this.#ringIn(next);
  }

  #note(groups: readonly Claimed[][]): Standing[][] {
    const { links } = this.#opened!;
    const now = Date.now();
    const answers = this.ctx.storage.transactionSync(() =>
      groups.map((claimed) => claimed.map((one) => links.note(one, now))),
    );
    if (answers.flat().some(({ state }) => state === 'moving')) this.#ringIn(MOVE_PATIENCE_MS);
    return answers;
  }

  /** An alarm that is set already is not put off. */
  #ringIn(ms: number): void {
    if (this.#alarmAt > Date.now()) return;
    this.#alarmAt = Date.now() + ms;
    // Not awaited: it is written together with what was written before it.
    void this.ctx.storage.setAlarm(this.#alarmAt);
  }

  #open(siteKey: string): { site: Site; links: Links } {
    if (this.#opened?.site.key === siteKey) return this.#opened;
    const site = siteOf(this.#context, siteKey);
    const { sql } = this.ctx.storage;
    claimObject(sql, siteKey);
    this.#opened = { site, links: new Links(sql, site.identity.maxVisitors) };
    return this.#opened;
  }
}
