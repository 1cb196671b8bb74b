/** Journeys as a file of core/include/headwater/export.h, a block for some pages of persons. */
import type { JourneyTouch } from '../../../wasm/binding/types.ts';
import { fromHex } from '../hex.ts';
import type { PlainJourney } from '../shard/plain_journey.ts';
import { eventsOf, type JourneyEvent, type JourneyFile } from './journey_events.ts';

/** "HWX1", format 1. */
const HEAD = Uint8Array.of(0x48, 0x57, 0x58, 0x31, 1, 0, 0, 0);
/** A block ends with the person with whom its events come to so many bytes. */
const BLOCK_BYTES = 128 * 1024;
const BLOCK_HEAD = 8;
/** In the order of the file. */
const SOURCE = ['channel', 'source', 'medium', 'campaign', 'term', 'content'] as const;
const KINDS = { click: 1, impression: 2, visit: 3 } as const;
const LEAD = 1;

/** Bytes that grow. */
class Bytes {
  #at = new Uint8Array(1 << 12);
  length = 0;
  readonly #encoder = new TextEncoder();

  #room(size: number): void {
    if (this.length + size <= this.#at.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#at.length, this.length + size));
    grown.set(this.#at);
    this.#at = grown;
  }

  /** @param n whole, 0 to 2^53 */
  number(n: number): void {
    this.#room(8);
    let rest = n;
    // Bit operations see 32 bits only.
    for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128))
      this.#at[this.length++] = (rest % 128) | 128;
    for (; rest > 127; rest >>>= 7) this.#at[this.length++] = (rest & 127) | 128;
    this.#at[this.length++] = rest;
  }

  bytes(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#at.set(bytes, this.length);
    this.length += bytes.length;
  }

  text(text: string): void {
    const bytes = this.#encoder.encode(text);
    this.number(bytes.length);
    this.bytes(bytes);
  }

  view(): Uint8Array {
    return this.#at.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = -1;
  for (let i = 0; i < bytes.length; i++) c = CRC_TABLE[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}

/** Things by the number of their first appearance, and their bytes. */
class Table {
  readonly #numbers = new Map<string, number>();
  readonly bytes = new Bytes();

  get size(): number {
    return this.#numbers.size;
  }

  /** @param write called for a new one */
  number(key: string, write: (to: Bytes) => void): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    write(this.bytes);
    return number;
  }

  clear(): void {
    this.#numbers.clear();
    this.bytes.clear();
  }
}

/** The persons of a block, and what they name. */
class Block {
  readonly #strings = new Table();
  readonly #sources = new Table();
  readonly #actions = new Table();
  readonly #events = new Bytes();
  readonly #isLead: (action: string) => boolean;
  persons = 0;

  constructor(isLead: (action: string) => boolean) {
    this.#isLead = isLead;
  }

  get size(): number {
    return this.#events.length;
  }

  add(events: readonly JourneyEvent[]): void {
    const to = this.#events;
    this.persons++;
    to.number(events.length);
    let before = 0;
    for (const event of events) {
      if ('touch' in event) {
        to.number(KINDS[event.touch.interaction] + 4 * this.#source(event.touch));
        to.number(event.at - before);
      } else {
        to.number(4 * (2 * this.#action(event.action) + (event.order === '' ? 0 : 1)));
        to.number(event.at - before);
        to.number(event.value);
        if (event.order !== '') to.bytes(fromHex(event.order));
      }
      before = event.at;
    }
  }

  #string(text: string): number {
    return text === '' ? 0 : 1 + this.#strings.number(text, (to) => to.text(text));
  }

  #source(touch: JourneyTouch): number {
    const parts = SOURCE.map((dimension) => this.#string(touch[dimension]));
    return this.#sources.number(parts.join(), (to) => {
      for (const part of parts) to.number(part);
    });
  }

  #action(action: string): number {
    const name = this.#string(action);
    return this.#actions.number(action, (to) => {
      to.number(name);
      to.number(this.#isLead(action) ? LEAD : 0);
    });
  }

  /** The block's body; the next one begins. */
  take(): Bytes {
    const body = new Bytes();
    body.number(this.persons);
    for (const table of [this.#strings, this.#sources, this.#actions]) {
      body.number(table.size);
      body.bytes(table.bytes.view());
      table.clear();
    }
    body.bytes(this.#events.view());
    this.#events.clear();
    this.persons = 0;
    return body;
  }
}

function framed(body: Bytes): Uint8Array {
  const bytes = body.view();
  const block = new Uint8Array(BLOCK_HEAD + bytes.length);
  const head = new DataView(block.buffer);
  head.setUint32(0, bytes.length, true);
  head.setUint32(4, crc32(bytes), true);
  block.set(bytes, BLOCK_HEAD);
  return block;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function binaryFile(isLead: (action: string) => boolean): JourneyFile {
  const block = new Block(isLead);
  const total = { persons: 0, touches: 0, conversions: 0 };
  const count = (events: readonly JourneyEvent[]): void => {
    const touches = events.filter((event) => 'touch' in event).length;
    total.persons++;
    total.touches += touches;
    total.conversions += events.length - touches;
  };
  return {
    contentType: 'application/vnd.headwater.journeys',
    extension: 'hwj',
    begin: () => HEAD,
    add(journeys: readonly PlainJourney[]) {
      const blocks: Uint8Array[] = [];
      for (const journey of journeys) {
        const events = eventsOf(journey);
        if (events.length === 0) continue;
        count(events);
        block.add(events);
        if (block.size >= BLOCK_BYTES) blocks.push(framed(block.take()));
      }
      return joined(blocks);
    },
    end() {
      const blocks = block.persons > 0 ? [framed(block.take())] : [];
      const mark = new Bytes();
      mark.number(0);
      for (const sum of [total.persons, total.touches, total.conversions]) mark.number(sum);
      return joined([...blocks, framed(mark)]);
    },
  };
}
