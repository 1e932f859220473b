import { matrix, randomStream, type Matrix } from "flat-minima/core";
import {
  estimatePlanarPathNormRademacher,
  pathNormRademacherBound,
  pathNormRademacherFromBelow,
  planarPathNormRademacher,
} from "flat-minima/landscape";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

type Rows = readonly (readonly number[])[];

/** All 2ⁿ sign vectors. */
const signVectors = (n: number): number[][] =>
  Array.from({ length: 2 ** n }, (_, code) => Array.from({ length: n }, (_, i) => ((code >> i) & 1 ? -1 : 1)));

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** max_w |Σ_i ε_i max{w·x_i, 0}| over `steps` directions of the plane: from below, by at most Σ‖x_i‖ π/steps. */
function bruteMaximum(rows: Rows, signs: readonly number[], steps: number): number {
  let best = 0;
  for (let k = 0; k < steps; k++) {
    const angle = (2 * Math.PI * k) / steps;
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    best = Math.max(
      best,
      Math.abs(mean(rows.map((r, i) => rows.length * signs[i] * Math.max(0, x * r[0] + y * r[1])))),
    );
  }
  return best;
}

const signedSum = (rows: Rows, signs: readonly number[]): number =>
  Math.hypot(...rows[0].map((_, k) => rows.reduce((sum, x, i) => sum + signs[i] * x[k], 0)));

const totalLength = (rows: Rows): number => rows.reduce((sum, x) => sum + Math.hypot(...x), 0);

function drawn(seed: number, n: number, d: number): { rows: number[][]; inputs: Matrix } {
  const stream = randomStream(seed, "inputs", n, d);
  const rows = Array.from({ length: n }, () => Array.from(stream.normals(d)));
  return { rows, inputs: matrix(rows) };
}

/** Inputs at 0° and ±48° of the lengths 1, ¾ and ¾. */
const FAN = [0, 48, -48].map((degrees, i) => {
  const angle = (degrees * Math.PI) / 180;
  const length = i === 0 ? 1 : 0.75;
  return [length * Math.cos(angle), length * Math.sin(angle)];
});

