import { InvalidArgumentError, randomStream } from "flat-minima/core";
import { gaussianInputs } from "flat-minima/data";
import { type AlignmentAlongTrainingConfiguration, experiments } from "flat-minima/experiments";
import { describe, expect, it } from "vitest";

const experiment = experiments["alignment-along-training"];
const small: AlignmentAlongTrainingConfiguration = {
  architecture: "linear network",
  width: 3,
  sampleCount: 8,
  inputCount: 4,
  batchSize: 2,
  relativeLearningRate: 0.1,
  steps: 20,
  every: 10,
};

type Gradient = (theta: Float64Array, x: Float64Array) => { output: number; gradient: Float64Array };

/** f = Σ_j a_j Σ_k W_kj x_k with θ = (W, a), W inputs × hidden. */
const linear =
  (d: number, m: number): Gradient =>
  (theta, x) => {
    const gradient = new Float64Array((d + 1) * m);
    let output = 0;
    for (let j = 0; j < m; j++) {
      let z = 0;
      for (let k = 0; k < d; k++) {
        z += theta[k * m + j] * x[k];
        gradient[k * m + j] = theta[d * m + j] * x[k];
      }
      gradient[d * m + j] = z;
      output += theta[d * m + j] * z;
    }
    return { output, gradient };
  };

/** Every factor from p × p matrices written out. */
function factors(gradients: Float64Array[], residuals: number[]) {
  const [n, p] = [residuals.length, gradients[0].length];
  const square = (entry: (k: number, l: number) => number) =>
    Array.from({ length: p }, (_, k) => Array.from({ length: p }, (_, l) => entry(k, l)));
  const average = (term: (i: number) => number) => residuals.reduce((sum, _, i) => sum + term(i), 0) / n;
  const inner = (A: number[][], B: number[][]) =>
    A.reduce((sum, row, k) => sum + row.reduce((own, v, l) => own + v * B[k][l], 0), 0);
  const G = square((k, l) => average((i) => gradients[i][k] * gradients[i][l]));
  const slope = Array.from({ length: p }, (_, k) => average((i) => residuals[i] * gradients[i][k]));
  const first = square((k, l) => average((i) => residuals[i] ** 2 * gradients[i][k] * gradients[i][l]));
  const noise = square((k, l) => first[k][l] - slope[k] * slope[l]);
  const twiceLoss = average((i) => residuals[i] ** 2);
  const size = (A: number[][]) => Math.sqrt(inner(A, A));
  const chi = gradients.map((g) =>
    inner(
      G,
      square((k, l) => g[k] * g[l]),
    ),
  );
  const squares = residuals.map((e) => e * e);
  return {
    loss: twiceLoss / 2,
    alpha: inner(noise, G) / (size(noise) * size(G)),
    beta: size(noise) / (twiceLoss * size(G)),
    mu: inner(noise, G) / (twiceLoss * inner(G, G)),
    mu1: inner(first, G) / (twiceLoss * inner(G, G)),
    mu2: (inner(first, G) - inner(noise, G)) / (twiceLoss * inner(G, G)),
    gamma: Math.min(...chi) / average((i) => chi[i]),
    frobeniusNorm: size(G),
    trace: G.reduce((sum, row, k) => sum + row[k], 0),
    lossVariation: Math.sqrt(average((i) => (squares[i] - twiceLoss) ** 2)) / twiceLoss,
    leastLoss: Math.min(...squares) / twiceLoss,
  };
}

