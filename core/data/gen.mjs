// Makes core/src/source/known_sources.gen.c from known_sources.csv: one text, a line for each name,
// short, since it is a good part of headwater.wasm. `--check` fails when the file would change.
import { readFileSync, writeFileSync } from 'node:fs';

const csv = readFileSync(new URL('known_sources.csv', import.meta.url), 'utf8');
const out = new URL('../src/source/known_sources.gen.c', import.meta.url);
const categories = ['search', 'social', 'video', 'shopping', 'email', 'ai'];

const seen = new Set();
const groups = categories.map(() => []);
let longest = 0;
for (const line of csv.trim().split('\n').slice(1)) {
  const [category, name, ...rest] = line.split(',');
  if (!categories.includes(category) || !name || rest.length !== 1)
    throw new Error(`known_sources.csv: bad line: ${line}`);
  const patterns = rest[0].trim().split(/\s+/);
  if (name.includes(' ')) patterns.push(name);
  for (const p of [name, ...patterns])
    if (p !== p.toLowerCase() || /[,+!%|]/.test(p) || p.startsWith('-'))
      throw new Error(`known_sources.csv: upper case or a sign that the short form uses: ${p}`);
  // The first name to list a pattern has it.
  const fresh = new Set(patterns.filter((p) => !seen.has(p)));
  for (const p of fresh) seen.add(p);
  const short = [...fresh]
    .filter((p) => p !== name)
    .map((p) => {
      longest = Math.max(longest, p.length);
      if (p === `${name}.com`) return '!';
      if (p === `${name}.*`) return '%';
      return p.startsWith(`${name}.`) ? `+${p.slice(name.length + 1)}` : `,${p}`;
    })
    .sort((a, b) => (a[0] === b[0] ? 0 : '!%+,'.indexOf(a[0]) - '!%+,'.indexOf(b[0])));
  if (fresh.size)
    groups[categories.indexOf(category)].push(
      `${fresh.has(name) ? '' : '-'}${name}${short.join('')}`,
    );
}
const text = `/* Made by core/data/gen.mjs from known_sources.csv; do not edit. */
#include "source/known_sources.h"

#pragma GCC diagnostic ignored "-Woverlength-strings"

/* clang-format off */
const char hw__known_lines[] =
${groups.map((lines) => `${lines.map((l) => `    "${l}\\n"`).join('\n')}\n    "|"`).join('\n')};
/* clang-format on */

_Static_assert(${seen.size} <= HW__KNOWN_SLOTS / 2, "widen HW__KNOWN_SLOTS");
_Static_assert(${longest} <= HW__KNOWN_PATTERN_MAX, "widen HW__KNOWN_PATTERN_MAX");
`;
if (process.argv.includes('--check')) {
  if (readFileSync(out, 'utf8') !== text) {
    console.error(
      'core/src/source/known_sources.gen.c is not what core/data/gen.mjs makes: run it and commit',
    );
    process.exit(1);
  }
} else writeFileSync(out, text);
