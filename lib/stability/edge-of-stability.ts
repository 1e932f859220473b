import { type Eigenpairs, DivergenceError, type LinearOperator, requireThat } from "../core";
import { requireIterationOptions } from "../core/iterative-result";
import { requireFinite, requireSize } from "../core/requirements";
import { uncheckedNorm } from "../core/vector";
import { gradientDescent, type GradientFunction, runTrajectory, type Trajectory, type UpdateMap } from "../optimizers";
import { requireEvery } from "../optimizers/recording";
import { requireLearningRate } from "../optimizers/update-map";
import { eigenpairTracker, type EigenpairTrackerOptions } from "./eigenpair-tracker";

/** So many steps of gradient descent at one learning rate. */
export interface LearningRatePhase {
  /** η > 0. */
  readonly learningRate: number;
  /** A positive integer. */
  readonly steps: number;
}

/** What is seen of a run at one step. */
export interface EdgeRecord {
  /** t, over all phases. */
  readonly step: number;
  /** L(θ_t). */
  readonly loss: number;
  /** η of the step from θ_t, at the end of the run of the one to θ_t: the edge is at 2/η. */
  readonly learningRate: number;
  /** λ₁, …, λ_k of the operator at θ_t, the eigenvectors, the measured residuals and how many products they took. */
  readonly eigenpairs: Eigenpairs;
}

/** A run of gradient descent whose sharpness is followed. */
export interface EdgeOfStabilityOptions extends EigenpairTrackerOptions {
  /** L. */
  readonly loss: (parameters: Float64Array) => number;
  /** ∇L. */
  readonly gradient: GradientFunction;
  /** θ_0 (p). */
  readonly start: Float64Array;
  /** The learning rates, one after the other. */
  readonly schedule: readonly LearningRatePhase[];
  /** Look at the steps that are multiples of this. Default 50 (tuned: looking then costs about what the steps cost). */
  readonly every?: number;
  /** Ends the run where it returns true. */
  readonly until?: (record: EdgeRecord) => boolean;
  /** The label of a progress bar; without one there is no bar. */
  readonly progress?: string;
  /** Whether a run that diverges or is interrupted throws (default) or returns what there is, with its `reason`. */
  readonly ifStopped?: "throw" | "return";
}

/**
 * Trains by gradient descent, θ_{t+1} = θ_t - η∇L(θ_t) with a piecewise constant η, and records at every 50th step the
 * loss and the top eigenpairs of a symmetric operator at θ_t, warm-started by {@link eigenpairTracker}: whether
 * sharpness climbs to 2/η, and stays there (progressive sharpening and the edge of stability; Cohen, Kaur, Li, Kolter
 * and Talwalkar 2021). The operator is the Hessian, or the Gauss–Newton matrix, `gaussNewtonOperator(risk.at(theta))`.
 *
 * Beyond the edge runs are chaotic in rounding. Their bits are those of the gradient: the same on every machine with an
 * empirical risk's `batchGradient` over all samples, not with its `gradient`. The records do not act on the run.
 *
 * Memory: k vectors a record.
 *
 * @throws InvalidArgumentError unless there is a phase, every η is positive and finite, steps, `every` and k are positive
 *   integers, the start is finite and the tolerance at least eps; as `topEigenpairs`, if the operator is not symmetric.
 * @throws DivergenceError naming the step at which a parameter, or where it was looked at the loss or a product with the
 *   operator, was not finite; and InterruptedError when the notebook's interrupt button was pressed. Both carry what was
 *   recorded, as `error.trajectory` (`StoppedTrajectoryError`).
 * @example
 * const { observations } = await trackEdgeOfStability({
 *   loss: ([x, y]) => 2 * x * x + 0.5 * y * y, gradient: ([x, y]) => Float64Array.of(4 * x, y),
 *   operatorAt: () => denseOperator(matrix([[4, 0], [0, 1]])),
 *   start: Float64Array.of(3, 8), schedule: [{ learningRate: 0.5, steps: 2 }], every: 1, stream: randomStream(1),
 * });
 * observations.map(({ loss }) => loss); // [50, 26, 20]: the part along λ₁ = 2/η stays, 18
 */
export async function trackEdgeOfStability(options: EdgeOfStabilityOptions): Promise<Trajectory<EdgeRecord>> {
  const { loss, gradient, operatorAt, start, schedule, every = 50, until, progress, ifStopped } = options;
  const { count = 1, stream, tolerance, maxIterations } = options;
  requireFinite("trackEdgeOfStability", "start", start);
  requireThat(schedule.length > 0, "trackEdgeOfStability", "there must be a phase", schedule);
  for (const { learningRate, steps } of schedule) {
    requireLearningRate("trackEdgeOfStability", learningRate);
    requireSize("trackEdgeOfStability", "steps", steps);
  }
  requireEvery("trackEdgeOfStability", "every", every);
  requireThat(
    Number.isInteger(count) && count >= 1 && count <= start.length,
    "trackEdgeOfStability",
    `count must be an integer from 1 to ${start.length}`,
    count,
  );
  requireIterationOptions("trackEdgeOfStability", { tolerance, maxIterations });
  let step = 0;
  const track = eigenpairTracker({
    operatorAt: (parameters) => finiteProducts(operatorAt(parameters), step),
    count,
    stream,
    tolerance,
    maxIterations,
  });
  const rates = ratesOf(schedule);
  let latest: EdgeRecord | undefined;
  return runTrajectory(piecewiseDescent(gradient, schedule), start, {
    steps: schedule.reduce((sum, phase) => sum + phase.steps, 0),
    every,
    observe: async (parameters, at) => {
      step = at;
      const value = loss(parameters);
      if (!Number.isFinite(value)) throw new DivergenceError("trackEdgeOfStability", step, `the loss is ${value}`);
      latest = { step, loss: value, learningRate: rates(step), eigenpairs: await track(parameters) };
      return latest;
    },
    until: until && (() => latest !== undefined && until(latest)),
    progress,
    ifStopped,
  });
}

/** The learning rate of the step from θ_t; after the last phase its own. */
function ratesOf(schedule: readonly LearningRatePhase[]): (step: number) => number {
  const ends = schedule.map((_, k) => schedule.slice(0, k + 1).reduce((sum, { steps }) => sum + steps, 0));
  return (step) => (schedule[ends.findIndex((end) => step < end)] ?? schedule[schedule.length - 1]).learningRate;
}

/** Gradient descent whose rate changes with the number of its calls. */
function piecewiseDescent(gradient: GradientFunction, schedule: readonly LearningRatePhase[]): UpdateMap {
  const descents = schedule.map(({ learningRate }) => gradientDescent({ gradient, learningRate }));
  let [phase, left] = [0, schedule[0].steps];
  return (parameters, into) => {
    if (left === 0) left = schedule[++phase].steps;
    left--;
    return descents[phase](parameters, into);
  };
}

/** The operator, whose products name the step at which they stop being finite. */
function finiteProducts(operator: LinearOperator, step: number): LinearOperator {
  const apply = (vector: Float64Array): Float64Array => {
    const image = operator.apply(vector);
    if (uncheckedNorm(image) < Infinity) return image;
    throw new DivergenceError("trackEdgeOfStability", step, "a product with the operator is not finite");
  };
  return { ...operator, apply, applyTransposed: apply };
}
