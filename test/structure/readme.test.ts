import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { joinLines, type Notebook } from "../../kernel/notebook";
import { CLAIMS } from "flat-minima/claims";
import { matrix } from "flat-minima/core";
import { secondMomentOperator, spectralRadius, sufficientFactor } from "flat-minima/stability";
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
    const named = [...readme.matchAll(/npm (?:run )?([\w:]+)/g)].map(([, name]) => name);
    expect(named).toContain("start");
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("lists every notebook, and says how many claims there are", () => {
    expect(readme).toContain(`all ${CLAIMS.size} statements`);
    for (const name of ["00-tour", "07-sgd-linear-stability"]) expect(readme).toContain(`notebooks/${name}.ipynb`);
  });

  it("has an example that gives what it says", () => {
    // The code of the README, by hand: prose is no module.
    const hessians = [0.5, -0.5].map((c) =>
      matrix([
        [1.9, c],
        [c, 1],
      ]),
    );
    const sgd = { hessians, learningRate: 1, batchSize: 1, sampling: "with replacement" } as const;
    expect(sufficientFactor(sgd)).toBeCloseTo(1.06, 12);
    expect(readme).toContain("sufficientFactor(sgd); // 1.06:");
    // (0.81 + √(0.81² + 4·0.25²))/2, worked out in notebook 07.
    expect(spectralRadius(secondMomentOperator(sgd)).value).toBeCloseTo((0.81 + Math.sqrt(0.81 ** 2 + 0.25)) / 2, 12);
    expect(readme).toContain("spectralRadius(secondMomentOperator(sgd)).value; // 0.8809…");
  });
});
