// Makes core/src/source/known_sources.gen.c from known_sources.csv: a string of patterns in order, each
// led by its length, category and name, with the start of every 16th for binary search. Compact, since
// it is a quarter of headwater.wasm. `--check` fails when the file would change.
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
// A name that is one of the patterns is told as that pattern's place; only others are texts.
const places = new Map();
for (const [pattern] of sorted) {
  places.set(pattern, at);
  at += 3 + pattern.length;
}
const end = at;
const others = [];
const place = (name) => {
  const known = places.get(name);
  if (known !== undefined) return known;
  if (!others.includes(name)) others.push(name);
  return end + others.slice(0, others.indexOf(name)).reduce((n, o) => n + o.length + 1, 0);
};
const entries = sorted.map(([pattern, [category, number]], i) => {
  if (i % BLOCK === 0) starts.push(places.get(pattern));
  const name = place(names[number]);
  const packed = (categories.indexOf(category) << 13) | (name >> 1);
  if (name > 0x3fff) throw new Error('known_sources.csv: no room for more: widen the place');
  // The lowest bit of the place rides on the length's highest.
  const length = pattern.length | ((name & 1) << 7);
  // Literals are cut behind an escape, lest a letter of the pattern be read as its digit.
  return `    "${hex(length)}${hex(packed & 255)}${hex(packed >> 8)}" "${pattern}"`;
});
const text = `/* Made by core/data/gen.mjs from known_sources.csv; do not edit. */
#include "source/known_sources.h"

#pragma GCC diagnostic ignored "-Woverlength-strings"

/* clang-format off */
const char hw__known_entries[] =
${entries.join('\n')}
    /* names that are no pattern */
${others.map((o) => `    "${hex(o.length)}" "${o}"`).join('\n')};

const uint16_t hw__known_blocks[] = {
${starts.map((n) => `    ${n},`).join('\n')}
    ${end}};
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
