import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { randomStream } from "flat-minima/core";
import {
  type ExperimentName,
  experiments,
  jobKey,
  jobsOfGrid,
  parseResults,
  storedResults,
} from "flat-minima/experiments";
import { describe, expect, it } from "vitest";
import { root } from "../project";
import { realData, realDataIsThere } from "../real-data";
import { differences } from "./compare-results";

const folder = path.join(root, "notebooks/results");
const names = (existsSync(folder) ? readdirSync(folder) : [])
  .filter((file) => file.endsWith(".jsonl"))
  .map((file) => file.replace(/\.jsonl$/, "") as ExperimentName);

// What experiments read, where the user names no other folder.
process.env.FLAT_MINIMA_DATA ||= realData;

/** Others are recomputed tomorrow. */
const today = Math.floor(Date.now() / 86_400_000);

describe.each(names)("the stored results of %s", (name) => {
  const experiment = experiments[name];
  const stored = storedResults(name);

  it("are of an experiment that there is, each once, and say where they come from", () => {
    expect(new Set(stored.map(({ key }) => key)).size).toBe(stored.length);
    for (const { configuration, commit, engine, machine, seconds } of stored) {
      experiment.validate(name, configuration);
      expect(commit).toMatch(/^([0-9a-f]{40}(-dirty)?|unknown)$/);
      expect(engine).not.toBe("");
      expect(Object.keys(machine)).toEqual(["processor", "cores", "node", "platform"]);
      expect(seconds).toBeGreaterThanOrEqual(0);
    }
  });

  it("are those of the experiment's own grid, at least", () => {
    const keys = new Set(stored.map(({ key }) => key));
    expect(jobsOfGrid<unknown>(experiment, experiment.grid).filter(({ key }) => !keys.has(key))).toEqual([]);
  });

  const needsImages = experiment.data !== undefined && !realDataIsThere;
  it.skipIf(needsImages)("come out again: a random one in a hundred", { timeout: 300_000 }, async () => {
    const stream = randomStream(today, "stored results", name);
    const chosen = new Set<number>();
    while (chosen.size < Math.ceil(stored.length / 100)) chosen.add(stream.integer(stored.length));
    for (const index of chosen) {
      const { key, configuration, seed, result } = stored[index];
      console.log(`${name}: recomputing ${key}, line ${index + 1} of ${stored.length} (chosen by day ${today})`);
      const fresh: unknown = await experiment.run(configuration as never, seed);
      // Through JSON, as it was stored: -0 is 0 there.
      expect(differences(result, JSON.parse(JSON.stringify(fresh)), experiment.tolerance)).toEqual([]);
    }
  });
});

describe("storedResults", () => {
  it("names the command that makes what is not there", () => {
    expect(() => storedResults("nothing" as never)).toThrow(
      /^storedResults: there is no .*nothing\.jsonl; npm run sweep -- nothing makes it$/,
    );
  });

  it("refuses a line that was edited or is of another version, and a damaged one", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "flat-minima-results-"));
    const file = path.join(folder, "results.jsonl");
    const { configuration } = experiments["first-passage"].grid[0];
    const rest = { configuration, seed: 1, result: {}, commit: "", engine: "", machine: {}, seconds: 1 };
    const line = (version: number) => {
      const key = jobKey({ name: "first-passage", version }, { configuration, seed: 1 });
      return `${JSON.stringify({ key, ...rest })}\n`;
    };
    const { version } = experiments["first-passage"];
    writeFileSync(file, line(version));
    expect(storedResults("first-passage", file)).toHaveLength(1);
    writeFileSync(file, line(version) + line(version + 1));
    const advice = "delete it, then npm run sweep -- first-passage";
    expect(() => storedResults("first-passage", file)).toThrow(
      `storedResults: ${file}, line 2 is of another version of the experiment; ${advice}`,
    );
    writeFileSync(file, `${line(version)}{}\n`);
    expect(() => storedResults("first-passage", file)).toThrow(`storedResults: ${file}, line 2 lacks key, `);
    rmSync(folder, { recursive: true });
  });
});

describe("parseResults", () => {
  const line = JSON.stringify({
    key: "0123456789abcdef",
    configuration: {},
    seed: 1,
    result: 2,
    commit: "unknown",
    engine: "-",
    machine: {},
    seconds: 0.1,
  });

  it("leaves out a torn last line, also one that only lacks its line break", () => {
    for (const torn of ["", line.slice(0, 20), line]) {
      const { results, length } = parseResults(`${line}\n${line}\n${torn}`);
      expect(results).toEqual([JSON.parse(line), JSON.parse(line)]);
      expect(length).toBe(2 * line.length + 2);
    }
    expect(parseResults("")).toEqual({ results: [], length: 0 });
  });

  it("names a damaged line in the middle", () => {
    expect(() => parseResults(`${line}\n${line.slice(0, 12)}\n${line}\n`)).toThrow('line 2 is no JSON: {"key":"0123');
    expect(() => parseResults(`${line}\n\n`)).toThrow("line 2 is no JSON: ");
    expect(() => parseResults('{"key":"1","seed":2}\n')).toThrow(
      'line 1 lacks configuration, result, commit, engine, machine, seconds: {"key":"1","seed":2}',
    );
    expect(() => parseResults("null\n")).toThrow("line 1 lacks key,");
  });
});

describe("the comparison", () => {
  it.each<[stored: unknown, fresh: unknown, tolerance: number, found: string[]]>([
    [{ a: [1, null, "x"] }, { a: [1, null, "x"] }, 0, []],
    [1, 1 + 1e-9, 1e-8, []],
    [1, 1 + 1e-9, 1e-10, ["result: stored 1, computed 1.000000001"]],
    [1, 1 + Number.EPSILON, 0, ["result: stored 1, computed 1.0000000000000002"]],
    [0, 1e-300, 1e-8, ["result: stored 0, computed 1e-300"]],
    [{ a: [1, 2] }, { a: [1] }, 1, ["result.a.1: stored 2, computed undefined"]],
    [{ a: null }, { a: 0 }, 1, ["result.a: stored null, computed 0"]],
    [{ a: 1 }, { a: 1, b: 2 }, 1, ["result.b: stored undefined, computed 2"]],
    [[], {}, 1, ["result: stored [], computed {}"]],
    ["1", 1, 1, ['result: stored "1", computed 1']],
  ])("of %j and %j within %d", (stored, fresh, tolerance, found) => {
    expect(differences(stored, fresh, tolerance)).toEqual(found);
  });
});
