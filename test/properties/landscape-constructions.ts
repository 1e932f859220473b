import {
  activeNeurons,
  hypercubeVertices,
  isOneHot,
  memorizingSolution,
  traceGap,
  traceLowerBound,
  xorSolution,
} from "flat-minima/landscape";
import * as fc from "fast-check";
import { list, matrixOf, size, vector } from "./arguments";
import {
  at,
  badCount,
  badLength,
  badEntries,
  badMatrix,
  badNumber,
  badOption,
  badShape,
  badValues,
  badVector,
  empty,
} from "./corruptions";
import { entry, type Registry } from "./entry";

const samples = fc.tuple(size, size).chain(([n, d]) => fc.record({ inputs: matrixOf(n, d), targets: vector(n) }));

/** A network of m neurons, with or without biases, and n inputs. */
const network = fc.tuple(size, size, size, fc.boolean()).chain(([n, m, d, biased]) =>
  fc.tuple(
    fc.record({
      parts: fc.record({
        weights: matrixOf(m, d),
        ...(biased && { biases: vector(m) }),
        outputWeights: vector(m),
      }),
      inputs: matrixOf(n, d),
    }),
  ),
);
const badNetwork = {
  ...badMatrix("0.parts.weights"),
  ...badMatrix("0.inputs"),
  "a column more in the inputs": badShape("0.inputs")["a column more in 0.inputs"],
  "no inputs": at("0.inputs", ({ cols }) => ({ rows: 0, cols, data: new Float64Array(0) })),
  "too few biases": at("0.parts.biases", () => new Float64Array(0)),
  "NaN in the biases": at("0.parts.biases", (_, [{ parts }]) => new Float64Array(parts.weights.rows).fill(NaN)),
};

export const landscapeConstructions: Registry = {
  activeNeurons: entry(activeNeurons, network, { refuses: badNetwork }),
  isOneHot: entry(isOneHot, fc.tuple(fc.array(list(1, fc.nat(3)), { minLength: 1, maxLength: 4 })), {
    refuses: empty("0"),
  }),
  hypercubeVertices: entry(hypercubeVertices, fc.tuple(size), {
    refuses: { ...badCount("0"), ...badValues("0", 21) },
  }),
  memorizingSolution: entry(memorizingSolution, fc.tuple(samples.map((data) => ({ ...data, threshold: -1 }))), {
    refuses: {
      ...badMatrix("0.inputs"),
      "a row more in the inputs": badShape("0.inputs")["a row more in 0.inputs"],
      ...badVector("0.targets"),
      ...badNumber("0.threshold"),
      ...badValues("0.threshold", 1e6),
    },
  }),
  xorSolution: entry(
    xorSolution,
    fc.tuple(
      fc.record({
        dimension: size.map((d) => d + 1),
        bias: fc.integer({ min: -199, max: 199 }).map((b) => b / 100),
      }),
    ),
    { refuses: { ...badCount("0.dimension", 2), ...badNumber("0.bias"), ...badValues("0.bias", 2, -2) } },
  ),
  traceLowerBound: entry(
    traceLowerBound,
    fc.tuple(
      samples.chain((data) => fc.constantFrom("bias", "no bias" as const).map((structure) => ({ ...data, structure }))),
    ),
    {
      refuses: {
        ...badMatrix("0.inputs"),
        "a row more in the inputs": badShape("0.inputs")["a row more in 0.inputs"],
        ...badVector("0.targets"),
        ...badOption("0.structure"),
      },
    },
  ),
  traceGap: entry(traceGap, network, {
    refuses: {
      ...badNetwork,
      ...badEntries("0.parts.outputWeights"),
      ...badLength("0.parts.outputWeights"),
      ...badValues("0.parts.outputWeights", undefined),
    },
  }),
};
