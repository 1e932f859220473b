import { readFileSync } from "node:fs";
import path from "node:path";
import { DivergenceError, type Matrix, norm, randomStream, zeros } from "flat-minima/core";
import { oneSampleSam, type OneSampleSamOptions, type OneSampleTrainer } from "flat-minima/sam";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { compileKernels, modules } from "../../scripts/build-kernels.mjs";
import { HyperDual, minus, plus, reciprocal, relu, type Scalar, sqrt, times } from "../oracles/hyper-dual";
import { root } from "../project";

const EPS = Number.EPSILON;
const IMPLEMENTATIONS = ["WebAssembly", "TypeScript"] as const;
const STRUCTURES = [
  { structure: "no bias" },
  { structure: "bias" },
  { structure: "simplified layer norm", layerNormEpsilon: 0.1 },
  // ‖h‖ stays below ε: the branch aᵀh/ε.
  { structure: "simplified layer norm", layerNormEpsilon: 100 },
] as const;
const LOSSES = ["square", "half square"] as const;

// Also when the whole suite runs without WebAssembly.
beforeEach(() => void vi.stubEnv("FLAT_MINIMA_WASM", ""));
afterEach(() => void vi.unstubAllEnvs());

type Setting = Omit<OneSampleSamOptions, "stream" | "implementation">;

/** A random problem with n samples and θ of d·m, m and m standard normals. */
function setting(d: number, m: number, n: number, change: Partial<Setting> = {}): Setting {
  const stream = randomStream(3, "1-SAM", d, m);
  const normals = (length: number): Float64Array => Float64Array.from({ length }, () => stream.normal());
  const structure = change.structure ?? "bias";
  return {
    structure,
    width: m,
    inputs: { rows: n, cols: d, data: normals(n * d) },
    targets: normals(n),
    start: normals(m * (d + (structure === "no bias" ? 1 : 2))),
    learningRate: 0.05,
    perturbationRadius: 0.3,
    loss: "square",
    ...change,
  };
}

interface Sample {
  readonly x: readonly number[];
  readonly y: number;
}

function sampleOf({ inputs, targets }: Setting, i: number): Sample {
  return { x: Array.from(inputs.data.subarray(i * inputs.cols, (i + 1) * inputs.cols)), y: targets[i] };
}

/** h and N, from the definition, for θ = (w_1, …, w_m, b, a). */
function hidden({ structure, width, layerNormEpsilon = 0 }: Setting, theta: readonly Scalar[], x: readonly number[]) {
  const d = x.length;
  const h = Array.from({ length: width }, (_, j) => {
    const bias = structure === "no bias" ? 0 : theta[width * d + j];
    return relu(plus(bias, ...x.map((entry, k) => times(theta[j * d + k], entry))));
  });
  const squares = plus(...h.map((entry) => times(entry, entry)));
  const long = structure === "simplified layer norm" && Math.sqrt(squares.value) > layerNormEpsilon;
  const N = long ? sqrt(squares) : new HyperDual(structure === "simplified layer norm" ? layerNormEpsilon : 1);
  return { h, N };
}

function sampleLoss(problem: Setting, theta: readonly Scalar[], { x, y }: Sample): HyperDual {
  const { h, N } = hidden(problem, theta, x);
  const a = theta.slice(theta.length - problem.width);
  const residual = minus(times(plus(...h.map((entry, j) => times(a[j], entry))), reciprocal(N)), y);
  return times(problem.loss === "square" ? 1 : 0.5, residual, residual);
}

/** ∇ℓ(θ), one dual direction an entry. */
function gradient(problem: Setting, theta: Float64Array, sample: Sample): Float64Array {
  return theta.map((_, i) => {
    const point = Array.from(theta, (entry, k) => new HyperDual(entry, k === i ? 1 : 0));
    return sampleLoss(problem, point, sample).first;
  });
}

/** One step by the definition, and θ + ε. */
function definedStep(problem: Setting, theta: Float64Array, sample: Sample) {
  const { learningRate, perturbationRadius, weightDecay = 0 } = problem;
  const g = gradient(problem, theta, sample);
  const length = norm(g);
  const perturbed = length === 0 ? theta : theta.map((entry, k) => entry + (perturbationRadius * g[k]) / length);
  const slope = gradient(problem, perturbed, sample);
  const next = theta.map((entry, k) => (1 - learningRate * weightDecay) * entry - learningRate * slope[k]);
  return { perturbed, next };
}

