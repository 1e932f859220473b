import { type Judgement, indexOfLargest, ofSeveral, pairUp, requireTolerance } from "./judgement";
import { formatNumber, formatPercent, sixDigits } from "./numbers";
import type { LowerBoundStatement, UpperBoundStatement } from "./statement";

/**
 * Judges measured ≤ atMost + tolerance, or measured ≥ atLeast − tolerance, by the entry of least slack.
 *
 * The slack is bound − measured or measured − bound, taken from the six digits shown; the relative one is its share
 * of |bound|.
 */
export function judgeBound(statement: UpperBoundStatement | LowerBoundStatement, role: string): Judgement {
  const { measured, tolerance = 0 } = statement;
  requireTolerance(tolerance, role);
  const upper = "atMost" in statement && statement.atMost !== undefined;
  const bound = upper ? statement.atMost : (statement as LowerBoundStatement).atLeast;
  const pairs = pairUp(measured, bound, role);
  const nonFinite = pairs.measured.find((value) => !Number.isFinite(value));
  const excess = pairs.measured.map((value, i) => (upper ? value - pairs.stated[i] : pairs.stated[i] - value));
  const tightest = indexOfLargest(excess);

  const holds = nonFinite === undefined && excess[tightest] <= tolerance;
  const value = nonFinite ?? pairs.measured[tightest];
  const limit = pairs.stated[tightest];
  const [shownValue, shownLimit] = [Number(sixDigits(value)), Number(sixDigits(limit))];
  const slack = roundedTo(upper ? shownLimit - shownValue : shownValue - shownLimit, shownLimit, shownValue);
  const relative = shownLimit === 0 ? undefined : Number((slack / Math.abs(shownLimit)).toPrecision(3));

  const count = pairs.measured.length;
  const [relation, violated] = upper ? ["≤", ">"] : ["≥", "<"];
  const share = relative === undefined ? "" : ` (${formatPercent(Math.abs(relative))})`;
  const within = tolerance > 0 ? `, tolerance ${formatNumber(tolerance)}` : "";
  const lead = ofSeveral("tightest", count);
  return {
    holds,
    form: `measured ${relation} bound`,
    text: holds
      ? `${lead}measured ${formatNumber(value)} ${relation} ${formatNumber(limit)}, slack ${formatNumber(slack)}${share}${within}`
      : nonFinite !== undefined
        ? `measured ${formatNumber(value)}, which is not a finite number`
        : `${lead}measured ${formatNumber(value)} ${violated} ${formatNumber(limit)}, off by ${formatNumber(excess[tightest])}${within}`,
    fields: {
      measured: sixDigits(value),
      bound: sixDigits(limit),
      relation: upper ? "atMost" : "atLeast",
      slack: sixDigits(slack),
      ...(relative !== undefined && { relativeSlack: sixDigits(relative) }),
      ...(tolerance > 0 && { tolerance: sixDigits(tolerance) }),
      ...(count > 1 && { entries: count }),
    },
    nonFinite,
  };
}

/** A difference of two numbers of six digits, freed of what the subtraction left below their last digit. */
function roundedTo(difference: number, ...terms: readonly number[]): number {
  const size = Math.max(...terms.map(Math.abs));
  if (!Number.isFinite(difference) || size === 0) return difference;
  const unit = 10 ** (Math.floor(Math.log10(size)) - 5);
  return Number((Math.round(difference / unit) * unit).toPrecision(6));
}
