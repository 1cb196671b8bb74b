/**
 * How many conversions, and how many who did not convert, took which path: what Markov and Shapley are
 * fitted from. Like the ledger these are sums that merge, by day and without persons; unlike it they are
 * made behind the log, see path_fold.ts, and only for sites that name such a model.
 *
 * What a person adds to them stands in person_paths, so that a changed journey takes back what it added
 * before. What a journey has lost to the retention stays in the sums (path_settled), as in the ledger.
 */
import type { JourneyTouch, JourneyView, Source } from '../../../wasm/binding/types.ts';
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import { fromHex, toHex } from '../hex.ts';
import { type Bound, BulkStatement } from './bulk.ts';
import { type Held, loadStored } from './journeys.ts';
import { SourceIds, sourcesTable } from './ledger.ts';
import { refundedOf } from './plain_journey.ts';

/** Sums by day, actions and path. conversions, nulls: counts; value: micros, net. */
const sumsTable = (name: string): string => `CREATE TABLE ${name} (
  day INTEGER NOT NULL,
  actions TEXT NOT NULL,
  path TEXT NOT NULL,
  conversions INTEGER NOT NULL,
  value INTEGER NOT NULL,
  nulls INTEGER NOT NULL,
  PRIMARY KEY (day, actions, path)
) WITHOUT ROWID, STRICT`;

export const PATH_TABLES: readonly string[] = [
  sumsTable('path_counts'),
  sumsTable('path_settled'),

  // What a person has added: a list of Added as JSON, cut into parts.
  `CREATE TABLE person_paths (
    person BLOB NOT NULL,
    part INTEGER NOT NULL,
    added TEXT NOT NULL,
    PRIMARY KEY (person, part)
  ) WITHOUT ROWID, STRICT`,

  // Whose journey has changed by other than a row of the log.
  'CREATE TABLE path_changed (person BLOB PRIMARY KEY) WITHOUT ROWID, STRICT',

  // The sources that paths are made of, without term and content.
  sourcesTable('path_sources'),
];

/**
 * One conversion, or one rest: the touches behind a person's last conversion, or all of who has none.
 *
 * - day: of the conversion, or of the rest's last touch.
 * - actions: of a conversion its name as JSON text. Of a rest a JSON list, since what counts as
 *   converting is the question's: the rest counts when the last of the list is asked for, or is ANY,
 *   and none before it is.
 * - path: ids of path_sources by blank, in the order of the touches.
 * - value: micros, net of refunds; null of a rest.
 * - at: Unix ms, of the conversion or the last touch.
 */
export type Added = [day: number, actions: string, path: string, value: number | null, at: number];

/** Ends the list of a rest before which nothing was bought. */
export const ANY = '';

/** What a journey adds to the counts. */
export function addedBy(
  { touches, conversions }: JourneyView,
  site: Site,
  ids: SourceIds,
): Added[] {
  const pathOf = (path: readonly JourneyTouch[]) =>
    path.map((touch) => ids.idOf(withoutDetail(touch))).join(' ');
  const added = conversions.map((conversion): Added => {
    const { day, action, path, value, at } = conversion;
    return [day, JSON.stringify(action), pathOf(path), value - refundedOf(conversion), at];
  });
  const last = new Map<string, number>();
  for (const { action, at } of conversions) {
    last.set(action, Math.max(at, last.get(action) ?? Number.NEGATIVE_INFINITY));
  }
  const ends = [...last].sort(([a, at], [b, bt]) => bt - at || (a < b ? -1 : 1));
  ends.push([ANY, Number.NEGATIVE_INFINITY]);
  const counted = touches.filter(({ counts }) => counts);
  const actions: string[] = [];
  for (const [action, end] of ends) {
    actions.push(action);
    const rest = windowed(
      counted.filter(({ at }) => at > end),
      site,
    );
    const newest = rest.at(-1);
    if (newest === undefined) continue;
    added.push([newest.day, JSON.stringify(actions), pathOf(rest), null, newest.at]);
  }
  return added;
}

