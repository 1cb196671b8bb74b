/**
 * The core in WebAssembly. Load once, then make classifiers, steppers and
 * datasets; dispose of what you made. The module has no imports and no state
 * but its own memory, so any number of instances may live side by side.
 */

import { Reader, Writer } from './block.ts';
import { Classifier } from './classifier.ts';
import { Dataset } from './dataset.ts';
import { layout } from './layout.gen.ts';
import { Memory } from './memory.ts';
import { Stepper } from './stepper.ts';
import type { ClassifierRules, DatasetOptions, StepConfig } from './types.ts';

export { Classifier } from './classifier.ts';
export { Dataset } from './dataset.ts';
export { HwDisposedError, HwError, type StatusName } from './errors.ts';
export { Stepper } from './stepper.ts';
export type * from './types.ts';

export class Headwater {
  /** The core's version, e.g. `0.1.0`. */
  readonly version: string = layout.version;
  readonly abi: number = layout.abi;
  /** @internal */
  protected readonly memory: Memory;
  readonly #writer = new Writer();

  protected constructor(memory: Memory) {
    this.memory = memory;
  }

  /**
   * Makes an instance, synchronously.
   *
   * @throws Error when the module is of another version than this binding
   */
  static fromModule(module: WebAssembly.Module): Headwater {
    return new Headwater(Memory.of(module));
  }

  /** One 16-byte key per list of parts; at most 64 parts each. */
  keys(parts: readonly (readonly string[])[]): Uint8Array[] {
    const r = new Reader(this.keyBytes(parts));
    return parts.map(() => r.raw(16));
  }

  /** The same keys, one behind the other. */
  keyBytes(parts: readonly (readonly string[])[]): Uint8Array {
    const w = this.#writer.reset().u32(parts.length);
    for (const list of parts) {
      w.u32(list.length);
      for (const part of list) w.str(part);
    }
    const { memory } = this;
    return memory.take(memory.exports.hw_wasm_keys(memory.send(w.bytes())));
  }

  classifier(rules: ClassifierRules = {}): Classifier {
    return new Classifier(this.memory, rules);
  }

  stepper(config: StepConfig): Stepper {
    return new Stepper(this.memory, config);
  }

  dataset(options: DatasetOptions = {}): Dataset {
    return Dataset.open(this.memory, options);
  }

  /** Bytes of memory that the instance holds; it never shrinks. */
  get memoryBytes(): number {
    return this.memory.u8.length;
  }
}
