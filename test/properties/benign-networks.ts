import { benignExponent, freshOutputs, gramSpaceDescent, marginLemma } from "flat-minima/benign";
import * as fc from "fast-check";
import { matrixOf, positive, size, stream, vector } from "./arguments";
import {
  at,
  badCount,
  badLength,
  badMatrix,
  badPositive,
  badShape,
  badValues,
  badVector,
  type Corruption,
} from "./corruptions";
import { entry, type Registry } from "./entry";

const sign = fc.constantFrom(1, -1);

const descentOptions = fc.tuple(size, size, size).chain(([n, p, m]) =>
  fc.record({
    inputs: matrixOf(n, p),
    targets: vector(n, sign),
    outputWeights: vector(m),
    initialWeights: matrixOf(m, p),
    learningRate: positive,
  }),
);

const badColumns = (place: string): Record<string, Corruption> => {
  const [key, corrupt] = Object.entries(badShape(place))[1];
  return { [key]: corrupt };
};

const freshOptions = fc.tuple(size, size).chain(([m, p]) =>
  fc.record({
    weights: matrixOf(m, p),
    outputWeights: vector(m),
    mean: vector(p),
    sampleCount: size.map((half) => 2 * half),
    stream,
  }),
);

/** Outputs on the right side, and one more of each cluster. */
const fresh = fc.array(fc.tuple(positive, sign), { maxLength: 5 }).map((drawn) => {
  const all = [[1, 1], [1, -1], ...drawn];
  return {
    outputs: Float64Array.from(all, ([size, cluster]) => size * cluster),
    clusters: Float64Array.from(all, ([, cluster]) => cluster),
  };
});

export const benignNetworks: Registry = {
  gramSpaceDescent: entry(gramSpaceDescent, fc.tuple(descentOptions), {
    use: (descent, [{ inputs }]) => {
      descent.advance(2);
      return [
        descent.step,
        descent.loss(),
        descent.margins(),
        descent.weightNorm(),
        descent.coefficients(),
        descent.outputsAt(inputs),
        descent.weights(),
      ];
    },
    refuses: {
      ...badMatrix("0.inputs"),
      ...badShape("0.inputs"),
      ...badVector("0.targets"),
      ...badValues("0.targets.0", 0, 2),
      ...badVector("0.outputWeights"),
      ...badMatrix("0.initialWeights"),
      ...badShape("0.initialWeights"),
      ...badPositive("0.learningRate"),
    },
    overflow: "where an output overflows, a DivergenceError names the step",
  }),
  "gramSpaceDescent, in use": entry(
    (options, steps, points) => {
      const descent = gramSpaceDescent(options);
      descent.advance(steps);
      return descent.outputsAt(points);
    },
    descentOptions.chain((options) => fc.tuple(fc.constant(options), size, matrixOf(2, options.inputs.cols))),
    {
      refuses: { ...badCount("1"), ...badMatrix("2"), ...badColumns("2") },
      overflow: "where an output overflows, a DivergenceError names the step",
    },
  ),
  freshOutputs: entry(freshOutputs, fc.tuple(freshOptions), {
    refuses: {
      ...badMatrix("0.weights"),
      ...badShape("0.weights"),
      ...badVector("0.outputWeights"),
      ...badVector("0.mean"),
      ...badCount("0.sampleCount"),
      ...badValues("0.sampleCount", 3),
    },
    overflow: "WWᵀ or an output overflows",
  }),
  marginLemma: entry(
    marginLemma,
    fc.tuple(fresh, fc.record({ weightNorm: positive, noiseRate: fc.constantFrom(0, 0.15, 0.5) })),
    {
      refuses: {
        ...badVector("0.outputs"),
        ...badLength("0.clusters"),
        ...badValues("0.clusters.*", NaN, Infinity, 0, 2),
        "a negative margin": at("0.outputs", (outputs: Float64Array) => outputs.map((f) => -f)),
        ...badPositive("1.weightNorm"),
        ...badValues("1.noiseRate", NaN, Infinity, -0.1, 0.6),
      },
    },
  ),
  benignExponent: entry(
    benignExponent,
    fc.tuple(fc.tuple(size, size).map(([n, more]) => ({ sampleCount: n, dimension: n ** 3 + more }))),
    {
      refuses: {
        ...badCount("0.sampleCount"),
        ...badCount("0.dimension"),
        "p below n³": at("0", ({ sampleCount }: { sampleCount: number }) => ({
          sampleCount,
          dimension: sampleCount ** 3 - 1,
        })),
      },
    },
  ),
};
