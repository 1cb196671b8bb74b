// Makes core/src/source/known_sources.gen.c from known_sources.csv: a string of names, each led by its
// category, and a string of patterns in order, each led by its length and its name's number, with the
// start of every 16th for binary search. Compact, since it is a quarter of headwater.wasm. `--check`
// fails when the file would change.
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
const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
const hex = (n) => `\\x${n.toString(16).padStart(2, '0')}`;
const BLOCK = 16;
const starts = [];
let at = 0;
const entries = sorted.map(([pattern, [, name]], i) => {
  if (i % BLOCK === 0) starts.push(at);
  at += 3 + pattern.length;
  // Literals are cut behind an escape, lest a letter of the pattern be read as its digit.
  return `    "${hex(pattern.length)}${hex(name & 255)}${hex(name >> 8)}" "${pattern}"`;
});
const category = new Map([...rows.values()].map(([c, name]) => [name, c]));
const text = `/* Made by core/data/gen.mjs from known_sources.csv; do not edit. */
#include "source/known_sources.h"

#pragma GCC diagnostic ignored "-Woverlength-strings"

/* clang-format off */
const char hw__known_names[] =
${names.map((n, i) => `    "${hex(categories.indexOf(category.get(i)) + 1)}" "${n}\\0"`).join('\n')};

const char hw__known_entries[] =
${entries.join('\n')};

const uint16_t hw__known_blocks[] = {
${starts.map((n) => `    ${n},`).join('\n')}
    ${at}};
/* clang-format on */

const size_t hw__known_block_count = ${starts.length};
`;
if (process.argv.includes('--check')) {
  if (readFileSync(out, 'utf8') !== text) {
    console.error(
      'core/src/source/known_sources.gen.c is not what core/data/gen.mjs makes: run it and commit',
    );
    process.exit(1);
  }
} else writeFileSync(out, text);
