/** How stateless routes and objects reach Durable Objects. */
import type { Context } from './context.ts';
import { Problem } from './problem.ts';

/** An object as its callers see it. */
export type Remote<T> = {
  [Name in keyof T]: T[Name] extends (...parameters: infer P) => infer R
    ? (...parameters: P) => Promise<Awaited<R>>
    : never;
};

/**
 * Calls one object.
 *
 * @param name of the object; begins with the site
 * @throws Problem unavailable when the object failed or is overloaded
 */
export async function callObject<Stub, T>(
  { env, objectIds }: Context,
  binding: 'SHARDS' | 'ORDERS' | 'IDENTITIES' | 'ROLLUPS' | 'SPEND' | 'SALTS',
  name: string,
  call: (stub: Stub) => Promise<T>,
): Promise<T> {
  const label = `${binding} ${name}`;
  let id = objectIds.get(label);
  if (id === undefined) {
    id = env[binding].idFromName(name);
    objectIds.set(label, id);
  }
  // A stub is dead after its object threw, so each call takes a new one.
  const object = env[binding].get(id);
  // The platform's own type of a stub forgets tuples, which cloning keeps.
  const stub = object as unknown as Stub;
  try {
    return await call(stub);
  } catch (error) {
    console.error(`${label} failed: ${String(error)}`);
    throw new Problem(
      'unavailable',
      'A part of the store did not answer; send the same request again, nothing is counted twice.',
      { 'retry-after': '1' },
    );
  }
}
