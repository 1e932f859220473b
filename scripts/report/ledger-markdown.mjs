// LEDGER.md: all claims, and under each its checks with their numbers.
import { NOTEBOOKS, citeShort } from "../../lib/dist/claims/index.js";
import { claimLink, madeBy, place, prose, table } from "./markdown.mjs";
import { legend, printedForm, signed, summaryTable } from "./summary.mjs";

/**
 * @param {readonly import("./rows.mjs").ReportRow[]} rows
 * @returns {string}
 */
export function ledgerMarkdown(rows) {
  const summary = summaryTable(rows);
  return (
    [
      madeBy,
      "# The ledger",
      `All ${rows.length} claims of the course, what was measured, and the verdict. The same as one page with a filter: ` +
        "[ledger.html](ledger.html). Source by source: [SOURCES.md](SOURCES.md).",
      legend.map((sentence) => `- ${sentence}`).join("\n"),
      "## Summary",
      table(
        summary.headers,
        summary.rows.map((cells) => cells.map(prose)),
      ),
      "## All claims",
      table(
        ["claim", "in symbols", "source", "verdict", "home", "checks"],
        rows.map(({ claim, verdict, checks }) => [
          claimLink(claim.id),
          prose(claim.short),
          claim.sources.map(citeShort).map(prose).join("; "),
          signed(verdict),
          home(claim.home),
          String(checks.length),
        ]),
      ),
      "## Claim by claim",
      ...rows.map(section),
      "",
    ]
      .join("\n\n")
      .trimEnd() + "\n"
  );
}

/** @param {import("./rows.mjs").ReportRow} row */
function section({ claim, verdict, checks }) {
  return [
    `### ${claim.id}`,
    `${prose(claim.statement)} _${prose(printedForm(claim))}_`,
    `**${signed(verdict)}** · ${claim.kind} · ${claim.sources.map(citeShort).map(prose).join("; ")} · home: ${home(claim.home)}`,
    table(
      ["check", "measured", "stated", "tolerance or slack", "rejects", "verdict", "precision", "stored"],
      checks.map((check) => [
        [prose(check.note), place(check)].filter(Boolean).join("<br>"),
        prose(check.measured),
        prose(check.stated) || "—",
        prose(check.margin) || "—",
        prose(check.rejects.join("; ")),
        `${signed(check.verdict)}${check.printedFails ? " (as printed it fails)" : ""}`,
        check.precision || "—",
        check.stored ? "stored" : "—",
      ]),
    ),
  ].join("\n\n");
}

/** @param {string} number */
function home(number) {
  const slug = NOTEBOOKS.find((notebook) => notebook.number === number)?.slug;
  return `[${number}](notebooks/${slug}.ipynb)`;
}
