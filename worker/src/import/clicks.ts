/**
 * The journeys that rows of a file belong to, by click id alone: all shards are asked, once for each
 * batch of rows. A row whose click nobody made here is stored as a person of its own.
 */
import type { Prepared } from '../collect/prepare.ts';
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { fromLine, movableBy, toLine } from '../event_record.ts';
import { toHex } from '../hex.ts';
import { REFUND } from '../identity/keys.ts';
import { clickParts, type FoundClick } from '../shard/click_index.ts';
import { callAllShards } from '../shard/client.ts';

type Row = Record<string, unknown>;

/** Whose rows are, by position. */
export interface ClickMatches {
  persons: Map<number, FoundClick>;
  /** Rows that have a click id that nobody is known by. */
  unmatched: Set<number>;
}

/** @throws Problem unavailable */
export async function matchClicks(
  context: Context,
  site: Site,
  rows: readonly Row[],
): Promise<ClickMatches> {
  const asked = rows.flatMap((row, i) =>
    row.visitor_id || row.name === REFUND
      ? []
      : clickParts(site, idsOf(row)).map((parts) => ({ i, parts })),
  );
  const persons = new Map<number, FoundClick>();
  if (asked.length === 0) return { persons, unmatched: new Set() };
  const keys = context.engine.core.keys(asked.map(({ parts }) => parts)).map(toHex);
  const wanted = [...new Set(keys)];
  const answers = await callAllShards(context, site, (stub) => stub.findClicks(site.key, wanted));
  const found = new Map<string, FoundClick>();
  for (const each of answers.flat()) {
    const before = found.get(each.click);
    if (before === undefined || isBefore(each, before)) found.set(each.click, each);
  }
  for (const [k, { i }] of asked.entries()) {
    const match = found.get(keys[k]!);
    if (match !== undefined && !persons.has(i)) persons.set(i, match);
  }
  return { persons, unmatched: new Set(asked.map(({ i }) => i).filter((i) => !persons.has(i))) };
}

/** Of two who are known by one click, who made it first. */
function isBefore(a: FoundClick, b: FoundClick): boolean {
  return a.at < b.at || (a.at === b.at && a.person < b.person);
}

/**
 * The rows, those with a click id but no order with an order id made of click, conversion and time:
 * what makes two such rows one to Google, too. An order changes hands when its click comes after all,
 * so the same file again counts nothing twice.
 */
export function withOrders(context: Context, site: Site, rows: readonly Row[]): Row[] {
  const parts = rows.map((row) => {
    if (row.order_id || row.visitor_id || row.name === REFUND) return undefined;
    const clicks = clickParts(site, idsOf(row));
    if (clicks.length === 0) return undefined;
    return ['row', site.key, String(row.name), String(row.occurred_at), ...clicks.flat()];
  });
  const keys = context.engine.core.keys(parts.filter((each) => each !== undefined)).map(toHex);
  let taken = 0;
  return rows.map((row, i) =>
    parts[i] === undefined ? row : { ...row, order_id: `click-${keys[taken++]}` },
  );
}

/** An event as its click's person's. */
export function joinClick(event: Prepared, { person, movable }: FoundClick): Prepared {
  const rank = movable ? 1 : 2;
  const { key, record } = event.ordered ?? fromLine(event.line);
  const joined = movableBy(record, rank);
  return {
    ...event,
    person,
    line: toLine(person, key, joined),
    // The click says whose the row is; a visitor's user is told by events of the visitor.
    named: { ...event.named, users: [] },
    ...(event.ordered && { ordered: { rank, key, record: joined } }),
  };
}

const idsOf = (row: Row) => row.ids as Record<string, string> | undefined;
