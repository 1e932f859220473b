import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSweepOptions, UsageError } from "../../scripts/options.mjs";
import { root } from "../project";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "flat ä minima-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const script = path.join(root, "scripts/sweep.mjs");
const place = (name: string) => path.join(folder, name);

/** A grid file. */
function gridFile(name: string, grid: unknown): string {
  writeFileSync(place(name), typeof grid === "string" ? grid : JSON.stringify(grid));
  return place(name);
}

const sweep = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: "utf8" });

const configuration = { normalisation: "whole", learningRate: 0.7, start: 0.99999, paths: 2, maximumSteps: 4000 };
const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");
const lines = (file: string) => read(file).split("\n").slice(0, -1);

/** What the lines of a file say of the jobs, whatever the machine and in whatever order they ended. */
function resultsIn(file: string): unknown[] {
  return lines(file)
    .map((line) => {
      const { key, configuration, seed, result } = JSON.parse(line);
      return { key, configuration, seed, result };
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

describe("a sweep", () => {
  const grid = () => gridFile("small.json", [{ configuration, seeds: [0, 1, 2] }]);

  it("keeps each result as a line that says where it comes from", () => {
    const { status, stdout, stderr } = sweep("first-passage", "--grid", grid(), "--out", "a.jsonl", "--workers", "2");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^first-passage: 3 jobs; results in a\.jsonl\n( {2}[12]\/3, .* left\n){2} {2}3\/3\n {2}3 computed\n$/,
    );
    const stored = lines(place("a.jsonl")).map((line) => JSON.parse(line));
    expect(stored.map(({ seed }) => seed).sort()).toEqual([0, 1, 2]);
    const head = spawnSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).stdout.trim();
    for (const line of stored) {
      expect(line.commit.replace("-dirty", "")).toBe(head || "unknown");
      expect(line.engine).toMatch(/ Inner loops of small networks in (SIMD WebAssembly|plain TypeScript.*)\.$/);
      expect(line.engine).not.toMatch(/ threads /);
      expect(line.machine).toMatchObject({ node: process.versions.node });
      expect(line.seconds).toBeGreaterThan(0);
    }
    expect(existsSync(place("a.jsonl.lock"))).toBe(false);
  });

  it("computes only what is missing", () => {
    const before = read(place("a.jsonl"));
    const again = sweep("first-passage", "--grid", grid(), "--out", "a.jsonl");
    expect(again.stdout).toBe("first-passage: 3 jobs, 3 of them are there already; results in a.jsonl\n");
    expect(read(place("a.jsonl"))).toBe(before);
    const more = gridFile("more.json", [{ configuration, seeds: [2, 3] }]);
    expect(sweep("first-passage", "--grid", more, "--out", "a.jsonl").stdout).toContain("2 jobs, 1 of them are there");
    expect(read(place("a.jsonl")).startsWith(before)).toBe(true);
    expect(lines(place("a.jsonl"))).toHaveLength(4);
  });

  it("tells of a job that fails with its configuration, keeps the others, and ends with 1", () => {
    const diverging = { ...configuration, learningRate: 1.7e308, start: 0.59, paths: 50 };
    const failing = gridFile("failing.json", [
      { configuration: diverging, seed: 1 },
      { configuration, seed: 1 },
    ]);
    const { status, stdout } = sweep("first-passage", "--grid", failing, "--out", "b.jsonl");
    expect(status).toBe(1);
    expect(stdout).toContain('✗ first-passage with {"learningRate":1.7e+308,');
    expect(stdout).toContain("and seed 1: DivergenceError: first-passage: diverged at step 1, x is Infinity\n");
    expect(stdout).toContain("1 computed, 1 failed: the same command tries them again\n");
    expect(lines(place("b.jsonl"))).toHaveLength(1);
  });

  it.each<[what: string, grid: unknown, message: string]>([
    ["no JSON", "[{", "Expected property name"],
    ["an empty one", [], "first-passage: the grid must be a list of at least one entry, got []"],
    [
      "a bad configuration",
      [{ configuration: { ...configuration, paths: 0 }, seed: 1 }],
      "first-passage, entry 1 of the grid: paths must be an integer from 1 to 1000000, got 0",
    ],
  ])("refuses a grid that is %s, in a line without a stack", (_, grid, message) => {
    const { status, stderr } = sweep("first-passage", "--grid", gridFile("bad.json", grid), "--out", "c.jsonl");
    expect(status).toBe(1);
    expect(stderr).toContain(`--grid ${place("bad.json")}: ${message}`);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(existsSync(place("c.jsonl"))).toBe(false);
  });

  it("refuses a grid that is not there, and results that are a folder", () => {
    expect(sweep("first-passage", "--grid", "none.json").stderr).toBe("\n--grid: there is no none.json\n");
    expect(sweep("first-passage", "--out", ".").stderr).toBe(`\n--out: ${folder} is no file\n`);
  });

  it("refuses to add to a damaged file", () => {
    writeFileSync(place("damaged.jsonl"), "{}\n");
    const { status, stderr } = sweep("first-passage", "--grid", grid(), "--out", "damaged.jsonl");
    expect(status).toBe(1);
    expect(stderr).toContain(`${place("damaged.jsonl")}: line 1 lacks key, `);
    expect(read(place("damaged.jsonl"))).toBe("{}\n");
  });

  it("refuses to write beside another sweep", () => {
    writeFileSync(place("d.jsonl.lock"), String(process.pid));
    const { status, stderr } = sweep("first-passage", "--grid", grid(), "--out", "d.jsonl");
    expect(status).toBe(1);
    expect(stderr).toContain(`Another sweep (process ${process.pid}) writes to ${place("d.jsonl")}`);
    expect(existsSync(place("d.jsonl"))).toBe(false);
    expect(existsSync(place("d.jsonl.lock"))).toBe(true);
  });

  it("lists the experiments", () => {
    const { status, stdout } = sweep("--list");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^first-passage: .*\(W24\); 25 jobs$/m);
  });
});

