/** Ten million random keys through the set, its verdicts checked against sorted lists. */

import { execFileSync } from 'node:child_process';
import { root } from '../node/hosts.ts';

type Answer = {
  keys: number;
  distinct: number;
  keys_per_second: number;
  most_bytes_a_key: number;
  sorted_list_seconds: number;
  false_positives: number;
  false_negatives: number;
};

const run = (keys: number): Answer => {
  const text = execFileSync(`${root}build/native/tests/c/dedup_sorted`, [String(keys)]).toString();
  return JSON.parse(text.split('\n')[1] ?? '') as Answer;
};

export default async () => {
  const rows: { stage: string; figure: number; unit: string; note?: string }[] = [];
  for (const keys of [1e6, 1e7]) {
    const answers = Array.from({ length: keys > 1e6 ? 1 : 3 }, () => run(keys));
    const middle = answers.sort((a, b) => b.keys_per_second - a.keys_per_second)[
      answers.length >> 1
    ] as Answer;
    const name = `${keys / 1e6} M keys`;
    rows.push(
      {
        stage: `${name}, ${(middle.distinct / 1e6).toFixed(1)} M distinct`,
        figure: middle.keys_per_second / 1e6,
        unit: 'M keys/s',
        note: `${middle.false_positives} false positives, ${middle.false_negatives} false negatives`,
      },
      { stage: `${name}: memory`, figure: middle.most_bytes_a_key, unit: 'bytes a key' },
      {
        stage: `${name}: sorting them instead`,
        figure: middle.sorted_list_seconds * 1e3,
        unit: 'ms',
      },
    );
  }
  return rows;
};
