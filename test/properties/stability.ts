import type { Matrix } from "flat-minima/core";
import {
  alignmentFactors,
  almostSureExponent,
  almostSureIntervals,
  almostSureThreshold,
  directionalFactor,
  expectedLossTrajectory,
  firstPassageLaw,
  gradientDescentLossTrajectory,
  gradientDescentMultiplier,
  gradientDescentThreshold,
  lyapunovExponent,
  meanFactor,
  meanSquareThreshold,
  meanSquareThresholdFromGram,
  meanSquareThresholdFromHessians,
  nonUniformity,
  nonUniformityFromGram,
  nonUniformityOfHessians,
  type OneDimensionalSgd,
  quadraticTrajectory,
  secondMomentFactor,
  secondMomentOperator,
  sharpness,
  sharpnessOfHessians,
  spectralRadius,
  sufficientFactor,
  traceFactor,
} from "flat-minima/stability";
import * as fc from "fast-check";
import { batchRule, gramOf, list, number, positive, positiveDefiniteOf, size, symmetricOf, vector } from "./arguments";
import {
  at,
  badCount,
  badEntries,
  badMatrix,
  badNumber,
  badOption,
  badPositive,
  badShape,
  badSymmetric,
  badValues,
  badVector,
  type Corruption,
  empty,
} from "./corruptions";
import { type Entry, entry, type Registry } from "./entry";
import { stabilityAlignment } from "./stability-alignment";
import { stabilityEdge } from "./stability-edge";
import { stabilityEscape } from "./stability-escape";
import { stabilityDataKnots } from "./stability-data-knots";
import { switchingSystems } from "./stability-switching";
import { stabilityBackwardError } from "./stability-backward-error";
import { stabilityUnivariate } from "./stability-univariate";

const learningRate = fc.integer({ min: 1, max: 150 }).map((k) => k / 100);

const badBatches: Record<string, Corruption> = {
  ...badCount("0.batchSize"),
  ...badOption("0.sampling"),
};
const badRate = badPositive("0.learningRate");

/** Curvatures of positive mean with a batch rule for them. */
const oneDimension = fc.integer({ min: 1, max: 4 }).chain((n) =>
  fc
    .tuple(vector(n), batchRule(n), learningRate)
    .filter(([curvatures]) => curvatures.reduce((sum, a) => sum + a, 0) > 0.05)
    .map(([curvatures, rule, rate]): [OneDimensionalSgd] => [
      { curvatures, ...rule, batchSize: Math.min(2, rule.batchSize), learningRate: rate },
    ]),
);
const badCurvatures: Record<string, Corruption> = { ...badEntries("0.curvatures"), ...empty("0.curvatures") };
const needsSharpness: Record<string, Corruption> = {
  "curvatures of mean 0": at("0.curvatures", (a: Float64Array) => a.fill(0)),
};
const curvaturesAlone = (call: (a: ArrayLike<number>) => number): Entry =>
  entry(call, fc.tuple(size.chain((n) => vector(n))), {
    refuses: { ...badEntries("0"), ...empty("0") },
    infinite: INFINITE,
  });

const INFINITE = "an overflowing sum is infinite";

const hessians = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 })).chain(([d, n]) =>
  fc.tuple(list(n, positiveDefiniteOf(d)), batchRule(n), learningRate).map(([all, rule, rate]) => ({
    hessians: all,
    ...rule,
    learningRate: rate / 100,
  })),
);
const badHessians = (place: string): Record<string, Corruption> => ({
  ...badSymmetric(`${place}.0`),
  ...empty(place),
  "Hessians of different sizes": at(place, (all: Matrix[]) => [
    ...all,
    { rows: all[0].rows + 1, cols: all[0].rows + 1, data: new Float64Array((all[0].rows + 1) ** 2) },
  ]),
});
const needsPositiveMean: Record<string, Corruption> = {
  "a mean that is not positive": at("0.hessians", (all: Matrix[]) =>
    all.map((H) => ({ ...H, data: H.data.map((value) => -value) })),
  ),
};
const hessiansAlone = (call: (all: readonly Matrix[]) => number): Entry =>
  entry(
    call,
    hessians.map((setting) => [setting.hessians] as const),
    { refuses: badHessians("0"), infinite: INFINITE },
  );
const linearized = (call: (setting: any) => unknown, more: Partial<Entry> = {}): Entry =>
  entry(
    call,
    hessians.map((setting) => [setting] as const),
    {
      infinite: INFINITE,
      ...more,
      refuses: { ...badHessians("0.hessians"), ...badBatches, ...badRate, ...more.refuses },
    },
  );

