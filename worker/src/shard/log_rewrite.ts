/** Takes lines out of the log, or changes them, so that the file keeps nothing of what was there. */
import { linePerson } from '../event_record.ts';
import { keepLogEnd } from './journeys.ts';

export const isOf = (line: string, person: string): boolean => linePerson(line) === person;

/**
 * Call inside a transaction.
 *
 * @param rewrite gives the line that stays, undefined for none
 */
export function rewriteRow(
  sql: SqlStorage,
  seq: number,
  rewrite: (line: string) => string | undefined,
): void {
  const [row] = sql
    .exec<{ lines: string; outcomes: string }>('SELECT lines, outcomes FROM log WHERE seq = ?', seq)
    .toArray();
  if (row === undefined) return;
  const codes = row.outcomes.split(',');
  const lines = row.lines.split('\n');
  const made = lines.map(rewrite);
  if (made.every((line, i) => line === lines[i])) return;
  // A text of the same length is written in its place; a shorter one would leave the end on the disk.
  const filler = ' '.repeat(new TextEncoder().encode(row.lines).length);
  sql.exec('UPDATE log SET lines = ? WHERE seq = ?', filler, seq);
  const kept = [...made.keys()].filter((i) => made[i] !== undefined);
  if (kept.length === 0) {
    keepLogEnd(sql);
    sql.exec('DELETE FROM log WHERE seq = ?', seq);
    return;
  }
  sql.exec(
    'UPDATE log SET lines = ?, outcomes = ? WHERE seq = ?',
    kept.map((i) => made[i]).join('\n'),
    kept.map((i) => codes[i]).join(),
    seq,
  );
}
