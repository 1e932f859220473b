import { breathe, DivergenceError, InterruptedError, type RandomStream, requireThat } from "../core";
import { requireFinite, requireSize } from "../core/requirements";
import { runTrajectory, type UpdateMap } from "../optimizers";

/** Many runs of one random iteration from one start. */
export interface EscapeOptions {
  /** The iteration of one trajectory, which draws its batches from the stream it is given. */
  readonly updateOf: (stream: RandomStream) => UpdateMap;
  /** L of what the iteration moves: parameters of a network, or residuals of a linearised model. */
  readonly loss: (state: Float64Array) => number;
  /** Where all of them start. */
  readonly start: Float64Array;
  /** How many of them. */
  readonly trajectories: number;
  /** How many steps each makes. */
  readonly steps: number;
  /** Trajectory r draws from `stream.split(r)`. */
  readonly stream: RandomStream;
}

/** The losses along many trajectories; made by {@link escapeTrajectories}. */
export interface EscapeTrajectories {
  /** L(θ_t) for t = 0, …, steps, one array a trajectory; ∞ from the step on at which a trajectory diverged. */
  readonly losses: readonly Float64Array[];
  /** Which trajectories left the finite numbers, and at which step. */
  readonly diverged: readonly { readonly trajectory: number; readonly step: number }[];
}

/**
 * How stochastic gradient descent leaves a minimum: the losses along many trajectories from one start, each with its own
 * stream of batches (Wu, Wang and Su 2022, figure 4). The same function serves the network's own SGD, on its
 * parameters, and the linearised one, on the residuals: what differs is the update map.
 *
 * A trajectory that leaves the finite numbers does not end the others: it is named with its step, and its loss is ∞
 * from there on. So a mean over trajectories is ∞ from the first divergence on, as it should be, and never NaN, and
 * {@link lossQuantiles} stay finite as long as few enough have diverged.
 *
 * The mean is carried by a few trajectories: the loss after t steps is a product of t random factors, whose mean grows
 * faster than its median. Cost: trajectories × steps updates and losses. Yields to the event loop.
 *
 * @throws InvalidArgumentError unless the start is finite and its loss, too, and both counts are positive integers.
 * @throws InterruptedError when the notebook's interrupt button was pressed.
 *
 * @example
 * const run = await escapeTrajectories({
 *   updateOf: (stream) => (x) => x.map((v) => (2 + stream.rademacher()) * v), // by 1 or by 3
 *   loss: ([x]) => x ** 2 / 2, start: Float64Array.of(1), trajectories: 2, steps: 1, stream: randomStream(1),
 * });
 * run.losses; // [[0.5, 4.5], [0.5, 0.5]]
 * run.diverged; // []
 */
export async function escapeTrajectories(options: EscapeOptions): Promise<EscapeTrajectories> {
  const functionName = "escapeTrajectories";
  const { updateOf, loss, start, trajectories, steps, stream } = options;
  requireFinite(functionName, "start", start);
  requireSize(functionName, "trajectories", trajectories, 1);
  requireSize(functionName, "steps", steps, 1);
  const first = loss(start);
  requireThat(Number.isFinite(first), functionName, "the loss at the start must be finite", first);

  const losses: Float64Array[] = [];
  const diverged: { trajectory: number; step: number }[] = [];
  for (let trajectory = 0; trajectory < trajectories; trajectory++) {
    const run = await runTrajectory(updateOf(stream.split(trajectory)), start, {
      steps,
      observe: (state, step) => {
        const value = loss(state);
        if (!Number.isFinite(value)) throw new DivergenceError(functionName, step, `the loss is ${value}`);
        return value;
      },
      ifStopped: "return",
    });
    if (run.reason instanceof InterruptedError) throw run.reason;
    if (run.reason instanceof DivergenceError) diverged.push({ trajectory, step: run.reason.step });
    losses.push(Float64Array.from({ length: steps + 1 }, (_, t) => run.observations[t] ?? Infinity));
    await breathe();
  }
  return { losses, diverged };
}
