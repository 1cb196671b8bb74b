/**
 * Brings the path counts along behind the log, a part at a time: first every person that there is, then
 * those who have changed since. Each part is whole in itself and may be done again.
 */
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import { linePerson } from '../event_record.ts';
import { fromHex, toHex } from '../hex.ts';
import { isFittedModel } from '../models.ts';
import { deleteMeta, readMeta, writeMeta } from '../store.ts';
import { copyOf } from './journeys.ts';
import type { SourceIds } from './ledger.ts';
import {
  addedBy,
  countPersons,
  noteChanged,
  PathSums,
  pathSources,
  settlePersons,
} from './path_counts.ts';
import { readJourneys } from './reads.ts';

/** In meta: the last row of the log that the counts know; while all persons are walked, the last of them. */
const SEQ = 'path_seq';
const WALK = 'path_walk';

/** Persons of one part: less than a tenth of a second. */
const PART_PERSONS = 500;
/** Persons at a time who are each counted once for all that the log has of them. */
const GATHERED = 20_000;

const TABLES = ['path_counts', 'person_paths', 'path_changed', 'path_settled'] as const;

/** Whether anything is fitted from the counts. */
const wantsPaths = ({ models }: Site): boolean => models.some(isFittedModel);

const begun = (sql: SqlStorage): boolean => readMeta(sql, SEQ) !== undefined;

/**
 * Begins with a site's first such model, and forgets all after its last. Call inside a transaction.
 *
 * @returns whether the site is counted
 */
export function beginPaths(sql: SqlStorage, site: Site): boolean {
  if (wantsPaths(site)) {
    if (!begun(sql)) begin(sql);
    return true;
  }
  if (begun(sql)) {
    for (const table of TABLES) sql.exec(`DELETE FROM ${table}`);
    deleteMeta(sql, SEQ);
    deleteMeta(sql, WALK);
  }
  return false;
}

/** Whether there are persons who were never counted. */
export const isWalking = (sql: SqlStorage): boolean => readMeta(sql, WALK) !== undefined;

function begin(sql: SqlStorage): void {
  writeMeta(sql, SEQ, readMeta(sql, 'checkpoint') ?? '0');
  writeMeta(sql, WALK, '');
}

/** Brings the counts along, a part at a time. */
export class PathCounter {
  readonly #sql: SqlStorage;
  readonly #engine: Engine;
  readonly #site: Site;
  readonly #sources: SourceIds;
  /** Who has changed up to a row of the log, each once however often: still to be counted. */
  #changed: string[] = [];
  #upTo = 0;

  constructor(sql: SqlStorage, engine: Engine, site: Site) {
    this.#sql = sql;
    this.#engine = engine;
    this.#site = site;
    this.#sources = pathSources(sql);
  }

  /**
   * Counts a part of what has changed. Call inside a transaction; when that fails, make another counter.
   *
   * @param upTo row of the log up to which all stored journeys count
   * @param now Unix ms
   * @returns whether there is more
   */
  part(upTo: number, now: number): boolean {
    const walked = readMeta(this.#sql, WALK);
    return walked === undefined ? this.#partOfChanged(upTo, now) : this.#partOfAll(walked, now);
  }

  #partOfAll(walked: string, now: number): boolean {
    const sql = this.#sql;
    const persons = hexes(
      sql.exec(
        'SELECT person FROM journeys WHERE person > ? ORDER BY person LIMIT ?',
        fromHex(walked),
        PART_PERSONS,
      ),
    );
    this.#count(persons, now);
    const last = persons.at(-1);
    if (last === undefined) deleteMeta(sql, WALK);
    else writeMeta(sql, WALK, last);
    return true;
  }