/**
 * What rounding may do to a step. The six stages z, f, τ, z̃, f̃, update, on either side, are sums of at most
 * k = max(d + 1, m) terms, so each adds at most (k + 4) eps relative to its sum of moduli. With H = ‖|W'||x'|‖ ≥ ‖h‖
 * and r = H/N, these moduli are: of f, ‖a‖r; of ∂f/∂a, r; of ∂f/∂W', 2‖a‖‖x'‖/N. A relative error of h is that of H
 * times r at the most.
 */
function tolerance(problem: Setting, theta: Float64Array, perturbed: Float64Array, { x, y }: Sample): number {
  const { width: m, learningRate } = problem;
  const moduli = Array.from(perturbed, Math.abs);
  const H = norm(
    hidden(
      problem,
      moduli,
      x.map((entry) => Math.abs(entry)),
    ).h.map(({ value }) => value),
  );
  const r = H / hidden(problem, Array.from(perturbed), x).N.value;
  const N = H / r;
  const a = norm(moduli.slice(moduli.length - m));
  const slope = 2 * (a * r + Math.abs(y)) * (r + (2 * a * (norm(x) + 1)) / N) * Math.max(1, r);
  const k = Math.max(x.length + 1, m);
  return 2 * 6 * (k + 4) * EPS * (Math.max(...Array.from(theta, Math.abs)) + learningRate * slope);
}

/** Does some steps and judges each, from the parameters before it. Returns the greatest tolerance. */
function judge(problem: Setting, implementation: "WebAssembly" | "TypeScript", steps: number): number {
  const trainer = oneSampleSam({ ...problem, implementation, stream: randomStream(4, "judge") });
  const same = randomStream(4, "judge");
  let greatest = 0;
  for (let t = 0; t < steps; t++) {
    const before = trainer.parameters();
    const sample = sampleOf(problem, same.integer(problem.inputs.rows));
    const { perturbed, next } = definedStep(problem, before, sample);
    trainer.advance(1);
    const allowed = tolerance(problem, before, perturbed, sample);
    greatest = Math.max(greatest, allowed);
    const error = Math.max(...trainer.parameters().map((entry, k) => Math.abs(entry - next[k])));
    expect(error, `step ${t}`).toBeLessThanOrEqual(allowed);
  }
  return greatest;
}

describe.each(IMPLEMENTATIONS)("a step of 1-SAM in %s", (implementation) => {
  describe.each(STRUCTURES)("$structure $layerNormEpsilon", (structure) => {
    it.each(LOSSES)("is that of the definition, loss %s", (loss) => {
      for (const perturbationRadius of [0, 0.3]) {
        for (const weightDecay of [0, 0.01]) {
          const problem = setting(3, 5, 4, { ...structure, loss, perturbationRadius, weightDecay });
          // Far below what a wrong formula does: η ρ is 0.015, η λ is 5e-4.
          expect(judge(problem, implementation, 4)).toBeLessThan(1e-10);
        }
      }
    });

    it("is that of the definition to 1e-12 on random networks, with neurons on their kinks", () => {
      const stream = randomStream(5, "kinks");
      let onKinks = 0;
      for (let net = 0; net < 100; net++) {
        // Corners of a cube and small integers: a pre-activation is exactly 0 as often as not.
        const [d, m] = [4, 6];
        const signs = Float64Array.from({ length: 3 * d }, () => stream.rademacher());
        const base = setting(d, m, 3, { ...structure, inputs: { rows: 3, cols: d, data: signs } });
        const start = base.start.map((_, k) => (k < base.start.length - m ? stream.integer(3) - 1 : stream.normal()));
        const problem = { ...base, start, targets: Float64Array.from({ length: 3 }, () => stream.rademacher()) };
        const order = randomStream(net, "order");
        const sample = sampleOf(problem, order.integer(3));
        const { next } = definedStep(problem, start, sample);
        const trainer = oneSampleSam({ ...problem, implementation, stream: randomStream(net, "order") });
        trainer.advance(1);
        const error = Math.max(...trainer.parameters().map((entry, k) => Math.abs(entry - next[k])));
        expect(error, `network ${net}`).toBeLessThan(1e-12);
        for (let j = 0; j < m; j++) {
          const bias = structure.structure === "no bias" ? 0 : start[m * d + j];
          if (sample.x.reduce((sum, entry, c) => sum + start[j * d + c] * entry, bias) === 0) onKinks++;
        }
      }
      expect(onKinks).toBeGreaterThan(100);
    });

    it("is that of the definition at every size, odd or even", () => {
      for (const [d, m] of [
        [1, 1],
        [1, 4],
        [2, 3],
        [4, 2],
        [5, 9],
      ]) {
        judge(setting(d, m, 3, { ...structure, learningRate: 0.01 }), implementation, 3);
      }
    });
  });

  it("lets a neuron fall silent at the perturbed point", () => {
    // z = (1, 1), a = (2, −1), y = 0: f = 1 and ∇f = (2x, −x; 1, 1), so z̃ = (1 + 2τ, 1 − τ) with τ = ρ/√7 = 2.
    const problem: Setting = {
      ...setting(1, 2, 1, { structure: "no bias", loss: "half square", perturbationRadius: 2 * Math.sqrt(7) }),
      inputs: ones(1),
      targets: Float64Array.of(0),
      start: Float64Array.of(1, 1, 2, -1),
      learningRate: 0.125,
    };
    const trainer = oneSampleSam({ ...problem, implementation, stream: randomStream(1) });
    trainer.advance(1);
    // ã = (4, 1), h̃ = (5, 0), f̃ = 20: the first neuron moves by 20/8 (4, 5), the second not at all.
    expect(Array.from(trainer.parameters(), (entry) => Math.round(entry * 1e12) / 1e12)).toEqual([-9, 1, -10.5, -1]);
    judge(problem, implementation, 1);
  });

  it("leaves θ where the gradient is 0, but for weight decay", () => {
    const exact: Partial<Setting> = { structure: "bias", inputs: ones(2), targets: Float64Array.of(3) };
    const fits = setting(2, 1, 1, { ...exact, start: Float64Array.of(1, 1, 1, 1) }); // f = 3 = y
    const silent = setting(2, 1, 1, { ...exact, start: Float64Array.of(1, -1, 0, 1) }); // z = 0: relu'(0) = 0
    for (const problem of [fits, silent, { ...silent, targets: Float64Array.of(-3) }]) {
      for (const weightDecay of [0, 0.1]) {
        const trainer = oneSampleSam({ ...problem, weightDecay, implementation, stream: randomStream(1) });
        trainer.advance(1);
        const shrinkage = 1 - problem.learningRate * weightDecay;
        expect(trainer.parameters()).toEqual(problem.start.map((entry) => shrinkage * entry));
      }
    }
  });
});

