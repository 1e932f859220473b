import type { Matrix } from "flat-minima/core";
import {
  linearizedMoments,
  type LinearizedMomentsOptions,
  switchingSystem,
  type SwitchingSystemOptions,
} from "flat-minima/stability";
import * as fc from "fast-check";
import { batchRule, list, positiveDefiniteOf, vector } from "./arguments";
import {
  at,
  badCount,
  badEntries,
  badLength,
  badOption,
  badPositive,
  badSymmetric,
  badVector,
  type Corruption,
  empty,
} from "./corruptions";
import { entry, type Registry } from "./entry";

const rate = fc.integer({ min: 1, max: 100 }).map((k) => k / 10_000);

const badStep: Record<string, Corruption> = {
  ...badPositive("0.learningRate"),
  ...badCount("0.batchSize"),
  ...badOption("0.sampling"),
};

const moments = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 4 })).chain(([d, n]) =>
  fc
    .record({
      hessians: list(n, positiveDefiniteOf(d)),
      half: vector(d),
      start: vector(d),
      learningRate: rate,
      steps: fc.integer({ min: 0, max: 5 }),
    })
    .chain(({ half, ...rest }) =>
      batchRule(n).map((rule): [LinearizedMomentsOptions] => [
        {
          ...rest,
          ...rule,
          // g, -g, 0, …: the sum is 0 to the last bit.
          gradients: Array.from({ length: n }, (_, i) =>
            i === 0 ? half.slice() : half.map((value) => (i === 1 ? -value : 0)),
          ),
        },
      ]),
    ),
);

/** Two half-spaces of u₁ with n samples each. */
const kink = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })).chain(([d, n]) =>
  fc
    .record({
      hessians: list(2, list(n, positiveDefiniteOf(d))),
      gradients: list(2, list(n, vector(d))),
      start: vector(d),
      learningRate: rate,
      rule: batchRule(n),
    })
    .map(({ hessians, gradients, start, learningRate, rule }): [SwitchingSystemOptions, Float64Array, number] => [
      {
        modes: [
          { contains: (u: Float64Array) => u[0] >= 0, hessians: hessians[0], gradients: gradients[0] },
          { contains: (u: Float64Array) => u[0] < 0, hessians: hessians[1], gradients: gradients[1] },
        ],
        learningRate,
        batchSize: Math.min(2, rule.batchSize),
        sampling: rule.sampling,
      },
      start,
      2,
    ]),
);

export const switchingSystems: Registry = {
  linearizedMoments: entry(linearizedMoments, moments, {
    refuses: {
      ...badStep,
      ...badSymmetric("0.hessians.0"),
      ...empty("0.hessians"),
      ...badVector("0.start"),
      ...badVector("0.gradients.0"),
      ...badLength("0.gradients"),
      "gradients of another sum": at("0.gradients.0", (g: Float64Array) => g.map((value) => value + 1)),
      ...badCount("0.steps", 0),
    },
    diverges: {
      "a run that overflows": at("0", (run) => ({
        ...run,
        start: run.start.fill(1),
        learningRate: 1e200,
        steps: 9,
      })),
    },
  }),
  switchingSystem: entry((options, start, steps) => switchingSystem(options).meanDistances(start, steps), kink, {
    refuses: {
      ...badStep,
      ...empty("0.modes"),
      ...badSymmetric("0.modes.0.hessians.0"),
      ...empty("0.modes.1.hessians"),
      ...badVector("0.modes.0.gradients.0"),
      ...badLength("0.modes.1.gradients"),
      "a mode with a sample more": at("0.modes.1", (mode: { hessians: Matrix[] }) => ({
        ...mode,
        gradients: undefined,
        hessians: [...mode.hessians, mode.hessians[0]],
      })),
      ...badVector("1"),
      ...badCount("2", 0),
    },
    refusesInUse: {
      "a start in no mode": at("0.modes", (modes: object[]) =>
        modes.map((mode) => ({ ...mode, contains: () => false })),
      ),
    },
    diverges: {
      "a run that overflows": at("0.learningRate", () => 1e200),
    },
  }),
  "switchingSystem, step": entry(
    (offset: Float64Array, batch: number[], options: SwitchingSystemOptions) =>
      switchingSystem(options).step(offset, batch),
    kink.map(([options, start]) => [start, [0], options] as [Float64Array, number[], SwitchingSystemOptions]),
    {
      refuses: { ...badVector("0"), ...empty("1"), ...badEntries("1") },
      overflow: "what iterates a step looks for infinities, as with an update map",
    },
  ),
};
