/** The npm package `workerd` brings no types. */
declare module 'workerd' {
  /** Path of the binary. */
  const path: string;
  export default path;
}
