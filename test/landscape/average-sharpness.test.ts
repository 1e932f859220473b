import { describe, expect, it } from "vitest";
import { matrix, randomStream } from "flat-minima/core";
import { averageSharpness } from "flat-minima/landscape";
import { quadratic } from "flat-minima/models";

/** ½(3x² + y²) + ½x³ + ¼x⁴ + y⁴/10, by hand: E x⁴ = 3ρ⁴ Var² for Gaussian x. */
const quartic = {
  loss: ([x, y]: Float64Array) => (3 * x * x + y * y) / 2 + x ** 3 / 2 + x ** 4 / 4 + y ** 4 / 10,
};
const origin = new Float64Array(2);
const H = matrix([
  [3, 0],
  [0, 1],
]);

describe("the average sharpness", () => {
  it.each([0.05, 1, 5])("of a quartic has its closed forms at ρ = %d", async (radius) => {
    const [isotropic, shaped, factored] = await Promise.all(
      [
        undefined,
        { covariance: H },
        {
          factor: matrix([
            [1, 0, Math.SQRT2],
            [0, 1, 0],
          ]),
        },
      ].map((perturbation, k) =>
        // prettier-ignore
        averageSharpness(quartic, origin, { radius, perturbation, samples: 20_000, stream: randomStream(1, "quartic", k) }),
      ),
    );
    // 4 standard errors: each fails once in 16,000 seeds, and the seed is fixed.
    const within = ({ value, standardError }: typeof isotropic, exact: number): boolean =>
      Math.abs(value - exact) <= 4 * standardError && standardError < 0.1 * exact;
    expect(within(isotropic, 4 + 6 * (0.25 + 0.1) * radius ** 2)).toBe(true);
    expect(within(shaped, 10 + 6 * (0.25 * 9 + 0.1) * radius ** 2)).toBe(true);
    expect(within(factored, 10 + 6 * (0.25 * 9 + 0.1) * radius ** 2)).toBe(true); // FFᵀ = diag(3, 1)
    expect(within(isotropic, 10 + 6 * (0.25 * 9 + 0.1) * radius ** 2)).toBe(false);
    expect(within(shaped, 4 + 6 * (0.25 + 0.1) * radius ** 2)).toBe(false);
  });

  it("has no noise from odd powers, and none at all where pairs agree", async () => {
    const cubic = { loss: ([x]: Float64Array) => x + 7 * x ** 3 };
    const options = { radius: 0.1, samples: 50, stream: randomStream(2) };
    const { value, standardError } = await averageSharpness(cubic, Float64Array.of(0), options);
    expect([Math.abs(value), standardError]).toEqual([0, 0]);
  });

  it("reports a standard error that covers: 95 in 100 at 1.96", async () => {
    let covered = 0;
    const trials = 400;
    for (let trial = 0; trial < trials; trial++) {
      const stream = randomStream(trial, "coverage");
      const { value, standardError, samples } = await averageSharpness(quadratic([H]), origin, {
        radius: 0.3,
        samples: 100,
        stream,
      });
      expect(samples).toBe(100);
      if (Math.abs(value - 4) <= 1.96 * standardError) covered++;
    }
    // Binomial(400, .95): mean 380, standard deviation 4.4; Student's t and the skew of χ² take about 1 in 100 more.
    expect(covered).toBeGreaterThanOrEqual(380 - 4 - 4 * 4.4);
    expect(covered).toBeLessThanOrEqual(380 + 4 * 4.4);
    // The variance of a pair is 2‖H‖_F² = 20.
    const { standardError } = await averageSharpness(quadratic([H]), origin, {
      radius: 0.3,
      samples: 20_000,
      stream: randomStream(3),
    });
    // The relative error of a variance estimated from m draws of a form in χ² is below √(14/m) = 0.027 (kurtosis 15).
    expect(Math.abs(standardError / Math.sqrt(20 / 20_000) - 1)).toBeLessThanOrEqual((4 * 0.027) / 2);
  });

  it("shows its own error once the quadratic is taken off the loss", async () => {
    const remainder = { loss: (x: Float64Array) => quartic.loss(x) - (3 * x[0] ** 2 + x[1] ** 2) / 2 };
    const radius = 0.01;
    const { value, standardError } = await averageSharpness(remainder, origin, {
      radius,
      samples: 20_000,
      stream: randomStream(4),
    });
    expect(Math.abs(value - 2.1 * radius ** 2)).toBeLessThanOrEqual(4 * standardError);
    expect(standardError).toBeLessThan(0.1 * radius ** 2);
  });

  it("refuses bad input before any work", async () => {
    const risk = {
      loss: (): number => {
        throw new Error("the loss was called");
      },
    };
    const refused = (options: object, theta = origin): Promise<unknown> =>
      averageSharpness(risk, theta, { radius: 1, samples: 10, stream: randomStream(1), ...options });
    for (const radius of [0, -1, NaN, Infinity, 1e200]) {
      await expect(refused({ radius })).rejects.toThrow("averageSharpness: radius must be positive and finite");
    }
    for (const samples of [1, 0, 2.5, NaN]) {
      await expect(refused({ samples })).rejects.toThrow("averageSharpness: samples must be an integer of at least 2");
    }
    await expect(refused({}, Float64Array.of(0, NaN))).rejects.toThrow("averageSharpness: parameters must be finite");
    await expect(refused({}, new Float64Array(0))).rejects.toThrow("averageSharpness: parameters must not be empty");
    const withCovariance = (rows: number[][]): Promise<unknown> =>
      refused({ perturbation: { covariance: matrix(rows) } });
    const indefinite = "averageSharpness: covariance must be positive semi-definite, got";
    await expect(withCovariance([[1, 0], [0, -1e-9]])).rejects.toThrow(indefinite); // prettier-ignore
    await expect(withCovariance([[1, 2], [2, 1]])).rejects.toThrow(indefinite); // prettier-ignore
    await expect(withCovariance([[0, 1], [1, 0]])).rejects.toThrow(indefinite); // prettier-ignore
    await expect(withCovariance([[1, 2], [0, 1]])).rejects.toThrow("averageSharpness: covariance must be symmetric"); // prettier-ignore
    await expect(withCovariance([[1]])).rejects.toThrow("averageSharpness: the covariance or factor must have 2 rows");
    await expect(refused({ perturbation: { factor: matrix([[1]]) } })).rejects.toThrow("must have 2 rows");
    const bad = { rows: 2, cols: 1, data: Float64Array.of(1, NaN) };
    await expect(refused({ perturbation: { factor: bad } })).rejects.toThrow("averageSharpness: factor must be finite");
    const infinite = averageSharpness({ loss: () => NaN }, origin, { radius: 1, samples: 2, stream: randomStream(1) });
    await expect(infinite).rejects.toThrow("averageSharpness: the loss must be finite, got NaN");
  });
});