describe("planarPathNormRademacher", () => {
  it("is the mean over all signs of the maximum over a grid of neurons, up to its spacing", async () => {
    const steps = 1500;
    for (let seed = 0; seed < 12; seed++) {
      const { rows, inputs } = drawn(seed, 1 + (seed % 6), 2);
      const n = rows.length;
      const pathNorm = 1 + seed / 4;
      const brute = (pathNorm / n) * mean(signVectors(n).map((signs) => bruteMaximum(rows, signs, steps)));
      const { relu, linear } = await planarPathNormRademacher({ inputs, pathNorm });
      const size = (pathNorm / n) * totalLength(rows);
      // A mean of 2ⁿ values, each of a walk of 2n steps.
      const rounding = (2 ** n + 10 * n) * EPS * size;
      expect(relu).toBeGreaterThanOrEqual(brute - rounding);
      expect(relu).toBeLessThanOrEqual(brute + (size * Math.PI) / steps + rounding);
      const exactLinear = (pathNorm / n) * mean(signVectors(n).map((signs) => signedSum(rows, signs)));
      expect(Math.abs(linear - exactLinear)).toBeLessThanOrEqual(rounding);
    }
  });

  it("has its closed forms: one input, equal inputs, orthogonal inputs", async () => {
    const one = await planarPathNormRademacher({ inputs: matrix([[3, 4]]), pathNorm: 2 });
    expect(Math.abs(one.relu - 10)).toBeLessThanOrEqual(40 * EPS); // Q‖x‖
    expect(Math.abs(one.linear - 10)).toBeLessThanOrEqual(40 * EPS);
    // Four times the same unit vector: E|Σ ε| = (2·4 + 8·2)/16 = 3/2.
    const equal = await planarPathNormRademacher({ inputs: matrix(Array(4).fill([0.6, 0.8])), pathNorm: 1 });
    expect(Math.abs(equal.relu - 1.5 / 4)).toBeLessThanOrEqual(40 * EPS);
    // Two orthogonal unit vectors: √2 for equal signs, 1 for different ones, over n = 2.
    const cross = await planarPathNormRademacher({
      inputs: matrix([
        [0, 1],
        [-1, 0],
      ]),
      pathNorm: 1,
    });
    expect(Math.abs(cross.relu - (Math.SQRT2 + 1) / 4)).toBeLessThanOrEqual(20 * EPS);
    expect(Math.abs(cross.linear - Math.SQRT2 / 2)).toBeLessThanOrEqual(20 * EPS);
    expect(await planarPathNormRademacher({ inputs: matrix([[0, 0]]), pathNorm: 1 })).toEqual({ relu: 0, linear: 0 });
  });

  it("exceeds that of linear functions on the fan: the factor 1 is too small, 3/2 is not", async () => {
    const { relu, linear } = await planarPathNormRademacher({ inputs: matrix(FAN), pathNorm: 3 });
    // By hand. Input i is active within 90° of its own angle, so that the kinks are at ±90° (of x₁), −42°, 138° (of x₂)
    // and 42°, −138° (of x₃). Signs alike: Σx points to 0°, where all are active: 1 + 1.5 cos 48°. The middle one
    // different: the largest is at 90°, where x₂ is left alone: 0.75 sin 48°. x₂ different: x₁ + x₃ points to −20.4°,
    // short of −42° where x₂ goes quiet, x₁ − x₂ + x₃ to −48.1°, beyond it: the maximum is on that kink,
    // cos 42° + 0.75 cos 6°. And x₃ different is its mirror image.
    const angle = (48 * Math.PI) / 180;
    const alike = 1 + 1.5 * Math.cos(angle);
    const middle = 0.75 * Math.sin(angle);
    const side = Math.sin(angle) + 0.75 * Math.cos((6 * Math.PI) / 180);
    expect(Math.abs(relu - (alike + middle + 2 * side) / 4)).toBeLessThanOrEqual(50 * EPS);
    const sums = [alike, Math.abs(1 - 1.5 * Math.cos(angle)), 2 * Math.hypot(1, 1.5 * Math.sin(angle))];
    expect(Math.abs(linear - (sums[0] + sums[1] + sums[2]) / 4)).toBeLessThanOrEqual(50 * EPS);
    expect(relu).toBeGreaterThan(1.1 * linear);
  });

  it("lies within ½ and 3/2 of that of linear functions, and below the bound", async () => {
    for (let seed = 0; seed < 30; seed++) {
      const { inputs } = drawn(seed, 1 + (seed % 10), 2);
      const ball = { inputs, pathNorm: 0.5 };
      const { relu, linear } = await planarPathNormRademacher(ball);
      expect(relu).toBeGreaterThanOrEqual(linear / 2);
      expect(relu).toBeLessThanOrEqual(1.5 * linear);
      expect(relu).toBeLessThanOrEqual(pathNormRademacherBound(ball));
    }
  });

  it("scales with Q and the inputs, and cares neither for their order nor for a rotation", async () => {
    const { rows, inputs } = drawn(3, 7, 2);
    const { relu } = await planarPathNormRademacher({ inputs, pathNorm: 1 });
    const rotated = rows.map(([x, y]) => [(3 * x - 4 * y) / 5, (4 * x + 3 * y) / 5]).reverse();
    const small = rows.map((x) => x.map((entry) => entry / 8));
    const tolerance = (2 ** 7 + 200) * EPS * (totalLength(rows) / 7);
    for (const ball of [
      { inputs: matrix(rotated), pathNorm: 1 },
      { inputs: matrix(small), pathNorm: 8 },
    ]) {
      expect(Math.abs((await planarPathNormRademacher(ball)).relu - relu)).toBeLessThanOrEqual(tolerance);
    }
  });

  it("names what it cannot work with", async () => {
    const name = "planarPathNormRademacher";
    const inputs = matrix([[1, 0]]);
    await expect(planarPathNormRademacher({ inputs: matrix([[1]]), pathNorm: 1 })).rejects.toThrow(
      `${name}: inputs must have 2 columns, got 1`,
    );
    await expect(planarPathNormRademacher({ inputs, pathNorm: 0 })).rejects.toThrow(
      `${name}: pathNorm must be positive and finite, got 0`,
    );
    await expect(planarPathNormRademacher({ inputs: matrix(Array(21).fill([1, 0])), pathNorm: 1 })).rejects.toThrow(
      `${name}: there must be at most 20 samples to enumerate their signs, got 21`,
    );
    await expect(planarPathNormRademacher({ inputs: matrix([[1e200, 0]]), pathNorm: 1e200 })).rejects.toThrow(
      `${name}: the complexity must be finite, got Infinity`,
    );
  });
});

