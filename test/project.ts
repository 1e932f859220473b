// Where the project's own things are, for the tests that look at them from outside.
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

export const root: string = path.resolve(import.meta.dirname, "..");

/** The environment's Python. `npm test` names it, and names none where Python is to be left out. */
export const python: string = process.env.FLAT_MINIMA_PYTHON ?? path.join(root, ".venv/bin/python");

const lib = path.join(root, "lib");

/** The folders of lib with a barrel. */
export const folders: string[] = readdirSync(lib).filter((name) => existsSync(path.join(lib, name, "index.ts")));
