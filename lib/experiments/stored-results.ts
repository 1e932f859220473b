import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { jobKey } from "./job-key";
import { type ConfigurationOf, type ExperimentName, experiments, type ResultOf } from "./registry";

/** Where a result was computed. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  readonly platform: string;
}

/** A line of `notebooks/results/<experiment>.jsonl`. */
export interface StoredResult<Configuration, Result> {
  /** {@link jobKey}. */
  readonly key: string;
  readonly configuration: Configuration;
  readonly seed: number;
  readonly result: Result;
  /** The commit of the library that computed it, with "-dirty" when its sources differed from it. */
  readonly commit: string;
  /** The description of the engine in use, and of its inner loops. */
  readonly engine: string;
  readonly machine: Machine;
  readonly seconds: number;
}

/**
 * The results in the text of a file of JSON lines. A last line without its line break was torn off when its writer was
 * killed; it is left out.
 *
 * @returns the results, and the length of the text without the torn line
 * @throws Error naming the line that is no result
 *
 * @example
 * parseResults('{"key":"00", "resu').length; // 0
 */
export function parseResults(text: string): { results: StoredResult<unknown, unknown>[]; length: number } {
  const length = text.lastIndexOf("\n") + 1;
  const lines = text.slice(0, length).split("\n").slice(0, -1);
  return { results: lines.map(parseLine), length };
}

const FIELDS = ["key", "configuration", "seed", "result", "commit", "engine", "machine", "seconds"];

function parseLine(line: string, index: number): StoredResult<unknown, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`line ${index + 1} is no JSON: ${line.slice(0, 60)}`);
  }
  const missing = FIELDS.filter((field) => typeof value !== "object" || value === null || !(field in value));
  if (missing.length > 0) throw new Error(`line ${index + 1} lacks ${missing.join(", ")}: ${line.slice(0, 60)}`);
  return value as StoredResult<unknown, unknown>;
}

/**
 * The stored results of an experiment, in the order of the file that `npm run sweep -- <experiment>` writes.
 *
 * @param file another file than the project's own, `notebooks/results/<experiment>.jsonl`
 *
 * @throws Error when the file is not there, when a line is damaged, or when one is of another version of the experiment
 *
 * @example
 * storedResults("first-passage")[0].result.leavingSteps.length; // 200
 */
export function storedResults<Name extends ExperimentName>(
  name: Name,
  file: string = projectFile(name),
): StoredResult<ConfigurationOf<Name>, ResultOf<Name>>[] {
  if (!existsSync(file)) throw new Error(`storedResults: there is no ${file}; npm run sweep -- ${name} makes it`);
  let results: StoredResult<unknown, unknown>[];
  try {
    ({ results } = parseResults(readFileSync(file, "utf8")));
  } catch (error) {
    throw new Error(`storedResults: ${file}, ${(error as Error).message}`, { cause: error });
  }
  const index = results.findIndex(({ key, configuration, seed }) => {
    return key !== jobKey(experiments[name], { configuration, seed });
  });
  if (index !== -1) {
    const advice = `delete it, then npm run sweep -- ${name}`;
    throw new Error(`storedResults: ${file}, line ${index + 1} is of another version of the experiment; ${advice}`);
  }
  return results as StoredResult<ConfigurationOf<Name>, ResultOf<Name>>[];
}

/** `notebooks/results/<name>.jsonl` beside the library's folder, whether the library runs from there or from dist. */
function projectFile(name: string): string {
  const lib = path.dirname(createRequire(__filename).resolve("flat-minima/package.json"));
  return path.resolve(lib, "..", "notebooks", "results", `${name}.jsonl`);
}