const badIteration: Record<string, Corruption> = {
  ...badValues("1.tolerance", NaN, 0, -1),
  ...badCount("1.maxIterations"),
};

const gramRun = fc.integer({ min: 2, max: 4 }).chain((n) =>
  fc.record({
    gram: gramOf(n),
    residual: vector(n),
    learningRate: learningRate.map((rate) => rate / 1000),
    steps: fc.integer({ min: 0, max: 6 }),
  }),
);
const badGram = (place: string): Record<string, Corruption> => ({
  ...badSymmetric(place),
  "the Gram matrix 0": at(`${place}.data`, (data: Float64Array) => data.fill(0)),
  "a negative eigenvalue": at(`${place}.data`, (data: Float64Array) => data.map((value) => -value)),
});
const badGramRun: Record<string, Corruption> = {
  ...badGram("0.gram"),
  ...badVector("0.residual"),
  ...badPositive("0.learningRate"),
  ...badCount("0.steps", 0),
};

const multipliers = fc.integer({ min: 1, max: 3 }).chain((k) =>
  fc.tuple(
    list(k, number),
    list(k, fc.integer({ min: 1, max: 4 })).map((weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return weights.map((weight) => weight / total);
    }),
  ),
);
const badProbabilities = (place: string): Record<string, Corruption> => ({
  ...badVector(place),
  "a negative probability": at(place, (p: number[]) => [-p[0], 1 + p[0], ...p.slice(2)].slice(0, p.length)),
  "probabilities with another sum": at(place, (p: number[]) => p.map((value) => value / 2)),
});

