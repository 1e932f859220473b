import { breathe, randomStream, requireThat, trace } from "../core";
import { hypercubeXor } from "../data";
import { initialParameters, twoLayer, type TwoLayerStructure } from "../models";
import { oneSampleSam } from "../sam";
import type { Experiment } from "./experiment";
import { requireFields, requireInteger, requirePositive } from "./requirements";

/** 1-SAM on the square loss of a two-layer ReLU network, on labels x₁x₂ of the hypercube. */
export interface XorOneSampleSamConfiguration {
  readonly structure: TwoLayerStructure;
  /** ε of the simplified layer norm, null for the other structures. */
  readonly layerNormEpsilon: number | null;
  /** d. */
  readonly dimension: number;
  /** n. */
  readonly sampleCount: number;
  /** m. */
  readonly width: number;
  /** s: weights and biases start uniform between ±s/√d, output weights between ±s/√m. */
  readonly initializationScale: number;
  readonly learningRate: number;
  readonly perturbationRadius: number;
  readonly steps: number;
}

/** The network after the last step. */
export interface XorOneSampleSamResult {
  /** (1/n) Σ_i (f(x_i) - y_i)². */
  readonly trainingLoss: number;
  /** Tr G = (1/n) Σ_i ‖∇f(x_i)‖²: half the trace of the Hessian of that loss, at an interpolating solution. */
  readonly traceG: number;
  /** The share of 2,000 fresh points whose label has the sign of f; f = 0 counts as wrong. Its standard error: 0.011. */
  readonly testAccuracy: number;
}

const NAME = "xor-one-sample-sam";
const TEST_COUNT = 2000;
const BETWEEN_BREATHS = 10_000;

/** The recipe of the three scenarios: a rate and a radius at which each of them interpolates. */
const SCENARIOS = [
  { structure: "no bias", layerNormEpsilon: null, learningRate: 0.003, perturbationRadius: 0.2 },
  { structure: "bias", layerNormEpsilon: null, learningRate: 0.003, perturbationRadius: 0.2 },
  { structure: "simplified layer norm", layerNormEpsilon: 0.01, learningRate: 0.02, perturbationRadius: 1.5 },
] as const;

/**
 * Claims P7 and N6: which of SAM's flat minima generalize, over the sample size and seeds.
 *
 * The training is the same bits on every machine, and the evaluation asks for that, too.
 */
export const xorOneSampleSam: Experiment<XorOneSampleSamConfiguration, XorOneSampleSamResult> = {
  name: NAME,
  description: "test accuracy and Tr G of 1-SAM on hypercube XOR, in three structures, over n (P7, N6)",
  version: 1,
  tolerance: 0,
  grid: [60, 100, 200, 400].flatMap((sampleCount) =>
    SCENARIOS.map((scenario) => ({
      configuration: {
        ...scenario,
        dimension: 30,
        sampleCount,
        width: 100,
        initializationScale: 3,
        steps: 200_000,
      },
      seeds: [0, 1, 2, 3, 4, 5, 6, 7],
    })),
  ),

  validate(functionName, configuration) {
    requireFields(functionName, configuration, [
      "structure",
      "layerNormEpsilon",
      "dimension",
      "sampleCount",
      "width",
      "initializationScale",
      "learningRate",
      "perturbationRadius",
      "steps",
    ]);
    const { structure, layerNormEpsilon, dimension, sampleCount, width, steps } = configuration;
    const { initializationScale, learningRate, perturbationRadius } = configuration;
    const known = structure === "no bias" || structure === "bias" || structure === "simplified layer norm";
    const structures = 'structure must be "no bias", "bias" or "simplified layer norm"';
    requireThat(known, functionName, structures, structure);
    if (structure === "simplified layer norm") requirePositive(functionName, "layerNormEpsilon", layerNormEpsilon);
    else {
      const requirement = `layerNormEpsilon must be null with the structure "${structure}"`;
      requireThat(layerNormEpsilon === null, functionName, requirement, layerNormEpsilon);
    }
    requireInteger(functionName, "dimension", dimension, 2, 1e4);
    requireInteger(functionName, "sampleCount", sampleCount, 1, 1e5);
    requireInteger(functionName, "width", width, 1, 1e5);
    requirePositive(functionName, "initializationScale", initializationScale);
    requirePositive(functionName, "learningRate", learningRate);
    const radius = typeof perturbationRadius === "number" && perturbationRadius >= 0 && perturbationRadius < Infinity;
    requireThat(radius, functionName, "perturbationRadius must be finite and not negative", perturbationRadius);
    requireInteger(functionName, "steps", steps, 0, 1e9);
    return {
      structure,
      layerNormEpsilon,
      dimension,
      sampleCount,
      width,
      initializationScale,
      learningRate,
      perturbationRadius,
      steps,
    };
  },

  async run(configuration, seed) {
    const { structure, layerNormEpsilon, dimension, sampleCount, width, steps } = configuration;
    const { inputs, targets } = hypercubeXor({ dimension, sampleCount, stream: randomStream(seed, NAME, "data") });
    const epsilon = layerNormEpsilon === null ? {} : { layerNormEpsilon };
    const network = twoLayer({ inputCount: dimension, width, structure, activation: "relu", ...epsilon });
    const scheme = { scheme: "uniform", gain: configuration.initializationScale } as const;
    const trainer = oneSampleSam({
      structure,
      ...epsilon,
      width,
      inputs,
      targets,
      start: initialParameters(network, randomStream(seed, NAME, "initialisation"), scheme),
      learningRate: configuration.learningRate,
      perturbationRadius: configuration.perturbationRadius,
      loss: "square",
      stream: randomStream(seed, NAME, "training"),
    });
    while (trainer.step < steps) {
      trainer.advance(Math.min(BETWEEN_BREATHS, steps - trainer.step));
      await breathe();
    }
    const theta = trainer.parameters();
    const evaluation = network.evaluate(theta, inputs, { reproducible: true });
    const squares = evaluation.outputs.data.map((output, i) => (output - targets[i]) ** 2);
    const stream = randomStream(seed, NAME, "test");
    const fresh = hypercubeXor({ dimension, sampleCount: TEST_COUNT, stream });
    const { outputs } = network.evaluate(theta, fresh.inputs, { reproducible: true });
    return {
      trainingLoss: squares.reduce((sum, square) => sum + square, 0) / sampleCount,
      traceG: trace(evaluation.gramMatrix()) / sampleCount,
      testAccuracy: outputs.data.filter((output, i) => output * fresh.targets[i] > 0).length / TEST_COUNT,
    };
  },
};
