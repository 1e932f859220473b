import { type RandomStream, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import type { ActivationKind, Kernels } from "../../lib/core/kernels/kernels";
import { plainKernels } from "../../lib/core/kernels/plain";
import { kernelsInUse, openWorkspace } from "../../lib/core/kernels/workspace";

const SIZES = [1, 2, 3, 5, 7, 8, 40, 41];
const KINDS: ActivationKind[] = ["linear", "relu", "tanh", "softplus", "smooth leaky relu"];
const EPS = Number.EPSILON;

const hasWasm = kernelsInUse().name === "WebAssembly";
if (!hasWasm) console.log(`kernels contract: only plain TypeScript is tested. ${kernelsInUse().description}`);
const implementations: [Kernels["name"], (doubles: number) => Kernels][] = [
  ["TypeScript", plainKernels],
  ["WebAssembly", openWorkspace],
];

/** Where sums and functions go wrong: signed zeros, subnormals, overflow on the way, infinities and what follows. */
const HARD = [0, -0, 5e-324, -1e-310, 1e-160, -1e-160, 1e200, -1e200, 1.7e308, -1.7e308, Infinity, -Infinity, NaN];
type Draw = (stream: RandomStream) => number;
const draws: [string, Draw][] = [
  ["normal entries", (stream) => stream.normal()],
  ["some hard ones", (stream) => (stream.integer(6) > 0 ? stream.normal() : HARD[stream.integer(HARD.length)])],
];

type Arrays = Float64Array[];
const GUARD = 7.25;

/**
 * Runs a kernel on copies of arrays, each between two guards and at an odd place of the workspace, as the parts of a
 * parameter vector are. The first is what it writes. Says where that is not, to the bit, `expected` (all NaN count as
 * one, as in the language), or what else has changed.
 */
function faults(
  open: (doubles: number) => Kernels,
  inputs: Arrays,
  expected: ArrayLike<number>,
  run: (kernels: Kernels, arrays: Arrays) => void,
): string[] {
  const kernels = open(inputs.reduce((sum, { length }) => sum + length + 2, 0));
  const blocks = inputs.map((input) => {
    const block = kernels.allocate(input.length + 2).fill(GUARD);
    block.set(input, 1);
    return block;
  });
  run(
    kernels,
    blocks.map((block) => block.subarray(1, block.length - 1)),
  );
  return blocks.flatMap((block, b) => {
    const values = b === 0 ? expected : inputs[b];
    const wanted = [GUARD, ...Array.from(values), GUARD];
    return wanted.flatMap((value, i) =>
      Object.is(value, block[i]) ? [] : [`array ${b} has ${block[i]}, not ${value}, at ${i - 1}`],
    );
  });
}

/** m×n entries by their words: the sum from `start` of term(i, j, l) for l = first, first + step, … below k. */
function sums(
  [m, k, n]: [number, number, number],
  start: ArrayLike<number> | undefined,
  term: (i: number, j: number, l: number) => number,
  first = 0,
  step = 1,
): Float64Array {
  const result = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = start ? start[i * n + j] : 0;
      for (let l = first; l < k; l += step) sum += term(i, j, l);
      result[i * n + j] = sum;
    }
  }
  return result;
}

