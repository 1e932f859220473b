import { type Judgement, indexOfLargest, ofSeveral, pairUp, requireTolerance } from "./judgement";
import { formatNumber, sixDigits } from "./numbers";
import type { IdentityStatement } from "./statement";

/** Below this a tolerance is one of rounding: what lies within it of 0 is noise, and shown as 0. */
const ROUNDING_TOLERANCE = 1e-8;

/** Two numbers whose difference is below this share of their size agree in the six digits shown. */
const SHOWN_PRECISION = 5e-7;

/**
 * Judges |measured − expected| ≤ tolerance by the largest deviation.
 *
 * Of an array one entry is shown: the farthest, or, where all agree to the digits shown, the largest; so no digit
 * that depends on the machine's rounding gets into a notebook.
 */
export function judgeIdentity({ measured, expected, tolerance }: IdentityStatement, role: string): Judgement {
  requireTolerance(tolerance, role);
  const pairs = pairUp(measured, expected, role);
  const nonFinite = pairs.measured.find((value) => !Number.isFinite(value));
  const deviations = pairs.measured.map((value, i) => Math.abs(value - pairs.stated[i]));
  const sizes = pairs.measured.map((value, i) => Math.max(Math.abs(value), Math.abs(pairs.stated[i])));
  const farthest = indexOfLargest(deviations);
  const largest = indexOfLargest(sizes);

  const holds = nonFinite === undefined && deviations[farthest] <= tolerance;
  const toTheDigit =
    holds && (tolerance < ROUNDING_TOLERANCE || deviations[farthest] < SHOWN_PRECISION * sizes[largest]);
  const shown = toTheDigit ? largest : farthest;
  const settle = (value: number): number =>
    holds && tolerance < ROUNDING_TOLERANCE && Math.abs(value) <= tolerance ? 0 : value;
  const value = nonFinite ?? settle(pairs.measured[shown]);
  const stated = settle(pairs.stated[shown]);

  const count = pairs.measured.length;
  const lead = ofSeveral(toTheDigit ? "largest" : "farthest", count);
  return {
    holds,
    form: "measured = expected",
    text: holds
      ? `${lead}measured ${formatNumber(value)} ${toTheDigit ? "=" : "≈"} ${formatNumber(stated)}, tolerance ${formatNumber(tolerance)}`
      : nonFinite !== undefined
        ? `measured ${formatNumber(value)}, which is not a finite number`
        : `${lead}measured ${formatNumber(value)} ≠ ${formatNumber(stated)}, off by ${formatNumber(deviations[farthest])}, tolerance ${formatNumber(tolerance)}`,
    fields: {
      measured: sixDigits(value),
      expected: sixDigits(stated),
      tolerance: sixDigits(tolerance),
      ...(count > 1 && { entries: count }),
    },
    nonFinite,
  };
}
