// What scripts/build-kernels.mjs uses of AssemblyScript's compiler. Its own declarations declare globals of another
// language, a `console` without `error` among them.
interface Output {
  toString(): string;
}
interface Host {
  writeFile?(name: string, contents: Uint8Array | string): void;
}
declare const asc: {
  main(
    options: readonly string[],
    host?: Host,
  ): Promise<{ readonly error: Error | null; readonly stdout: Output; readonly stderr: Output }>;
};
export default asc;
