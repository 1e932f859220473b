import { matrix, type Matrix, multiplyVector, randomStream, zeros } from "flat-minima/core";
import { leastSquares } from "flat-minima/models";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ActivationKind } from "../../lib/core/kernels/kernels";
import { deepLinear } from "../../lib/models/deep-linear";
import { type EmpiricalRisk, empiricalRisk } from "../../lib/models/empirical-risk";
import { linearNetwork } from "../../lib/models/linear-network";
import { crossEntropyLoss, halfSquareLoss, logisticLoss } from "../../lib/models/losses";
import { multilayerPerceptron } from "../../lib/models/multilayer-perceptron";
import { derivatives, plus, times } from "../oracles/hyper-dual";
import { normalMatrix, normals } from "./network-contract";
import { ACTIVATIONS, LOSSES, perceptronFormula } from "./perceptron-formula";

const rowsOf = ({ rows, cols, data }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  let gap = 0;
  for (let k = 0; k < actual.length; k++) gap = Math.max(gap, Math.abs(actual[k] - expected[k])); // NaN stays
  expect(gap).toBeLessThanOrEqual(tolerance);
}

const unit = (length: number, k: number): Float64Array => Float64Array.from({ length }, (_, j) => (j === k ? 1 : 0));

const n = 3;
const HIDDEN: readonly (readonly number[])[] = [[], [3], [3, 2]];
for (const activation of Object.keys(ACTIVATIONS) as ActivationKind[]) {
  for (const hidden of HIDDEN) {
    for (const bias of [true, false]) {
      for (const c of [1, 3]) {
        for (const { loss, formula, targets } of LOSSES) {
          if (loss === logisticLoss && c > 1) continue;
          const widths = [2, ...hidden, c];
          it(`${loss.name} loss of ${activation} ${widths.join("-")} ${bias ? "with" : "without"} biases`, () => {
            const stream = randomStream(1, "risk", loss.name, activation, ...widths, String(bias));
            const network = multilayerPerceptron({ widths, activation, bias });
            const outputsOf = perceptronFormula(widths, activation, bias);
            const p = network.parameterCount;
            const theta = normals(stream, p, 0.7);
            const [inputs, y] = [normalMatrix(stream, n, 2), targets(stream, n, c)];
            const [x, wanted] = [rowsOf(inputs), rowsOf(y)];
            const risk = empiricalRisk({ network, loss, inputs, targets: y });
            const at = risk.at(theta);

            const samples = x.map((row, i) => derivatives((t) => formula(outputsOf(t, row), wanted[i]), theta));
            const exact = derivatives(
              (t) => times(1 / n, plus(...x.map((row, i) => formula(outputsOf(t, row), wanted[i])))),
              theta,
            );
            // Computed results are exact for parameters moved by a relative m·eps, m ≤ p the length of the sums. By
            // Taylor that moves L by ‖θ‖‖∇L‖ m·eps and ∇L by ‖θ‖‖∇²L‖ m·eps; the Hessian moves with the third
            // derivative, taken to be of the Hessian's size. Sums over the samples are of non-cancelled terms, at
            // most n times the largest. The factor 64 is for what this leaves out; wrong formulas miss by 10⁹ more.
            const size = Math.hypot(...theta) + 1;
            const largest = [exact, ...samples].map(
              ({ value, gradient, hessian }) =>
                Math.abs(value) + size * Math.hypot(...gradient) + size ** 2 * Math.hypot(...hessian.flat()),
            );
            const tolerance = 64 * p * Number.EPSILON * (1 + Math.max(...largest));

            expectClose([risk.loss(theta), at.loss], [exact.value, exact.value], tolerance);
            expectClose(at.sampleLosses, samples.map(({ value }) => value), tolerance); // prettier-ignore
            for (const gradient of [risk.gradient(theta), at.gradient(), risk.lossAndGradient(theta).gradient]) {
              expectClose(gradient, exact.gradient, tolerance);
            }
            expect(risk.lossAndGradient(theta).loss).toBe(risk.loss(theta));
            expectClose(at.sampleGradients().data, samples.flatMap(({ gradient }) => gradient), tolerance); // prettier-ignore
            for (const batch of [[0, 1, 2], [2], [1, 1, 0], [0, 2]]) {
              const expected = Array.from(
                theta,
                (_, k) => batch.reduce((sum, i) => sum + samples[i].gradient[k], 0) / batch.length,
              );
              expectClose(risk.batchGradient(theta, batch), expected, tolerance);
            }
            for (let k = 0; k < p; k++) {
              expectClose(at.hessianVectorProduct(unit(p, k)), exact.hessian[k], tolerance);
            }

            // Outputs, and their Jacobian by rows.
            const J = x.flatMap((row) =>
              Array.from({ length: c }, (_, k) => derivatives((t) => plus(outputsOf(t, row)[k]), theta)),
            );
            expectClose(at.outputs.data, J.map(({ value }) => value), tolerance); // prettier-ignore
            const residuals = x.map((_, i) => {
              const f = J.slice(i * c, (i + 1) * c).map(({ value }) => value);
              return derivatives((z) => formula(z, wanted[i]), f);
            });
            expectClose(at.residuals.data, residuals.flatMap(({ gradient }) => gradient), tolerance); // prettier-ignore
            const K = J.flatMap((a) => J.map((b) => a.gradient.reduce((sum, g, k) => sum + g * b.gradient[k], 0)));
            const length = 1 + Math.max(...J.map(({ gradient }) => Math.hypot(...gradient)));
            expectClose(at.gramMatrix().data, K, 2 * length * tolerance);

            // (1/n) Σ_i J_iᵀ ℓ''_i J_i, entry by entry.
            for (let b = 0; b < p; b++) {
              const column = new Float64Array(p);
              for (let i = 0; i < n; i++) {
                for (let k = 0; k < c; k++) {
                  for (let l = 0; l < c; l++) {
                    const weight = (residuals[i].hessian[k][l] * J[i * c + l].gradient[b]) / n;
                    for (let a = 0; a < p; a++) column[a] += J[i * c + k].gradient[a] * weight;
                  }
                }
              }
              expectClose(at.gaussNewtonVectorProduct(unit(p, b)), column, 2 * length * tolerance);
              expectClose(at.jacobianVectorProduct(unit(p, b)).data, J.map(({ gradient }) => gradient[b]), tolerance); // prettier-ignore
            }
            const u = normalMatrix(stream, n, c);
            const pulled = Array.from(theta, (_, k) =>
              J.reduce((sum, { gradient }, r) => sum + u.data[r] * gradient[k], 0),
            );
            expectClose(at.vectorJacobianProduct(u), pulled, 4 * tolerance);
          });
        }
      }
    }
  }
}

