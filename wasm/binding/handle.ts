import { HwDisposedError } from './errors.ts';
import type { Memory } from './memory.ts';

/** An object of the core: an address that is freed once, and never used after. */
export abstract class Handle {
  protected readonly memory: Memory;
  readonly #what: string;
  readonly #free: (handle: number) => void;
  #address: number;

  protected constructor(memory: Memory, what: string, address: number, free: (h: number) => void) {
    this.memory = memory;
    this.#what = what;
    this.#free = free;
    this.#address = address;
    if (address === 0) throw memory.error();
  }

  /** @throws HwDisposedError after dispose() */
  protected get address(): number {
    if (this.#address === 0) throw new HwDisposedError(this.#what);
    return this.#address;
  }

  /** Frees the object's memory in the core; a second call does nothing. */
  dispose(): void {
    if (this.#address !== 0) this.#free(this.#address);
    this.#address = 0;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
