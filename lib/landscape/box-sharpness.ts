import {
  eigh,
  type IterationOptions,
  type IterativeResult,
  type Matrix,
  multiply,
  type RandomStream,
  requireThat,
  transpose,
} from "../core";
import { iterationOutcome, requireIterationOptions } from "../core/iterative-result";
import { requireEntryCount, requireFiniteEntries } from "../core/matrix";
import { uncheckedMultiplyVector } from "../core/products";
import { requireFinite, requireFiniteNumber, requireSize } from "../core/requirements";
import { requirePerturbation } from "./perturbation";
import { type Ascent, highestAscent, projectedAscent } from "./projected-ascent";

/** A loss and its gradient, also of tensors, which come by and by. */
export interface LossWithGradient {
  readonly loss: (parameters: Float64Array) => number | Promise<number>;
  readonly gradient: (parameters: Float64Array) => Float64Array | Promise<Float64Array>;
}

/** What the search for the highest loss in a box needs. */
export interface BoxSharpnessOptions extends IterationOptions {
  /** ε > 0: the box's size relative to that of each parameter, or 1 if that is larger, about. */
  readonly boxSize: number;
  /** A (p × k) with independent columns, which span the directions that are searched; by default all (A = I). */
  readonly directions?: Matrix;
  /** Where the random starting points come from. */
  readonly stream: RandomStream;
  /** The number of random corners of the box that the search starts from, beside its middle. Default 1 (tuned). */
  readonly starts?: number;
}

/** The highest loss found in a box; the residual is that of its stationarity. */
export interface BoxSharpness extends IterativeResult {
  /** The displacement Ay (p) at which it was found. */
  readonly perturbation: Float64Array;
}

/**
 * The sharpness of Keskar et al. (2017, Metric 2.1), in percent: 100 (max_y L(θ + Ay) − L(θ))/(1 + L(θ)) over the box
 * |y_i| ≤ ε(|(A⁺θ)_i| + 1), in all directions (A = I, A⁺θ = θ) or in those that the columns of A span, where A⁺ is the
 * pseudo-inverse. A random A of k = 100 columns is theirs; they leave open how it is drawn, and its scale matters: with
 * orthonormal columns the box is √p times smaller than with standard normal ones.
 *
 * The maximum is found from below, by projected gradient ascent in y from the middle of the box and from random corners;
 * the best end counts. On a convex loss a long step goes to the corner with the gradient's signs, and the ascent ends at
 * a corner that no such step leaves: a local maximum, which need not be the highest of the 2^k corners. They took 10
 * iterations of L-BFGS-B, which finds a local one, too.
 *
 * Unlike `worstCaseSharpness` it is not divided by ε²: at a minimum it falls as ε². The residual is max_i |P(z + d/g) − z|_i,
 * with z_i = y_i over the half side of the box, d the gradient in z, g the largest max|d_i| met on the way and P the
 * projection on the box: 0 at a corner to which the gradient points, and where the gradient is 0.
 *
 * @param risk L and ∇L, such as an `EmpiricalRisk`, or functions that await a `TensorRisk`'s evaluations
 * @param parameters θ (p)
 * @param options ε, A and the search; by default the tolerance is 1e-3 (tuned: what single precision sees) and
 *   maxIterations, for each starting point, 10, as published: it then often ends before a residual is that small, and
 *   says so. An iteration costs a gradient, and a loss for every length of step tried, most often one; with A 4pk more
 * @throws InvalidArgumentError when ε is not positive and finite, θ is empty or not finite, A has other than p rows, no
 *   column, entries that are not finite or dependent columns, `starts` is no integer of at least 0, the options of the
 *   iteration are bad, the loss or gradient is not finite, or L(θ) is not above −1
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const risk = quadratic([matrix([[3, 0], [0, 1]])]);
 * const sharpest = await boxSharpness(risk, Float64Array.of(0, 0), { boxSize: 0.5, stream: randomStream(1) });
 * sharpest.value; // 50, that is 100·½(3 + 1)·0.5²
 */
