import { matrix, type Matrix, norm, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { empiricalRisk } from "../../lib/models/empirical-risk";
import { halfSquareLoss } from "../../lib/models/losses";
import { multilayerPerceptron } from "../../lib/models/multilayer-perceptron";
import { smoothPerceptronRisk } from "../../lib/models/smooth-perceptron-risk";
import { normalMatrix, normals } from "./network-contract";

const V = (...entries: number[]): Float64Array => Float64Array.of(...entries);

describe("smoothPerceptronRisk", () => {
  for (const [widths, bias] of [
    [[1, 1], true],
    [[2, 3, 1], true],
    [[2, 3, 2], false],
    [[1, 3, 2, 2], true],
    [[2, 2, 2, 2, 1], true],
  ] as const) {
    it(`has the third derivative of the exact Hessian's central differences, ${widths.join("-")}, bias ${bias}`, () => {
      const stream = randomStream(2, "third derivatives", widths.join("-"));
      const network = multilayerPerceptron({ widths, activation: "tanh", bias });
      const p = network.parameterCount;
      const inputs = normalMatrix(stream, 4, widths[0]);
      const targets = normalMatrix(stream, 4, widths[widths.length - 1]);
      const loss = smoothPerceptronRisk({ network, inputs, targets });
      const risk = empiricalRisk({ network, loss: halfSquareLoss, inputs, targets });
      for (let repetition = 0; repetition < 3; repetition++) {
        const [theta, u, v] = [normals(stream, p), normals(stream, p), normals(stream, p)];
        const at = (h: number): Float64Array =>
          risk.at(theta.map((value, k) => value + h * u[k])).hessianVectorProduct(v);
        const difference = (h: number): Float64Array => {
          const [above, below] = [at(h), at(-h)];
          return above.map((value, k) => (value - below[k]) / (2 * h));
        };
        // D(h) = D³ + h²E/6 + O(h⁴), so that (4D(h) - D(2h))/3 is off by O(h⁴) and the error of D(h) itself is about
        // |D(2h) - D(h)|/3. Allowed is: that of the difference of the next finer pair, once for safety, and rounding,
        // 100 eps (a pass has some 30 operations a number) of the Hessian products over h, times 5/3.
        const h = 1e-3;
        const extrapolated = (width: number): Float64Array => {
          const [fine, coarse] = [difference(width), difference(2 * width)];
          return fine.map((value, k) => (4 * value - coarse[k]) / 3);
        };
        const [fine, coarse] = [extrapolated(h), extrapolated(2 * h)];
        const rounding = ((5 / 3) * 100 * 2 ** -52 * norm(at(0))) / h;
        const tolerance = norm(fine.map((value, k) => value - coarse[k])) + rounding;
        const exact = loss.thirdDerivative(theta, u, v);
        expect(norm(exact.map((value, k) => value - fine[k]))).toBeLessThanOrEqual(tolerance);
        expect(tolerance).toBeLessThan(1e-6 * (1 + norm(exact))); // the test can fail
        if (widths.length > 2) {
          // Without a hidden layer it is 0.
          expect(norm(exact.map((value, k) => 1.0001 * value - fine[k]))).toBeGreaterThan(tolerance);
        }

        // Symmetric in its directions, the third taken by a product.
        const w = normals(stream, p);
        const along = (x: Float64Array, y: Float64Array): number => x.reduce((sum, value, k) => sum + value * y[k], 0);
        const sum = along(exact, w);
        for (const other of [
          along(loss.thirdDerivative(theta, w, v), u),
          along(loss.thirdDerivative(theta, u, w), v),
        ]) {
          // p + 30 roundings of numbers that Cauchy–Schwarz bounds, up to cancellation inside a pass: a factor of 100.
          const most = norm(exact) * norm(w) + norm(loss.thirdDerivative(theta, w, v)) * norm(u) + 1;
          expect(Math.abs(sum - other)).toBeLessThanOrEqual(100 * (p + 30) * 2 ** -52 * most);
        }
      }
    });
  }

  it("is that of ½(b tanh(ax) - y)², derived by hand", () => {
    const [a, b, x, y] = [0.7, -1.3, 0.9, 0.4];
    const network = multilayerPerceptron({ widths: [1, 1, 1], activation: "tanh", bias: false });
    const loss = smoothPerceptronRisk({ network, inputs: matrix([[x]]), targets: V(y) });
    const t = Math.tanh(a * x);
    const d1 = (1 - t * t) * x;
    const d2 = -2 * t * (1 - t * t) * x ** 2;
    const d3 = -2 * (1 - t * t) * (1 - 3 * t * t) * x ** 3;
    const r = b * t - y;
    // f_a = b d1, f_b = t, f_aa = b d2, f_ab = d1, f_aaa = b d3, f_aab = d2, and f_bb = 0.
    const aaa = 3 * b * d1 * b * d2 + r * b * d3;
    const aab = 2 * b * d1 * d1 + t * b * d2 + r * d2; // f_aa f_b + 2 f_a f_ab + r f_aab
    const abb = 2 * t * d1; // f_bb f_a + 2 f_b f_ab + r f_abb
    const [e1, e2] = [V(1, 0), V(0, 1)];
    const close = (got: Float64Array, expected: number[]): void => {
      expected.forEach((value, k) => {
        expect(Math.abs(got[k] - value)).toBeLessThanOrEqual(50 * 2 ** -52 * 5); // 50 roundings, numbers below 5
      });
    };
    const theta = V(a, b);
    close(loss.thirdDerivative(theta, e1, e1), [aaa, aab]);
    close(loss.thirdDerivative(theta, e1, e2), [aab, abb]);
    close(loss.thirdDerivative(theta, e2, e2), [abb, 0]);
    close(V(loss.value(theta)), [(r * r) / 2]);
    close(loss.gradient(theta), [r * b * d1, r * t]);
    close(loss.hessianVectorProduct(theta, e1), [b * d1 * b * d1 + r * b * d2, t * b * d1 + r * d1]);
  });

  it("takes one target for each sample as a list, and keeps copies", () => {
    const network = multilayerPerceptron({ widths: [1, 2, 1], activation: "tanh" });
    const stream = randomStream(3, "copies");
    const [theta, u] = [normals(stream, 7), normals(stream, 7)];
    const inputs = matrix([[1], [-2]]);
    const targets = V(0.5, 1);
    const asMatrix: Matrix = { rows: 2, cols: 1, data: targets.slice() };
    const loss = smoothPerceptronRisk({ network, inputs, targets });
    const expected = smoothPerceptronRisk({ network, inputs, targets: asMatrix }).thirdDerivative(theta, u, u);
    expect(loss.thirdDerivative(theta, u, u)).toEqual(expected);
    inputs.data.fill(0);
    targets.fill(7);
    expect(loss.thirdDerivative(theta, u, u)).toEqual(expected);
  });

  it("refuses another activation, and points that are none", () => {
    const inputs = matrix([[1]]);
    const relu = multilayerPerceptron({ widths: [1, 1, 1], activation: "relu" });
    expect(() => smoothPerceptronRisk({ network: relu, inputs, targets: V(1) })).toThrow(
      'smoothPerceptronRisk: the activation must be "tanh", got relu',
    );
    const network = multilayerPerceptron({ widths: [1, 1, 1], activation: "tanh" });
    const loss = smoothPerceptronRisk({ network, inputs, targets: V(1) });
    expect(() => loss.thirdDerivative(V(1), V(1, 1, 1, 1), V(1, 1, 1, 1))).toThrow(
      "smoothPerceptronRisk: parameters must have length 4, got 1",
    );
    expect(() => loss.thirdDerivative(V(1, 1, 1, 1), V(1, 1, Infinity, 1), V(1, 1, 1, 1))).toThrow(
      "smoothPerceptronRisk: the first direction must be finite, got Infinity at index 2",
    );
  });
});
