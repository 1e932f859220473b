import { randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import {
  convolutional,
  deepLinear,
  type InitializationScheme,
  initialParameters,
  linearNetwork,
  multilayerPerceptron,
  twoLayer,
} from "flat-minima/models";

const [fanIn, width] = [50, 400];
const network = multilayerPerceptron({ widths: [fanIn, width, 1], activation: "relu" });
const draw = (scheme: InitializationScheme, gain?: number): Float64Array =>
  initialParameters(network, randomStream(1, "initialisation"), { scheme, gain });
const count = fanIn * width;

/** The mean square of the first layer's weights. */
const meanSquare = (parameters: Float64Array): number =>
  parameters.subarray(0, count).reduce((sum, w) => sum + w * w, 0) / count;

describe("initialParameters", () => {
  // For a normal w of variance s², w² has mean s² and standard deviation √2 s²: the mean of N has the standard error
  // s² √(2/N). For a uniform w on ±b, b²/3 and b² √(4/45/N). Five of them: a wrong scheme misses by 30 or more.
  it.each<[InitializationScheme, number]>([
    ["scaled normal", 1],
    ["He", 2 / fanIn],
    ["LeCun", 1 / fanIn],
  ])("%s: has its variance, and biases 0", (scheme, variance) => {
    for (const gain of [1, 0.1]) {
      const expected = gain * gain * variance;
      const parameters = draw(scheme, gain);
      expect(Math.abs(meanSquare(parameters) - expected)).toBeLessThan(5 * expected * Math.sqrt(2 / count));
      const mean = parameters.subarray(0, count).reduce((sum, w) => sum + w, 0) / count;
      expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(expected / count));
      expect(parameters.subarray(count, count + width).every((b) => b === 0)).toBe(true);
      expect(parameters.subarray(count + width, count + 2 * width).every((w) => w !== 0)).toBe(true);
      expect(parameters[count + 2 * width]).toBe(0);
    }
  });

  it("uniform: fills ±gain/√fan-in, with weights and biases", () => {
    const parameters = draw("uniform", 2);
    const bound = 2 / Math.sqrt(fanIn);
    const first = parameters.subarray(0, count + width);
    expect(first.every((w) => Math.abs(w) <= bound)).toBe(true);
    expect(Math.max(...first)).toBeGreaterThan(0.99 * bound);
    expect(Math.min(...first)).toBeLessThan(-0.99 * bound);
    expect(Math.abs(meanSquare(parameters) - bound ** 2 / 3)).toBeLessThan(5 * bound ** 2 * Math.sqrt(4 / 45 / count));
    const second = parameters.subarray(count + width);
    expect(second.every((w) => Math.abs(w) <= 2 / Math.sqrt(width) && w !== 0)).toBe(true);
  });

  it("scales with the fan-in of each layer", () => {
    const parameters = draw("He");
    const second = parameters.subarray(count + width, count + 2 * width);
    const square = second.reduce((sum, w) => sum + w * w, 0) / width;
    expect(Math.abs(square - 2 / width)).toBeLessThan(5 * (2 / width) * Math.sqrt(2 / width));
  });

  it("knows the layers of a two-layer network: its hidden weights and biases, then a where it is trained", () => {
    const shape = { inputCount: 4, width: 9, structure: "bias", activation: "relu" } as const;
    const trained = twoLayer(shape);
    const { weights, biases, outputWeights } = trained.parts(
      initialParameters(trained, randomStream(3), { scheme: "uniform" }),
    );
    const largest = (values: Float64Array): number => Math.max(...values.map(Math.abs));
    // Of 36 and 9 uniform numbers none is small, but for a chance of (2/3)^36 < 1e-6 and (1/3)^9 < 1e-4 (the seed is fixed).
    for (const [values, bound, least] of [
      [weights.data, 1 / 2, 2 / 3],
      [biases!, 1 / 2, 1 / 3],
      [outputWeights!, 1 / 3, 1 / 3],
    ] as const) {
      expect(largest(values)).toBeLessThanOrEqual(bound);
      expect(largest(values)).toBeGreaterThan(least * bound);
    }
    const fixed = twoLayer({ ...shape, fixedOutputWeights: new Float64Array(9).fill(1) });
    const drawn = initialParameters(fixed, randomStream(3), { scheme: "uniform" });
    expect(drawn).toEqual(initialParameters(trained, randomStream(3), { scheme: "uniform" }).slice(0, 45));
  });

  it("fills all of a convolutional network, biases apart", () => {
    const layers = [{ channels: 3, kernel: 2 }];
    const network = convolutional({ imageShape: [4, 4, 1], layers, activation: "tanh", outputCount: 2 });
    const drawn = initialParameters(network, randomStream(3), { scheme: "LeCun" });
    expect(drawn.length).toBe(network.parameterCount);
    expect(drawn.filter((value) => value === 0).length).toBe(3 + 2);
  });

  it("is the same for the same stream, and its gain a factor", () => {
    for (const scheme of ["scaled normal", "He", "LeCun", "uniform"] as const) {
      const parameters = draw(scheme);
      expect(draw(scheme)).toEqual(parameters);
      expect(draw(scheme, 2)).toEqual(parameters.map((w) => 2 * w));
      expect(draw(scheme, 0).every((w) => w === 0)).toBe(true);
    }
  });

  it("knows networks without biases", () => {
    const stream = randomStream(1, "initialisation");
    const parameters = initialParameters(deepLinear({ widths: [3, 4, 2] }), stream, { scheme: "LeCun" });
    expect(parameters.length).toBe(20);
    expect(parameters.every((w) => w !== 0)).toBe(true);
  });

  it("refuses what it does not know", () => {
    expect(() => draw("Xavier" as InitializationScheme)).toThrow(
      "initialParameters: the scheme must be scaled normal, He, LeCun or uniform, got Xavier",
    );
    expect(() => draw("toString" as InitializationScheme)).toThrow("got toString");
    expect(() => draw("He", -1)).toThrow("initialParameters: the gain must be finite and not negative, got -1");
    expect(() => draw("He", NaN)).toThrow("got NaN");
    const layerless = linearNetwork({ inputCount: 2 }) as never;
    expect(() => initialParameters(layerless, randomStream(1), { scheme: "He" })).toThrow(
      "initialParameters: the network must have layouts, got an object with the fields parameterCount",
    );
  });
});
