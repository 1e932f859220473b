import { escapeHtml } from "../core/escape-html";
import { type Displayable, displayable } from "./displayable";
import { mathHtml, signHtml } from "./html";
import type { Claim } from "./types";
import { type Verdict, verdictSign } from "./verdict";

/** MIME type under which a check's JSON lies in a notebook's outputs. */
export const CHECK_MIME_TYPE = "application/vnd.flat-minima.check+json";

/** What a check leaves in a notebook: its verdict, its numbers by family, and what it rejected. */
export interface CheckJson {
  /** The claim's full id. */
  readonly claim: string;
  readonly verdict: Verdict;
  /** The caller's note, or "". */
  readonly note: string;
  /** Names of the wrong variants that were shown to be false. */
  readonly rejects: readonly string[];
  /** Present when the printed form was shown to fail. */
  readonly printed?: "fails";
  /** Present when the numbers were computed in single precision. */
  readonly precision?: "float32";
  /** measured, expected or bound, tolerance or slack; slope, interval; successes, trials, confidence; figure. */
  readonly [field: string]: unknown;
}

/** The outcome of one check; a notebook shows it as one line and keeps its JSON. */
export interface CheckResult extends Displayable {
  readonly verdict: Verdict;
  /** Sign, id, the claim in a few symbols, the numbers, what was rejected, the verdict. */
  readonly line: string;
  /** What the notebook keeps, under {@link CHECK_MIME_TYPE}. */
  readonly json: CheckJson;
}

/**
 * Puts a check's outcome into words.
 *
 * @param numbers the judged numbers as a reader wants them
 */
export function checkResult(row: Claim, json: CheckJson, numbers: string): CheckResult {
  const note = json.note === "" ? "" : ` (${json.note})`;
  const parts = [`${row.short}${note}`, numbers];
  if (json.rejects.length > 0) parts.push(`rejects: ${json.rejects.join("; ")}`);
  if (json.precision) parts.push(`computed in ${json.precision}`);
  const outcome = json.printed ? `${json.verdict} (as printed it fails)` : json.verdict;
  const line = `${verdictSign(json.verdict)} ${row.id} · ${[...parts, outcome].join(" · ")}`;
  const html =
    `<div style="line-height:1.5;overflow-wrap:anywhere;padding-left:8px">${signHtml(json.verdict)} <b>${row.id}</b> · ` +
    `${[mathHtml(parts[0]), ...parts.slice(1).map(escapeHtml)].join(" · ")} · <b>${escapeHtml(outcome)}</b></div>`;
  return {
    verdict: json.verdict,
    line,
    json,
    ...displayable({ [CHECK_MIME_TYPE]: json, "text/html": html, "text/plain": line }),
  };
}
