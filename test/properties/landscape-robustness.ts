import { inputGradients, lossIncreaseUnderInputNoise, robustnessBound } from "flat-minima/landscape";
import { halfSquareLoss, linearNetwork, type TwoLayerParts } from "flat-minima/models";
import * as fc from "fast-check";
import { matrixOf, positive, size, stream, vector } from "./arguments";
import { at, badCount, badMatrix, badPositive, badShape, badVector, type Corruption } from "./corruptions";
import { entry, type Registry } from "./entry";

const [, aColumnMore]: [string, Corruption][] = Object.entries(badShape("1"));
const [aRowMore, inputColumnMore]: [string, Corruption][] = Object.entries(badShape("0.inputs"));

/** The parts of a network, with biases or without, and inputs. */
const model = fc.tuple(size, size, size, fc.boolean()).chain(([n, m, d, bias]) =>
  fc.tuple(
    fc.record({
      weights: matrixOf(m, d),
      ...(bias && { biases: vector(m) }),
      outputWeights: vector(m),
    }) as fc.Arbitrary<TwoLayerParts>,
    matrixOf(n, d),
  ),
);
const refuses = {
  ...badMatrix("0.weights"),
  ...badVector("0.outputWeights"),
  "no output weights": at("0.outputWeights", () => undefined),
  "biases of another length": at("0.biases", (_, [parts]) => new Float64Array(parts.weights.rows + 1)),
  ...badMatrix("1"),
  [aColumnMore[0]]: aColumnMore[1],
  "no input": at("1", ({ cols }) => ({ rows: 0, cols, data: new Float64Array(0) })),
};

export const landscapeRobustness: Registry = {
  inputGradients: entry(inputGradients, model, { refuses, overflow: "an overflow is refused by name" }),
  robustnessBound: entry(robustnessBound, model, { refuses, overflow: "an overflow is refused by name" }),
  lossIncreaseUnderInputNoise: entry(
    lossIncreaseUnderInputNoise,
    fc.tuple(size, size).chain(([n, d]) =>
      fc.tuple(
        fc.record({
          network: fc.constant(linearNetwork({ inputCount: d, outputCount: 1 })),
          loss: fc.constant(halfSquareLoss),
          parameters: vector(d),
          inputs: matrixOf(n, d),
          targets: fc.oneof(vector(n), matrixOf(n, 1)),
          noise: positive,
          samples: fc.integer({ min: 2, max: 4 }),
          stream,
        }),
      ),
    ),
    {
      refuses: {
        ...badVector("0.parameters"),
        ...badMatrix("0.inputs"),
        [aRowMore[0]]: aRowMore[1],
        [inputColumnMore[0]]: inputColumnMore[1],
        ...badPositive("0.noise"),
        ...badCount("0.samples", 2),
      },
      // By the loss, which knows what a target is.
      refusesInUse: {
        "a target that is not finite": at("0.targets", (targets) =>
          targets instanceof Float64Array ? targets.fill(NaN) : { ...targets, data: targets.data.fill(Infinity) },
        ),
      },
      overflow: "an overflow is refused by name",
    },
  ),
};
