import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { compileKernels } from "../../../scripts/build-kernels.mjs";
import { root } from "../../project";

it("the committed WebAssembly is what its sources compile to", async () => {
  const committed = readFileSync(path.join(root, "lib/core/kernels/module.ts"), "utf8");
  expect(committed).toBe(await compileKernels("lib/core/kernels/assembly/index.ts"));
});

it("a source that is not there is named", async () => {
  await expect(compileKernels("lib/nowhere.ts")).rejects.toThrow("There is no lib/nowhere.ts.");
});
