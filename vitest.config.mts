import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  resolve: {
    // Tests run on the TypeScript sources, so that coverage and stack traces are theirs, not the build's.
    alias: [{ find: /^flat-minima\/(.*)$/, replacement: `${root}lib/$1/index.ts` }],
  },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    coverage: {
      include: ["lib/**/*.ts"],
      // AssemblyScript is no JavaScript; the worker runs in threads, from the build.
      exclude: ["lib/dist/**", "lib/**/assembly/**", "lib/experiments/worker.ts"],
      reporter: ["text-summary", "html"],
    },
  },
});
