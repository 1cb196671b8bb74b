/**
 * Objects, one a line, as the CSV that the core reads. Nested fields are named by their last part where
 * that tells them apart, else by their whole path. Rows of a GA4 export get their source from the
 * session's last click, else from what the hit collected, else from the user's first source.
 */

type Fields = Map<string, string>;

const flatten = (value: unknown, path: string, into: Fields): void => {
  if (value === null || value === undefined) return;
  if (typeof value !== 'object') into.set(path, String(value));
  else if (!Array.isArray(value))
    for (const [name, part] of Object.entries(value))
      flatten(part, path ? `${path}.${name}` : name, into);
};

const sources = [
  'session_traffic_source_last_click.manual_campaign',
  'session_traffic_source_last_click',
  'collected_traffic_source',
  'traffic_source',
];
const ga4Columns = [
  ...['user_pseudo_id', 'event_timestamp', 'event_name', 'transaction_id', 'value'],
  ...['source', 'medium', 'campaign'],
];

/**
 * A GA4 hit's row: a visit's start is a touch, a purchase a sale without one of its own (the visit that
 * it belongs to began before). null for any other hit.
 */
const ga4Row = (fields: Fields): Fields | null => {
  const row: Fields = new Map();
  for (const name of ga4Columns.slice(0, 3)) row.set(name, fields.get(name) ?? '');
  row.set('transaction_id', fields.get('ecommerce.transaction_id') ?? '');
  const revenue = fields.get('ecommerce.purchase_revenue') ?? fields.get('event_value_in_usd');
  row.set('value', revenue ?? '');
  const first = (at: string, ...names: string[]): string =>
    names.map((name) => fields.get(`${at}.${name}`)).find(Boolean) ?? '';
  const event = fields.get('event_name');
  if (event === 'purchase') return row;
  for (const at of sources) {
    const source = first(at, 'source', 'manual_source');
    if (!source) continue;
    row.set('source', source);
    row.set('medium', first(at, 'medium', 'manual_medium'));
    row.set('campaign', first(at, 'campaign_name', 'manual_campaign_name', 'name'));
    break;
  }
  return row.has('source') && event === 'session_start' ? row : null;
};

const cell = (text: string): string => {
  const line = text.replace(/[\r\n]+/g, ' ');
  return /[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
};

/** Lines looked at before the columns are settled. */
const LOOKED_AT = 200;

export class NdjsonReader {
  #rest = '';
  #lines: string[] = [];
  #columns: string[] | null = null;
  #names = new Map<string, string>();
  #isGa4 = false;

  /** The next text, cut anywhere. @returns CSV, line by line */
  push(text: string): string {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#columns) return lines.map((line) => this.#row(line)).join('');
    this.#lines.push(...lines);
    return this.#lines.length >= LOOKED_AT ? this.#settle() : '';
  }

  end(): string {
    const last = this.#rest ? this.push('\n') : '';
    return last + (this.#columns ? '' : this.#settle());
  }

  #settle(): string {
    const paths = new Set<string>();
    for (const line of this.#lines)
      for (const path of this.#fields(line)?.keys() ?? []) paths.add(path);
    this.#isGa4 = paths.has('user_pseudo_id') && paths.has('event_timestamp');
    const short = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
    const count = new Map<string, number>();
    for (const path of paths) count.set(short(path), (count.get(short(path)) ?? 0) + 1);
    for (const path of paths)
      this.#names.set(path, count.get(short(path)) === 1 ? short(path) : path);
    this.#columns = this.#isGa4 ? ga4Columns : [...this.#names.values()];
    const lines = this.#lines;
    this.#lines = [];
    return `${this.#columns.map(cell).join(',')}\n${lines.map((line) => this.#row(line)).join('')}`;
  }

  #fields(line: string): Fields | null {
    try {
      const fields: Fields = new Map();
      const value: unknown = JSON.parse(line);
      if (typeof value !== 'object' || value === null) return null;
      flatten(value, '', fields);
      return fields;
    } catch {
      return null;
    }
  }

  /** One line for each line, so that a fault is told where it stands. */
  #row(line: string): string {
    if (!line.trim()) return '\n';
    const fields = this.#fields(line);
    // The core refuses it: a row of one field where the header has more.
    if (!fields) return 'no JSON object\n';
    const own = this.#isGa4 ? ga4Row(fields) : fields;
    if (!own) return '\n';
    if (this.#isGa4) return `${ga4Columns.map((name) => cell(own.get(name) ?? '')).join(',')}\n`;
    const byName = new Map([...own].map(([path, text]) => [this.#names.get(path), text]));
    return `${this.#columns!.map((name) => cell(byName.get(name) ?? '')).join(',')}\n`;
  }
}
