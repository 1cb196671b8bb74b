/**
 * The sums of all shards of a site in one place: a Durable Object with SQLite, named by the site. It
 * takes over what has changed in each shard, by its number, before it answers; nothing on the way of an
 * event knows of it.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Site } from '../config.ts';
import { type Context, contextOf, siteOf } from '../context.ts';
import type { Env } from '../env.ts';
import type { LedgerPage } from '../shard/changes.ts';
import { callEach, callShard } from '../shard/client.ts';
import {
  AS_GIVEN,
  type LedgerQuery,
  type LedgerSum,
  queryLedger,
  SourceIds,
} from '../shard/ledger.ts';
import { claimObject, migrate } from '../store.ts';
import { ROLLUP_MIGRATIONS } from './schema.ts';
import { type Cursor, cursorOf, rateMissingBetween, rowsOf, rowsOfPage, takePage } from './sums.ts';

/** Sites with more shards get answers that may be so old, ms; others always new ones. */
const MANY_SHARDS = 256;
const MAY_BE_OLD_MS = 10_000;

/** At a shard that changes while it is compared. */
const LOOKS = 5;

export interface RollupAnswer {
  /** For each query. */
  sums: LedgerSum[][];
  /** Events received in the period of the first query that had no rate. */
  rateMissing: number;
  /** When the last shard was asked, Unix ms. */
  asOf: number;
}

export class Rollup extends DurableObject<Env> {
  readonly #context: Context;
  readonly #sources: SourceIds;
  #pulledAt = 0;
  /** By shard: the pull that goes on, and the one after it, for all who have asked since it began. */
  readonly #pulls = new Map<number, { running: Promise<void>; next?: Promise<void> }>();

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#context = contextOf(env);
    migrate(state.storage, ROLLUP_MIGRATIONS);
    this.#sources = new SourceIds(state.storage.sql, AS_GIVEN);
  }

  /** Sums under several models, all of one moment. */
  async report(siteKey: string, queries: LedgerQuery[]): Promise<RollupAnswer> {
    const site = this.#open(siteKey);
    const { sql } = this.ctx.storage;
    const old = site.shards > MANY_SHARDS && Date.now() - this.#pulledAt < MAY_BE_OLD_MS;
    if (!old) await this.#pullAll(site);
    return {
      sums: queries.map((query) => queryLedger(sql, query)),
      rateMissing: rateMissingBetween(sql, queries[0]?.from ?? 0, queries[0]?.to ?? -1),
      asOf: this.#pulledAt,
    };
  }

  /**
   * What differs from the ledgers of the shards, in words; empty when nothing does. A shard that changes
   * during each of several looks is left out.
   */
  async verify(siteKey: string): Promise<string[]> {
    const site = this.#open(siteKey);
    const all = [...new Array(site.shards).keys()];
    const equal = await callEach(all, (shard) => this.#compare(site, shard));
    return all
      .filter((shard) => !equal[shard])
      .map((shard) => `the rollup has other sums than shard ${shard}`);
  }

  async #compare(site: Site, shard: number): Promise<boolean> {
    const { sql } = this.ctx.storage;
    for (let look = 0; look < LOOKS; look++) {
      await this.#pull(site, shard);
      const rows: string[] = [];
      let asked = { step: '', seq: 0 };
      for (let more = true; more; ) {
        const page: LedgerPage = await this.#changes(site, shard, { ...asked, seq: 0 }, asked.seq);
        for (const row of rowsOfPage(page)) rows.push(row);
        asked = page;
        more = page.more;
      }
      const { seq, step } = cursorOf(sql, shard);
      if (seq !== asked.seq || step !== asked.step) continue;
      const own = rowsOf(sql, shard);
      rows.sort();
      return rows.length === own.length && rows.every((row, i) => row === own[i]);
    }
    return true;
  }

  #changes(site: Site, shard: number, { step, seq }: Cursor, from: number): Promise<LedgerPage> {
    return callShard(this.#context, site, shard, (stub) => stub.changes(site.key, step, seq, from));
  }

  async #pullAll(site: Site): Promise<void> {
    const began = Date.now();
    await callEach([...new Array(site.shards).keys()], (shard) => this.#pull(site, shard));
    this.#pulledAt = Math.max(this.#pulledAt, began);
  }

  /** One pull of a shard at a time; what it finds is not older than the call. */
  #pull(site: Site, shard: number): Promise<void> {
    const now = this.#pulls.get(shard);
    if (now === undefined) return this.#begin(site, shard);
    const again = () => this.#begin(site, shard);
    now.next ??= now.running.then(again, again);
    return now.next;
  }

  #begin(site: Site, shard: number): Promise<void> {
    const running = this.#pullPages(site, shard);
    const pull = { running };
    this.#pulls.set(shard, pull);
    const done = () => {
      if (this.#pulls.get(shard) === pull) this.#pulls.delete(shard);
    };
    running.then(done, done);
    return running;
  }

  async #pullPages(site: Site, shard: number): Promise<void> {
    const { storage } = this.ctx;
    let asked = cursorOf(storage.sql, shard);
    for (let more = true, from = asked.seq; more; ) {
      const page: LedgerPage = await this.#changes(site, shard, asked, from);
      try {
        storage.transactionSync(() => takePage(storage.sql, this.#sources, shard, page));
      } catch (error) {
        this.#sources.forget();
        throw error;
      }
      if (page.whole) asked = { step: page.step, seq: 0 };
      from = page.seq;
      more = page.more;
    }
  }

  #open(siteKey: string): Site {
    const site = siteOf(this.#context, siteKey);
    claimObject(this.ctx.storage.sql, siteKey);
    return site;
  }
}
