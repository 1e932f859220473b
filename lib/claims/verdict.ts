import { requireThat } from "../core/errors";

/**
 * Every verdict there is, from the worst to the best.
 *
 * A claim that fails is worst, then a figure that does not come out. Then evidence from stored results, which this
 * session did not make itself, ranks below evidence made afresh; within each, a figure is weaker than a theorem, and
 * a theorem that had to be corrected weaker than one that holds as printed.
 */
export const VERDICTS_WORST_FIRST = [
  "fails",
  "not reproduced, stored",
  "not reproduced",
  "reproduced, stored",
  "holds after correction, stored",
  "holds, stored",
  "reproduced",
  "holds after correction",
  "holds",
] as const;

/** The outcome of a check, or of all checks of a claim together. */
export type Verdict = (typeof VERDICTS_WORST_FIRST)[number];

/**
 * The worst of some verdicts, in the order of {@link VERDICTS_WORST_FIRST}: the verdict of a claim is that of its
 * weakest check.
 *
 * @throws InvalidArgumentError for an empty list or an unknown verdict
 *
 * @example
 * worstVerdict(["holds", "holds, stored", "holds after correction"]); // "holds, stored"
 */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  requireThat(verdicts.length > 0, "worstVerdict", "there must be at least one verdict", verdicts);
  for (const verdict of verdicts) requireThat(isVerdict(verdict), "worstVerdict", "each must be a verdict", verdict);
  return VERDICTS_WORST_FIRST.find((verdict) => verdicts.includes(verdict))!;
}

/** Whether a value read from outside is one of the verdicts. */
export function isVerdict(value: unknown): value is Verdict {
  return (VERDICTS_WORST_FIRST as readonly unknown[]).includes(value);
}

/** ✗ for a failure, – for a figure that does not come out, ✓ for the rest. */
export function verdictSign(verdict: Verdict): "✓" | "✗" | "–" {
  if (verdict === "fails") return "✗";
  return verdict.startsWith("not reproduced") ? "–" : "✓";
}
