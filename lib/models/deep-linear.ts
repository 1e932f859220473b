import { type MultilayerPerceptron, perceptron } from "./multilayer-perceptron";

/**
 * The deep linear network f(x) = W_Lᵀ ⋯ W₁ᵀ x: linear in x, not in θ = (W₁, …, W_L), each inputs × outputs, row-major
 * (with `bias`, each followed by its bias b). Without biases by default. It is the multilayer perceptron with φ(z) = z,
 * and costs as much.
 *
 * @throws InvalidArgumentError unless there are two or more widths, all positive integers; the network's functions
 *   throw it on arrays of other sizes, and on parameters or inputs that are not finite.
 *
 * @example
 * const network = deepLinear({ widths: [1, 1, 1] });
 * network.evaluate(Float64Array.of(2, 3), matrix([[1], [-1]])).outputs; // matrix([[6], [-6]])
 */
export function deepLinear(options: {
  /** d, h₁, …, c: inputs, hidden units, outputs. */
  readonly widths: readonly number[];
  /** Whether the layers have biases (default false). */
  readonly bias?: boolean;
}): MultilayerPerceptron {
  const { widths, bias = false } = options;
  return perceptron("deepLinear", { widths, bias, activation: "linear" });
}
