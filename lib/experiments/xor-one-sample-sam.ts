import { breathe, DivergenceError, randomStream } from "../core";
import { oneSampleSam } from "../sam";
import type { Experiment } from "./experiment";
import { requireFields, requireInteger, requireNonNegative, requirePositive } from "./requirements";
import { requireXorTraining, XOR_TRAINING_FIELDS, type XorFit, type XorTraining, xorTraining } from "./xor-training";

/** 1-SAM on the square loss of a two-layer ReLU network, on labels x₁x₂ of the hypercube. */
export interface XorOneSampleSamConfiguration extends XorTraining {
  readonly learningRate: number;
  readonly perturbationRadius: number;
  readonly steps: number;
  /** How many networks are trained, each on a sample of its own, from a start of its own. */
  readonly draws: number;
}

/** Where a run of 1-SAM ended. */
export type XorOneSampleSamEnd =
  { readonly ended: "diverged"; readonly step: number } | ({ readonly ended: "trained" } & Omit<XorFit, "firing">);

/** The networks after the last step, in the order of the draws. */
export interface XorOneSampleSamResult {
  readonly runs: readonly XorOneSampleSamEnd[];
}

const NAME = "xor-one-sample-sam";
const BETWEEN_BREATHS = 10_000;

/** The talk's dimension. */
const DIMENSION = 30;

/**
 * The recipes of the three scenarios, tuned at n = 100, m = 100, s = 3, where each of them interpolates. `time` is
 * learning rate × steps: 2·10⁵ steps without bias, where 4·10⁴ are not enough at large s or small ρ, else 8·10⁴.
 */
const SCENARIOS = [
  { structure: "no bias", layerNormEpsilon: null, largestRate: 0.003, radius: 0.2, time: 600 },
  { structure: "bias", layerNormEpsilon: null, largestRate: 0.003, radius: 0.2, time: 240 },
  { structure: "simplified layer norm", layerNormEpsilon: 0.01, largestRate: 0.02, radius: 1.5, time: 1600 },
] as const;

/** base·2^e for each exponent e, to three digits. */
const powers = (base: number, exponents: readonly number[]): number[] =>
  exponents.map((exponent) => Number((base * 2 ** exponent).toPrecision(3)));

/**
 * (n, m, s, and ρ over the recipe's radius) of three diagrams: (n, s) and (ρ, s) through the recipe, and (m, s) at
 * n = 141, where the net with bias generalizes at some widths and not at others. Where diagrams cross, a point is in both
 * and listed once.
 */
const PLANE_POINTS = [
  ...powers(100, [-1, -0.5, 0, 0.5, 1, 1.5, 2]).flatMap((n) =>
    powers(3, [-2, -1.5, -1, -0.5, 0, 0.5]).map((scale) => ({ n: Math.round(n), m: 100, scale, factor: 1 })),
  ),
  ...powers(1, [-4, -3, -2, -1, 0, 1]).flatMap((factor) =>
    powers(3, [-3, -2, -1, 0, 1]).map((scale) => ({ n: 100, m: 100, scale, factor })),
  ),
  ...powers(100, [-4, -3, -2, -1, 0, 1]).flatMap((m) =>
    powers(3, [-2, -1, 0, 1]).map((scale) => ({ n: 141, m: Math.floor(m), scale, factor: 1 })),
  ),
].filter((point, k, all) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(point)) === k);

/**
 * A point of a diagram in one scenario. The learning rate is the recipe's where that is at most 0.6/Tr G of the start,
 * and 0.6/Tr G beyond it, where the recipe's would diverge (the limit is about 1/Tr G; 0.6 is the recipe's own product,
 * tuned); the steps grow as it shrinks. The start's Tr G is, in the mean and for large m, s²(m + d)/6 without and
 * 1 + d/m with layer norm.
 */
function configurationAt(
  { n, m, scale, factor }: (typeof PLANE_POINTS)[number],
  { structure, layerNormEpsilon, largestRate, radius, time }: (typeof SCENARIOS)[number],
): XorOneSampleSamConfiguration {
  const startTrace = layerNormEpsilon === null ? (scale ** 2 * (m + DIMENSION)) / 6 : 1 + DIMENSION / m;
  const learningRate = Number(Math.min(largestRate, 0.6 / startTrace).toPrecision(2));
  return {
    structure,
    layerNormEpsilon,
    dimension: DIMENSION,
    sampleCount: n,
    width: m,
    initializationScale: scale,
    learningRate,
    perturbationRadius: Number((radius * factor).toPrecision(3)),
    steps: Math.round(time / learningRate),
    draws: 6,
  };
}

/**
 * Claim N6: which of SAM's flat minima generalize, over the sample size, the scale of the start, ρ and the width. Claim
 * P7 is the recipe's own point. Draw k of a seed has the same sample (a prefix, for smaller n) and test points in all
 * cells. A diverged run is a result, not an error.
 *
 * The training is the same bits on every machine, and the evaluation asks for that, too.
 */
export const xorOneSampleSam: Experiment<XorOneSampleSamConfiguration, XorOneSampleSamResult> = {
  name: NAME,
  description: "test accuracy and Tr G of 1-SAM on hypercube XOR over n, start, ρ and width, six draws a cell (P7, N6)",
  version: 2,
  tolerance: 0,
  grid: PLANE_POINTS.flatMap((point) =>
    SCENARIOS.map((scenario) => ({ configuration: configurationAt(point, scenario), seeds: [0] })),
  ),

  validate(functionName, configuration) {
    requireFields(functionName, configuration, [
      ...XOR_TRAINING_FIELDS,
      "learningRate",
      "perturbationRadius",
      "steps",
      "draws",
    ]);
    const training = requireXorTraining(functionName, configuration);
    const { learningRate, perturbationRadius, steps, draws } = configuration;
    requirePositive(functionName, "learningRate", learningRate);
    requireNonNegative(functionName, "perturbationRadius", perturbationRadius);
    requireInteger(functionName, "steps", steps, 0, 1e9);
    requireInteger(functionName, "draws", draws, 1, 1e4);
    return { ...training, learningRate, perturbationRadius, steps, draws };
  },

  async run(configuration, seed) {
    const runs: XorOneSampleSamEnd[] = [];
    for (let draw = 0; draw < configuration.draws; draw++) runs.push(await trainedNetwork(configuration, seed, draw));
    return { runs };
  },
};

async function trainedNetwork(
  configuration: XorOneSampleSamConfiguration,
  seed: number,
  draw: number,
): Promise<XorOneSampleSamEnd> {
  const { structure, layerNormEpsilon, width, learningRate, perturbationRadius, steps } = configuration;
  const { samples, start, order, fit } = xorTraining(configuration, (purpose) =>
    randomStream(seed, NAME, purpose, draw),
  );
  const trainer = oneSampleSam({
    structure,
    ...(layerNormEpsilon !== null && { layerNormEpsilon }),
    width,
    ...samples,
    start,
    learningRate,
    perturbationRadius,
    loss: "square",
    stream: order,
  });
  try {
    while (trainer.step < steps) {
      trainer.advance(Math.min(BETWEEN_BREATHS, steps - trainer.step));
      await breathe();
    }
  } catch (error) {
    if (error instanceof DivergenceError) return { ended: "diverged", step: error.step };
    throw error;
  }
  const { trainingLoss, traceG, testAccuracy } = fit(trainer.parameters());
  return { ended: "trained", trainingLoss, traceG, testAccuracy };
}
