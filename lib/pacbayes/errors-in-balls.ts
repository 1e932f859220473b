import { randomStream, requireThat } from "../core";
import { requireFinite, requireSize } from "../core/requirements";
import { uncheckedNorm } from "../core/vector";
import { worstCaseSharpness } from "../landscape";
import { crossEntropyLoss, empiricalRisk, logisticLoss, type Network } from "../models";
import { uncheckedClassificationError } from "./classification-error";
import { type ClassifiedSamples, requireClassifiedSamples } from "./classified-samples";

/** Where large errors are looked for. */
export interface ErrorsInBallsOptions {
  readonly network: Network;
  /** θ (p), the centre of the balls. */
  readonly parameters: Float64Array;
  readonly samples: ClassifiedSamples;
  /** ρ > 0, ascending. */
  readonly radii: readonly number[];
  /** Directions v (p each), of any length but 0: θ + ρv/‖v‖ is tried at each radius. */
  readonly directions?: readonly Float64Array[];
  /** Of each ascent, by default 10 (tuned: the error hardly rises after). */
  readonly maxIterations?: number;
}

/** How many of the samples the ascents look at (tuned); the errors are those on all of them. */
const ASCENT_SAMPLES = 500;

/**
 * A lower estimate of the largest 0-1 error in balls, max_{‖ε‖≤ρ} (1/n) #{i : f(x_i; θ + ε) is wrong}, one for each radius
 * and not falling with it: the largest error that was met at a point of the ball. Tried are θ itself, the end of
 * `worstCaseSharpness` on the cross entropy (the logistic loss for one output) of the first 500 samples from ±ρ∇/‖∇‖, and
 * the given directions. A bound that is computed with it comes out too small: good enough to show that the bound is
 * large, and of no use for showing that it is small.
 *
 * For one output the direction −v, with v the weights and the bias of the last layer and 0 elsewhere, changes the sign of
 * all outputs once ρ > ‖v‖. The same bits on every machine. A radius costs some 6 maxIterations gradients on 500 samples,
 * and an evaluation of all for each point.
 *
 * @returns the errors (one for each radius)
 * @throws InvalidArgumentError unless the samples fit the network, the radii are positive, finite and ascending, θ and each
 *   direction have p finite entries, no direction is 0, and maxIterations is a positive integer
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * Source: the sharpness of Foret et al. (2021), for the 0-1 loss; the search is ours.
 *
 * @example
 * const network = linearNetwork({ inputCount: 1 });
 * const samples = { inputs: matrix([[1], [2], [-1]]), targets: matrix([[1], [1], [1]]) };
 * const options = { network: network, samples: samples, radii: [0.5, 1.5] };
 * await errorsInBallsFromBelow({ ...options, parameters: Float64Array.of(1) }); // [0.333…, 0.666…]: −x is wrong twice
 */
export async function errorsInBallsFromBelow(options: ErrorsInBallsOptions): Promise<Float64Array> {
  const name = "errorsInBallsFromBelow";
  const { network, parameters, samples, radii, directions = [], maxIterations = 10 } = options;
  const { inputs, targets } = samples;
  requireClassifiedSamples(name, network, samples);
  requireThat(radii.length > 0, name, "there must be a radius", radii);
  const ascending = radii.every((radius, i) => radius > (i === 0 ? 0 : radii[i - 1]) && radius < Infinity);
  requireThat(ascending, name, "the radii must be positive, finite and ascending", radii);
  requireVector(name, "parameters", parameters, network.parameterCount);
  for (const direction of directions) {
    requireVector(name, "a direction", direction, network.parameterCount);
    const size = uncheckedNorm(direction);
    requireThat(size > 0 && size < Infinity, name, "a direction must have a positive, finite norm", size);
  }
  requireSize(name, "maxIterations", maxIterations);

  const first = Array.from({ length: Math.min(inputs.rows, ASCENT_SAMPLES) }, (_, i) => i);
  const loss = network.outputCount === 1 ? logisticLoss : crossEntropyLoss;
  const risk = empiricalRisk({ network, loss, ...samples });
  const part = {
    inputs: { rows: first.length, cols: inputs.cols, data: inputs.data.subarray(0, first.length * inputs.cols) },
    targets: { rows: first.length, cols: targets.cols, data: targets.data.subarray(0, first.length * targets.cols) },
  };
  /** The mean loss of those samples and its gradient, free of the BLAS. */
  const reproducible = {
    loss: (theta: Float64Array): number => {
      const { values } = loss.evaluate(
        network.evaluate(theta, part.inputs, { reproducible: true }).outputs,
        part.targets,
      );
      return values.reduce((sum, value) => sum + value, 0) / first.length;
    },
    gradient: (theta: Float64Array): Float64Array => risk.batchGradient(theta, first),
  };
  const errorAt = (epsilon: Float64Array): number => {
    const theta = parameters.map((value, k) => value + epsilon[k]);
    return uncheckedClassificationError(network.evaluate(theta, inputs, { reproducible: true }).outputs, targets);
  };

  const slope = reproducible.gradient(parameters).slice();
  const uphill = uncheckedNorm(slope) > 0 ? [slope] : [];
  const stream = randomStream(0); // nothing is drawn from it: the ascents start where they are told
  let largest = errorAt(new Float64Array(parameters.length));
  const errors = new Float64Array(radii.length);
  for (const [i, radius] of radii.entries()) {
    for (const direction of [...uphill, ...directions]) {
      const size = uncheckedNorm(direction);
      largest = Math.max(largest, errorAt(direction.map((value) => (radius * value) / size)));
    }
    if (uphill.length > 0) {
      const search = { radius, stream, starts: 0, directions: uphill, maxIterations };
      const { perturbation } = await worstCaseSharpness(reproducible, parameters, search);
      largest = Math.max(largest, errorAt(perturbation));
    }
    errors[i] = largest;
  }
  return errors;
}

function requireVector(functionName: string, what: string, values: Float64Array, length: number): void {
  requireThat(values.length === length, functionName, `${what} must have length ${length}`, values.length);
  requireFinite(functionName, what, values);
}
