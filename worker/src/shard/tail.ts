/** The newest events of a shard, without personal data: for the live view. */
import { fromLine } from '../event_record.ts';

export interface LiveEvent {
  /** When it came, Unix ms. */
  received: number;
  /** When it happened, Unix ms. */
  at: number;
  name: string;
  outcome: string;
  via: string;
  channel?: string;
  interaction?: string;
  /** Names of the conversions it counts as. */
  conversions?: string[];
  /** Micros of the site's currency. */
  value?: number;
  /** First digits of the hash that stands for the person: tells persons apart, and no more. */
  person: string;
}

export interface Tail {
  /** Row of the log up to which this goes. */
  seq: number;
  events: LiveEvent[];
}

/** Rows of the log that are read at once. */
const ROWS = 200;

/**
 * @param after row of the log behind which to begin; undefined: the newest events
 * @param limit most events, the newest
 */
export function readTail(sql: SqlStorage, after: number | undefined, limit: number): Tail {
  const rows = sql
    .exec<{ seq: number; now: number; lines: string; outcomes: string }>(
      'SELECT seq, now, lines, outcomes FROM log WHERE seq > ? ORDER BY seq DESC LIMIT ?',
      after ?? 0,
      ROWS,
    )
    .toArray()
    .reverse();
  const events = rows.flatMap(({ now, lines, outcomes }) => {
    const codes = outcomes.split(',');
    return lines.split('\n').flatMap((line, i): LiveEvent[] => {
      if (line === '') return [];
      const { person, record } = fromLine(line);
      // A part is told with the event that it is a part of.
      if (record.part) return [];
      const { name, at, via, touch, conversions } = record;
      return [
        {
          received: now,
          at,
          name,
          outcome: codes[i] ?? '',
          via,
          ...(touch && { channel: touch.source.channel, interaction: touch.interaction }),
          ...(conversions && {
            conversions: conversions.map(({ action }) => action),
            value: conversions.reduce((sum, { value }) => sum + value, 0),
          }),
          person: person.slice(0, 8),
        },
      ];
    });
  });
  return { seq: rows.at(-1)?.seq ?? after ?? 0, events: events.slice(-limit) };
}
