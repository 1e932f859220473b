import { matrix, norm, randomStream } from "flat-minima/core";
import { initialParameters, linearNetwork, multilayerPerceptron } from "flat-minima/models";
import { classificationError, errorsInBallsFromBelow, type ErrorsInBallsOptions } from "flat-minima/pacbayes";
import { describe, expect, it } from "vitest";

describe("errorsInBallsFromBelow", () => {
  const network = linearNetwork({ inputCount: 2 });
  const normals = randomStream(1, "inputs").normals(80);
  const inputs = { rows: 40, cols: 2, data: normals };
  const targets = {
    rows: 40,
    cols: 1,
    data: Float64Array.from({ length: 40 }, (_, i) => Math.sign(normals[2 * i] + 0.5)),
  };
  const parameters = Float64Array.of(2, 0.5);
  const options: ErrorsInBallsOptions = {
    network,
    parameters,
    samples: { inputs, targets },
    radii: [0.1, 0.5, 1, 2, 3],
    directions: [parameters.map((value) => -value)],
  };

  /** The largest error of all sign patterns that the ball of R² holds, on a fine polar grid of it. */
  function exact(radius: number): number {
    let largest = 0;
    for (let r = 0; r <= radius; r += radius / 15) {
      for (let angle = 0; angle < 2 * Math.PI; angle += 0.01) {
        const theta = Float64Array.of(parameters[0] + r * Math.cos(angle), parameters[1] + r * Math.sin(angle));
        const { outputs } = network.evaluate(theta, inputs);
        largest = Math.max(largest, classificationError(outputs, targets));
      }
    }
    return largest;
  }

  it("is never above the exact maximum in the plane, nearly it, and reaches 1 − L̂ beyond ‖θ‖", async () => {
    const errors = await errorsInBallsFromBelow(options);
    const here = classificationError(network.evaluate(parameters, inputs).outputs, targets);
    for (const [i, radius] of options.radii.entries()) {
      // The grid's own gaps hide at most the samples whose line it jumps over: one of 40 here.
      expect(errors[i]).toBeLessThanOrEqual(exact(radius) + 1 / 40);
      if (i > 0) expect(errors[i]).toBeGreaterThanOrEqual(errors[i - 1]);
    }
    expect(errors[0]).toBeGreaterThanOrEqual(here);
    expect(errors[2]).toBeGreaterThanOrEqual(exact(1) - 5 / 40);
    expect(errors[2]).toBeGreaterThan(here);
    expect(norm(parameters)).toBeLessThan(3);
    expect(errors[4]).toBeGreaterThanOrEqual(1 - here);
  });

  it("finds a change of all signs beyond the norm of the last layer, and none of it below without ascent's luck", async () => {
    const perceptron = multilayerPerceptron({ widths: [2, 5, 1], activation: "tanh" });
    const theta = initialParameters(perceptron, randomStream(2, "start"), { scheme: "LeCun" });
    const { outputs } = perceptron.evaluate(theta, inputs);
    const own = { rows: 40, cols: 1, data: outputs.data.map(Math.sign) };
    const { weightsStart } = perceptron.layouts[1];
    const last = theta.map((value, k) => (k < weightsStart ? 0 : -value));
    const setting = { network: perceptron, parameters: theta, samples: { inputs, targets: own }, maxIterations: 1 };
    const radii = [1e-6, 1.001 * norm(last)];
    const errors = await errorsInBallsFromBelow({ ...setting, radii, directions: [last] });
    expect(errors).toEqual(Float64Array.of(0, 1));
    // The other way round the outputs grow.
    const grown = await errorsInBallsFromBelow({ ...setting, radii, directions: [last.map((value) => -value)] });
    expect(grown[1]).toBeLessThan(1);
  });

  it("looks at all samples, not only at those it ascends on", async () => {
    const many = { rows: 600, cols: 1, data: new Float64Array(600).fill(1) };
    const labels = { rows: 600, cols: 1, data: Float64Array.from({ length: 600 }, (_, i) => (i < 500 ? 1 : -1)) };
    const line = linearNetwork({ inputCount: 1 });
    const setting = { network: line, parameters: Float64Array.of(1), samples: { inputs: many, targets: labels } };
    expect(await errorsInBallsFromBelow({ ...setting, radii: [0.5, 2] })).toEqual(Float64Array.of(1 / 6, 5 / 6));
  });

  it("is the same bits again, and refuses bad input", async () => {
    expect(await errorsInBallsFromBelow(options)).toEqual(await errorsInBallsFromBelow(options));
    const refused = (change: object, message: string) =>
      expect(errorsInBallsFromBelow({ ...options, ...change })).rejects.toThrow(`errorsInBallsFromBelow: ${message}`);
    await refused({ radii: [] }, "there must be a radius");
    await refused({ radii: [1, 1] }, "the radii must be positive, finite and ascending");
    await refused({ radii: [0, 1] }, "the radii must be positive, finite and ascending");
    await refused({ radii: [NaN] }, "the radii must be positive, finite and ascending");
    await refused({ parameters: Float64Array.of(1) }, "parameters must have length 2, got 1");
    await refused({ parameters: Float64Array.of(1, NaN) }, "parameters must be finite, got NaN");
    await refused({ directions: [Float64Array.of(0, 0)] }, "a direction must have a positive, finite norm, got 0");
    await refused({ directions: [Float64Array.of(1)] }, "a direction must have length 2, got 1");
    await refused({ maxIterations: 0 }, "maxIterations must be a positive integer, got 0");
    await refused({ samples: { inputs, targets: matrix([[1]]) } }, "targets must have 40 rows");
  });
});