export const stability: Registry = {
  ...stabilityAlignment,
  ...stabilityEdge,
  ...stabilityEscape,
  ...stabilityDataKnots,
  ...switchingSystems,
  ...stabilityBackwardError,
  ...stabilityUnivariate,
  sharpness: curvaturesAlone(sharpness),
  nonUniformity: curvaturesAlone(nonUniformity),
  meanFactor: entry(meanFactor, oneDimension, { refuses: { ...badCurvatures, ...badRate } }),
  secondMomentFactor: entry(secondMomentFactor, oneDimension, {
    refuses: { ...badCurvatures, ...badBatches, ...badRate },
  }),
  meanSquareThreshold: entry(meanSquareThreshold, oneDimension, {
    refuses: { ...badCurvatures, ...badBatches, ...needsSharpness },
  }),
  almostSureExponent: entry(almostSureExponent, oneDimension, {
    refuses: { ...badCurvatures, ...badBatches, ...needsSharpness, ...badRate },
    infinite: "a batch that jumps to the minimum makes the exponent −∞",
  }),
  almostSureIntervals: entry(almostSureIntervals, oneDimension, {
    refuses: { ...badCurvatures, ...badBatches, ...needsSharpness },
  }),
  almostSureThreshold: entry(almostSureThreshold, oneDimension, {
    refuses: { ...badCurvatures, ...badBatches, ...needsSharpness },
  }),
  lyapunovExponent: entry(lyapunovExponent, multipliers, {
    refuses: { ...badEntries("0"), ...empty("0"), ...badProbabilities("1") },
    infinite: "a multiplier 0 makes the exponent −∞",
  }),
  firstPassageLaw: entry(
    firstPassageLaw,
    multipliers.chain(([factors, probabilities]) =>
      fc
        .record({
          start: fc.constantFrom(-0.5, 0.3, 1),
          low: fc.constantFrom(-2, -Infinity, -10),
          high: fc.constantFrom(1.5, 4),
          steps: fc.integer({ min: 1, max: 8 }),
        })
        .map((rest) => [{ multipliers: factors, probabilities, ...rest }] as const),
    ),
    {
      refuses: {
        ...badEntries("0.multipliers"),
        ...empty("0.multipliers"),
        ...badProbabilities("0.probabilities"),
        ...badCount("0.steps"),
        ...badValues("0.start", NaN, 0, 5, -Infinity),
        ...badValues("0.low", NaN, 0, 1),
        ...badValues("0.high", NaN, 0, -1),
      },
      infinite: "the bound of the mean is infinite when the walk need not leave",
    },
  ),

  gradientDescentMultiplier: entry(gradientDescentMultiplier, fc.tuple(number, learningRate), {
    refuses: { ...badNumber("0"), ...badPositive("1") },
  }),
  gradientDescentThreshold: entry(gradientDescentThreshold, fc.tuple(positive), { refuses: badPositive("0") }),
  quadraticTrajectory: entry(
    quadraticTrajectory,
    size.chain((n) =>
      fc.tuple(
        fc.record({
          hessian: symmetricOf(n),
          start: vector(n),
          minimizer: vector(n),
          learningRate,
          steps: fc.integer({ min: 0, max: 6 }),
        }),
      ),
    ),
    {
      refuses: {
        ...badSymmetric("0.hessian"),
        ...badVector("0.start"),
        ...badVector("0.minimizer"),
        ...badPositive("0.learningRate"),
        ...badCount("0.steps", 0),
      },
      diverges: {
        "a run that overflows": at("0", (run) => ({
          ...run,
          start: run.start.fill(1),
          minimizer: undefined,
          hessian: { ...run.hessian, data: run.hessian.data.fill(1000) },
          learningRate: 1,
          steps: 500,
        })),
      },
    },
  ),
  gradientDescentLossTrajectory: entry(gradientDescentLossTrajectory, fc.tuple(gramRun), { refuses: badGramRun }),
  expectedLossTrajectory: entry(
    expectedLossTrajectory,
    gramRun.chain((run) => batchRule(run.gram.rows).map((rule) => [{ ...run, ...rule }] as const)),
    { refuses: { ...badGramRun, ...badBatches } },
  ),
  meanSquareThresholdFromGram: entry(
    meanSquareThresholdFromGram,
    fc
      .integer({ min: 2, max: 4 })
      .chain((n) => fc.tuple(gramOf(n), batchRule(n)).map(([gram, rule]) => [{ gram, ...rule }, {}] as const)),
    { refuses: { ...badGram("0.gram"), ...badBatches, ...badIteration } },
  ),
  alignmentFactors: entry(
    alignmentFactors,
    fc
      .integer({ min: 2, max: 4 })
      .chain((n) => fc.tuple(fc.record({ gramMatrix: positiveDefiniteOf(n), residuals: vector(n, positive) }))),
    {
      refuses: {
        ...badGram("0.gramMatrix"),
        ...badVector("0.residuals"),
        "residuals that vanish": at("0.residuals", (e: Float64Array) => e.fill(0)),
      },
    },
  ),

  sharpnessOfHessians: hessiansAlone(sharpnessOfHessians),
  nonUniformityFromGram: entry(
    nonUniformityFromGram,
    fc.integer({ min: 1, max: 4 }).chain((n) => fc.tuple(gramOf(n))),
    {
      refuses: badGram("0"),
    },
  ),
  nonUniformityOfHessians: hessiansAlone(nonUniformityOfHessians),
  sufficientFactor: linearized(sufficientFactor),
  directionalFactor: entry(
    directionalFactor,
    hessians.chain((setting) =>
      vector(setting.hessians[0].rows, positive).map((direction) => [setting, direction] as const),
    ),
    {
      refuses: {
        ...badHessians("0.hessians"),
        ...badBatches,
        ...badRate,
        ...badVector("1"),
        "the direction 0": at("1", (v: Float64Array) => v.fill(0)),
      },
    },
  ),
  traceFactor: linearized(traceFactor, { refuses: needsPositiveMean }),
  meanSquareThresholdFromHessians: entry(
    meanSquareThresholdFromHessians,
    hessians.map((setting) => [setting, {}] as const),
    { refuses: { ...badHessians("0.hessians"), ...badBatches, ...needsPositiveMean, ...badIteration } },
  ),
  secondMomentOperator: linearized(secondMomentOperator, {
    use: ({ apply, toDense, dimension: d }) => [
      apply({ rows: d, cols: d, data: new Float64Array(d * d).fill(1) }),
      toDense(),
    ],
  }),
  "secondMomentOperator, apply": entry(
    (moment: Matrix, setting: any) => secondMomentOperator(setting).apply(moment),
    hessians.chain((setting) => symmetricOf(setting.hessians[0].rows).map((M) => [M, setting] as const)),
    { refuses: { ...badShape("0"), ...badMatrix("0") } },
  ),
  spectralRadius: entry(
    (setting: any, options: any) => spectralRadius(secondMomentOperator(setting), options),
    hessians.map((setting) => [setting, {}] as const),
    { refuses: { ...badHessians("0.hessians"), ...badIteration } },
  ),
};
