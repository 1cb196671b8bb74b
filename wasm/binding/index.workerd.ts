// A Worker may not compile bytes: the module is a static import that the bundler leaves alone.

import { HeadwaterFull } from './full.ts';
import module from './headwater-full.wasm';

export * from './full.ts';

export const load = async (): Promise<HeadwaterFull> =>
  HeadwaterFull.fromModule(module as WebAssembly.Module);
