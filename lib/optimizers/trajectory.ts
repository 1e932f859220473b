import { breathe, DivergenceError, requireThat } from "../core";
import type { UpdateMap } from "./update-map";

/** How far to run and what to keep. */
export interface TrajectoryOptions {
  /** The number of updates. */
  readonly steps: number;
  /** Keep an observation every so many steps (default 1: every step). */
  readonly every?: number;
}

/** What a run leaves behind. */
export interface Trajectory<Observation> {
  /** The step numbers t of the observations: 0, every, 2·every, … ≤ steps. */
  readonly steps: number[];
  /** What was observed at those steps. */
  readonly observations: Observation[];
  /** The parameters after the last step. */
  readonly parameters: Float64Array;
}

/**
 * Applies an update map again and again, θ_{t+1} = update(θ_t), and keeps what `observe` returns (without it, the
 * parameters themselves), the starting point included. Yields to the event loop as it goes, so that a progress bar
 * moves and an interrupt arrives.
 *
 * @throws InvalidArgumentError unless `steps` is a non-negative integer and `every` a positive one, and the start is
 * finite.
 * @throws DivergenceError naming the step at which a parameter became infinite or NaN.
 * @throws InterruptedError when the notebook's interrupt button was pressed.
 * @example
 * const run = await runTrajectory((x) => x.map((v) => v / 2), Float64Array.of(1), { steps: 2, observe: (x) => x[0] });
 * run.observations // [1, 0.5, 0.25]
 */
export function runTrajectory<Observation>(
  update: UpdateMap,
  start: Float64Array,
  options: TrajectoryOptions & { readonly observe: (parameters: Float64Array, step: number) => Observation },
): Promise<Trajectory<Observation>>;
export function runTrajectory(
  update: UpdateMap,
  start: Float64Array,
  options: TrajectoryOptions,
): Promise<Trajectory<Float64Array>>;
export async function runTrajectory(
  update: UpdateMap,
  start: Float64Array,
  options: TrajectoryOptions & { readonly observe?: (parameters: Float64Array, step: number) => unknown },
): Promise<Trajectory<unknown>> {
  const { steps, every = 1, observe = (parameters: Float64Array) => parameters.slice() } = options;
  requireThat(Number.isInteger(steps) && steps >= 0, "runTrajectory", "steps must be a non-negative integer", steps);
  requireThat(Number.isInteger(every) && every >= 1, "runTrajectory", "every must be a positive integer", every);
  requireThat(start.every(Number.isFinite), "runTrajectory", "start must be finite", start);
  const kept: number[] = [];
  const observations: unknown[] = [];
  let parameters: Float64Array = start.slice();
  for (let step = 0; ; step++) {
    if (step % every === 0) {
      kept.push(step);
      observations.push(observe(parameters, step));
    }
    if (step === steps) return { steps: kept, observations, parameters };
    parameters = update(parameters);
    if (!parameters.every(Number.isFinite))
      throw new DivergenceError("runTrajectory", step + 1, "a parameter is not finite");
    await breathe();
  }
}
