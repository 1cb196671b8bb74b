import { HeadwaterFull } from './full.ts';

export * from './full.ts';

/** Fetches and compiles headwater-full.wasm, by default from beside this script. */
export const load = async (
  source: URL | string | Response = new URL('./headwater-full.wasm', import.meta.url),
): Promise<HeadwaterFull> => {
  const response = source instanceof Response ? source : await fetch(source);
  if (!response.ok)
    throw new Error(`headwater-full.wasm: HTTP ${response.status} from ${response.url}`);
  return HeadwaterFull.fromModule(await WebAssembly.compile(await response.arrayBuffer()));
};
