/**
 * What a person has chosen, as it stands in the URL fragment: `#m=time_decay&hl=7d&w=40,20,40`.
 * Settings only, never data: channels and journeys are named by their place. What is unknown or out of
 * range falls back to the default.
 */
import { day } from './format.ts';
import { models } from './models.ts';

export const screens = [
  ...([
    'river',
    'compare',
    'claims',
    'journeys',
    'markov',
    'flow',
    'money',
    'customers',
    'truth',
  ] as const),
  'live',
  'destinations',
  'setup',
] as const;
export type Screen = (typeof screens)[number];

export const worlds = ['additive', 'interaction', 'funnel', 'retargeting', 'organic'] as const;
export type World = (typeof worlds)[number];

export const flowsOf = ['all', 'sales', 'no_sales'] as const;

/** Places of a histogram's bars, both ends included. */
export type Span = [from: number, to: number];

export interface Settings {
  screen: Screen;
  model: string;
  /** Milliseconds, 1 h … 90 d. */
  halfLifeMs: number;
  /** First, middle, last; each 0 … 100, not all 0. */
  weights: [number, number, number];
  /** Compare: with intervals. */
  intervals: boolean;
  /** Claims: windows that differ from the platform's: channel, days for clicks, days for views. */
  windows: [channel: number, clickDays: number, viewDays: number][];
  /** Claims: place of the claim that is pressed, among those that claim. */
  claim: number | null;
  /** Journeys: bars of the histograms, how many paths, the journey opened. */
  lengths: Span;
  lags: Span;
  top: number;
  journey: number | null;
  /** Markov lab: touches a state holds, the channel taken out. */
  order: number;
  removed: number | null;
  /** Flow: last touches shown, which journeys. */
  steps: number;
  flowOf: (typeof flowsOf)[number];
  /** Truth: the world, its channels' strength in percent, its seed, how many people. */
  world: World;
  strength: number;
  seed: number;
  people: number;
  /** The model whose credit is shown beside what was caused; '': the nearest. */
  scored: string;
  /** Money: percent by which a channel's spend is cut, and which channel. */
  cut: number;
  cutChannel: number | null;
  /** Of the spend; '': that of the data, or the most frequent. */
  currency: string;
  /** Set-up: where the tag goes. */
  snippet: string;
  /** Destinations: deliveries of this state; '': all. */
  delivered: string;
}

const hour = day / 24;

export const halfLifeRange = { min: hour, max: 90 * day };
export const LENGTH_BARS = 21;
export const LAG_BARS = 8;
export const peopleStops = [1000, 2000, 4000, 8000, 16000, 32000];
export const topStops = [20, 50, 100];

export const defaults: Settings = {
  screen: 'river',
  model: 'linear',
  halfLifeMs: 7 * day,
  weights: [40, 20, 40],
  intervals: false,
  windows: [],
  claim: null,
  lengths: [0, LENGTH_BARS - 1],
  lags: [0, LAG_BARS - 1],
  top: 20,
  journey: null,
  order: 1,
  removed: null,
  steps: 5,
  flowOf: 'all',
  world: 'additive',
  strength: 100,
  seed: 1,
  people: 4000,
  scored: '',
  cut: 20,
  cutChannel: null,
  currency: '',
  snippet: 'html',
  delivered: '',
};

/** How a setting stands in the link; `read` gives undefined for what it does not know. */
interface Codec<T> {
  key: string;
  read: (text: string) => T | undefined;
  write?: (value: T) => string;
}

const oneOf =
  <T extends string>(list: readonly T[]) =>
  (text: string): T | undefined =>
    list.find((each) => each === text);

const whole =
  (least: number, most: number) =>
  (text: string): number | undefined => {
    const n = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return n >= least && n <= most ? n : undefined;
  };

const stop =
  (stops: readonly number[]) =>
  (text: string): number | undefined =>
    stops.find((each) => String(each) === text);

const span =
  (bars: number) =>
  (text: string): Span | undefined => {
    const [, a = '', b = ''] = /^(\d{1,2})-(\d{1,2})$/.exec(text) ?? [];
    const [from, to] = [Number(a) - 1, Number(b) - 1];
    return a && from >= 0 && from <= to && to < bars ? [from, to] : undefined;
  };
const spanText = ([from, to]: Span): string => `${from + 1}-${to + 1}`;

