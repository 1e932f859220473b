import { type Matrix, requireThat } from "../core";
import type { ActivationKind } from "../core/kernels/kernels";
import { requireActivation } from "./activated";
import { requireSize } from "../core/requirements";
import { checkedNetwork } from "./checked-network";
import { gramOfGradients } from "./multilayer-perceptron-gram";
import { type LayerLayout, layerLayouts } from "./layer-layout";
import { openPass, type Pass, type PerceptronShape } from "./multilayer-perceptron-memory";
import { forward, forwardTangent, pullback, pullbackTangent } from "./multilayer-perceptron-pass";
import type { Evaluation, Network, Tangent } from "./network";

/** What a multilayer perceptron is made of. */
export interface MultilayerPerceptronOptions {
  /** d, h₁, …, c: inputs, hidden units, outputs. */
  readonly widths: readonly number[];
  /** φ. */
  readonly activation: ActivationKind;
  /** Whether the layers have biases (default true). */
  readonly bias?: boolean;
}

/** A fully connected network of any depth; made by {@link multilayerPerceptron} or {@link deepLinear}. */
export interface MultilayerPerceptron extends Network, Required<MultilayerPerceptronOptions> {
  /** Where each layer's weights and biases lie in θ. */
  readonly layouts: readonly LayerLayout[];
}

/**
 * The fully connected network f(x) = W_Lᵀ φ(… φ(W₁ᵀx + b₁) …) + b_L of any depth L ≥ 1, the last layer linear, with
 * exact derivatives by back-propagation and the R-operator (Pearlmutter 1994). At a kink, relu'(0) = 0.
 *
 * θ holds, layer after layer, the weights W (inputs × outputs, row-major) and then the bias b (outputs), where there
 * are biases.
 *
 * With N = Σ inputs · outputs, an evaluation of n inputs costs 2nN operations, a pullback 4nN, a tangent 4nN and its
 * pullback 8nN, less what the first layer does not need; the Gram matrix costs n²c² Σ outputs + n² Σ inputs. Products
 * are the BLAS's, or, for a reproducible evaluation, those of the library's own loops. The memory of an evaluation
 * is recycled when it was of as many inputs. Without `reproducible` the inputs are not copied: they must not be changed
 * while the evaluation is in use.
 *
 * @throws InvalidArgumentError unless there are two or more widths, all positive integers, and the activation is known;
 *   the network's functions throw it on arrays of other sizes, and on parameters or inputs that are not finite.
 *
 * @example
 * const network = multilayerPerceptron({ widths: [1, 2, 1], activation: "relu" });
 * const theta = Float64Array.of(1, -1, 0, 0, 1, 1, 0.5); // |x| + ½
 * network.evaluate(theta, matrix([[-3], [2]])).outputs; // matrix([[3.5], [2.5]])
 */
export function multilayerPerceptron(options: MultilayerPerceptronOptions): MultilayerPerceptron {
  return perceptron("multilayerPerceptron", options);
}

/** The perceptron for a caller whose name the errors carry. */
export function perceptron(functionName: string, options: MultilayerPerceptronOptions): MultilayerPerceptron {
  const { widths, activation, bias = true } = options;
  requireWidths(functionName, widths);
  requireActivation(functionName, activation);
  const { layouts, parameterCount } = layerLayouts(widths, bias);
  const shape: PerceptronShape = { layers: layouts, parameterCount, activation };
  // By the outputs, which lie in the pass: they stay the same object when checks are wrapped round an evaluation.
  const passes = new WeakMap<Matrix, Pass>();

  const network = checkedNetwork(functionName, {
    parameterCount,
    inputCount: widths[0],
    outputCount: widths[widths.length - 1],
    evaluate: (parameters, inputs, { reproducible = false, recycle } = {}) => {
      const spent = recycle && passes.get(recycle.outputs);
      const fits = spent?.sampleCount === inputs.rows && spent.reproducible === reproducible;
      const pass = fits ? spent : openPass(shape, inputs.rows, reproducible);
      if (!fits) passes.set(pass.outputs, pass);
      forward(pass, parameters, inputs.data);
      return evaluationOf(pass);
    },
  });
  return { ...network, widths: [...widths], activation, bias, layouts };
}

/** Refuses widths that no network has. */
function requireWidths(functionName: string, widths: readonly number[]): void {
  requireThat(widths.length >= 2, functionName, "widths must name at least the inputs and the outputs", widths);
  for (const width of widths) requireSize(functionName, "a width", width);
}

function evaluationOf(pass: Pass): Evaluation {
  return {
    outputs: pass.outputs,
    pullback: (weights, into) => pullback(pass, weights.data, into),
    tangent: (direction) => tangentOf(pass, direction.slice()),
    gramMatrix: () => gramOfGradients(pass),
  };
}

/** The tangent along a direction that nobody else changes. */
function tangentOf(pass: Pass, direction: Float64Array): Tangent {
  forwardTangent(pass, direction);
  const { preactivationsTangent } = pass.layers[pass.layers.length - 1];
  return {
    outputs: { ...pass.outputs, data: preactivationsTangent.slice() },
    pullback: (weights, weightsTangent) => {
      // Another tangent of this evaluation may have taken the memory since.
      if (pass.directionKnown !== direction) forwardTangent(pass, direction);
      return pullbackTangent(pass, weights.data, weightsTangent.data);
    },
  };
}
