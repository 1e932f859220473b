import {
  denseOperator,
  DivergenceError,
  eigh,
  indices,
  matrix,
  type Matrix,
  randomStream,
  symmetricPart,
  zeros,
} from "flat-minima/core";
import {
  empiricalRisk,
  gaussNewtonOperator,
  halfSquareLoss,
  hessianOperator,
  initialParameters,
  multilayerPerceptron,
  quadratic,
} from "flat-minima/models";
import { type EdgeOfStabilityOptions, trackEdgeOfStability } from "flat-minima/stability";
import { describe, expect, it } from "vitest";

const stream = randomStream(1, "small net");
const network = multilayerPerceptron({ widths: [2, 5, 4, 1], activation: "tanh" });
const inputs: Matrix = { rows: 20, cols: 2, data: stream.normals(40) };
const targets = stream.normals(20);
const risk = empiricalRisk({ network, loss: halfSquareLoss, inputs, targets });
const start = initialParameters(network, stream, { scheme: "LeCun" });
const everything = indices(20);
const small = {
  loss: risk.loss,
  gradient: (theta, into) => risk.batchGradient(theta, everything, into),
  operatorAt: (theta) => hessianOperator(risk.at(theta)),
  start,
  stream: randomStream(2),
} satisfies Partial<EdgeOfStabilityOptions>;

/** ∇²L by central differences of the gradient, and their error: h² |∂⁴L|/6 + eps |∇L|/h, with h = 1e-5 below 1e-8. */
function denseHessian(theta: Float64Array): Matrix {
  const h = 1e-5;
  const H = zeros(theta.length, theta.length);
  for (let j = 0; j < theta.length; j++) {
    const moved = [h, -h].map((change) => risk.gradient(theta.map((x, k) => (k === j ? x + change : x))));
    for (let i = 0; i < theta.length; i++) H.data[i * theta.length + j] = (moved[0][i] - moved[1][i]) / (2 * h);
  }
  return symmetricPart(H);
}

/** Plain gradient descent, as one would write it down. */
function descend(theta: Float64Array, rates: readonly number[]): Float64Array[] {
  const path = [theta];
  for (const rate of rates) {
    const g = small.gradient(theta, undefined);
    path.push((theta = theta.map((x, k) => x - rate * g[k])));
  }
  return path;
}

