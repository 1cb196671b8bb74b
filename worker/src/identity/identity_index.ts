/**
 * Says which person a hashed user key stands for, so that the visits of one user on several devices
 * meet in one journey: a Durable Object with SQLite, named `site:index`, asked before an event that
 * names a user goes to a shard.
 */
import type { Site } from '../config.ts';
import type { Env } from '../env.ts';
import { SiteIndex } from '../site_index.ts';
import { type Claimed, type LinkCounts, Links, type Move, type Standing } from './links.ts';
import { finishMove } from './move.ts';
import { IDENTITY_MIGRATIONS } from './schema.ts';

export class IdentityIndex extends SiteIndex<Claimed, Standing, Links, Move> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env, IDENTITY_MIGRATIONS);
  }

  /**
   * Notes what events say of persons; durable before the answer. The same any number of times is one.
   *
   * @returns one standing each, or `busy` when nothing was noted
   */
  note(siteKey: string, claimed: Claimed[]): Promise<Standing[] | 'busy'> {
    return this.submit(siteKey, claimed);
  }

  /** See Links.point. */
  point(siteKey: string, user: string, person: string): string {
    return this.transaction(siteKey, (links) => links.point(user, person));
  }

  /** See Links.shorten. */
  shorten(siteKey: string, pairs: [user: string, person: string][]): void {
    this.transaction(siteKey, (links) => {
      for (const [user, person] of pairs) links.shorten(user, person);
    });
  }

  settle(siteKey: string, person: string, alias: string, state: 'moved' | 'refused'): void {
    this.transaction(siteKey, (links) => links.settle(person, alias, state));
  }

  leave(siteKey: string, person: string, alias: string, settled: boolean): void {
    this.book(siteKey).leave(person, alias, settled);
  }

  /** See Links.aliasesOf, of several persons. */
  aliasesOf(siteKey: string, persons: string[]): string[] {
    const links = this.book(siteKey);
    return persons.flatMap((person) => links.aliasesOf(person));
  }

  forget(siteKey: string, persons: string[]): void {
    this.transaction(siteKey, (links) => {
      for (const person of persons) links.forget(person);
    });
  }

  counts(siteKey: string): LinkCounts {
    return this.book(siteKey).counts();
  }

  protected override bookOf(sql: SqlStorage, site: Site): Links {
    return new Links(sql, site.identity.maxVisitors);
  }

  protected override take(links: Links, claimed: readonly Claimed[], now: number): Standing[] {
    return claimed.map((one) => links.note(one, now));
  }

  protected override isOpen({ state }: Standing): boolean {
    return state === 'moving';
  }

  protected override openBefore(links: Links, before: number, limit: number): Move[] {
    return links.open(before, limit);
  }

  protected override async finish(site: Site, move: Move): Promise<boolean> {
    return (await finishMove(this.context, site, move, true)) !== 'waiting';
  }

  protected override postpone(links: Links, move: Move, now: number): void {
    links.postpone(move, now);
  }
}
