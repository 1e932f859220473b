import { describe, expect, it } from "vitest";
import { type Matrix, norm, type RandomStream, randomStream, symmetricPart } from "flat-minima/core";
import { quadratic } from "flat-minima/models";
import { gradientDescent, sam } from "flat-minima/optimizers";
import { gradientSpaceSam, quadraticSam } from "flat-minima/sam";
import { SPECTRA } from "./spectra";

const EPS = Number.EPSILON;

/** x reflected in the hyperplanes orthogonal to unit vectors, one after the other. */
function reflect(mirrors: readonly Float64Array[], x: Float64Array): Float64Array {
  const image = x.slice();
  for (const u of mirrors) {
    let along = 0;
    for (let k = 0; k < u.length; k++) along += u[k] * image[k];
    for (let k = 0; k < u.length; k++) image[k] -= 2 * along * u[k];
  }
  return image;
}

/** A random orthogonal Q, a product of three reflections: w ↦ Qw, x ↦ Qᵀx, and QΛQᵀ as a dense matrix. */
function rotation(d: number, stream: RandomStream) {
  const mirrors = Array.from({ length: 3 }, () => {
    const u = stream.normals(d);
    const length = norm(u);
    return u.map((entry) => entry / length);
  });
  const there = (w: Float64Array): Float64Array => reflect(mirrors, w);
  const back = (x: Float64Array): Float64Array => reflect([...mirrors].reverse(), x);
  return {
    there,
    dense: (eigenvalues: Float64Array): Matrix => {
      const data = new Float64Array(d * d);
      const unit = new Float64Array(d);
      for (let j = 0; j < d; j++) {
        const row = back(unit.fill(0).fill(1, j, j + 1));
        const column = there(eigenvalues.map((value, i) => value * row[i]));
        column.forEach((entry, i) => (data[i * d + j] = entry));
      }
      return symmetricPart({ rows: d, cols: d, data });
    },
  };
}

describe("quadraticSam", () => {
  it("is `sam` on the dense quadratic, rotated, on spectra of every kind", () => {
    for (const [kind, spectrum] of Object.entries(SPECTRA)) {
      for (const d of [1, 2, 3, 10, 60]) {
        for (let seed = 0; seed < 3; seed++) {
          const stream = randomStream(seed, `quadratic SAM, ${kind}`, d);
          agree(spectrum(d, stream), stream);
        }
      }
    }
  });

  it("is so in a thousand dimensions, for a condition number of 10⁸", () => {
    const stream = randomStream(1, "a thousand");
    agree(SPECTRA["a condition number of 10⁸"](1000, stream), stream);
  });

  it("descends along negative eigenvalues and beyond the stable learning rate as `sam` does", () => {
    const eigenvalues = Float64Array.of(3, 0.5, 0, -2);
    agree(eigenvalues, randomStream(2, "saddle"), 1.7);
  });

  /** One step of `sam` with the dense Hessian QΛQᵀ from Qw, against Q times the closed form's step from w. */
  function agree(eigenvalues: Float64Array, stream: RandomStream, learningRate = 0.9 / eigenvalues[0]): void {
    const d = eigenvalues.length;
    const perturbationRadius = 0.01 + stream.uniform();
    const w = stream.normals(d);
    const { there, dense } = rotation(d, stream);
    const step = { learningRate, perturbationRadius };
    const generic = sam({ ...quadratic([dense(eigenvalues)]), ...step })(there(w));
    const closed = there(quadraticSam({ eigenvalues, ...step })(w));

    const largest = Math.max(...eigenvalues.map(Math.abs));
    const slope = norm(eigenvalues.map((value, i) => value * w[i]));
    // The dense Hessian, its products and the rotations are off by some c = 20 + 2√d roundings of λ₁, in norm (their
    // errors add up as a random walk). So is the gradient g, by δ = c eps λ₁‖w‖, which turns the direction of ε by
    // 2δ/‖g‖; the second gradient adds c eps λ₁(‖w‖ + ρ), the step itself c eps ‖w‖. A 1 + ηρλ₁/‖g‖ is ‖w₊‖/‖w‖ at most.
    const c = (20 + 2 * Math.sqrt(d)) * EPS;
    const turned = (2 * perturbationRadius * largest * c * largest * norm(w)) / slope;
    const tolerance =
      learningRate * (2 * c * largest * (norm(w) + perturbationRadius) + turned) +
      c * (norm(w) + learningRate * largest * (norm(w) + perturbationRadius));
    expect(norm(generic.map((value, i) => value - closed[i]))).toBeLessThanOrEqual(tolerance);
    // The tolerance tells SAM from gradient descent, and λ² from λ.
    const descent = there(gradientDescent({ gradient: (x) => x.map((v, i) => v * eigenvalues[i]), learningRate })(w));
    if (tolerance > 1e-3 * norm(generic)) return;
    expect(norm(generic.map((value, i) => value - descent[i]))).toBeGreaterThan(10 * tolerance);
  }

  it("is gradient descent with ρ = 0", () => {
    const eigenvalues = Float64Array.of(4, 1, 0, -1);
    const w = Float64Array.of(1, -2, 3, 4);
    // Powers of two: nothing is rounded.
    const step = quadraticSam({ eigenvalues, learningRate: 0.125, perturbationRadius: 0 });
    expect(step(w)).toEqual(Float64Array.of(0.5, -1.75, 3, 4.5));
  });

  it("stays where Λw = 0, as `sam` does", () => {
    const eigenvalues = Float64Array.of(2, 1, 0, 0);
    const w = Float64Array.of(0, 0, 5, -7);
    const step = { learningRate: 0.3, perturbationRadius: 2 };
    expect(quadraticSam({ eigenvalues, ...step })(w)).toEqual(w);
    const gradient = (x: Float64Array): Float64Array => x.map((value, i) => value * eigenvalues[i]);
    expect(sam({ gradient, ...step })(w)).toEqual(w);
    expect(gradientSpaceSam({ eigenvalues, ...step })(new Float64Array(4))).toEqual(new Float64Array(4));
  });

  it("keeps what lies in the kernel to the last bit", () => {
    const step = quadraticSam({ eigenvalues: Float64Array.of(2, 0), learningRate: 0.3, perturbationRadius: 2 });
    expect(step(Float64Array.of(1, Math.PI))[1]).toBe(Math.PI);
  });

  it("writes into the memory offered, and copies the eigenvalues", () => {
    const eigenvalues = Float64Array.of(2, 1);
    const step = quadraticSam({ eigenvalues, learningRate: 0.25, perturbationRadius: 1 });
    eigenvalues.fill(9);
    const into = new Float64Array(2);
    expect(step(Float64Array.of(0, 2), into)).toBe(into);
    expect(into).toEqual(Float64Array.of(0, 1.25));
    expect(step(Float64Array.of(0, 2), new Float64Array(3))).toHaveLength(2);
  });
});

