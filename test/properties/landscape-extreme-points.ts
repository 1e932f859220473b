import {
  extremePointSeparator,
  layerNormTraceLowerBound,
  leastNormHullPoint,
  memorizingNetworkOfExtremePoints,
  wendelProbability,
} from "flat-minima/landscape";
import * as fc from "fast-check";
import { anyMatrix, matrixOf, positive, size, vector } from "./arguments";
import { badCount, badMatrix, badOption, badPositive, badShape, badValues, badVector } from "./corruptions";
import { entry, type Registry } from "./entry";

/** Corners of a square, moved and turned: every point is a vertex. */
const convexPosition = fc.tuple(size, positive).map(([shift, scale]) => ({
  inputs: {
    rows: 4,
    cols: 2,
    data: Float64Array.of(1, 0, 0, 1, -1, 0, 0, -1).map((corner) => scale * corner + shift),
  },
}));
const labels = vector(4, fc.constantFrom(-2, -1, 0.5, 3));
const samples = fc.tuple(size, size).chain(([n, d]) => fc.record({ inputs: matrixOf(n, d), targets: vector(n) }));
const badTargets = badVector("0.targets");

export const landscapeExtremePoints: Registry = {
  leastNormHullPoint: entry(
    leastNormHullPoint,
    fc.tuple(anyMatrix, fc.constant({ tolerance: 1e-9, maxIterations: 1000 })),
    {
      refuses: {
        ...badMatrix("0"),
        ...badCount("1.maxIterations"),
        ...badValues("1.tolerance", NaN, 0, -1),
      },
    },
  ),
  extremePointSeparator: entry(
    extremePointSeparator,
    fc.tuple(
      fc.record({
        inputs: anyMatrix,
        index: fc.constant(0),
        structure: fc.constantFrom("bias", "no bias" as const),
      }),
    ),
    {
      refuses: { ...badMatrix("0.inputs"), ...badValues("0.index", NaN, -1, 0.5, 5), ...badOption("0.structure") },
    },
  ),
  layerNormTraceLowerBound: entry(
    layerNormTraceLowerBound,
    fc.tuple(fc.tuple(samples, positive).map(([data, layerNormEpsilon]) => ({ ...data, layerNormEpsilon }))),
    {
      refuses: {
        ...badMatrix("0.inputs"),
        "a row more in the inputs": badShape("0.inputs")["a row more in 0.inputs"],
        ...badTargets,
        ...badPositive("0.layerNormEpsilon"),
      },
    },
  ),
  memorizingNetworkOfExtremePoints: entry(
    memorizingNetworkOfExtremePoints,
    fc.tuple(
      fc.tuple(convexPosition, labels, positive).map(([{ inputs }, targets, layerNormEpsilon]) => ({
        inputs,
        targets,
        structure: "simplified layer norm" as const,
        layerNormEpsilon,
      })),
    ),
    {
      refuses: {
        ...badMatrix("0.inputs"),
        "a row more in the inputs": badShape("0.inputs")["a row more in 0.inputs"],
        ...badTargets,
        ...badValues("0.targets", Float64Array.of(1, 1, 0, 1)),
        ...badOption("0.structure"),
        ...badValues("0.structure", "bias"),
        ...badPositive("0.layerNormEpsilon"),
      },
    },
  ),
  wendelProbability: entry(wendelProbability, fc.tuple(size, size), {
    refuses: { ...badCount("0"), ...badCount("1") },
  }),
};
