/** How stateless routes reach a site's spend book. */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { callObject, type Remote } from '../remote.ts';
import type { SpendBook } from './spend_book.ts';

type Stub = Remote<Pick<SpendBook, 'put' | 'sums'>>;

/** @throws Problem unavailable when the object failed or is overloaded */
export function callSpend<T>(
  context: Context,
  site: Site,
  call: (stub: Stub) => Promise<T>,
): Promise<T> {
  return callObject(context, 'SPEND', site.key, call);
}
