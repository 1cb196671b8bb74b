// Makes core/src/source/known_sources.gen.c from known_sources.csv: one string of names, one of
// patterns, and a table sorted by pattern for binary search. `--check` fails when it would change.
import { readFileSync, writeFileSync } from 'node:fs';

const csv = readFileSync(new URL('known_sources.csv', import.meta.url), 'utf8');
const out = new URL('../src/source/known_sources.gen.c', import.meta.url);
const categories = ['search', 'social', 'video', 'shopping', 'email', 'ai'];

const names = [];
const rows = new Map();
for (const line of csv.trim().split('\n').slice(1)) {
  const [category, name, ...rest] = line.split(',');
  if (!categories.includes(category) || !name || rest.length !== 1)
    throw new Error(`known_sources.csv: bad line: ${line}`);
  names.push(name);
  const patterns = rest[0].trim().split(/\s+/);
  if (name.includes(' ')) patterns.push(name);
  for (const p of patterns) {
    if (p !== p.toLowerCase())
      throw new Error(`known_sources.csv: pattern not in lower case: ${p}`);
    if (!rows.has(p)) rows.set(p, [category, names.length - 1]);
  }
}
let at = 0;
const offsets = names.map((n) => {
  const from = at;
  at += n.length + 1;
  return from;
});
const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
let pos = 0;
const table = sorted.map(([p, [category, name]]) => {
  const row = `    {${pos}, ${offsets[name]}, ${p.length}, HW__${category.toUpperCase()}}, /* ${p} */`;
  pos += p.length;
  return row;
});
const quote = (list, end) => list.map((s) => `    "${s}${end}"`).join('\n');
const text = `/* Made by core/data/gen.mjs from known_sources.csv; do not edit. */
#include "source/known_sources.h"

#pragma GCC diagnostic ignored "-Woverlength-strings"

/* clang-format off */
const char hw__known_names[] =
${quote(names, '\\0')};

const char hw__known_patterns[] =
${quote(
  sorted.map(([p]) => p),
  '',
)};

const hw__known hw__known_sources[] = {
${table.join('\n')}
};
/* clang-format on */

const size_t hw__known_count = ${sorted.length};
`;
if (process.argv.includes('--check')) {
  if (readFileSync(out, 'utf8') !== text) {
    console.error(
      'core/src/source/known_sources.gen.c is not what core/data/gen.mjs makes: run it and commit',
    );
    process.exit(1);
  }
} else writeFileSync(out, text);