describe("the bits", () => {
  const run = (
    problem: Setting,
    implementation: "WebAssembly" | "TypeScript",
    advances: readonly number[],
    seed = 5,
  ) => {
    const trainer = oneSampleSam({ ...problem, implementation, stream: randomStream(seed, "bits") });
    for (const steps of advances) trainer.advance(steps);
    return trainer.parameters();
  };

  it.each(STRUCTURES)("are the same in WebAssembly and TypeScript: $structure $layerNormEpsilon", (structure) => {
    for (const [d, m] of [
      [7, 13],
      [6, 8],
    ]) {
      for (const weightDecay of [0, 0.01]) {
        const problem = setting(d, m, 11, { ...structure, weightDecay, learningRate: 0.003 });
        const theta = run(problem, "WebAssembly", [3000]);
        expect(theta).toEqual(run(problem, "TypeScript", [3000]));
        // Training went somewhere, and not to rest.
        expect(norm(theta.map((entry, k) => entry - problem.start[k]))).toBeGreaterThan(0.1);
        expect(theta).not.toEqual(run(problem, "WebAssembly", [2900]));
      }
    }
  });

  it("depend on the seed, and not on how the steps are divided", () => {
    const problem = setting(3, 5, 6, { learningRate: 0.003 });
    for (const implementation of IMPLEMENTATIONS) {
      const hundred = run(problem, implementation, [100]);
      expect(run(problem, implementation, new Array<number>(100).fill(1))).toEqual(hundred);
      expect(run(problem, implementation, [0, 60, 0, 40])).toEqual(hundred);
      expect(run(problem, implementation, [100], 6)).not.toEqual(hundred);
      // More than are drawn at a time.
      expect(run(problem, implementation, [9000])).toEqual(run(problem, implementation, [1000, 4096, 3904]));
    }
  });

  it("are those of other machines", () => {
    // Printed by this code once (Node 20, x86-64) and pinned.
    const problem = setting(2, 1, 3, { structure: "simplified layer norm", layerNormEpsilon: 1, learningRate: 0.01 });
    for (const implementation of IMPLEMENTATIONS) {
      expect(Array.from(run(problem, implementation, [1000]))).toEqual([
        -1.5071534692392732, 1.3750376620869276, 0.5241107643926074, -0.09282144811097331,
      ]);
    }
  });
});