  #partOfChanged(upTo: number, now: number): boolean {
    const sql = this.#sql;
    const noted = hexes(sql.exec('SELECT person FROM path_changed LIMIT ?', PART_PERSONS));
    if (noted.length > 0) {
      this.#count(noted, now);
      for (const person of noted) {
        sql.exec('DELETE FROM path_changed WHERE person = ?', fromHex(person));
      }
      return true;
    }
    if (this.#changed.length === 0) this.#gather(upTo);
    const before = Number(readMeta(sql, SEQ));
    if (this.#changed.length === 0 && this.#upTo === before) return false;
    this.#count(this.#changed.splice(-PART_PERSONS), now);
    if (this.#changed.length === 0) writeMeta(sql, SEQ, String(this.#upTo));
    return true;
  }

  #gather(upTo: number): void {
    const persons = new Set<string>();
    this.#upTo = Number(readMeta(this.#sql, SEQ));
    while (persons.size < GATHERED && this.#upTo < upTo) {
      const [row] = this.#sql
        .exec<{ seq: number; lines: string }>(
          'SELECT seq, lines FROM log WHERE seq > ? ORDER BY seq LIMIT 1',
          this.#upTo,
        )
        .toArray();
      if (row === undefined || row.seq > upTo) break;
      this.#upTo = row.seq;
      for (const line of row.lines.split('\n')) persons.add(copyOf(linePerson(line)));
    }
    this.#changed = [...persons];
  }

  #count(persons: readonly string[], now: number): void {
    countPersons(this.#sql, this.#engine, this.#site, this.#sources, persons, now);
  }
}

function hexes(cursor: SqlStorageCursor<Record<string, SqlStorageValue>>): string[] {
  return [...cursor.raw<[ArrayBuffer]>()].map(([person]) => toHex(new Uint8Array(person)));
}

/** A person's journey is made anew, or gone to another. Call inside that transaction. */
export function pathChanged(sql: SqlStorage, person: string): void {
  if (begun(sql)) noteChanged(sql, person);
}

/**
 * Persons are about to be forgotten: what they add stays counted. Call inside that transaction, with all
 * journeys stored.
 */
export function settlePaths(
  sql: SqlStorage,
  engine: Engine,
  site: Site,
  persons: readonly string[],
  now: number,
): void {
  if (!begun(sql)) return;
  countPersons(sql, engine, site, pathSources(sql), persons, now);
  settlePersons(sql, persons);
}

/** Rows up to one are about to leave the log: whom they changed is noted. Call inside that transaction. */
export function keepChanged(sql: SqlStorage, persons: Iterable<string>, upTo: number): void {
  if (!begun(sql) || Number(readMeta(sql, SEQ)) >= upTo) return;
  for (const person of persons) noteChanged(sql, person);
}

/** Journeys were all made anew: their counts are too, but for what is settled. Call inside a transaction. */
export function recountPaths(sql: SqlStorage): void {
  if (!begun(sql)) return;
  for (const table of TABLES.slice(0, 3)) sql.exec(`DELETE FROM ${table}`);
  sql.exec('INSERT INTO path_counts SELECT * FROM path_settled');
  begin(sql);
}

const DIFFERENCES_SHOWN = 20;

/** Persons of one page of a check. */
const CHECK_PERSONS = 2000;

/**
 * What the counts have otherwise than the stored journeys and what is settled give, in words. Call when
 * a counter has nothing more to do.
 */
export function verifyPaths(sql: SqlStorage, engine: Engine, site: Site): string[] {
  const made = new PathSums().load(sql, 'path_settled');
  const ids = pathSources(sql);
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page = readJourneys(sql, engine, site, after, CHECK_PERSONS);
    for (const journey of page.journeys) {
      for (const added of addedBy(journey, site, ids)) made.add(added, 1);
    }
    after = page.next;
  }
  const stored = new Set(new PathSums().load(sql, 'path_counts').texts());
  const right = new Set(made.texts());
  const differences = [
    ...[...stored].filter((sum) => !right.has(sum)).map((sum) => `path ${sum}: stored, not so`),
    ...[...right].filter((sum) => !stored.has(sum)).map((sum) => `path ${sum}: not stored`),
  ];
  return differences.slice(0, DIFFERENCES_SHOWN);
}
