import { dot, norm, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import type { LinearOperator } from "../../lib/core/linear-operator";
import { empiricalRisk } from "../../lib/models/empirical-risk";
import { gaussNewtonOperator, hessianOperator } from "../../lib/models/model-operators";
import { crossEntropyLoss } from "../../lib/models/losses";
import { multilayerPerceptron } from "../../lib/models/multilayer-perceptron";
import { normalMatrix, normals } from "./network-contract";
import { LOSSES } from "./perceptron-formula";

describe("the operators of an empirical risk", () => {
  const stream = randomStream(1, "operators");
  const network = multilayerPerceptron({ widths: [3, 5, 4, 3], activation: "tanh" });
  const [n, p] = [6, network.parameterCount];
  const judged = LOSSES.find(({ loss }) => loss === crossEntropyLoss)!;
  const risk = empiricalRisk({
    network,
    loss: crossEntropyLoss,
    inputs: normalMatrix(stream, n, 3),
    targets: judged.targets(stream, n, 3),
  });
  const at = risk.at(normals(stream, p));
  const operators: [string, LinearOperator, (v: Float64Array) => Float64Array, number][] = [
    ["Hessian", hessianOperator(at), at.hessianVectorProduct, 12],
    ["Gauss–Newton", gaussNewtonOperator(at), at.gaussNewtonVectorProduct, 8],
  ];

  it.each(operators)("%s: has the products of the evaluation", (_, operator, product, costPerParameter) => {
    const { rows, cols, symmetric, cost } = operator;
    expect({ rows, cols, symmetric, cost }).toEqual({
      rows: p,
      cols: p,
      symmetric: true,
      cost: costPerParameter * n * p,
    });
    const v = normals(stream, p);
    const expected = product(v);
    expect(operator.apply(v)).toEqual(expected);
    expect(operator.applyTransposed(v)).toEqual(expected);
    expect(norm(expected)).toBeGreaterThan(0);
  });

  it.each(operators)("%s: is symmetric and linear", (_, { apply }) => {
    const [x, y] = [normals(stream, p), normals(stream, p)];
    const [Hx, Hy] = [apply(x), apply(y)];
    // The products are sums of at most p terms, rounded; 16 for the layers and samples they go through.
    const tolerance = 16 * p * Number.EPSILON * (norm(x) * norm(Hy) + norm(y) * norm(Hx));
    expect(Math.abs(dot(x, Hy) - dot(y, Hx))).toBeLessThanOrEqual(tolerance);
    const combined = apply(x.map((value, k) => 2 * value - 3 * y[k]));
    const gap = norm(combined.map((value, k) => value - 2 * Hx[k] + 3 * Hy[k]));
    expect(gap).toBeLessThanOrEqual(16 * p * Number.EPSILON * (norm(Hx) + norm(Hy)));
  });

  it("Gauss–Newton: has no negative curvature, which the Hessian has", () => {
    const [H, G] = [operators[0][1], operators[1][1]];
    const curvatures = (operator: LinearOperator): number[] =>
      Array.from({ length: p }, (_, k) => {
        const unit = Float64Array.from({ length: p }, (_, j) => (j === k ? 1 : 0));
        return dot(unit, operator.apply(unit));
      });
    expect(Math.min(...curvatures(G))).toBeGreaterThanOrEqual(0);
    expect(Math.min(...curvatures(H))).toBeLessThan(0);
  });
});
