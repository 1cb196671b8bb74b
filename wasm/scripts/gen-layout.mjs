// Writes wasm/binding/layout.gen.ts from what the built module says of itself, so that JavaScript
// repeats no constant of C. `--check` fails when it would change.
import { readFileSync, writeFileSync } from 'node:fs';

const wasm = new URL('../../dist/headwater.wasm', import.meta.url);
const out = new URL('../binding/layout.gen.ts', import.meta.url);
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(wasm)), {});
exports._initialize?.();
const bytes = new Uint8Array(exports.memory.buffer);
const at = exports.hw_wasm_layout();
const layout = JSON.parse(new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at))));
delete layout.status[''];
layout.clickIds.pop(); // C writes a comma behind every entry, so the last one is empty

const text = `// Made by wasm/scripts/gen-layout.mjs from headwater.wasm; do not edit.
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
      'wasm/binding/layout.gen.ts is not what the module says: run wasm/scripts/gen-layout.mjs and commit',
    );
    process.exit(1);
  }
  writeFileSync(out, text);
}
