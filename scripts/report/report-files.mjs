// The files that are made from the ledger and the committed notebooks' outputs.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { collectChecks, compareLedgers } from "../../lib/dist/claims/index.js";
import { courseNotebooks, notebookFolder } from "../run-notebooks.mjs";
import { root, writeAtomically } from "../steps.mjs";
import { ledgerHtml } from "./ledger-html.mjs";
import { ledgerMarkdown } from "./ledger-markdown.mjs";
import { reportRows } from "./rows.mjs";
import { sourcesMarkdown } from "./sources-markdown.mjs";

/**
 * @typedef {object} ExecutedNotebook
 * @property {string} slug
 * @property {import("../../kernel/dist/notebook.js").Notebook} notebook with its outputs
 */

/** @returns {ExecutedNotebook[]} the course's notebooks as they lie in notebooks/ */
export function committedNotebooks() {
  return courseNotebooks().map((name) => ({
    slug: basename(name, ".ipynb"),
    notebook: JSON.parse(readFileSync(join(notebookFolder, name), "utf8")),
  }));
}

/**
 * The ledger of executed notebooks: what ledger.json keeps of them.
 *
 * @param {readonly ExecutedNotebook[]} notebooks
 */
export function ledgerOf(notebooks) {
  return collectChecks(
    notebooks.map(({ slug, notebook }) => ({
      notebook: slug,
      cells: notebook.cells.map((cell, index) => ({ id: cell.id, index, outputs: cell.outputs ?? [] })),
    })),
  );
}

/**
 * @param {readonly ExecutedNotebook[]} notebooks
 * @returns {Record<string, string>} texts by file name
 */
export function reportFiles(notebooks) {
  const rows = reportRows(notebooks);
  return {
    "LEDGER.md": ledgerMarkdown(rows),
    "ledger.html": ledgerHtml(rows),
    "SOURCES.md": sourcesMarkdown(rows),
  };
}

/**
 * Writes the report of the notebooks in notebooks/, and says so.
 *
 * @returns {number} the exit code: 1 when ledger.json has other verdicts than the outputs, which are then too old
 */
export function writeReport() {
  const notebooks = committedNotebooks();
  const files = reportFiles(notebooks);
  for (const [name, text] of Object.entries(files)) writeAtomically(join(root, name), text);
  console.log(`${Object.keys(files).join(", ")}: made from the outputs in notebooks/`);
  const committed = JSON.parse(readFileSync(join(root, "ledger.json"), "utf8"));
  const differences = compareLedgers(committed, ledgerOf(notebooks));
  for (const difference of differences) console.log(`the outputs differ from ledger.json: ${difference}`);
  if (differences.length === 0) return 0;
  console.log("npm run notebooks -- --write brings the outputs up to date, npm run verify -- --update ledger.json");
  return 1;
}
