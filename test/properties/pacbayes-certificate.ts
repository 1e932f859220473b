import type { Matrix } from "flat-minima/core";
import { linearNetwork } from "flat-minima/models";
import {
  boundedCrossEntropy,
  certificateGradient,
  certificateObjective,
  type CertificateObjectiveKind,
  type CertificateSamples,
  classificationError,
  dataFreePrior,
  errorsInBallsFromBelow,
  learnedPrior,
  riskCertificate,
  splitForCertificate,
  stochasticError,
  stochasticNetwork,
  trainCertificate,
} from "flat-minima/pacbayes";
import * as fc from "fast-check";
import { matrixOf, positive, stream, vector } from "./arguments";
import {
  at,
  badCount,
  badLength,
  badMatrix,
  badOption,
  badPositive,
  badValues,
  badVector,
  type Corruption,
} from "./corruptions";
import { entry, type Registry } from "./entry";

const small = fc.integer({ min: 1, max: 3 });
const probability = fc.integer({ min: 1, max: 49 }).map((k) => k / 100);
const kind = fc.constantFrom<CertificateObjectiveKind>("fquad", "flamb", "fclassic", "bbb");
const badProbability = (place: string): Record<string, Corruption> => badValues(place, NaN, 0, 1, -0.5, 2);
const OVERFLOW = "an output or a KL divergence that overflows is refused or diverges, by whoever meets it first";

/** Targets of n samples in c classes: ±1 for c = 1, else unit vectors. */
const classes = (n: number, c: number): fc.Arbitrary<Matrix> =>
  fc.array(fc.integer({ min: 0, max: Math.max(1, c - 1) }), { minLength: n, maxLength: n }).map((labels) => {
    const row = (label: number) => (c === 1 ? [2 * label - 1] : Array.from({ length: c }, (_, k) => +(k === label)));
    return { rows: n, cols: c, data: Float64Array.from(labels.flatMap(row)) };
  });

const noClass: Record<string, Corruption> = { "a target that is no class": at("1.data.*", () => 0.5) };
const outputsAndTargets = fc.tuple(small, small).chain(([n, c]) => fc.tuple(matrixOf(n, c), classes(n, c)));

/** A linear network with a split sample, a prior and a posterior. */
const problem = fc.tuple(small, small, fc.integer({ min: 2, max: 4 })).chain(([d, c, n]) => {
  const network = linearNetwork({ inputCount: d, outputCount: c });
  const p = d * c;
  return fc
    .record({
      samples: fc
        .tuple(matrixOf(n, d), classes(n, c))
        .map(([inputs, targets]) => splitForCertificate({ inputs, targets, priorSampleCount: 1 })),
      prior: fc.record({ mean: vector(p), standardDeviation: positive }).map((options) => dataFreePrior(options)),
      posterior: fc.record({ network: fc.constant(network), mean: vector(p), standardDeviation: vector(p, positive) }),
    })
    .map((parts) => ({ network, ...parts }));
});

/** What is wrong with samples at a place. */
const badSamples = (place: string): Record<string, Corruption> => ({
  ...badMatrix(`${place}.inputs`),
  "a column more in the inputs": at(place, ({ inputs: { rows, cols }, targets }) => ({
    inputs: { rows, cols: cols + 1, data: new Float64Array(rows * (cols + 1)) },
    targets,
  })),
  "a target that is no class": at(`${place}.targets.data.*`, () => 0.5),
  "no sample": at(place, ({ inputs, targets }) => ({
    inputs: { rows: 0, cols: inputs.cols, data: new Float64Array(0) },
    targets: { rows: 0, cols: targets.cols, data: new Float64Array(0) },
  })),
});

const badPrior: Record<string, Corruption> = {
  ...badVector("0.prior.mean"),
  ...badPositive("0.prior.standardDeviation"),
  "a prior learned on the certificate's samples": at("0", (all: { prior: object; samples: CertificateSamples }) => ({
    ...all,
    prior: { ...all.prior, learnedFrom: all.samples.forCertificate },
  })),
};

const badProblem: Record<string, Corruption> = {
  ...badPrior,
  ...badSamples("0.samples.forCertificate"),
  ...badOption("0.objective"),
  ...badProbability("0.failureProbability"),
  ...badProbability("0.leastProbability"),
  ...badValues("0.tradeOff", 0, 2, NaN, -1),
};

