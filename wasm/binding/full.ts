/**
 * Everything the core has, over headwater-full.wasm: what Headwater does, and intervals, exact
 * deduplication and ledgers that merge.
 */

import { Reader, Writer } from './block.ts';
import { type CustomerOptions, type CustomerReport, readCustomers } from './customers.ts';
import { Dataset, openDataset, writeModels } from './dataset.ts';
import { Dedup } from './dedup.ts';
import { Handle } from './handle.ts';
import { Headwater } from './index.ts';
import { Memory } from './memory.ts';
import { type Money, readMoney, readSpend, type Spend, type SpendFile } from './money.ts';
import {
  type FlowOptions,
  type FlowReport,
  type MarkovOptions,
  type MarkovReport,
  type PathFilter,
  type PathReport,
  readCredit,
  readFlow,
  readMarkov,
  readPaths,
  type TouchCredit,
} from './reports.ts';
import { readTruth, type TruthOptions, type TruthReport } from './truth.ts';
import type { AttributeOptions, DatasetOptions, ModelInterval } from './types.ts';

export type * from './customers.ts';
export { Dedup } from './dedup.ts';
export * from './index.ts';
export type * from './money.ts';
export type * from './reports.ts';
export type * from './truth.ts';

export class HeadwaterFull extends Headwater {
  /** @throws Error when the module is the small one, or of another version than this binding */
  static override fromModule(module: WebAssembly.Module): HeadwaterFull {
    const memory = Memory.of(module);
    void memory.full;
    return new HeadwaterFull(memory);
  }

  override dataset(options: DatasetOptions = {}): FullDataset {
    return new FullDataset(this.memory, openDataset(this.memory, options));
  }

  /** An exact set of keys over a sliding window. @throws HwError HW_E_ARG: windowMs is 1 to 2^42 */
  dedup(windowMs: number): Dedup {
    return new Dedup(this.memory, windowMs);
  }

  /** Lives people's lives in a planted world and scores every model on their touch log. @throws HwError */
  truth(options: TruthOptions = {}): TruthReport {
    return readTruth(this.memory, options);
  }

  /** Reads a file of ad spend; bad rows are counted and listed. @throws HwError HW_E_HEADER, HW_E_CSV */
  spend(bytes: Uint8Array): SpendFile {
    return readSpend(this.memory, bytes);
  }

  /** Reads and checks a ledger that `save()` or `hw ledger` wrote. @throws HwError HW_E_LEDGER */
  ledger(bytes: Uint8Array): Ledger {
    const { memory } = this;
    return new Ledger(memory, memory.full.hw_wasm_tally_load(memory.send(bytes)) >>> 0);
  }
}

/** A dataset that also gives intervals and ledgers. */
export class FullDataset extends Dataset {
  protected override readonly readsJourneys = true;

  /**
   * Credit per channel with 95 % intervals by the Poisson bootstrap over journeys.
   *
   * @param replicates 2 to 10,000; 200 and more give steady bounds. Each runs the model once
   * @throws HwError as attribute() does
   */
  bootstrap(
    models: readonly string[],
    replicates: number,
    options: AttributeOptions = {},
  ): ModelInterval[] {
    const { memory, address } = this;
    const w = writeModels(this.writer.reset(), models, options).u32(replicates);
    const status = memory.full.hw_wasm_dataset_bootstrap(address, memory.send(w.bytes()));
    const r = new Reader(memory.take(status));
    return models.map((model) => {
      const n = r.u32();
      const column = () => Array.from({ length: n }, () => r.f64());
      const credit = { model, conversions: column(), value: column() };
      const [conversionsLow, conversionsHigh] = [column(), column()];
      return {
        ...credit,
        conversionsLow,
        conversionsHigh,
        valueLow: column(),
        valueHigh: column(),
      };
    });
  }

  /**
   * The best paths, path lengths and time lags.
   *
   * @param top how many paths
   * @param examples journeys named for each
   */
  paths(filter: PathFilter = {}, top = 20, examples = 12): PathReport {
    return readPaths(this.memory, this.address, filter, top, examples);
  }

  /**
   * One journey's credit touch by touch under each model, to the micro.
   *
   * @throws HwError HW_E_ARG where there is no such journey or nobody was reached, HW_E_MODEL for a
   *   model that speaks of all journeys together, HW_E_NEEDS_TIMES
   */
  credit(
    journey: number,
    models: readonly string[],
    options: AttributeOptions = {},
  ): TouchCredit[] {
    return readCredit(this.memory, this.address, journey, models, options);
  }

  /** The Markov chain, each channel's removal effect, and the flow with one removed. @throws HwError */
  markov(options: MarkovOptions = {}): MarkovReport {
    return readMarkov(this.memory, this.address, options);
  }

  /**
   * What channels cost beside the model's credit: ROAS and cost per conversion, blended figures, and a
   * cut as arithmetic. May add the model's own channels: read summary() after it.
   *
   * @throws HwError as attribute() does
   */
  money(model: string, spend: Spend, options: AttributeOptions = {}): Money {
    return readMoney(this.memory, this.address, model, spend, options);
  }

  /**
   * What the customers of a touch log are worth: historic, by cohort, predicted. A lead that is counted
   * as a conversion is no order.
   *
   * @throws HwError HW_E_STATE for paths and ledgers, which tell nobody apart; HW_E_ARG
   */
  customers(options: CustomerOptions = {}): CustomerReport {
    return readCustomers(this.memory, this.address, options);
  }

  /** Who hands over to whom in the last steps before the end. @throws HwError HW_E_ARG */
  flow(options: FlowOptions = {}): FlowReport {
    return readFlow(this.memory, this.address, options);
  }

  /**
   * The dataset, its windows applied, summed up as one part that merges with others.
   *
   * @param part tells this part from others; parts of one log must not share a visitor
   */
  ledger(part: string): Ledger {
    const { memory, address } = this;
    const w = new Writer().str(part);
    const { hw_wasm_tally_create } = memory.full;
    return new Ledger(memory, hw_wasm_tally_create(address, memory.send(w.bytes())) >>> 0);
  }
}

/** Every distinct path with its counts. A part counts once, however often it is merged. */
export class Ledger extends Handle {
  /** @internal */
  constructor(memory: Memory, address: number) {
    super(memory, 'ledger', address, memory.full.hw_wasm_tally_destroy);
  }

  /** Adds the parts of `from` that this one lacks. @throws HwError HW_E_CONFIG; nothing changed then */
  merge(from: Ledger): void {
    if (!(from instanceof Ledger)) throw new TypeError('merge() takes a Ledger');
    const { memory, address } = this;
    if (from.memory === memory) {
      memory.check(memory.full.hw_wasm_tally_merge(address, from.address));
      return;
    }
    // Of another instance: an address means nothing here, the bytes do.
    const copy = new Ledger(memory, memory.full.hw_wasm_tally_load(memory.send(from.save())) >>> 0);
    try {
      this.merge(copy);
    } finally {
      copy.dispose();
    }
  }

  /** The canonical bytes: equal content gives equal bytes, whatever the order of merging. */
  save(): Uint8Array {
    return this.memory.take(this.memory.full.hw_wasm_tally_save(this.address));
  }

  /** A finished dataset of its paths, for any model but those that want the touch log itself. */
  dataset(): FullDataset {
    const { memory, address } = this;
    return new FullDataset(memory, memory.full.hw_wasm_tally_dataset(address) >>> 0);
  }
}
