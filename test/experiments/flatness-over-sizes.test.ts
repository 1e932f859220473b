import { InvalidArgumentError, matrix, randomStream } from "flat-minima/core";
import { experiments, type FlatnessOverSizesConfiguration } from "flat-minima/experiments";
import { alignmentFactors, meanSquareThresholdFromGram } from "flat-minima/stability";
import { describe, expect, it } from "vitest";

const experiment = experiments["flatness-over-sizes"];
const small: FlatnessOverSizesConfiguration = {
  activation: "tanh",
  width: 10,
  learningRate: 0.16,
  batchSize: 10,
  maximumSteps: 6000,
  every: 150,
};

/** SGD written out in loops; W_l[k][j], layer after layer with its biases, as the library lays θ out. */
function naive({ activation, width: h, learningRate, batchSize, maximumSteps }: typeof small, seed: number) {
  const dataStream = randomStream(0, experiment.name, "training set");
  const X = Array.from({ length: 100 }, () => Array.from(dataStream.normals(20)));
  const y = X.map((x) => Math.sin(x[0] + x[1]) + 0.5 * x[2]);
  const shapes = [
    [20, h],
    [h, h],
    [h, 1],
  ];
  const starts = [0, 21 * h, 21 * h + (h + 1) * h];
  const p = h * h + 23 * h + 1;
  const stream = randomStream(seed, experiment.name, "initialisation", h);
  const theta = new Float64Array(p);
  shapes.forEach(([inputs, outputs], layer) => {
    for (let k = 0; k < inputs * outputs; k++) theta[starts[layer] + k] = stream.normal() / Math.sqrt(inputs);
  });
  const gradient = (x: number[]) => {
    const signals = [x];
    const slopes: number[][] = [];
    shapes.forEach(([inputs, outputs], layer) => {
      const z = Array.from({ length: outputs }, (_, j) => {
        let sum = theta[starts[layer] + inputs * outputs + j];
        for (let k = 0; k < inputs; k++) sum += theta[starts[layer] + k * outputs + j] * signals[layer][k];
        return sum;
      });
      const last = layer === 2;
      signals.push(z.map((v) => (last ? v : activation === "relu" ? Math.max(0, v) : Math.tanh(v))));
      slopes.push(z.map((v) => (last ? 1 : activation === "relu" ? Number(v > 0) : 1 - Math.tanh(v) ** 2)));
    });
    const g = new Float64Array(p);
    let back = [1];
    for (let layer = 2; layer >= 0; layer--) {
      const [inputs, outputs] = shapes[layer];
      const delta = back.map((value, j) => value * slopes[layer][j]);
      for (let j = 0; j < outputs; j++) {
        g[starts[layer] + inputs * outputs + j] = delta[j];
        for (let k = 0; k < inputs; k++) g[starts[layer] + k * outputs + j] = signals[layer][k] * delta[j];
      }
      back = Array.from({ length: inputs }, (_, k) =>
        delta.reduce((sum, value, j) => sum + value * theta[starts[layer] + k * outputs + j], 0),
      );
    }
    return { output: signals[3][0], g };
  };
  const loss = () => X.reduce((sum, x, i) => sum + (gradient(x).output - y[i]) ** 2, 0) / 200;
  const batches = randomStream(seed, experiment.name, "batches", h);
  let step = 0;
  for (; step < maximumSteps && !(step % 50 === 0 && loss() < 1e-4); step++) {
    const update = new Float64Array(p);
    for (let b = 0; b < batchSize; b++) {
      const i = batches.integer(100);
      const { output, g } = gradient(X[i]);
      for (let k = 0; k < p; k++) update[k] += ((output - y[i]) * g[k]) / batchSize;
    }
    for (let k = 0; k < p; k++) theta[k] -= learningRate * update[k];
  }
  const at = X.map((x, i) => ({ e: gradient(x).output - y[i], g: gradient(x).g }));
  return { step, loss: loss(), residuals: Float64Array.from(at, ({ e }) => e), gradients: at.map(({ g }) => g) };
}