describe("the trainer", () => {
  it("counts its steps and copies what it is given and gives", () => {
    for (const implementation of IMPLEMENTATIONS) {
      const problem = setting(2, 3, 4);
      const trainer = oneSampleSam({ ...problem, implementation, stream: randomStream(1) });
      const start = problem.start.slice();
      expect([trainer.step, trainer.parameters()]).toEqual([0, start]);
      problem.start.fill(NaN);
      problem.inputs.data.fill(NaN);
      trainer.parameters().fill(NaN);
      trainer.advance(3);
      trainer.advance(2);
      expect(trainer.step).toBe(5);
      expect(trainer.parameters().every(Number.isFinite)).toBe(true);
      expect(trainer.parameters()).not.toEqual(start);
    }
  });

  it("runs in WebAssembly unless told otherwise", () => {
    const problem = { ...setting(2, 3, 4), stream: randomStream(1) };
    expect(oneSampleSam(problem).implementation).toBe("WebAssembly");
    vi.stubEnv("FLAT_MINIMA_WASM", "none");
    expect(oneSampleSam(problem).implementation).toBe("TypeScript");
    expect(oneSampleSam({ ...problem, implementation: "TypeScript" }).implementation).toBe("TypeScript");
    expect(() => oneSampleSam({ ...problem, implementation: "WebAssembly" })).toThrow(
      'oneSampleSam: implementation "WebAssembly" must be possible here, got FLAT_MINIMA_WASM is none',
    );
  });

  it("is the module that its source compiles to", async () => {
    const entry = modules.find(({ target }) => target.startsWith("lib/sam/"))!;
    expect(readFileSync(path.join(root, entry.target), "utf8")).toBe(await compileKernels(entry.source));
  });
});

describe.each(IMPLEMENTATIONS)("divergence in %s", (implementation) => {
  /** One neuron without bias, one sample: f = a relu(wx), target 0, ℓ = ½f². */
  const one = (w: number, x: number, a: number, change: Partial<Setting> = {}): OneSampleTrainer =>
    oneSampleSam({
      ...setting(1, 1, 1, { structure: "no bias", loss: "half square", perturbationRadius: 0 }),
      inputs: { rows: 1, cols: 1, data: Float64Array.of(x) },
      targets: Float64Array.of(0),
      start: Float64Array.of(w, a),
      ...change,
      stream: randomStream(1),
      implementation,
    });
  const caught = (run: () => void): DivergenceError => {
    try {
      run();
    } catch (error) {
      if (error instanceof DivergenceError) return error;
    }
    throw new Error("nothing diverged");
  };
  const AT_NETWORK = "a pre-activation, the output or the gradient is not finite";

  it("names the first step, and keeps the parameters there", () => {
    // 1 − ηλ = −1000, so θ is of size 1000^t until ‖h‖² and aᵀh, of size 10^{6t}, pass 1.8e308 soon after t = 51.
    const problem = setting(3, 5, 4, { learningRate: 1e-300, weightDecay: 1.001e303 });
    const options = { ...problem, implementation };
    const trainer = oneSampleSam({ ...options, stream: randomStream(1) });
    const error = caught(() => trainer.advance(10_000));
    expect(error.message).toBe(
      `oneSampleSam: diverged at step ${error.step}, ${AT_NETWORK}; the learning rate is 1e-300`,
    );
    expect([error.step >= 51, error.step <= 53, trainer.step]).toEqual([true, true, error.step]);
    const again = oneSampleSam({ ...options, stream: randomStream(1) });
    const single = caught(() => {
      for (;;) again.advance(1);
    });
    expect(single.step).toBe(error.step);
    expect(again.parameters()).toEqual(trainer.parameters());
  });

  it.each<[what: string, w: number, x: number, a: number, change?: Partial<Setting>]>([
    ["f alone", 1e156, 1e-3, 1e156],
    ["the gradient alone", 1e-160, 1, 1e160],
    ["f at θ + ε alone: ã = 1e210, z̃ = 1e110", 1e100, 1, 1, { perturbationRadius: 1e210 }],
    ["‖h‖² at θ + ε alone: ã = 1, z̃ = 1e160", 1e-200, 1e100, 1, { perturbationRadius: 1e60 }],
    // Then z̃ = z + ∞ · 0.
    ["τ‖x‖²", 1e-250, 1e100, 0, { perturbationRadius: 1, targets: Float64Array.of(-1) }],
  ])("is seen at the start: %s overflows", (_, w, x, a, change) => {
    const trainer = one(w, x, a, change);
    expect(caught(() => trainer.advance(5)).message).toContain(`oneSampleSam: diverged at step 0, ${AT_NETWORK}`);
    expect(trainer.parameters()).toEqual(Float64Array.of(w, a));
  });

  it("is seen in what the last step left behind", () => {
    // The update of both is 1e10 · 1e300.
    const trainer = one(1e100, 1, 1e100, { learningRate: 1e10 });
    expect(caught(() => trainer.advance(1)).message).toBe(
      "oneSampleSam: diverged at step 1, a parameter is not finite; the learning rate is 10000000000",
    );
    expect(trainer.step).toBe(1);
  });

  it("is seen in a neuron that is inactive because its weight is -Infinity", () => {
    // h = f = 1, so that w moves by 1e160 · 1e150 and a by 1e160: then w = -Infinity, a is finite, and f would be 0.
    const trainer = one(1e-150, 1e150, 1, { learningRate: 1e160 });
    expect(caught(() => trainer.advance(2)).message).toContain(`oneSampleSam: diverged at step 1, ${AT_NETWORK}`);
    expect(Array.from(trainer.parameters())).toEqual([-Infinity, -1e160]);
  });
});

