import { requireThat } from "../core/errors";
import { type Displayable, displayable } from "./displayable";
import { claim } from "./ledger";
import { sessionVerdict } from "./session";
import { citeShort } from "./sources";
import { type Table, htmlTable, textTable } from "./table";
import type { Claim } from "./types";
import { verdictSign } from "./verdict";

const NOT_CHECKED = "not checked yet — run the cells above";

/**
 * The closing table of a notebook: id, source, statement, how the source prints it, and the verdict of the checks
 * made in this session so far, which is the worst of a claim's checks. A cell run again replaces its own check.
 *
 * In HTML the claims are stated in sentences, in text by a few symbols.
 *
 * @param ids the claims to list; a row's two names count once
 * @throws InvalidArgumentError for an empty list or an unknown id
 *
 * @example
 * closingTable(["W25", "W26"]); // two rows; "not checked yet — run the cells above" before their checks have run
 */
export function closingTable(ids: readonly string[]): Displayable {
  requireThat(ids.length > 0, "closingTable", "there must be at least one claim", ids);
  const rows = [...new Set(ids.map((id) => claim(id)))];
  return displayable({
    "text/html": htmlTable(tableOf(rows, { inFull: true })),
    "text/plain": textTable(tableOf(rows, { inFull: false })),
  });
}

function tableOf(rows: readonly Claim[], { inFull }: { inFull: boolean }): Table {
  return {
    headers: ["claim", "source", "statement", "as printed", "verdict in this session"],
    rows: rows.map((row) => [
      row.id,
      row.sources.map(citeShort).join("; "),
      inFull ? row.statement : row.short,
      printedCell(row, inFull),
      verdictCell(row),
    ]),
  };
}

function printedCell({ sources, asPrinted }: Claim, inFull: boolean): string {
  if (sources.includes("N")) return "—";
  if (!asPrinted.ok) return inFull ? `slip: ${asPrinted.slip}. Correct: ${asPrinted.correction}` : "slip";
  return inFull && asPrinted.note !== undefined ? `ok (${asPrinted.note})` : "ok";
}

function verdictCell({ id }: Claim): string {
  const verdict = sessionVerdict(id);
  return verdict === undefined ? NOT_CHECKED : `${verdictSign(verdict)} ${verdict}`;
}
