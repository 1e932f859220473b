import type { Matrix } from "flat-minima/core";
import {
  adam,
  adaptiveSam,
  batchNoiseFactor,
  drawBatch,
  enumerateBatches,
  gradientDescent,
  gradientFlow,
  linearizedStochasticGradientDescent,
  noisyGradientDescent,
  quadraticGradientFlow,
  runTrajectory,
  sam,
  stochasticAdam,
  stochasticGradientDescent,
  stochasticSam,
  type Trainer,
  type UpdateMap,
} from "flat-minima/optimizers";
import * as fc from "fast-check";
import { batchRule, gramOf, matrixOf, positive, size, stream, symmetricOf, vector } from "./arguments";
import {
  at,
  badCount,
  badEntries,
  badMatrix,
  badNonNegative,
  badOption,
  badPositive,
  badSymmetric,
  badValues,
  badVector,
  type Corruption,
} from "./corruptions";
import { type Entry, entry, type Registry } from "./entry";

const DIMENSION = 2;
const NAMED = "runTrajectory looks for infinities and NaN, and names the step";
const learningRate = fc.integer({ min: 1, max: 50 }).map((k) => k / 100);
const theta = (): Float64Array => new Float64Array(DIMENSION).fill(1);

const gradient = fc.constantFrom((x: Float64Array) => x.map((value) => 2 * value));
const batchGradient = fc.constantFrom((x: Float64Array, batch: readonly number[]) =>
  x.map((value) => value * (1 + batch[0])),
);

const scheme = size.chain((sampleCount) => batchRule(sampleCount).map((rule) => ({ sampleCount, ...rule })));
const badScheme = (place: string): Record<string, Corruption> => ({
  ...badCount(`${place}.sampleCount`),
  ...badCount(`${place}.batchSize`),
  ...badOption(`${place}.sampling`),
  "a batch larger than the data": at(place, (rule) => ({
    ...rule,
    batchSize: rule.sampleCount + 1,
    sampling: "without replacement",
  })),
});
const wrongGradient = (name: string): Record<string, Corruption> => ({
  "a gradient of another length": at(`0.${name}`, () => () => new Float64Array(DIMENSION + 1)),
});
const twoSteps = (update: UpdateMap): Float64Array[] => [update(theta()), update(theta())];

/** An optimizer of a full gradient and its numbers, by what they may not be. */
function map(call: (options: any) => UpdateMap, numbers: Record<string, typeof badPositive>): Entry {
  const values = Object.fromEntries(Object.keys(numbers).map((name) => [name, fc.constant(0.25)]));
  return entry(call, fc.tuple(fc.record({ gradient, ...values }) as fc.Arbitrary<any>), {
    use: twoSteps,
    refuses: Object.assign({}, ...Object.entries(numbers).map(([name, bad]) => bad(`0.${name}`))),
    refusesInUse: wrongGradient("gradient"),
    overflow: NAMED,
  });
}

/** The same on random batches. */
function stochasticMap(call: (options: any) => UpdateMap, numbers: Record<string, typeof badPositive>): Entry {
  const values = Object.fromEntries(Object.keys(numbers).map((name) => [name, fc.constant(0.25)]));
  const options = scheme.chain((rule) =>
    (fc.record({ batchGradient, stream, ...values }) as fc.Arbitrary<any>).map((rest) => ({ ...rest, ...rule })),
  );
  return entry(call, fc.tuple(options), {
    use: twoSteps,
    refuses: Object.assign({}, badScheme("0"), ...Object.entries(numbers).map(([name, bad]) => bad(`0.${name}`))),
    refusesInUse: wrongGradient("batchGradient"),
    overflow: NAMED,
  });
}

const badDecay = (place: string): Record<string, Corruption> => badValues(place, NaN, -0.1, 1);
const adamNumbers = {
  learningRate: badPositive,
  meanDecay: badDecay,
  squareDecay: badDecay,
  offset: badPositive,
};
const samNumbers = { learningRate: badPositive, perturbationRadius: badNonNegative, weightDecay: badNonNegative };

const badTimes: Record<string, Corruption> = {
  ...badValues("0.times.*", NaN, Infinity, -1),
  "times that descend": at("0.times", () => [1, 0.5]),
};

const noisy = (
  noise: fc.Arbitrary<any>,
  refuses: Record<string, Corruption>,
  inUse: Record<string, Corruption>,
): Entry =>
  entry(
    noisyGradientDescent,
    fc.tuple(fc.record({ gradient, learningRate, weightDecay: learningRate, noise, stream })),
    {
      use: twoSteps,
      refuses: { ...badPositive("0.learningRate"), ...badNonNegative("0.weightDecay"), ...refuses },
      refusesInUse: { ...wrongGradient("gradient"), ...inUse },
      overflow: NAMED,
    },
  );

