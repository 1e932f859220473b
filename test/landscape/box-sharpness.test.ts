import { describe, expect, it } from "vitest";
import { type Matrix, matrix, multiply, multiplyVector, randomStream, transpose } from "flat-minima/core";
import { boxSharpness } from "flat-minima/landscape";
import { quadratic } from "flat-minima/models";

const origin = (p: number): Float64Array => new Float64Array(p);

/** ½(θ − m)ᵀH(θ − m) + c, by loops. */
function bowl(H: Matrix, minimum: Float64Array, least: number) {
  const from = (theta: Float64Array): Float64Array => theta.map((value, k) => value - minimum[k]);
  return {
    loss: (theta: Float64Array) => {
      const d = from(theta);
      return least + multiplyVector(H, d).reduce((sum, value, k) => sum + (value * d[k]) / 2, 0);
    },
    gradient: (theta: Float64Array) => multiplyVector(H, from(theta)),
  };
}

/** The highest loss over all corners θ + A(±b): for a convex loss, over the whole box. */
function highestCorner(loss: (theta: Float64Array) => number, theta: Float64Array, b: Float64Array, A?: Matrix) {
  let highest = -Infinity;
  for (let corner = 0; corner < 2 ** b.length; corner++) {
    const y = b.map((side, i) => ((corner >> i) & 1 ? side : -side));
    const shift = A ? multiplyVector(A, y) : y;
    highest = Math.max(highest, loss(theta.map((value, k) => value + shift[k])));
  }
  return highest;
}

