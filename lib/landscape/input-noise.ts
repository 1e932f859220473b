import { type Estimate, type EstimateOptions, type Matrix, requireThat } from "../core";
import { meanOf, requireSamples } from "../core/estimate";
import { requireFiniteEntries } from "../core/matrix";
import { requireFinite } from "../core/requirements";
import type { Evaluation, Loss, Network } from "../models";

/** A network at θ, samples, and how the samples are perturbed. */
export interface InputNoiseOptions extends EstimateOptions {
  readonly network: Network;
  readonly loss: Loss;
  /** θ (p). */
  readonly parameters: Float64Array;
  /** X (n×d). */
  readonly inputs: Matrix;
  /** y (n×c), or y (n) when there is one output. */
  readonly targets: Matrix | Float64Array;
  /** The standard deviation s > 0 of the noise in each entry of an input. */
  readonly noise: number;
  /** The number of draws of the noise, each for all n inputs. */
  readonly samples: number;
}

/**
 * The increase of the loss under Gaussian noise on the inputs,
 *
 *   E_ξ (1/n) Σ_i [ℓ(f(x_i + sξ_i; θ), y_i) − ℓ(f(x_i; θ), y_i)],  ξ_i ~ N(0, I_d),
 *
 * estimated by the mean over independent draws, with its standard error over the draws. For the half square loss and
 * θ that interpolates it is ½s²·(1/n) Σ_i ‖∇_x f(x_i)‖² to leading order in s, which makes it a penalty on the input
 * gradients (Bishop 1995, "Training with noise is equivalent to Tikhonov regularization"). A draw costs an evaluation
 * of the network; yields to the event loop.
 *
 * @throws InvalidArgumentError when the shapes do not fit, there is no input, θ or an input is not finite, the loss has
 *   no meaning for a target, s is not positive and finite, `samples` is no integer of at least 2 (a standard error needs
 *   two), or the loss overflows
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const network = linearNetwork({ inputCount: 1, outputCount: 1 });
 * const { value, standardError } = await lossIncreaseUnderInputNoise({
 *   network, loss: halfSquareLoss, parameters: Float64Array.of(3), inputs: matrix([[2]]), targets: Float64Array.of(6),
 *   noise: 0.1, samples: 400, stream: randomStream(1),
 * });
 * Math.abs(value - 0.045) < 4 * standardError; // true: ½ · 0.1² · 3²
 */
export async function lossIncreaseUnderInputNoise(options: InputNoiseOptions): Promise<Estimate> {
  const { network, loss, parameters, inputs, noise, samples, stream } = options;
  const targets = requireOptions(options);
  const noisy: Matrix = { ...inputs, data: inputs.data.slice() };
  let evaluation: Evaluation | undefined;
  const meanLoss = (): number => {
    evaluation = network.evaluate(parameters, noisy, { recycle: evaluation });
    const { values } = loss.evaluate(evaluation.outputs, targets);
    return values.reduce((sum, value) => sum + value / inputs.rows, 0);
  };

  const unperturbed = meanLoss();
  return meanOf("lossIncreaseUnderInputNoise", samples, () => {
    for (let i = 0; i < noisy.data.length; i++) noisy.data[i] = inputs.data[i] + noise * stream.normal();
    return meanLoss() - unperturbed;
  });
}

/** Refuses bad options; returns the targets as a matrix. */
function requireOptions(options: InputNoiseOptions): Matrix {
  const { network, loss, parameters, inputs, noise, samples } = options;
  const { parameterCount: p, inputCount: d, outputCount: c } = network;
  const name = "lossIncreaseUnderInputNoise";
  requireThat(parameters.length === p, name, `parameters must have length ${p}`, parameters.length);
  requireFinite(name, "parameters", parameters);
  requireThat(inputs.rows > 0 && inputs.cols === d, name, `inputs must be n×${d} with n ≥ 1`, inputs);
  requireFiniteEntries(name, inputs, "inputs must be finite");
  const { targets: y } = options;
  const targets = y instanceof Float64Array ? { rows: y.length, cols: 1, data: y } : y;
  requireThat(targets.rows === inputs.rows, name, `targets must have ${inputs.rows} rows, as inputs`, targets);
  requireThat(noise > 0 && noise < Infinity, name, "the noise must be positive and finite", noise);
  requireSamples(name, samples, 2);
  loss.check(name, targets, c);
  return targets;
}
