// Runs dist/hw.wasm: node wasi_host.mjs ARGUMENT…
// With --batch: standard input is a JSON list of argument lists; prints the JSON list of outputs.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WASI } from 'node:wasi';

const module = new WebAssembly.Module(readFileSync(new URL('../../dist/hw.wasm', import.meta.url)));

/** @param {string[]} args @param {number} [stdout] a file descriptor @returns {number} exit code */
const start = (args, stdout = 1) => {
  const wasi = new WASI({
    version: 'preview1',
    args: ['hw', ...args],
    preopens: { '/': '/' },
    returnOnExit: true,
    stdout,
  });
  const imports = /** @type {WebAssembly.Imports} */ (wasi.getImportObject());
  return wasi.start(new WebAssembly.Instance(module, imports));
};

if (process.argv[2] === '--batch') {
  const folder = mkdtempSync(join(tmpdir(), 'hw-wasi-'));
  const file = join(folder, 'out');
  const outputs = JSON.parse(readFileSync(0, 'utf8')).map((/** @type {string[]} */ args) => {
    const out = openSync(file, 'w');
    const code = start(args, out);
    closeSync(out);
    if (code !== 0) throw new Error(`hw ${args.join(' ')}: exit code ${code}`);
    return readFileSync(file, 'utf8');
  });
  rmSync(folder, { recursive: true });
  console.log(JSON.stringify(outputs));
} else process.exitCode = start(process.argv.slice(2));
