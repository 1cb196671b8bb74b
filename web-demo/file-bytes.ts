/** A file's bytes as the core reads them: unpacked, and objects of NDJSON turned into rows of CSV. */
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
export interface Kind {
  ndjson: boolean;
}

const BRACE = 0x7b;
const blank = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

/** @param kind is filled in with the first bytes */
export const csvBytes = async function* (stream: Stream, kind: Kind): AsyncGenerator<Uint8Array> {
  let reader: NdjsonReader | null = null;
  let begun = false;
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  for await (const chunk of unpacked(stream)) {
    if (!begun) {
      const at = chunk.findIndex((byte) => !blank.has(byte));
      kind.ndjson = chunk[at] === BRACE;
      if (kind.ndjson) reader = new NdjsonReader();
      begun = true;
    }
    if (reader) yield encoder.encode(reader.push(decoder.decode(chunk, { stream: true })));
    else yield chunk;
  }
  if (reader) yield encoder.encode(reader.push(decoder.decode()) + reader.end());
};

/** The first so many bytes of CSV, for a look at it. */
export const firstBytes = async (file: File, most: number): Promise<string> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  // As many packed bytes unpack to more, never to less.
  const head = file.slice(0, most);
  try {
    for await (const chunk of csvBytes(head.stream(), { ndjson: false })) {
      parts.push(chunk);
      size += chunk.length;
      if (size >= most) break;
    }
  } catch {
    // A packed file that is cut off ends in an error; what came before it counts.
  }
  return new Blob(parts as Uint8Array<ArrayBuffer>[]).text();
};
