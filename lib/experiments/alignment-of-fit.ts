import { DivergenceError, type Matrix } from "../core";
import { type AlignmentFactors, alignmentFactors } from "../stability";

/** What is seen of a classifier with one output at one step of its training. */
export interface ClassifierAlignment extends Omit<AlignmentFactors, "tau"> {
  readonly step: number;
  /** L = (1/2n) Σ e_i². */
  readonly loss: number;
  /** The share of the samples whose output has the sign of its target. */
  readonly accuracy: number;
  /** λ_max(G). */
  readonly sharpness: number;
}

/** Beyond it the run is lost, and the factors' squares may overflow. */
const DIVERGED_LOSS = 1e6;

/**
 * The alignment factors of the half mean square loss at a fit, with loss, accuracy and sharpness.
 *
 * @throws DivergenceError when the loss is above 1e6
 */
export function alignmentOfFit(
  step: number,
  fit: { readonly residuals: Float64Array; readonly gramMatrix: Matrix; readonly targets: Float64Array },
): ClassifierAlignment {
  const { residuals, gramMatrix, targets } = fit;
  const n = residuals.length;
  const loss = residuals.reduce((sum, e) => sum + e * e, 0) / (2 * n);
  if (!(loss <= DIVERGED_LOSS)) throw new DivergenceError("alignmentOfFit", step, `the loss is ${loss}`);
  const { tau, ...factors } = alignmentFactors({ gramMatrix, residuals });
  return {
    step,
    loss,
    accuracy: targets.filter((y, i) => y * (residuals[i] + y) > 0).length / n,
    // τ = λ_max²/‖G‖_F².
    sharpness: factors.frobeniusNorm * Math.sqrt(tau),
    ...factors,
  };
}