describe("a linear network with the half square loss is least squares", () => {
  const stream = randomStream(2, "least squares");
  const [samples, p] = [6, 4];
  const inputs = normalMatrix(stream, samples, p);
  const targets = normals(stream, samples);
  const theta = normals(stream, p);
  const v = normals(stream, p);
  const reference = leastSquares(inputs, targets);

  for (const network of [deepLinear({ widths: [p, 1] }), linearNetwork({ inputCount: p })]) {
    it(`the network with the fields ${Object.keys(network).join(", ")}`, () => {
      const risk = empiricalRisk({ network, loss: halfSquareLoss, inputs, targets });
      const at = risk.at(theta);
      // Sums of at most 10 products of numbers below 4; residuals and gradients below 20.
      const tolerance = 10 * 4 * 20 * Number.EPSILON;
      expectClose([risk.loss(theta)], [reference.loss(theta)], 10 * tolerance);
      expectClose(risk.gradient(theta), reference.gradient(theta), tolerance);
      expectClose(risk.batchGradient(theta, [5, 0]), reference.batchGradient(theta, [5, 0]), tolerance);
      expectClose(at.residuals.data, reference.residuals(theta), tolerance);
      expectClose(at.gramMatrix().data, reference.gramMatrix().data, tolerance);
      const product = multiplyVector(reference.hessian(), v);
      expectClose(at.hessianVectorProduct(v), product, tolerance);
      expectClose(at.gaussNewtonVectorProduct(v), product, tolerance);
    });
  }
});

