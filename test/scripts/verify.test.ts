import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readVerifyOptions, UsageError } from "../../scripts/options.mjs";
import { root } from "../project";

const notebooks = ["00-tour.ipynb", "03-a.ipynb", "07-b.ipynb", "15-c.ipynb"];
const known: Record<string, { id: string; notebooks: string[] }> = {
  W26: { id: "W26/R3", notebooks: ["07", "07-b"] },
  "W26/R3": { id: "W26/R3", notebooks: ["07", "07-b"] },
  W12: { id: "W12", notebooks: ["03", "03-a", "15-c"] },
};
const read = (...args: string[]) =>
  readVerifyOptions(args, notebooks, (name) => {
    if (name in known) return known[name];
    throw new UsageError(`no claim ${name}`);
  });

describe("npm run verify", () => {
  it("takes all notebooks without a name, whatever the scale", () => {
    const all = { help: false, update: false, scale: undefined, chosen: notebooks, claims: [], whole: true };
    expect(read()).toEqual(all);
    expect(read("--scale", "paper")).toEqual({ ...all, scale: "paper" });
    expect(read("--update")).toEqual({ ...all, update: true, scale: "default" });
  });

  it("takes the notebooks that a claim needs, once each and in order", () => {
    expect(read("W26/R3", "W12", "W26")).toMatchObject({
      chosen: ["03-a.ipynb", "07-b.ipynb", "15-c.ipynb"],
      claims: ["W26/R3", "W12"],
      whole: false,
    });
  });

  it("takes notebooks and claims together", () => {
    expect(read("7", "W26")).toMatchObject({ chosen: ["07-b.ipynb"], claims: ["W26/R3"], whole: true });
    expect(read("notebooks/00-tour.ipynb", "15-c").chosen).toEqual(["00-tour.ipynb", "15-c.ipynb"]);
  });

  it.each([
    [["W99"], "no claim W99"],
    [["08"], `08 is no notebook. There are:\n${notebooks.join("\n")}`],
    [["--scale", "large"], "--scale: default or paper, got large"],
    [["--update", "07"], "--update: takes all notebooks, got a choice of them"],
    [["--update", "--scale", "paper"], "--update: ledger.json is of the default scale, got paper"],
    [["--scale"], "Option '--scale <value>' argument missing"],
  ])("refuses %j", (args, message) => {
    expect(() => read(...args)).toThrow(new UsageError(message));
  });

  it("names the nearest claim to one that is none, before anything runs", () => {
    const run = (name: string) =>
      spawnSync(process.execPath, [path.join(root, "scripts/verify.mjs"), name], { cwd: root, encoding: "utf8" });
    const { status, stdout, stderr } = run("w37");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(
      /^w37 is no claim \(the nearest there is W36\), and a notebook's name begins with its number\n\nnpm run verify/,
    );
  });
});
