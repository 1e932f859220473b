import { requireThat } from "../core";
import { requireSize } from "../core/requirements";
import { requireFailureProbability, requireKl } from "./bound-inputs";
import { requireProbability } from "./probabilities";
import { reproducibleLogarithm } from "./reproducible-logarithm";

/** What a certificate can be trained on; {@link certificateObjective} has the formulas. */
export type CertificateObjectiveKind = "fquad" | "flamb" | "fclassic" | "bbb";

/** Where an objective is evaluated. */
export interface CertificateObjectiveOptions {
  readonly objective: CertificateObjectiveKind;
  /** L̂ in [0, 1], the posterior's mean loss on the sample. */
  readonly empiricalRisk: number;
  /** KL(Q‖P) ≥ 0. */
  readonly klDivergence: number;
  /** n. */
  readonly sampleCount: number;
  /** δ in (0, 1). */
  readonly failureProbability: number;
  /** λ in (0, 2) of `flamb`, by default 1 (the middle; the best is in the formulas). */
  readonly tradeOff?: number;
}

/** An objective and its partial derivatives by L̂ and KL. */
export interface CertificateObjective {
  readonly value: number;
  /** ∂f/∂L̂. */
  readonly byEmpiricalRisk: number;
  /** ∂f/∂KL. */
  readonly byKlDivergence: number;
}

/**
 * The objectives f(L̂, KL) whose minimiser over posteriors has a good certificate. With K = KL + log(2√n/δ):
 *
 * - fquad = (√(L̂ + K/2n) + √(K/2n))², the least flamb over λ;
 * - flamb = L̂/(1 − λ/2) + K/(nλ(1 − λ/2)), for 0 < λ < 2; it is least at λ = 2/(1 + √(1 + 2nL̂/K));
 * - fclassic = L̂ + √(K/2n);
 * - bbb = L̂ + KL/n, which bounds nothing (δ does not enter): variational inference, "Bayes by backprop".
 *
 * The first three bound the true risk with probability 1 − δ, for a loss in [0, 1] and a prior that does not depend on
 * the sample: all are relaxations of kl(L̂‖L) ≤ K/n, so that the inversion of that is never worse than they.
 *
 * @throws InvalidArgumentError on an unknown objective, L̂ outside [0, 1], KL negative or not finite, n no positive
 *   integer, δ outside (0, 1), λ outside (0, 2)
 *
 * Source: Pérez-Ortiz, Rivasplata, Shawe-Taylor and Szepesvári (2021) (fquad; flamb after Thiemann et al.
 * 2017; fclassic after McAllester 1999 and Maurer 2004; bbb after Blundell et al. 2015).
 *
 * @example
 * certificateObjective({
 *   objective: "bbb", empiricalRisk: 0.25, klDivergence: 50, sampleCount: 100, failureProbability: 0.05,
 * }); // { value: 0.75, byEmpiricalRisk: 1, byKlDivergence: 0.01 }
 */
export function certificateObjective(options: CertificateObjectiveOptions): CertificateObjective {
  const { empiricalRisk, klDivergence } = options;
  requireObjective("certificateObjective", options);
  requireProbability("certificateObjective", "the empirical risk", empiricalRisk);
  requireKl("certificateObjective", klDivergence);
  return uncheckedCertificateObjective(options);
}

/** Refuses what does not change along a training. */
export function requireObjective(
  functionName: string,
  options: Pick<CertificateObjectiveOptions, "objective" | "sampleCount" | "failureProbability" | "tradeOff">,
): void {
  const { objective, sampleCount, failureProbability, tradeOff = 1 } = options;
  const known = ["fquad", "flamb", "fclassic", "bbb"].includes(objective);
  requireThat(known, functionName, "objective must be fquad, flamb, fclassic or bbb", objective);
  requireSize(functionName, "sampleCount", sampleCount);
  requireFailureProbability(functionName, failureProbability);
  requireThat(tradeOff > 0 && tradeOff < 2, functionName, "tradeOff must be in (0, 2)", tradeOff);
}

/** The same for what is known to be right. */
export function uncheckedCertificateObjective({
  objective,
  empiricalRisk,
  klDivergence,
  sampleCount: n,
  failureProbability,
  tradeOff = 1,
}: CertificateObjectiveOptions): CertificateObjective {
  const K = klDivergence + reproducibleLogarithm(2 * Math.sqrt(n)) - reproducibleLogarithm(failureProbability);
  const half = K / (2 * n);
  switch (objective) {
    case "fquad": {
      const [outer, inner] = [Math.sqrt(empiricalRisk + half), Math.sqrt(half)];
      const value = (outer + inner) * (outer + inner);
      const byKlDivergence = value / (outer * inner * 2 * n);
      return { value, byEmpiricalRisk: 1 + inner / outer, byKlDivergence };
    }
    case "flamb": {
      const slope = 1 / (1 - tradeOff / 2);
      const byKlDivergence = slope / (n * tradeOff);
      return { value: empiricalRisk * slope + K * byKlDivergence, byEmpiricalRisk: slope, byKlDivergence };
    }
    case "fclassic": {
      const root = Math.sqrt(half);
      return { value: empiricalRisk + root, byEmpiricalRisk: 1, byKlDivergence: 1 / (4 * n * root) };
    }
    case "bbb":
      return { value: empiricalRisk + klDivergence / n, byEmpiricalRisk: 1, byKlDivergence: 1 / n };
  }
}
