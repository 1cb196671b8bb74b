/** Reads a JSON request body under a limit, with a clear refusal for each way it can be wrong. */
import { Problem } from '../problem.ts';

export interface BodyRules {
  /** Most bytes of the body. */
  maxBytes: number;
  /** Media types accepted, lower case. */
  types: readonly string[];
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
const encoder = new TextEncoder();

/**
 * @returns the parsed JSON
 * @throws Problem unsupported_media_type, unsupported_encoding, body_too_large,
 *   empty_body, bad_encoding, not_json
 */
export async function readJson(request: Request, rules: BodyRules): Promise<unknown> {
  checkHeaders(request.headers, rules);
  const text = await readText(request, rules.maxBytes).catch((error: unknown) => {
    if (error instanceof Problem) throw error;
    // The runtime's words for a body cut short or a malformed chunk name nothing of use to a client.
    throw new Problem('incomplete_body', 'The body ended early or its framing is broken.');
  });
  if (text === '') {
    throw new Problem('empty_body', 'Send a JSON object with "site" and "events".');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    // The engine's message says where, but may quote the body: keep the place only.
    const place = /at position \d+( \(line \d+ column \d+\))?/.exec(String(error))?.[0];
    throw new Problem(
      'not_json',
      `The body must be one JSON object${place ? `; see ${place}` : ''}.`,
    );
  }
}

function checkHeaders(headers: Headers, { types, maxBytes }: BodyRules): void {
  const contentType = headers.get('content-type') ?? '';
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const charset = parameters.map((part) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(part)?.[1]);
  if (!types.includes(type.trim())) {
    throw new Problem(
      'unsupported_media_type',
      `Send content-type ${types.join(' or ')}; got ${contentType === '' ? 'none' : JSON.stringify(contentType.slice(0, 80))}.`,
    );
  }
  if (charset.some((name) => name !== undefined && name !== 'utf-8' && name !== 'utf8')) {
    throw new Problem('unsupported_media_type', 'The charset must be UTF-8.');
  }
  const encoding = headers.get('content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    throw new Problem('unsupported_encoding', 'Send the body without a content-encoding.');
  }
  const length = headers.get('content-length');
  if (length !== null && Number(length) > maxBytes) throw tooLarge(maxBytes);
}

/** Reads at most `maxBytes`, whatever the headers promised. */
async function readText(request: Request, maxBytes: number): Promise<string> {
  if (request.body === null) return '';
  // A declared length is enforced by HTTP framing and was checked before.
  const length = request.headers.get('content-length');
  if (length !== null) {
    // Bytes would have to be handed over as a buffer, which costs a tenth of a whole small request.
    const text = await request.text();
    if (text.includes(REPLACED) && !isWhole(text, Number(length))) throw badEncoding();
    return text;
  }
  const bytes = await readChunks(request.body as ReadableStream<Uint8Array>, maxBytes);
  try {
    return utf8.decode(bytes);
  } catch {
    throw badEncoding();
  }
}

/** What the runtime puts in the place of bytes that are no UTF-8. */
const REPLACED = '\ufffd';

/**
 * Whether a text with that sign has it from its sender: in the place of one or two wrong bytes the text
 * is longer than the body was. Only where three bytes of a character of four came is that not seen;
 * such a text is taken with the sign in it. A byte order mark is dropped by the runtime.
 */
function isWhole(text: string, length: number): boolean {
  const size = encoder.encode(text).length;
  return size === length || size + 3 === length;
}

async function readChunks(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else if (size > DISCARDED_BYTES) break;
  }
  if (size > maxBytes) throw tooLarge(maxBytes);
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** How much of a refused body is read and dropped before the answer. */
const DISCARDED_BYTES = 32 * 1024 * 1024;

/**
 * Drops what is left of a body. A client that is still writing when the
 * connection closes would see a broken pipe instead of the refusal.
 */
export async function discardBody(request: Request): Promise<void> {
  if (request.body === null || request.bodyUsed) return;
  let size = 0;
  try {
    for await (const chunk of request.body as ReadableStream<Uint8Array>) {
      size += chunk.length;
      if (size > DISCARDED_BYTES) break;
    }
  } catch {
    // The client went away; there is nobody to answer.
  }
}

function badEncoding(): Problem {
  return new Problem('bad_encoding', 'The body must be valid UTF-8.');
}

function tooLarge(maxBytes: number): Problem {
  return new Problem(
    'body_too_large',
    `The body may have at most ${maxBytes} bytes; send fewer events at a time.`,
  );
}
