import { DivergenceError, InvalidArgumentError } from "flat-minima/core";
import { interpolateLosses, type ParameterLine } from "flat-minima/landscape";
import { describe, expect, it } from "vitest";

const line: ParameterLine = {
  from: Float64Array.of(1, -2),
  to: Float64Array.of(3, 5),
  alphas: [-1, 0, 0.25, 1, 2.5],
};
const half = (theta: Float64Array): number => theta.reduce((sum, x) => sum + 0.5 * x * x, 0);

describe("interpolateLosses", () => {
  it("gives the parabola ½|a|² + α a·d + ½α²|d|² of a quadratic loss, by its name, in the order of the alphas", async () => {
    const { quadratic } = await interpolateLosses({ quadratic: half }, line);
    // a = (1, −2), d = (2, 7): ½|a|² = 2.5, a·d = −12, ½|d|² = 26.5; all dyadic, so exact.
    expect([...quadratic]).toEqual([-1, 0, 0.25, 1, 2.5].map((alpha) => 2.5 - 12 * alpha + 26.5 * alpha ** 2));
  });

  it("is at the ends exactly, where a + α(b − a) would miss the second by a rounding", async () => {
    const ends: ParameterLine = { from: Float64Array.of(3), to: Float64Array.of(0.1), alphas: Float64Array.of(0, 1) };
    expect(3 + 1 * (0.1 - 3)).not.toBe(0.1);
    const { first } = await interpolateLosses({ first: ([x]) => x }, ends);
    expect([...first]).toEqual([3, 0.1]);
  });

  it("hands out fresh parameters: a function that keeps or spoils them harms no other", async () => {
    const kept: Float64Array[] = [];
    const spoiling = (theta: Float64Array): number => {
      kept.push(theta.slice());
      theta.fill(NaN);
      return 1;
    };
    const values = await interpolateLosses({ spoiling, half }, line);
    expect(values.half[1]).toBe(2.5);
    expect(kept[3]).toEqual(line.to);
  });

  it("names what leaves the finite numbers, and where", async () => {
    const run = interpolateLosses({ half, log: ([x]) => Math.log(x) }, line);
    await expect(run).rejects.toThrow(DivergenceError);
    await expect(run).rejects.toThrow("interpolateLosses: diverged at step 0, log is NaN at alpha = -1");
  });

  it.each<[message: string, change: Partial<ParameterLine>]>([
    ["to must have length 2, as from, got 1", { to: Float64Array.of(1) }],
    ["from must be finite, got NaN at index 0", { from: Float64Array.of(NaN, 1) }],
    ["to must be finite, got Infinity at index 1", { to: Float64Array.of(0, Infinity) }],
    ["parameters must not be empty", { from: new Float64Array(0), to: new Float64Array(0) }],
    ["there must be at least one alpha, got none", { alphas: [] }],
    ["alphas must be finite, got NaN at index 1", { alphas: [0, NaN] }],
  ])("refuses: %s", async (message, change) => {
    const run = interpolateLosses({ half }, { ...line, ...change });
    await expect(run).rejects.toThrow(InvalidArgumentError);
    await expect(run).rejects.toThrow(`interpolateLosses: ${message}`);
  });

  it("refuses to evaluate nothing", async () => {
    await expect(interpolateLosses({}, line)).rejects.toThrow(
      "interpolateLosses: there must be at least one function, got none",
    );
  });
});
