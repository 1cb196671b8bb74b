/** Packs and reads the blocks that cross the boundary: little-endian, no gaps. */

import { HwError } from './errors.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Most characters of a text that is written byte by byte. */
const SHORT = 200;

const HEX_KEY = /^[0-9a-f]{32}$/i;

/** Of a hex digit. */
const nibble = (code: number): number => (code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57);

/** A growing block of bytes, used again from its start for each call. */
export class Writer {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #len = 0;

  reset(): this {
    this.#len = 0;
    return this;
  }

  /** The bytes written; valid until the next write. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#len);
  }

  #room(n: number): void {
    if (this.#len + n <= this.#bytes.length) return;
    let to = this.#bytes.length * 2;
    while (to < this.#len + n) to *= 2;
    const more = new Uint8Array(to);
    more.set(this.bytes());
    this.#bytes = more;
    this.#view = new DataView(more.buffer);
  }

  /** @throws HwError HW_E_ARG for anything but a whole number from 0 to 2^32 - 1 */
  u32(v: number): this {
    if (v >>> 0 !== v) throw HwError.of('HW_E_ARG');
    this.#room(4);
    this.#view.setUint32(this.#len, v, true);
    this.#len += 4;
    return this;
  }

  i32(v: number): this {
    return this.u32((v | 0) >>> 0);
  }

  f64(v: number): this {
    this.#room(8);
    this.#view.setFloat64(this.#len, v, true);
    this.#len += 8;
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#len);
    this.#len += bytes.length;
    return this;
  }

  /** Exactly 16 bytes. */
  key(key: Uint8Array): this {
    if (!(key instanceof Uint8Array)) throw new TypeError('a key is a Uint8Array of 16 bytes');
    if (key.length !== 16) throw new RangeError(`a key has 16 bytes, this one ${key.length}`);
    return this.raw(key);
  }

  /** The same, as 32 hex digits: they are read here, without an array of their own. */
  keyHex(hex: string): this {
    if (!HEX_KEY.test(hex)) throw new RangeError('a key as text is 32 hex digits');
    this.#room(16);
    for (let i = 0; i < 32; i += 2) {
      this.#bytes[this.#len++] = (nibble(hex.charCodeAt(i)) << 4) | nibble(hex.charCodeAt(i + 1));
    }
    return this;
  }

  str(text: string): this {
    this.#room(4 + text.length * 3);
    const written = this.#ascii(text) ?? this.#encode(text);
    this.#view.setUint32(this.#len, written, true);
    this.#len += 4 + written;
    return this;
  }

  /** Short ASCII, which most texts are, is written sooner here than by a call into the platform. */
  #ascii(text: string): number | undefined {
    const n = text.length;
    if (n > SHORT) return undefined;
    const bytes = this.#bytes;
    const at = this.#len + 4;
    for (let i = 0; i < n; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return undefined;
      bytes[at + i] = code;
    }
    return n;
  }

  #encode(text: string): number {
    return encoder.encodeInto(text, this.#bytes.subarray(this.#len + 4)).written;
  }
}

export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.#at++);
  }

  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  i32(): number {
    return this.u32() | 0;
  }

  f64(): number {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  raw(n: number): Uint8Array {
    this.#at += n;
    return this.#bytes.subarray(this.#at - n, this.#at);
  }

  str(): string {
    const n = this.u32();
    return n === 0 ? '' : decoder.decode(this.raw(n));
  }

  /** Everything, as JSON. The core writes it, so its shape is known. */
  json<T>(): T {
    return JSON.parse(decoder.decode(this.#bytes)) as T;
  }
}
