/**
 * A file's bytes as the core reads them: unpacked, and objects of NDJSON turned into rows of CSV. A worker's
 * binary journeys pass as they are.
 */
import { NdjsonReader } from './ndjson.ts';

type Stream = ReadableStream<Uint8Array<ArrayBuffer>>;

/** Unpacks gzip, told by its first two bytes; anything else passes as it is. */
const unpacked = async function* (stream: Stream): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  const first = await reader.read();
  if (first.done) return;
  const rest: Stream = new ReadableStream({
    start: (controller) => controller.enqueue(first.value),
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  yield* isGzip ? rest.pipeThrough(new DecompressionStream('gzip')) : rest;
};

/** What the bytes turned out to be. */
export type Kind = 'csv' | 'ndjson' | 'journeys';

const BRACE = 0x7b;
const blank = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
/** "HWX1": what a worker's `/v1/journeys?format=binary` begins with. */
const magic = [0x48, 0x57, 0x58, 0x31];

const kindOf = (bytes: Uint8Array): Kind => {
  if (magic.every((byte, i) => bytes[i] === byte)) return 'journeys';
  return bytes[bytes.findIndex((byte) => !blank.has(byte))] === BRACE ? 'ndjson' : 'csv';
};

export interface Unpacked {
  kind: Kind;
  /** CSV, or journeys. */
  chunks: AsyncGenerator<Uint8Array>;
}

const asCsv = async function* (chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = new NdjsonReader();
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  for await (const chunk of chunks)
    yield encoder.encode(reader.push(decoder.decode(chunk, { stream: true })));
  yield encoder.encode(reader.push(decoder.decode()) + reader.end());
};

/** Reads as far as it takes to tell what the bytes are. */
export const unpack = async (stream: Stream): Promise<Unpacked> => {
  const chunks = unpacked(stream);
  let start: Uint8Array = new Uint8Array();
  while (start.length < magic.length) {
    const { done, value } = await chunks.next();
    if (done) break;
    start = start.length === 0 ? value : Uint8Array.of(...start, ...value);
  }
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield start;
      yield* chunks;
    } finally {
      // Who stops reading at the start stops the download, too.
      await chunks.return(undefined);
    }
  };
  const kind = kindOf(start);
  return { kind, chunks: kind === 'ndjson' ? asCsv(whole()) : whole() };
};

/** The first so many bytes of CSV, for a look at it. */
export const firstBytes = async (file: File, most: number): Promise<string> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  // As many packed bytes unpack to more, never to less.
  const head = file.slice(0, most);
  try {
    for await (const chunk of (await unpack(head.stream())).chunks) {
      parts.push(chunk);
      size += chunk.length;
      if (size >= most) break;
    }
  } catch {
    // A packed file that is cut off ends in an error; what came before it counts.
  }
  return new Blob(parts as Uint8Array<ArrayBuffer>[]).text();
};
