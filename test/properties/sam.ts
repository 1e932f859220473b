import { oneSampleSam, type OneSampleSamOptions } from "flat-minima/sam";
import * as fc from "fast-check";
import { matrixOf, positive, stream, vector } from "./arguments";
import { at, badCount, badMatrix, badNonNegative, badOption, badPositive, badVector } from "./corruptions";
import { entry, type Registry } from "./entry";
import { samBouncing } from "./sam-bouncing";
import { samDriftRegistry } from "./sam-drift";
import { samPerturbation } from "./sam-perturbation";
import { samQuadratic } from "./sam-quadratic";
import { samTwoCycle } from "./sam-two-cycle";

const small = fc.integer({ min: 1, max: 3 });

const options: fc.Arbitrary<[OneSampleSamOptions]> = fc
  .tuple(small, small, small, fc.constantFrom("no bias", "bias", "simplified layer norm" as const))
  .chain(([n, d, width, structure]) =>
    fc.tuple(
      fc.record({
        structure: fc.constant(structure),
        ...(structure === "simplified layer norm" && { layerNormEpsilon: positive }),
        width: fc.constant(width),
        inputs: matrixOf(n, d),
        targets: vector(n),
        start: vector(width * (d + (structure === "no bias" ? 1 : 2))).map((theta) => theta.map((value) => value / 10)),
        learningRate: fc.constant(1e-4),
        perturbationRadius: fc.constant(0.1),
        weightDecay: fc.constant(0.1),
        loss: fc.constantFrom("square", "half square" as const),
        stream,
        implementation: fc.constantFrom(undefined, "TypeScript" as const),
      }),
    ),
  );

export const sam: Registry = {
  ...samDriftRegistry,
  ...samTwoCycle,
  ...samQuadratic,
  ...samBouncing,
  ...samPerturbation,
  oneSampleSam: entry(oneSampleSam, options, {
    use: (trainer) => {
      trainer.advance(3);
      return [trainer.step, trainer.parameters()];
    },
    refuses: {
      ...badOption("0.structure"),
      ...badCount("0.width"),
      ...badMatrix("0.inputs"),
      ...badVector("0.targets"),
      ...badVector("0.start"),
      ...badPositive("0.learningRate"),
      ...badNonNegative("0.perturbationRadius"),
      ...badNonNegative("0.weightDecay"),
      ...badOption("0.loss"),
      ...badOption("0.implementation"),
      "a bad ε": at("0.layerNormEpsilon", (_, [{ structure }]) => (structure === "simplified layer norm" ? 0 : 1)),
    },
    diverges: {
      "a learning rate that is too large": at("0", (all) => ({
        ...all,
        structure: "no bias",
        layerNormEpsilon: undefined,
        width: 1,
        inputs: { rows: 1, cols: 1, data: Float64Array.of(1e100) },
        targets: Float64Array.of(0),
        start: Float64Array.of(1e100, 1e100),
        learningRate: 1e100,
      })),
    },
    overflow: "a step that overflows is a DivergenceError",
  }),
  "oneSampleSam, advance": entry(
    (steps: number, [chosen]: [OneSampleSamOptions]) => {
      const trainer = oneSampleSam(chosen);
      trainer.advance(steps);
      return trainer.parameters();
    },
    fc.tuple(fc.integer({ min: 0, max: 3 }), options),
    { refuses: badCount("0", 0), overflow: "a step that overflows is a DivergenceError" },
  ),
};
