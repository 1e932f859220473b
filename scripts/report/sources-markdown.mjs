// SOURCES.md: source by source, notebook by notebook: each claim, what was found, and where; at the end the slips.
import { NOTEBOOKS, SOURCES, citeShort } from "../../lib/dist/claims/index.js";
import { claimLink, madeBy, place, prose } from "./markdown.mjs";
import { ofSource, printedForm, signed, sourceIds } from "./summary.mjs";

/** @typedef {import("./rows.mjs").ReportRow} ReportRow */

/**
 * @param {readonly ReportRow[]} rows
 * @returns {string}
 */
export function sourcesMarkdown(rows) {
  const slips = rows.filter(({ claim }) => !claim.asPrinted.ok);
  return (
    [
      madeBy,
      "# The sources, claim by claim",
      "What each of the five sources states, in our own words, and what the notebooks found; last, what goes beyond the sources. A link leads to the notebook " +
        "and names the cell; the numbers are in [LEDGER.md](LEDGER.md). A claim that two sources make stands under both. " +
        `The ${slips.length} claims with a slip in print are collected at the end: [Slips](#slips).`,
      ...sourceIds.map((id) => sourceSection(id, ofSource(rows, id))),
      "## Slips",
      "What is misprinted, or stated without a condition that it needs. “The printed form fails” links the checks in which " +
        "the numbers refute the form that is printed. A slip in a claim that two sources make stands under both.",
      ...sourceIds.flatMap((id) => {
        const own = ofSource(slips, id);
        return own.length === 0 ? [] : [`### Slips: ${prose(citeShort(id))}`, own.map(slipItem).join("\n")];
      }),
    ].join("\n\n") + "\n"
  );
}

/**
 * @param {import("../../lib/dist/claims/index.js").SourceId} id
 * @param {readonly ReportRow[]} rows
 */
function sourceSection(id, rows) {
  const { authors, title, year, kind, basedOn } = SOURCES[id];
  const homes = [...new Set(rows.map(({ claim }) => claim.home))];
  const based =
    basedOn.length === 0 ? [] : [`It reports on:\n\n${basedOn.map((paper) => `- ${prose(paper)}`).join("\n")}`];
  return [
    `## ${prose(year === null ? title : citeShort(id))}`,
    `${prose(authors)}, _${prose(title)}_: ${prose(kind)}. ${rows.length} claims.`,
    ...based,
    ...homes.flatMap((home) => {
      const notebook = NOTEBOOKS.find(({ number }) => number === home);
      return [
        `### ${id} · ${prose(notebook?.title ?? "")} ([${home}](notebooks/${notebook?.slug}.ipynb))`,
        rows
          .filter(({ claim }) => claim.home === home)
          .map(claimItem)
          .join("\n"),
      ];
    }),
  ].join("\n\n");
}

/** @param {ReportRow} row */
function claimItem({ claim, verdict, checks }) {
  const places = checks.map((check) => (check.note === "" ? place(check) : `${prose(check.note)} (${place(check)})`));
  return [
    `- **${claimLink(claim.id, "LEDGER.md")}** ${prose(claim.statement)} _${prose(printedForm(claim))}_`,
    `  - Found: **${signed(verdict)}**${places.length === 0 ? "" : `: ${places.join("; ")}`}`,
  ].join("\n");
}

/** @param {ReportRow} row */
function slipItem({ claim, checks }) {
  if (claim.asPrinted.ok) throw new Error(`${claim.id} has no slip`);
  const { slip, correction } = claim.asPrinted;
  const refuting = [...new Set(checks.filter(({ printedFails }) => printedFails).map(place))];
  return [
    `- **${claimLink(claim.id, "LEDGER.md")}** ${prose(slip)}. _Correct:_ ${prose(correction)}.`,
    refuting.length === 0
      ? "  - No check puts the printed form to the numbers."
      : `  - The printed form fails: ${refuting.join("; ")}`,
  ].join("\n");
}
