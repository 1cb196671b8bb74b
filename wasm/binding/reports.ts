/** What screens show of a dataset beside its credit: paths, the Markov chain, flow. Full module only. */
import { Reader, Writer } from './block.ts';
import { writeModels } from './dataset.ts';
import type { Memory } from './memory.ts';
import type { AttributeOptions } from './types.ts';

/** Micros. */
export interface Amounts {
  conversions: number;
  value: number;
  nulls: number;
}

/** Places in `lengths` and `lags`, both ends included; a journey without a conversion has no lag. */
export interface PathFilter {
  length?: [from: number, to: number];
  lag?: [from: number, to: number];
}

/** Over conversions, nearest rank; -1: no conversion, or no times. */
export interface Quantiles {
  median: number;
  p90: number;
}

export interface PathCount extends Amounts {
  /** Indices into DatasetSummary.channels. */
  channels: number[];
  /** Some of its journeys, for `journeys()`; those that converted first. */
  journeys: number[];
}

/**
 * What a channel has to do with conversions: amounts are of journeys with it (influenced). Each counts once
 * for every channel on it, so channels do not add up.
 */
export interface PathRole extends Amounts {
  /** Index into DatasetSummary.channels. */
  channel: number;
  /** Of journeys that end with it; the others it has assisted. */
  last: Amounts;
}

/** Amounts of the whole are of the journeys that match the filter. */
export interface PathReport extends Amounts {
  distinct: number;
  /** The best by conversions, then by nulls. */
  paths: PathCount[];
  /** By channel, of all paths that match. */
  roles: PathRole[];
  /** By touches: 1 … 20, then all longer ones. What the lag's filter leaves. */
  lengths: Amounts[];
  /** First touch to conversion: 0, 1, 2, 3–7, 8–14, 15–30, 31–60, over 60 days; empty without times. */
  lags: Amounts[];
  length: Quantiles;
  lagMs: Quantiles;
}

export const LENGTHS = 21;
export const LAGS = 8;

export const readPaths = (
  memory: Memory,
  address: number,
  { length = [0, LENGTHS - 1], lag = [0, LAGS - 1] }: PathFilter,
  top: number,
  examples: number,
): PathReport => {
  const w = new Writer();
  for (const n of [...length, ...lag, top, examples]) w.u32(n);
  const status = memory.full.hw_wasm_dataset_paths(address, memory.send(w.bytes()));
  return new Reader(memory.take(status)).json<PathReport>();
};

export interface MarkovOptions {
  /** 1 to 5 touches a state; default 1. */
  order?: number;
  /** Keep steps from a state to itself. */
  loops?: boolean;
  /** A channel to take out: its states lead to no conversion. */
  without?: number | null;
  /** How many channels `flow` tells apart, 1 to 16; default 12. */
  shown?: number;
  /** Most states told; default 400. */
  states?: number;
}

export interface MarkovState {
  /** Oldest first. */
  channels: number[];
  /** Of all journeys, the part that begins here. */
  start: number;
  /** Mean visits of a journey. */
  visits: number;
  conversion: number;
  null: number;
  /** [channel that follows, probability] */
  arcs: [number, number][];
}

export interface MarkovReport {
  /** Of a conversion, of the whole chain and with the removal. */
  probability: number;
  without: number;
  /** Part of the journeys that ends at the removed channel. */
  lost: number;
  /** By channel: 1 - P(without it) / P. */
  effect: number[];
  valueEffect: number[];
  /** The busiest channels; one more place in what follows stands for all others. Steps a journey. */
  shown: number[];
  start: number[];
  conversion: number[];
  null: number[];
  /** [from][to] */
  flow: number[][];
  /** How many there are; `states` has the busiest. */
  stateCount: number;
  states: MarkovState[];
}

const NONE = 2 ** 32 - 1;

export const readMarkov = (
  memory: Memory,
  address: number,
  { order = 1, loops = false, without = null, shown = 12, states = 400 }: MarkovOptions,
): MarkovReport => {
  const w = new Writer();
  for (const n of [order, loops ? 1 : 0, without ?? NONE, shown, states]) w.u32(n);
  const status = memory.full.hw_wasm_dataset_markov(address, memory.send(w.bytes()));
  const r = new Reader(memory.take(status));
  const numbers = (n: number): number[] => Array.from({ length: n }, () => r.f64());
  const ids = (n: number): number[] => Array.from({ length: n }, () => r.u32());
  const [probability, whole, lost] = [r.f64(), r.f64(), r.f64()];
  const channels = r.u32();
  const [effect, valueEffect] = [numbers(channels), numbers(channels)];
  const shownIds = ids(r.u32());
  const places = shownIds.length + 1;
  return {
    probability,
    without: whole,
    lost,
    effect,
    valueEffect,
    shown: shownIds,
    start: numbers(places),
    conversion: numbers(places),
    null: numbers(places),
    flow: Array.from({ length: places }, () => numbers(places)),
    stateCount: r.u32(),
    states: Array.from({ length: r.u32() }, () => ({
      channels: ids(r.u32()),
      start: r.f64(),
      visits: r.f64(),
      conversion: r.f64(),
      null: r.f64(),
      arcs: Array.from({ length: r.u32() }, (): [number, number] => [r.u32(), r.f64()]),
    })),
  };
};

/** One journey's credit under one model. */
export interface TouchCredit {
  /** By touch, of any scale. */
  weights: number[];
  /** By touch, micros; they sum to the journey's own. */
  conversions: number[];
  value: number[];
}

export const readCredit = (
  memory: Memory,
  address: number,
  journey: number,
  models: readonly string[],
  options: AttributeOptions,
): TouchCredit[] => {
  const w = writeModels(new Writer(), models, options).u32(journey);
  const status = memory.full.hw_wasm_dataset_credit(address, memory.send(w.bytes()));
  return new Reader(memory.take(status)).json<TouchCredit[]>();
};

const FLOW_OF = ['all', 'sales', 'no_sales'] as const;

export interface FlowOptions {
  /** Which journeys; default all. */
  of?: (typeof FLOW_OF)[number];
  /** Last touches shown, 2 to 8; default 5. */
  steps?: number;
  /** Channels told apart, 1 to 16; default 8. */
  channels?: number;
  /** Links told one by one between two steps; default 8. Those into an end are told all. */
  links?: number;
}

export interface FlowLink extends Amounts {
  /** The column it leaves, 0 the earliest. */
  step: number;
  /** Place in `channels`; their number: all other channels. */
  from: number;
  /** The same; one more: a sale, two more: no sale. */
  to: number;
}

/** Journeys side by side at their last touches before the end. */
export interface FlowReport {
  steps: number;
  channels: number[];
  all: Amounts;
  /** Journeys of more touches than steps: what came before is not shown. */
  cut: Amounts;
  /** steps × (channels + 1) */
  nodes: Amounts[];
  /** Step by step, the greatest first. */
  links: FlowLink[];
  /** By step: what the links left out carry, and how many they are. */
  rest: Amounts[];
  restCount: number[];
}

export const readFlow = (
  memory: Memory,
  address: number,
  { of = 'all', steps = 5, channels = 8, links = 8 }: FlowOptions,
): FlowReport => {
  const w = new Writer();
  for (const n of [FLOW_OF.indexOf(of), steps, channels, links]) w.u32(n);
  const status = memory.full.hw_wasm_dataset_flow(address, memory.send(w.bytes()));
  return new Reader(memory.take(status)).json<FlowReport>();
};
