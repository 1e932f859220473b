import { type PacBayesInputs, requireBoundInputs, requireDataFreeLambdas } from "./bound-inputs";

/** What the bound over a grid is computed from. */
export interface LambdaGridInputs extends PacBayesInputs {
  /** λ₁, …, λ_m > 0, chosen before the sample. The best of them may then be picked after it. */
  readonly dataFreeLambdas: ArrayLike<number>;
}

/**
 * The least of the bounds for m values of λ, each at δ/m: with probability 1 − δ, for all posteriors Q at once,
 * L(Q) ≤ L̂(Q) + min_i [(KL(Q‖P) + log(m/δ))/λ_i + λ_i/8n].
 *
 * The union bound over the grid makes the choice of λ after the sample legitimate, for log m nats. O(m).
 * Source: Alquier 2021, section 2.
 *
 * @throws InvalidArgumentError when L̂(Q) is outside [0, 1], KL < 0 or not finite, n no positive integer, δ outside (0, 1),
 *   the grid empty, or a λ not positive and finite
 *
 * @example
 * const inputs = { empiricalRisk: 0.1, klToDataFreePrior: 1, sampleCount: 100, failureProbability: 2 * Math.exp(-1) };
 * lambdaGridBound({ ...inputs, dataFreeLambdas: [1, 40] }); // 0.2, from λ = 40
 */
export function lambdaGridBound(inputs: LambdaGridInputs): number {
  requireBoundInputs("lambdaGridBound", inputs);
  requireDataFreeLambdas("lambdaGridBound", inputs.dataFreeLambdas);
  const { empiricalRisk, klToDataFreePrior, sampleCount, failureProbability, dataFreeLambdas } = inputs;
  const price = klToDataFreePrior + Math.log(dataFreeLambdas.length) - Math.log(failureProbability);
  let least = Infinity;
  for (let i = 0; i < dataFreeLambdas.length; i++) {
    least = Math.min(least, price / dataFreeLambdas[i] + dataFreeLambdas[i] / (8 * sampleCount));
  }
  return empiricalRisk + least;
}
