import { matrix, randomStream } from "flat-minima/core";
import { inputGradients, type InputNoiseOptions, lossIncreaseUnderInputNoise } from "flat-minima/landscape";
import {
  halfSquareLoss,
  linearNetwork,
  logisticLoss,
  multilayerPerceptron,
  twoLayer,
  twoLayerParameters,
} from "flat-minima/models";
import { describe, expect, it } from "vitest";
import { normalMatrix, normals } from "../models/network-contract";

const standardErrors = 5; // once in two million seeds

/** f(x) = v·x with |v|² = 9, and residuals f − y = 1, −1, 2, 0, 0.5. */
const v = Float64Array.of(1, 2, 2);
const inputs = normalMatrix(randomStream(1, "input noise"), 5, 3);
const residuals = [1, -1, 2, 0, 0.5];
const linear: InputNoiseOptions = {
  network: linearNetwork({ inputCount: 3, outputCount: 1 }),
  loss: halfSquareLoss,
  parameters: v,
  inputs,
  targets: Float64Array.from(residuals, (r, i) => v.reduce((sum, w, k) => sum + w * inputs.data[3 * i + k], 0) - r),
  noise: 0.5,
  samples: 2000,
  stream: randomStream(2, "input noise"),
};
/** The same with a fresh stream. */
const estimate = (changes: Partial<InputNoiseOptions> = {}): ReturnType<typeof lossIncreaseUnderInputNoise> =>
  lossIncreaseUnderInputNoise({ ...linear, stream: randomStream(2, "input noise"), ...changes });

describe("lossIncreaseUnderInputNoise", () => {
  it("is ½s²‖v‖² for a linear function, with the standard error that goes with it", async () => {
    const { value, standardError, samples } = await estimate();
    expect(samples).toBe(2000);
    const expected = 0.5 * 0.5 ** 2 * 9;
    expect(Math.abs(value - expected)).toBeLessThan(standardErrors * standardError);
    // Neither s for s², nor no ½, nor a sum over the samples.
    for (const wrong of [0.5 * 0.5 * 9, 0.5 ** 2 * 9, 5 * expected]) {
      expect(Math.abs(value - wrong)).toBeGreaterThan(standardErrors * standardError);
    }
    // One term is rsz + ½s²z² with z normal of variance 9: its variance is r²s²·9 + ½s⁴·81.
    const variances = residuals.map((r) => r * r * 0.25 * 9 + 0.5 * 0.5 ** 4 * 81);
    const exact = Math.sqrt(variances.reduce((sum, one) => sum + one, 0) / 25 / 2000);
    // A variance from 2000 draws whose kurtosis is below 3 + 12/5 is known to √(4.4/2000) = 4.7 %, its root to 2.4 %.
    expect(Math.abs(standardError / exact - 1)).toBeLessThan(standardErrors * 0.024);
  });

  it("is the integral over the noise for a curved function, by the trapezoidal rule", async () => {
    // f(x) = 2 tanh(1.5x) − 1 at x = 0.3 with y = 1.2, and the logistic loss at y = −1.
    const network = multilayerPerceptron({ widths: [1, 1, 1], activation: "tanh" });
    const f = (x: number): number => 2 * Math.tanh(1.5 * x) - 1;
    const losses = [
      { loss: halfSquareLoss, y: 1.2, of: (output: number) => 0.5 * (output - 1.2) ** 2 },
      { loss: logisticLoss, y: -1, of: (output: number) => Math.log(1 + Math.exp(output)) },
    ];
    const s = 0.8;
    for (const { loss, y, of } of losses) {
      let integral = 0;
      // Step 0.01 over ±10 for a smooth function times a Gaussian: exact to far below the standard error.
      for (let k = -1000; k <= 1000; k++) {
        const xi = k / 100;
        integral += (0.01 / Math.sqrt(2 * Math.PI)) * Math.exp((-xi * xi) / 2) * (of(f(0.3 + s * xi)) - of(f(0.3)));
      }
      const { value, standardError } = await estimate({
        network,
        loss,
        parameters: Float64Array.of(1.5, 0, 2, -1),
        inputs: matrix([[0.3]]),
        targets: Float64Array.of(y),
        noise: s,
      });
      expect(Math.abs(value - integral)).toBeLessThan(standardErrors * standardError);
      // The loss under noise itself, not its increase.
      expect(Math.abs(value - integral - of(f(0.3)))).toBeGreaterThan(standardErrors * standardError);
    }
  });

  it("is ½s² times the mean square of the input gradients where a network interpolates and s is small", async () => {
    const stream = randomStream(3, "input noise");
    const parts = { weights: normalMatrix(stream, 6, 3), outputWeights: normals(stream, 6) };
    const network = twoLayer({ inputCount: 3, width: 6, structure: "no bias", activation: "relu" });
    const parameters = twoLayerParameters(parts);
    const targets = network.evaluate(parameters, inputs).outputs.data.slice();
    const s = 1e-6; // no pre-activation is so near its kink: the function is linear where the noise reaches
    const { value, standardError } = await estimate({ network, parameters, targets, noise: s });
    const gradients = inputGradients(parts, inputs).data;
    const expected = (0.5 * s * s * gradients.reduce((sum, g) => sum + g * g, 0)) / 5;
    expect(Math.abs(value - expected)).toBeLessThan(standardErrors * standardError);
    expect(standardError).toBeLessThan(0.05 * expected);
  });

  it("repeats with the stream, takes targets as a vector or a matrix, and changes nothing", async () => {
    const before = [inputs.data.slice(), v.slice()];
    const first = await estimate({ samples: 10 });
    expect(await estimate({ samples: 10 })).toEqual(first);
    const targets = { rows: 5, cols: 1, data: linear.targets as Float64Array };
    expect(await estimate({ samples: 10, targets })).toEqual(first);
    expect(await estimate({ samples: 10, stream: randomStream(4) })).not.toEqual(first);
    expect([inputs.data, v]).toEqual(before);
  });

  it("refuses what it cannot estimate", async () => {
    const name = "lossIncreaseUnderInputNoise";
    for (const [changes, message] of [
      [{ parameters: new Float64Array(2) }, "parameters must have length 3, got 2"],
      [{ parameters: Float64Array.of(1, NaN, 1) }, "parameters must be finite, got NaN at index 1"],
      [{ inputs: matrix([[1, 2]]) }, "inputs must be n×3 with n ≥ 1, got a 1×2 matrix"],
      [{ inputs: { rows: 0, cols: 3, data: new Float64Array(0) } }, "inputs must be n×3 with n ≥ 1"],
      [{ targets: new Float64Array(4) }, "targets must have 5 rows, as inputs, got a 4×1 matrix"],
      [{ loss: logisticLoss }, "targets of the logistic loss must be 1 or -1"],
      [{ noise: 0 }, "the noise must be positive and finite, got 0"],
      [{ noise: Infinity }, "the noise must be positive and finite, got Infinity"],
      [{ samples: 1 }, "samples must be an integer of at least 2, got 1"],
      [{ parameters: Float64Array.of(1e200, 0, 0) }, "every sample must be finite"],
    ] as const) {
      await expect(estimate(changes)).rejects.toThrow(`${name}: ${message}`);
    }
  });
});
