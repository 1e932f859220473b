import { breathe, indices, type Matrix, requireThat, topEigenvalue } from "../core";
import { type IterativeResult, iterationOutcome } from "../core/iterative-result";
import { univariateRelu } from "../models";
import { solveBarrier } from "./least-sharpness-barrier";
import { dualValue } from "./least-sharpness-lower-bound";
import { gapsOf, innerKnots, type Knot, knotAt, middleOf, slopeAtFirst } from "./least-sharpness-neurons";
import { implementationParameters } from "./least-sharpness-parameters";
import { type PiecewiseLinear, requireKnotsOffInputs, requirePiecewiseLinear, sortedInputs } from "./piecewise-linear";

/** The flattest implementation of a function that was found, and what proves that there is none much flatter. */
export interface LeastSharpness extends IterativeResult {
  /** λ_max of the Hessian at `parameters`. The `residual` is (value − lowerBound)/value. */
  readonly value: number;
  /** No implementation has a smaller λ_max, up to rounding: the value of the dual program at Z. */
  readonly lowerBound: number;
  /** θ = (w, b, v, c₀) of a `univariateRelu` network that implements f on the whole line, up to rounding. */
  readonly parameters: Float64Array;
  /** Z (n×n, in the order of the inputs): positive definite, Tr Z = 1, the point of the dual program. */
  readonly dual: Matrix;
  /** ν: how fast the minimum falls as the slope of f's affine part rises; 0 when that is free. */
  readonly slopePrice: number;
}

/** How exactly the program is to be solved. */
export interface LeastSharpnessOptions {
  /** Stop when (value − lower bound)/value is at most this. Default 1e-6 (tuned: a fraction of a second). */
  readonly tolerance?: number;
  /** Whether any f(x) + ax will do instead of f: the least of their minima over a. Default false. */
  readonly freeSlope?: boolean;
}

/** After so many rounds of new silent knots it gives up. Tuned: three to six are usual. */
const MOST_ROUNDS = 15;

/** Silent knots whose share of the slope is less than this leave the program. Tuned. */
const NEGLIGIBLE = 1e-4;

/** Silent knots up to this multiple of the price that the slope fetches join the program. Tuned. */
const CHEAP = 1.01;

/**
 * The minimum of λ_max(∇²L) over all implementations of a piecewise linear function f by univariate ReLU networks of
 * any width (w, b, v, c₀ trained, L = (1/2n) Σ_i (f(x_i) − y_i)² at interpolation): scales of the neurons, knots
 * served from the left or from the right, neurons that are active everywhere, pairs that cancel.
 *
 * λ_max is that of the n×n twin K = ΦᵀΦ/n. A neuron at τ of slope change c = |w|v and s = w² contributes
 * (c²/s)A + sB with A = I(xxᵀ + 11ᵀ)I, I the inputs where it is active, and B = rrᵀ, r = I|x − τ|. This is jointly
 * convex in (c, s) > 0, and f asks only for linear conditions on the c's: the two neurons of a knot add up to the slope
 * change of f, and Σ c over the left ones is minus the slope; c₀ costs nothing more. Two neurons of one knot and side
 * are never better than one. So it is a convex program, with infinitely many places τ for pairs that cancel: they are
 * generated where the dual program calls for them. Solved by an interior-point method (the semidefinite solvers are
 * not built for npm: its SCS comes without that cone), certified by a point of the dual whose value is computed afresh.
 *
 * The infimum may not be attained: silent knots may want to sit on an input, and are kept 1e-9 of a gap off. Cost: some
 * 100 Newton steps a round, each O(m²n + m³) for about m = 5(n + k) unknowns, k knots: some 0.1 s for n = 8, 2 s for
 * n = 30.
 *
 * @throws InvalidArgumentError when a knot lies on an input, where no implementation is differentiable; unless f is
 *   finite with distinct knots, there are two different inputs, all finite, and the tolerance is at least 1e-9.
 *
 * @example
 * const bend: PiecewiseLinear = { knots: [0], slopeChanges: [1], slope: -0.5, offset: 0 }; // ½|x|
 * const { value, lowerBound } = await leastSharpness(bend, [-1, 1]);
 * value; // 1.7071…: 1 + 1/√2
 * lowerBound; // 1.7071…
 */
