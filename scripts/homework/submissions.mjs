// What students handed in, looked at before anything of it is run.
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readIfThere } from "../steps.mjs";

/** The largest notebook that is read, in bytes. */
const largest = 20e6;

/** @param {string} folder */
const namesIn = (folder) => (existsSync(folder) ? readdirSync(folder).sort() : []);

/**
 * The assignments of a course: folders of source/ with a notebook of the same name.
 *
 * @param {string} course
 */
export function assignmentsOf(course) {
  return namesIn(join(course, "source")).filter((name) => existsSync(join(course, "source", name, `${name}.ipynb`)));
}

/**
 * The names of the cells that have a role in an assignment.
 *
 * @param {any} notebook
 * @returns {string[]}
 */
export function rolesOf(notebook) {
  return notebook.cells.map((/** @type {any} */ cell) => cell?.metadata?.nbgrader?.grade_id).filter(Boolean);
}

/** @param {string} course */
export function submittedStudents(course) {
  return namesIn(join(course, "submitted")).filter((name) => !name.startsWith("."));
}

/**
 * Reads a notebook that may be anything.
 *
 * @param {string} file
 * @returns {{ problem: string } | { notebook: any }}
 */
export function readNotebook(file) {
  const { size } = lstatSync(file);
  if (size === 0) return { problem: "the notebook is empty" };
  if (size > largest) return { problem: `the notebook has ${(size / 1e6).toFixed(0)} MB, more than ${largest / 1e6}` };
  let notebook;
  try {
    notebook = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { problem: "the notebook is broken: no JSON" };
  }
  if (notebook?.nbformat !== 4 || !Array.isArray(notebook.cells)) {
    return { problem: "the notebook is broken: no notebook of format 4" };
  }
  const isText = (/** @type {unknown} */ source) =>
    typeof source === "string" || (Array.isArray(source) && source.every((line) => typeof line === "string"));
  const isCell = (/** @type {any} */ cell) =>
    ["code", "markdown", "raw"].includes(cell?.cell_type) && isText(cell.source) && typeof cell.metadata === "object";
  if (!notebook.cells.every(isCell)) return { problem: "the notebook is broken: one of its cells is none" };
  if (notebook.cells.length === 0) return { problem: "the notebook is empty" };
  return { notebook };
}

/**
 * All files of a folder, as paths relative to it; undefined with anything else in it, such as links, which could show
 * what lies elsewhere.
 *
 * @param {string} folder
 * @returns {string[] | undefined}
 */
function plainFiles(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  if (entries.some((entry) => !entry.isFile() && !entry.isDirectory())) return undefined;
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * @param {string} course
 * @param {string} name of the assignment
 * @param {string} student
 * @returns {{ problem: string } | { fingerprint: string }}
 */
export function inspectSubmission(course, name, student) {
  const folder = join(course, "submitted", student, name);
  if (!/^[\w.@-]+$/.test(student))
    return { problem: "the student's name has other characters than letters, digits, . _ - @" };
  if (!existsSync(folder)) return { problem: "nothing was handed in" };
  if (lstatSync(join(course, "submitted", student)).isSymbolicLink() || !lstatSync(folder).isDirectory()) {
    return { problem: "the submission is no folder" };
  }
  const files = plainFiles(folder);
  if (files === undefined) return { problem: "the submission has links in it, or other things that are no files" };
  const own = join(folder, `${name}.ipynb`);
  const notebooks = files.filter((file) => file.endsWith(".ipynb"));
  const wanted = rolesOf(JSON.parse(readFileSync(join(course, "source", name, `${name}.ipynb`), "utf8")));
  const share = (/** @type {string} */ file) => {
    const read = readNotebook(file);
    return "notebook" in read ? rolesOf(read.notebook).filter((id) => wanted.includes(id)).length : 0;
  };
  const short = (/** @type {string} */ file) => file.slice(folder.length + 1);
  const copies = notebooks.filter((file) => file !== own && share(file) > 0);
  if (!notebooks.includes(own)) {
    if (copies.length === 1) return { problem: `the notebook is called ${short(copies[0] ?? "")}, not ${name}.ipynb` };
    return {
      problem:
        notebooks.length > 0
          ? `no ${name}.ipynb, but ${notebooks.map(short).join(", ")}`
          : "the folder has no notebook",
    };
  }
  const read = readNotebook(own);
  if ("problem" in read) return read;
  if (share(own) === 0)
    return { problem: "the notebook is of another assignment: it has none of the cells of this one" };
  if (copies.length > 0)
    return { problem: `the submission is there twice: ${name}.ipynb and ${copies.map(short).join(", ")}` };
  const hash = createHash("sha256");
  for (const file of files) hash.update(JSON.stringify([short(file), readFileSync(file).toString("base64")]));
  return { fingerprint: hash.digest("hex") };
}

/**
 * Where the notice of a finished grading is kept.
 *
 * @param {string} course
 * @param {string} name
 * @param {string} student
 */
export const stampOf = (course, name, student) => join(course, ".graded", name, `${student}.json`);

/**
 * What is known of a finished grading.
 *
 * @param {string} course
 * @param {string} name
 * @param {string} student
 * @returns {{ submission: string, tests: string } | undefined}
 */
export function readStamp(course, name, student) {
  const text = readIfThere(stampOf(course, name, student));
  return text === undefined ? undefined : JSON.parse(text);
}
