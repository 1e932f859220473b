import { requireThat } from "../core/errors";
import { judgeBound } from "./judge-bound";
import { judgeFrequency } from "./judge-frequency";
import { judgeIdentity } from "./judge-identity";
import { formatNumber, sixDigits } from "./numbers";
import {
  type FigureStatement,
  type IdentityStatement,
  type RateStatement,
  type Statement,
  familyOf,
} from "./statement";
import type { Judgement } from "./judgement";

/**
 * Judges a statement: whether it holds, its numbers, and a readable form of both.
 *
 * @param role how messages name the statement: "the statement", "the variant …"
 * @throws InvalidArgumentError for a malformed statement or one that nothing could contradict
 */
export function judge(statement: Statement, role: string): Judgement {
  switch (familyOf(statement, role)) {
    case "identity":
      return judgeIdentity(statement as IdentityStatement, role);
    case "bound":
      return judgeBound(statement as Parameters<typeof judgeBound>[0], role);
    case "rate":
      return judgeRate(statement as RateStatement, role);
    case "whp":
      return judgeFrequency(statement as Parameters<typeof judgeFrequency>[0], role);
    case "figure":
      return judgeFigure(statement as FigureStatement, role);
  }
}

/** Both the fitted slope and the stated one must lie in the interval. */
function judgeRate({ slope, interval, expected }: RateStatement, role: string): Judgement {
  const [low, high] = interval;
  const proper = interval.length === 2 && Number.isFinite(low) && Number.isFinite(high) && low <= high;
  requireThat(proper, "check", `the interval of ${role} must be [low, high], finite, low ≤ high`, interval);
  requireThat(Number.isFinite(expected), "check", `the slope that ${role} expects must be finite`, expected);
  const inside = (value: number): boolean => low <= value && value <= high;
  const holds = inside(slope) && inside(expected);
  const where = `[${formatNumber(low)}, ${formatNumber(high)}]`;
  return {
    holds,
    form: "slope in its interval",
    text: holds
      ? `slope ${formatNumber(slope)}, stated ${formatNumber(expected)}, both in ${where}`
      : `slope ${formatNumber(slope)}, stated ${formatNumber(expected)}, not both in ${where}`,
    fields: {
      slope: sixDigits(slope),
      expected: sixDigits(expected),
      interval: [sixDigits(low), sixDigits(high)],
    },
    nonFinite: Number.isFinite(slope) ? undefined : slope,
  };
}

/** All features must be seen. */
function judgeFigure({ figure }: FigureStatement, role: string): Judgement {
  const features = Object.entries(figure);
  requireThat(features.length > 0, "check", `the figure of ${role} must name what must be seen`, figure);
  for (const [name, seen] of features) {
    requireThat(typeof seen === "boolean", "check", `"${name}" of ${role} must be true or false`, seen);
  }
  const names = (wanted: boolean): string =>
    features.flatMap(([name, seen]) => (seen === wanted ? name : [])).join("; ");
  const [seen, missing] = [names(true), names(false)];
  return {
    holds: missing === "",
    form: "figure",
    text: [seen && `seen: ${seen}`, missing && `not seen: ${missing}`].filter(Boolean).join(" · "),
    fields: { figure: { ...figure } },
  };
}