describe("flatness-over-sizes", () => {
  it.each([small, { ...small, activation: "relu", width: 12, learningRate: 0.08, batchSize: 25 }] as const)(
    "ends where SGD in loops ends, with the flatness of the dense p×p matrices, $activation",
    async (configuration) => {
      const { step, loss, residuals, gradients } = naive(configuration, 2);
      const result = await experiment.run(configuration, 2);
      expect(result.ended).toBe("converged");
      expect(result.step).toBe(step);
      expect(result.parameterCount).toBe(gradients[0].length);
      const minimum = result.minimum!;
      // Some thousand steps of a contraction whose products are summed in another order; agreement was 1e-12.
      const close = (value: number, expected: number) =>
        expect(Math.abs(value - expected) / expected).toBeLessThan(1e-9);
      close(minimum.loss, loss);
      // G and Σ as p×p matrices.
      const p = gradients[0].length;
      const [G, S] = [new Float64Array(p * p), new Float64Array(p * p)];
      const mean = new Float64Array(p);
      gradients.forEach((g, i) => {
        for (let k = 0; k < p; k++) mean[k] += (residuals[i] * g[k]) / 100;
      });
      gradients.forEach((g, i) => {
        for (let k = 0; k < p; k++) {
          for (let l = 0; l < p; l++) {
            G[k * p + l] += (g[k] * g[l]) / 100;
            S[k * p + l] += (residuals[i] ** 2 * g[k] * g[l]) / 100;
          }
        }
      });
      const inner = (A: Float64Array, B: Float64Array) => A.reduce((sum, value, k) => sum + value * B[k], 0);
      const square = inner(G, G);
      let [traceOfG, ofMean] = [0, 0];
      for (let k = 0; k < p; k++) {
        traceOfG += G[k * p + k];
        for (let l = 0; l < p; l++) ofMean += mean[k] * G[k * p + l] * mean[l];
      }
      close(minimum.frobeniusNorm, Math.sqrt(square));
      close(minimum.trace, traceOfG);
      close(minimum.firstAlignment, inner(S, G) / (2 * loss * square));
      // μ is a difference of two such numbers: their errors, divided by it.
      expect(Math.abs(minimum.alignment - (inner(S, G) - ofMean) / (2 * loss * square))).toBeLessThan(1e-9);

      // λ_max(G) is an eigenvalue, and no Rayleigh quotient exceeds it: 200 power steps from the mean gradient.
      let v = gradients[0].slice();
      for (let t = 0; t < 200; t++) {
        const image = v.map((_, k) => v.reduce((sum, value, l) => sum + G[k * p + l] * value, 0));
        const length = Math.sqrt(inner(image, image));
        v = image.map((value) => value / length);
        if (t === 199) expect(Math.abs(minimum.sharpness / length - 1)).toBeLessThan(1e-6);
      }

      // The certificates lie below the factors of any residuals, and are attained by some up to what 50 draws find.
      const K = matrix(gradients.map((g) => gradients.map((other) => inner(g, other))));
      const stream = randomStream(1, "residuals");
      const unit = (i: number) => Float64Array.from({ length: 100 }, (_, j) => Number(i === j));
      const factors = [
        ...Array.from({ length: 50 }, () => stream.normals(100)),
        ...gradients.map((_, i) => unit(i)),
      ].map((e) => alignmentFactors({ gramMatrix: K, residuals: e }));
      expect(Math.min(...factors.map(({ mu }) => mu))).toBeGreaterThan(minimum.certifiedAlignment * (1 - 1e-8));
      close(Math.min(...factors.map(({ mu1 }) => mu1)), minimum.certifiedFirstAlignment);

      const { batchSize } = configuration;
      const threshold = await meanSquareThresholdFromGram({ gram: K, batchSize, sampling: "with replacement" });
      close(minimum.threshold, threshold.value);
    },
  );

  it("records the flatness along the way, the start included", async () => {
    const { history, step } = await experiment.run(small, 1);
    expect(history.map((record) => record.step)).toEqual(
      Array.from({ length: Math.floor(step / 150) + 1 }, (_, k) => 150 * k),
    );
    expect(history[0].loss).toBeGreaterThan(100 * history.at(-1)!.loss);
  });

  it("names runs that diverge and runs that do not get there", async () => {
    const diverging = await experiment.run({ ...small, activation: "relu", width: 80, learningRate: 3 }, 0);
    expect(diverging).toMatchObject({ ended: "diverged", minimum: null });
    const short = await experiment.run({ ...small, maximumSteps: 60 }, 0);
    expect(short).toMatchObject({ ended: "not converged", step: 60, minimum: null });
    expect(short.history).toHaveLength(1);
  });

  it("gives the same for the same seed, and another for another", async () => {
    const first = await experiment.run(small, 1);
    expect(await experiment.run(small, 1)).toEqual(first);
    expect(await experiment.run(small, 2)).not.toEqual(first);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ activation: "linear" }, 'here: activation must be "relu" or "tanh", got linear'],
    [{ width: 0 }, "here: width must be an integer from 1 to 10000, got 0"],
    [{ learningRate: 0 }, "here: learningRate must be positive and finite, got 0"],
    [{ batchSize: 101 }, "here: batchSize must be an integer from 1 to 100, got 101"],
    [{ maximumSteps: 0 }, "here: maximumSteps must be an integer from 1 to 1000000000, got 0"],
    [{ every: 0.5 }, "here: every must be an integer from 1 to 1000000000, got 0.5"],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...small, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
