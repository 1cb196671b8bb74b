/**
 * The engine's side of the page: loads the WebAssembly core in a Web Worker, reads files into it and
 * attributes. Nothing it reads leaves this tab.
 */
import { type FullDataset, HeadwaterFull } from '../wasm/binding/full.ts';
import { type Dataset, type DatasetJourney, Headwater, HwError } from '../wasm/binding/index.ts';
import type { DatasetOptions, ModelCredit } from '../wasm/binding/types.ts';
import { answerFree, answerOf, isFree } from './engine-answers.ts';
import { type Kind, unpack } from './file-bytes.ts';
import { day as DAY } from './format.ts';
import type { Claim, Failure, FromEngine, LeftOut, Source, ToEngine } from './messages.ts';
import { comparedModels } from './models.ts';
import { pickJourneys } from './pick.ts';

const post = (message: FromEngine): void => self.postMessage(message);

const compile = async (name: string, priority: RequestPriority): Promise<WebAssembly.Module> => {
  const response = await fetch(new URL(name, import.meta.url), { priority });
  if (!response.ok) throw new Error(`${name}: the server answered ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
};

const compiled = compile('headwater.wasm', 'high');
/** Every model and intervals: asked for at once, so that nothing is fetched later, but after. */
const compiledFull = compiled.then(() => compile('headwater-full.wasm', 'low'));
// Its failure is told when it is wanted.
compiledFull.catch(() => {});
let core: Headwater | undefined;
let fullCore: HeadwaterFull | undefined;
/** channels: how many there were when it was opened. */
let current: { source: Source; dataset: Dataset; shown: number[]; channels: number } | undefined;
/** The same journeys in the full engine, once a screen wanted them; binary ones from the start. */
let whole: { source: Source; dataset: FullDataset } | undefined;
/** The open request that may still put its dataset in place. */
let opening: { id: number; stop: AbortController } | undefined;

const stopOpening = (): void => {
  opening?.stop.abort();
  opening = undefined;
};

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
    fullCore = undefined;
    current = undefined;
    whole = undefined;
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

/** Kept: the full engine reads it again, maybe after a file was dropped. */
let sample: Promise<Blob> | undefined;

const request = async (url: URL, stop: AbortSignal | null): Promise<Bytes> => {
  const response = await fetch(url, { signal: stop });
  if (response.status === 401 || response.status === 403)
    throw new KeyError('The worker refused the key. Open the link that `npm start` prints.');
  if (!response.ok || !response.body)
    throw new Error(`${url.pathname}: the server answered ${response.status}.`);
  const length = response.headers.get('content-length');
  return { stream: response.body, total: length === null ? null : Number(length) };
};

const bytesOf = async (source: Source, stop: AbortSignal | null = null): Promise<Bytes> => {
  if (source.kind === 'file') return { stream: source.file.stream(), total: source.file.size };
  if (source.kind === 'sample') {
    sample ??= request(new URL('sample.csv.gz', import.meta.url), null).then(({ stream }) =>
      new Response(stream).blob(),
    );
    // One that failed is asked for again.
    sample.catch(() => {
      sample = undefined;
    });
    const blob = await sample;
    return { stream: blob.stream(), total: blob.size };
  }
  const url = new URL('/v1/journeys', import.meta.url);
  url.search = new URLSearchParams({ site: source.site, format: 'binary' }).toString();
  return request(url, stop);
};

/** How a source's rows are read. */
const optionsOf = (source: Source): DatasetOptions =>
  source.kind === 'file' ? { columns: source.columns ?? {}, skipBad: source.skipBad ?? false } : {};

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

/** Reads a source whole; the dataset in place stays until the new one is complete. */
const open = async (id: number, source: Source): Promise<void> => {
  stopOpening();
  const stop = new AbortController();
  opening = { id, stop };
  let dataset: Dataset | undefined;
  let kind: Kind = 'csv';
  try {
    const bytes = await bytesOf(source, stop.signal);
    post({ type: 'progress', id, bytes: 0, total: bytes.total });
    const file = await unpack(counted(id, bytes));
    kind = file.kind;
    // The small module reads no binary journeys; what it does read need not wait for the other.
    const full = kind === 'journeys' ? (await fullEngine()).dataset(optionsOf(source)) : undefined;
    dataset = full ?? (await engine()).dataset(optionsOf(source));
    for await (const chunk of file.chunks) {
      if (stop.signal.aborted) return dataset.dispose();
      dataset.append(chunk);
    }
    const summary = dataset.finish();
    if (kind === 'ndjson') summary.bad = summary.bad.map((row) => ({ ...row, line: row.line - 1 }));
    if (stop.signal.aborted) return dataset.dispose();
    current?.dataset.dispose();
    const channels = summary.channels.length;
    current = { source, dataset, shown: pickJourneys(candidates(dataset)), channels };
    if (full) {
      whole?.dataset.dispose();
      whole = { source, dataset: full };
    }
    post({ type: 'opened', id, summary, hasColumns: kind !== 'journeys' });
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) dataset?.dispose();
    // A download that is stopped breaks off with an error of its own.
    if (stop.signal.aborted && !(error instanceof WebAssembly.RuntimeError)) return;
    // The header that objects lack stands on a line of its own before the core.
    if (kind === 'ndjson' && error instanceof HwError && error.line)
      throw new HwError(error.code, error.message, error.line - 1);
    throw error;
  }
};

const attribute = (message: Extract<ToEngine, { type: 'attribute' }>): void => {
  if (!current) return;
  const { id, models, model, options } = message;
  const { dataset, shown, channels } = current;
  const credited = models.length > 0 ? dataset.attribute(models, options) : [];
  // A comparison may have added a model's own channel behind them.
  const credits = credited.map((credit) => ({
    ...credit,
    conversions: credit.conversions.slice(0, channels),
    value: credit.value.slice(0, channels),
  }));
  // One by one: those between them would cost more than the calls do.
  const journeys = shown.flatMap((index) => dataset.journeys(index, 1, [model], options));
  post({ type: 'credited', id, credits, journeys });
};

const fullEngine = async (): Promise<HeadwaterFull> => {
  fullCore ??= HeadwaterFull.fromModule(await compiledFull);
  return fullCore;
};

/** Reads the current source into the full engine, once. */
const wholeDataset = async (): Promise<FullDataset | undefined> => {
  const source = current?.source;
  if (!source) return undefined;
  if (whole?.source === source) return whole.dataset;
  const dataset = (await fullEngine()).dataset(optionsOf(source));
  const { stream } = await bytesOf(source);
  for await (const chunk of (await unpack(stream)).chunks) dataset.append(chunk);
  dataset.finish();
  whole?.dataset.dispose();
  whole = { source, dataset };
  return dataset;
};

let newestComparison = 0;

/** One model after the other, so that quick ones are on the screen before slow ones. */
const compare = async ({ id, options, replicates }: Extract<ToEngine, { type: 'compare' }>) => {
  const dataset = await wholeDataset();
  if (!dataset) return;
  const credits: ModelCredit[] = [];
  const leftOut: LeftOut[] = [];
  newestComparison = id;
  for (const [i, { id: model }] of comparedModels.entries()) {
    try {
      const [credit] = replicates
        ? dataset.bootstrap([model], replicates, options)
        : dataset.attribute([model], options);
      if (credit) credits.push(credit);
    } catch (error) {
      if (!(error instanceof HwError)) throw error;
      leftOut.push({ model, why: error.message });
    }
    const more = i + 1 < comparedModels.length;
    const { channels } = dataset.summary();
    post({ type: 'compared', id, channels, credits: [...credits], leftOut, more });
    // Other messages have their turn; a newer question ends this one.
    await new Promise((resolve) => setTimeout(resolve));
    if (newestComparison !== id) return;
  }
};

/** A claim is participation within the platform's own window: the core's rule, its windows. */
const claim = ({ id, rules }: Extract<ToEngine, { type: 'claim' }>): void => {
  if (!current) return;
  const { dataset } = current;
  const { kind } = dataset.summary();
  const claims: Claim[] = [];
  try {
    for (const { channel, clickMs, viewMs } of rules) {
      // The core takes 0 for "no limit"; the shortest window stands for "not at all".
      if (kind === 'touches') dataset.setWindows({ clickMs, impressionMs: viewMs || 1 });
      const [credit] = dataset.attribute(['participation']);
      const at = dataset.summary().channels.indexOf(channel);
      const [conversions = 0, value = 0] = [credit?.conversions[at], credit?.value[at]];
      claims.push({ channel, conversions, value });
    }
  } finally {
    if (kind === 'touches') dataset.setWindows({ clickMs: 30 * DAY, impressionMs: DAY });
  }
  post({ type: 'claimed', id, claims });
};

const ask = async ({ id, question }: Extract<ToEngine, { type: 'ask' }>): Promise<void> => {
  if (isFree(question))
    return post({ type: 'answered', id, answer: await answerFree(await fullEngine(), question) });
  const dataset = await wholeDataset();
  if (dataset) post({ type: 'answered', id, answer: answerOf(dataset, question) });
};

const handle = async (message: ToEngine): Promise<void> => {
  try {
    if (message.type === 'open') await open(message.id, message.source);
    else if (message.type === 'attribute') attribute(message);
    else if (message.type === 'compare') await compare(message);
    else if (message.type === 'claim') claim(message);
    else if (message.type === 'ask') await ask(message);
    else if (opening?.id === message.id) stopOpening();
  } catch (error) {
    post({ type: 'failed', id: message.id, failure: failureOf(error) });
  }
};

self.addEventListener('message', (event: MessageEvent<ToEngine>) => void handle(event.data));
engine().then(
  () => post({ type: 'ready' }),
  (error: unknown) => post({ type: 'failed', id: 0, failure: failureOf(error) }),
);
