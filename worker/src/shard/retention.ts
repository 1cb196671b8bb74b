/**
 * What is past the retention leaves the log, oldest first and a part at a time. Its credit stays in the
 * sums (`settled`), and of persons who have newer events the journey as it then was (`bases`): a
 * re-fold begins there. Whoever has done nothing since is forgotten.
 */
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import { fromLine, linePerson } from '../event_record.ts';
import { fromHex } from '../hex.ts';
import { DAY_MS } from '../schema/time.ts';
import { writeMeta } from '../store.ts';
import { findAliases, forgetRoutes } from './aliases.ts';
import { type FoldEvent, fold } from './fold.ts';
import { baseOf } from './history.ts';
import { deleteJourney, type Journeys, keepLogEnd } from './journeys.ts';
import { addToLedger, LedgerTotals, SourceIds } from './ledger.ts';
import { keepChanged, settlePaths } from './path_fold.ts';
import { withoutReleased } from './release.ts';
import { loggedCommits } from './replay.ts';

/** Events of one part: about a tenth of a second. */
const EVENTS_PER_PART = 5000;
/** Clocks of senders may be a little ahead, and days are the site's. */
const MARGIN_MS = DAY_MS;

/** The instant before which what came is past the retention, Unix ms. */
export function retentionEnd({ step }: Pick<Site, 'step'>, now: number): number {
  return now - step.retentionMs - MARGIN_MS;
}

export interface Pruned {
  events: number;
  /** Persons of whom nothing is left. */
  forgotten: string[];
  /** Whether there is more to do at once. */
  more: boolean;
}

/**
 * Call inside a transaction, with all journeys stored.
 *
 * @param now Unix ms
 */
export function prune(
  sql: SqlStorage,
  engine: Engine,
  site: Site,
  journeys: Journeys,
  now: number,
): Pruned {
  const end = retentionEnd(site, now);
  const settled = new LedgerTotals();
  const bases = new Map<string, Uint8Array>();
  const persons = new Set<string>();
  let events = 0;
  let last = 0;
  let lastNow = 0;
  let more = false;
  for (const commit of loggedCommits(sql, 0)) {
    if (commit.now >= end) break;
    if (events >= EVENTS_PER_PART) {
      more = true;
      break;
    }
    const own = [...new Set(commit.lines.map(linePerson))];
    const gone = findAliases(sql, own);
    for (const person of own) {
      if (gone.has(person) || persons.has(person)) continue;
      persons.add(person);
      const base = baseOf(sql, person);
      if (base !== undefined) bases.set(person, base);
    }
    const left: FoldEvent[] = commit.lines
      .filter((line) => !gone.has(linePerson(line)))
      .map((line) => withoutReleased(sql, fromLine(line)))
      .filter((event) => event !== undefined);
    const folded = fold(engine, site, left, commit.now, () => (person) => bases.get(person));
    for (const [person, journey] of folded.journeys) bases.set(person, journey);
    for (const row of folded.ledger) settled.add(row);
    events += commit.lines.length;
    last = commit.seq;
    lastNow = commit.now;
  }
  if (last === 0) return { events: 0, forgotten: [], more: false };
  addToLedger(sql, new SourceIds(sql), settled.rows(), 'settled');
  const held = journeys.load([...persons]);
  const forgotten: string[] = [];
  for (const person of persons) {
    if ((held.get(person)?.rows.at(-1) ?? 0) > last) keepBase(sql, person, bases.get(person));
    else forgotten.push(person);
  }
  keepChanged(sql, persons, last);
  settlePaths(sql, engine, site, forgotten, now);
  for (const person of forgotten) forget(sql, person);
  keepLogEnd(sql);
  sql.exec('DELETE FROM log WHERE seq <= ?', last);
  sql.exec('DELETE FROM arrivals WHERE last_at < ?', end);
  forgetRoutes(sql, now);
  writeMeta(sql, 'pruned', String(lastNow));
  return { events, forgotten, more };
}

function keepBase(sql: SqlStorage, person: string, journey: Uint8Array | undefined): void {
  if (journey === undefined) return;
  sql.exec(
    `INSERT INTO bases (person, journey) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET journey = excluded.journey`,
    fromHex(person),
    journey,
  );
}

function forget(sql: SqlStorage, person: string): void {
  deleteJourney(sql, person);
  const who = fromHex(person);
  for (const table of ['bases', 'released', 'absorbed']) {
    sql.exec(`DELETE FROM ${table} WHERE person = ?`, who);
  }
}