describe("trackEdgeOfStability", () => {
  it("records steps, losses, rates and the dense Hessian's top eigenvalues along a run with two rates", async () => {
    const schedule = [
      { learningRate: 0.3, steps: 25 },
      { learningRate: 0.1, steps: 15 },
    ];
    const run = await trackEdgeOfStability({ ...small, schedule, every: 5, count: 2, tolerance: 1e-7 });
    const path = descend(start, [...new Array<number>(25).fill(0.3), ...new Array<number>(15).fill(0.1)]);
    expect(run.steps).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40]);
    expect(run.ended).toBe("completed");
    expect(run.parameters).toEqual(path[40]);
    for (const { step, loss, learningRate, eigenpairs } of run.observations) {
      expect(loss).toBe(risk.loss(path[step]));
      expect(learningRate).toBe(step < 25 ? 0.3 : 0.1);
      const { values } = eigh(denseHessian(path[step]));
      expect(eigenpairs.converged).toBe(true);
      // The finite differences' error in norm, p·1e-8, and the residual, 1e-7·‖H‖.
      const tolerance = start.length * 1e-8 + 1e-7 * Math.max(...values.map(Math.abs));
      for (const k of [0, 1]) {
        expect(Math.abs(eigenpairs.values[k] - values[values.length - 1 - k])).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  it("follows the Gauss–Newton matrix as well", async () => {
    const operatorAt = (theta: Float64Array) => gaussNewtonOperator(risk.at(theta));
    const schedule = [{ learningRate: 0.3, steps: 20 }];
    const run = await trackEdgeOfStability({ ...small, operatorAt, schedule, every: 10, tolerance: 1e-7 });
    const path = descend(start, new Array<number>(20).fill(0.3));
    for (const { step, eigenpairs } of run.observations) {
      // JJᵀ/n has G's eigenvalues.
      const K = risk.at(path[step]).gramMatrix();
      const { values } = eigh({ ...K, data: K.data.map((entry) => entry / 20) });
      expect(Math.abs(eigenpairs.values[0] - values[19])).toBeLessThanOrEqual(2e-7 * values[19]);
    }
  });

  it("on a quadratic the sharpness is constant, and the loss along λ₁ = 2/η is, too", async () => {
    const bowl = quadratic([matrix([[4, 0], [0, 1]])]); // prettier-ignore
    const { observations } = await trackEdgeOfStability({
      loss: bowl.loss,
      gradient: bowl.gradient,
      operatorAt: () => denseOperator(bowl.hessian),
      start: Float64Array.of(3, 8),
      schedule: [{ learningRate: 0.5, steps: 6 }],
      every: 2,
      stream: randomStream(1),
    });
    // ½·4·3² + ½·(8·2^-t)²: powers of two, exact.
    expect(observations.map(({ loss }) => loss)).toEqual([0, 2, 4, 6].map((t) => 18 + 32 / 4 ** t));
    for (const { eigenpairs } of observations) expect(Math.abs(eigenpairs.values[0] - 4)).toBeLessThanOrEqual(4e-4);
  });

  it("stops where it is told to", async () => {
    const run = await trackEdgeOfStability({
      ...small,
      schedule: [{ learningRate: 0.3, steps: 1000 }],
      every: 10,
      until: ({ step }) => step >= 30,
    });
    expect(run.ended).toBe("stopped");
    expect(run.steps).toEqual([0, 10, 20, 30]);
  });

  it("names the step at which a run diverges, whether or not it is being looked at", async () => {
    const bowl = quadratic([matrix([[1]])]);
    const options = {
      loss: bowl.loss,
      gradient: bowl.gradient,
      operatorAt: () => denseOperator(bowl.hessian),
      start: Float64Array.of(1),
      stream: randomStream(1),
    };
    // θ_t = (1 − 1e10)^t overflows at t = 31, its square at t = 16.
    const schedule = [{ learningRate: 1e10, steps: 100 }];
    const unseen = trackEdgeOfStability({ ...options, schedule, every: 1000 });
    await expect(unseen).rejects.toThrow("diverged at step 31, a parameter is not finite");
    const seen = await trackEdgeOfStability({ ...options, schedule, every: 4, ifStopped: "return" });
    expect(seen.ended).toBe("diverged");
    expect(seen.reason).toBeInstanceOf(DivergenceError);
    expect(seen.reason?.message).toBe("trackEdgeOfStability: diverged at step 16, the loss is Infinity");
    expect(seen.steps).toEqual([0, 4, 8, 12]);
    const products = trackEdgeOfStability({
      ...options,
      operatorAt: ([x]) => ({ ...denseOperator(bowl.hessian), apply: () => Float64Array.of(x > 1 ? Infinity : 1) }),
      schedule: [{ learningRate: 3, steps: 4 }],
      every: 1,
    });
    await expect(products).rejects.toThrow("diverged at step 2, a product with the operator is not finite");
  });

  it.each<[Partial<EdgeOfStabilityOptions>, string]>([
    [{ schedule: [] }, "there must be a phase, got []"],
    [{ schedule: [{ learningRate: 0, steps: 1 }] }, "learningRate must be positive and finite, got 0"],
    [{ schedule: [{ learningRate: -1, steps: 1 }] }, "learningRate must be positive and finite, got -1"],
    [{ schedule: [{ learningRate: 1, steps: 0 }] }, "steps must be a positive integer, got 0"],
    [{ every: 0 }, "every must be a positive integer, got 0"],
    [{ every: 2.5 }, "every must be a positive integer, got 2.5"],
    [{ count: 0 }, `count must be an integer from 1 to ${start.length}, got 0`],
    [{ count: start.length + 1 }, `count must be an integer from 1 to ${start.length}, got ${start.length + 1}`],
    [{ tolerance: NaN }, "tolerance must be at least"],
    [{ start: Float64Array.of(NaN) }, "start must be finite, got NaN at index 0"],
  ])("refuses %j before any work", async (change, message) => {
    let calls = 0;
    const run = trackEdgeOfStability({
      ...small,
      gradient: (theta) => (calls++, theta),
      loss: () => calls++,
      schedule: [{ learningRate: 0.1, steps: 2 }],
      ...change,
    });
    await expect(run).rejects.toThrow(`trackEdgeOfStability: ${message}`);
    expect(calls).toBe(0);
  });
});
