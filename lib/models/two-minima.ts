import { requireThat } from "../core";
import { type FiniteSum, requireBatch, requireParameters, requireSample } from "./finite-sum";

/** The one-dimensional example with two global minima; made by {@link twoMinima}. */
export interface TwoMinima extends FiniteSum {
  /** f(x) = (f₁(x) + f₂(x))/2. */
  readonly value: (x: number) => number;
  /** f'(x); at a kink, that of the x² branch. */
  readonly derivative: (x: number) => number;
  /** f_i(x), for i = 0 or 1. */
  readonly componentValue: (index: number, x: number) => number;
  /** f_i'(x), for i = 0 or 1; at a kink, that of the x² branch. */
  readonly componentDerivative: (index: number, x: number) => number;
  /** f₁''(1), f₂''(1). */
  readonly curvatures: Float64Array;
  /** 1 - ηf₁''(1), 1 - ηf₂''(1): by what one step on that sample multiplies x - 1, inside the linear interval. */
  readonly multipliers: (learningRate: number) => Float64Array;
  /** The open interval round 1 in which both f_i are on their (x - 1)² branch, so that a step is linear. */
  readonly linearInterval: { readonly low: number; readonly high: number };
}

/** c₁ and c₂: a nearly flat and a sharp second minimum, whose mean is that of the first one. */
const COEFFICIENTS: readonly number[] = [0.1, 1.9];

/**
 * Two losses with the same two global minima, f_i(x) = κ min(x², c_i (x - 1)²), c = (0.1, 1.9), and their mean: at 0
 * both samples have the same curvature, at 1 they have the same mean curvature 2κ but disagree. Gradient descent
 * cannot tell the two minima apart, stochastic gradient descent can (Wu, Ma and E, 2018).
 *
 * `normalisation` "whole" is κ = 1, "half" is κ = ½. Only with κ = 1 is x = 1 unstable for SGD at η = 0.7.
 *
 * Convention at the kinks, where both branches are equal: the derivative is that of the x² branch, so they lie
 * outside the linear interval. From x² = c(x - 1)², the kinks are √c/(√c + 1) below 1 and, for c > 1,
 * √c/(√c - 1) above.
 *
 * @throws InvalidArgumentError on another normalisation, and from its functions on an index other than 0 and 1 and on
 * numbers that are not finite.
 *
 * @example
 * twoMinima({ normalisation: "whole" }).multipliers(0.7); // [0.86, -1.66]
 */
export function twoMinima({ normalisation }: { readonly normalisation: "whole" | "half" }): TwoMinima {
  requireThat(
    normalisation === "whole" || normalisation === "half",
    "twoMinima",
    'normalisation must be "whole" or "half"',
    normalisation,
  );
  const factor = normalisation === "whole" ? 1 : 0.5;
  const sampleCount = COEFFICIENTS.length;

  const requirePoint = (index: number, x: number): void => {
    requireSample("twoMinima", index, sampleCount);
    requireThat(Number.isFinite(x), "twoMinima", "x must be finite", x);
  };
  const componentValue = (index: number, x: number): number => {
    requirePoint(index, x);
    return factor * Math.min(x * x, COEFFICIENTS[index] * (x - 1) ** 2);
  };
  const componentDerivative = (index: number, x: number): number => {
    requirePoint(index, x);
    const c = COEFFICIENTS[index];
    return 2 * factor * (c * (x - 1) ** 2 < x * x ? c * (x - 1) : x);
  };
  const mean = (f: (index: number, x: number) => number, batch: readonly number[], x: number): number =>
    batch.reduce((sum, index) => sum + f(index, x), 0) / batch.length;
  const both = COEFFICIENTS.map((_, index) => index);
  const value = (x: number): number => mean(componentValue, both, x);
  const derivative = (x: number): number => mean(componentDerivative, both, x);
  const position = (parameters: Float64Array): number => {
    requireParameters("twoMinima", parameters, 1);
    return parameters[0];
  };

  const curvatures = Float64Array.from(COEFFICIENTS, (c) => 2 * factor * c);
  const roots = COEFFICIENTS.map(Math.sqrt);
  return {
    sampleCount,
    value,
    derivative,
    componentValue,
    componentDerivative,
    loss: (parameters) => value(position(parameters)),
    gradient: (parameters) => Float64Array.of(derivative(position(parameters))),
    batchGradient: (parameters, batch) => {
      requireBatch("twoMinima", batch, sampleCount);
      return Float64Array.of(mean(componentDerivative, batch, position(parameters)));
    },
    curvatures,
    multipliers: (learningRate) => {
      requireThat(Number.isFinite(learningRate), "twoMinima", "learningRate must be finite", learningRate);
      return curvatures.map((curvature) => 1 - learningRate * curvature);
    },
    linearInterval: {
      low: Math.max(...roots.map((root) => root / (root + 1))),
      high: Math.min(...roots.map((root) => (root > 1 ? root / (root - 1) : Infinity))),
    },
  };
}