export async function boxSharpness(
  risk: LossWithGradient,
  parameters: Float64Array,
  options: BoxSharpnessOptions,
): Promise<BoxSharpness> {
  const name = "boxSharpness";
  const { boxSize, directions, stream, starts = 1, tolerance = 1e-3, maxIterations = 10 } = options;
  requirePerturbation(name, parameters, boxSize, "boxSize");
  if (directions) requireDirections(name, directions, parameters.length);
  requireSize(name, "starts", starts, 0);
  requireIterationOptions(name, options);

  const halfSides = coordinates(name, parameters, directions).map((value) => boxSize * (Math.abs(value) + 1));
  requireFinite(name, "the box", halfSides);
  const transposed = directions && transpose(directions);
  const displacement = (z: Float64Array): Float64Array => {
    const y = z.map((value, k) => value * halfSides[k]);
    return directions ? uncheckedMultiplyVector(directions, y) : y;
  };
  const moved = (z: Float64Array): Float64Array => {
    const shift = displacement(z);
    return parameters.map((value, k) => value + shift[k]);
  };
  const problem = {
    loss: async (z: Float64Array) => requireFiniteNumber(name, "the loss", await risk.loss(moved(z))),
    gradient: async (z: Float64Array) => {
      const gradient = await risk.gradient(moved(z));
      const fits = gradient.length === parameters.length;
      requireThat(fits, name, `the gradient must have length ${parameters.length}`, gradient.length);
      requireFinite(name, "the gradient", gradient);
      const inBox = transposed ? uncheckedMultiplyVector(transposed, gradient) : gradient;
      return inBox.map((value, k) => value * halfSides[k]);
    },
    project: (z: Float64Array) => z.map((value) => Math.min(1, Math.max(-1, value))),
    norm: (z: Float64Array) => z.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0),
    extent: 1,
    // Shorter ones would move no y by what the tolerance of the residual sees (tuned).
    shortestStep: tolerance / 16,
  };

  const middle = new Float64Array(halfSides.length);
  const start = await problem.loss(middle);
  requireThat(start > -1, name, "the loss must be above -1", start);
  const corners = Array.from({ length: starts }, () => middle.map(() => stream.rademacher()));
  const ends: Ascent[] = [];
  for (const first of [middle, ...corners]) {
    ends.push(await projectedAscent(problem, first, { tolerance, maxIterations }));
  }
  const { point, loss, residual, iterations } = highestAscent(ends);
  return {
    ...iterationOutcome(residual, iterations, tolerance),
    value: (100 * (loss - start)) / (1 + start),
    perturbation: displacement(point),
  };
}

function requireDirections(functionName: string, directions: Matrix, parameterCount: number): void {
  const fits = directions.rows === parameterCount && directions.cols >= 1;
  requireThat(fits, functionName, `directions must have ${parameterCount} rows and a column`, directions);
  requireEntryCount(functionName, directions);
  requireFiniteEntries(functionName, directions, "directions must be finite");
}

/** A⁺θ = (AᵀA)⁻¹Aᵀθ. */
function coordinates(functionName: string, parameters: Float64Array, A: Matrix | undefined): Float64Array {
  if (!A) return parameters;
  const At = transpose(A);
  const { values, vectors } = eigh(multiply(At, A));
  const k = A.cols;
  // Below that an eigenvalue is what rounding leaves of 0.
  const independent = values[0] > k * A.rows * Number.EPSILON * values[k - 1];
  requireThat(
    independent,
    functionName,
    "the columns of directions must be independent",
    `AᵀA with λ_min ${values[0]}`,
  );
  const overlaps = uncheckedMultiplyVector(transpose(vectors), uncheckedMultiplyVector(At, parameters));
  return uncheckedMultiplyVector(
    vectors,
    overlaps.map((value, j) => value / values[j]),
  );
}
