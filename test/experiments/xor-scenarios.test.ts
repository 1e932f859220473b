import { InvalidArgumentError, randomStream } from "flat-minima/core";
import { hypercubeXor } from "flat-minima/data";
import { experiments, type XorScenariosConfiguration } from "flat-minima/experiments";
import { describe, expect, it } from "vitest";

const experiment = experiments["xor-scenarios"];
const run = async (configuration: XorScenariosConfiguration, seed: number) => await experiment.run(configuration, seed);
const small: XorScenariosConfiguration = {
  structure: "bias",
  layerNormEpsilon: null,
  dimension: 4,
  sampleCount: 7,
  width: 6,
  initializationScale: 2,
  start: 3,
  batch: "all",
  learningRate: 0.01,
  perturbationRadius: 0,
  weightDecay: 0.5,
  checkpoints: [0, 1, 20],
};

/** f, ∇f and the number of neurons that fire, with loops: h = φ(Wx + b), f = a·h, or a·h/max(‖h‖, ε). */
function naive(theta: Float64Array, x: ArrayLike<number>, { structure, width, ...rest }: XorScenariosConfiguration) {
  const { dimension: d, layerNormEpsilon } = rest;
  const biased = structure !== "no bias";
  const neurons = Array.from({ length: width }, (_, j) => {
    let z = biased ? theta[width * d + j] : 0;
    for (let k = 0; k < d; k++) z += theta[j * d + k] * x[k];
    return { h: Math.max(0, z), active: z > 0 ? 1 : 0, a: theta[theta.length - width + j] };
  });
  const length = Math.hypot(...neurons.map(({ h }) => h));
  const divisor = layerNormEpsilon === null ? 1 : Math.max(length, layerNormEpsilon);
  const output = neurons.reduce((sum, { a, h }) => sum + a * h, 0) / divisor;
  const outside = layerNormEpsilon !== null && length > layerNormEpsilon;
  const gradient = new Float64Array(theta.length);
  neurons.forEach(({ h, active, a }, j) => {
    const slope = (active * (outside ? a - (output * h) / length : a)) / divisor;
    for (let k = 0; k < d; k++) gradient[j * d + k] = slope * x[k];
    if (biased) gradient[width * d + j] = slope;
    gradient[theta.length - width + j] = h / divisor;
  });
  return { output, gradient, firing: neurons.filter(({ active }) => active).length };
}

/** The whole run in loops: SAM on single samples, or GD. */
function naiveRun(configuration: XorScenariosConfiguration, seed: number) {
  const { dimension: d, sampleCount: n, width: m, initializationScale: s, learningRate: rate } = configuration;
  const streamOf = (...purpose: (string | number)[]) => randomStream(seed, "xor-scenarios", ...purpose);
  const hidden = m * (configuration.structure === "no bias" ? d : d + 1);
  const startStream = streamOf("initialisation", configuration.start);
  const theta = Float64Array.from(
    { length: hidden + m },
    (_, k) => (s / Math.sqrt(k < hidden ? d : m)) * (2 * startStream.uniform() - 1),
  );
  const dataOf = (purpose: string, sampleCount: number) => {
    const { inputs, targets } = hypercubeXor({ dimension: d, sampleCount, stream: streamOf(purpose) });
    return Array.from(targets, (y, i) => ({ y, x: inputs.data.subarray(d * i, d * i + d) }));
  };
  const [samples, fresh] = [dataOf("data", n), dataOf("test", 2000)];
  const order = streamOf("training", configuration.start);
  /** ∇(f − y)². */
  const slope = (at: Float64Array, { x, y }: (typeof samples)[number]) => {
    const { output, gradient } = naive(at, x, configuration);
    return gradient.map((value) => 2 * (output - y) * value);
  };
  const direction = () => {
    if (configuration.batch === "all") {
      const slopes = samples.map((sample) => slope(theta, sample));
      return theta.map((_, k) => slopes.reduce((sum, one) => sum + one[k], 0) / n);
    }
    const sample = samples[order.integer(n)];
    const first = slope(theta, sample);
    const length = Math.hypot(...first);
    const radius = length > 0 ? configuration.perturbationRadius / length : 0;
    return slope(
      theta.map((value, k) => value + radius * first[k]),
      sample,
    );
  };
  let step = 0;
  return configuration.checkpoints.map((checkpoint) => {
    for (; step < checkpoint; step++) {
      const move = direction();
      for (let k = 0; k < theta.length; k++) {
        theta[k] -= rate * (move[k] + configuration.weightDecay * theta[k]);
      }
    }
    const fits = samples.map(({ x, y }) => ({ y, ...naive(theta, x, configuration) }));
    const mean = (f: (fit: (typeof fits)[number]) => number) => fits.reduce((sum, fit) => sum + f(fit), 0) / n;
    return {
      step,
      trainingLoss: mean(({ output, y }) => (output - y) ** 2),
      traceG: mean(({ gradient }) => gradient.reduce((sum, g) => sum + g * g, 0)),
      firing: mean(({ firing }) => firing),
      testAccuracy: fresh.filter(({ x, y }) => naive(theta, x, configuration).output * y > 0).length / 2000,
    };
  });
}

