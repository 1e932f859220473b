import { denseOperator, type LinearOperator, matrix } from "flat-minima/core";
import { eigenpairTracker, trackEdgeOfStability } from "flat-minima/stability";
import * as fc from "fast-check";
import { stream, symmetricOf, vector } from "./arguments";
import { at, badCount, badEntries, badPositive, badValues, type Corruption, empty } from "./corruptions";
import { entry, type Registry } from "./entry";

const badIteration = (place: string): Record<string, Corruption> => ({
  ...badValues(`${place}.tolerance`, NaN, 0, -1),
  ...badCount(`${place}.maxIterations`),
});
const half = (theta: Float64Array): number => theta.reduce((sum, x) => sum + 0.5 * x * x, 0);
const identityOf = (theta: Float64Array): LinearOperator =>
  denseOperator(matrix(Array.from(theta, (_, i) => Array.from(theta, (_, j) => (i === j ? 1 : 0)))));
const rate = fc.integer({ min: 1, max: 150 }).map((k) => k / 100);
const length = fc.integer({ min: 1, max: 4 });

export const stabilityEdge: Registry = {
  eigenpairTracker: entry(
    eigenpairTracker,
    length.chain((p) =>
      symmetricOf(p).chain((H) =>
        fc.tuple(
          fc.record({ operatorAt: fc.constant(() => denseOperator(H)), count: fc.integer({ min: 1, max: p }), stream }),
        ),
      ),
    ),
    {
      use: async (track) => [await track(new Float64Array(1)), await track(new Float64Array(1))],
      refuses: { ...badCount("0.count"), ...badIteration("0") },
      refusesInUse: {
        "more pairs than dimensions": at("0.count", () => 9),
        "an operator that is not symmetric": at("0.operatorAt", (operatorAt: () => LinearOperator) => () => ({
          ...operatorAt(),
          symmetric: false,
        })),
      },
    },
  ),
  trackEdgeOfStability: entry(
    trackEdgeOfStability,
    length.chain((p) =>
      fc.tuple(
        fc.record({
          loss: fc.constant(half),
          gradient: fc.constant((theta: Float64Array) => theta.slice()),
          operatorAt: fc.constant(identityOf),
          start: vector(p),
          schedule: fc.array(fc.record({ learningRate: rate, steps: fc.integer({ min: 1, max: 4 }) }), {
            minLength: 1,
            maxLength: 3,
          }),
          every: fc.integer({ min: 1, max: 3 }),
          count: fc.integer({ min: 1, max: p }),
          stream,
        }),
      ),
    ),
    {
      refuses: {
        ...badPositive("0.schedule.0.learningRate"),
        ...badCount("0.schedule.*.steps"),
        ...empty("0.schedule"),
        ...badCount("0.every"),
        ...badCount("0.count"),
        "more pairs than parameters": at("0.count", (_, [{ start }]) => start.length + 1),
        ...badEntries("0.start"),
        ...badIteration("0"),
      },
      diverges: {
        "NaN from the loss": at("0.loss", () => () => NaN),
        "∞ from the gradient": at("0.gradient", () => (theta: Float64Array) => theta.map(() => Infinity)),
        "∞ from the operator": at("0.operatorAt", () => (theta: Float64Array) => ({
          ...identityOf(theta),
          apply: () => theta.map(() => Infinity),
        })),
      },
    },
  ),
};
