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
   * Takes rows of one file; durable before the answer. The first row of a day and source drops what
   * other files said of them; rows of one file that have all in common are added up.
   *
   * @param upload what tells this file's rows from those of others
   */
  put(upload: string, rows: SpendRow[]): void {
    const { sql } = this.ctx.storage;
    this.ctx.storage.transactionSync(() => {
      const cleared = new Set<string>();
      for (const { day, channel, source, medium, campaign, cost, clicks, impressions } of rows) {
        const scope = `${day} ${source}`;
        if (!cleared.has(scope)) {
          sql.exec(
            'DELETE FROM spend WHERE day = ? AND source = ? AND upload <> ?',
            day,
            source,
            upload,
          );
          cleared.add(scope);
        }
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