export async function leastSharpness(
  f: PiecewiseLinear,
  inputs: ArrayLike<number>,
  { tolerance = 1e-6, freeSlope = false }: LeastSharpnessOptions = {},
): Promise<LeastSharpness> {
  requirePiecewiseLinear("leastSharpness", f);
  const sorted = sortedInputs("leastSharpness", inputs);
  requireKnotsOffInputs("leastSharpness", f, sorted);
  const span = sorted[sorted.length - 1] - sorted[0];
  requireThat(span > 0, "leastSharpness", "there must be two different inputs", inputs);
  const largest = Math.max(-sorted[0], sorted[sorted.length - 1], ...Array.from(f.slopeChanges, Math.abs), 1);
  const countable = (largest * (Math.abs(f.slope) + 1)) ** 4 < Infinity && span ** 4 > 0;
  requireThat(
    countable,
    "leastSharpness",
    "fourth powers of the inputs and slopes must neither overflow nor vanish",
    `a largest of ${largest}, a range of ${span}`,
  );
  requireThat(tolerance >= 1e-9, "leastSharpness", "the tolerance must be at least 1e-9", tolerance);

  const problem = { inputs: sorted, slope: freeSlope ? undefined : slopeAtFirst(f, sorted[0]) };
  const inner = innerKnots(f, sorted);
  const gaps = gapsOf(sorted);
  let silent = freeSlope ? [] : gaps.map((gap) => knotAt(sorted, middleOf(gap), 0));
  let best: { value: number; parameters: Float64Array } = { value: Infinity, parameters: new Float64Array(0) };
  let proof: { value: number; slopePrice: number; dual: Matrix } | undefined;
  let iterations = 0;
  for (let round = 0; ; round++) {
    const knots = [...inner, ...silent];
    const solution = solveBarrier(knots, sorted.length, { slope: problem.slope, gap: tolerance / 2 });
    iterations += solution.steps;
    const parameters = implementationParameters(f, sorted, knots, solution);
    const value = sharpnessAt(parameters, sorted);
    if (value < best.value) best = { value, parameters };
    const bound = dualValue(solution.dual, inner, problem, gaps);
    if (proof === undefined || bound.value > proof.value) proof = { ...bound, dual: solution.dual };
    const residual = Math.max(0, best.value - proof.value) / best.value;
    if (residual <= tolerance || round === MOST_ROUNDS) {
      const outcome = iterationOutcome(residual, iterations, tolerance, "raise the tolerance");
      const { value: lowerBound, slopePrice, dual } = proof;
      return { ...best, ...outcome, lowerBound, slopePrice, dual: inOrderOf(inputs, dual) };
    }
    const used = usedKnots(silent, solution.leftChanges.subarray(inner.length));
    const cheap = bound.cheapest.filter(({ price }) => price <= CHEAP * Math.abs(bound.slopePrice));
    silent = [
      ...used,
      ...cheap.filter(({ at }) => !used.some((knot) => knot.at === at)).map(({ at }) => knotAt(sorted, at, 0)),
    ];
    await breathe();
  }
}

/** λ_max of the Hessian at an interpolating θ: that of ΦᵀΦ/n. */
function sharpnessAt(parameters: Float64Array, inputs: Float64Array): number {
  const network = univariateRelu({ width: (parameters.length - 1) / 3 });
  const gram = network.evaluate(parameters, { rows: inputs.length, cols: 1, data: inputs }).gramMatrix();
  return topEigenvalue(gram) / inputs.length;
}

/** The silent knots that carry a share of the slope that counts. */
function usedKnots(silent: readonly Knot[], leftChanges: Float64Array): Knot[] {
  const total = leftChanges.reduce((sum, u) => sum + Math.abs(u), 0);
  return silent.filter((_, k) => Math.abs(leftChanges[k]) > NEGLIGIBLE * total);
}

/** Z for the inputs as they were given; the program sorts them. */
function inOrderOf(inputs: ArrayLike<number>, Z: Matrix): Matrix {
  const n = inputs.length;
  const order = indices(n).sort((i, j) => inputs[i] - inputs[j]);
  const data = new Float64Array(n * n);
  order.forEach((i, k) => order.forEach((j, l) => (data[i * n + j] = Z.data[k * n + l])));
  return { rows: n, cols: n, data };
}
