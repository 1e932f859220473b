import { type Matrix, requireThat } from "../core";
import { activated, requireActivation } from "./activated";
import { requireEntryCount } from "../core/matrix";
import { requireFinite } from "../core/requirements";
import { checkedNetwork, requireInputs } from "./checked-network";
import { linearNetwork } from "./linear-network";
import type { Network } from "./network";
import { type Products, products } from "./products";
import type { ActivationKind } from "../core/kernels/kernels";

/** What fixes the features. */
export interface RandomFeaturesOptions {
  /** The features' weights w_1, …, w_m (m×d, one in each row), drawn by the caller and never trained. */
  readonly weights: Matrix;
  readonly activation: ActivationKind;
  /** The factor before the sum (default 1/√m: with θ_j of size 1 the outputs are then of size 1, whatever m). */
  readonly outputScale?: number;
}

/** A linear model on fixed features; made by {@link randomFeatures}. */
export interface RandomFeatures extends Network {
  /**
   * The matrix Φ (n×m) with entries Φ_ij = φ(w_j·x_i)/√m (or the given factor), for inputs (n×d): the network is
   * f = Φθ, so `leastSquares(features(inputs), targets)` is its regression.
   */
  readonly features: (inputs: Matrix) => Matrix;
}

/**
 * Random features f(x) = (1/√m) Σ_j θ_j φ(w_j·x): a two-layer network whose first layer stays as it was drawn
 * (Rahimi and Recht 2007), linear in its p = m parameters. The Gram matrix K = ΦΦᵀ does not depend on θ.
 *
 * An evaluation costs 2ndm operations for the features, then 2nm for each product; the Gram matrix n²m.
 *
 * @throws InvalidArgumentError when the weights or the factor are not finite, or the activation is not known; the
 *   network's functions throw it on arguments of other sizes, and on parameters and inputs that are not finite.
 *
 * @example
 * const weights = matrix([[1, 0], [0, 1], [1, 1], [1, -1]]);
 * const network = randomFeatures({ weights, activation: "relu" });
 * network.features(matrix([[2, 4]])); // matrix([[1, 2, 3, 0]])
 * network.evaluate(Float64Array.of(1, 1, 1, 1), matrix([[2, 4]])).outputs; // matrix([[6]])
 */
export function randomFeatures(options: RandomFeaturesOptions): RandomFeatures {
  const { activation, outputScale = 1 / Math.sqrt(options.weights.rows) } = options;
  const weights: Matrix = { ...options.weights, data: options.weights.data.slice() };
  requireEntryCount("randomFeatures", weights);
  requireFinite("randomFeatures", "weights", weights.data);
  requireActivation("randomFeatures", activation);
  requireThat(Number.isFinite(outputScale), "randomFeatures", "outputScale must be finite", outputScale);

  const featuresBy = ({ multiplyTransposedB }: Products, inputs: Matrix): Matrix => {
    const { values } = activated(activation, multiplyTransposedB(inputs, weights));
    return { ...values, data: values.data.map((value) => outputScale * value) };
  };
  const readOut = linearNetwork({ inputCount: weights.rows });
  const network = checkedNetwork("randomFeatures", {
    parameterCount: weights.rows,
    inputCount: weights.cols,
    outputCount: 1,
    evaluate: (parameters, inputs, { reproducible = false } = {}) =>
      readOut.evaluate(parameters, featuresBy(products(reproducible), inputs), { reproducible }),
  });
  return {
    ...network,
    features: (inputs) => {
      requireInputs("randomFeatures", inputs, weights.cols);
      return featuresBy(products(false), inputs);
    },
  };
}
