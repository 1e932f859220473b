import { requireThat } from "../core/errors";
import { displayBundle } from "../core/host";
import { type CheckResult, checkResult } from "./check-result";
import { JUPYTER_DISPLAY } from "../core/host";
import { CheckDefectError, CheckFailedError, NonFiniteMeasurementError } from "./errors";
import { judge } from "./judge";
import type { Judgement } from "./judgement";
import { claim } from "./ledger";
import { recordCheck } from "./session";
import { type Family, type Statement, familyOf } from "./statement";
import type { Claim } from "./types";
import type { Verdict } from "./verdict";

/** What goes with a check's statement. */
export interface CheckOptions {
  /** Wrong variants of the statement by name, of the same family; each must come out false. At least one. */
  readonly rejects: Readonly<Record<string, Statement>>;
  /** The form in which the source prints the claim, of the same family; it must come out false. */
  readonly printed?: Statement;
  /** What this check is about, when a claim has several: "n = 100, spherical inputs". */
  readonly note?: string;
  /** Whether the data come from `notebooks/results` and not from this session. */
  readonly stored?: boolean;
  /** "float32" where the numbers come from TensorFlow.js, which has no more; the line and the ledger then say so. */
  readonly precision?: "float32";
}

/**
 * Checks a claim of the ledger by numbers.
 *
 * The statement is one of
 * - `{ measured, expected, tolerance }`: |measured − expected| ≤ tolerance, numbers or arrays;
 * - `{ measured, atMost }`, `{ measured, atLeast }`, with a `tolerance` if need be: a bound, whose slack is shown;
 * - `{ slope, interval: [low, high], expected }`: the interval contains the fitted slope and the stated one;
 * - `{ successes, trials, atMost | atLeast, confidence }`: the trials do not refute the claimed probability: the
 *   one-sided Clopper–Pearson limit at that confidence does not lie beyond it;
 * - `{ figure: { "what must be seen": boolean, … } }`: all of it is seen (claims of the kind figure only).
 *
 * Verdicts: "holds"; "holds after correction" when `printed` is given and comes out false; for claims of the kind
 * figure "reproduced" or "not reproduced"; each with ", stored" under `stored: true`. A figure that does not come
 * out is a result, every other false statement an error. The returned result is displayed by the notebook as one
 * line and carries the numbers as JSON; make it the cell's last expression, or `display` it.
 *
 * @throws CheckFailedError when the statement is false, after the failing line was sent to the notebook
 * @throws NonFiniteMeasurementError when a measured number is NaN or infinite
 * @throws CheckDefectError when no wrong variant is named, when one comes out true, or when the printed form does
 * @throws InvalidArgumentError for an unknown id, a malformed statement, variants of another family, or a `printed`
 *   form of a claim that the ledger knows as printed correctly
 *
 * @example
 * check("W25", { measured: 0.5, expected: 0.5, tolerance: 1e-12 }, {
 *   rejects: { "without s²": { measured: 0.5, expected: 0.3, tolerance: 1e-12 } },
 * }).verdict; // "holds"
 */
export function check(id: string, statement: Statement, options: CheckOptions): CheckResult {
  const row = claim(id);
  const family = familyOf(statement, "the statement");
  const suits = family !== "figure" || row.kind === "figure";
  requireThat(suits, "check", `${row.id} is no figure: it needs numbers to compare`, "a figure statement");
  const variants = Object.entries(options?.rejects ?? {});
  if (variants.length === 0) {
    throw new CheckDefectError(`check: no wrong variant of ${row.id} is named under rejects: ${CANNOT_FAIL}`);
  }
  const { printed, note = "", stored = false, precision } = options;
  requireThat(
    printed === undefined || !row.asPrinted.ok,
    "check",
    `the ledger must know a slip of ${row.id} before its printed form can be refuted (put a wrong variant under rejects)`,
    "a printed form",
  );

  const judged = judge(statement, "the statement");
  const wrong = variants.map(([name, variant]) => ({
    name,
    ...judgeSame(family, variant, `the wrong variant "${name}"`),
  }));
  const asPrinted = printed && judgeSame(family, printed, "the printed form");

  const key = note || [judged.form, ...wrong.map(({ name }) => name)].join("; ");
  const result = (verdict: Verdict): CheckResult => {
    recordCheck(row.id, key, verdict);
    const json = {
      claim: row.id,
      verdict,
      ...judged.fields,
      note,
      rejects: wrong.filter(isRefuted).map(({ name }) => name),
      ...(asPrinted && isRefuted(asPrinted) && { printed: "fails" as const }),
      ...(precision && { precision }),
    };
    return checkResult(row, json, judged.text);
  };

  if (!judged.holds && family !== "figure") {
    const failure = result("fails");
    displayBundle(failure[JUPYTER_DISPLAY]());
    throw new (judged.nonFinite === undefined ? CheckFailedError : NonFiniteMeasurementError)(failure.line);
  }
  const defects = [
    ...wrong.map((variant) => defectOf(variant, `the wrong variant "${variant.name}" of ${row.id}`, CANNOT_FAIL)),
    asPrinted && defectOf(asPrinted, `the printed form of ${row.id}`, "there is no slip to correct here"),
  ];
  const defect = defects.find((error) => error !== undefined);
  if (defect) {
    recordCheck(row.id, key, "fails");
    throw defect;
  }
  return result(verdictOf(row, judged, asPrinted !== undefined, stored));
}

const CANNOT_FAIL = "this is a check that cannot fail";

function judgeSame(family: Family, variant: Statement, role: string): Judgement {
  const judged = judge(variant, role);
  requireThat(
    familyOf(variant, role) === family,
    "check",
    `${role} must be of the statement's family, ${family}`,
    judged.form,
  );
  return judged;
}

/** Whether a variant is known to be false: a measurement that is no number proves nothing. */
function isRefuted({ holds, nonFinite }: Judgement): boolean {
  return !holds && nonFinite === undefined;
}

/** What is wrong with a variant or a printed form that is not refuted, if it is not. */
function defectOf({ holds, text, nonFinite }: Judgement, role: string, consequence: string): Error | undefined {
  if (nonFinite !== undefined) {
    return new NonFiniteMeasurementError(`check: ${role} measures ${nonFinite}, which refutes nothing`);
  }
  return holds ? new CheckDefectError(`check: ${role} holds, too: ${consequence} (${text})`) : undefined;
}

function verdictOf(row: Claim, judged: Judgement, corrected: boolean, stored: boolean): Verdict {
  const suffix = stored ? ", stored" : "";
  if (row.kind === "figure") return `${judged.holds ? "reproduced" : "not reproduced"}${suffix}`;
  return `${corrected ? "holds after correction" : "holds"}${suffix}`;
}
