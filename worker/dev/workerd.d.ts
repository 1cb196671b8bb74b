/** The npm package `workerd` brings no types; it is CommonJS with a `default` of its own. */
declare module 'workerd' {
  const workerd: {
    /** Path of the binary. */
    default: string;
  };
  export default workerd;
}
