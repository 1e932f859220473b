import { frobeniusNorm, type Matrix, type RandomStream, randomStream, zeros } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import type { Network } from "../../lib/models/network";
import { derivatives, type HyperDual, plus, type Scalar, times } from "../oracles/hyper-dual";

/** f(x; θ), one number for each of the c outputs, written with hyper-dual numbers and nothing of the library. */
export type ScalarFormula = (parameters: readonly Scalar[], input: readonly number[]) => readonly Scalar[];

/** Standard normal numbers: `scale` times them. */
export function normals(stream: RandomStream, length: number, scale: number = 1): Float64Array {
  return Float64Array.from({ length }, () => scale * stream.normal());
}

export function normalMatrix(stream: RandomStream, rows: number, cols: number, scale: number = 1): Matrix {
  return { rows, cols, data: normals(stream, rows * cols, scale) };
}

/** Σ_k x_k y_k with hyper-dual numbers. */
export function sumOfProducts(x: readonly Scalar[], y: readonly Scalar[]): HyperDual {
  return plus(...x.map((factor, k) => times(factor, y[k])));
}

/**
 * What every network owes, judged by its scalar formula in hyper-dual numbers: outputs, Jacobian by rows (pullback) and
 * by columns (tangent), second derivatives, Gram matrix; that products are linear and adjoint; that calls repeat to the
 * bit and change nothing they are given; that the reproducible route agrees with the other; that bad sizes are refused.
 *
 * The formula is differentiated p²/2 times for each input and output: keep p below 60, n and c at a handful.
 */
