import binomialTest from "@stdlib/stats-binomial-test";
import { requireThat } from "../core/errors";
import type { Judgement } from "./judgement";
import { formatNumber, sixDigits } from "./numbers";
import type { LikelyEventStatement, RareEventStatement } from "./statement";

/**
 * Judges a claim on a probability by the frequency of the event in independent trials.
 *
 * The rule: the claim holds unless the trials refute it at the given confidence c. "At least p" is refuted when the
 * one-sided upper Clopper–Pearson limit lies below p, "at most p" when the one-sided lower limit lies above p; both
 * amount to an exact binomial test of level 1 − c. A true claim is thus refuted with probability at most 1 − c, even
 * if the true probability is exactly p. Too few trials would refute nothing: this is why a check also names a wrong
 * variant, a larger or smaller p, which the *same* rule must refute.
 *
 * Reported are both one-sided limits, each at confidence c (Clopper and Pearson, 1934).
 */
export function judgeFrequency(statement: RareEventStatement | LikelyEventStatement, role: string): Judgement {
  const { successes, trials, confidence } = statement;
  const upper = "atMost" in statement && statement.atMost !== undefined;
  const stated = upper ? statement.atMost : (statement as LikelyEventStatement).atLeast;
  const counts = Number.isInteger(trials) && trials > 0;
  requireThat(counts, "check", `the number of trials of ${role} must be a positive integer`, trials);
  const counted = Number.isInteger(successes) && successes >= 0 && successes <= trials;
  requireThat(counted, "check", `the successes of ${role} must be an integer from 0 to ${trials}`, successes);
  const sure = confidence > 0.5 && confidence < 1;
  requireThat(sure, "check", `the confidence of ${role} must lie between 0.5 and 1`, confidence);
  const refutable = upper ? stated >= 0 && stated < 1 : stated > 0 && stated <= 1;
  requireThat(refutable, "check", `${role} must claim a probability that trials could contradict`, stated);

  const alpha = 1 - confidence;
  const low = binomialTest(successes, trials, { alpha, alternative: "greater" }).ci[0];
  const high = binomialTest(successes, trials, { alpha, alternative: "less" }).ci[1];
  const holds = upper ? low <= stated : high >= stated;
  const frequency = successes / trials;
  const relation = upper ? "≤" : "≥";
  const limits = `limits ${formatNumber(low)} and ${formatNumber(high)} at ${formatNumber(100 * confidence)} % each`;
  return {
    holds,
    form: `probability ${relation} stated`,
    text: `${successes} of ${trials} (${formatNumber(frequency)}), ${limits}: ${holds ? "agrees with" : "refutes"} probability ${relation} ${formatNumber(stated)}`,
    fields: {
      measured: sixDigits(frequency),
      bound: sixDigits(stated),
      relation: upper ? "atMost" : "atLeast",
      slack: sixDigits(upper ? stated - frequency : frequency - stated),
      successes,
      trials,
      confidence: sixDigits(confidence),
      interval: [sixDigits(low), sixDigits(high)],
    },
  };
}
