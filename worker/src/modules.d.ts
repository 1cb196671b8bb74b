/** A WebAssembly file beside the bundle arrives compiled. */
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
