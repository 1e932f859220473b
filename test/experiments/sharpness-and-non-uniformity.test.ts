import { InvalidArgumentError, matrix, outer, randomStream, rowOf } from "flat-minima/core";
import { experiments, type SharpnessAndNonUniformityConfiguration } from "flat-minima/experiments";
import { nonUniformityOfHessians, sharpnessOfHessians } from "flat-minima/stability";
import { describe, expect, it } from "vitest";

const experiment = experiments["sharpness-and-non-uniformity"];
const small: SharpnessAndNonUniformityConfiguration = {
  activation: "tanh",
  width: 20,
  learningRate: 0.16,
  batchSize: 5,
  maximumSteps: 5000,
};

/** SGD written out in loops, θ = (W, b, a, c) as the library lays it out: W inputs × hidden, b, a, c. */
function naive({ activation, width: m, learningRate, batchSize, maximumSteps }: typeof small, seed: number) {
  const dataStream = randomStream(0, experiment.name, "training set");
  const X = Array.from({ length: 20 }, () => Array.from(dataStream.normals(4)));
  const y = X.map((x) => 1.5 * Math.tanh(x[0]) - 0.5 * x[1] * x[2]);
  const stream = randomStream(seed, experiment.name, "initialisation");
  const [d, p] = [4, 6 * m + 1];
  const deviation = (inputs: number) => Math.sqrt((activation === "relu" ? 2 : 1) / inputs);
  const theta = new Float64Array(p);
  for (let k = 0; k < d * m; k++) theta[k] = deviation(d) * stream.normal();
  for (let j = 0; j < m; j++) theta[5 * m + j] = deviation(m) * stream.normal();
  const gradient = (x: number[]) => {
    const g = new Float64Array(p);
    let output = theta[p - 1];
    g[p - 1] = 1;
    for (let j = 0; j < m; j++) {
      let z = theta[d * m + j];
      for (let k = 0; k < d; k++) z += theta[k * m + j] * x[k];
      const phi = activation === "relu" ? Math.max(0, z) : Math.tanh(z);
      const slope = activation === "relu" ? Number(z > 0) : 1 - phi ** 2;
      output += theta[5 * m + j] * phi;
      g[5 * m + j] = phi;
      g[d * m + j] = theta[5 * m + j] * slope;
      for (let k = 0; k < d; k++) g[k * m + j] = g[d * m + j] * x[k];
    }
    return { output, g };
  };
  const loss = () => X.reduce((sum, x, i) => sum + (gradient(x).output - y[i]) ** 2, 0) / 40;
  const batches = randomStream(seed, experiment.name, "batches");
  let step = 0;
  for (; step < maximumSteps && !(step % 50 === 0 && loss() < 1e-4); step++) {
    const update = new Float64Array(p);
    for (const i of batches.choice(20, batchSize)) {
      const { output, g } = gradient(X[i]);
      for (let k = 0; k < p; k++) update[k] += ((output - y[i]) * g[k]) / batchSize;
    }
    for (let k = 0; k < p; k++) theta[k] -= learningRate * update[k];
  }
  const rows = matrix(X.map((x) => Array.from(gradient(x).g)));
  return { step, hessians: X.map((_, i) => outer(rowOf(rows, i), rowOf(rows, i))) };
}

describe("sharpness-and-non-uniformity", () => {
  it.each([small, { ...small, activation: "relu", width: 30, learningRate: 0.04, batchSize: 20 }] as const)(
    "ends where SGD in loops ends, with its a and s, $activation",
    async (configuration) => {
      const { step, hessians } = naive(configuration, 2);
      const result = await experiment.run(configuration, 2);
      expect(result.ended).toBe("converged");
      expect(result.step).toBe(step);
      const minimum = result.minimum!;
      // Some thousand steps of a contraction whose products are summed in another order; agreement was 1e-12.
      const close = (value: number, expected: number) => Math.abs(value - expected) <= 1e-9 * expected;
      const traceOf = hessians.reduce(
        (sum, { rows, data }) => sum + data.reduce((own, v, k) => own + (k % (rows + 1) === 0 ? v : 0), 0),
        0,
      );
      expect(close(minimum.sharpness, sharpnessOfHessians(hessians))).toBe(true);
      expect(close(minimum.nonUniformity, nonUniformityOfHessians(hessians))).toBe(true);
      expect(close(minimum.trace, traceOf / 20)).toBe(true);
    },
  );

  it("names runs that diverge and runs that do not get there", async () => {
    const diverging = await experiment.run({ ...small, activation: "relu", width: 80, learningRate: 1 }, 0);
    expect(diverging).toMatchObject({ ended: "diverged", minimum: null });
    expect(diverging.step).toBeGreaterThan(0);
    const short = await experiment.run({ ...small, maximumSteps: 60 }, 0);
    expect(short).toEqual({ ended: "not converged", step: 60, minimum: null });
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
    [{ batchSize: 21 }, "here: batchSize must be an integer from 1 to 20, got 21"],
    [{ maximumSteps: 0 }, "here: maximumSteps must be an integer from 1 to 1000000000, got 0"],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...small, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
