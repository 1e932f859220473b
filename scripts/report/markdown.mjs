// Markdown of the reports, as GitHub and JupyterLab show it.
import { mathHtml } from "../../lib/dist/claims/html.js";

/**
 * A sentence or formula of the ledger: its indices and exponents set, and nothing in it taken for markup.
 *
 * @param {string} text
 */
export function prose(text) {
  return mathHtml(text).replace(/[\\`*_[\]|~$]/g, "\\$&");
}

/**
 * @param {readonly string[]} headers
 * @param {readonly (readonly string[])[]} rows of cells that are Markdown already
 */
export function table(headers, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(headers), line(headers.map(() => "---")), ...rows.map(line)].join("\n");
}

/**
 * The place of a check: notebook number and cell, linked.
 *
 * @param {import("./rows.mjs").ReportCheck} check
 */
export function place({ notebook, cell, link }) {
  return `[${notebook.slice(0, 2)}, \`${cell}\`](${link})`;
}

/**
 * A claim's id, linked to its section of LEDGER.md.
 *
 * @param {string} id
 * @param {string} [file] "" within LEDGER.md
 */
export function claimLink(id, file = "") {
  return `[${id}](${file}#${id.toLowerCase().replace("/", "")})`;
}

/** The first line of a file that is made. */
export const madeBy = "<!-- Made by `npm run report` from the ledger and the notebooks' outputs: do not edit. -->";
