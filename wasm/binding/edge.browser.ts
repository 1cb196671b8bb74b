import { Headwater } from './index.ts';

export * from './index.ts';

/** Fetches and compiles headwater.wasm, by default from beside this script. */
export const load = async (
  source: URL | string | Response = new URL('./headwater.wasm', import.meta.url),
): Promise<Headwater> => {
  const response = source instanceof Response ? source : await fetch(source);
  if (!response.ok) throw new Error(`headwater.wasm: HTTP ${response.status} from ${response.url}`);
  return Headwater.fromModule(await WebAssembly.compile(await response.arrayBuffer()));
};