function ones(length: number): Matrix {
  return { ...zeros(1, length), data: new Float64Array(length).fill(1) };
}

describe("bad options", () => {
  const good: OneSampleSamOptions = { ...setting(2, 3, 4), stream: randomStream(1) };
  it.each<[Partial<Record<keyof OneSampleSamOptions, unknown>>, string]>([
    [
      { structure: "layer norm" },
      'structure must be one of "no bias", "bias", "simplified layer norm", got layer norm',
    ],
    [{ structure: "simplified layer norm" }, "layerNormEpsilon must be positive and finite, got undefined"],
    [
      { structure: "simplified layer norm", layerNormEpsilon: 0 },
      "layerNormEpsilon must be positive and finite, got 0",
    ],
    [
      { structure: "simplified layer norm", layerNormEpsilon: Infinity },
      "layerNormEpsilon must be positive and finite, got Infinity",
    ],
    [{ layerNormEpsilon: 1 }, 'layerNormEpsilon needs the structure "simplified layer norm", got bias'],
    [{ width: 0 }, "width must be a positive integer, got 0"],
    [{ width: 1.5 }, "width must be a positive integer, got 1.5"],
    [{ width: 4 }, "start must have length 16, got 12"],
    [{ structure: "no bias" }, "start must have length 9, got 12"],
    [{ start: new Float64Array(11) }, "start must have length 12, got 11"],
    [{ start: new Float64Array(12).fill(NaN) }, "start must be finite, got NaN at index 0"],
    [{ targets: new Float64Array(3) }, "targets must have length 4, got 3"],
    [{ targets: Float64Array.of(0, 1, Infinity, 3) }, "targets must be finite, got Infinity at index 2"],
    [
      { inputs: { rows: 4, cols: 2, data: new Float64Array(8).fill(-Infinity) } },
      "inputs must be finite, got -Infinity at index 0",
    ],
    [{ learningRate: 0 }, "learningRate must be positive and finite, got 0"],
    [{ learningRate: NaN }, "learningRate must be positive and finite, got NaN"],
    [{ learningRate: Infinity }, "learningRate must be positive and finite, got Infinity"],
    [{ perturbationRadius: -0.1 }, "perturbationRadius must be finite and not negative, got -0.1"],
    [{ perturbationRadius: NaN }, "perturbationRadius must be finite and not negative, got NaN"],
    [{ perturbationRadius: Infinity }, "perturbationRadius must be finite and not negative, got Infinity"],
    [{ weightDecay: -1 }, "weightDecay must be finite and not negative, got -1"],
    [{ weightDecay: NaN }, "weightDecay must be finite and not negative, got NaN"],
    [{ loss: "logistic" }, 'loss must be one of "square", "half square", got logistic'],
    [{ implementation: "C" }, 'implementation must be one of "WebAssembly", "TypeScript", got C'],
  ])("%o", (change, message) => {
    expect(() => oneSampleSam({ ...good, ...change } as OneSampleSamOptions)).toThrow(`oneSampleSam: ${message}`);
  });

  it("a bad number of steps", () => {
    const trainer = oneSampleSam(good);
    for (const steps of [-1, 0.5, NaN, Infinity]) {
      expect(() => trainer.advance(steps)).toThrow(
        `oneSampleSam: the number of steps must be a non-negative integer, got ${steps}`,
      );
    }
    expect(trainer.step).toBe(0);
  });
});