describe("batchGradient", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.resetModules();
  });

  const stream = randomStream(3, "batches");
  const network = multilayerPerceptron({ widths: [6, 9, 8, 1], activation: "tanh" });
  const [samples, p] = [20, network.parameterCount];
  const inputs = normalMatrix(stream, samples, 6);
  const targets = normals(stream, samples);
  const risk = (): EmpiricalRisk => empiricalRisk({ network, loss: halfSquareLoss, inputs, targets });
  const theta = normals(stream, p, 0.5);
  const batches = [[3, 1, 4, 1, 5], [9], [2, 6, 5, 3, 5], [8, 9, 7], [19, 3, 2, 3, 8], [0], [0, 1]];

  /** Twenty steps with batches whose sizes come and go. */
  const train = ({ batchGradient }: EmpiricalRisk): Float64Array => {
    const x = theta.slice();
    for (let step = 0; step < 20; step++) {
      const gradient = batchGradient(x, batches[step % batches.length]);
      for (let k = 0; k < p; k++) x[k] -= 0.1 * gradient[k];
    }
    return x;
  };

  it("gives the same bits whatever memory it recycles", () => {
    const kept = risk();
    expect(train(kept)).toEqual(train(kept));
    const x = theta.slice();
    for (let step = 0; step < 20; step++) {
      const gradient = risk().batchGradient(x, batches[step % batches.length]);
      for (let k = 0; k < p; k++) x[k] -= 0.1 * gradient[k];
    }
    expect(x).toEqual(train(kept));
    expect(x).not.toEqual(theta);
  });

  it("evaluates in the memory of an earlier evaluation, which then refuses to be asked", () => {
    const kept = risk();
    const first = kept.at(theta);
    first.gramMatrix();
    const other = theta.map((entry) => 0.9 * entry + 0.01);
    const second = kept.at(other, { recycle: first });
    const fresh = risk().at(other);
    expect(second.gramMatrix()).toEqual(fresh.gramMatrix());
    expect(second.gradient()).toEqual(fresh.gradient());
    expect(second.hessianVectorProduct(theta)).toEqual(fresh.hessianVectorProduct(theta));
    const recycled = "empiricalRisk: the evaluation must not have been recycled, got recycled";
    expect(() => first.gradient()).toThrow(recycled);
    expect(() => first.gramMatrix()).toThrow(recycled);
    expect(() => first.hessianVectorProduct(theta)).toThrow(recycled);
    expect(first.loss).toBe(risk().at(theta).loss);
    // One that was given up already has no memory to give.
    expect(kept.at(other, { recycle: first }).gradient()).toEqual(second.gradient());
  });

  it("gives the same bits in WebAssembly and in TypeScript", async () => {
    const results: Float64Array[] = [];
    const names: string[] = [];
    for (const setting of ["", "none"]) {
      vi.stubEnv("FLAT_MINIMA_WASM", setting);
      vi.resetModules();
      names.push((await import("../../lib/core/kernels/workspace")).kernelsInUse().name);
      const models = await import("../../lib/models/multilayer-perceptron");
      const same = models.multilayerPerceptron({ widths: network.widths, activation: "tanh" });
      results.push(train(empiricalRisk({ network: same, loss: halfSquareLoss, inputs, targets })));
    }
    expect(names).toEqual(["WebAssembly", "TypeScript"]);
    expect(results).toEqual([train(risk()), train(risk())]);
  });

  it("is the gradient for all the samples", () => {
    const all = Array.from({ length: samples }, (_, i) => i);
    const expected = risk().gradient(theta);
    const sampleGradients = risk().at(theta).sampleGradients().data;
    // Sums of at most 20 terms of at most the largest entry, which itself is a sum over three layers of at most 9.
    const tolerance = 50 * Math.max(...sampleGradients.map(Math.abs)) * Number.EPSILON;
    expectClose(risk().batchGradient(theta, all), expected, tolerance);
  });

  it("does not disturb what other calls have given", () => {
    const model = risk();
    const at = model.at(theta);
    const [outputs, product] = [at.outputs.data.slice(), at.hessianVectorProduct(theta)];
    const [gradient, batch] = [model.gradient(theta), model.batchGradient(theta, [1, 2])];
    const copies = [gradient.slice(), batch.slice()];
    const moved = theta.map((value) => value + 1);
    model.gradient(moved);
    model.batchGradient(moved, [3, 4]);
    model.at(moved).hessianVectorProduct(moved);
    expect([gradient, batch]).toEqual(copies);
    expect(at.outputs.data).toEqual(outputs);
    expect(at.hessianVectorProduct(theta)).toEqual(product);
  });

  it("copies its samples", () => {
    const [X, y] = [{ ...inputs, data: inputs.data.slice() }, targets.slice()];
    const model = empiricalRisk({ network, loss: halfSquareLoss, inputs: X, targets: y });
    const expected = [model.gradient(theta), model.batchGradient(theta, [1])];
    X.data.fill(7);
    y.fill(7);
    expect([model.gradient(theta), model.batchGradient(theta, [1])]).toEqual(expected);
  });
});

