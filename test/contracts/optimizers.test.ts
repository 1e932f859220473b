import { describe, expect, it } from "vitest";
import { InvalidArgumentError, matrix, randomStream, zeros } from "flat-minima/core";
import { quadratic } from "flat-minima/models";
import {
  adam,
  adaptiveSam,
  gradientDescent,
  linearizedStochasticGradientDescent,
  noisyGradientDescent,
  runTrajectory,
  sam,
  type SamOptions,
  stochasticAdam,
  stochasticGradientDescent,
  stochasticSam,
  type StochasticSamOptions,
  type UpdateMap,
} from "flat-minima/optimizers";

/** Two samples with one minimizer, where every gradient is exactly 0, in four parameters. */
const minimizer = Float64Array.of(1, -2, 0.5, 3);
const hessian = matrix([
  [2, 1, 0, 0],
  [1, 3, 0, -1],
  [0, 0, 1, 0],
  [0, -1, 0, 2],
]);
const other = matrix([
  [1, 0, 0, 0],
  [0, 1, 1, 0],
  [0, 1, 2, 0],
  [0, 0, 0, 0],
]);
const model = quadratic([hessian, other], minimizer);
const elsewhere = Float64Array.of(-1, 0.5, 2, -0.25);

/** Every option that an optimizer may have; each takes its own. */
type Setting = Omit<StochasticSamOptions & SamOptions, "stream">;
const setting: Setting = {
  ...model,
  learningRate: 0.125,
  weightDecay: 0,
  perturbationRadius: 0.25,
  batchSize: 1,
  sampling: "with replacement",
};

interface Contract {
  readonly make: (setting: Setting) => UpdateMap;
  /** Which of the options that can be wrong it has. */
  readonly options: readonly (
    "learningRate" | "weightDecay" | "perturbationRadius" | "scaleOffset" | "batchSize" | "gradient" | "batchGradient"
  )[];
  /** A point that a step leaves alone, and the decay's part of the next one, if that is (1 - ηλ)θ*. */
  readonly criticalPoint: Float64Array;
}

const stream = () => randomStream(11, "contract");
const descent = ["learningRate", "weightDecay", "gradient"] as const;
const stochastic = ["learningRate", "batchSize", "batchGradient"] as const;

const contracts: Record<string, Contract> = {
  gradientDescent: { make: gradientDescent, options: descent, criticalPoint: minimizer },
  stochasticGradientDescent: {
    make: (given) => stochasticGradientDescent({ ...given, stream: stream() }),
    options: [...stochastic, "weightDecay"],
    criticalPoint: minimizer,
  },
  noisyGradientDescent: {
    make: (given) => noisyGradientDescent({ ...given, noise: { covariance: zeros(4, 4) }, stream: stream() }),
    options: descent,
    criticalPoint: minimizer,
  },
  linearizedStochasticGradientDescent: {
    make: (given) => linearizedStochasticGradientDescent({ ...given, gram: hessian, stream: stream() }),
    options: ["learningRate", "batchSize"],
    criticalPoint: new Float64Array(4),
  },
  sam: { make: sam, options: [...descent, "perturbationRadius"], criticalPoint: minimizer },
  stochasticSam: {
    make: (given) => stochasticSam({ ...given, stream: stream() }),
    options: [...stochastic, "weightDecay", "perturbationRadius"],
    criticalPoint: minimizer,
  },
  adaptiveSam: {
    make: adaptiveSam,
    options: [...descent, "perturbationRadius", "scaleOffset"],
    criticalPoint: minimizer,
  },
  adam: { make: adam, options: ["learningRate", "gradient"], criticalPoint: minimizer },
  stochasticAdam: {
    make: (given) => stochasticAdam({ ...given, stream: stream() }),
    options: stochastic,
    criticalPoint: minimizer,
  },
};

describe.each(Object.entries(contracts))("%s", (name, { make, options, criticalPoint }) => {
  const has = (option: (typeof options)[number]): boolean => options.includes(option);
  const refuses = (change: object, message: string): void => {
    expect(() => make({ ...setting, ...change })).toThrow(InvalidArgumentError);
    expect(() => make({ ...setting, ...change })).toThrow(message);
  };

  it("returns a new array of the same length, finite and elsewhere, and leaves its argument alone", () => {
    const theta = elsewhere.slice();
    const next = make(setting)(theta);
    expect(next).toBeInstanceOf(Float64Array);
    expect(next.buffer).not.toBe(theta.buffer);
    expect(next.length).toBe(4);
    expect(next.every(Number.isFinite)).toBe(true);
    expect(next).not.toEqual(elsewhere);
    expect(theta).toEqual(elsewhere);
  });

  it("does not change what the gradient returned", () => {
    const returned: Float64Array[] = [];
    const copies: Float64Array[] = [];
    const noting = (gradient: Float64Array): Float64Array => {
      returned.push(gradient);
      copies.push(gradient.slice());
      return gradient;
    };
    const step = make({
      ...setting,
      weightDecay: 0.5,
      gradient: (theta) => noting(model.gradient(theta)),
      batchGradient: (theta, batch) => noting(model.batchGradient(theta, batch)),
    });
    step(step(elsewhere));
    expect(returned).toEqual(copies);
    if (has("gradient") || has("batchGradient")) expect(returned.length).toBeGreaterThan(1);
  });

  it("makes the same run from the same seed", async () => {
    const run = async (): Promise<Float64Array[]> =>
      (await runTrajectory(make({ ...setting, weightDecay: 0.5 }), elsewhere, { steps: 20 })).observations;
    expect(await run()).toEqual(await run());
  });

  it("stays at a critical point", () => {
    const step = make(setting);
    for (let t = 0; t < 3; t++) expect(step(criticalPoint)).toEqual(criticalPoint);
  });

  if (has("weightDecay"))
    it("decays there by 1 - ηλ", () => {
      // η = 1/8 and λ = ½: exact in binary.
      const step = make({ ...setting, weightDecay: 0.5 });
      expect(step(criticalPoint)).toEqual(criticalPoint.map((value) => (15 / 16) * value));
    });

  it("refuses a learning rate that is not positive and finite", () => {
    for (const learningRate of [0, -0.1, NaN, Infinity]) {
      refuses({ learningRate }, `${name}: learningRate must be positive and finite, got ${learningRate}`);
    }
  });

  for (const option of ["weightDecay", "perturbationRadius", "scaleOffset"] as const) {
    if (has(option))
      it(`refuses a ${option} that is negative or not finite`, () => {
        for (const value of [-0.1, NaN, Infinity]) {
          refuses({ [option]: value }, `${name}: ${option} must be finite and at least 0, got ${value}`);
        }
      });
  }

  if (has("batchSize"))
    it("refuses impossible batches", () => {
      refuses({ batchSize: 0 }, `${name}: batchSize must be a positive integer, got 0`);
      refuses({ batchSize: 5, sampling: "without replacement" }, `${name}: batchSize must be at most sampleCount`);
      refuses({ sampling: "epochs" }, `${name}: sampling must be "with replacement" or "without replacement"`);
    });

  if (has("gradient") || has("batchGradient"))
    it("refuses a gradient of another length at the first step", () => {
      const wrong = (): Float64Array => new Float64Array(3);
      const step = make({ ...setting, gradient: wrong, batchGradient: wrong });
      expect(() => step(elsewhere)).toThrow(InvalidArgumentError);
      expect(() => step(elsewhere)).toThrow(`${name}: the gradient must have the parameters' length 4, got 3`);
    });
});
