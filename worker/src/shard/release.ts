/**
 * A person gives an order up, because it belongs to one that is known better. Its events stay in
 * the log; from now on they are read without that order, here and in every replay.
 */
import type { Site } from '../config.ts';
import type { Engine } from '../engine.ts';
import { fromLine, linePerson, partLine } from '../event_record.ts';
import { fromHex } from '../hex.ts';
import { type FoldEvent, fold } from './fold.ts';
import { deleteJourney, lastSeq, storeJourneys } from './journeys.ts';
import { addToLedger, LedgerTotals, SourceIds } from './ledger.ts';

/** Log rows of one person that are folded again; with more, the person keeps its orders. */
const ROWS_FOLDED = 200;

/** Tells whether a person has given up the order with this action key. */
export function isReleased(sql: SqlStorage, person: string, action: string): boolean {
  return (
    sql
      .exec<{ found: number }>(
        'SELECT EXISTS (SELECT 1 FROM released WHERE person = ? AND action_key = ?) AS found',
        fromHex(person),
        fromHex(action),
      )
      .one().found === 1
  );
}

/** Whether an event would count an order that its person has given up. */
export function isMoved(sql: SqlStorage, { person, record }: FoldEvent): boolean {
  if (!record.movable) return false;
  return (record.conversions ?? []).some(
    ({ order }) => order !== undefined && isReleased(sql, person, order),
  );
}

/**
 * A logged event without the orders that its person has given up. An event with one conversion
 * moves whole; of one with several, the touch stays.
 *
 * @returns the event itself when nothing of it has moved, undefined when nothing of it is left
 */
export function withoutReleased(sql: SqlStorage, event: FoldEvent): FoldEvent | undefined {
  const { person, record } = event;
  const { conversions = [], ...rest } = record;
  if (!record.movable) return event;
  const left = conversions.filter(
    ({ order }) => order === undefined || !isReleased(sql, person, order),
  );
  if (left.length === conversions.length) return event;
  if (left.length > 0) return { ...event, record: { ...rest, conversions: left } };
  return conversions.length > 1 && rest.touch ? { ...event, record: rest } : undefined;
}

/**
 * Takes an order out of a person's journey and out of the ledger. The same call again changes
 * nothing and gives the same. Call inside a transaction.
 *
 * @param action key of (site, action, order id), 32 hex digits
 * @param stored is called when the person's journey has been stored or deleted: whoever holds it forgets it
 *   once the transaction is through
 * @returns what the order's events are to the next owner, one line each; `kept` when the person
 *   has too much of a history to be folded again
 */
export function release(
  sql: SqlStorage,
  engine: Engine,
  site: Site,
  person: string,
  action: string,
  stored: () => void,
): string[] | 'kept' {
  const { rows } = sql
    .exec<{ rows: number }>(
      'SELECT count(*) AS rows FROM movable WHERE person = ?',
      fromHex(person),
    )
    .one();
  const known = isReleased(sql, person, action);
  if (!known && rows > ROWS_FOLDED) return 'kept';
  const history = historyOf(sql, person);
  if (!known) {
    const before = foldHistory(sql, engine, site, history);
    sql.exec(
      'INSERT INTO released (person, action_key) VALUES (?, ?)',
      fromHex(person),
      fromHex(action),
    );
    if (history.length === 0) return [];
    const after = foldHistory(sql, engine, site, history);
    addToLedger(sql, new SourceIds(sql), after.ledger.minus(before.ledger).rows());
    const journey = after.journeys.get(person);
    stored();
    if (journey === undefined) deleteJourney(sql, person);
    else storeJourneys(sql, new Map([[person, journey]]), lastSeq(sql));
  }
  return history
    .flatMap(({ lines }) => lines)
    .map((line) => partLine(line, action))
    .filter((line) => line !== undefined);
}

interface LoggedCommit {
  id: number;
  now: number;
  lines: string[];
}

/** The logged events of one person that is no visitor, commit by commit. */
function historyOf(sql: SqlStorage, person: string): LoggedCommit[] {
  const commits: LoggedCommit[] = [];
  const cursor = sql.exec<{ commit_id: number; now: number; lines: string }>(
    'SELECT commit_id, now, lines FROM movable JOIN log USING (seq) WHERE person = ? ORDER BY seq',
    fromHex(person),
  );
  for (const { commit_id: id, now, lines } of cursor) {
    const own = lines.split('\n').filter((line) => linePerson(line) === person);
    const last = commits.at(-1);
    if (last?.id === id) last.lines.push(...own);
    else commits.push({ id, now, lines: own });
  }
  return commits;
}

function foldHistory(sql: SqlStorage, engine: Engine, site: Site, history: LoggedCommit[]) {
  const journeys = new Map<string, Uint8Array>();
  const ledger = new LedgerTotals();
  for (const { now, lines } of history) {
    const events = lines
      .map((line) => withoutReleased(sql, fromLine(line)))
      .filter((event) => event !== undefined);
    if (events.length === 0) continue;
    const step = fold(engine, site, events, now, () => (key) => journeys.get(key));
    for (const [key, journey] of step.journeys) journeys.set(key, journey);
    for (const row of step.ledger) ledger.add(row);
  }
  return { journeys, ledger };
}