const readHalfLife = (text: string): number | undefined => {
  const [, number = '', unit = ''] = /^(\d{1,4})([hd])$/.exec(text) ?? [];
  const ms = Number(number) * (unit === 'h' ? hour : day);
  return ms >= halfLifeRange.min && ms <= halfLifeRange.max ? ms : undefined;
};

const readWeights = (text: string): Settings['weights'] | undefined => {
  const [first, middle, last, ...more] = text.split(',').map(Number);
  const inRange = (n: number | undefined): n is number => n !== undefined && n >= 0 && n <= 100;
  if (!text || more.length > 0 || !inRange(first) || !inRange(middle) || !inRange(last))
    return undefined;
  return first + middle + last > 0 ? [first, middle, last] : undefined;
};

const readWindows = (text: string): Settings['windows'] | undefined => {
  const list = text.split(',').map((part) => part.split(':').map(whole(0, 1e5)));
  const fine = list.every((part) => part.length === 3 && !part.includes(undefined));
  return fine && list.length <= 100 ? (list as Settings['windows']) : undefined;
};

/** A place in the data; nobody checks it before the data is there. */
const place = whole(0, 2 ** 32 - 2);

/** A name that its screen looks up. */
const word = (text: string): string | undefined => (/^[a-z_]{1,24}$/.test(text) ? text : undefined);

const codecs: { [K in keyof Settings]: Codec<Settings[K]> } = {
  screen: { key: 's', read: oneOf(screens) },
  model: { key: 'm', read: (text) => models.find(({ id }) => id === text)?.id },
  halfLifeMs: {
    key: 'hl',
    read: readHalfLife,
    write: (ms) => (ms % day === 0 ? `${ms / day}d` : `${Math.round(ms / hour)}h`),
  },
  weights: { key: 'w', read: readWeights },
  intervals: {
    key: 'ci',
    read: (text) => text === '1' || undefined,
    write: (on) => (on ? '1' : ''),
  },
  windows: {
    key: 'cw',
    read: readWindows,
    write: (list) => list.map((part) => part.join(':')).join(','),
  },
  claim: { key: 'cl', read: place },
  lengths: { key: 'len', read: span(LENGTH_BARS), write: spanText },
  lags: { key: 'lag', read: span(LAG_BARS), write: spanText },
  top: { key: 'top', read: stop(topStops) },
  journey: { key: 'j', read: place },
  order: { key: 'o', read: whole(1, 3) },
  removed: { key: 'rm', read: place },
  steps: { key: 'st', read: whole(2, 8) },
  flowOf: { key: 'of', read: oneOf(flowsOf) },
  world: { key: 'wo', read: oneOf(worlds) },
  strength: { key: 'str', read: whole(0, 300) },
  seed: { key: 'seed', read: whole(0, 1e6) },
  people: { key: 'n', read: stop(peopleStops) },
  scored: { key: 'sm', read: word },
  cut: { key: 'cut', read: whole(0, 100) },
  cutChannel: { key: 'cc', read: place },
  currency: { key: 'cur', read: (text) => (/^[A-Z]{3}$/.test(text) ? text : undefined) },
  snippet: { key: 'sn', read: word },
  delivered: { key: 'ds', read: word },
};
const names = Object.keys(codecs) as (keyof Settings)[];

const readOne = <K extends keyof Settings>(name: K, text: string | null): Settings[K] =>
  (text === null ? undefined : codecs[name].read(text)) ?? defaults[name];

const writeOne = <K extends keyof Settings>(name: K, value: Settings[K]): string =>
  codecs[name].write?.(value) ?? String(value ?? '');

export const readSettings = (fragment: string): Settings => {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ''));
  return Object.fromEntries(
    names.map((name) => [name, readOne(name, parameters.get(codecs[name].key))]),
  ) as unknown as Settings;
};

/** Only what differs from the default, so that the first URL is clean. */
export const writeSettings = (settings: Settings): string => {
  const parts = names.flatMap((name) => {
    const text = writeOne(name, settings[name]);
    return text === writeOne(name, defaults[name]) ? [] : [`${codecs[name].key}=${text}`];
  });
  return parts.length > 0 ? `#${parts.join('&')}` : '';
};

/** Stops of the half-life slider: finer where it matters more. */
export const halfLifeStops: number[] = [
  ...[1, 2, 3, 4, 6, 8, 12, 18].map((n) => n * hour),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 18, 21, 25, 30, 45, 60, 90].map((n) => n * day),
];
