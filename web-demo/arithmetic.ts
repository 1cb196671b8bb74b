/** How a model came to a touch's credit, in words. The figures are the core's; these are its sentences. */
import type { TouchCredit } from '../wasm/binding/reports.ts';
import { day, formatDuration, formatMicros, formatShare } from './format.ts';
import type { Settings } from './settings.ts';

export interface Touch {
  channel: number;
  /** Ms before the sale; null: unknown. */
  before: number | null;
}

const times = (n: number): string => (n === 1 ? 'once' : n === 2 ? 'twice' : `${n} times`);

/** Why the touch has its weight. */
const reason = (
  model: string,
  touches: Touch[],
  i: number,
  { weights }: TouchCredit,
  { halfLifeMs, weights: parts }: Settings,
  direct: number,
): string => {
  const n = touches.length;
  const own = weights[i] ?? 0;
  if (model === 'first') return i === 0 ? 'the first touch gets all' : 'not the first touch';
  if (model === 'last') return i === n - 1 ? 'the last touch gets all' : 'not the last touch';
  if (model === 'last_non_direct') {
    if (own > 0)
      return touches[i]?.channel === direct
        ? 'all were direct, so the last gets all'
        : 'the last touch that was not direct gets all';
    return touches[i]?.channel === direct ? 'a direct visit is passed over' : 'an earlier touch';
  }
  if (model === 'linear') return `1 of ${n} touches`;
  if (model === 'linear_unique') {
    const channels = new Set(touches.map(({ channel }) => channel)).size;
    const same = touches.filter(({ channel }) => channel === touches[i]?.channel).length;
    return `1 of ${channels} channels${same > 1 ? `, which was met ${times(same)}` : ''}`;
  }
  if (model === 'position') {
    const [first, middle, last] = parts;
    if (n === 1) return 'the only touch gets all';
    if (n === 2)
      return `${i === 0 ? first : last} : ${i === 0 ? last : first}, first and last only`;
    const sum = first + middle + last;
    if (i === 0) return `${first} of ${sum} for the first touch`;
    if (i === n - 1) return `${last} of ${sum} for the last touch`;
    if (n === 3) return `${middle} of ${sum} for the touch between`;
    return `${middle} of ${sum}, shared by the ${n - 2} touches between`;
  }
  if (model === 'time_decay') {
    const greatest = Math.max(...weights);
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    const age = (touches[i]?.before ?? 0) - (touches[weights.indexOf(greatest)]?.before ?? 0);
    const power = age > 0 ? `2^(−${formatDuration(age)} ÷ ${formatDuration(halfLifeMs)}) = ` : '';
    return `weight ${power}${(own / greatest).toFixed(3)} of ${(all / greatest).toFixed(3)} in all`;
  }
  return '';
};

/** `1 of 4 touches: 25.0% of 54.00 = 13.50` */
export const arithmetic = (
  model: string,
  touches: Touch[],
  i: number,
  credit: TouchCredit,
  value: number,
  settings: Settings,
  direct: number,
): string => {
  const all = credit.weights.reduce((sum, weight) => sum + weight, 0);
  const share = formatShare((credit.weights[i] ?? 0) / (all || 1));
  const result = `${share} of ${formatMicros(value)} = ${formatMicros(credit.value[i] ?? 0)}`;
  return `${reason(model, touches, i, credit, settings, direct)}: ${result}`;
};

export const ageOf = (before: number | null, i: number, n: number): string => {
  if (before === null) return `touch ${i + 1} of ${n}`;
  return before < 60_000 ? 'at the sale' : `${formatDuration(before)} before`;
};

/** Length of a lag in words, from the middle of a distribution. */
export const lagText = (ms: number): string =>
  ms < day / 24 ? 'less than an hour' : formatDuration(ms);
