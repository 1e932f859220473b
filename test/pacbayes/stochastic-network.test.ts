import { matrix, randomStream } from "flat-minima/core";
import { linearNetwork } from "flat-minima/models";
import { stochasticError, stochasticNetwork } from "flat-minima/pacbayes";
import { describe, expect, it } from "vitest";

const network = linearNetwork({ inputCount: 2 });
const predictor = stochasticNetwork({
  network,
  mean: Float64Array.of(1, -1),
  standardDeviation: Float64Array.of(1, 2),
});
/** xᵀθ is normal with mean 1 and deviation 1 on the first, 2 − 1 = 1 and √(4 + 4) on the second, −1 and 2 on the third. */
const inputs = matrix([
  [1, 0],
  [2, 1],
  [0, 1],
]);
const targets = matrix([[1], [1], [1]]);
/** Φ(−1), Φ(−1/√8), Φ(½), from tables. */
const errors = [0.15865525, 0.3618368, 0.69146246];
const exact = (errors[0] + errors[1] + errors[2]) / 3;

describe("stochasticError", () => {
  it.each([1, 2, 3])(
    "has the mean that the normal distribution says, with %i samples a draw",
    async (samplesPerDraw) => {
      const options = { draws: 10_000, samplesPerDraw, stream: randomStream(1, "error") };
      const { value, standardError, samples } = await stochasticError(predictor, { inputs, targets }, options);
      expect(samples).toBe(10_000);
      expect(standardError).toBeLessThan(0.005); // √(¼/10,000), and less for more samples
      // Four standard errors; the error at μ, 1/3, is 14 away and more.
      expect(Math.abs(value - exact)).toBeLessThan(4 * standardError);
      expect(Math.abs(value - 1 / 3)).toBeGreaterThan(8 * standardError);
    },
  );

  it("refuses bad input before it draws", async () => {
    const samples = { inputs, targets };
    const stream = randomStream(1);
    const bad = (change: object) => stochasticError({ ...predictor, ...change }, samples, { stream });
    await expect(bad({ mean: Float64Array.of(NaN, 1) })).rejects.toThrow("stochasticError: mean must be finite");
    await expect(bad({ mean: Float64Array.of(1) })).rejects.toThrow("mean must have length 2, got 1");
    await expect(bad({ standardDeviation: Float64Array.of(1, -1) })).rejects.toThrow(
      "stochasticError: standardDeviation must be positive, got -1",
    );
    const options = (change: object) => stochasticError(predictor, samples, { stream, ...change });
    await expect(options({ draws: 0 })).rejects.toThrow("draws must be an integer of at least 2, got 0");
    await expect(options({ samplesPerDraw: 4 })).rejects.toThrow("at most the number 3 of samples, got 4");
    const none = { inputs: { rows: 0, cols: 2, data: new Float64Array(0) }, targets };
    await expect(stochasticError(predictor, none, { stream })).rejects.toThrow("there must be a sample");
    expect(stream.normal()).toBe(randomStream(1).normal());
  });
});

it("stochasticNetwork copies, and refuses deviations that are not positive", () => {
  const mean = Float64Array.of(1, 2);
  const made = stochasticNetwork({ network, mean, standardDeviation: mean });
  mean[0] = 7;
  expect([made.mean[0], made.standardDeviation[0]]).toEqual([1, 1]);
  expect(() => stochasticNetwork({ network, mean, standardDeviation: Float64Array.of(1, 0) })).toThrow(
    "stochasticNetwork: standardDeviation must be positive, got 0",
  );
});
