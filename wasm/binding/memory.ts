/** Owns every view of the module's memory, and the two blocks that cross the boundary. */

import { HwError, readError } from './errors.ts';
import { layout } from './layout.gen.ts';

/** What headwater.wasm exports; wasm/exports.txt is the list. */
export interface CoreExports {
  memory: WebAssembly.Memory;
  _initialize?: () => void;
  hw_wasm_abi(): number;
  hw_wasm_input(bytes: number): number;
  hw_wasm_result(): number;
  hw_wasm_result_len(): number;
  hw_wasm_error(): number;
  hw_wasm_keys(len: number): number;
  hw_wasm_rules_create(len: number): number;
  hw_wasm_rules_destroy(handle: number): void;
  hw_wasm_classify(handle: number, len: number): number;
  hw_wasm_stepper_create(len: number): number;
  hw_wasm_stepper_destroy(handle: number): void;
  hw_wasm_stepper_step(handle: number, len: number, now: number): number;
  hw_wasm_stepper_journey(handle: number, len: number): number;
  hw_wasm_dataset_create(len: number): number;
  hw_wasm_dataset_destroy(handle: number): void;
  hw_wasm_dataset_append(handle: number, len: number): number;
  hw_wasm_dataset_finish(handle: number): number;
  hw_wasm_dataset_set_windows(handle: number, len: number): number;
  hw_wasm_dataset_summary(handle: number): number;
  hw_wasm_dataset_attribute(handle: number, len: number): number;
  hw_wasm_dataset_journeys(handle: number, len: number): number;
}

/** What headwater-full.wasm exports beside; wasm/exports-full.txt is the list. */
export interface FullExports {
  hw_wasm_dataset_bootstrap(handle: number, len: number): number;
  hw_wasm_dedup_create(len: number): number;
  hw_wasm_dedup_destroy(handle: number): void;
  hw_wasm_dedup_add(handle: number, len: number): number;
  hw_wasm_dedup_count(handle: number): number;
  hw_wasm_dedup_memory(handle: number): number;
  hw_wasm_tally_create(dataset: number, len: number): number;
  hw_wasm_tally_load(len: number): number;
  hw_wasm_tally_destroy(handle: number): void;
  hw_wasm_tally_merge(handle: number, from: number): number;
  hw_wasm_tally_save(handle: number): number;
  hw_wasm_tally_dataset(handle: number): number;
  hw_wasm_dataset_paths(handle: number, len: number): number;
  hw_wasm_dataset_markov(handle: number, len: number): number;
  hw_wasm_dataset_flow(handle: number, len: number): number;
  hw_wasm_dataset_credit(handle: number, len: number): number;
  hw_wasm_truth(len: number): number;
  hw_wasm_spend(len: number): number;
  hw_wasm_dataset_kpis(handle: number, len: number): number;
  hw_wasm_dataset_customers(handle: number, len: number): number;
}

export class Memory {
  readonly exports: CoreExports;
  #u8: Uint8Array;

  private constructor(exports: CoreExports) {
    this.exports = exports;
    this.#u8 = new Uint8Array(exports.memory.buffer);
  }

  /** Of a new instance. @throws Error when the module is of another version than this binding */
  static of(module: WebAssembly.Module): Memory {
    const instance = new WebAssembly.Instance(module, {});
    const exports = instance.exports as unknown as CoreExports;
    exports._initialize?.();
    const abi = exports.hw_wasm_abi();
    if (abi !== layout.abi)
      throw new Error(
        `the module has ABI ${abi}, this binding wants ${layout.abi}: build both anew`,
      );
    return new Memory(exports);
  }

  /** What only headwater-full.wasm exports. @throws Error for the small module */
  get full(): FullExports {
    const exports = this.exports as CoreExports & Partial<FullExports>;
    if (!exports.hw_wasm_dedup_create)
      throw new Error('this is headwater.wasm, the small module; give headwater-full.wasm');
    return exports as CoreExports & FullExports;
  }

  /** A view of all memory; stale after the next call into the core. */
  get u8(): Uint8Array {
    // Growth detaches the old buffer, so a kept view would have length 0.
    if (this.#u8.buffer !== this.exports.memory.buffer) {
      this.#u8 = new Uint8Array(this.exports.memory.buffer);
    }
    return this.#u8;
  }

  /** Copies bytes to the input block; returns their number for the call. */
  send(bytes: Uint8Array): number {
    const at = this.exports.hw_wasm_input(bytes.length) >>> 0;
    if (at === 0) throw HwError.of('HW_E_NOMEM');
    this.u8.set(bytes, at);
    return bytes.length;
  }

  /** Throws when a status is not fine; otherwise a copy of the result block. */
  take(status: number): Uint8Array {
    this.check(status);
    const at = this.exports.hw_wasm_result() >>> 0;
    return this.u8.slice(at, at + this.exports.hw_wasm_result_len());
  }

  check(status: number): void {
    if (status !== 0) throw this.error();
  }

  /** The error of the call that just failed. */
  error(): HwError {
    return readError(this.u8, this.exports.hw_wasm_error() >>> 0);
  }
}