const badRun: Record<string, Corruption> = {
  ...badCount("2.steps", 0),
  ...badCount("2.every"),
  ...badCount("2.observers.size.every"),
  ...badOption("2.ifStopped"),
};
const halving = (step: number): Trainer => {
  let parameters = Float64Array.of(1);
  return {
    step,
    advance: (steps) => void (parameters = parameters.map((value) => value / 2 ** steps)),
    parameters: () => parameters.slice(),
  };
};

export const optimizers: Registry = {
  batchNoiseFactor: entry(batchNoiseFactor, fc.tuple(scheme), { refuses: badScheme("0") }),
  enumerateBatches: entry(enumerateBatches, fc.tuple(scheme), {
    refuses: {
      ...badScheme("0"),
      "over a million batches": at("0", () => ({ sampleCount: 40, batchSize: 20, sampling: "without replacement" })),
    },
  }),
  drawBatch: entry(drawBatch, fc.tuple(stream, scheme), { refuses: badScheme("1") }),

  gradientDescent: map(gradientDescent, { learningRate: badPositive, weightDecay: badNonNegative }),
  stochasticGradientDescent: stochasticMap(stochasticGradientDescent, {
    learningRate: badPositive,
    weightDecay: badNonNegative,
  }),
  sam: map(sam, samNumbers),
  stochasticSam: stochasticMap(stochasticSam, samNumbers),
  adaptiveSam: map(adaptiveSam, { ...samNumbers, scaleOffset: badNonNegative }),
  adam: map(adam, adamNumbers),
  "adam, another length at a later step": entry(
    (second: Float64Array) => {
      const step = adam({ gradient: (x) => x });
      step(theta());
      return step(second);
    },
    fc.tuple(vector(DIMENSION)),
    { refuses: { "a parameter more": at("0", () => new Float64Array(DIMENSION + 1)) }, overflow: NAMED },
  ),
  stochasticAdam: stochasticMap(stochasticAdam, adamNumbers),
  linearizedStochasticGradientDescent: entry(
    linearizedStochasticGradientDescent,
    size.chain((n) =>
      fc
        .tuple(fc.record({ gram: gramOf(n), learningRate, stream }), batchRule(n))
        .map(
          ([options, rule]) => [{ ...options, ...rule }] as [Parameters<typeof linearizedStochasticGradientDescent>[0]],
        ),
    ),
    {
      use: (update, [{ gram }]) => update(new Float64Array(gram.rows).fill(1)),
      refuses: {
        ...badSymmetric("0.gram"),
        ...badPositive("0.learningRate"),
        ...badCount("0.batchSize"),
        ...badOption("0.sampling"),
      },
      overflow: NAMED,
    },
  ),
  "linearizedStochasticGradientDescent, residuals": entry(
    (residuals: Float64Array, options: Parameters<typeof linearizedStochasticGradientDescent>[0]) =>
      linearizedStochasticGradientDescent(options)(residuals),
    size.chain((n) =>
      fc.tuple(
        vector(n),
        fc.record({
          gram: gramOf(n),
          learningRate,
          stream,
          batchSize: fc.constant(1),
          sampling: fc.constant("with replacement" as const),
        }),
      ),
    ),
    {
      refuses: {
        "a residual more": at("0", (e: Float64Array) => new Float64Array(e.length + 1)),
        "a residual less": at("0", (e: Float64Array) => e.slice(1)),
      },
      overflow: NAMED,
    },
  ),
  noisyGradientDescent: noisy(
    fc.record({ covariance: gramOf(DIMENSION) }),
    {
      ...badSymmetric("0.noise.covariance"),
      "a negative variance": at("0.noise.covariance.data", (data: Float64Array) => data.map((value) => -value)),
      "no noise": at("0.noise", () => ({})),
    },
    {
      "a covariance of another size": at("0.noise.covariance", () => ({ rows: 1, cols: 1, data: Float64Array.of(1) })),
    },
  ),
  "noisyGradientDescent, a factor": noisy(fc.record({ factor: matrixOf(DIMENSION, 1) }), badMatrix("0.noise.factor"), {
    "a factor of another size": at("0.noise.factor", () => ({ rows: 1, cols: 1, data: Float64Array.of(1) })),
  }),
  "noisyGradientDescent, a function for a factor": noisy(
    fc.record({ factor: matrixOf(DIMENSION, 1).map((factor) => () => factor) }),
    {},
    {
      "a factor with NaN": at("0.noise.factor", () => (): Matrix => ({
        rows: DIMENSION,
        cols: 1,
        data: new Float64Array(DIMENSION).fill(NaN),
      })),
    },
  ),
  "noisyGradientDescent, a standard deviation": noisy(
    fc.record({ standardDeviation: positive }),
    badNonNegative("0.noise.standardDeviation"),
    { "a function that gives NaN": at("0.noise.standardDeviation", () => () => NaN) },
  ),

  gradientFlow: entry(
    gradientFlow,
    fc.tuple(
      fc.record({
        gradient,
        start: vector(DIMENSION),
        times: fc.constant([0, 0.1, 0.1, 0.5]),
        tolerance: fc.constantFrom(1e-6, 1e-4),
        absoluteTolerance: fc.constantFrom(1e-6, 1e-4),
        maximumSteps: fc.constant(1000),
      }),
    ),
    {
      refuses: {
        ...badEntries("0.start"),
        ...badTimes,
        ...badPositive("0.tolerance"),
        ...badPositive("0.absoluteTolerance"),
        ...badCount("0.maximumSteps"),
      },
      refusesInUse: wrongGradient("gradient"),
      diverges: {
        "a gradient of NaN": at("0.gradient", () => (x: Float64Array) => x.map(() => NaN)),
        "a flow that ends in finite time": at("0", (options) => ({
          ...options,
          start: Float64Array.of(1, 1),
          times: [2],
          gradient: (x: Float64Array) => x.map((value) => -value * value),
        })),
        "a gradient that refuses what is not finite": at("0", (options) => ({
          ...options,
          start: Float64Array.of(1, 1),
          times: [2],
          gradient: (x: Float64Array) => {
            if (!x.every(Number.isFinite)) throw new RangeError("not finite");
            return x.map((value) => -(value ** 3));
          },
        })),
      },
    },
  ),
  quadraticGradientFlow: entry(
    quadraticGradientFlow,
    size.chain((n) =>
      fc.tuple(
        fc.record({ hessian: symmetricOf(n), start: vector(n), minimizer: vector(n), times: fc.constant([0, 0.5, 1]) }),
      ),
    ),
    {
      refuses: { ...badSymmetric("0.hessian"), ...badVector("0.start"), ...badVector("0.minimizer"), ...badTimes },
      diverges: {
        "a flow along a negative curvature": at("0", () => ({
          hessian: { rows: 1, cols: 1, data: Float64Array.of(-1) },
          start: Float64Array.of(1),
          times: [1000],
        })),
      },
    },
  ),
  runTrajectory: entry(
    (update: UpdateMap, start: Float64Array, options: any) => runTrajectory(update, start, options),
    fc.tuple(
      fc.constant((x: Float64Array) => x.map((value) => value / 2)),
      vector(DIMENSION),
      fc.record({
        steps: fc.integer({ min: 0, max: 5 }),
        every: fc.integer({ min: 1, max: 3 }),
        observe: fc.constant((x: Float64Array) => x[0]),
        observers: fc.constant({ size: { every: 2, observe: (x: Float64Array) => x[1] } }),
        ifStopped: fc.constant("throw"),
      }),
    ),
    {
      refuses: { ...badRun, ...badValues("1.*", NaN, Infinity, -Infinity) },
      refusesInUse: {
        "an update that adds a parameter": (args) => {
          args[2].steps = 1;
          args[0] = (x: Float64Array) => new Float64Array(x.length + 1);
          return args;
        },
      },
      diverges: {
        "an update of NaN": (args) => {
          args[2].steps = 1;
          args[0] = (x: Float64Array) => x.map(() => NaN);
          return args;
        },
      },
    },
  ),
  "runTrajectory, of a trainer": entry(
    (make: () => Trainer, options: any) => runTrajectory(make(), options),
    fc.tuple(
      fc.constant(() => halving(0)),
      fc.record({ steps: fc.constant(0), every: fc.constant(1) }),
    ),
    {
      refuses: {},
      refusesInUse: {
        ...badCount("1.steps", 0),
        ...badCount("1.every"),
        "a trainer that does not count": at("1.steps", () => 3),
      },
      diverges: {
        "a trainer with NaN": at("0", () => () => ({ ...halving(0), parameters: () => Float64Array.of(NaN) })),
      },
    },
  ),
};
