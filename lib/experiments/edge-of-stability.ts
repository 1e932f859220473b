import { randomStream, requireThat } from "../core";
import { gaussianInputs, type Samples } from "../data";
import { multilayerPerceptron } from "../models";
import type { LearningRatePhase } from "../stability";
import type { Experiment } from "./experiment";
import { requireFields, requireInteger, requirePositive } from "./requirements";
import { sharpnessAlongDescent, type SharpnessAlongDescent } from "./sharpness-along-descent";

/** Full-batch gradient descent of a tanh perceptron on y = a z(x₁) x₂ + b x₃, z a triangle wave, at inputs from N(0, I). */
export interface EdgeOfStabilityConfiguration {
  /** n. */
  readonly sampleCount: number;
  /** d ≥ 3. */
  readonly dimension: number;
  /** a. */
  readonly amplitude: number;
  /** The period of z, which lies between −1 and 1: the shorter, the rougher the target. */
  readonly period: number;
  /** b. */
  readonly linearPart: number;
  /** The numbers of units of the hidden layers. */
  readonly hiddenWidths: readonly number[];
  /** g: weights start normal with variance g²/m for m inputs of a layer, biases at 0. */
  readonly initializationGain: number;
  /** The learning rates, one after the other. */
  readonly schedule: readonly LearningRatePhase[];
  /** Look at the steps that are multiples of this. */
  readonly every: number;
}

/** What was seen along the run. */
export type EdgeOfStabilityResult = SharpnessAlongDescent;

const NAME = "edge-of-stability";
const FIELDS = [
  "sampleCount",
  "dimension",
  "amplitude",
  "period",
  "linearPart",
  "hiddenWidths",
  "initializationGain",
  "schedule",
  "every",
] as const;

/** Three coordinates matter; tanh in four hidden layers makes sharpness climb in thousands of steps, not in millions. */
const RECIPE = { sampleCount: 150, dimension: 3, hiddenWidths: [16, 16, 16, 16], initializationGain: 0.8 } as const;
const ROUGH = { ...RECIPE, amplitude: 1.5, period: 2, linearPart: 0 };
const SMOOTH = { ...RECIPE, amplitude: 1, period: 6, linearPart: 1 };

/** Table 1's rates, and its two rows: a task on which sharpness gets to 200, and one on which it does not. */
const TABLE = [ROUGH, SMOOTH].flatMap((task) =>
  [200, 40, 20, 4, 2].map((edge) => ({
    configuration: { ...task, schedule: [{ learningRate: 2 / edge, steps: 20_000 }], every: 500 },
    seeds: [0, 1, 2, 3, 4],
  })),
);

/** The rate cut from 2/200 to 2/300, and not cut, after long enough for all seeds to be at the edge before and after. */
const CUT = [300, 200].map((edge) => ({
  configuration: {
    ...ROUGH,
    schedule: [
      { learningRate: 2 / 200, steps: 24_000 },
      { learningRate: 2 / edge, steps: 48_000 },
    ],
    every: 500,
  },
  seeds: [0, 1, 2, 3, 4, 5, 6, 7],
}));

/**
 * Claims W22 and W23/R2: sharpness over the learning rate, and what it does when the rate is cut, over seeds.
 *
 * The training is the same bits on every machine, the sharpness is the engine's.
 */
export const edgeOfStability: Experiment<EdgeOfStabilityConfiguration, EdgeOfStabilityResult> = {
  name: NAME,
  description: "loss and sharpness of full-batch gradient descent over η, and after η is cut (W22, W23/R2)",
  version: 1,
  tolerance: 1e-5,
  grid: [...TABLE, ...CUT],

  validate(functionName, configuration) {
    requireFields(functionName, configuration, FIELDS);
    const { sampleCount, dimension, amplitude, period, linearPart, hiddenWidths, schedule, every } = configuration;
    const { initializationGain } = configuration;
    requireInteger(functionName, "sampleCount", sampleCount, 1, 1e5);
    requireInteger(functionName, "dimension", dimension, 3, 1e4);
    requirePositive(functionName, "amplitude", amplitude);
    requirePositive(functionName, "period", period);
    const finite = typeof linearPart === "number" && Number.isFinite(linearPart);
    requireThat(finite, functionName, "linearPart must be finite", linearPart);
    requireThat(Array.isArray(hiddenWidths), functionName, "hiddenWidths must be a list", hiddenWidths);
    const widths = (hiddenWidths as unknown[]).map((width) => {
      requireInteger(functionName, "a hidden width", width, 1, 1e4);
      return width;
    });
    requirePositive(functionName, "initializationGain", initializationGain);
    const phased = Array.isArray(schedule) && schedule.length > 0;
    requireThat(phased, functionName, "schedule must be a list of phases", schedule);
    const phases = (schedule as unknown[]).map((phase) => {
      requireFields(functionName, phase, ["learningRate", "steps"]);
      const { learningRate, steps } = phase;
      requirePositive(functionName, "learningRate", learningRate);
      requireInteger(functionName, "steps", steps, 1, 1e9);
      return { learningRate, steps };
    });
    requireInteger(functionName, "every", every, 1, 1e9);
    return {
      sampleCount,
      dimension,
      amplitude,
      period,
      linearPart: linearPart,
      hiddenWidths: widths,
      initializationGain,
      schedule: phases,
      every,
    };
  },

  run(configuration, seed) {
    const { dimension, hiddenWidths, initializationGain, schedule, every } = configuration;
    const network = multilayerPerceptron({ widths: [dimension, ...hiddenWidths, 1], activation: "tanh" });
    const samples = samplesOf(configuration, seed);
    return sharpnessAlongDescent({ name: NAME, seed, network, samples, initializationGain, schedule, every });
  },
};

/** The samples of a seed. The triangle wave is arithmetic: the sine of the host need not be the same bits everywhere. */
function samplesOf(configuration: EdgeOfStabilityConfiguration, seed: number): Samples {
  const { sampleCount, dimension, amplitude, period, linearPart } = configuration;
  const inputs = gaussianInputs({ sampleCount, dimension, stream: randomStream(seed, NAME, "inputs") });
  const targets = Float64Array.from({ length: sampleCount }, (_, i) => {
    const [x1, x2, x3] = inputs.data.subarray(i * dimension, i * dimension + 3);
    return amplitude * triangleWave(x1 / period) * x2 + linearPart * x3;
  });
  return { inputs, targets };
}

/** Of period 1 and between −1 and 1, as sin(2πu): 0 at 0, 1 at ¼, 0 at ½, −1 at ¾. */
function triangleWave(u: number): number {
  const shifted = u + 0.25;
  return 1 - 4 * Math.abs(shifted - Math.floor(shifted) - 0.5);
}
