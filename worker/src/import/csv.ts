/**
 * CSV from a stream of bytes, record by record, after RFC 4180: quotes, doubled quotes, CRLF, LF or CR,
 * a byte order mark (UTF-8, UTF-16), and the delimiter that the first line uses.
 */

/** Longest record, in UTF-16 units: a longer one is a quote left open. */
const MAX_RECORD = 65_536;

export interface CsvRecord {
  /** The line on which the record starts, from 1. */
  line: number;
  fields: string[];
}

/** The file cannot be read further; what came before stands. */
export class CsvError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.name = 'CsvError';
    this.line = line;
  }
}

/**
 * Records of the file; empty lines are left out.
 *
 * @throws CsvError for text behind a closing quote, a quote left open, a record too long, or bytes that
 *   are no UTF-8
 */
export async function* readCsv(body: ReadableStream<Uint8Array>): AsyncGenerator<CsvRecord> {
  let text = '';
  let line = 1;
  let delimiter: string | undefined;
  /** The header has been seen, or the file has said its delimiter. */
  let settled = false;
  for await (const [chunk, last] of decoded(body)) {
    text += chunk;
    let at = 0;
    for (;;) {
      // Parameter lines, such as Google's "Parameters:TimeZone=…", hold no delimiter that counts.
      if (delimiter === undefined || (line === 1 && !settled)) {
        const first = /[\r\n]/.exec(text.slice(at));
        if (first || last)
          delimiter = delimiterOf(text.slice(at, first ? at + first.index : undefined));
        else break;
      }
      const record = readRecord(text, at, line, delimiter, last);
      if (record === undefined) break;
      if (record.fields.length > 1 || record.fields[0] !== '') {
        const [first = ''] = record.fields;
        // Excel's own first line; its sign may be the delimiter that cut it in two.
        const told = /^sep=$/i.test(first) ? delimiter : /^sep=(.)$/i.exec(first)?.[1];
        delimiter = told ?? (/^parameters:|^#/i.test(first) ? undefined : delimiter);
        if (!told) yield { line, fields: record.fields };
        settled ||= told !== undefined || !/^parameters:|^#/i.test(first);
      } else if (!settled) delimiter = undefined;
      at = record.end;
      line += record.lines;
    }
    text = text.slice(at);
    if (text.length > MAX_RECORD) {
      throw new CsvError(
        line,
        `a record has more than ${MAX_RECORD} characters; is a quote left open?`,
      );
    }
  }
}

async function* decoded(body: ReadableStream<Uint8Array>): AsyncGenerator<[string, boolean]> {
  let decoder: TextDecoder | undefined;
  let held: Uint8Array = new Uint8Array();
  for await (const bytes of body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>) {
    let part = bytes;
    if (decoder === undefined) {
      part = new Uint8Array(held.length + bytes.length);
      part.set(held);
      part.set(bytes, held.length);
      held = new Uint8Array();
      if (part.length < 2) {
        held = part;
        continue;
      }
      const mark = (part[0]! << 8) | part[1]!;
      const encoding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8';
      decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: false });
    }
    yield [decode(decoder, part), false];
  }
  decoder ??= new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  yield [decode(decoder, held.length === 1 ? held : undefined), true];
}

function decode(decoder: TextDecoder, bytes: Uint8Array | undefined): string {
  try {
    return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
  } catch {
    throw new CsvError(0, 'the file is neither UTF-8 nor UTF-16 with its mark; save it as UTF-8');
  }
}

function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t', '|'].map((each) => [each, bare.split(each).length] as const);
  return counts.reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}

/** One record from `at`; undefined: its end has not come yet. */
function readRecord(
  text: string,
  from: number,
  line: number,
  delimiter: string,
  last: boolean,
): { fields: string[]; end: number; lines: number } | undefined {
  if (from === text.length) return undefined;
  const fields: string[] = [];
  let lines = 0;
  let at = from;
  for (;;) {
    let field = '';
    if (text[at] === '"') {
      for (at++; ; at++) {
        const close = text.indexOf('"', at);
        if (close < 0) {
          if (last) throw new CsvError(line, 'the file ends inside a quoted field');
          return undefined;
        }
        const part = text.slice(at, close);
        lines += part.split('\n').length - 1;
        field += part;
        at = close + 1;
        if (at === text.length && !last) return undefined;
        if (text[at] !== '"') break;
        field += '"';
      }
      const behind = text[at];
      if (behind !== undefined && behind !== delimiter && behind !== '\n' && behind !== '\r') {
        throw new CsvError(line, 'text follows a closing quote; inside quotes, double a quote');
      }
    } else {
      let end = at;
      while (end < text.length) {
        const sign = text[end];
        if (sign === delimiter || sign === '\n' || sign === '\r') break;
        end++;
      }
      if (end === text.length && !last) return undefined;
      field = text.slice(at, end);
      at = end;
    }
    fields.push(field.trim());
    if (text[at] !== delimiter || at >= text.length) break;
    at++;
  }
  if (text[at] === '\r') {
    // A line feed may be in the next piece.
    if (at + 1 === text.length && !last) return undefined;
    at += text[at + 1] === '\n' ? 2 : 1;
  } else if (text[at] === '\n') at++;
  return { fields, end: at, lines: lines + 1 };
}
