import type { Ledger } from "./collect";
import { CLAIMS, claim } from "./ledger";
import { type Table, htmlTable, markdownTable, textTable } from "./table";
import { VERDICTS_WORST_FIRST, verdictSign } from "./verdict";

/** The whole ledger in three forms. */
export interface RenderedLedger {
  /** Columns of equal width, for a terminal. */
  readonly text: string;
  readonly markdown: string;
  /** A table with inherited colours. */
  readonly html: string;
}

/**
 * Claims in one table, checked or not: id, kind, statement, home notebook, verdict, number of checks and where they
 * are; under it the count of each verdict.
 *
 * @param ids the claims to list, in this order; without them, all
 * @throws InvalidArgumentError for an unknown id
 *
 * @example
 * renderLedger({ claims: {} }).text.endsWith("96 claims: 96 not checked"); // true
 * renderLedger({ claims: {} }, ["W1", "R3"]).text.endsWith("2 claims: 2 not checked"); // true
 */
export function renderLedger(ledger: Ledger, ids: readonly string[] = [...CLAIMS.keys()]): RenderedLedger {
  const claims = ids.map(claim);
  const table: Table = {
    headers: ["claim", "kind", "statement", "home", "verdict", "checks", "checked in"],
    rows: claims.map((row) => {
      const entry = ledger.claims[row.id];
      const verdict = entry === undefined ? "not checked" : `${verdictSign(entry.verdict)} ${entry.verdict}`;
      const notebooks = entry?.notebooks.map((slug) => slug.slice(0, 2)).join(", ") ?? "";
      return [row.id, row.kind, row.short, row.home, verdict, String(entry?.checks.length ?? 0), notebooks];
    }),
  };
  const summary = summarize(claims.map(({ id }) => ledger.claims[id]?.verdict ?? "not checked"));
  return {
    text: `${textTable(table)}\n\n${summary}`,
    markdown: `${markdownTable(table)}\n\n${summary}\n`,
    html: `${htmlTable(table)}<p>${summary}</p>`,
  };
}

/** "96 claims: 40 holds · 2 not checked": the verdicts from the best to the worst. */
function summarize(verdicts: readonly string[]): string {
  const counts = [...[...VERDICTS_WORST_FIRST].reverse(), "not checked"].flatMap((verdict) => {
    const count = verdicts.filter((one) => one === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  return `${verdicts.length} claim${verdicts.length === 1 ? "" : "s"}: ${counts.join(" · ")}`;
}
