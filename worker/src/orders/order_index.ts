/**
 * Says which person an order counts for, so that a pixel, a server call and a second device meet in
 * one journey: a Durable Object with SQLite, named `site:index`, asked before an event that names
 * an order goes to a shard.
 */
import type { Site } from '../config.ts';
import type { Env } from '../env.ts';
import { shardOf } from '../identity/keys.ts';
import { SiteIndex } from '../site_index.ts';
import { type Claim, Claims, type Handover, type Mention, type OrderPlaces } from './claims.ts';
import { handOver } from './handover.ts';
import { ORDER_MIGRATIONS } from './schema.ts';

export class OrderIndex extends SiteIndex<Mention, Claim[], Claims, Handover> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env, ORDER_MIGRATIONS);
  }

  /**
   * Notes arrivals; durable before the answer. The same arrival any number of times is one.
   *
   * @returns for each mention one claim per action, or `busy` when nothing was noted
   */
  claim(siteKey: string, mentions: Mention[]): Promise<Claim[][] | 'busy'> {
    return this.submit(siteKey, mentions);
  }

  settle(siteKey: string, handovers: Handover[]): void {
    const claims = this.book(siteKey);
    for (const handover of handovers) claims.settle(handover);
  }

  keep(siteKey: string, handover: Handover): void {
    this.transaction(siteKey, (claims) => claims.keep(handover));
  }

  /** @param order key of (site, order id), 32 hex digits */
  lookup(siteKey: string, order: string): OrderPlaces {
    return this.book(siteKey).lookup(order);
  }

  protected override bookOf(sql: SqlStorage, site: Site): Claims {
    return new Claims(sql, (person) => shardOf(person, site.shards));
  }

  protected override take(claims: Claims, mentions: readonly Mention[], now: number): Claim[][] {
    return claims.claim(mentions, now);
  }

  protected override isOpen(claims: Claim[]): boolean {
    return claims.some(({ from }) => from.length > 0);
  }

  protected override openBefore(claims: Claims, before: number, limit: number): Handover[] {
    return claims.pending(before, limit);
  }

  protected override async finish(site: Site, handover: Handover): Promise<boolean> {
    return (await handOver(this.context, site, handover)) !== 'refused';
  }

  protected override postpone(claims: Claims, handover: Handover, now: number): void {
    claims.postpone(handover, now);
  }
}
