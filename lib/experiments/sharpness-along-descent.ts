import { DivergenceError, indices, type Matrix, randomStream } from "../core";
import {
  empiricalRisk,
  halfSquareLoss,
  hessianOperator,
  initialParameters,
  type MultilayerPerceptron,
} from "../models";
import { type LearningRatePhase, trackEdgeOfStability } from "../stability";

/** What was seen along a run of gradient descent. */
export interface SharpnessAlongDescent {
  /** A run that diverges is a result, too. */
  readonly ended: "completed" | "diverged";
  /** The last step that was made or, of a run that diverged, the one at which something was no longer finite. */
  readonly lastStep: number;
  /** t of the looks. */
  readonly steps: readonly number[];
  /** L(θ_t) = (1/2n) Σ_i ‖f(x_i) - y_i‖² there. */
  readonly losses: readonly number[];
  /** λ₁(∇²L(θ_t)) there. */
  readonly sharpness: readonly number[];
}

/** A run of gradient descent whose sharpness is looked at. */
export interface SharpnessAlongDescentOptions {
  /** Of the experiment, for its streams. */
  readonly name: string;
  readonly seed: number;
  readonly network: MultilayerPerceptron;
  readonly samples: { readonly inputs: Matrix; readonly targets: Float64Array | Matrix };
  /** g: weights start normal with variance g²/m for m inputs of a layer, biases at 0. */
  readonly initializationGain: number;
  readonly schedule: readonly LearningRatePhase[];
  /** Look at the steps that are multiples of this. */
  readonly every: number;
}

/**
 * Full-batch gradient descent on the half square loss from a seed's initialisation. The training is the same bits on
 * every machine. The sharpness is the engine's: to a residual of 1e-4, that is to about 1e-8 over the relative gap to
 * the second eigenvalue.
 */
export async function sharpnessAlongDescent(options: SharpnessAlongDescentOptions): Promise<SharpnessAlongDescent> {
  const { name, seed, network, samples, initializationGain, schedule, every } = options;
  const risk = empiricalRisk({ network, loss: halfSquareLoss, ...samples });
  const all = indices(samples.inputs.rows);
  const scheme = { scheme: "LeCun", gain: initializationGain } as const;
  const run = await trackEdgeOfStability({
    loss: risk.loss,
    // Over a batch of all samples: the same bits on every machine, which the risk's own gradient does not promise.
    gradient: (theta, into) => risk.batchGradient(theta, all, into),
    operatorAt: (theta) => hessianOperator(risk.at(theta)),
    start: initialParameters(network, randomStream(seed, name, "initialisation"), scheme),
    schedule,
    every,
    stream: randomStream(seed, name, "eigenvectors"),
    ifStopped: "return",
  });
  if (run.ended === "interrupted") throw run.reason!;
  return {
    ended: run.reason instanceof DivergenceError ? "diverged" : "completed",
    lastStep: run.reason instanceof DivergenceError ? run.reason.step : run.step,
    steps: run.steps,
    losses: run.observations.map(({ loss }) => loss),
    sharpness: run.observations.map(({ eigenpairs }) => eigenpairs.values[0]),
  };
}
