/** Platforms that fail in every way at random, and what must have come of it. */
import assert from 'node:assert/strict';
import type { Fault, Mock } from './mock_server.ts';

/** @param random from 0 (inclusive) to 1 @returns what makes the platforms calm again */
export function underFire(mock: Mock, random: () => number): () => void {
  mock.fault = (): Fault | undefined => {
    const dice = random();
    if (dice < 0.08) return { status: 500, body: {} };
    if (dice < 0.14) return { status: 429, headers: { 'retry-after': '1' }, body: {} };
    if (dice < 0.22) return 'late';
    return dice < 0.28 ? 'cut' : undefined;
  };
  return () => {
    mock.fault = () => undefined;
  };
}

/**
 * Each of the events is at each destination, once by its key.
 *
 * @returns how often something was sent again under the same key
 */
export function assertOnce(
  mock: Mock,
  destinations: readonly string[],
  ids: readonly string[],
): number {
  let repeats = 0;
  for (const name of destinations) {
    const taken = [...(mock.taken.get(name) ?? [])];
    assert.equal(taken.length, ids.length, name);
    for (const id of ids) {
      const found = taken.filter(([, { event }]) => JSON.stringify(event).includes(`"${id}"`));
      assert.equal(found.length, 1, `${name} ${id}`);
    }
    repeats += taken.reduce((sum, [, { times }]) => sum + times - 1, 0);
  }
  return repeats;
}
