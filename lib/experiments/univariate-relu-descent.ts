import { DivergenceError, matrix, randomStream, requireThat } from "../core";
import { trainUnivariateRelu } from "../stability";
import type { Experiment } from "./experiment";
import { requireFields, requireInteger, requirePositive } from "./requirements";

/** Gradient descent of a univariate ReLU network. */
export interface UnivariateReluDescentConfiguration {
  /** x (n). */
  readonly inputs: readonly number[];
  /** y (n). */
  readonly targets: readonly number[];
  /** m. */
  readonly width: number;
  /** All of w, b and v start as normal numbers of this standard deviation, c₀ at 0. */
  readonly initializationScale: number;
  /** η. */
  readonly learningRate: number;
  readonly steps: number;
}

/** Where the run ended. */
export interface UnivariateReluDescentResult {
  /** "interpolated": the loss (1/2n) Σ (f(x_i) − y_i)² is below 1e-8; "diverged": it left the finite numbers. */
  readonly ended: "interpolated" | "not interpolated" | "diverged";
  /** The step at which it ended: before the last one where it diverged, or no step changed anything any more. */
  readonly step: number;
  /** null where it diverged. */
  readonly loss: number | null;
  /** θ = (w, b, v, c₀) (3m + 1); null where it diverged. */
  readonly parameters: readonly number[] | null;
}

const NAME = "univariate-relu-descent";
const FIELDS = ["inputs", "targets", "width", "initializationScale", "learningRate", "steps"];
const INTERPOLATES = 1e-8;

/**
 * Claim R8: which function gradient descent finds, over the learning rate.
 *
 * The training is the same bits on every machine.
 */
export const univariateReluDescent: Experiment<UnivariateReluDescentConfiguration, UnivariateReluDescentResult> = {
  name: NAME,
  description: "the univariate ReLU networks that gradient descent finds, over the learning rate (R8)",
  version: 1,
  tolerance: 0,
  grid: [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8].map((learningRate) => ({
    configuration: {
      inputs: [-1, -0.6, -0.2, 0.2, 0.6, 1],
      targets: [0.5, -0.5, 0.5, 0.5, -0.5, 0.5],
      width: 100,
      initializationScale: 0.2,
      learningRate,
      steps: 300_000,
    },
    seeds: [0, 1, 2, 3, 4, 5, 6, 7],
  })),

  validate(functionName, configuration) {
    requireFields(functionName, configuration, FIELDS);
    const { inputs, targets, width, initializationScale, learningRate, steps } = configuration;
    requireNumbers(functionName, "inputs", inputs);
    requireNumbers(functionName, "targets", targets);
    requireThat(
      targets.length === inputs.length,
      functionName,
      `targets must have length ${inputs.length}`,
      targets.length,
    );
    requireInteger(functionName, "width", width, 1, 1e4);
    requirePositive(functionName, "initializationScale", initializationScale);
    requirePositive(functionName, "learningRate", learningRate);
    requireInteger(functionName, "steps", steps, 0, 1e8);
    return { inputs, targets, width, initializationScale, learningRate, steps };
  },

  async run({ inputs, targets, width, initializationScale, learningRate, steps }, seed) {
    const normals = randomStream(seed, NAME, "initialisation").normals(3 * width);
    const start = Float64Array.from([...normals.map((value) => initializationScale * value), 0]);
    const samples = { inputs: matrix(inputs.map((x) => [x])), targets: Float64Array.from(targets) };
    try {
      const { parameters, loss, step } = await trainUnivariateRelu({ ...samples, start, learningRate, steps });
      const ended = loss < INTERPOLATES ? "interpolated" : "not interpolated";
      return { ended, step, loss, parameters: Array.from(parameters) };
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      return { ended: "diverged", step: error.step, loss: null, parameters: null };
    }
  },
};

function requireNumbers(functionName: string, field: string, value: unknown): asserts value is number[] {
  const valid = Array.isArray(value) && value.length > 0 && value.every((entry) => Number.isFinite(entry));
  requireThat(valid, functionName, `${field} must be a list of finite numbers`, value);
}
