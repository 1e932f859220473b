import { trainingRate } from "flat-minima/benign";
import * as fc from "fast-check";
import { matrixOf, positive, size, vector } from "./arguments";
import { at, badEntries, badMatrix, badPositive, empty } from "./corruptions";
import { entry, type Registry } from "./entry";

const options = fc.tuple(size, size, size).chain(([n, p, m]) =>
  fc.record({
    inputs: matrixOf(n, p).filter(({ data }) => data.some((value) => value !== 0)),
    outputWeights: vector(m).filter((a) => a.some((value) => value !== 0)),
    learningRate: positive,
  }),
);

export const benignTraining: Registry = {
  trainingRate: entry(trainingRate, fc.tuple(options), {
    refuses: {
      ...badMatrix("0.inputs"),
      "inputs that vanish": at("0.inputs.data", (data: Float64Array) => data.fill(0)),
      ...badEntries("0.outputWeights"),
      ...empty("0.outputWeights"),
      "output weights that vanish": at("0.outputWeights", (a: Float64Array) => a.fill(0)),
      ...badPositive("0.learningRate"),
    },
    overflow: "XXᵀ or ‖a‖² overflows",
  }),
};
