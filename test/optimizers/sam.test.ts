import { describe, expect, it } from "vitest";
import { matrix, randomStream } from "flat-minima/core";
import { quadratic } from "flat-minima/models";
import { drawBatch, gradientDescent, sam, stochasticSam } from "flat-minima/optimizers";

const EPS = Number.EPSILON;
const identityGradient = (theta: Float64Array): Float64Array => theta.slice();

describe("sam", () => {
  // L = ½‖θ‖² at θ = (3, 4): the gradient has length 5. All numbers are exact in binary.
  const setting = { gradient: identityGradient, learningRate: 0.25, perturbationRadius: 5 };
  const start = Float64Array.of(3, 4);

  it("descends by the gradient at θ + ρ∇L/‖∇L‖", () => {
    // ε = (3, 4), the gradient there is (6, 8).
    expect(sam(setting)(start)).toEqual(Float64Array.of(3 - 1.5, 4 - 2));
  });

  it("decays the parameters that were not perturbed", () => {
    expect(sam({ ...setting, weightDecay: 0.5 })(start)).toEqual(
      Float64Array.of(3 - 0.25 * (6 + 1.5), 4 - 0.25 * (8 + 2)),
    );
  });

  it("perturbs by ρ∇L when it is not normalized", () => {
    // ε = ½(3, 4), the gradient there is 3/2 (3, 4).
    expect(sam({ ...setting, perturbationRadius: 0.5, normalized: false })(start)).toEqual(
      Float64Array.of(3 - 0.25 * 4.5, 4 - 0.25 * 6),
    );
  });

  it("is gradient descent with radius 0", () => {
    const model = quadratic([matrix([[3, 1], [1, 2]])]); // prettier-ignore
    const point = Float64Array.of(0.3, -0.7);
    const options = { ...model, learningRate: 0.1, weightDecay: 0.01 };
    expect(sam({ ...options, perturbationRadius: 0 })(point)).toEqual(gradientDescent(options)(point));
  });

  it("asks for two gradients, and for one at a critical point", () => {
    const asked: number[][] = [];
    const gradient = (theta: Float64Array): Float64Array => {
      asked.push(Array.from(theta));
      return theta.slice();
    };
    const step = sam({ ...setting, gradient });
    step(start);
    expect(asked).toEqual([
      [3, 4],
      [6, 8],
    ]);
    expect(step(Float64Array.of(0, 0))).toEqual(Float64Array.of(0, 0));
    expect(asked.length).toBe(3);
  });

  it("bounces between ±ηρλ₁/(2 - ηλ₁) on a quadratic", () => {
    for (const { eigenvalues, learningRate, perturbationRadius } of [
      { eigenvalues: [1, 0.5, 0.2], learningRate: 0.4, perturbationRadius: 0.1 },
      { eigenvalues: [3, 1], learningRate: 0.1, perturbationRadius: 2 },
    ]) {
      const [top] = eigenvalues;
      const amplitude = (learningRate * perturbationRadius * top) / (2 - learningRate * top);
      const gradient = (w: Float64Array): Float64Array => w.map((value, k) => eigenvalues[k] * value);
      const step = sam({ gradient, learningRate, perturbationRadius });
      const onCycle = new Float64Array(eigenvalues.length);
      onCycle[0] = amplitude;
      // A step has six roundings, none of a number above a + ρ.
      expect(Math.abs(step(onCycle)[0] + amplitude)).toBeLessThanOrEqual(6 * EPS * (amplitude + perturbationRadius));

      const stream = randomStream(3, "start", eigenvalues.length);
      let w: Float64Array = stream.normals(eigenvalues.length);
      for (let t = 0; t < 3000; t++) w = step(w);
      // Beside the cycle the first coordinate contracts by 1 - ηλ₁ a step: the roundings of all steps add up to
      // 1/(ηλ₁) times those of one.
      const tolerance = (6 * EPS * (amplitude + perturbationRadius)) / (learningRate * top);
      expect(Math.abs(Math.abs(w[0]) - amplitude)).toBeLessThanOrEqual(tolerance);
      for (const other of w.slice(1)) expect(Math.abs(other)).toBeLessThanOrEqual(tolerance);
      expect(Math.sign(step(w)[0])).toBe(-Math.sign(w[0]));
    }
  });
});

describe("stochasticSam", () => {
  // Sample i has the loss ½ 2^i θ²; a batch of different samples is told by its gradient.
  const curvature = (batch: readonly number[]): number => batch.reduce((sum, i) => sum + 2 ** i, 0) / batch.length;
  const asked: (readonly number[])[] = [];
  const batchGradient = (theta: Float64Array, batch: readonly number[]): Float64Array => {
    asked.push(batch);
    return theta.map((value) => curvature(batch) * value);
  };
  const setting = { batchGradient, sampleCount: 16, learningRate: 2 ** -20, perturbationRadius: 0.5 };

  it("takes both gradients of a step on one batch, and a fresh one for the next", () => {
    for (const sampling of ["with replacement", "without replacement"] as const) {
      for (const batchSize of [1, 4]) {
        const scheme = { sampleCount: 16, batchSize, sampling };
        const step = stochasticSam({ ...setting, ...scheme, stream: randomStream(5, "sam") });
        const same = randomStream(5, "sam");
        asked.length = 0;
        for (let t = 0; t < 20; t++) {
          const batch = drawBatch(same, scheme);
          const [next] = step(Float64Array.of(1));
          expect(asked.slice(2 * t)).toEqual([batch, batch]);
          expect(next).toBe(1 - 2 ** -20 * curvature(batch) * 1.5); // the perturbation is ρ, whatever the curvature
        }
        expect(new Set(asked.map(String)).size).toBeGreaterThan(5);
      }
    }
  });

  it("is sam on the full batch", () => {
    const scheme = { batchSize: 16, sampling: "without replacement" } as const;
    const step = stochasticSam({ ...setting, ...scheme, stream: randomStream(5) });
    const all = Array.from({ length: 16 }, (_, i) => i);
    const full = sam({ ...setting, gradient: (theta) => batchGradient(theta, all) });
    expect(step(Float64Array.of(3))).toEqual(full(Float64Array.of(3)));
  });
});
