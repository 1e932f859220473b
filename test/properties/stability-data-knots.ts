import {
  dataKnotModes,
  dataKnots,
  directionalDerivatives,
  directionalSharpness,
  directionalSharpnessFromBelow,
  strongStabilityCurvature,
  trainUnivariateRelu,
  weakenedFunctionSpaceBound,
  weakenedWeight,
} from "flat-minima/stability";
import * as fc from "fast-check";
import { list, matrixOf, number, size, vector } from "./arguments";
import {
  at,
  badCount,
  badEntries,
  badLength,
  badMatrix,
  badNumber,
  badPositive,
  badValues,
  badVector,
  empty,
} from "./corruptions";
import { entry, type Registry } from "./entry";

/** θ of up to three neurons, every other one with its knot on an input, and the inputs. */
const networkOnInputs = fc.tuple(fc.integer({ min: 1, max: 3 }), size).chain(([m, n]) =>
  fc
    .tuple(
      list(m, fc.record({ slope: number.filter((w) => w !== 0), knot: number, on: fc.nat(n - 1), tied: fc.boolean() })),
      vector(m),
      number,
      vector(n),
    )
    .map(([neurons, v, offset, inputs]) => {
      const b = neurons.map(({ slope, knot, on, tied }) => -slope * (tied ? inputs[on] : knot));
      return [Float64Array.of(...neurons.map(({ slope }) => slope), ...b, ...v, offset), inputs] as [
        Float64Array,
        Float64Array,
      ];
    }),
);
const badNetwork = {
  ...badEntries("0"),
  ...badLength("0"),
  ...badEntries("1"),
  ...empty("1"),
  "a neuron with w = b = 0": at("0", (theta: Float64Array) => {
    const m = (theta.length - 1) / 3;
    theta[0] = theta[m] = 0;
    return theta;
  }),
};
/** θ + 1 is no number of parameters, but it may be one for one neuron less. */
const networkAnd = <Item>(item: (p: number) => fc.Arbitrary<Item>) =>
  networkOnInputs.chain(([theta, inputs]) =>
    item(theta.length).map((last) => [theta, inputs, last] as [Float64Array, Float64Array, Item]),
  );

export const stabilityDataKnots: Registry = {
  dataKnots: entry(dataKnots, networkOnInputs, { refuses: badNetwork }),
  dataKnotModes: entry(dataKnotModes, networkOnInputs, {
    refuses: badNetwork,
    use: (modes, [theta]) => modes.map(({ contains }) => Number(contains(new Float64Array(theta.length).fill(1)))),
  }),
  directionalDerivatives: entry(
    directionalDerivatives,
    networkAnd((p) => vector(p)),
    {
      refuses: { ...badNetwork, ...badVector("2") },
    },
  ),
  directionalSharpness: entry(directionalSharpness, networkOnInputs, { refuses: badNetwork }),
  directionalSharpnessFromBelow: entry(directionalSharpnessFromBelow, networkOnInputs, { refuses: badNetwork }),
  strongStabilityCurvature: entry(strongStabilityCurvature, networkOnInputs, { refuses: badNetwork }),
  weakenedFunctionSpaceBound: entry(weakenedFunctionSpaceBound, networkOnInputs, { refuses: badNetwork }),
  weakenedWeight: entry(
    weakenedWeight,
    size.chain((n) => fc.tuple(vector(n), number)),
    { refuses: { ...badEntries("0"), ...empty("0"), ...badNumber("1") } },
  ),
  trainUnivariateRelu: entry(
    trainUnivariateRelu,
    fc.tuple(size, size).chain(([n, m]) =>
      fc.tuple(
        fc.record({
          inputs: matrixOf(n, 1),
          targets: vector(n),
          start: vector(3 * m + 1),
          learningRate: fc.constantFrom(1e-6, 1e-5),
          steps: fc.integer({ min: 0, max: 4 }),
        }),
      ),
    ),
    {
      refuses: {
        ...badMatrix("0.inputs"),
        "inputs of two columns": at("0.inputs", ({ rows }) => ({ rows, cols: 2, data: new Float64Array(2 * rows) })),
        ...badVector("0.targets"),
        ...badVector("0.start"),
        ...badPositive("0.learningRate"),
        ...badCount("0.steps", 0),
        ...badValues("0.steps", "1"),
      },
      diverges: {
        "a rate beyond all curvatures": at("0", (training) => ({
          ...training,
          start: training.start.fill(1),
          targets: training.targets.fill(1e3),
          learningRate: 1e3,
          steps: 200,
        })),
      },
    },
  ),
};
