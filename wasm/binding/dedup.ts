import { Writer } from './block.ts';
import { Handle } from './handle.ts';
import { layout } from './layout.gen.ts';
import type { Memory } from './memory.ts';
import type { Verdict } from './types.ts';

const create = (memory: Memory, windowMs: number): number =>
  memory.full.hw_wasm_dedup_create(memory.send(new Writer().f64(windowMs).bytes())) >>> 0;

/** An exact set of 16-byte keys: no key is ever judged by chance. */
export class Dedup extends Handle {
  readonly #writer = new Writer();

  constructor(memory: Memory, windowMs: number) {
    super(memory, 'dedup', create(memory, windowMs), memory.full.hw_wasm_dedup_destroy);
  }

  /**
   * Judges keys in order and remembers the new ones. The window ends at the newest time so far.
   *
   * @param keys 16 bytes each, e.g. of Headwater.keys()
   * @param at Unix ms of each, whole, 0 to 2^53
   * @throws HwError HW_E_ARG for a time out of range; the keys before it are remembered
   */
  add(keys: readonly Uint8Array[], at: readonly number[]): Verdict[] {
    if (keys.length !== at.length)
      throw new RangeError(`${keys.length} keys, ${at.length} times: give a time for each key`);
    const w = this.#writer.reset().u32(keys.length);
    keys.forEach((key, i) => {
      w.key(key).f64(at[i] ?? Number.NaN);
    });
    const { memory, address } = this;
    const bytes = memory.take(memory.full.hw_wasm_dedup_add(address, memory.send(w.bytes())));
    return Array.from(bytes, (b) => layout.verdicts[b] as Verdict);
  }

  /** Keys held now, expired ones that were not swept yet among them. */
  get count(): number {
    return this.memory.full.hw_wasm_dedup_count(this.address);
  }

  /** Bytes held. */
  get memoryBytes(): number {
    return this.memory.full.hw_wasm_dedup_memory(this.address);
  }
}
