// What the reports have in common: how many claims of which source have which verdict, and the words for a row.
import { SOURCES, VERDICTS_WORST_FIRST, citeShort } from "../../lib/dist/claims/index.js";
import { verdictSign } from "../../lib/dist/claims/verdict.js";

/**
 * @typedef {import("./rows.mjs").ReportRow} ReportRow
 * @typedef {import("../../lib/dist/claims/index.js").SourceId} SourceId
 */

export const sourceIds = /** @type {SourceId[]} */ (Object.keys(SOURCES));

/** Explains what the columns mean; plain text without markup. */
export const legend = [
  "A claim's verdict is the worst of its checks'. Every check also rejects wrong variants of its statement.",
  "Numbers are those that the committed notebooks show, to six digits; of many entries the decisive one is shown.",
  "Precision: float32 where a check says that its numbers come from TensorFlow.js; the library itself computes in " +
    "float64, on the engine that ledger.json names.",
  "“Stored”: the check judges results that are kept in notebooks/results, because computing them takes long.",
];

/**
 * @param {ReportRow["verdict"]} verdict
 * @returns {string} "✓ holds"
 */
export function signed(verdict) {
  return verdict === "not checked" ? verdict : `${verdictSign(verdict)} ${verdict}`;
}

/**
 * Claims by source and verdict. A claim of two sources counts for either, and once in the last line.
 *
 * @param {readonly ReportRow[]} rows
 * @returns {{ headers: string[], rows: string[][] }}
 */
export function summaryTable(rows) {
  const verdicts = [...[...VERDICTS_WORST_FIRST].reverse(), /** @type {const} */ ("not checked")].filter((verdict) =>
    rows.some((row) => row.verdict === verdict),
  );
  const line = (/** @type {string} */ name, /** @type {readonly ReportRow[]} */ group) => [
    name,
    String(group.length),
    ...verdicts.map((verdict) => String(group.filter((row) => row.verdict === verdict).length)),
    String(group.filter(({ claim }) => !claim.asPrinted.ok).length),
    String(group.reduce((sum, { checks }) => sum + checks.length, 0)),
  ];
  return {
    headers: ["source", "claims", ...verdicts, "with a slip in print", "checks"],
    rows: [...sourceIds.map((id) => line(`${id}: ${citeShort(id)}`, ofSource(rows, id))), line("all, each once", rows)],
  };
}

/**
 * @param {readonly ReportRow[]} rows
 * @param {SourceId} id
 */
export function ofSource(rows, id) {
  return rows.filter(({ claim }) => claim.sources.includes(id));
}

/**
 * How the source prints a claim.
 *
 * @param {ReportRow["claim"]} claim
 */
export function printedForm({ asPrinted, sources }) {
  if (!asPrinted.ok) return `Slip: ${asPrinted.slip}. Correct: ${asPrinted.correction}.`;
  if (sources.includes("N")) return "Not in the sources.";
  return asPrinted.note === undefined ? "As printed." : `As printed; ${asPrinted.note}.`;
}
