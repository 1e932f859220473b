import { breathe, DivergenceError, InterruptedError, progressBar, requireThat } from "../core";
import { type Observer, recordersOf, requireEvery, type Series } from "./recording";
import { checkedTrainer, updateTrainer } from "./stepping";
import type { Trainer } from "./trainer";
import { allFinite } from "../core/finite";
import type { UpdateMap } from "./update-map";

/** How far to run and what to keep. */
export interface TrajectoryOptions<
  Observation = Float64Array,
  Observers extends Record<string, Observer> = Record<string, Observer>,
> {
  /** The number of updates. */
  readonly steps: number;
  /** Call `observe` and `until` at the steps that are multiples of this (default 1: every step). */
  readonly every?: number;
  /** What to keep; a promise is waited for. Without it, and without `observers`, the parameters are kept. */
  readonly observe?: (parameters: Float64Array, step: number) => Observation | Promise<Observation>;
  /** Further things to keep, each with its own name and its own number of steps. */
  readonly observers?: Observers;
  /** Ends the run where it returns true; asked after the observations, at the same steps as `observe`. */
  readonly until?: (parameters: Float64Array, step: number) => boolean;
  /** The label of a progress bar; without one there is no bar. */
  readonly progress?: string;
  /**
   * What becomes of a run that diverges or is interrupted: "throw" (default) throws, "return" returns what there is. It
   * throws by default so that nobody draws, averages or checks a part of a run in the belief that it is the whole.
   */
  readonly ifStopped?: "throw" | "return";
}

/** What a run leaves behind. */
export interface Trajectory<Observation, Observers extends Record<string, Observer> = Record<string, Observer>> {
  /** The step numbers t of the observations: the multiples of `every`, 0 included. */
  readonly steps: number[];
  /** What was observed at those steps. */
  readonly observations: Observation[];
  /** What the named observers returned. */
  readonly observed: { readonly [Name in keyof Observers]: Series<Awaited<ReturnType<Observers[Name]["observe"]>>> };
  /** θ_t at the last step that was made; after a divergence, the last finite parameters that were looked at. */
  readonly parameters: Float64Array;
  /** The step t of those parameters. */
  readonly step: number;
  /** Whether all steps were made, or `until` stopped the run, or a person or a divergence did. */
  readonly ended: "completed" | "stopped" | "interrupted" | "diverged";
  /** The error that would have been thrown, after `ifStopped: "return"`; a DivergenceError names its step. */
  readonly reason?: Error;
}

/** A DivergenceError or InterruptedError of `runTrajectory`, with what had been recorded. */
export interface StoppedTrajectoryError<
  Observation = Float64Array,
  Observers extends Record<string, Observer> = Record<string, Observer>,
> extends Error {
  readonly trajectory: Trajectory<Observation, Observers>;
}

/** A call of a trainer between two breaths aims at this; breathing hands over every 50 ms, so 100 ms are kept. */
const LONGEST_CALL_MS = 10;

/**
 * Applies an update map again and again, θ_{t+1} = update(θ_t), and keeps what `observe` and the named `observers`
 * return (without any, the parameters themselves), the starting point included. Or drives a `Trainer`, which owns its
 * parameters, from its present step t_0 on: then the steps are t_0, …, t_0 + steps.
 *
 * Yields to the event loop as it goes, so that a progress bar moves and an interrupt arrives within 100 ms, as long as
 * no single step takes longer. Beside the update a step costs about half a nanosecond a parameter, to see that all are
 * finite. A trainer's parameters are looked at only where something is observed, and at every thousandth step.
 *
 * @throws InvalidArgumentError unless `steps` is a non-negative integer and each `every` a positive one, and the start
 * is finite; when the update map changes the number of parameters, or a trainer makes other steps than it is told.
 * @throws DivergenceError naming the step at which a parameter became infinite or NaN (for a trainer, was found so).
 * @throws InterruptedError when the notebook's interrupt button was pressed. Both errors carry what was recorded, as
 * `error.trajectory` (`StoppedTrajectoryError`).
 * @example
 * const halve: UpdateMap = (x) => x.map((v) => v / 2);
 * const run = await runTrajectory(halve, Float64Array.of(1), { steps: 2, observe: (x) => x[0] });
 * run.observations; // [1, 0.5, 0.25]
 * @example
 * const halve: UpdateMap = (x) => x.map((v) => v / 2);
 * const run = await runTrajectory(halve, Float64Array.of(1), {
 *   steps: 100, until: (x) => x[0] < 0.1, observers: { size: { every: 2, observe: (x) => x[0] } },
 * });
 * run.observed.size; // { steps: [0, 2, 4], values: [1, 0.25, 0.0625] }
 * run.ended; // "stopped"
 */
