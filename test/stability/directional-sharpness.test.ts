import { randomStream, topEigenvalue } from "flat-minima/core";
import {
  dataKnotModes,
  dataKnots,
  directionalDerivatives,
  directionalSharpness,
  directionalSharpnessFromBelow,
  sharpnessOfHessians,
  strongStabilityCurvature,
  switchingSystem,
  weakenedFunctionSpaceBound,
} from "flat-minima/stability";
import { describe, expect, it } from "vitest";
import {
  climbed,
  naiveDerivatives,
  naiveImage,
  naiveSharpness,
  outputsOf,
  randomNet,
  type SmallNet,
} from "./relu-oracles";

const EPS = Number.EPSILON;
const dotOf = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
  Array.from(x).reduce((sum, value, k) => sum + value * y[k], 0);

/** Nets of several shapes. Sizes: entries of the gradients are at most 8·range, so G at most p (8 range)². */
const nets: SmallNet[] = Array.from({ length: 24 }, (_, seed) => {
  const stream = randomStream(seed, "small nets");
  return randomNet(stream, 1 + (seed % 3), 2 + (seed % 4), seed % 2 === 0 ? 1 : 3, seed < 12 ? 1 / 4 : 1 / 8);
});

/**
 * λ* for two samples as max_u (1/n) Σ_blocks h(u)² over the circle: for fixed u the maximum over unit q is the length of
 * the gradient for the neurons that are linear, and for those with a kink the larger end of the segment between the two
 * gradients, or its point nearest to 0 where u·φ is concave. Another route than the library's, which enumerates faces.
 */
function circleSharpness({ parameters, inputs }: SmallNet, count: number): number {
  const m = (parameters.length - 1) / 3;
  let top = 0;
  for (let step = 0; step < count; step++) {
    const u = [Math.cos((2 * Math.PI * step) / count), Math.sin((2 * Math.PI * step) / count)];
    let sum = (u[0] + u[1]) ** 2;
    for (let j = 0; j < m; j++) {
      const [w, b, v] = [parameters[j], parameters[m + j], parameters[2 * m + j]];
      const off = [0, 0, 0];
      const extra = [0, 0];
      let concave = false;
      inputs.forEach((x, i) => {
        const z = w * x + b;
        if (z > 0) [x * v, v, z].forEach((entry, k) => (off[k] += u[i] * entry));
        if (z === 0) {
          extra[0] = u[i] * v * x;
          extra[1] = u[i] * v;
          concave = u[i] * v < 0;
        }
      });
      const at = (part: number): number =>
        (off[0] + part * extra[0]) ** 2 + (off[1] + part * extra[1]) ** 2 + off[2] ** 2;
      const length = extra[0] ** 2 + extra[1] ** 2;
      const vertex = length > 0 ? -(off[0] * extra[0] + off[1] * extra[1]) / length : 0;
      sum += concave ? at(Math.min(1, Math.max(0, vertex))) : Math.max(at(0), at(1));
    }
    top = Math.max(top, sum / 2);
  }
  return top;
}

describe("dataKnots", () => {
  it("finds knots on inputs, repeated ones too, up to the rounding of wx + b", () => {
    const theta = Float64Array.of(1, 3, -2, 0, 0.5, /* b */ -0.1, -0.3, 1, 2, -1, /* v */ 1, 1, 1, 1, 0, /* c */ 0);
    // 3·0.1 − 0.3 is 5.6e-17, a bit beside 0. Neuron 3 is constant; neuron 4 has its knot on 2 but no output weight.
    expect(3 * 0.1 - 0.3).not.toBe(0);
    expect(dataKnots(theta, [0.1, 0.5, 0.1, 2])).toEqual([
      { neuron: 0, samples: [0, 2] },
      { neuron: 1, samples: [0, 2] },
      { neuron: 2, samples: [1] },
    ]);
    expect(dataKnots(theta, [0.1 + 1e-12, 0.5 - 1e-14, 2])).toEqual([]);
  });

  it("refuses what is no network on inputs", () => {
    expect(() => dataKnots(Float64Array.of(1, 2), [0])).toThrow(
      "dataKnots: the parameters must be 3m + 1 numbers, m ≥ 1, got 2",
    );
    expect(() => dataKnots(Float64Array.of(0, 0, 1, 0), [0])).toThrow(
      "dataKnots: no neuron may have w = b = 0, a kink on all inputs, got neuron 0",
    );
    expect(() => dataKnots(Float64Array.of(1, 0, NaN, 0), [0])).toThrow("dataKnots: the parameters must be finite");
    expect(() => dataKnots(Float64Array.of(1, 0, 1, 0), [])).toThrow("dataKnots: there must be an input, got none");
  });
});

