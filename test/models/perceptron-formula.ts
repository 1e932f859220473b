import { matrix, type Matrix, type RandomStream } from "flat-minima/core";
import type { ActivationKind } from "../../lib/core/kernels/kernels";
import { crossEntropyLoss, halfSquareLoss, logisticLoss, type Loss, squareLoss } from "../../lib/models/losses";
import {
  exp,
  type HyperDual,
  log,
  minus,
  plus,
  relu,
  type Scalar,
  smoothLeakyRelu,
  softplus,
  tanh,
  times,
} from "../oracles/hyper-dual";
import { normalMatrix, type ScalarFormula, sumOfProducts } from "./network-contract";

export const ACTIVATIONS: Record<ActivationKind, (z: Scalar) => Scalar> = {
  linear: (z) => z,
  relu,
  tanh,
  softplus,
  "smooth leaky relu": smoothLeakyRelu,
};

/** f(x; θ) neuron by neuron, with hyper-dual numbers: θ is W (inputs × outputs) and then b, layer after layer. */
export function perceptronFormula(widths: readonly number[], activation: ActivationKind, bias: boolean): ScalarFormula {
  return (theta, input) => {
    let values: readonly Scalar[] = input;
    let next = 0;
    for (let l = 1; l < widths.length; l++) {
      const below = values;
      const [start, outputs] = [next, widths[l]];
      const end = start + below.length * outputs;
      next = bias ? end + outputs : end;
      const neuron = (j: number): Scalar => {
        const into = below.map((_, i) => theta[start + i * outputs + j]);
        const z = sumOfProducts([...below, 1], [...into, bias ? theta[end + j] : 0]);
        return l === widths.length - 1 ? z : ACTIVATIONS[activation](z);
      };
      values = Array.from({ length: outputs }, (_, j) => neuron(j));
    }
    return values;
  };
}

/** A loss of the library, its formula ℓ(f, y) in hyper-dual numbers, and random targets (n×c) for it. */
export interface JudgedLoss {
  readonly loss: Loss;
  readonly formula: (outputs: readonly Scalar[], target: readonly number[]) => HyperDual;
  readonly targets: (stream: RandomStream, n: number, c: number) => Matrix;
}

const squares = (f: readonly Scalar[], y: readonly number[]): HyperDual =>
  plus(...f.map((value, k) => times(minus(value, y[k]), minus(value, y[k]))));

export const LOSSES: readonly JudgedLoss[] = [
  { loss: halfSquareLoss, formula: (f, y) => times(0.5, squares(f, y)), targets: normalMatrix },
  { loss: squareLoss, formula: squares, targets: normalMatrix },
  {
    loss: logisticLoss,
    formula: ([f], [y]) => log(plus(1, exp(times(-y, f)))),
    targets: (stream, n) => matrix(Array.from({ length: n }, () => [stream.uniform() < 0.5 ? 1 : -1])),
  },
  {
    loss: crossEntropyLoss,
    formula: (f, y) => minus(times(log(plus(...f.map(exp))), plus(...y)), sumOfProducts(f, y)),
    // Not unit vectors alone: each row is a distribution over the classes, in sixteenths, so that sums are exact.
    targets: (stream, n, c) =>
      matrix(
        Array.from({ length: n }, () => {
          const row = new Array<number>(c).fill(0);
          for (let part = 0; part < 16; part++) row[stream.integer(c)] += 1 / 16;
          return row;
        }),
      ),
  },
];
