import { breathe, requireThat } from "../core";
import { circleOfNeurons, mostCorrelatedOnCircle } from "./circle-of-neurons";
import { column, requirePlane } from "./most-correlated-planar-neuron";
import { inUnitsOf, type PathNormBall, type PathNormComplexity, signedSum } from "./path-norm-rademacher";

/** The number of sign vectors doubles with every sample: at 20 they take about a second (tuned). */
const MOST_ENUMERATED = 20;

/**
 * The empirical Rademacher complexity of the two-layer ReLU networks without biases of path norm at most Q, exactly, for
 * inputs in the plane: the mean over all 2ⁿ sign vectors ε (half of them, since −ε has the maximum of ε) of the exact
 * maximum over the neurons, as `mostCorrelatedPlanarNeuron` finds it. Beside it that of linear functions, which bounds it
 * from both sides: ½ linear ≤ relu ≤ (3/2) linear.
 *
 * Why: max{t, 0} = (t + |t|)/2. The sums at w and −w differ by w·Σ_i ε_i x_i, so one of the two is at least half of it in
 * modulus; and E max_w |Σ_i ε_i |w·x_i|| ≤ 2 E‖Σ_i ε_i x_i‖ by contraction.
 *
 * @throws InvalidArgumentError unless the inputs are finite, two a row and at most 20 samples, and Q is positive and
 *   finite; when the complexity overflows
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * Cost: n·2ⁿ steps.
 *
 * @example
 * const { relu, linear } = await planarPathNormRademacher({ inputs: matrix([[1, 0], [0, 1]]), pathNorm: 2 });
 * relu; // 1.2071067811865475: the largest correlation is √2 for equal signs and 1 for different ones
 * linear; // 1.4142135623730951
 */
export async function planarPathNormRademacher({
  inputs,
  pathNorm,
}: PathNormBall): Promise<PathNormComplexity<number>> {
  const name = "planarPathNormRademacher";
  requirePlane(name, inputs);
  const n = inputs.rows;
  requireThat(
    n <= MOST_ENUMERATED,
    name,
    `there must be at most ${MOST_ENUMERATED} samples to enumerate their signs`,
    n,
  );
  const { X, factor } = inUnitsOf(name, inputs, pathNorm);
  const circle = circleOfNeurons(column(X, 0), column(X, 1));
  const signs = new Float64Array(n).fill(1);
  const signVectors = 2 ** (n - 1);
  const sums = { relu: 0, linear: 0 };
  for (let code = 0; code < signVectors; code++) {
    await breathe();
    for (let i = 1; i < n; i++) signs[i] = (code >> (i - 1)) & 1 ? -1 : 1;
    sums.relu += mostCorrelatedOnCircle(circle, signs).value;
    sums.linear += signedSum(X, signs);
  }
  return { relu: (factor * sums.relu) / signVectors, linear: (factor * sums.linear) / signVectors };
}
