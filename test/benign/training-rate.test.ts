import { gramSpaceDescent, trainingRate } from "flat-minima/benign";
import { matrix, randomStream, zeros } from "flat-minima/core";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

/** Random samples, labels and output weights. */
function problem(seed: number, n: number, p: number, m: number) {
  const stream = randomStream(seed, "training rate", n, p, m);
  const inputs = { rows: n, cols: p, data: stream.normals(n * p) };
  const targets = Float64Array.from({ length: n }, () => stream.rademacher());
  const outputWeights = stream.normals(m);
  const initialWeights = { rows: m, cols: p, data: stream.normals(m * p) };
  return { inputs, targets, outputWeights, initialWeights };
}

/** Plain gradient descent in loops, a loss and a squared gradient for each of the steps. */
function naiveDescent(options: ReturnType<typeof problem>, learningRate: number, steps: number) {
  const { inputs, targets: y, outputWeights: a, initialWeights } = options;
  const [n, p, m] = [inputs.rows, inputs.cols, a.length];
  const W = initialWeights.data.slice();
  return Array.from({ length: steps + 1 }, () => {
    const gradient = new Float64Array(m * p);
    const losses: number[] = [];
    const margins: number[] = [];
    for (let i = 0; i < n; i++) {
      let f = 0;
      const slopes = new Float64Array(m);
      for (let j = 0; j < m; j++) {
        let z = 0;
        for (let k = 0; k < p; k++) z += W[j * p + k] * inputs.data[i * p + k];
        f += a[j] * (z / 2 + (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - Math.LN2) / 2);
        slopes[j] = 0.5 + 0.5 / (1 + Math.exp(-z));
      }
      const margin = y[i] * f;
      margins.push(margin);
      losses.push(Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin))));
      const g = 1 / (1 + Math.exp(margin));
      for (let j = 0; j < m; j++) {
        for (let k = 0; k < p; k++) {
          gradient[j * p + k] -= (g * y[i] * a[j] * slopes[j] * inputs.data[i * p + k]) / n;
        }
      }
    }
    for (let k = 0; k < m * p; k++) W[k] -= learningRate * gradient[k];
    const squaredGradient = gradient.reduce((sum, value) => sum + value * value, 0);
    return { loss: losses.reduce((sum, value) => sum + value, 0) / n, squaredGradient, margins };
  });
}