export function runTrajectory<
  Observation = Float64Array,
  Observers extends Record<string, Observer> = Record<string, Observer>,
>(
  update: UpdateMap,
  start: Float64Array,
  options: TrajectoryOptions<Observation, Observers>,
): Promise<Trajectory<Observation, Observers>>;
export function runTrajectory<
  Observation = Float64Array,
  Observers extends Record<string, Observer> = Record<string, Observer>,
>(trainer: Trainer, options: TrajectoryOptions<Observation, Observers>): Promise<Trajectory<Observation, Observers>>;
export async function runTrajectory(
  subject: UpdateMap | Trainer,
  ...rest: unknown[]
): Promise<Trajectory<unknown, Record<string, Observer>>> {
  const options = rest.at(-1) as TrajectoryOptions<unknown, Record<string, Observer>>;
  const { steps, every = 1, until, progress, ifStopped = "throw" } = options;
  requireThat(Number.isInteger(steps) && steps >= 0, "runTrajectory", "steps must be a non-negative integer", steps);
  requireEvery("runTrajectory", "every", every);
  const stopRule = ifStopped === "throw" || ifStopped === "return";
  requireThat(stopRule, "runTrajectory", 'ifStopped must be "throw" or "return"', ifStopped);
  const { recorders, single, observed } = recordersOf("runTrajectory", options);
  const { trainer, periods } = trainerOf(subject, rest[0]);
  periods.push(...recorders.map((recorder) => recorder.every));
  if (until) periods.push(every);

  const last = trainer.step + steps;
  const bar = progress !== undefined && steps > 0 ? progressBar(progress, steps) : undefined;
  let latest = { parameters: trainer.parameters(), step: trainer.step };
  const result = (ended: Trajectory<unknown>["ended"]): Trajectory<unknown, Record<string, Observer>> => {
    return { steps: single.steps, observations: single.values, observed, ...latest, ended };
  };
  try {
    let chunk = 1;
    for (;;) {
      const { parameters, step } = latest;
      for (const recorder of recorders) {
        if (step % recorder.every !== 0) continue;
        const value = recorder.observe(parameters, step);
        recorder.values.push(value instanceof Promise ? await value : value);
        recorder.steps.push(step);
      }
      const stopped = until !== undefined && step % every === 0 && until(parameters, step);
      if (stopped || step === last) {
        bar?.finish();
        return result(stopped ? "stopped" : "completed");
      }
      const next = periods.reduce((first, period) => Math.min(first, step - (step % period) + period), last);
      while (trainer.step < next) {
        const count = Math.min(chunk, next - trainer.step);
        const before = performance.now();
        trainer.advance(count);
        const elapsed = performance.now() - before;
        if (elapsed > LONGEST_CALL_MS) chunk = Math.max(1, Math.floor(chunk / 2));
        else if (elapsed < LONGEST_CALL_MS / 2 && count === chunk) chunk *= 2;
        await (bar ? bar.advance(count) : breathe());
      }
      latest = { parameters: trainer.parameters(), step: next };
    }
  } catch (error) {
    if (!(error instanceof InterruptedError || error instanceof DivergenceError)) throw error;
    latest = lastFinite(trainer, latest);
    const trajectory = result(error instanceof InterruptedError ? "interrupted" : "diverged");
    if (ifStopped === "return") return { ...trajectory, reason: error };
    throw Object.assign(error, { trajectory });
  }
}

/** The trainer to drive, and the period at which it must be looked at beside the observations, if there is one. */
function trainerOf(subject: UpdateMap | Trainer, start: unknown): { trainer: Trainer; periods: number[] } {
  if (typeof subject !== "function") return { trainer: checkedTrainer("runTrajectory", subject), periods: [1000] };
  requireThat(allFinite(start as Float64Array), "runTrajectory", "start must be finite", start);
  return { trainer: updateTrainer("runTrajectory", subject, start as Float64Array), periods: [] };
}

/** The trainer's present parameters, or the latest ones if those are not finite. */
function lastFinite(trainer: Trainer, latest: { parameters: Float64Array; step: number }): typeof latest {
  try {
    return { parameters: trainer.parameters(), step: trainer.step };
  } catch {
    return latest;
  }
}
