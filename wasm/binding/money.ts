/** Spend files, and what channels cost beside what they are credited. Full module only. */
import { Reader, Writer } from './block.ts';
import { writeModels } from './dataset.ts';
import type { Memory } from './memory.ts';
import type { AttributeOptions } from './types.ts';

/** `date,channel[,campaign],cost[,currency]` summed up. */
export interface SpendFile {
  /** Data rows, the refused among them. */
  rows: number;
  badRows: number;
  /** Unix ms of the first and last day; `to` below `from`: no row was counted. */
  from: number;
  to: number;
  /** Micros; currency '' where the file says none. */
  sums: { channel: string; currency: string; rows: number; cost: number }[];
  /** The first hundred refused rows. */
  bad: { line: number; column: number; message: string }[];
}

export const readSpend = (memory: Memory, bytes: Uint8Array): SpendFile =>
  new Reader(memory.take(memory.full.hw_wasm_spend(memory.send(bytes)))).json<SpendFile>();

/** Micros; null: nothing to divide by, or no spend known. */
export interface Kpi {
  conversions: number;
  value: number;
  cost: number | null;
  /** Value / cost. */
  roas: number | null;
  /** Cost / conversions. */
  cpa: number | null;
}

export interface Money {
  /** Of the whole data and all spend: its `roas` is the blended one, without any model. */
  all: Kpi;
  /** Who bought; null where the file tells nobody apart. */
  customers: number | null;
  /** All spend / customers. */
  cac: number | null;
  /** The part of the channel's spend, and of its credit, that is cut. */
  saved: number | null;
  creditCut: number | null;
  /** By channel, in the order of DatasetSummary.channels read after this call. */
  channels: Kpi[];
}

export interface Spend {
  /** [index of a channel, micros] */
  costs: [channel: number, cost: number][];
  /** Spend of channels that the data does not have, micros. */
  other?: number;
  /** Which channel to cut, by how many percent. */
  cut?: { channel: number; percent: number } | null;
}

const NONE = 2 ** 32 - 1;

export const readMoney = (
  memory: Memory,
  address: number,
  model: string,
  { costs, other = 0, cut = null }: Spend,
  options: AttributeOptions,
): Money => {
  const w = writeModels(new Writer(), [model], options).f64(other);
  w.u32(cut?.channel ?? NONE)
    .u32(cut?.percent ?? 0)
    .u32(costs.length);
  for (const [channel, cost] of costs) w.u32(channel).f64(cost);
  const r = new Reader(
    memory.take(memory.full.hw_wasm_dataset_kpis(address, memory.send(w.bytes()))),
  );
  const figure = (): number | null => {
    const n = r.f64();
    return Number.isNaN(n) ? null : n;
  };
  const kpi = (): Kpi => ({
    conversions: r.f64(),
    value: r.f64(),
    cost: figure(),
    roas: figure(),
    cpa: figure(),
  });
  return {
    all: kpi(),
    customers: figure(),
    cac: figure(),
    saved: figure(),
    creditCut: figure(),
    channels: Array.from({ length: r.u32() }, kpi),
  };
};
