// Writes wasm/binding/layout.gen.ts from what the build's own program says (wasm/layout.c), so that
// JavaScript repeats no constant of C. `--check` fails when it would change.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const out = new URL('../binding/layout.gen.ts', import.meta.url);
const program = fileURLToPath(new URL('../../build/native/hw_layout', import.meta.url));
const layout = JSON.parse(execFileSync(program, { encoding: 'utf8' }));

const text = `// Made by wasm/scripts/gen-layout.mjs; do not edit.
// biome-ignore format: generated
export const layout = ${JSON.stringify(layout, null, 2)} as const;
`;
let now = '';
try {
  now = readFileSync(out, 'utf8');
} catch {}
if (now !== text) {
  if (process.argv.includes('--check')) {
    console.error(
      'wasm/binding/layout.gen.ts is not what wasm/layout.c says: run wasm/scripts/gen-layout.mjs and commit',
    );
    process.exit(1);
  }
  writeFileSync(out, text);
}
