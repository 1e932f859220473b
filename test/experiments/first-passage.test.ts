import { DivergenceError, InvalidArgumentError } from "flat-minima/core";
import { experiments, type FirstPassageConfiguration } from "flat-minima/experiments";
import { twoMinima } from "flat-minima/models";
import { firstPassageLaw } from "flat-minima/stability";
import { describe, expect, it } from "vitest";

const experiment = experiments["first-passage"];
const configuration: FirstPassageConfiguration = {
  normalisation: "whole",
  learningRate: 0.7,
  start: 1 - 1e-5,
  paths: 1000,
  maximumSteps: 2000,
};

/** The exact law of the walk x - 1, by counting instead of sampling. */
function exactLaw({ normalisation, learningRate, start }: FirstPassageConfiguration) {
  const { multipliers, linearInterval } = twoMinima({ normalisation });
  const { low, high } = linearInterval;
  const walk = { start: start - 1, low: low - 1, high: high - 1, steps: 300 };
  return firstPassageLaw({ ...walk, multipliers: multipliers(learningRate) });
}

/** sup_t |F_n(t) - F(t)| of the leaving times against a law's survival. */
function distance(leavingSteps: readonly (number | null)[], survival: Float64Array): number {
  const shares = Array.from(survival, (probability, t) => {
    const inside = leavingSteps.filter((step) => step === null || step > t).length;
    return Math.abs(inside / leavingSteps.length - probability);
  });
  return Math.max(...shares);
}

// By the inequality of Dvoretzky, Kiefer and Wolfowitz (with Massart's constant, which Hoeffding's inequality for one
// frequency shares) a sample of 1,000 exceeds it with a probability of 1e-9.
const allowed = Math.sqrt(Math.log(2 / 1e-9) / 2000);

describe("first-passage", () => {
  it.each([1 - 1e-5, 0.6, 3])("follows the exact law from x = %d", async (start) => {
    const setting = { ...configuration, start };
    const { leavingSteps, exitsLow } = await experiment.run(setting, 1);
    const law = exactLaw(setting);
    expect(leavingSteps).toHaveLength(1000);
    expect(distance(leavingSteps, law.survival)).toBeLessThan(allowed);
    const low = law.exitLow.reduce((sum, probability) => sum + probability, 0);
    expect(Math.abs(exitsLow / 1000 - low)).toBeLessThan(allowed);
  });

  it("follows no other law: of a neighbouring learning rate, and one step late", async () => {
    const far = await experiment.run(configuration, 1);
    expect(distance(far.leavingSteps, exactLaw({ ...configuration, learningRate: 0.75 }).survival)).toBeGreaterThan(
      allowed,
    );
    const near = await experiment.run({ ...configuration, start: 0.6 }, 1);
    const late = near.leavingSteps.map((step) => step! + 1);
    expect(distance(late, exactLaw({ ...configuration, start: 0.6 }).survival)).toBeGreaterThan(allowed);
  });

  it("leaves runs that stay inside without a step: with the factor ½ the minimum is stable", async () => {
    const half = { ...configuration, normalisation: "half", paths: 20, maximumSteps: 100 } as const;
    expect(await experiment.run(half, 1)).toEqual({ leavingSteps: new Array(20).fill(null), exitsLow: 0 });
  });

  it("gives the same for the same seed, and another for another", async () => {
    const few = { ...configuration, paths: 10 };
    const first = await experiment.run(few, 1);
    expect(await experiment.run(few, 1)).toEqual(first);
    expect(await experiment.run(few, 2)).not.toEqual(first);
    // Longer lists begin with the shorter ones.
    expect((await experiment.run({ ...few, paths: 12 }, 1)).leavingSteps.slice(0, 10)).toEqual(first.leavingSteps);
  });

  it("names a step that leaves the finite numbers", async () => {
    const run = experiment.run({ ...configuration, learningRate: 1.7e308, start: 0.59 }, 1);
    await expect(run).rejects.toThrow(new DivergenceError("first-passage", 1, "x is Infinity"));
  });

  it.each<[Partial<Record<keyof FirstPassageConfiguration, unknown>>, string]>([
    [{ normalisation: "double" }, 'normalisation must be "whole" or "half", got double'],
    [{ learningRate: Infinity }, "learningRate must be positive and finite, got Infinity"],
    [{ learningRate: "0.7" }, "learningRate must be positive and finite, got 0.7"],
    [{ start: 1 }, "and not 1, got 1"],
    [{ start: 0.5 }, "start must be inside (0.57955"],
    [{ start: NaN }, "and not 1, got NaN"],
    [{ paths: 1.5 }, "paths must be an integer from 1 to 1000000, got 1.5"],
    [{ maximumSteps: 2e6 }, "maximumSteps must be an integer from 1 to 1000000, got 2000000"],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...configuration, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
    expect(refused).toThrow(/^here: /);
  });
});