describe("directionalDerivatives", () => {
  it("is the limit of difference quotients", () => {
    for (const [seed, { parameters, inputs }] of nets.entries()) {
      const q = randomStream(seed, "directions").normals(parameters.length);
      const h = 2 ** -20;
      const moved = outputsOf(parameters.map((entry, k) => entry + h * q[k]), inputs); // prettier-ignore
      const start = outputsOf(parameters, inputs);
      // f is a sum of products of two parameters along each mode: the quotient is off by h Σ_j |q_v|(|x q_w| + |q_b|),
      // and by rounding, 30 eps of outputs below 500 over h.
      const size = 4 * dotOf(q, q);
      const derivatives = directionalDerivatives(parameters, inputs, q);
      derivatives.forEach((value, i) =>
        expect(Math.abs((moved[i] - start[i]) / h - value)).toBeLessThanOrEqual(h * size + (30 * EPS * 500) / h),
      );
      const naive = naiveDerivatives({ parameters, inputs }, q);
      derivatives.forEach((value, i) => expect(Math.abs(value - naive[i])).toBeLessThan(1e3 * EPS * (1 + size)));
    }
  });

  it("refuses other directions", () => {
    const hinge = Float64Array.of(1, 0, 2, 0);
    expect(() => directionalDerivatives(hinge, [0], Float64Array.of(1))).toThrow(
      "directionalDerivatives: the direction must have length 4, got 1",
    );
    expect(() => directionalDerivatives(hinge, [0], Float64Array.of(1, NaN, 0, 0))).toThrow(
      "directionalDerivatives: the direction must be finite",
    );
  });
});

describe("directionalSharpness", () => {
  it("is attained at its direction and nowhere exceeded", () => {
    for (const [seed, net] of nets.entries()) {
      const { value, direction } = directionalSharpness(net.parameters, net.inputs);
      // Sums of some n p products.
      const rounding = 1e4 * EPS * value;
      expect(Math.abs(dotOf(direction, direction) - 1)).toBeLessThan(100 * EPS);
      expect(Math.abs(naiveSharpness(net, direction) - value)).toBeLessThan(rounding);
      const best = climbed(randomStream(seed, "climb"), net.parameters.length, 12, (q) => naiveSharpness(net, q));
      expect(best).toBeLessThanOrEqual(value + rounding);
      // The climb stops where steps of 1e-5 do not help: 1e-6 of the value is more than such a step gains.
      expect(best).toBeGreaterThan(value * (1 - 1e-6));
    }
  });

  it("agrees with the maximum over output weights on the circle", () => {
    for (const net of nets.filter(({ inputs }) => inputs.length === 2)) {
      const { value } = directionalSharpness(net.parameters, net.inputs);
      const count = 20_000;
      // The square root of the form is a support function, Lipschitz in u with √(2λ): half a grid step changes the form by
      // less than 2 · 2λ · π/count.
      const error = (4 * Math.PI * value) / count;
      const circle = circleSharpness(net, count);
      expect(circle).toBeLessThanOrEqual(value * (1 + 1e4 * EPS));
      expect(circle).toBeGreaterThan(value - error);
    }
  });

  it("is λmax where no knot lies on an input, and below the largest mode's where one does", () => {
    let strictlyBelow = 0;
    for (const { parameters, inputs } of nets) {
      const off = parameters.slice();
      const m = (parameters.length - 1) / 3;
      for (let j = 0; j < m; j++) off[m + j] += 1 / 64;
      const [mode] = dataKnotModes(off, inputs);
      const { value } = directionalSharpness(off, inputs);
      expect(Math.abs(value - sharpnessOfHessians(mode.hessians))).toBeLessThan(1e4 * EPS * value);

      const largest = Math.max(...dataKnotModes(parameters, inputs).map((m) => sharpnessOfHessians(m.hessians)));
      const star = directionalSharpness(parameters, inputs).value;
      expect(star).toBeLessThanOrEqual(largest * (1 + 1e4 * EPS));
      if (star < 0.999 * largest) strictlyBelow++;
    }
    expect(strictlyBelow).toBeGreaterThan(2);
  });

  it("is found from below, too", () => {
    for (const { parameters, inputs } of nets) {
      const { value } = directionalSharpness(parameters, inputs);
      const below = directionalSharpnessFromBelow(parameters, inputs);
      expect(below.value).toBeLessThanOrEqual(value * (1 + 1e4 * EPS));
      expect(Math.abs(naiveSharpness({ parameters, inputs }, below.direction) - below.value)).toBeLessThan(
        1e4 * EPS * value,
      );
      // Rounds stop when one gains 1e-13; the rate of their convergence is at worst some 0.999 in these nets.
      expect(below.value).toBeGreaterThan(value * (1 - 1e-9));
      expect(below.value).toBeGreaterThanOrEqual(weakenedFunctionSpaceBound(parameters, inputs) * (1 - 1e3 * EPS));
    }
  });

  it("refuses more knots than it can enumerate", () => {
    const many = Float64Array.of(
      ...Array<number>(9).fill(1),
      ...Array<number>(9).fill(0),
      ...Array<number>(9).fill(1),
      0,
    );
    expect(() => directionalSharpness(many, [0, 1])).toThrow(
      "directionalSharpness: at most 8 neurons may have their knots on inputs (take directionalSharpnessFromBelow), got 9",
    );
    expect(() => dataKnotModes(many, [0, 1])).toThrow("dataKnotModes: at most 8 neurons may have");
    expect(() => strongStabilityCurvature(many, [0, 1])).toThrow(
      "strongStabilityCurvature: at most 6 neurons may have",
    );
    expect(directionalSharpnessFromBelow(many, [0, 1]).value).toBeGreaterThan(1);
    const huge = Float64Array.of(1, 0, 1e100, 0);
    expect(() => directionalSharpness(huge, [0, 1])).toThrow(
      "directionalSharpness: the products of the gradients must be below 1e150",
    );
  });
});

