import { randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { type InitializationScheme, initialParameters } from "../../lib/models/initialization";

const [fanIn, width] = [50, 400];
const network = { widths: [fanIn, width, 1], bias: true };
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
    const parameters = initialParameters({ widths: [3, 4, 2], bias: false }, stream, { scheme: "LeCun" });
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
    const stream = randomStream(1, "initialisation");
    expect(() => initialParameters({ widths: [3], bias: true }, stream, { scheme: "He" })).toThrow(
      "initialParameters: widths must name at least the inputs and the outputs, got [3]",
    );
  });
});
