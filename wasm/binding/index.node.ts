import { readFile } from 'node:fs/promises';
import { HeadwaterFull } from './full.ts';

export * from './full.ts';

/** Loads headwater-full.wasm, which lies beside this file in the package. */
export const load = async (
  url: URL = new URL('./headwater-full.wasm', import.meta.url),
): Promise<HeadwaterFull> =>
  HeadwaterFull.fromModule(await WebAssembly.compile(await readFile(url)));
