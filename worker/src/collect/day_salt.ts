/**
 * What today's cookieless visitors of a site are hashed with: 32 random bytes in a Durable Object of
 * their own, named by the site, far from the events. They go with the site's day, and with them the
 * last way to find out who a visitor was.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Site } from '../config.ts';
import { contextOf, siteOf } from '../context.ts';
import type { Env } from '../env.ts';
import { endOfDay } from '../schema/time.ts';

export interface Salt {
  /** Day of the site's time zone, since 1970-01-01. */
  day: number;
  salt: Uint8Array;
}

const NAME = 'salt';

export class DaySalt extends DurableObject<Env> {
  /** The salt of this moment's day; durable before the answer. */
  async today(siteKey: string): Promise<Salt> {
    const site = siteOf(contextOf(this.env), siteKey);
    // Asked once a day by each isolate, so nobody is held up; two at once must not make two.
    return await this.ctx.blockConcurrencyWhile(() => this.#saltOf(site, Date.now()));
  }

  async #saltOf({ dayOf }: Site, now: number): Promise<Salt> {
    const { storage } = this.ctx;
    const day = dayOf(now);
    const held = await storage.get<Salt>(NAME);
    if (held?.day === day) return held;
    // Not only the row: deleted rows stay in a database file, which this makes anew.
    await storage.deleteAll();
    const made = { day, salt: crypto.getRandomValues(new Uint8Array(32)) };
    await storage.put(NAME, made);
    await storage.setAlarm(endOfDay(dayOf, now));
    return made;
  }

  /** The day is over. */
  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }
}
