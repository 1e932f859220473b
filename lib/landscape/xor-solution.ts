import { requireThat, zeros } from "../core";
import { requireSize } from "../core/requirements";
import type { TwoLayerParts } from "../models";

/**
 * The two-layer ReLU network of four neurons that computes y = x₁x₂ at every point of the hypercube {−1, 1}^d,
 *
 *     f(x) = a [relu(x₁ + x₂ + b) + relu(−x₁ − x₂ + b) − relu(x₁ − x₂ + b) − relu(−x₁ + x₂ + b)],
 *
 * a = 1/(2 − |b|), for a bias b in (−2, 2) (the generalizing solution of Wen, Li and Ma 2023, Proposition 2.2).
 *
 * For b < 0 each point fires one neuron, at height 2 + b: rescaled by `flattestRescaling` the network attains the least
 * Tr G of all interpolators, {@link traceLowerBound}. For b > 0 each point fires three neurons, two of which cancel. At
 * b = 0 it is without bias, and two neurons of each point lie on their kink.
 *
 * @param options the dimension d ≥ 2 and the bias b
 * @returns W (4×d), b (4) and a (4), for `twoLayerParameters`
 * @throws InvalidArgumentError when d is no integer of at least 2, or b does not lie in (−2, 2)
 *
 * @example
 * xorSolution({ dimension: 2, bias: -1 }).weights; // matrix([[1, 1], [-1, -1], [1, -1], [-1, 1]])
 * xorSolution({ dimension: 2, bias: -1 }).outputWeights; // [1, 1, -1, -1]
 */
export function xorSolution(options: { readonly dimension: number; readonly bias: number }): TwoLayerParts {
  const { dimension, bias } = options;
  requireSize("xorSolution", "dimension", dimension, 2);
  requireThat(Math.abs(bias) < 2, "xorSolution", "bias must lie in (−2, 2)", bias);
  const weights = zeros(4, dimension);
  const signs = [
    [1, 1],
    [-1, -1],
    [1, -1],
    [-1, 1],
  ];
  signs.forEach((pair, j) => weights.data.set(pair, j * dimension));
  const height = 1 / (2 - Math.abs(bias));
  return {
    weights,
    biases: new Float64Array(4).fill(bias),
    outputWeights: Float64Array.from(signs, ([first, second]) => first * second * height),
  };
}
