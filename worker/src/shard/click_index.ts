/**
 * Which person made a click, by click id: for conversions that come by file and know nothing else. Kept
 * for as long as such a file may come. Keys are 32 hex digits.
 */
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import type { EventRecord } from '../event_record.ts';
import { fromHex, toHex } from '../hex.ts';
import type { OutcomeCode } from '../problem.ts';
import { DAY_MS } from '../schema/time.ts';
import { readMeta, writeMeta } from '../store.ts';
import { BulkStatement } from './bulk.ts';
import { isLogged } from './fold.ts';

export const CLICK_INDEX_TABLES: readonly string[] = [
  // click: key of (site, name, id). at: of the click, Unix ms. movable: whether the person is no visitor.
  `CREATE TABLE click_index (
    click BLOB PRIMARY KEY,
    person BLOB NOT NULL,
    at INTEGER NOT NULL,
    movable INTEGER NOT NULL
  ) WITHOUT ROWID, STRICT`,
];

/** Ids that one click has and no other. */
export const CLICK_ID_NAMES = [
  ...['gclid', 'gbraid', 'wbraid', 'dclid', 'fbclid', 'msclkid', 'ttclid', 'li_fat_id', 'twclid'],
  ...[
    'epik',
    'sccid',
    'rdt_cid',
    'yclid',
    'irclickid',
    'cjevent',
    'awc',
    'tblci',
    'dicbo',
    'obclid',
  ],
  ...['oppref', 'qclid', 'vmcid', 'aleid'],
] as const;
const NAMES: ReadonlySet<string> = new Set(CLICK_ID_NAMES);

/** A conversion may be uploaded this long after it happened (Google's limit), ms. */
const UPLOAD_MS = 90 * DAY_MS;

/** In meta: the day on which old clicks were forgotten last. */
const FORGOTTEN = 'clicks_forgotten';

/** Cookies that hold a click id behind something else: `fb.1.1700000000000.IwAR…`, `GCL.1700000000.Cj…`. */
const WRAPPED: Record<string, [name: string, form: RegExp]> = {
  fbc: ['fbclid', /^fb\.\d\.\d+\.([^.]+)/],
  gcl_aw: ['gclid', /^GCL\.\d+\.(.+)$/],
};

/** Parts of the keys of an event's click ids, in the order of CLICK_ID_NAMES where it has several. */
export function clickParts(site: Site, ids: Record<string, string | null> | undefined): string[][] {
  const found = new Map<string, string>();
  for (const [spelling, value] of Object.entries(ids ?? {})) {
    const name = spelling.toLowerCase().replace(/^_+/, '');
    if (!value) continue;
    if (NAMES.has(name)) found.set(name, value);
    const [inner, form] = WRAPPED[name] ?? [];
    const id = form?.exec(value)?.[1];
    if (inner && id && !found.has(inner)) found.set(inner, id);
  }
  return CLICK_ID_NAMES.flatMap((name) => {
    const id = found.get(name);
    return id === undefined ? [] : [['click', site.key, name, id]];
  });
}

interface Arrived {
  person: string;
  record: EventRecord;
}

const PUT = new BulkStatement(
  4,
  (rows) =>
    `INSERT INTO click_index (click, person, at, movable) VALUES ${rows}
     ON CONFLICT DO UPDATE SET person = excluded.person, at = excluded.at, movable = excluded.movable
     WHERE excluded.at < at`,
);

/** Whoever made a click first has it. Call inside the commit's transaction. @param now Unix ms */
export function noteClicks(
  sql: SqlStorage,
  engine: Engine,
  site: Site,
  arrivals: readonly Arrived[],
  outcomes: readonly OutcomeCode[],
  now: number,
): void {
  const clicks = arrivals.flatMap(({ person, record }, i) => {
    // A row of a file says that a click was made, not by whom.
    if (record.ids === undefined || record.via === 'import' || !isLogged(outcomes[i]!)) return [];
    return clickParts(site, record.ids).map((parts) => ({ parts, person, record }));
  });
  if (clicks.length === 0) return;
  const keys = engine.core.keys(clicks.map(({ parts }) => parts));
  PUT.run(
    sql,
    clicks.flatMap(({ person, record }, i) => [
      keys[i]!,
      fromHex(person),
      record.at,
      record.movable ? 1 : 0,
    ]),
  );
  forgetOldClicks(sql, site, now);
}

export interface FoundClick {
  click: string;
  person: string;
  /** Unix ms. */
  at: number;
  /** The person is no visitor. */
  movable: boolean;
}

const FIND = new BulkStatement(
  1,
  (rows) => `SELECT click, person, at, movable FROM click_index WHERE click IN (VALUES ${rows})`,
);

export function findClicks(sql: SqlStorage, clicks: readonly string[]): FoundClick[] {
  const found: FoundClick[] = [];
  FIND.run(sql, clicks.map(fromHex), (cursor) => {
    for (const row of cursor.raw<[ArrayBuffer, ArrayBuffer, number, number]>()) {
      const [click, person] = [row[0], row[1]].map((key) => toHex(new Uint8Array(key)));
      found.push({ click: click!, person: person!, at: row[2], movable: row[3] === 1 });
    }
  });
  return found;
}

/** Once a day: forgets clicks that no conversion can be of any more. */
function forgetOldClicks(sql: SqlStorage, { step, dayOf }: Site, now: number): void {
  const today = String(dayOf(now));
  if (readMeta(sql, FORGOTTEN) === today) return;
  writeMeta(sql, FORGOTTEN, today);
  const kept = Math.min(step.lookbackClickMs + UPLOAD_MS, step.retentionMs);
  sql.exec('DELETE FROM click_index WHERE at < ?', now - kept);
}

/** Forgets all clicks of a person. @returns how many there were */
export function eraseClicks(sql: SqlStorage, person: string): number {
  return sql.exec('DELETE FROM click_index WHERE person = ?', fromHex(person)).rowsWritten;
}