describe("the rate of training", () => {
  it("is known in full for orthogonal samples", () => {
    const inputs = matrix([
      [3, 0, 0],
      [0, 0, 2],
    ]);
    const found = trainingRate({ inputs, outputWeights: Float64Array.of(0.6, -0.8), learningRate: 0.1 });
    // K = diag(9, 4), ‖a‖ = 1, max|a_j| = 0.8, R² = 9. Each is a handful of operations; eigenvalues of a diagonal matrix
    // and what rounding takes off the least, 3·9·eps.
    const close = (value: number, expected: number) =>
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(50 * EPS * expected);
    close(found.fittedLoss, Math.log(2) / 2);
    close(found.descentLearningRate, 2 / (9 * (0.25 + 0.1)));
    close(found.rateLoss, Math.log(2) / 2);
    close(found.leastGain, (0.1 * 4) / 4 / (2 * 2 * 4 * Math.log(2) ** 2));
    close(found.limitingGain, 0.9);
    const fast = trainingRate({ inputs, outputWeights: Float64Array.of(0.6, -0.8), learningRate: 1 });
    close(fast.rateLoss, 1 / (2 * 9 * 1.1));
    close(fast.leastGain, 10 * found.leastGain);
  });

  it("bounds every step of gradient descent from below and from above", () => {
    const steps = 300;
    let [slow, certified, tooFast, unguaranteed] = [0, 0, 0, 0];
    for (let seed = 0; seed < 12; seed++) {
      for (const [n, p, m] of [
        [1, 1, 1],
        [3, 8, 2],
        [5, 40, 3],
      ]) {
        const options = problem(seed, n, p, m);
        const { descentLearningRate } = trainingRate({ ...options, learningRate: 1 });
        for (const multiple of [1, 30]) {
          const learningRate = multiple * descentLearningRate;
          const { rateLoss, fittedLoss, leastGain, limitingGain } = trainingRate({ ...options, learningRate });
          const path = naiveDescent(options, learningRate, steps);
          for (let t = 0; t < steps; t++) {
            const [{ loss, squaredGradient, margins }, { loss: next }] = [path[t], path[t + 1]];
            if (margins.some((margin) => margin <= 0)) expect(loss).toBeGreaterThanOrEqual(fittedLoss * (1 - 4 * EPS));
            // Losses are means of n logarithms, each with an error of a few eps of itself and eps of |margin| from f.
            const rounding = 100 * EPS * (n + p + m) * (1 + Math.max(...margins.map(Math.abs))) * Math.max(loss, next);
            const guaranteed = loss <= rateLoss;
            if (multiple === 1 || guaranteed) {
              expect(loss - next).toBeGreaterThanOrEqual(0.5 * learningRate * squaredGradient - rounding);
            } else if (loss - next < 0.5 * learningRate * squaredGradient - rounding) unguaranteed++;
            const inverse = rounding / loss / next;
            const gain = 1 / next - 1 / loss;
            expect(next).toBeGreaterThanOrEqual(loss * Math.exp(-limitingGain * loss) - rounding);
            if (!guaranteed) continue;
            certified++;
            expect(gain).toBeGreaterThanOrEqual(leastGain - inverse);
            if (gain < 40 * leastGain) slow++; // wrong variant: 40 times the gain
            if (gain > limitingGain / 20) tooFast++; // wrong variant: a twentieth of the limit
          }
        }
      }
    }
    expect(certified).toBeGreaterThan(1000);
    expect(slow).toBeGreaterThan(0);
    expect(tooFast).toBeGreaterThan(0);
    expect(unguaranteed).toBeGreaterThan(0); // a step size above the limit does need the small loss
  });

  it("lets the time be of order 1/ε for the descent in Gram space, too", () => {
    const options = problem(3, 4, 30, 2);
    const { descentLearningRate } = trainingRate({ ...options, learningRate: 1 });
    const learningRate = 2 * descentLearningRate;
    const { rateLoss, leastGain, limitingGain } = trainingRate({ ...options, learningRate });
    const descent = gramSpaceDescent({ ...options, learningRate });
    while (descent.loss() > rateLoss) descent.advance(1);
    const [from, start] = [descent.loss(), descent.step];
    for (const tolerance of [rateLoss / 10, rateLoss / 100, rateLoss / 1000]) {
      while (descent.loss() > tolerance) descent.advance(1);
      const time = descent.step - start;
      expect(time).toBeLessThanOrEqual(Math.ceil((1 / tolerance - 1 / from) / leastGain));
      const fastest = Math.expm1(limitingGain * from) / from; // the most that 1/L gains from here on
      expect(time).toBeGreaterThanOrEqual((1 / tolerance - 1 / from) / fastest);
    }
  });

  it("guarantees nothing where samples depend on one another", () => {
    const inputs = matrix([
      [1, 2],
      [2, 4],
    ]);
    expect(trainingRate({ inputs, outputWeights: Float64Array.of(1), learningRate: 0.1 }).leastGain).toBe(0);
  });

  it("refuses what has no rate", () => {
    const options = { inputs: matrix([[1, 2]]), outputWeights: Float64Array.of(1), learningRate: 1 };
    const with_ = (change: object) => () => trainingRate({ ...options, ...change });
    expect(with_({ inputs: { rows: 0, cols: 2, data: new Float64Array(0) } })).toThrow(
      "trainingRate: the number of samples must be a positive integer, got 0",
    );
    expect(with_({ inputs: zeros(1, 2) })).toThrow(
      "trainingRate: the inputs must not vanish, nor their squares underflow, got 0",
    );
    expect(with_({ inputs: matrix([[1e200, 0]]) })).toThrow(
      "trainingRate: XXᵀ must not overflow, got Infinity at (0, 0)",
    );
    expect(with_({ outputWeights: new Float64Array(0) })).toThrow(
      "trainingRate: the number of neurons must be a positive integer, got 0",
    );
    expect(with_({ outputWeights: Float64Array.of(NaN) })).toThrow(
      "trainingRate: outputWeights must be finite, got NaN at index 0",
    );
    expect(with_({ outputWeights: Float64Array.of(0) })).toThrow(
      "trainingRate: the output weights must not vanish, nor their squares underflow, got 0",
    );
    expect(with_({ learningRate: -1 })).toThrow("trainingRate: learningRate must be positive and finite, got -1");
  });
});
