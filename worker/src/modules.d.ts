/** A WebAssembly file beside the bundle arrives compiled. */
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

/** A text file of the build, bundled as a string. */
declare module '*.txt' {
  const text: string;
  export default text;
}
