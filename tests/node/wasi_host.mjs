// Runs dist/hw.wasm: node wasi_host.mjs ARGUMENT…
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const wasi = new WASI({
  version: 'preview1',
  args: ['hw', ...process.argv.slice(2)],
  preopens: { '/': '/' },
  returnOnExit: true,
});
const module = new WebAssembly.Module(readFileSync(new URL('../../dist/hw.wasm', import.meta.url)));
const imports = /** @type {WebAssembly.Imports} */ (wasi.getImportObject());
process.exitCode = wasi.start(new WebAssembly.Instance(module, imports));
