import { boxSharpness, type BoxSharpnessOptions } from "flat-minima/landscape";
import * as fc from "fast-check";
import { matrixOf, positive, stream, vector } from "./arguments";
import { at, badCount, badEntries, badImage, badMatrix, badPositive, badShape, badValues, empty } from "./corruptions";
import { entry, type Registry } from "./entry";
import { waves } from "./landscape-measures";

const DIMENSION = 3;

/** Two columns that are far from parallel. */
const directions = matrixOf(DIMENSION, 2).filter(({ data: [a, b, c, d] }) => Math.abs(a * d - b * c) > 1);

const boxes = fc.tuple(
  fc.constant(waves),
  vector(DIMENSION),
  fc.record({
    boxSize: positive,
    directions,
    stream,
    starts: fc.integer({ min: 0, max: 2 }),
    tolerance: fc.constantFrom(undefined, 1e-2),
    maxIterations: fc.constantFrom(undefined, 3),
  }) satisfies fc.Arbitrary<BoxSharpnessOptions>,
);

export const landscapeBoxes: Registry = {
  boxSharpness: entry(boxSharpness, boxes, {
    refuses: {
      ...badEntries("1"),
      ...empty("1"),
      ...badPositive("2.boxSize"),
      ...badMatrix("2.directions"),
      ...badShape("2.directions"),
      "no direction": at("2.directions", () => ({ rows: DIMENSION, cols: 0, data: new Float64Array(0) })),
      "a direction of 0": at("2.directions", () => ({ rows: DIMENSION, cols: 1, data: new Float64Array(DIMENSION) })),
      ...badCount("2.starts", 0),
      ...badValues("2.tolerance", NaN, 0, -1),
      ...badCount("2.maxIterations"),
    },
    refusesInUse: {
      ...badImage("0.gradient"),
      "NaN from the loss": at("0.loss", () => () => NaN),
      "a loss of −1": at("0.loss", () => () => -1),
    },
  }),
};
