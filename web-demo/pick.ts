/** Which journeys the river shows: enough to see the pattern, few enough to read each. */
import type { DatasetJourney } from '../wasm/binding/types.ts';

/** Rows of the river. */
export const riverRows = 36;

/** Longer ones do not fit a row with their marks apart. */
const longest = 8;

/**
 * Indices of converting journeys, of every length in turn (so that short ones, which are many,
 * do not fill the picture), in the order of the data within a length. The same data gives the
 * same choice.
 */
export const pickJourneys = (journeys: DatasetJourney[], count = riverRows): number[] => {
  const byLength = new Map<number, number[]>();
  journeys.forEach((journey, index) => {
    const length = journey.channels.length;
    if (journey.conversions <= 0 || length === 0 || length > longest) return;
    const group = byLength.get(length);
    if (group) group.push(index);
    else byLength.set(length, [index]);
  });
  const groups = [...byLength].sort(([a], [b]) => b - a).map(([, group]) => group);
  const picked: number[] = [];
  for (let round = 0; picked.length < count; round++) {
    const before = picked.length;
    for (const group of groups) {
      const index = group[round];
      if (index !== undefined && picked.length < count) picked.push(index);
    }
    if (picked.length === before) break;
  }
  return picked;
};