describe("estimatePlanarPathNormRademacher", () => {
  it("is within 4 standard errors of the exact values, and its standard error is that of the signs", async () => {
    for (let seed = 0; seed < 8; seed++) {
      const { rows, inputs } = drawn(seed, 6, 2);
      const ball = { inputs, pathNorm: 2 };
      const exact = await planarPathNormRademacher(ball);
      const samples = 1000;
      const { relu, linear } = await estimatePlanarPathNormRademacher(ball, { samples, stream: randomStream(seed) });
      // One in 16,000 of a normal law lies beyond 4; the seeds are fixed.
      expect(Math.abs(relu.value - exact.relu)).toBeLessThanOrEqual(4 * relu.standardError);
      expect(Math.abs(linear.value - exact.linear)).toBeLessThanOrEqual(4 * linear.standardError);
      const sums = signVectors(6).map((signs) => (2 / 6) * signedSum(rows, signs));
      const deviation = Math.sqrt(mean(sums.map((sum) => (sum - exact.linear) ** 2)));
      // The relative error of a variance from m samples is at most √((κ - 1)/m), κ the kurtosis, below 9 here.
      expect(Math.abs(linear.standardError / (deviation / Math.sqrt(samples)) - 1)).toBeLessThan(
        0.5 * 4 * Math.sqrt(8 / samples),
      );
      expect(relu.samples).toBe(samples);
    }
  });

  it("names what it cannot work with", async () => {
    const ball = { inputs: matrix([[1, 0]]), pathNorm: 1 };
    await expect(estimatePlanarPathNormRademacher(ball, { samples: 1, stream: randomStream(1) })).rejects.toThrow(
      "estimatePlanarPathNormRademacher: samples must be an integer of at least 2, got 1",
    );
  });
});

describe("pathNormRademacherFromBelow", () => {
  it("has the closed form of orthonormal inputs: E √max{k, n − k} for k positive signs", async () => {
    const n = 4;
    const inputs = matrix(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))));
    const exact = mean(
      signVectors(n).map((signs) => {
        const positive = signs.filter((sign) => sign > 0).length;
        return Math.sqrt(Math.max(positive, n - positive)) / n;
      }),
    );
    const { relu, linear, agreeing } = await pathNormRademacherFromBelow(
      { inputs, pathNorm: 1 },
      { samples: 400, starts: 6, stream: randomStream(2) },
    );
    expect(Math.abs(relu.value - exact)).toBeLessThanOrEqual(4 * relu.standardError);
    expect(Math.abs(linear.value - 0.5)).toBeLessThanOrEqual(10 * EPS); // ‖Σ ε e‖ = √n for all signs
    expect(agreeing).toBeGreaterThan(1);
    expect(agreeing).toBeLessThanOrEqual(6);
  });

  it("agrees in the plane with the exact value, embedded in three dimensions", async () => {
    const { rows } = drawn(5, 6, 2);
    const pathNorm = 1.5;
    const exact = await planarPathNormRademacher({ inputs: matrix(rows), pathNorm });
    // The plane through the orthonormal (1, 2, 2)/3 and (2, 1, −2)/3.
    const inputs = matrix(rows.map(([x, y]) => [(x + 2 * y) / 3, (2 * x + y) / 3, (2 * x - 2 * y) / 3]));
    const { relu } = await pathNormRademacherFromBelow(
      { inputs, pathNorm },
      { samples: 300, starts: 4, stream: randomStream(5) },
    );
    expect(Math.abs(relu.value - exact.relu)).toBeLessThanOrEqual(4 * relu.standardError);
  });

  it("names what it cannot work with", async () => {
    const stream = randomStream(1);
    const name = "pathNormRademacherFromBelow";
    const ball = { inputs: matrix([[1, 0]]), pathNorm: 1 };
    await expect(pathNormRademacherFromBelow(ball, { samples: 2, starts: 0, stream })).rejects.toThrow(
      `${name}: starts must be a positive integer, got 0`,
    );
    await expect(pathNormRademacherFromBelow({ ...ball, pathNorm: NaN }, { samples: 2, stream })).rejects.toThrow(
      `${name}: pathNorm must be positive and finite, got NaN`,
    );
  });
});

describe("pathNormRademacherBound", () => {
  it("is 2Q√(d/n) for inputs of length √d", () => {
    const { rows } = drawn(1, 12, 5);
    const inputs = matrix(rows.map((x) => x.map((entry) => (entry * Math.sqrt(5)) / Math.hypot(...x))));
    const bound = pathNormRademacherBound({ inputs, pathNorm: 3 });
    expect(Math.abs(bound - 6 * Math.sqrt(5 / 12))).toBeLessThanOrEqual(100 * EPS);
  });

  it("is reached up to its factor 2 by a single input", async () => {
    const ball = { inputs: matrix([[3, 4]]), pathNorm: 2 };
    expect(pathNormRademacherBound(ball)).toBe(20);
    expect((await planarPathNormRademacher(ball)).relu).toBe(10);
  });

  it("names what it cannot work with", () => {
    const name = "pathNormRademacherBound";
    const inputs = matrix([[1]]);
    expect(() => pathNormRademacherBound({ inputs, pathNorm: -1 })).toThrow(
      `${name}: pathNorm must be positive and finite, got -1`,
    );
    expect(() => pathNormRademacherBound({ inputs: { ...inputs, data: Float64Array.of(NaN) }, pathNorm: 1 })).toThrow(
      `${name}: inputs must be finite, got NaN at (0, 0)`,
    );
  });
});