export function networkContract(
  name: string,
  network: Network,
  formula: ScalarFormula,
  parameters: Float64Array,
  inputs: Matrix,
): void {
  const { parameterCount: p, inputCount: d, outputCount: c } = network;
  const n = inputs.rows;
  const stream = randomStream(1, "network contract", name);
  const rows = Array.from({ length: n }, (_, i) => Array.from(inputs.data.subarray(i * d, (i + 1) * d)));

  /** Value, gradient and Hessian of f_k(x_i), at index i·c + k. Made once, by the first test that asks. */
  let made: ReturnType<typeof derivatives>[] | undefined;
  const exact = (): ReturnType<typeof derivatives>[] =>
    (made ??= rows.flatMap((row) =>
      Array.from({ length: c }, (_, k) => derivatives((theta) => plus(formula(theta, row)[k]), parameters)),
    ));

  /**
   * How far two right computations may lie apart. Each is exact for parameters that every use has moved by a relative
   * m·eps, m ≤ p + d the length of its sums: that moves f by ‖θ‖‖∇f‖ m·eps, the gradient by (‖∇f‖ + ‖θ‖‖∇²f‖) m·eps and
   * the Hessian by as much again with the third derivative, which is not at hand and is taken to be of the Hessian's
   * size (activations with bounded derivatives, θ and x of size 1). Summed over all nc rows, for directions v and
   * weights u of length 1. Measured: errors are below 2 % of it,
   * and it is at most 2e-8 over all networks of the library.
   */
  const tolerance = (): number => {
    const theta = 1 + Math.hypot(...parameters);
    const sizes = exact().map(
      ({ value, gradient, hessian }) =>
        Math.abs(value) + theta * Math.hypot(...gradient) + theta * theta * Math.hypot(...hessian.flat()),
    );
    return (p + d) * Number.EPSILON * (1 + sizes.reduce((sum, size) => sum + size, 0));
  };

  const expectClose = (actual: Float64Array, expected: ArrayLike<number>, within: number): void => {
    expect(actual.length).toBe(expected.length);
    const gap = actual.reduce((largest, value, k) => Math.max(largest, Math.abs(value - expected[k])), 0);
    expect(gap).toBeLessThanOrEqual(within); // also fails on NaN
  };
  const unit = (length: number, k: number): Float64Array => {
    const e = new Float64Array(length);
    e[k] = 1;
    return e;
  };
  const weightsOf = (data: Float64Array): Matrix => ({ rows: n, cols: c, data });
  const normalised = (x: Float64Array): Float64Array => x.map((value) => value / Math.hypot(...x));
  const noWeights = weightsOf(new Float64Array(n * c));
  const v = normalised(normals(stream, p));
  const u = weightsOf(normalised(normals(stream, n * c)));
  const uTangent = weightsOf(normalised(normals(stream, n * c)));
  const inner = (x: Float64Array, y: Float64Array): number => x.reduce((sum, value, k) => sum + value * y[k], 0);

  describe(`${name} keeps the contract of a network`, () => {
    it("has the parameters and sizes it states", () => {
      expect(parameters.length).toBe(p);
      expect(inputs.cols).toBe(d);
      const { outputs } = network.evaluate(parameters, inputs);
      expect([outputs.rows, outputs.cols]).toEqual([n, c]);
    });

    it("has the outputs of the formula", () => {
      const { outputs } = network.evaluate(parameters, inputs);
      const values = exact().map(({ value }) => value);
      expectClose(outputs.data, values, tolerance());
    });

    it("pulls unit weights back to the gradients", () => {
      const evaluation = network.evaluate(parameters, inputs);
      exact().forEach(({ gradient }, row) => {
        expectClose(evaluation.pullback(weightsOf(unit(n * c, row))), gradient, tolerance());
      });
    });

    it("pulls any weights back to the combination of the gradients", () => {
      const expected = new Float64Array(p);
      exact().forEach(({ gradient }, row) => gradient.forEach((g, k) => (expected[k] += u.data[row] * g)));
      expectClose(network.evaluate(parameters, inputs).pullback(u), expected, tolerance());
    });

    it("gives the same bits in memory that is offered, and refuses memory of another length", () => {
      const evaluation = network.evaluate(parameters, inputs);
      const memory = new Float64Array(p).fill(NaN);
      const fresh = evaluation.pullback(u);
      expect(evaluation.pullback(u, memory)).toEqual(fresh);
      expect(evaluation.pullback(u)).toEqual(fresh);
      expect(() => evaluation.pullback(u, new Float64Array(p + 1))).toThrow(
        `the memory for the result must have length ${p}, got ${p + 1}`,
      );
    });

    it("has the columns of the Jacobian as tangents of unit directions", () => {
      const evaluation = network.evaluate(parameters, inputs);
      for (let k = 0; k < p; k++) {
        const column = exact().map(({ gradient }) => gradient[k]);
        expectClose(evaluation.tangent(unit(p, k)).outputs.data, column, tolerance());
      }
    });

    it("has tangents that are linear in the direction", () => {
      const evaluation = network.evaluate(parameters, inputs);
      const other = normalised(normals(stream.split("other"), p));
      const combined = v.map((value, k) => 2 * value - 3 * other[k]);
      const [first, second, both] = [v, other, combined].map((direction) => evaluation.tangent(direction));
      const combine = (x: Float64Array, y: Float64Array): Float64Array => x.map((value, k) => 2 * value - 3 * y[k]);
      // Length √13 at most instead of 1, and three results with an error each: 6 · √13 < 24.
      expectClose(both.outputs.data, combine(first.outputs.data, second.outputs.data), 24 * tolerance());
      expectClose(
        both.pullback(u, noWeights),
        combine(first.pullback(u, noWeights), second.pullback(u, noWeights)),
        24 * tolerance(),
      );
    });

    it("has u·Jv = Jᵀu·v", () => {
      const evaluation = network.evaluate(parameters, inputs);
      const left = inner(u.data, evaluation.tangent(v).outputs.data);
      const right = inner(evaluation.pullback(u), v);
      expect(Math.abs(left - right)).toBeLessThanOrEqual(2 * Math.sqrt(p + n * c) * tolerance());
    });

    it("has the second derivatives of the formula: every column of Σ u ∇²f", () => {
      const evaluation = network.evaluate(parameters, inputs);
      for (let k = 0; k < p; k++) {
        const column = new Float64Array(p);
        exact().forEach(({ hessian }, row) => hessian.forEach((h, j) => (column[j] += u.data[row] * h[k])));
        expectClose(evaluation.tangent(unit(p, k)).pullback(u, noWeights), column, tolerance());
      }
    });

    it("differentiates the weights too: the tangent's pullback is Jᵀu̇ + Σ u ∇²f v", () => {
      const evaluation = network.evaluate(parameters, inputs);
      const tangent = evaluation.tangent(v);
      expectClose(tangent.pullback(noWeights, uTangent), evaluation.pullback(uTangent), tolerance());
      const expected = evaluation.pullback(uTangent);
      exact().forEach(({ hessian }, row) =>
        hessian.forEach((h, j) => (expected[j] += u.data[row] * h.reduce((sum, value, k) => sum + value * v[k], 0))),
      );
      expectClose(tangent.pullback(u, uTangent), expected, 3 * tolerance());
    });

    it("has the Gram matrix JJᵀ, exactly symmetric", () => {
      const K = network.evaluate(parameters, inputs).gramMatrix();
      const expected = exact().flatMap((row) =>
        exact().map((column) => row.gradient.reduce((sum, g, k) => sum + g * column.gradient[k], 0)),
      );
      expect([K.rows, K.cols]).toEqual([n * c, n * c]);
      // An error of ∇f counts with the length of the other gradient, and every entry has two.
      const length = Math.max(1, ...exact().map(({ gradient }) => Math.hypot(...gradient)));
      expectClose(K.data, expected, 2 * Math.sqrt(p) * length * tolerance());
      for (let i = 0; i < n * c; i++) {
        for (let j = 0; j < i; j++) expect(K.data[i * n * c + j]).toBe(K.data[j * n * c + i]);
      }
    });

    /** Everything an evaluation gives, as copies. */
    const everything = (reproducible: boolean): Float64Array[] => {
      const evaluation = network.evaluate(parameters, inputs, { reproducible });
      const tangent = evaluation.tangent(v);
      return [
        evaluation.outputs.data.slice(),
        evaluation.pullback(u),
        tangent.outputs.data.slice(),
        tangent.pullback(u, uTangent),
        evaluation.gramMatrix().data,
      ];
    };

    it("gives the same bits again", () => {
      for (const reproducible of [false, true]) expect(everything(reproducible)).toEqual(everything(reproducible));
    });

    it("agrees with itself when it is to be reproducible", () => {
      const normal = everything(false);
      const length = Math.max(1, ...exact().map(({ gradient }) => Math.hypot(...gradient)));
      everything(true).forEach((result, k) => {
        expectClose(result, normal[k], 2 * Math.sqrt(p) * length * tolerance());
      });
    });

    it("changes nothing that it is given, and gives fresh arrays", () => {
      const given = [parameters, inputs.data, v, u.data, uTangent.data];
      const before = given.map((array) => array.slice());
      const evaluation = network.evaluate(parameters, inputs);
      const outputs = evaluation.outputs.data.slice();
      const tangent = evaluation.tangent(v);
      const tangentOutputs = tangent.outputs.data.slice();
      for (const result of [
        () => evaluation.pullback(u),
        () => tangent.pullback(u, uTangent),
        () => evaluation.gramMatrix().data,
      ]) {
        const [first, again] = [result(), result()];
        expect(first).not.toBe(again);
        first.fill(Number.NaN); // a caller may: nothing that the evaluation keeps may live here
        expect(result()).toEqual(again);
      }
      evaluation.tangent(normalised(normals(stream.split("disturbing"), p))).pullback(uTangent, u);
      expect(evaluation.outputs.data).toEqual(outputs);
      expect(tangent.outputs.data).toEqual(tangentOutputs);
      expect(given).toEqual(before);
    });

    it("keeps nothing of θ that the caller may write into afterwards", () => {
      const theta = parameters.slice();
      const evaluation = network.evaluate(theta, inputs);
      const direction = v.slice();
      const tangent = evaluation.tangent(direction);
      theta.fill(Number.NaN);
      direction.fill(Number.NaN);
      const kept = network.evaluate(parameters, inputs);
      expect(evaluation.pullback(u)).toEqual(kept.pullback(u));
      expect(tangent.pullback(u, uTangent)).toEqual(kept.tangent(v).pullback(u, uTangent));
      const later = evaluation.tangent(v);
      expect(later.outputs).toEqual(kept.tangent(v).outputs);
      expect(later.pullback(u, uTangent)).toEqual(kept.tangent(v).pullback(u, uTangent));
      expect(evaluation.gramMatrix()).toEqual(kept.gramMatrix());
    });

    it("keeps an evaluation apart from later ones, and reuses one that is given up", () => {
      const evaluation = network.evaluate(parameters, inputs);
      const expected = [evaluation.outputs.data.slice(), evaluation.pullback(u)];
      const moved = parameters.map((value) => value + 1);
      const spent = network.evaluate(moved, inputs);
      spent.tangent(v).pullback(u, uTangent);
      expect([evaluation.outputs.data, evaluation.pullback(u)]).toEqual(expected);
      const reused = network.evaluate(parameters, inputs, { recycle: spent });
      expect([reused.outputs.data, reused.pullback(u)]).toEqual(expected);
    });

    it("treats each row alone", () => {
      const whole = network.evaluate(parameters, inputs).outputs.data;
      rows.forEach((row, i) => {
        const alone = network.evaluate(parameters, { rows: 1, cols: d, data: Float64Array.from(row) }).outputs.data;
        expectClose(alone, whole.subarray(i * c, (i + 1) * c), tolerance());
      });
    });

    it("refuses other sizes and what is not finite", () => {
      const parametersRequired = new RegExp(`: parameters must have length ${p}, got ${p + 1}$`);
      expect(() => network.evaluate(new Float64Array(p + 1), inputs)).toThrow(parametersRequired);
      const wide = zeros(n, d + 1);
      const inputsRequired = new RegExp(`: inputs must have ${d} columns, got a ${n}×${d + 1} matrix$`);
      expect(() => network.evaluate(parameters, wide)).toThrow(inputsRequired);
      const evaluation = network.evaluate(parameters, inputs);
      expect(() => evaluation.tangent(new Float64Array(p + 1))).toThrow(
        new RegExp(`: the direction must have length ${p}, got ${p + 1}$`),
      );
      const high = zeros(n + 1, c);
      const weightsRequired = new RegExp(`: weights must be ${n}×${c}, got a ${n + 1}×${c} matrix$`);
      expect(() => evaluation.pullback(high)).toThrow(weightsRequired);
      expect(() => evaluation.tangent(v).pullback(high, u)).toThrow(weightsRequired);
      expect(() => evaluation.tangent(v).pullback(u, high)).toThrow(weightsRequired);
      const spoilt = parameters.slice();
      spoilt[p - 1] = Number.NaN;
      expect(() => network.evaluate(spoilt, inputs)).toThrow(/: parameters must be finite, got NaN at index \d+$/);
      const spoiltInputs = { ...inputs, data: inputs.data.slice() };
      spoiltInputs.data[0] = Infinity;
      expect(() => network.evaluate(parameters, spoiltInputs)).toThrow(
        /: inputs must be finite, got Infinity at index 0$/,
      );
    });

    it("is worth testing: the gradients and the Gram matrix are not zero", () => {
      expect(frobeniusNorm(network.evaluate(parameters, inputs).gramMatrix())).toBeGreaterThan(0.01);
    });
  });
}
