/** How reports reach the rollup of a site. */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { callObject, type Remote } from '../remote.ts';
import type { Rollup } from './rollup.ts';

type RollupStub = Remote<Pick<Rollup, 'report' | 'verify'>>;

/** @throws Problem unavailable when it, or a shard that it asks, failed or is overloaded */
export function callRollup<T>(
  context: Context,
  site: Site,
  call: (stub: RollupStub) => Promise<T>,
): Promise<T> {
  return callObject(context, 'ROLLUPS', site.key, call);
}
