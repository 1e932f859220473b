import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { runInThisContext } from "node:vm";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { joinLines, type Notebook } from "../../kernel/notebook";
import { CLAIMS } from "flat-minima/claims";
import { courseNotebooks } from "../../scripts/run-notebooks.mjs";
import { root } from "../project";

const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const readme = read("README.md");

describe("README.md", () => {
  it("shows the first picture of the tour, as the tour drew it", () => {
    const tour = JSON.parse(read("notebooks/00-tour.ipynb")) as Notebook;
    const [output] = tour.cells.find(({ id }) => id === "surprise-run")!.outputs!;
    const svg = "data" in output ? (output.data["image/svg+xml"] as string | string[]) : "";
    expect(read("docs/first-surprise.svg").trimEnd()).toBe(joinLines(svg));
  });

  it("links to files that exist", () => {
    const targets = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target);
    expect(targets.length).toBeGreaterThan(5);
    expect(targets.filter((target) => !existsSync(path.join(root, target)))).toEqual([]);
  });

  it("names only commands that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = [...readme.matchAll(/npm (?:run )?([\w:-]+)/g)].map(([, name]) => name);
    expect(named).toContain("start");
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("lists every notebook, and says how many claims there are", () => {
    expect(readme).toContain(`all ${CLAIMS.size} statements`);
    const missing = courseNotebooks().filter((name) => !readme.includes(`](notebooks/${name})`));
    expect(missing).toEqual([]);
  });

  const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);

  it.each([
    ["sufficientFactor(sgd)", 1.06],
    // (0.81 + √(0.81² + 4·0.25²))/2, worked out in notebook 07.
    ["spectralRadius(secondMomentOperator(sgd)).value", (0.81 + Math.sqrt(0.81 ** 2 + 0.25)) / 2],
  ])("has an example in which %s is what it says", async (expression, value) => {
    expect(examples[0]).toContain(`${expression}; // ${String(value).slice(0, 6)}`);
    expect(await run(examples[0], expression)).toBeCloseTo(value, 12);
  });

  it("has an example of a network whose sharpness converges", async () => {
    expect(examples.length).toBe(2);
    expect(await run(examples[1], "converged && values[0] >= values[1] && values[1] >= values[2]")).toBe(true);
  });
});

/** Runs a program on the built library, as a reader would, and gives the value of an expression after it. */
function run(program: string, expression: string): Promise<unknown> {
  const required = program.replace(/import \{(.*?)\} from (".*?");/g, "const {$1} = require($2);");
  const { outputText } = ts.transpileModule(`(async (require) => {${required} return ${expression}; })`, {});
  return runInThisContext(outputText)(createRequire(import.meta.url));
}