/** The touches that would earn if there were a conversion at the last of them. */
function windowed(touches: readonly JourneyTouch[], { step }: Site): readonly JourneyTouch[] {
  const end = touches.at(-1)?.at ?? 0;
  return touches.filter(
    ({ at, interaction }) =>
      end - at <= (interaction === 'impression' ? step.lookbackImpressionMs : step.lookbackClickMs),
  );
}

const withoutDetail = ({ channel, source, medium, campaign }: Source): Source => ({
  ...{ channel, source, medium, campaign },
  term: '',
  content: '',
});

export const pathSources = (sql: SqlStorage): SourceIds =>
  new SourceIds(sql, undefined, 'path_sources');

interface Sum {
  conversions: number;
  /** Micros; sums may pass 2^53. */
  value: bigint;
  nulls: number;
}

type PathTable = 'path_counts' | 'path_settled';

/** Sums, or changes of sums, by JSON of day, actions and path. */
export class PathSums {
  readonly #sums = new Map<string, Sum>();

  add([day, actions, path, value]: Added, sign: 1 | -1): void {
    const sum = this.#sum(day, actions, path);
    if (value === null) sum.nulls += sign;
    else {
      sum.conversions += sign;
      sum.value += BigInt(sign * value);
    }
  }

  /** Adds what a table has. */
  load(sql: SqlStorage, table: PathTable): this {
    const rows = sql.exec(
      `SELECT day, actions, path, conversions, CAST(value AS TEXT), nulls FROM ${table}`,
    );
    type Row = [number, string, string, number, string, number];
    for (const [day, actions, path, conversions, value, nulls] of rows.raw<Row>()) {
      const sum = this.#sum(day, actions, path);
      sum.conversions += conversions;
      sum.value += BigInt(value);
      sum.nulls += nulls;
    }
    return this;
  }

  /** Adds them to what a table has. Call inside a transaction. */
  save(sql: SqlStorage, table: PathTable): void {
    const rows: Bound[] = [];
    const fewer: Bound[] = [];
    for (const [key, { conversions, value, nulls }] of this.#changes()) {
      const row = JSON.parse(key) as [number, string, string];
      rows.push(...row, conversions, String(value), nulls);
      if (conversions < 0 || nulls < 0) fewer.push(...row);
    }
    SUMS[table].add.run(sql, rows);
    SUMS[table].drop.run(sql, fewer);
  }

  /** One text for each sum that is not zero, in order. */
  texts(): string[] {
    return this.#changes()
      .map(([key, { conversions, value, nulls }]) => `${key} ${conversions} ${value} ${nulls}`)
      .sort();
  }

  #sum(day: number, actions: string, path: string): Sum {
    const key = JSON.stringify([day, actions, path]);
    const sum = this.#sums.get(key) ?? { conversions: 0, value: 0n, nulls: 0 };
    this.#sums.set(key, sum);
    return sum;
  }

  #changes(): [string, Sum][] {
    return [...this.#sums].filter(
      ([, { conversions, value, nulls }]) => conversions !== 0 || value !== 0n || nulls !== 0,
    );
  }
}

const sums = (table: string) => ({
  add: new BulkStatement(
    6,
    (rows) =>
      `INSERT INTO ${table} (day, actions, path, conversions, value, nulls) VALUES ${rows}
       ON CONFLICT DO UPDATE SET conversions = conversions + excluded.conversions,
         value = value + excluded.value, nulls = nulls + excluded.nulls`,
  ),
  drop: new BulkStatement(
    3,
    (rows) =>
      `DELETE FROM ${table} WHERE (day, actions, path) IN (VALUES ${rows})
       AND conversions = 0 AND nulls = 0`,
  ),
});

const SUMS = { path_counts: sums('path_counts'), path_settled: sums('path_settled') };