describe("alignment-along-training", () => {
  it("sees what SGD in loops and p × p matrices see", async () => {
    const { sampleCount: n, inputCount: d, width: m, batchSize, steps, every } = small;
    const data = randomStream(3, experiment.name, "training set");
    const inputs = gaussianInputs({ sampleCount: n, dimension: d, stream: data });
    const X = Array.from({ length: n }, (_, i) => inputs.data.slice(i * d, (i + 1) * d));
    const teacher = data.normals(d);
    const y = X.map((x) => x.reduce((sum, v, k) => sum + v * teacher[k], 0) / 2); // √d = 2
    const stream = randomStream(3, experiment.name, "initialisation");
    const theta = new Float64Array((d + 1) * m);
    for (let k = 0; k < d * m; k++) theta[k] = stream.normal() / 2;
    for (let k = d * m; k < theta.length; k++) theta[k] = stream.normal() / Math.sqrt(m);
    const model = linear(d, m);
    const batches = randomStream(3, experiment.name, "batches");
    const result = await experiment.run(small, 3);

    let learningRate = NaN;
    for (let step = 0, seen = 0; step <= steps; step++) {
      const at = X.map((x) => model(theta, x));
      if (step % every === 0) {
        const expected = factors(
          at.map(({ gradient }) => gradient),
          at.map(({ output }, i) => output - y[i]),
        );
        if (step === 0) learningRate = (0.1 * 2 * batchSize) / expected.trace;
        const observation = result.observations[seen++];
        expect(observation.step).toBe(step);
        // Sums of at most p² n = 1800 terms, of which Σ's cancel by less than a factor of ten, after 20 contracting
        // steps: 1800 · 10 · eps = 4e-12 at the worst; agreement was 1e-14.
        for (const [name, value] of Object.entries(expected)) {
          const measured = observation[name as keyof typeof expected];
          expect(Math.abs(measured - value), name).toBeLessThanOrEqual(4e-12 * Math.abs(value));
        }
      }
      const update = new Float64Array(theta.length);
      for (const i of batches.choice(n, batchSize)) {
        at[i].gradient.forEach((g, k) => (update[k] += ((at[i].output - y[i]) * g) / batchSize));
      }
      update.forEach((v, k) => (theta[k] -= learningRate * v));
    }
    expect(result).toMatchObject({ ended: "completed", parameterCount: 15 });
    expect(result.observations).toHaveLength(3);
    expect(Math.abs(result.learningRate - learningRate)).toBeLessThanOrEqual(1e-14 * learningRate);
  });

  it.each([
    ["linear network", 5 * 4 + 5, 4],
    ["random features", 5, 4],
    ["relu", 4 * 5 + 5 + 25 + 5 + 5 + 1, 4],
    ["tanh", 4 * 5 + 5 + 25 + 5 + 5 + 1, 4],
    ["convolutional", 9 * 5 + 5 + 9 * 25 + 5 + 5 + 1, 36],
  ] as const)("trains the network it names, %s", async (architecture, parameterCount, inputCount) => {
    const configuration = { ...small, architecture, inputCount, width: 5, steps: 200, every: 100 };
    const result = await experiment.run(configuration, 1);
    expect(result).toMatchObject({ ended: "completed", parameterCount });
    const [before, , after] = result.observations;
    expect(after.loss).toBeLessThan(before.loss);
    // Linear in its parameters, so that G stays; the others' moves.
    expect(after.trace === before.trace).toBe(architecture === "random features");
    expect(await experiment.run(configuration, 1)).toEqual(result);
    expect(await experiment.run(configuration, 2)).not.toEqual(result);
  });

  it("names runs that diverge and runs that have nothing left to learn", async () => {
    const diverging = await experiment.run({ ...small, relativeLearningRate: 100, steps: 500 }, 0);
    expect(diverging.ended).toBe("diverged");
    expect(diverging.observations.length).toBeGreaterThan(0);
    const learnt = await experiment.run({ ...small, relativeLearningRate: 0.3, steps: 100_000, every: 500 }, 0);
    expect(learnt.ended).toBe("interpolated");
    expect(learnt.observations.at(-1)!.loss).toBeLessThan(1e-20);
    expect(learnt.observations.at(-2)!.loss).toBeGreaterThanOrEqual(1e-20);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ architecture: "cubic" }, "here: the architecture must be one of linear network, random features, relu, tanh,"],
    [{ width: 0 }, "here: width must be an integer from 1 to 100000, got 0"],
    [{ sampleCount: 1 }, "here: sampleCount must be an integer from 2 to 100000, got 1"],
    [{ architecture: "relu", inputCount: 2 }, "here: inputCount must be an integer from 3 to 100000, got 2"],
    [
      { architecture: "convolutional", inputCount: 40 },
      "here: the inputCount of a convolutional network must be a square, got 40",
    ],
    [{ batchSize: 9 }, "here: batchSize must be an integer from 1 to 8, got 9"],
    [{ relativeLearningRate: 0 }, "here: relativeLearningRate must be positive and finite, got 0"],
    [{ steps: 0 }, "here: steps must be an integer from 1 to 1000000000, got 0"],
    [{ every: 21 }, "here: every must be an integer from 1 to 20, got 21"],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...small, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
