// npm run build-kernels: compiles the AssemblyScript sources into TypeScript modules that carry the WebAssembly as
// base64, so that neither set-up nor a user of the library needs the compiler. A test compiles them again and compares.
import { Buffer } from "node:buffer";
import { existsSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";
import { UsageError, main } from "./options.mjs";
import { SetupError, root, writeAtomically } from "./steps.mjs";

/** @type {readonly { source: string, target: string }[]} */
export const modules = [
  { source: "lib/core/kernels/assembly/index.ts", target: "lib/core/kernels/module.ts" },
  { source: "lib/sam/assembly/one-sample-sam.ts", target: "lib/sam/one-sample-sam-module.ts" },
];

/**
 * The text of the module that carries the compiled source.
 *
 * @param {string} source relative to the root
 */
export async function compileKernels(source) {
  if (!existsSync(join(root, source))) throw new SetupError(`There is no ${source}.`);
  /** @type {Uint8Array | string} */
  let wasm = "";
  // No runtime: memory is the caller's, laid out by it. SIMD, but never relaxed SIMD or threads: the same bits everywhere.
  const options = ["--runtime", "stub", "--importMemory", "--enable", "simd", "-O3", "--noAssert", "--outFile", "out"];
  const { error, stdout, stderr } = await asc.main([source, ...options, "--baseDir", root], {
    writeFile: (name, contents) => {
      if (name === "out") wasm = contents;
    },
  });
  if (error) {
    throw new SetupError(`asc could not compile ${source}: ${error.message}\n${stderr.toString()}${stdout.toString()}`);
  }
  const text = Buffer.from(wasm).toString("base64");
  return `/** ${source}, compiled by \`npm run build-kernels\`. Do not edit. */\nexport const WASM_BASE64: string =\n  "${text}";\n`;
}

const usage = `npm run build-kernels [-- TARGET …]  compiles the AssemblyScript sources of the library

  TARGET    only the modules whose path contains it; all without one
  --help    this text`;

if (process.argv[1] === import.meta.filename) {
  await main(usage, async () => {
    const args = process.argv.slice(2);
    if (args.includes("--help") || args.includes("-h")) {
      console.log(usage);
      return 0;
    }
    for (const wanted of args) {
      if (!modules.some(({ target }) => target.includes(wanted))) {
        throw new UsageError(`TARGET: part of ${modules.map(({ target }) => target).join(" or ")}, got ${wanted}`);
      }
    }
    for (const { source, target } of modules) {
      if (args.length > 0 && !args.some((wanted) => target.includes(wanted))) continue;
      writeAtomically(join(root, target), await compileKernels(source));
      console.log(target);
    }
    return 0;
  });
}
