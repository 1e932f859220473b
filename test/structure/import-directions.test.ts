import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { courseNotebooks, notebookFolder } from "../../scripts/run-notebooks.mjs";
import { dependencies, peerDependencies } from "../../lib/package.json";
import { forbiddenImports, importCycles, importsOf, type Sources } from "./import-graph";
import { root } from "../project";

const theories = ["stability", "sam", "pacbayes", "benign", "tensor"];
const ground = ["core", "models", "optimizers", "data"];

/** Beside its own, a folder of lib imports only from these: the arrows of the design point one way. */
const allowed: Record<string, readonly string[]> = {
  core: [],
  // Optimizers take gradient functions and data are plain arrays: none of the three needs another.
  models: ["core"],
  optimizers: ["core"],
  data: ["core"],
  landscape: ground,
  // The theories never import each other.
  ...Object.fromEntries(theories.map((name) => [name, [...ground, "landscape"]])),
  experiments: [...ground, "landscape", ...theories],
  // These know nothing of the numerics.
  claims: ["core"],
  plot: ["core"],
};

/** The TypeScript sources of a workspace, without what is built from them. */
function sourcesOf(folder: string): Sources {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => name.split(path.sep).join("/"))
    .filter((name) => name.endsWith(".ts") && !/^(dist|node_modules)\//.test(name));
  return new Map(files.map((name) => [name, readFileSync(path.join(root, folder, name), "utf8")]));
}

/** What files import from outside their folder, as "file imports specifier". */
function externalImports(sources: Sources, isAllowed: (specifier: string) => boolean): string[] {
  return [...sources].flatMap(([file, text]) =>
    importsOf(text)
      .filter((specifier) => !specifier.startsWith(".") && !isAllowed(specifier))
      .map((specifier) => `${file} imports ${specifier}`),
  );
}

/** "@stdlib/random/base" is the package @stdlib/random. */
function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

const lib = sourcesOf("lib");
const kernel = sourcesOf("kernel");

describe("lib", () => {
  it("has a row in the table for each of its folders, and sources to look at", () => {
    const folders = new Set([...lib.keys()].map((file) => file.split("/")[0]));
    expect([...folders].filter((folder) => !(folder in allowed))).toEqual([]);
    expect([...folders]).toEqual(expect.arrayContaining([...ground, "stability", "claims", "plot"]));
  });

  it("imports in one direction, and nothing that lies outside it", () => {
    expect(forbiddenImports(lib, allowed)).toEqual([]);
  });

  it("has no cycles of imports", () => {
    expect(importCycles(lib)).toEqual([]);
  });

  it("imports the packages it declares and no others", () => {
    const isAllowed = (specifier: string) =>
      isBuiltin(specifier) || packageOf(specifier) in { ...dependencies, ...peerDependencies };
    expect(externalImports(lib, isAllowed)).toEqual([]);
  });
});

describe("kernel", () => {
  it("imports neither the library nor anything else outside it", () => {
    expect(forbiddenImports(kernel, {})).toEqual([]);
    expect(externalImports(kernel, (specifier) => packageOf(specifier) !== "flat-minima")).toEqual([]);
  });

  it("has no cycles of imports", () => {
    expect(importCycles(kernel)).toEqual([]);
  });
});

describe("notebooks", () => {
  const names = courseNotebooks();

  it("are there", () => {
    expect(names.length).toBeGreaterThan(0);
  });

  /** What cells may use beside the library, Node and tslab: mathjs, to differentiate what the text derives. */
  const besides = ["tslab", "mathjs"];

  it.each(names)("%s imports barrels of the library, Node, tslab and mathjs", (name) => {
    const { cells } = JSON.parse(readFileSync(path.join(notebookFolder, name), "utf8"));
    const code: [string, string][] = cells
      .filter(({ cell_type }: { cell_type: string }) => cell_type === "code")
      .map(({ id, source }: { id: string; source: string | string[] }) => [id, [source].flat().join("")]);
    const isBarrel = (specifier: string) => {
      const [, barrel] = /^flat-minima\/([\w-]+)$/.exec(specifier) ?? [];
      return barrel !== undefined && lib.has(`${barrel}/index.ts`);
    };
    const others = code.flatMap(([id, text]) =>
      importsOf(text)
        .filter((specifier) => !isBarrel(specifier) && !isBuiltin(specifier) && !besides.includes(specifier))
        .map((specifier) => `${id} imports ${specifier}`),
    );
    expect(others).toEqual([]);
  });
});

describe("the checker", () => {
  const example = (files: Record<string, string>): Sources => new Map(Object.entries(files));

  it("finds a planted forbidden import, in each form that an import takes", () => {
    const forms = [
      'import { walk } from "../stability";',
      'import type { Walk } from "../stability/walk";',
      'export * from "../stability/walk";',
      'const walk = await import("../stability/walk");',
      'const walk = require("../stability/walk");',
      'let walk: import("../stability/walk").Walk;',
    ];
    for (const form of forms) {
      const files = example({
        "core/random.ts": "export const one = 1;",
        "sam/step.ts": `import { one } from "../core/random";\n${form}`,
        "stability/index.ts": "",
        "stability/walk.ts": 'import "../core/random";',
      });
      expect(forbiddenImports(files, allowed)).toEqual([expect.stringMatching(/^sam\/step\.ts imports stability\//)]);
    }
  });

  it("finds an import of what lies outside, and none in a comment", () => {
    const files = example({ "core/a.ts": 'import "../../kernel/session";\n/** import x from "../plot"; */' });
    expect(forbiddenImports(files, allowed)).toEqual(["core/a.ts imports ../../kernel/session, which is no file here"]);
  });

  it("finds a planted cycle through a barrel, and calls no diamond one", () => {
    const diamond = { "core/a.ts": 'import "./b"; import "./c";', "core/b.ts": 'import "./c";', "core/c.ts": "" };
    expect(importCycles(example(diamond))).toEqual([]);
    const cycle = { ...diamond, "core/c.ts": 'import type { A } from "."; ', "core/index.ts": 'export * from "./a";' };
    expect(importCycles(example(cycle))[0]).toBe("core/a.ts -> core/b.ts -> core/c.ts -> core/index.ts -> core/a.ts");
  });
});
