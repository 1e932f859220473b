import { type LinearOperator, type Matrix, randomStream, zeros } from "flat-minima/core";
import { gaussianInputs } from "flat-minima/data";
import {
  convolutional,
  crossEntropyLoss,
  empiricalRisk,
  gaussNewtonOperator,
  halfSquareLoss,
  hessianOperator,
  initialParameters,
  type LayeredParameters,
  multilayerPerceptron,
  twoLayer,
} from "flat-minima/models";

/** A curvature operator of a small network, with its matrix for an oracle. */
export interface NetworkHessian {
  readonly name: string;
  readonly network: LayeredParameters;
  readonly operator: LinearOperator;
  readonly dense: Matrix;
}

/** The matrix of an operator, column by column from the unit vectors. */
export function denseOf(operator: LinearOperator): Matrix {
  const A = zeros(operator.rows, operator.cols);
  for (let j = 0; j < operator.cols; j++) {
    const unit = new Float64Array(operator.cols);
    unit[j] = 1;
    operator.apply(unit).forEach((entry, i) => (A.data[i * A.cols + j] = entry));
  }
  return A;
}

const SAMPLES = 20;

/** Labels 0, …, classes − 1 in turn, as unit rows. */
function oneHot(classes: number): Matrix {
  const targets = zeros(SAMPLES, classes);
  for (let i = 0; i < SAMPLES; i++) targets.data[i * classes + (i % classes)] = 1;
  return targets;
}

/** Curvature matrices of random networks of three kinds, of sizes 40 to 58. */
export function networkHessians(): NetworkHessian[] {
  const stream = (purpose: string) => randomStream(5, "network Hessians", purpose);

  const perceptron = multilayerPerceptron({ widths: [4, 6, 3], activation: "tanh" });
  const classification = empiricalRisk({
    network: perceptron,
    loss: crossEntropyLoss,
    inputs: gaussianInputs({ sampleCount: SAMPLES, dimension: 4, stream: stream("inputs") }),
    targets: oneHot(3),
  }).at(initialParameters(perceptron, stream("perceptron"), { scheme: "LeCun", gain: 1.5 }));

  const neurons = twoLayer({ inputCount: 3, width: 8, structure: "bias", activation: "relu" });
  const regression = empiricalRisk({
    network: neurons,
    loss: halfSquareLoss,
    inputs: gaussianInputs({ sampleCount: SAMPLES, dimension: 3, stream: stream("regression") }),
    targets: stream("targets").normals(SAMPLES),
  }).at(initialParameters(neurons, stream("neurons"), { scheme: "He" }));

  const convolutions = convolutional({
    imageShape: [5, 5, 1],
    layers: [{ channels: 2, kernel: 3 }],
    activation: "tanh",
    outputCount: 2,
  });
  const images = empiricalRisk({
    network: convolutions,
    loss: crossEntropyLoss,
    inputs: gaussianInputs({ sampleCount: SAMPLES, dimension: 25, stream: stream("images") }),
    targets: oneHot(2),
  }).at(initialParameters(convolutions, stream("convolutions"), { scheme: "LeCun" }));

  return [
    { name: "tanh perceptron, cross-entropy", network: perceptron, operator: hessianOperator(classification) },
    {
      name: "Gauss–Newton of the tanh perceptron",
      network: perceptron,
      operator: gaussNewtonOperator(classification),
    },
    { name: "two-layer ReLU, half square loss", network: neurons, operator: hessianOperator(regression) },
    { name: "convolutions, cross-entropy", network: convolutions, operator: hessianOperator(images) },
  ].map((model) => ({ ...model, dense: denseOf(model.operator) }));
}
