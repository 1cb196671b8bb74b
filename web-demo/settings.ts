/**
 * What a person has chosen, as it stands in the URL fragment: `#m=time_decay&hl=7d&w=40,20,40`.
 * Settings only, never data. What is unknown or out of range falls back to the default.
 */
import { day } from './format.ts';
import { models } from './models.ts';

export const screens = ['river', 'compare', 'claims', 'live'] as const;
export type Screen = (typeof screens)[number];

export interface Settings {
  screen: Screen;
  model: string;
  /** Milliseconds, 1 h … 90 d. */
  halfLifeMs: number;
  /** First, middle, last; each 0 … 100, not all 0. */
  weights: [number, number, number];
}

const hour = day / 24;

export const halfLifeRange = { min: hour, max: 90 * day };

export const defaults: Settings = {
  screen: 'river',
  model: 'linear',
  halfLifeMs: 7 * day,
  weights: [40, 20, 40],
};

const readHalfLife = (text: string | null): number => {
  const [, number = '', unit = ''] = /^(\d{1,4})([hd])$/.exec(text ?? '') ?? [];
  const ms = Number(number) * (unit === 'h' ? hour : day);
  return ms >= halfLifeRange.min && ms <= halfLifeRange.max ? ms : defaults.halfLifeMs;
};

const readWeights = (text: string | null): Settings['weights'] => {
  const [first, middle, last, ...more] = (text ?? '').split(',').map(Number);
  const inRange = (n: number | undefined): n is number => n !== undefined && n >= 0 && n <= 100;
  if (!text || more.length > 0 || !inRange(first) || !inRange(middle) || !inRange(last))
    return defaults.weights;
  return first + middle + last > 0 ? [first, middle, last] : defaults.weights;
};

export const readSettings = (fragment: string): Settings => {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ''));
  const model = parameters.get('m');
  return {
    screen: screens.find((screen) => screen === parameters.get('s')) ?? defaults.screen,
    model: models.some(({ id }) => id === model) && model ? model : defaults.model,
    halfLifeMs: readHalfLife(parameters.get('hl')),
    weights: readWeights(parameters.get('w')),
  };
};

/** Only what differs from the default, so that the first URL is clean. */
export const writeSettings = ({ screen, model, halfLifeMs, weights }: Settings): string => {
  const parts: string[] = [];
  if (screen !== defaults.screen) parts.push(`s=${screen}`);
  if (model !== defaults.model) parts.push(`m=${model}`);
  if (halfLifeMs !== defaults.halfLifeMs)
    parts.push(
      `hl=${halfLifeMs % day === 0 ? `${halfLifeMs / day}d` : `${Math.round(halfLifeMs / hour)}h`}`,
    );
  if (weights.join() !== defaults.weights.join()) parts.push(`w=${weights.join()}`);
  return parts.length > 0 ? `#${parts.join('&')}` : '';
};

/** Stops of the half-life slider: finer where it matters more. */
export const halfLifeStops: number[] = [
  ...[1, 2, 3, 4, 6, 8, 12, 18].map((n) => n * hour),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 18, 21, 25, 30, 45, 60, 90].map((n) => n * day),
];
