import { type LinearOperator, lobpcg, randomStream, topEigenpairs } from "flat-minima/core";
import {
  type EmpiricalRisk,
  empiricalRisk,
  halfSquareLoss,
  hessianOperator,
  initialParameters,
  multilayerPerceptron,
} from "flat-minima/models";
import { describe, expect, it } from "vitest";
import { counted, length } from "./operator-oracles";

/** ‖Av − λv‖/|λ| for a unit vector v. */
function relativeDefect(A: LinearOperator, value: number, vector: Float64Array): number {
  const image = A.apply(vector);
  return length(image.map((entry, i) => entry - value * vector[i])) / Math.abs(value) / length(vector);
}

describe("the top of a network's Hessian", () => {
  it("tanh 100-200-200-1, p = 60,601: five pairs to 1e-8 of each eigenvalue in at most 50 products", async () => {
    const widths = [100, 200, 200, 1];
    const network = multilayerPerceptron({ widths, activation: "tanh" });
    const theta = new Float64Array(network.parameterCount);
    network.layouts.forEach(({ inputs, outputs, weightsStart }, l) => {
      for (let k = 0; k < inputs; k++) {
        for (let i = 0; i < outputs; i++) {
          const angle = 1 + 0.37 * i * k + 0.11 * i * i + l + 0.5 * k;
          theta[weightsStart + k * outputs + i] = Math.sin(angle) * Math.sqrt(3 / inputs);
        }
      }
    });
    const n = 1000;
    const data = Float64Array.from({ length: n * 100 }, (_, e) => {
      const [i, k] = [Math.floor(e / 100), e % 100];
      return Math.cos(1 + 0.7 * i * k + 0.3 * i * i);
    });
    const risk = empiricalRisk({
      network,
      loss: halfSquareLoss,
      inputs: { rows: n, cols: 100, data },
      targets: Float64Array.from({ length: n }, (_, i) => Math.sin(1.3 * i)),
    });
    const hessian = hessianOperator(risk.at(theta));
    expect(hessian.cols).toBe(60_601);

    const operator = counted(hessian);
    const { values, vectors, iterations, converged } = await topEigenpairs(operator, {
      count: 5,
      blockSize: 1,
      stream: randomStream(1),
      tolerance: 7e-9, // of the largest eigenvalue, of which the fifth is 0.703
    });
    expect([converged, iterations]).toEqual([true, operator.count()]);
    expect(iterations).toBeLessThanOrEqual(50);
    expect(values[0].toFixed(7)).toBe("4.0317574");
    expect(values[4] / values[0]).toBeGreaterThan(0.7);
    values.forEach((value, k) => expect(relativeDefect(hessian, value, vectors[k])).toBeLessThanOrEqual(1e-8));
  });

  it("along gradient descent: from the last eigenvectors it takes fewer products than from scratch", async () => {
    const network = multilayerPerceptron({ widths: [3, 12, 12, 1], activation: "tanh" });
    const stream = randomStream(3, "tracking");
    const risk: EmpiricalRisk = empiricalRisk({
      network,
      loss: halfSquareLoss,
      inputs: { rows: 40, cols: 3, data: stream.normals(120) },
      targets: stream.normals(40),
    });
    let theta = initialParameters(network, stream, { scheme: "LeCun" });
    const fresh = () => Array.from({ length: 3 }, () => stream.normals(theta.length));
    let { vectors } = await lobpcg(hessianOperator(risk.at(theta)), fresh(), { tolerance: 1e-6 });
    let [warmTotal, coldTotal] = [0, 0];
    for (let step = 1; step <= 40; step++) {
      const gradient = risk.gradient(theta);
      theta = theta.map((entry, i) => entry - 0.05 * gradient[i]);
      if (step % 5 > 0) continue;
      const operator = hessianOperator(risk.at(theta));
      const warm = await lobpcg(operator, vectors, { tolerance: 1e-6 });
      const cold = await topEigenpairs(operator, { count: 3, stream, tolerance: 1e-6 });
      expect([warm.converged, cold.converged]).toEqual([true, true]);
      // An eigenvalue is within the residual, 1e-6 ‖H‖, of each.
      warm.values.forEach((value, k) => {
        expect(Math.abs(value - cold.values[k])).toBeLessThanOrEqual(2e-6 * Math.abs(cold.values[0]));
      });
      warmTotal += warm.iterations;
      coldTotal += cold.iterations;
      vectors = warm.vectors;
    }
    expect(warmTotal).toBeLessThan(0.8 * coldTotal);
  });
});