describe("the sharpness in a box", () => {
  it("of separate squares has its closed form, with a wider side for a larger parameter", async () => {
    const risk = bowl(matrix([[3, 0], [0, 1]]), Float64Array.of(4, -9), 1); // prettier-ignore
    const found = await boxSharpness(risk, Float64Array.of(4, -9), { boxSize: 0.1, stream: randomStream(1) });
    // Sides 0.1·(4 + 1) and 0.1·(9 + 1): 100·½(3·0.5² + 1·1²)/(1 + 1), some rounding of numbers of size 10.
    expect(Math.abs(found.value - 43.75)).toBeLessThanOrEqual(100 * 100 * Number.EPSILON);
    expect(Array.from(found.perturbation, Math.abs)).toEqual([0.5, 1]);
    expect(found).toMatchObject({ converged: true, residual: 0 });
  });

  it("of convex quadratics is that of the highest of all corners, from enough starts", async () => {
    const stream = randomStream(2, "quadratics");
    let belowFromOneStart = 0;
    for (let trial = 0; trial < 10; trial++) {
      const p = 6;
      const B = { rows: p, cols: p, data: stream.normals(p * p) };
      const theta = stream.normals(p);
      const risk = bowl(multiply(B, transpose(B)), stream.normals(p), 0.5);
      const boxSize = 0.2;
      const b = theta.map((value) => boxSize * (Math.abs(value) + 1));
      const start = risk.loss(theta);
      const exact = (100 * (highestCorner(risk.loss, theta, b) - start)) / (1 + start);
      const many = await boxSharpness(risk, theta, { boxSize, stream, starts: 64 });
      // Both are sums of p² products of the same numbers: relative p²·eps of terms no larger than 10 times the value.
      expect(Math.abs(many.value / exact - 1)).toBeLessThanOrEqual(10 * p * p * Number.EPSILON);
      const one = await boxSharpness(risk, theta, { boxSize, stream });
      expect(one.value).toBeLessThanOrEqual(exact * (1 + 10 * p * p * Number.EPSILON));
      expect(one.value).toBeGreaterThan(0);
      if (one.value < exact * (1 - 1e-9)) belowFromOneStart++;
    }
    expect(belowFromOneStart).toBeLessThan(10); // a lower bound, and often sharp
  });

  it("in a subspace has sides from A⁺θ, whatever the scale and the angles of A's columns", async () => {
    const stream = randomStream(3, "subspaces");
    for (let trial = 0; trial < 10; trial++) {
      const [p, k] = [7, 3];
      const B = { rows: p, cols: p, data: stream.normals(p * p) };
      const theta = stream.normals(p);
      const risk = bowl(multiply(B, transpose(B)), stream.normals(p), 0);
      const A = { rows: p, cols: k, data: stream.normals(p * k).map((value) => 3 * value) };
      // (AᵀA)⁻¹Aᵀθ by Cramer's rule.
      const G = multiply(transpose(A), A);
      const right = multiplyVector(transpose(A), theta);
      const determinant = ([a, b, c, d, e, f, g, h, i]: Float64Array): number =>
        a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
      const whole = determinant(G.data);
      const b = Float64Array.from({ length: k }, (_, j) => {
        const replaced = G.data.map((value, at) => (at % k === j ? right[Math.floor(at / k)] : value));
        return 0.1 * (Math.abs(determinant(replaced) / whole) + 1);
      });
      const start = risk.loss(theta);
      const exact = (100 * (highestCorner(risk.loss, theta, b, A) - start)) / (1 + start);
      const found = await boxSharpness(risk, theta, { boxSize: 0.1, stream, starts: 16, directions: A });
      // The condition number of G, at most some hundreds, times eps, in the sides.
      expect(Math.abs(found.value / exact - 1)).toBeLessThanOrEqual(1e-11);
    }
  });

  it("with orthonormal columns that are the axes is that of the whole space", async () => {
    const risk = bowl(matrix([[2, 1], [1, 3]]), Float64Array.of(1, 2), 0.25); // prettier-ignore
    const theta = Float64Array.of(1.5, -1);
    const whole = await boxSharpness(risk, theta, { boxSize: 0.3, stream: randomStream(4) });
    const axes = matrix([[1, 0], [0, 1]]); // prettier-ignore
    const inAxes = await boxSharpness(risk, theta, { boxSize: 0.3, stream: randomStream(4), directions: axes });
    expect(Math.abs(inAxes.value / whole.value - 1)).toBeLessThanOrEqual(100 * Number.EPSILON);
  });

  it("finds a maximum inside the box, where no corner is one", async () => {
    const wave = {
      loss: ([x]: Float64Array) => 1 - Math.cos(x),
      gradient: ([x]: Float64Array) => Float64Array.of(Math.sin(x)),
    };
    const options = { boxSize: 4, stream: randomStream(5), maxIterations: 100, tolerance: 1e-4 };
    const { value, perturbation, converged } = await boxSharpness(wave, origin(1), options);
    expect(converged).toBe(true);
    // The residual is |sin x| over its largest on the way, at most 1, so that x is at most as far off, and the value
    // half of its square.
    expect(Math.abs(Math.abs(perturbation[0]) - Math.PI)).toBeLessThanOrEqual(1.1e-4);
    expect(Math.abs(value - 200)).toBeLessThanOrEqual(100 * 1.1e-4 ** 2);
  });

  it("is 0 at a maximum, waits for promises, repeats itself and leaves θ alone", async () => {
    const hill = quadratic([matrix([[-1]])]);
    const top = await boxSharpness(hill, origin(1), { boxSize: 0.5, stream: randomStream(6) });
    expect([top.value, top.perturbation[0]]).toEqual([0, 0]);

    const risk = bowl(matrix([[2, 1], [1, 3]]), Float64Array.of(1, 2), 0); // prettier-ignore
    const theta = Float64Array.of(1, 2);
    const later = {
      loss: async (at: Float64Array) => Promise.resolve(risk.loss(at)),
      gradient: async (at: Float64Array) => Promise.resolve(risk.gradient(at)),
    };
    const now = await boxSharpness(risk, theta, { boxSize: 0.1, stream: randomStream(7) });
    expect(await boxSharpness(later, theta, { boxSize: 0.1, stream: randomStream(7) })).toEqual(now);
    expect(theta).toEqual(Float64Array.of(1, 2));
  });

  it("says when 10 iterations were not enough", async () => {
    const ramp = {
      loss: ([x]: Float64Array) => Math.sin(40 * x) + 3,
      gradient: ([x]: Float64Array) => Float64Array.of(40 * Math.cos(40 * x)),
    };
    const one = { boxSize: 1, stream: randomStream(8), maxIterations: 1, starts: 0 };
    const short = await boxSharpness(ramp, origin(1), one);
    expect(short).toMatchObject({ converged: false, iterations: 1 });
    expect(short.message).toMatch(/raise maxIterations or the tolerance/);
  });

  it("refuses bad input before any work", async () => {
    const risk = {
      loss: (): number => {
        throw new Error("the loss was called");
      },
      gradient: (): Float64Array => {
        throw new Error("the gradient was called");
      },
    };
    const good = { boxSize: 1e-3, stream: randomStream(1) };
    const refused = (options: object, theta = origin(2)): Promise<unknown> =>
      boxSharpness(risk, theta, { ...good, ...options });
    for (const boxSize of [0, -1, NaN, Infinity]) {
      await expect(refused({ boxSize })).rejects.toThrow("boxSharpness: boxSize must be positive and finite");
    }
    await expect(refused({}, Float64Array.of(NaN))).rejects.toThrow("boxSharpness: parameters must be finite");
    await expect(refused({}, origin(0))).rejects.toThrow("boxSharpness: parameters must not be empty");
    const wrongRows = matrix([[1], [2], [3]]);
    await expect(refused({ directions: wrongRows })).rejects.toThrow(
      "boxSharpness: directions must have 2 rows and a column",
    );
    const dependent = matrix([[1, 2], [2, 4]]); // prettier-ignore
    await expect(refused({ directions: dependent })).rejects.toThrow(
      "boxSharpness: the columns of directions must be independent",
    );
    const tooMany = matrix([[1, 0, 1], [0, 1, 1]]); // prettier-ignore
    await expect(refused({ directions: tooMany })).rejects.toThrow("the columns of directions must be independent");
    const infinite = { rows: 2, cols: 1, data: Float64Array.of(1, Infinity) };
    await expect(refused({ directions: infinite })).rejects.toThrow("boxSharpness: directions must be finite");
    await expect(refused({ starts: 0.5 })).rejects.toThrow("boxSharpness: starts must be an integer");
    await expect(refused({ tolerance: 0 })).rejects.toThrow("boxSharpness: tolerance must be at least");
    await expect(refused({ maxIterations: 0 })).rejects.toThrow("boxSharpness: maxIterations must be");

    const gradient = (theta: Float64Array): Float64Array => theta;
    const withLoss = (value: number): Promise<unknown> =>
      boxSharpness({ loss: () => value, gradient }, origin(1), good);
    await expect(withLoss(NaN)).rejects.toThrow("boxSharpness: the loss must be finite");
    await expect(withLoss(-1)).rejects.toThrow("boxSharpness: the loss must be above -1, got -1");
    const short = { loss: () => 0, gradient: () => origin(3) };
    await expect(boxSharpness(short, origin(1), good)).rejects.toThrow("the gradient must have length 1, got 3");
  });
});