describe("xor-scenarios", () => {
  it.each<[string, Partial<XorScenariosConfiguration>]>([
    ["GD with decay", {}],
    ["GD, no bias", { structure: "no bias" }],
    ["GD, layer norm", { structure: "simplified layer norm", layerNormEpsilon: 0.01 }],
    ["SGD with decay", { batch: "one" }],
    ["1-SAM", { batch: "one", perturbationRadius: 0.1, weightDecay: 0 }],
    [
      "1-SAM, inside ε",
      { batch: "one", perturbationRadius: 0.1, structure: "simplified layer norm", layerNormEpsilon: 9 },
    ],
  ])("trains and measures as loops do: %s", async (_, changes) => {
    const configuration = { ...small, ...changes };
    const { observations, divergedAt } = await run(configuration, 5);
    expect(divergedAt).toBe(null);
    const expected = naiveRun(configuration, 5);
    expect(observations.map(({ step }) => step)).toEqual([0, 1, 20]);
    observations.forEach((observation, k) => {
      expect(observation.testAccuracy).toBe(expected[k].testAccuracy);
      expect(observation.firing).toBe(expected[k].firing);
      // 20 steps of some 100 operations each, on numbers of order one that the steps hardly amplify (ηλ_max < 1).
      const tolerance = 20 * 100 * Number.EPSILON;
      for (const what of ["trainingLoss", "traceG"] as const) {
        const error = Math.abs(observation[what] - expected[k][what]);
        expect(error).toBeLessThanOrEqual(tolerance * (1 + expected[k][what]));
      }
    });
  });

  it("has the same data and start for all algorithms, other starts with other numbers, and repeats itself", async () => {
    const first = await run(small, 1);
    expect(await run(small, 1)).toEqual(first);
    const atStart = async (changes: Partial<XorScenariosConfiguration>, seed = 1) =>
      (await run({ ...small, ...changes }, seed)).observations[0];
    expect(await atStart({ batch: "one", perturbationRadius: 0.3 })).toEqual(first.observations[0]);
    expect(await atStart({ start: 4 })).not.toEqual(first.observations[0]);
    expect(await atStart({}, 2)).not.toEqual(first.observations[0]);
  });

  it.each(["one", "all"] as const)("names the step of a divergence, batch %s", async (batch) => {
    const steps = { learningRate: 100, weightDecay: 0, checkpoints: [0, 1000] };
    const { observations, divergedAt } = await run({ ...small, ...steps, batch }, 0);
    expect(observations).toHaveLength(1);
    expect(divergedAt).toBeGreaterThan(1);
    // A step earlier the numbers are finite, but too large to be squared, and soon after the start they are in order.
    const stoppedAt = (step: number) => run({ ...small, ...steps, batch, checkpoints: [step] }, 0);
    expect((await stoppedAt(divergedAt! - 1)).divergedAt).toBe(divergedAt! - 1);
    expect((await stoppedAt(2)).divergedAt).toBe(null);
  });

  it.each<[Record<string, unknown>, string]>([
    [
      { structure: "layer norm" },
      'here: structure must be "no bias", "bias" or "simplified layer norm", got layer norm',
    ],
    [{ layerNormEpsilon: 1 }, 'here: layerNormEpsilon must be null with the structure "bias", got 1'],
    [{ structure: "simplified layer norm" }, "here: layerNormEpsilon must be positive and finite, got null"],
    [{ dimension: 1 }, "here: dimension must be an integer from 2 to 10000, got 1"],
    [{ sampleCount: 0 }, "here: sampleCount must be an integer from 1 to 100000, got 0"],
    [{ width: 1.5 }, "here: width must be an integer from 1 to 100000, got 1.5"],
    [{ initializationScale: 0 }, "here: initializationScale must be positive and finite, got 0"],
    [{ start: -1 }, "here: start must be an integer from 0 to 1000000000, got -1"],
    [{ batch: "two" }, 'here: batch must be "one" or "all", got two'],
    [{ learningRate: NaN }, "here: learningRate must be positive and finite, got NaN"],
    [{ perturbationRadius: 0.1 }, "here: perturbationRadius must be 0 with all samples, got 0.1"],
    [{ batch: "one", perturbationRadius: -1 }, "here: perturbationRadius must be finite and not negative, got -1"],
    [{ weightDecay: Infinity }, "here: weightDecay must be finite and not negative, got Infinity"],
    [{ checkpoints: [] }, "here: checkpoints must be a list of numbers of steps"],
    [{ checkpoints: [1.5] }, "here: a checkpoint must be an integer from 0 to 1000000000, got 1.5"],
    [{ checkpoints: [5, 5] }, "here: checkpoints must ascend"],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...small, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
