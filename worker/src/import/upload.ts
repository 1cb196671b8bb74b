/** What imports share: a CSV body read in batches, and the report of each row. */
import { Problem } from '../problem.ts';
import { CsvError, type CsvRecord, readCsv } from './csv.ts';

export type RowOutcome = 'accepted' | 'duplicate' | 'refused';

export interface RowReport {
  /** Line on which the row starts, from 1. */
  line: number;
  outcome: RowOutcome;
  code?: string;
  message?: string;
}

const TYPES = ['text/csv', 'text/tab-separated-values', 'text/plain', 'application/csv'];

/** Refused rows that an answer lists; all are counted. */
const LISTED = 1000;

/** The code of a row that was taken though nobody is known by its click id. */
export const UNMATCHED = 'unmatched';

export interface Import {
  /** Takes the rows before the first of data; returns what is wrong with the header. */
  header(record: CsvRecord): 'more' | 'done' | { message: string };
  /** Stores rows, durably; one report for each. */
  rows(records: readonly CsvRecord[]): Promise<RowReport[]>;
  /** Rows join journeys by click id; the answer says how many found none. */
  matches?: true;
  /** Rows of one call. */
  batch: number;
}

/**
 * Runs an import over the request's body. The answer is one JSON object, or with `format=csv` a line
 * for each row, sent as the file is read: the progress of a long upload.
 *
 * @throws Problem unsupported_media_type, unsupported_encoding, empty_body, invalid_csv; rows that were
 *   stored before it stay, and the same file again changes nothing about them
 */
export async function upload(request: Request, url: URL, job: Import): Promise<Response> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  if (!TYPES.includes(type)) {
    const got = type === '' ? 'none' : JSON.stringify(type.slice(0, 80));
    throw new Problem(
      'unsupported_media_type',
      `Send content-type ${TYPES.join(' or ')}; got ${got}.`,
    );
  }
  const encoding = request.headers.get('content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    throw new Problem('unsupported_encoding', 'Send the file without a content-encoding.');
  }
  if (request.body === null) throw new Problem('empty_body', 'Send the CSV file as the body.');
  const batches = reports(request.body, job);
  if (url.searchParams.get('format') === 'csv') return streamed(batches);

  const counts = { accepted: 0, duplicate: 0, refused: 0 };
  let unmatched = 0;
  const refused: Omit<RowReport, 'outcome'>[] = [];
  for await (const batch of batches) {
    for (const { outcome, ...row } of batch) {
      counts[outcome]++;
      if (row.code === UNMATCHED) unmatched++;
      if (outcome === 'refused' && refused.length < LISTED) refused.push(row);
    }
  }
  const { accepted, duplicate } = counts;
  const rows = accepted + duplicate + counts.refused;
  return Response.json(
    {
      rows,
      accepted,
      ...(job.matches && { unmatched }),
      duplicates: duplicate,
      refused_count: counts.refused,
      refused,
    },
    { status: 202, headers: { 'cache-control': 'no-store' } },
  );
}

async function* reports(
  body: ReadableStream<Uint8Array>,
  job: Import,
): AsyncGenerator<RowReport[]> {
  let waiting: CsvRecord[] = [];
  let heading = true;
  let seen = false;
  try {
    for await (const record of readCsv(body)) {
      seen = true;
      if (heading) {
        const answer = job.header(record);
        if (typeof answer === 'object') {
          throw new Problem('invalid_csv', `line ${record.line}: ${answer.message}.`);
        }
        heading = answer === 'more';
        continue;
      }
      waiting.push(record);
      if (waiting.length < job.batch) continue;
      yield await job.rows(waiting);
      waiting = [];
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (waiting.length > 0) yield await job.rows(waiting);
    throw new Problem(
      'invalid_csv',
      `${error.message}. Rows before it were taken; the mended file may be sent whole.`,
    );
  }
  if (!seen) throw new Problem('empty_body', 'The file is empty; it needs a header.');
  if (heading) throw new Problem('invalid_csv', 'The file has no header row.');
  if (waiting.length > 0) yield await job.rows(waiting);
}

/** `line,outcome,code,message`, row by row. The last line of a whole report is `end,ROWS`. */
function streamed(batches: AsyncGenerator<RowReport[]>): Response {
  const encoder = new TextEncoder();
  let rows = 0;
  const cell = (text: string): string =>
    // A cell that a spreadsheet would run is defused.
    /[",\r\n]|^[=+\-@]/.test(text)
      ? `"${text.replace(/^[=+\-@]/, "'$&").replaceAll('"', '""')}"`
      : text;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode('line,outcome,code,message\n')),
    async pull(controller) {
      try {
        const { value, done } = await batches.next();
        if (done) {
          controller.enqueue(encoder.encode(`end,${rows},,\n`));
          controller.close();
          return;
        }
        rows += value.length;
        const text = value.map(
          ({ line, outcome, code = '', message = '' }) =>
            `${line},${outcome},${code},${cell(message)}\n`,
        );
        controller.enqueue(encoder.encode(text.join('')));
      } catch (error) {
        const told = error instanceof Problem ? error : undefined;
        if (!told) console.error(`an import ended early: ${String(error)}`);
        const message = told?.message ?? 'the import ended early; send the same file again';
        controller.enqueue(
          encoder.encode(`error,${rows},${told?.code ?? 'internal'},${cell(message)}\n`),
        );
        controller.close();
      }
    },
  });
  return new Response(body, {
    status: 202,
    headers: { 'content-type': 'text/csv; charset=utf-8', 'cache-control': 'no-store' },
  });
}
