// A Worker may not compile bytes: the module is a static import that the bundler leaves alone.
import module from './headwater.wasm';
import { Headwater } from './index.ts';

export * from './index.ts';

export const load = async (): Promise<Headwater> =>
  Headwater.fromModule(module as WebAssembly.Module);