const LOAD = new BulkStatement(
  1,
  (rows) =>
    `SELECT person, added FROM person_paths WHERE person IN (VALUES ${rows}) ORDER BY person, part`,
);
const SAVE = new BulkStatement(
  3,
  (rows) =>
    `INSERT INTO person_paths (person, part, added) VALUES ${rows}
     ON CONFLICT DO UPDATE SET added = excluded.added`,
);
const DROP = new BulkStatement(
  2,
  (rows) => `DELETE FROM person_paths WHERE (person, part) IN (VALUES ${rows})`,
);

/** Characters of one row, well under the platform's 2 MB. */
const PART = 400_000;

function addedBefore(sql: SqlStorage, persons: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  LOAD.run(sql, persons.map(fromHex), (cursor) => {
    for (const [person, added] of cursor.raw<[ArrayBuffer, string]>()) {
      const key = toHex(new Uint8Array(person));
      found.set(key, (found.get(key) ?? '') + added);
    }
  });
  return found;
}

/** @param texts by person, with the text before */
function saveAdded(sql: SqlStorage, texts: ReadonlyMap<string, { text: string; old: string }>) {
  const saved: Bound[] = [];
  const dropped: Bound[] = [];
  for (const [person, { text, old }] of texts) {
    const key = fromHex(person);
    let part = 0;
    for (; part * PART < text.length; part++) {
      saved.push(key, part, text.slice(part * PART, (part + 1) * PART));
    }
    for (; part * PART < old.length; part++) dropped.push(key, part);
  }
  SAVE.run(sql, saved);
  DROP.run(sql, dropped);
}

/**
 * Brings the counts to what the persons' stored journeys add now. Call inside a transaction.
 *
 * @param persons keys, all different
 * @param now Unix ms: what a journey no longer has and is past the retention stays counted
 */
export function countPersons(
  sql: SqlStorage,
  engine: Engine,
  site: Site,
  ids: SourceIds,
  persons: readonly string[],
  now: number,
): void {
  const held = new Map<string, Held>();
  loadStored(sql, persons, held);
  const before = addedBefore(sql, persons);
  const stepper = engine.stepper(site);
  const counts = new PathSums();
  const settled = new PathSums();
  const changed = new Map<string, { text: string; old: string }>();
  const horizon = now - site.step.retentionMs;
  for (const person of persons) {
    const journey = held.get(person)?.journey;
    const added = journey?.length ? addedBy(stepper.describe(journey), site, ids) : [];
    const text = added.length > 0 ? JSON.stringify(added) : '';
    const old = before.get(person) ?? '';
    if (text === old) continue;
    changed.set(person, { text, old });
    for (const each of added) counts.add(each, 1);
    for (const each of parse(old)) {
      counts.add(each, -1);
      const [, , , , at] = each;
      if (at >= horizon || text.includes(JSON.stringify(each))) continue;
      counts.add(each, 1);
      settled.add(each, 1);
    }
  }
  counts.save(sql, 'path_counts');
  settled.save(sql, 'path_settled');
  saveAdded(sql, changed);
}

const parse = (added: string): Added[] => (added === '' ? [] : (JSON.parse(added) as Added[]));

/** Persons are forgotten, and what they added stays. Call inside a transaction. */
export function settlePersons(sql: SqlStorage, persons: readonly string[]): void {
  const settled = new PathSums();
  const gone = new Map<string, { text: string; old: string }>();
  for (const [person, old] of addedBefore(sql, persons)) {
    for (const each of parse(old)) settled.add(each, 1);
    gone.set(person, { text: '', old });
  }
  settled.save(sql, 'path_settled');
  saveAdded(sql, gone);
  for (const person of persons) {
    sql.exec('DELETE FROM path_changed WHERE person = ?', fromHex(person));
  }
}

/** A person's journey has changed by other than a row of the log. Call inside that transaction. */
export function noteChanged(sql: SqlStorage, person: string): void {
  sql.exec('INSERT INTO path_changed (person) VALUES (?) ON CONFLICT DO NOTHING', fromHex(person));
}