const badPosterior = (place: string): Record<string, Corruption> => ({
  ...badVector(`${place}.mean`),
  ...badVector(`${place}.standardDeviation`),
  "a deviation of 0": at(`${place}.standardDeviation.*`, () => 0),
  "a negative deviation": at(`${place}.standardDeviation.*`, () => -1),
});

export const pacbayesCertificate: Registry = {
  boundedCrossEntropy: entry(
    boundedCrossEntropy,
    outputsAndTargets.chain(([outputs, targets]) =>
      fc.tuple(fc.constant(outputs), fc.constant(targets), fc.double({ min: 0.01, max: 0.5, noNaN: true })),
    ),
    { refuses: { ...badMatrix("0"), ...noClass, ...badProbability("2") }, overflow: OVERFLOW },
  ),
  classificationError: entry(classificationError, outputsAndTargets, {
    refuses: { ...badMatrix("0"), ...noClass },
    overflow: OVERFLOW,
  }),
  certificateObjective: entry(
    certificateObjective,
    fc.tuple(
      fc.record({
        objective: kind,
        empiricalRisk: fc.double({ min: 0, max: 1, noNaN: true }),
        klDivergence: fc.double({ min: 0, max: 1000, noNaN: true }),
        sampleCount: fc.integer({ min: 1, max: 10_000 }),
        failureProbability: probability,
        tradeOff: fc.integer({ min: 1, max: 199 }).map((k) => k / 100),
      }),
    ),
    {
      refuses: {
        ...badOption("0.objective"),
        ...badValues("0.empiricalRisk", NaN, -0.1, 1.1),
        ...badValues("0.klDivergence", NaN, -1, Infinity),
        ...badCount("0.sampleCount"),
        ...badProbability("0.failureProbability"),
        ...badValues("0.tradeOff", 0, 2, NaN, -1),
      },
    },
  ),
  splitForCertificate: entry(
    splitForCertificate,
    fc.tuple(small, small, small).chain(([n, d, c]) =>
      fc.tuple(
        fc.record({
          inputs: matrixOf(n, d),
          targets: classes(n, c),
          priorSampleCount: fc.integer({ min: 0, max: n - 1 }),
        }),
      ),
    ),
    {
      refuses: {
        ...badMatrix("0.inputs"),
        "a target that is no class": at("0.targets.data.*", () => 0.5),
        "nothing left": at("0.priorSampleCount", (_, [{ inputs }]) => (inputs as Matrix).rows),
        ...badValues("0.priorSampleCount", -1, 0.5, NaN),
      },
      overflow: OVERFLOW,
    },
  ),
  dataFreePrior: entry(
    dataFreePrior,
    small.chain((p) => fc.tuple(fc.record({ mean: vector(p), standardDeviation: positive }))),
    {
      refuses: {
        "no parameters": at("0.mean", () => new Float64Array(0)),
        "NaN in the mean": at("0.mean.*", () => NaN),
        ...badPositive("0.standardDeviation"),
      },
    },
  ),
  learnedPrior: entry(
    learnedPrior,
    fc.tuple(problem, stream, fc.integer({ min: 1, max: 3 })).map(([{ network, samples, prior }, random, steps]) => [
      {
        network,
        samples,
        start: prior.mean,
        standardDeviation: 0.1,
        steps,
        learningRate: 0.1,
        batchSize: 1,
        stream: random,
      },
    ]),
    {
      refuses: {
        ...badSamples("0.samples.forPrior"),
        "no samples for the prior": at("0.samples.forPrior", () => undefined),
        ...badVector("0.start"),
        ...badPositive("0.standardDeviation"),
        ...badPositive("0.learningRate"),
        ...badCount("0.steps"),
        ...badCount("0.batchSize"),
      },
      overflow: OVERFLOW,
    },
  ),
  stochasticNetwork: entry(
    stochasticNetwork,
    problem.map(({ posterior }) => [posterior]),
    { refuses: badPosterior("0"), overflow: OVERFLOW, use: ({ mean, standardDeviation }) => [mean, standardDeviation] },
  ),
  stochasticError: entry(
    stochasticError,
    fc
      .tuple(problem, stream, fc.integer({ min: 2, max: 5 }))
      .map(([{ posterior, samples }, random, draws]) => [
        posterior,
        samples.forCertificate,
        { draws, samplesPerDraw: 1, stream: random },
      ]),
    {
      refuses: {
        ...badPosterior("0"),
        ...badSamples("1"),
        ...badCount("2.draws", 2),
        ...badCount("2.samplesPerDraw"),
        "more samples than there are": at("2.samplesPerDraw", () => 10),
      },
      overflow: OVERFLOW,
    },
  ),
  errorsInBallsFromBelow: entry(
    errorsInBallsFromBelow,
    problem.map(({ network, posterior, samples }) => [
      {
        ...{ network, parameters: posterior.mean, samples: samples.forCertificate, radii: [0.5, 2] },
        ...{ directions: [posterior.standardDeviation], maxIterations: 2 },
      },
    ]),
    {
      refuses: {
        ...badSamples("0.samples"),
        ...badVector("0.parameters"),
        ...badVector("0.directions.*"),
        "a direction of 0": at("0.directions.*", (direction: Float64Array) => direction.map(() => 0)),
        ...badPositive("0.radii.*"),
        "no radius": at("0.radii", () => []),
        ...badCount("0.maxIterations"),
      },
      overflow: OVERFLOW,
    },
  ),
  certificateGradient: entry(
    certificateGradient,
    fc
      .tuple(problem, kind, probability)
      .map(([{ network, prior, samples }, objective, delta]) => [
        { network, prior, samples, objective, failureProbability: delta, leastProbability: delta, tradeOff: 1 },
      ]),
    {
      use: ({ at: step, start }, [{ network }]) => step(start, [0], new Float64Array(network.parameterCount).fill(0.5)),
      refuses: badProblem,
      overflow: OVERFLOW,
    },
  ),
  "certificateGradient, at": entry(
    (posterior: Float64Array, batch: number[], noise: Float64Array) => {
      const inputs = { rows: 2, cols: 2, data: Float64Array.of(1, 2, -1, 0.5) };
      return certificateGradient({
        network: linearNetwork({ inputCount: 2 }),
        prior: dataFreePrior({ mean: Float64Array.of(0.5, -1) }),
        samples: splitForCertificate({ inputs, targets: Float64Array.of(1, -1) }),
      }).at(posterior, batch, noise);
    },
    fc.tuple(vector(4), fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 3 }), vector(2)),
    {
      refuses: {
        ...badVector("0"),
        ...badLength("2"),
        ...badVector("2"),
        "no batch": at("1", () => []),
        "a sample that is not there": at("1.*", () => 2),
      },
      overflow: OVERFLOW,
    },
  ),
  trainCertificate: entry(
    trainCertificate,
    fc
      .tuple(problem, kind, probability, stream, fc.integer({ min: 1, max: 3 }))
      .map(([{ network, prior, samples, posterior }, objective, delta, random, steps]) => [
        {
          ...{ network, prior, samples, objective, failureProbability: delta, leastProbability: delta, tradeOff: 1 },
          start: { mean: posterior.mean, standardDeviation: posterior.standardDeviation },
          ...{ steps, batchSize: 1, learningRate: 0.1, every: 1, stream: random },
        },
      ]),
    {
      refuses: {
        ...badProblem,
        ...badPosterior("0.start"),
        ...badCount("0.steps"),
        ...badCount("0.batchSize"),
        ...badCount("0.every"),
        ...badPositive("0.learningRate"),
      },
      overflow: OVERFLOW,
    },
  ),
  riskCertificate: entry(
    riskCertificate,
    fc
      .tuple(problem, probability, probability, stream, fc.integer({ min: 2, max: 5 }))
      .map(([{ prior, samples, posterior }, delta, other, random, draws]) => [
        {
          ...{ posterior, prior, samples, failureProbability: delta, monteCarloFailureProbability: other },
          ...{ draws, samplesPerDraw: 1, stream: random },
        },
      ]),
    {
      refuses: {
        ...badPrior,
        ...badSamples("0.samples.forCertificate"),
        ...badPosterior("0.posterior"),
        ...badProbability("0.failureProbability"),
        ...badProbability("0.monteCarloFailureProbability"),
        ...badCount("0.draws", 2),
        ...badCount("0.samplesPerDraw"),
      },
      overflow: OVERFLOW,
    },
  ),
};