describe.skipIf(process.platform === "win32")("a sweep that is stopped in the middle", () => {
  // Some tenths of a second each.
  const seeds = Array.from({ length: 10 }, (_, seed) => seed);
  const grid = () => gridFile("long.json", [{ configuration: { ...configuration, paths: 1000 }, seeds }]);
  const args = (out: string) => ["first-passage", "--grid", grid(), "--workers", "2", "--out", out];
  let whole: unknown[] = [];
  beforeAll(() => {
    expect(sweep(...args("whole.jsonl")).status).toBe(0);
    whole = resultsIn(place("whole.jsonl"));
    expect(whole).toHaveLength(10);
  });

  /** Starts a sweep and sends a signal when it has kept its first results. */
  async function stop(out: string, signal: NodeJS.Signals): Promise<{ code: number | null; output: string }> {
    const child: ChildProcess = spawn(process.execPath, [script, ...args(out)], { cwd: folder });
    let output = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => (output += text));
    const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
    while (lines(place(out)).length < 2 && child.exitCode === null) await sleep(10);
    child.kill(signal);
    return { code: await closed, output };
  }

  it("by Ctrl-C says so, and is the same when it goes on", async () => {
    const out = "interrupted.jsonl";
    const { code, output } = await stop(out, "SIGINT");
    const kept = lines(place(out)).length;
    expect(kept).toBeLessThan(10);
    expect(code).toBe(130);
    expect(output).toContain(`Interrupted. ${kept} of 10 results are kept; the same command goes on from there.\n`);
    expect(existsSync(place(`${out}.lock`))).toBe(false);
    const { status, stdout } = sweep(...args(out));
    expect(status).toBe(0);
    expect(stdout).toContain(`10 jobs, ${kept} of them are there already`);
    expect(resultsIn(place(out))).toEqual(whole);
  });

  it("by SIGKILL is the same when it goes on, with its lock left behind and a line torn off", async () => {
    const { code } = await stop("killed.jsonl", "SIGKILL");
    expect(code).toBe(null);
    expect(existsSync(place("killed.jsonl.lock"))).toBe(true);
    const kept = lines(place("killed.jsonl"));
    expect(kept.length).toBeLessThan(10);
    // A kill between two writes tears nothing; this is what one in the middle of a write would leave.
    if (read(place("killed.jsonl")).endsWith("\n")) appendFileSync(place("killed.jsonl"), kept[0].slice(0, 50));
    const { status, stdout } = sweep(...args("killed.jsonl"));
    expect(status).toBe(0);
    expect(stdout).toContain("The last line was torn off when an earlier sweep was killed; it is dropped");
    expect(stdout).toContain(`10 jobs, ${kept.length} of them are there already`);
    expect(resultsIn(place("killed.jsonl"))).toEqual(whole);
    expect(existsSync(place("killed.jsonl.lock"))).toBe(false);
  });
});

describe("npm run sweep", () => {
  const experiments = ["first-passage", "second-moment-threshold", "xor-one-sample-sam"];

  it("reads its options", () => {
    expect(readSweepOptions(["first-passage"], experiments)).toEqual({
      help: false,
      list: false,
      name: "first-passage",
    });
    expect(readSweepOptions(["--workers", "8", "first-passage", "--grid", "g", "--out=o"], experiments)).toMatchObject({
      name: "first-passage",
      grid: "g",
      out: "o",
      workers: 8,
    });
    expect(readSweepOptions(["--list"], experiments).list).toBe(true);
    expect(readSweepOptions(["-h"], experiments).help).toBe(true);
  });

  it.each([
    [[], "which experiment? There are:\nfirst-passage\nsecond-moment-threshold\nxor-one-sample-sam"],
    [
      ["frist-pasage"],
      "frist-pasage is no experiment. The nearest there are:\nfirst-passage\nxor-one-sample-sam\nsecond-moment-threshold",
    ],
    [["first-passage", "xor-one-sample-sam"], "one experiment at a time, got first-passage and xor-one-sample-sam"],
    [["first-passage", "--grids"], "Unknown option '--grids'"],
    [["first-passage", "--grid"], "Option '--grid <value>' argument missing"],
    [["first-passage", "--grid="], "--grid: a file, got nothing"],
    [["first-passage", "--out="], "--out: a file, got nothing"],
    [["first-passage", "--workers", "0"], "--workers: an integer from 1 to 999, got 0"],
    [["first-passage", "--workers", "2.5"], "--workers: an integer from 1 to 999, got 2.5"],
  ])("refuses %j", (args, message) => {
    const refused = () => readSweepOptions(args, experiments);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(new UsageError(message));
  });

  it("names at most the five nearest of many", () => {
    const many = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"];
    const message = "gama is no experiment. The nearest there are:\ngamma\n";
    expect(() => readSweepOptions(["gama"], many)).toThrow(message);
    expect(() => readSweepOptions(["gama"], many)).toThrow(/^(.*\n){5}.*$/);
  });
});
