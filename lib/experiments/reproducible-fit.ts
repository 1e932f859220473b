import type { Matrix } from "../core";
import type { Samples } from "../data";
import type { Network } from "../models";

/** How a network with one output fits its samples. */
export interface ReproducibleFit {
  /** e_i = f(x_i) − y_i (n). */
  readonly residuals: Float64Array;
  /** L = (1/2n) Σ e_i². */
  readonly loss: number;
  /** K_ij = ∇f(x_i)·∇f(x_j) (n×n), from the same pass. */
  readonly gramMatrix: () => Matrix;
}

/**
 * The fit at θ, the same bits on every machine. Not that of an empirical risk, whose last bits are the machine's: they
 * would decide when a run stops.
 */
export function reproducibleFit(
  network: Network,
  { inputs, targets }: Samples,
): (parameters: Float64Array) => ReproducibleFit {
  return (parameters) => {
    const { outputs, gramMatrix } = network.evaluate(parameters, inputs, { reproducible: true });
    const residuals = outputs.data.map((output, i) => output - targets[i]);
    const loss = residuals.reduce((sum, e) => sum + e * e, 0) / (2 * inputs.rows);
    return { residuals, loss, gramMatrix };
  };
}
