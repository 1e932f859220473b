import { type IterationOptions, type IterativeResult, type RandomStream, requireThat } from "../core";
import { iterationOutcome, requireIterationOptions } from "../core/iterative-result";
import { requireFinite, requireFiniteNumber, requireSize } from "../core/requirements";
import { uncheckedNorm } from "../core/vector";
import type { FiniteSum } from "../models";
import { requirePerturbation } from "./perturbation";
import { type Ascent, highestAscent, projectedAscent } from "./projected-ascent";

/** What the search for the worst perturbation needs. */
export interface WorstCaseSharpnessOptions extends IterationOptions {
  /** ρ > 0: ‖ε‖ ≤ ρ. */
  readonly radius: number;
  /** Where the random starting points come from. */
  readonly stream: RandomStream;
  /** The number of random directions v: the search starts from ±ρv, ‖v‖ = 1. Default 3 (tuned). */
  readonly starts?: number;
  /** Further directions v (p each), of any length. Where ρ is small, the top eigenvector is a good one. */
  readonly directions?: readonly Float64Array[];
}

/** The largest rise found of the loss in a ball; the residual is that of its stationarity. */
export interface WorstCaseSharpness extends IterativeResult {
  /** ε (p) with ‖ε‖ ≤ ρ at which the value was found. */
  readonly perturbation: Float64Array;
}

/**
 * The worst-case sharpness 2(max_{‖ε‖ ≤ ρ} L(θ + ε) − L(θ))/ρ², which at a minimum tends to λ_max(∇²L) as ρ → 0, with
 * an error of order ρ (Keskar et al. 2017 maximise over a box, Foret et al. 2021 over this ball).
 *
 * Projected gradient ascent: from ε the step goes to the point of the ball next to ε + t∇L(θ + ε), with t shortened
 * until the loss rises and doubled after. For long steps that is ε ← ρ∇L/‖∇L‖, the power method where L is a
 * quadratic and monotone where L is convex (Journée, Nesterov, Richtárik and Sepulchre 2010). Of all starting points,
 * θ itself among them, the best end counts. It is a lower bound of the true maximum: nothing certifies a global
 * maximum of a general loss, and at large ρ the sphere has several local ones, so that the starting points matter.
 *
 * The residual is ‖P(ε + ρ∇L(θ + ε)/g) − ε‖/ρ, where P projects on the ball and g is the largest gradient norm met on
 * the way: 0 where ∇L = με on the sphere with μ ≥ 0, and where ∇L = 0 inside the ball, so that a maximum in the
 * interior counts as one. So does a plateau of a bounded loss, where the value falls as 2(sup L − L(θ))/ρ² whatever
 * the curvature.
 *
 * @param risk the loss and its gradient, an `EmpiricalRisk` for example
 * @param parameters θ (p)
 * @param options ρ and the search; by default the tolerance is 1e-5 (tuned: the value's relative error is about 4 times
 *   its square, over the relative gap to the second eigenvalue) and maxIterations 500 for each starting point (tuned).
 *   An iteration costs a gradient, and a loss for every length of step tried; `iterations` adds them up over the
 *   starting points
 * @throws InvalidArgumentError when ρ is not positive and finite, θ is empty or not finite, `starts` is no integer of
 *   at least 0 or there is no starting point at all, a direction has not p finite entries or is 0, the options of the
 *   iteration are bad, or the loss or gradient is not finite
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const risk = quadratic([matrix([[3, 0], [0, 1]])]);
 * const sharpest = await worstCaseSharpness(risk, Float64Array.of(0, 0), { radius: 0.5, stream: randomStream(1) });
 * sharpest.converged; // true
 * Math.abs(sharpest.value - 3) < 1e-9; // true
 */
export async function worstCaseSharpness(
  risk: Pick<FiniteSum, "loss" | "gradient">,
  parameters: Float64Array,
  options: WorstCaseSharpnessOptions,
): Promise<WorstCaseSharpness> {
  const { radius, starts = 3, directions = [], tolerance = 1e-5, maxIterations = 500 } = options;
  requirePerturbation("worstCaseSharpness", parameters, radius);
  requireSize("worstCaseSharpness", "starts", starts, 0);
  requireThat(starts + directions.length > 0, "worstCaseSharpness", "there must be a start or a direction", starts);
  for (const direction of directions) requireDirection(direction, parameters.length);
  requireIterationOptions("worstCaseSharpness", options);

  const lossAt = (epsilon: Float64Array): number =>
    requireFiniteNumber("worstCaseSharpness", "the loss", risk.loss(moved(parameters, epsilon)));
  const gradientAt = (epsilon: Float64Array): Float64Array => {
    const gradient = risk.gradient(moved(parameters, epsilon));
    const fits = gradient.length === parameters.length;
    requireThat(fits, "worstCaseSharpness", `the gradient must have length ${parameters.length}`, gradient.length);
    requireFinite("worstCaseSharpness", "the gradient", gradient);
    return gradient;
  };

  const start = lossAt(new Float64Array(parameters.length));
  const random = Array.from({ length: starts }, () => options.stream.sphere(parameters.length));
  const firstPoints = [
    new Float64Array(parameters.length), // so that the value is never below 0, which ε = 0 attains
    // Both ways: what odd powers add on one side of a valley they take from the other, where a second maximum may be.
    ...[...directions, ...random].flatMap((v) => [onSphere(v, radius), onSphere(v, -radius)]),
  ];
  const problem = {
    loss: lossAt,
    gradient: gradientAt,
    project: (target: Float64Array) => (uncheckedNorm(target) > radius ? onSphere(target, radius) : target),
    norm: uncheckedNorm,
    extent: radius,
    // Half of the last bit of ε: no step along the gradient raises the loss by what rounding lets us see.
    shortestStep: Number.EPSILON,
  };
  const ends: Ascent[] = [];
  for (const first of firstPoints) ends.push(await projectedAscent(problem, first, { tolerance, maxIterations }));
  const { point, loss, residual, iterations } = highestAscent(ends);
  const advice = "raise maxIterations or the tolerance, or take a larger radius if rounding hides the rise of the loss";
  return {
    ...iterationOutcome(residual, iterations, tolerance, advice),
    value: (2 * (loss - start)) / radius ** 2,
    perturbation: point,
  };
}

function requireDirection(direction: Float64Array, length: number): void {
  const fits = direction.length === length;
  requireThat(fits, "worstCaseSharpness", `a direction must have length ${length}`, direction.length);
  requireFinite("worstCaseSharpness", "a direction", direction);
  const size = uncheckedNorm(direction);
  requireThat(size > 0 && size < Infinity, "worstCaseSharpness", "a direction must have a positive, finite norm", size);
}

function onSphere(v: Float64Array, radius: number): Float64Array {
  const size = uncheckedNorm(v);
  return v.map((value) => (radius * value) / size);
}

function moved(parameters: Float64Array, epsilon: Float64Array): Float64Array {
  return parameters.map((value, k) => value + epsilon[k]);
}