describe("dataKnotModes", () => {
  it("are the pieces of the switching system, each direction in exactly one", () => {
    for (const [seed, net] of nets.entries()) {
      const { parameters, inputs } = net;
      const modes = dataKnotModes(parameters, inputs);
      expect(modes.length).toBe(2 ** dataKnots(parameters, inputs).length);
      const learningRate = 0.1;
      const batchSize = inputs.length;
      const system = switchingSystem({ modes, learningRate, batchSize, sampling: "without replacement" });
      const stream = randomStream(seed, "modes");
      for (let k = 0; k < 5; k++) {
        const q = stream.normals(parameters.length);
        expect(modes.filter(({ contains }) => contains(q)).length).toBe(1);
        const next = system.step(q, Array.from(inputs.keys()));
        const image = naiveImage(net, q);
        const size = Math.max(...image.map(Math.abs), 1);
        next.forEach((value, i) =>
          expect(Math.abs(value - (q[i] - learningRate * image[i]))).toBeLessThan(1e3 * EPS * size),
        );
      }
    }
  });
});

describe("strongStabilityCurvature", () => {
  const quotient = (net: SmallNet, q: Float64Array): number => {
    const image = naiveImage(net, q);
    const curvature = dotOf(q, image);
    return curvature > 1e-12 ? dotOf(image, image) / curvature : 0;
  };

  it("is the supremum of |Hq|²/qᵀHq over the cones", () => {
    let strictlyBelow = 0;
    // With many inputs and few neurons the outputs' changes fill cones, and not all of R^n.
    const narrow = [1, 32, 38, 100, 104, 224].map((seed) => {
      const stream = randomStream(seed, "R9 nets");
      return randomNet(stream, 1 + (seed % 3), 4 + (seed % 3), seed % 2 === 0 ? 1 : 3, 2 ** -(2 + (seed % 4)));
    });
    for (const [seed, net] of [...nets, ...narrow].entries()) {
      const { parameters, inputs } = net;
      const { value: curvature, direction } = strongStabilityCurvature(parameters, inputs);
      // A millionth off the border, times the ratio of the slopes there to the whole change of the outputs.
      expect(Math.abs(quotient(net, direction) / curvature - 1)).toBeLessThan(1e-3);
      const best = climbed(randomStream(seed, "supremum"), parameters.length, 12, (q) => quotient(net, q));
      const largest = Math.max(
        ...dataKnotModes(parameters, inputs).map(({ hessians }) => sharpnessOfHessians(hessians)),
      );
      const star = directionalSharpness(parameters, inputs).value;
      const rounding = 1e5 * EPS * largest;
      expect(best).toBeLessThanOrEqual(curvature + rounding);
      // The supremum may lie on a border, of which the climb stays a little off: it is not as sharp as for λ*.
      expect(best).toBeGreaterThan(curvature * (1 - 1e-3));
      expect(curvature).toBeGreaterThanOrEqual(star - rounding);
      expect(curvature).toBeLessThanOrEqual(largest + rounding);
      if (curvature < 0.9999 * largest) strictlyBelow++;
    }
    expect(strictlyBelow).toBeGreaterThan(2);
  });

  it("is λmax without data knots", () => {
    const theta = Float64Array.of(1, -1, 0.25, 0.375, 1, 2, 0);
    const [{ hessians }] = dataKnotModes(theta, [-1, 0, 1]);
    const H = hessians.reduce((sum, { data }) => sum.map((entry, k) => entry + data[k] / 3), new Float64Array(49));
    expect(Math.abs(strongStabilityCurvature(theta, [-1, 0, 1]).value / topEigenvalue({ rows: 7, cols: 7, data: H }) - 1)) // prettier-ignore
      .toBeLessThan(1e3 * EPS);
  });
});
