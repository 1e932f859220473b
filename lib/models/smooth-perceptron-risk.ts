import { type Matrix, requireThat } from "../core";
import { requireFinite } from "../core/requirements";
import { empiricalRisk } from "./empirical-risk";
import { requireParameters } from "./finite-sum";
import { halfSquareLoss } from "./losses";
import type { MultilayerPerceptron } from "./multilayer-perceptron";
import { perceptronThirdDerivative } from "./perceptron-third-derivative";
import type { SmoothLoss } from "./smooth-loss";

/**
 * The half-square risk R(θ) = (1/2n) Σ_i ‖f(x_i; θ) − y_i‖² of a tanh perceptron f, with exact derivatives along
 * directions up to the third: value, gradient and Hessian-vector product are those of {@link empiricalRisk}, the third
 * derivative D³R(θ)[u, v, ·] is ∂_s∂_t ∇R(θ + su + tv) by back-propagation on truncated Taylor series (Griewank and
 * Walther, 2008, chapter 13).
 *
 * θ is the network's, whose layouts it shares. A third derivative costs nine gradients and some, in plain loops.
 *
 * @param options the network, with activation "tanh"; inputs (n×d), targets (n×c), or (n) when there is one output;
 *   copied
 * @throws InvalidArgumentError when the activation is another, there is no sample, the shapes do not fit or an input is
 *   not finite; its functions throw it on parameters and directions of another length than p or not finite, and where
 *   the loss overflows.
 *
 * @example
 * const net = multilayerPerceptron({ widths: [1, 1], activation: "tanh", bias: false }); // f = wx: linear
 * const smooth = smoothPerceptronRisk({ network: net, inputs: matrix([[2]]), targets: Float64Array.of(4) });
 * smooth.value(Float64Array.of(1)); // 2
 * smooth.hessianVectorProduct(Float64Array.of(1), Float64Array.of(1)); // [4]
 * smooth.thirdDerivative(Float64Array.of(1), Float64Array.of(1), Float64Array.of(1)); // [0]
 */
export function smoothPerceptronRisk(options: {
  readonly network: MultilayerPerceptron;
  readonly inputs: Matrix;
  readonly targets: Matrix | Float64Array;
}): SmoothLoss {
  const { network, inputs, targets } = options;
  const { activation, parameterCount } = network;
  requireThat(activation === "tanh", "smoothPerceptronRisk", 'the activation must be "tanh"', activation);
  const risk = empiricalRisk({ network, loss: halfSquareLoss, inputs, targets });
  const y = targets instanceof Float64Array ? { rows: targets.length, cols: 1, data: targets } : targets;
  const samples = {
    inputs: { ...inputs, data: inputs.data.slice() },
    targets: { ...y, data: y.data.slice() },
  };

  const requirePoint = (what: string, values: Float64Array): void => {
    requireParameters("smoothPerceptronRisk", values, parameterCount);
    requireFinite("smoothPerceptronRisk", what, values);
  };

  return {
    parameterCount,
    value: risk.loss,
    gradient: (parameters) => risk.gradient(parameters),
    hessianVectorProduct: (parameters, v) => risk.at(parameters).hessianVectorProduct(v),
    thirdDerivative: (parameters, u, v) => {
      requirePoint("parameters", parameters);
      requirePoint("the first direction", u);
      requirePoint("the second direction", v);
      return perceptronThirdDerivative(network.layouts, samples, parameters, u, v);
    },
  };
}