describe.each(implementations)("the kernels in %s", (name, open) => {
  describe.skipIf(name === "WebAssembly" && !hasWasm).each(draws)("with %s", (purpose, draw) => {
    const random = (length: number, ...of: (string | number)[]): Float64Array => {
      const stream = randomStream(1, purpose, ...of);
      return Float64Array.from({ length }, () => draw(stream));
    };

    const shapes = SIZES.flatMap((k) => SIZES.map((n): [number, number] => [k, n]));
    it.each(SIZES)("multiply matrices with %i rows as the interface says, to the bit", (m) => {
      const found = shapes.flatMap(([k, n]) => {
        const [C, A, B] = [m * n, m * k, k * n].map((length, a) => random(length, a, m, k, n));
        return [false, true].flatMap((accumulate) => {
          const start = accumulate ? C : undefined;
          const plain = sums([m, k, n], start, (i, j, l) => A[i * k + l] * B[l * n + j]);
          const transposed = sums([m, k, n], start, (i, j, l) => A[l * m + i] * B[l * n + j]);
          return [
            ...faults(open, [C, A, B], plain, (kernels, [c, a, b]) => kernels.multiply(c, a, b, m, k, n, accumulate)),
            ...faults(open, [C, A, B], transposed, (kernels, [c, a, b]) =>
              kernels.multiplyTransposedA(c, a, b, m, k, n, accumulate),
            ),
          ];
        });
      });
      expect(found).toEqual([]);
    });

    it.each(SIZES)("multiply matrices with %i rows by transposed ones, even and odd terms apart", (m) => {
      const found = shapes.flatMap(([k, n]) => {
        const [C, A, B] = [m * n, m * k, n * k].map((length, a) => random(length, a, m, k, n));
        const term = (i: number, j: number, l: number): number => A[i * k + l] * B[j * k + l];
        const even = sums([m, k, n], undefined, term, 0, 2);
        const odd = sums([m, k, n], undefined, term, 1, 2);
        const expected = even.map((sum, e) => sum + odd[e]);
        return faults(open, [C, A, B], expected, (kernels, [c, a, b]) => kernels.multiplyTransposedB(c, a, b, m, k, n));
      });
      expect(found).toEqual([]);
    });

    it.each(SIZES)("add to %i rows, sum them and multiply their entries", (m) => {
      const found = SIZES.flatMap((n) => {
        const [C, b, D] = [m * n, n, m * n].map((length, a) => random(length, a, m, n));
        const added = C.map((value, e) => value + b[e % n]);
        const summed = sums([1, m, n], undefined, (_, j, i) => C[i * n + j]);
        const product = C.map((value, e) => value * D[e]);
        return [
          ...faults(open, [C, b], added, (kernels, [c, row]) => kernels.addToRows(c, row, m, n)),
          ...faults(open, [b, C], summed, (kernels, [row, c]) => kernels.sumRows(row, c, m, n)),
          ...faults(open, [C, D], product, (kernels, [c, d]) => kernels.multiplyEntries(c, d, m * n)),
        ];
      });
      expect(found).toEqual([]);
    });
  });

  describe.skipIf(name === "WebAssembly" && !hasWasm).each(KINDS)("for the activation %s", (kind) => {
    it("give φ, φ' and φ'' of their closed forms", () => {
      const z = points(1001);
      const kernels = open(4 * z.length);
      const [input, y, d, c] = [0, 1, 2, 3].map(() => kernels.allocate(z.length));
      input.set(z);
      kernels.activate(kind, y, input, z.length);
      kernels.activationSlope(kind, d, input, y, z.length);
      kernels.activationCurvature(kind, c, input, y, d, z.length);
      // φ is within 3 ulp, and what the slope and the curvature are made of lies in [−1, 1] with a handful of operations
      // on it; log((1 + e^z)/2) of the closed form itself loses eps of its terms, at most |z| + 1.
      const worst = { value: 0, slope: 0, curvature: 0 };
      z.forEach((x, i) => {
        const [value, slope, curvature] = closedForms[kind](x);
        worst.value = Math.max(worst.value, Math.abs(y[i] - value) / (4 * EPS * (1 + Math.abs(x))));
        worst.slope = Math.max(worst.slope, Math.abs(d[i] - slope) / (8 * EPS));
        worst.curvature = Math.max(worst.curvature, Math.abs(c[i] - curvature) / (16 * EPS));
      });
      expect(Math.max(worst.value, worst.slope, worst.curvature)).toBeLessThanOrEqual(1);
      expect(input).toEqual(z);
    });

    it("may overwrite their argument", () => {
      const kernels = open(14);
      const [z, y] = [0, 1].map(() => kernels.allocate(7));
      z.set(points(7));
      kernels.activate(kind, y, z, 7);
      kernels.activate(kind, z, z, 7);
      expect(z).toEqual(y);
    });

    it("let NaN through", () => {
      const kernels = open(2);
      const z = kernels.allocate(2).fill(NaN);
      kernels.activate(kind, z, z, 2);
      expect(z).toEqual(new Float64Array([NaN, NaN]));
    });
  });
});

/** Points of [−30, 30], 0 among them, as the kink of relu. */
function points(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => (60 * i) / (count - 1) - 30);
}

/** φ, φ' and φ'' from the host's functions. */
const closedForms: Record<ActivationKind, (z: number) => [number, number, number]> = {
  linear: (z) => [z, 1, 0],
  relu: (z) => [Math.max(z, 0), z > 0 ? 1 : 0, 0],
  tanh: (z) => [Math.tanh(z), Math.cosh(z) ** -2, -2 * Math.sinh(z) * Math.cosh(z) ** -3],
  softplus: (z) => {
    const sigma = 1 / (1 + Math.exp(-z));
    return [Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), sigma, Math.exp(-z) * sigma ** 2];
  },
  "smooth leaky relu": (z) => {
    const [value, slope, curvature] = closedForms.softplus(z);
    return [0.5 * z + 0.5 * (value - Math.LN2), 0.5 + 0.5 * slope, 0.5 * curvature];
  },
};

describe.skipIf(!hasWasm)("WebAssembly and TypeScript", () => {
  it.each(KINDS)("give the same bits for %s", (kind) => {
    const stream = randomStream(2, kind);
    const found = [0, 1, 2, 3, 7, 40, 4001].flatMap((length) =>
      [0.3, 3, 800].flatMap((scale) => {
        const hard = [...HARD, 22, -22, 709.8, -745.2, 1e-9];
        const draw = (): number =>
          stream.integer(3) > 0 ? scale * stream.normal() : hard[stream.integer(hard.length)];
        const [out, z, y, d] = [0, 1, 2, 3].map(() => Float64Array.from({ length }, draw));
        const runs: ((kernels: Kernels, arrays: Arrays) => void)[] = [
          (kernels, [to, from]) => kernels.activate(kind, to, from, length),
          (kernels, [to, from, value]) => kernels.activationSlope(kind, to, from, value, length),
          (kernels, [to, from, value, slope]) => kernels.activationCurvature(kind, to, from, value, slope, length),
        ];
        return runs.flatMap((run) => {
          const expected = out.slice();
          run(plainKernels(), [expected, z, y, d]);
          return faults(openWorkspace, [out, z, y, d], expected, run);
        });
      }),
    );
    expect(found).toEqual([]);
  });
});
