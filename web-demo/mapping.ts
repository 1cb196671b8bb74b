/** A file whose columns a person assigns: what its first rows are, and which column plays which role. */
import { signal } from '@preact/signals';
import { firstBytes } from './file-bytes.ts';
import { open } from './state.ts';

export interface Mapping {
  file: File;
  header: string[];
  /** The first rows, at most a hundred. */
  rows: string[][];
  /** Role → name in the header; what is missing is found by its name. */
  columns: Record<string, string>;
  skipBad: boolean;
}

export const mapping = signal<Mapping | null>(null);

/** Roles of the core, in words. */
export const touchRoles: [role: string, words: string][] = [
  ['visitor', 'Visitor'],
  ['time', 'Time'],
  ['channel', 'Channel'],
  ['interaction', 'Kind of touch'],
  ['conversion', 'Is it a sale?'],
  ['value', 'Value'],
  ['event_id', 'Event id'],
  ['order_id', 'Order id'],
  ['source', 'Source'],
  ['medium', 'Medium'],
  ['campaign', 'Campaign'],
  ['url', 'Page address'],
  ['referrer', 'Referrer'],
];
export const pathRoles: [role: string, words: string][] = [
  ['path', 'Path'],
  ['conversions', 'Sales'],
  ['nulls', 'Journeys unsold'],
  ['times', 'Times'],
];

const PREVIEW_BYTES = 128 * 1024;
const PREVIEW_ROWS = 100;

/** Rows of CSV for a look: quotes as RFC 4180 has them, the delimiter that the first line uses most. */
const preview = (text: string): string[][] => {
  const [first = ''] = text.split(/\r?\n/, 1);
  const [delimiter = ','] = [',', ';', '\t', '|'].sort(
    (a, b) => first.split(b).length - first.split(a).length,
  );
  const rows: string[][] = [];
  let row: string[] = [];
  const field = new RegExp(
    `(?:"((?:[^"]|"")*)"|([^${delimiter === '\t' ? '\\t' : `\\${delimiter}`}\\r\\n]*))(${delimiter === '\t' ? '\\t' : `\\${delimiter}`}|\\r?\\n|$)`,
    'y',
  );
  while (field.lastIndex < text.length && rows.length <= PREVIEW_ROWS) {
    const found = field.exec(text);
    if (!found) break;
    const [, quoted, plain = '', end = ''] = found;
    row.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    if (end === delimiter) continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
    if (end === '') break;
  }
  // The last row may end in a delimiter, and so in an empty field.
  if (row.length > 0) rows.push([...row, '']);
  return rows;
};

/** Opens the assignment of a file's columns. */
export const assign = async (
  file: File,
  columns: Record<string, string> = {},
  skipBad = false,
): Promise<void> => {
  const text = (await firstBytes(file, PREVIEW_BYTES)).replace(/^\uFEFF/, '');
  const [header = [], ...rows] = preview(text);
  mapping.value = { file, header, rows: rows.slice(0, PREVIEW_ROWS), columns, skipBad };
};

export const applyMapping = (): void => {
  const now = mapping.peek();
  if (!now) return;
  const { file, columns, skipBad } = now;
  mapping.value = null;
  open({ kind: 'file', file, columns, skipBad });
};
