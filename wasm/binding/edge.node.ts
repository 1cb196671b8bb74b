import { readFile } from 'node:fs/promises';
import { Headwater } from './index.ts';

export * from './index.ts';

/** Loads headwater.wasm, which lies beside this file in the package. */
export const load = async (
  url: URL = new URL('./headwater.wasm', import.meta.url),
): Promise<Headwater> => Headwater.fromModule(await WebAssembly.compile(await readFile(url)));
