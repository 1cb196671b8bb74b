/**
 * Which figures a report shows. After a change of models or windows the figures of before stay until
 * every shard has folded its log again; then all change together.
 */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { isRuleModel } from '../models.ts';
import { withStep } from '../shard/books.ts';
import { callAllShards } from '../shard/client.ts';
import type { Standing } from '../shard/refold.ts';

export interface Figures {
  /** With the settings of the figures in force. */
  site: Site;
  /** Absent when these are the configuration's. */
  refold?: { done: number; models: readonly string[] };
}

/**
 * Puts new figures in force when all shards have them.
 *
 * @throws Problem unavailable
 */
export async function figuresOf(context: Context, site: Site): Promise<Figures> {
  if (context.whole.has(site.key)) return { site };
  let standings = await callAllShards(context, site, (stub) => stub.standing(site.key));
  if (standings.every(({ ready }) => ready) && !isWhole(site, standings)) {
    standings = await callAllShards(context, site, (stub) => stub.putInForce(site.key));
  }
  if (isWhole(site, standings)) {
    context.whole.add(site.key);
    return { site };
  }
  // A shard that had nothing to fold has the new settings already.
  const old = standings.filter(({ step }) => step !== site.stepHash);
  const inForce = withStep(site, old[0]!.step);
  const rows = old.reduce((sum, standing) => sum + standing.rows, 0);
  const done = old.reduce((sum, standing) => sum + standing.done, 0) / Math.max(1, rows);
  const models = [
    ...inForce.step.models.filter(isRuleModel),
    ...site.models.filter((model) => !isRuleModel(model)),
  ];
  return {
    site: { ...inForce, models },
    refold: { done: Math.floor(done * 1000) / 1000, models: site.models },
  };
}

function isWhole(site: Site, standings: readonly Standing[]): boolean {
  return standings.every(({ step }) => step === site.stepHash);
}