describe("empiricalRisk", () => {
  const network = deepLinear({ widths: [2, 1] });
  const inputs = matrix([[1, 0], [0, 1]]); // prettier-ignore
  const targets = Float64Array.of(1, 2);
  const options = { network, loss: halfSquareLoss, inputs, targets };
  const theta = Float64Array.of(0, 0);

  it("refuses samples that do not fit", () => {
    expect(() => empiricalRisk({ ...options, inputs: zeros(2, 3) })).toThrow(
      "empiricalRisk: inputs must have 2 columns, got a 2×3 matrix",
    );
    const nothing = { rows: 0, cols: 2, data: new Float64Array(0) };
    expect(() => empiricalRisk({ ...options, inputs: nothing, targets: new Float64Array(0) })).toThrow(
      "empiricalRisk: there must be a sample, got a 0×2 matrix",
    );
    expect(() => empiricalRisk({ ...options, inputs: { rows: 1, cols: 2, data: Float64Array.of(1, NaN) } })).toThrow(
      "empiricalRisk: inputs must be finite, got a 1×2 matrix",
    );
    expect(() => empiricalRisk({ ...options, targets: Float64Array.of(1) })).toThrow(
      "empiricalRisk: targets must have 2 rows, as inputs, got a 1×1 matrix",
    );
    expect(() => empiricalRisk({ ...options, targets: zeros(2, 2) })).toThrow(
      "empiricalRisk: targets must have 1 columns, got a 2×2 matrix",
    );
    expect(() => empiricalRisk({ ...options, targets: Float64Array.of(1, NaN) })).toThrow(
      "empiricalRisk: targets must be finite, got NaN",
    );
    expect(() => empiricalRisk({ ...options, loss: logisticLoss })).toThrow(
      "empiricalRisk: targets of the logistic loss must be 1 or -1, got 2",
    );
    const wide = { ...options, network: deepLinear({ widths: [2, 2] }), targets: identityRows };
    expect(() => empiricalRisk({ ...wide, loss: logisticLoss })).toThrow("the logistic loss is for one output, got 2");
    expect(empiricalRisk({ ...wide, loss: crossEntropyLoss }).loss(new Float64Array(4))).toBeCloseTo(Math.LN2, 14);
  });
  const identityRows = matrix([[1, 0], [0, 1]]); // prettier-ignore

  it("refuses parameters and batches that do not fit", () => {
    const risk = empiricalRisk(options);
    const functions = [risk.loss, risk.gradient, risk.lossAndGradient, risk.at];
    const batchOf = (parameters: Float64Array): unknown => risk.batchGradient(parameters, [0]);
    for (const f of [...functions, batchOf]) {
      expect(() => f(Float64Array.of(1))).toThrow("empiricalRisk: parameters must have length 2, got 1");
      expect(() => f(Float64Array.of(1, NaN))).toThrow("deepLinear: parameters must be finite, got NaN at index 1");
    }
    expect(() => risk.batchGradient(theta, [])).toThrow("empiricalRisk: the batch must not be empty, got []");
    expect(() => risk.batchGradient(theta, [0, 2])).toThrow(
      "empiricalRisk: a sample index must be an integer from 0 to 1, got 2",
    );
    const at = risk.at(theta);
    for (const f of [at.hessianVectorProduct, at.gaussNewtonVectorProduct, at.jacobianVectorProduct]) {
      expect(() => f(Float64Array.of(1))).toThrow("deepLinear: the direction must have length 2, got 1");
    }
    expect(() => at.vectorJacobianProduct(zeros(1, 1))).toThrow("deepLinear: weights must be 2×1, got a 1×1 matrix");
  });

  it("shows an overflow, and gives no evaluation there", () => {
    const risk = empiricalRisk(options);
    const huge = Float64Array.of(1e200, 0);
    expect(risk.loss(huge)).toBe(Infinity);
    expect(() => risk.at(huge)).toThrow("empiricalRisk: the loss must not overflow at the parameters, got Infinity");
  });

  it("has functions that stand alone", () => {
    const { loss, gradient, batchGradient, at, sampleCount, parameterCount } = empiricalRisk(options);
    expect([sampleCount, parameterCount]).toEqual([2, 2]);
    // L = ((θ₁ − 1)² + (θ₂ − 2)²)/4
    expect([loss(theta), at(theta).loss]).toEqual([1.25, 1.25]);
    expect(gradient(theta)).toEqual(Float64Array.of(-0.5, -1));
    expect(batchGradient(theta, [1])).toEqual(Float64Array.of(0, -2));
  });
});
