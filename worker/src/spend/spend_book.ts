/** What a site's advertising cost: a Durable Object with SQLite, named by the site. */
import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../env.ts';
import { migrate } from '../store.ts';
import { SPEND_MIGRATIONS } from './schema.ts';

export interface SpendRow {
  /** Days since 1970-01-01 in the site's time zone. */
  day: number;
  channel: string;
  source: string;
  medium: string;
  campaign: string;
  /** Micros of the site's currency. */
  cost: number;
  clicks: number;
  impressions: number;
}

export const SPEND_DIMENSIONS = ['channel', 'source', 'medium', 'campaign'] as const;
export type SpendDimension = (typeof SPEND_DIMENSIONS)[number];

export interface SpendSum {
  key: string;
  /** Sums as decimal texts: they may pass 2^53. */
  cost: string;
  clicks: number;
  impressions: number;
}

export class SpendBook extends DurableObject<Env> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    migrate(state.storage, SPEND_MIGRATIONS);
  }

  /**
   * Takes rows of one file; durable before the answer. The first row of a day and source (of a channel,
   * where no source is given) drops what earlier files said of them; rows of one file that have all in
   * common are added up. Of files that come at the same time the one that began last stands, whole.
   *
   * @param upload what tells this file's rows from those of others; a later file's sorts behind
   */
  put(upload: string, rows: SpendRow[]): void {
    const { sql } = this.ctx.storage;
    this.ctx.storage.transactionSync(() => {
      /** Whether this file's rows of a day and source stand. */
      const ours = new Map<string, boolean>();
      for (const { day, channel, source, medium, campaign, cost, clicks, impressions } of rows) {
        const scope = `${day} ${source ? `source ${source}` : `channel ${channel}`}`;
        if (!ours.has(scope)) ours.set(scope, this.#take(upload, day, source, channel));
        if (!ours.get(scope)) continue;
        sql.exec(
          `INSERT INTO spend (day, channel, source, medium, campaign, upload, cost, clicks, impressions)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET cost = cost + excluded.cost, clicks = clicks + excluded.clicks,
             impressions = impressions + excluded.impressions`,
          ...[day, channel, source, medium, campaign, upload, cost, clicks, impressions],
        );
      }
    });
  }

  /** Drops what earlier files said of a day and source; false when a later file has said something. */
  #take(upload: string, day: number, source: string, channel: string): boolean {
    const { sql } = this.ctx.storage;
    const where = "day = ? AND source = ? AND (source <> '' OR channel = ?)";
    const { newest } = sql
      .exec<{ newest: string }>(
        `SELECT coalesce(max(upload), '') AS newest FROM spend WHERE ${where}`,
        day,
        source,
        channel,
      )
      .one();
    if (newest > upload) return false;
    sql.exec(`DELETE FROM spend WHERE ${where} AND upload <> ?`, day, source, channel, upload);
    return true;
  }

  /** Sums of a period by one dimension; days inclusive. */
  sums(from: number, to: number, dimension: SpendDimension): SpendSum[] {
    if (!SPEND_DIMENSIONS.includes(dimension)) throw new RangeError(`no dimension ${dimension}`);
    const rows = this.ctx.storage.sql.exec<{
      key: string;
      cost: number;
      clicks: number;
      impressions: number;
    }>(
      `SELECT ${dimension} AS key, cost, clicks, impressions FROM spend WHERE day BETWEEN ? AND ?`,
      from,
      to,
    );
    const sums = new Map<string, { cost: bigint; clicks: number; impressions: number }>();
    for (const { key, cost, clicks, impressions } of rows) {
      const sum = sums.get(key) ?? { cost: 0n, clicks: 0, impressions: 0 };
      sum.cost += BigInt(cost);
      sum.clicks += clicks;
      sum.impressions += impressions;
      sums.set(key, sum);
    }
    return [...sums].map(([key, sum]) => ({ key, ...sum, cost: String(sum.cost) }));
  }
}
