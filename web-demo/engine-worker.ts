/**
 * The engine's side of the page: loads the WebAssembly core in a Web Worker, reads CSV bytes into
 * it and attributes. Nothing it reads leaves this tab.
 */
import { type Dataset, type DatasetJourney, Headwater, HwError } from '../wasm/binding/index.ts';
import type { Failure, FromEngine, Source, ToEngine } from './messages.ts';
import { pickJourneys } from './pick.ts';

const post = (message: FromEngine): void => self.postMessage(message);

const compile = async (): Promise<WebAssembly.Module> => {
  const response = await fetch(new URL('headwater.wasm', import.meta.url));
  if (!response.ok) throw new Error(`headwater.wasm: the server answered ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
};

const compiled = compile();
let core: Headwater | undefined;
let current: { dataset: Dataset; shown: number[] } | undefined;
/** The open request that may still put its dataset in place. */
let opening = 0;

const engine = async (): Promise<Headwater> => {
  core ??= Headwater.fromModule(await compiled);
  return core;
};

class KeyError extends Error {}

/** What went wrong, in words for a person. */
const failureOf = (error: unknown): Failure => {
  if (error instanceof HwError)
    return {
      code: error.code,
      message: error.message,
      line: error.line ?? 0,
      column: error.column ?? 0,
    };
  if (error instanceof WebAssembly.RuntimeError) {
    // A trap leaves the instance's memory in an unknown state.
    core = undefined;
    current = undefined;
    return { code: 'trap', message: 'The engine stopped and was restarted.', line: 0, column: 0 };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof KeyError ? 'key' : 'read', message, line: 0, column: 0 };
};

interface Bytes {
  stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Bytes to come; null when the server does not say. */
  total: number | null;
}

const request = async (url: URL, headers: Record<string, string>): Promise<Bytes> => {
  const response = await fetch(url, { headers });
  if (response.status === 401 || response.status === 403)
    throw new KeyError('The worker refused the key. Open the link that `npm start` prints.');
  if (!response.ok || !response.body)
    throw new Error(`${url.pathname}: the server answered ${response.status}.`);
  const length = response.headers.get('content-length');
  return { stream: response.body, total: length === null ? null : Number(length) };
};

const bytesOf = async (source: Source): Promise<Bytes> => {
  if (source.kind === 'file') return { stream: source.file.stream(), total: source.file.size };
  if (source.kind === 'sample') return request(new URL('sample.csv.gz', import.meta.url), {});
  const url = new URL('/v1/journeys', import.meta.url);
  url.search = new URLSearchParams({ site: source.site, format: 'csv' }).toString();
  return request(url, { authorization: `Bearer ${source.key}` });
};

/** Unpacks gzip, told by its first two bytes; anything else passes as it is. */
const unpacked = async function* (
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  const first = await reader.read();
  if (first.done) return;
  const rest = new ReadableStream<Uint8Array<ArrayBuffer>>({
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

/** Counts bytes as they are read, before unpacking. */
const counted = (id: number, { stream, total }: Bytes): Bytes['stream'] => {
  let bytes = 0;
  let reported = 0;
  return stream.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (performance.now() - reported > 50) {
          reported = performance.now();
          post({ type: 'progress', id, bytes, total });
        }
        controller.enqueue(chunk);
      },
    }),
  );
};

/** Reads a source whole; the dataset in place stays until the new one is complete. */
/** The first journeys, as many as are quickly read: those of one busy visitor can be very long. */
const candidates = (dataset: Dataset): DatasetJourney[] => {
  const found: DatasetJourney[] = [];
  let touches = 0;
  while (found.length < 2000 && touches < 50_000) {
    const part = dataset.journeys(found.length, 50, []);
    for (const { channels } of part) touches += channels.length;
    found.push(...part);
    if (part.length < 50) break;
  }
  return found;
};

const open = async (id: number, source: Source): Promise<void> => {
  opening = id;
  const dataset = (await engine()).dataset();
  try {
    const bytes = await bytesOf(source);
    post({ type: 'progress', id, bytes: 0, total: bytes.total });
    for await (const chunk of unpacked(counted(id, bytes))) {
      if (opening !== id) return dataset.dispose();
      dataset.append(chunk);
    }
    const summary = dataset.finish();
    if (opening !== id) return dataset.dispose();
    current?.dataset.dispose();
    current = { dataset, shown: pickJourneys(candidates(dataset)) };
    post({ type: 'opened', id, summary });
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) dataset.dispose();
    throw error;
  }
};

const attribute = (message: Extract<ToEngine, { type: 'attribute' }>): void => {
  if (!current) return;
  const { id, models, model, options } = message;
  const { dataset, shown } = current;
  const credits = models.length > 0 ? dataset.attribute(models, options) : [];
  // One call for all: each costs a pass over the model's preparation.
  const from = Math.min(...shown);
  const count = shown.length > 0 ? Math.max(...shown) - from + 1 : 0;
  const range = count > 0 ? dataset.journeys(from, count, [model], options) : [];
  const journeys = shown.map((index) => range[index - from]!);
  post({ type: 'credited', id, credits, journeys });
};

const handle = async (message: ToEngine): Promise<void> => {
  try {
    if (message.type === 'open') await open(message.id, message.source);
    else if (message.type === 'attribute') attribute(message);
    else if (opening === message.id) opening = 0;
  } catch (error) {
    post({ type: 'failed', id: message.id, failure: failureOf(error) });
  }
};

self.addEventListener('message', (event: MessageEvent<ToEngine>) => void handle(event.data));
engine().then(
  () => post({ type: 'ready' }),
  (error: unknown) => post({ type: 'failed', id: 0, failure: failureOf(error) }),
);
