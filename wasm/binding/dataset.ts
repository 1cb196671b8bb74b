import { Reader, Writer } from './block.ts';
import { HwError, statusName } from './errors.ts';
import { Handle } from './handle.ts';
import { layout } from './layout.gen.ts';
import type { Memory } from './memory.ts';
import type {
  AttributeOptions,
  DatasetJourney,
  DatasetOptions,
  DatasetSummary,
  ModelCredit,
  Windows,
} from './types.ts';

const WEEK_MS = 7 * 86_400_000;
/** Bytes copied into the core at once, so that its input block stays small. */
const CHUNK = 1 << 20;

/** "HWX1": what binary journeys begin with. */
const JOURNEYS = [0x48, 0x57, 0x58, 0x31];

/** The address of a new dataset; 0: refused. */
export const openDataset = (memory: Memory, options: DatasetOptions): number => {
  const columns = Object.entries(options.columns ?? {});
  const w = new Writer().u32(options.skipBad ? 1 : 0).str(options.separator ?? '');
  const transform = layout.transforms.indexOf(options.transform ?? 'unique');
  w.u32(transform < 0 ? layout.transforms.length : transform).u32(options.touchCap ?? 0);
  w.u32(columns.length);
  for (const [role, name] of columns) w.str(role).str(name);
  return memory.exports.hw_wasm_dataset_create(memory.send(w.bytes())) >>> 0;
};

/**
 * Many journeys from the bytes of a file: append, finish, then attribute as often as you like. The file is
 * CSV, or with headwater-full.wasm also what a worker's `/v1/journeys?format=binary` gives.
 */
export class Dataset extends Handle {
  protected readonly writer = new Writer();
  /** Whether the module reads binary journeys. */
  protected readonly readsJourneys: boolean = false;
  #begun = false;

  /** @internal */
  constructor(memory: Memory, address: number) {
    super(memory, 'dataset', address, memory.exports.hw_wasm_dataset_destroy);
  }

  /** @throws HwError HW_E_ARG for an unknown role or a separator that is too long */
  static open(memory: Memory, options: DatasetOptions): Dataset {
    return new Dataset(memory, openDataset(memory, options));
  }

  /** The next bytes of the file, cut anywhere. @throws HwError with line and column */
  append(chunk: Uint8Array): void {
    if (!(chunk instanceof Uint8Array))
      throw new TypeError('append() takes a Uint8Array of the file');
    const { memory, address } = this;
    if (!this.#begun && !this.readsJourneys && JOURNEYS.every((byte, i) => chunk[i] === byte))
      throw new HwError('HW_E_FORMAT', 'binary journeys are read by headwater-full.wasm only');
    this.#begun ||= chunk.length > 0;
    for (let from = 0; from < chunk.length; from += CHUNK) {
      const part = chunk.subarray(from, from + CHUNK);
      memory.check(memory.exports.hw_wasm_dataset_append(address, memory.send(part)));
    }
  }

  /** The end of the file. @throws HwError as append does */
  finish(): DatasetSummary {
    this.memory.check(this.memory.exports.hw_wasm_dataset_finish(this.address));
    return this.summary();
  }

  summary(): DatasetSummary {
    const status = this.memory.exports.hw_wasm_dataset_summary(this.address);
    const raw = new Reader(this.memory.take(status)).json<RawSummary>();
    return {
      ...raw,
      kind: raw.kind === layout.kinds.indexOf('paths') ? 'paths' : 'touches',
      hasTimes: raw.hasTimes === 1,
      bad: raw.bad.map(({ status, ...row }) => ({ ...row, code: statusName(status) })),
    };
  }

  /** How journeys are cut from now on; may add the direct channel, so read summary() again. */
  setWindows(windows: Windows): void {
    const { memory, address } = this;
    const w = this.writer
      .reset()
      .f64(windows.clickMs ?? 0)
      .f64(windows.impressionMs ?? 0);
    w.u32(windows.reset ? 1 : 0).str(windows.direct ?? '');
    memory.check(memory.exports.hw_wasm_dataset_set_windows(address, memory.send(w.bytes())));
  }

  /** Credit per channel. @throws HwError HW_E_MODEL, HW_E_NEEDS_TIMES, HW_E_ARG */
  attribute(models: readonly string[], options: AttributeOptions = {}): ModelCredit[] {
    const { memory, address } = this;
    const w = writeModels(this.writer.reset(), models, options);
    const status = memory.exports.hw_wasm_dataset_attribute(address, memory.send(w.bytes()));
    const r = new Reader(memory.take(status));
    return models.map((model) => {
      const n = r.u32();
      const column = () => Array.from({ length: n }, () => r.f64());
      return { model, conversions: column(), value: column() };
    });
  }

  /** Journeys [offset, offset + limit), with the share of each touch under each model. */
  journeys(
    offset: number,
    limit: number,
    models: readonly string[],
    options: AttributeOptions = {},
  ): DatasetJourney[] {
    const { memory, address } = this;
    const w = writeModels(this.writer.reset(), models, options).u32(offset).u32(limit);
    const status = memory.exports.hw_wasm_dataset_journeys(address, memory.send(w.bytes()));
    return new Reader(memory.take(status)).json<DatasetJourney[]>();
  }
}

type RawSummary = Omit<DatasetSummary, 'kind' | 'hasTimes' | 'bad'> & {
  kind: number;
  hasTimes: number;
  bad: { line: number; column: number; status: number; message: string }[];
};

/** Weights cross as millionths, as the command line reads them. */
const millionths = (weight: number): number => Math.round(weight * 1e6);

/** @internal */
export const writeModels = (
  w: Writer,
  models: readonly string[],
  options: AttributeOptions,
): Writer => {
  w.u32(models.length);
  for (const model of models) w.str(model);
  const weights = options.weights ?? [40, 20, 40];
  w.f64(Math.round(options.halfLifeMs ?? WEEK_MS));
  for (const weight of weights) w.u32(millionths(weight));
  const { front = [40], back = [40], rest = 20 } = options.custom ?? {};
  for (const list of [front, back]) {
    w.u32(list.length);
    for (const weight of list) w.u32(millionths(weight));
  }
  w.u32(millionths(rest));
  return w
    .u32(options.order ?? 1)
    .u32(options.loops ? 1 : 0)
    .u32(options.samples ?? 0)
    .f64(options.seed ?? 1)
    .str(options.source ?? '');
};