describe("gradientSpaceSam", () => {
  it("is quadraticSam seen through v = Λw, and has the factors (1 − ηλ)(1 − γ/‖v‖)", () => {
    for (const [kind, spectrum] of Object.entries(SPECTRA)) {
      for (const d of [1, 2, 10, 1000]) {
        const stream = randomStream(0, `gradient space, ${kind}`, d);
        const eigenvalues = spectrum(d, stream);
        const learningRate = (0.05 + 0.9 * stream.uniform()) / eigenvalues[0];
        const options = { eigenvalues, learningRate, perturbationRadius: 2 * stream.uniform() };
        const w = stream.normals(d);
        const v = eigenvalues.map((value, i) => value * w[i]);
        const after = quadraticSam(options)(w);
        const afterV = gradientSpaceSam(options)(v);
        const length = norm(v);
        eigenvalues.forEach((value, i) => {
          const push = (learningRate * options.perturbationRadius * value ** 2) / length;
          // A factor 1 - a - b is rounded by some 8 eps of 1 + a + b; the norm is off by d eps, which moves b.
          const tolerance = (8 + d) * EPS * (1 + learningRate * value + push) * Math.abs(v[i]);
          expect(Math.abs(value * after[i] - afterV[i])).toBeLessThanOrEqual(tolerance);
          const gamma = (learningRate * options.perturbationRadius * value ** 2) / (1 - learningRate * value);
          const factored = (1 - learningRate * value) * (1 - gamma / length) * v[i];
          expect(Math.abs(factored - afterV[i])).toBeLessThanOrEqual(tolerance);
        });
      }
    }
  });
});

describe("bad input", () => {
  const good = { eigenvalues: Float64Array.of(2, 1), learningRate: 0.1, perturbationRadius: 1 };

  it.each([
    [{ eigenvalues: new Float64Array(0) }, "eigenvalues must have at least one entry, got []"],
    [{ eigenvalues: Float64Array.of(1, NaN) }, "eigenvalues must be finite, got NaN at index 1"],
    [{ eigenvalues: Float64Array.of(1, 2) }, "eigenvalues must descend, got [1, 2]"],
    [{ learningRate: 0 }, "learningRate must be positive and finite, got 0"],
    [{ perturbationRadius: -1 }, "perturbationRadius must be finite and at least 0, got -1"],
  ])("is refused by name: %o", (bad, message) => {
    expect(() => quadraticSam({ ...good, ...bad })).toThrow(`quadraticSam: ${message}`);
    expect(() => gradientSpaceSam({ ...good, ...bad })).toThrow(`gradientSpaceSam: ${message}`);
  });

  it("is refused by the map when the point has another length", () => {
    expect(() => quadraticSam(good)(Float64Array.of(1))).toThrow("quadraticSam: the point must have length 2, got 1");
    expect(() => gradientSpaceSam(good)(new Float64Array(3))).toThrow("gradientSpaceSam: the point must have length 2");
  });
});
