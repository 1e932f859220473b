import { type Matrix, requireThat } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { requireFiniteNumber } from "../core/requirements";
import { uncheckedNorm } from "../core/vector";
import { inUnits } from "./most-correlated-planar-neuron";

/** The inputs X (n×d), one sample in each row, and the bound Q > 0 of the path norm, chosen without looking at labels. */
export interface PathNormBall {
  readonly inputs: Matrix;
  /** Q ≥ Σ_j |a_j| ‖w_j‖. */
  readonly pathNorm: number;
}

/** Two empirical Rademacher complexities of the same radius Q on the same inputs. */
export interface PathNormComplexity<Value> {
  /** (Q/n) E_ε max_{‖w‖=1} |Σ_i ε_i max{w·x_i, 0}|, of the two-layer ReLU networks of path norm at most Q. */
  readonly relu: Value;
  /** (Q/n) E_ε ‖Σ_i ε_i x_i‖, of the linear functions x ↦ v·x with ‖v‖ ≤ Q: between ⅔ of the other and twice it. */
  readonly linear: Value;
}

/**
 * The bound 2Q (Σ_i ‖x_i‖²)^½/n on the Rademacher complexity of the two-layer ReLU networks without biases of path norm
 * at most Q; for inputs of length √d it is 2Q√(d/n).
 *
 * A network in this ball is Q times a convex combination of ± neurons of unit weights, so that the supremum over the
 * ball is Q times the one over a single neuron, max_{‖w‖=1} |Σ_i ε_i max{w·x_i, 0}|. The modulus costs a factor 2, the
 * ReLU nothing (Talagrand's contraction; Ledoux and Talagrand 1991, theorem 4.12), and E‖Σ_i ε_i x_i‖ is at most
 * (Σ_i ‖x_i‖²)^½.
 * After Neyshabur, Tomioka and Srebro 2015, who bound the same class with another norm of the inputs.
 *
 * For a loss that is 1-Lipschitz in f the generalization gap then obeys E sup (L − L̂) ≤ 2·bound, where the supremum is
 * over the ball and Q is fixed before the data are seen (Shalev-Shwartz and Ben-David 2014, lemma 26.2).
 *
 * @throws InvalidArgumentError unless the inputs are finite and Q is positive and finite; when the bound overflows
 *
 * @example
 * pathNormRademacherBound({ inputs: matrix([[3, 0], [0, 4]]), pathNorm: 2 }); // 10: 2·2·5/2
 */
export function pathNormRademacherBound({ inputs, pathNorm }: PathNormBall): number {
  const name = "pathNormRademacherBound";
  requireFiniteEntries(name, inputs, "inputs must be finite");
  requireRadius(name, pathNorm);
  const { X, unit } = inUnits(inputs);
  return requireFiniteNumber(name, "the bound", (2 * pathNorm * unit * uncheckedNorm(X.data)) / inputs.rows);
}

function requireRadius(functionName: string, pathNorm: number): void {
  const valid = pathNorm > 0 && Number.isFinite(pathNorm);
  requireThat(valid, functionName, "pathNorm must be positive and finite", pathNorm);
}

/** The inputs in units of their largest entry u, and the factor Qu/n, refused when the complexity may overflow. */
export function inUnitsOf(functionName: string, inputs: Matrix, pathNorm: number): { X: Matrix; factor: number } {
  requireRadius(functionName, pathNorm);
  const { X, unit } = inUnits(inputs);
  const factor = (pathNorm * unit) / inputs.rows;
  requireFiniteNumber(functionName, "the complexity", factor * inputs.rows * Math.sqrt(inputs.cols));
  return { X, factor };
}

/** ‖Σ_i ε_i x_i‖. */
export function signedSum({ rows, cols, data }: Matrix, signs: Float64Array): number {
  const sum = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < cols; k++) sum[k] += signs[i] * data[i * cols + k];
  }
  return uncheckedNorm(sum);
}
