/** Where each touch of a journey stands on the river: pure geometry, no credit is computed here. */
import type { DatasetJourney } from '../../wasm/binding/types.ts';
import { day, formatDuration } from '../format.ts';

export interface Touch {
  /** Index into the dataset's channels. */
  channel: number;
  /** Ms before the conversion; null when the data has only the order. */
  before: number | null;
  /** 0 (far left) … 1 (at the conversion). */
  x: number;
  /** Of the conversion, in millionths. */
  share: number;
}

export interface Row {
  touches: Touch[];
  /** Micros. */
  value: number;
  conversions: number;
}

export interface Tick {
  x: number;
  label: string;
}

export interface Timeline {
  rows: Row[];
  ticks: Tick[];
  hasTimes: boolean;
}

const hour = day / 24;

const agesOf = ({ times, convertedAt, channels }: DatasetJourney): number[] | null => {
  if (times.length !== channels.length || times.length === 0) return null;
  // Paths carry ages (negative), touch logs points in time.
  if (times.every((time) => time <= 0)) return times.map((time) => -time);
  const end = convertedAt > 0 ? convertedAt : times.at(-1)!;
  return times.map((time) => Math.max(0, end - time));
};

/** Square root: the days before the sale get room, the weeks before them still fit. */
const timeScale =
  (span: number) =>
  (before: number): number =>
    1 - Math.sqrt(before / span);

const tickAges = [
  [1 * hour, '1 h'],
  [6 * hour, '6 h'],
  [1 * day, '1 day'],
  [3 * day, '3 days'],
  [7 * day, '7 days'],
  [14 * day, '14 days'],
  [30 * day, '30 days'],
  [60 * day, '60 days'],
  [90 * day, '90 days'],
  [180 * day, '180 days'],
  [365 * day, '1 year'],
] as const;

/** Ticks far enough apart to be read, from the right. */
const ticksFor = (span: number, gap: number): Tick[] => {
  const scale = timeScale(span);
  const ticks: Tick[] = [{ x: 1, label: 'sale' }];
  for (const [age, label] of tickAges) {
    const x = scale(age);
    if (age <= span && ticks.at(-1)!.x - x >= gap) ticks.push({ x, label });
  }
  return ticks;
};

const orderTicks = (steps: number): Tick[] =>
  Array.from({ length: steps }, (_, i) => ({
    x: 1 - i / Math.max(1, steps - 1),
    label: i === 0 ? 'last' : `−${i}`,
  }));

/**
 * @param gap least distance of two ticks, as a part of the width
 * Longest journeys come first, so that the picture narrows like a river's basin.
 */
export const layOut = (journeys: DatasetJourney[], model: string, gap: number): Timeline => {
  const ages = journeys.map(agesOf);
  const hasTimes = ages.length > 0 && ages.every((list) => list !== null);
  const span = Math.max(hour, ...ages.flatMap((list) => list ?? []));
  const steps = Math.max(1, ...journeys.map(({ channels }) => channels.length));
  const scale = timeScale(span);
  const rows = journeys.map((journey, row): Row => {
    const shares = journey.shares[model] ?? [];
    const own = hasTimes ? ages[row]! : null;
    const last = journey.channels.length - 1;
    return {
      value: journey.value,
      conversions: journey.conversions,
      touches: journey.channels.map((channel, i) => ({
        channel,
        before: own ? own[i]! : null,
        x: own ? scale(own[i]!) : 1 - (last - i) / Math.max(1, steps - 1),
        share: shares[i] ?? 0,
      })),
    };
  });
  rows.sort((a, b) => (a.touches[0]?.x ?? 1) - (b.touches[0]?.x ?? 1));
  return { rows, ticks: hasTimes ? ticksFor(span, gap) : orderTicks(steps), hasTimes };
};

export const whenText = ({ before }: Touch, position: number, length: number): string => {
  if (before === null) return `touch ${position + 1} of ${length}`;
  return before < 60_000 ? 'at the sale' : `${formatDuration(before)} before the sale`;
};
