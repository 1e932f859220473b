import { existsSync } from "node:fs";
import path from "node:path";

/**
 * The nearest folder above the library that has something, undefined when none has. Data lie beside the library, not
 * in the working directory: notebooks and tests run from other folders.
 */
export function aboveLibrary(something: string): string | undefined {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, something))) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}

/**
 * The folder in which each data set has a folder: the one that the environment variable `FLAT_MINIMA_DATA` names
 * (absolute, or as seen from the project's folder), or else `data` in the project.
 */
export function dataFolder(): string {
  const project = aboveLibrary(path.join("data", "README.md")) ?? process.cwd();
  return path.resolve(project, process.env.FLAT_MINIMA_DATA || "data");
}
