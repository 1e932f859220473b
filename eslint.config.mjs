import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  globalIgnores(["**/dist/", ".venv/", ".venv-peers/", "coverage/", ".flat-minima/", "data/", "**/assembly/"]),
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    files: ["lib/**/*.ts"],
    rules: {
      // Same seed, same numbers: randomness comes from a stream that is passed in.
      "no-restricted-properties": ["error", { object: "Math", property: "random", message: "Use a RandomStream." }],
    },
  },
  {
    // The kernel replaces one of tslab's modules before tslab loads: only require() can do that.
    files: ["kernel/**/*.ts"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    // Tests read JSON, messages and reports, whose form is what they test.
    files: ["test/**/*.ts"],
    rules: Object.fromEntries(
      [
        "explicit-any",
        "unsafe-argument",
        "unsafe-assignment",
        "unsafe-call",
        "unsafe-member-access",
        "unsafe-return",
      ].map((rule) => [`@typescript-eslint/no-${rule}`, "off"]),
    ),
  },
  {
    // Scripts run before anything is compiled: plain JavaScript.
    files: ["**/*.mjs", "**/*.mts"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: Object.fromEntries(
        ["clearInterval", "console", "performance", "process", "setInterval", "URL"].map((name) => [name, "readonly"]),
      ),
    },
  },
  {
    // Loaded before a kernel by --require.
    files: ["**/*.cjs"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { sourceType: "commonjs", globals: { require: "readonly", __dirname: "readonly" } },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
