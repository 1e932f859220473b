import { describe, expect, it } from "vitest";
import { cases } from "../../bench/cases.mjs";
import { exclusiveOr, multilayer, uniform, waves } from "../../bench/problem.mjs";
import { formatRatio, formatSeconds, judge, markdownTable, median } from "../../bench/report.mjs";
import { readBenchOptions, UsageError } from "../../scripts/options.mjs";

const NAMES = cases.map(({ name }) => name);

describe("readBenchOptions", () => {
  it("takes all cases without a name, and the named ones in the table's order", () => {
    expect(readBenchOptions([], NAMES)).toEqual({ help: false, peers: false, json: false, chosen: NAMES });
    expect(readBenchOptions(["--peers", "--json", "--rounds", "7", "gram", "sam-100"], NAMES)).toEqual({
      help: false,
      peers: true,
      json: true,
      rounds: 7,
      chosen: ["sam-100", "gram"],
    });
  });

  it("answers every mistake", () => {
    expect(() => readBenchOptions(["sgd"], NAMES)).toThrow(
      new UsageError(`sgd is no case. There are:\n${NAMES.join("\n")}`),
    );
    for (const rounds of ["0", "-1", "2.5", "many", "1000", ""]) {
      expect(() => readBenchOptions([`--rounds=${rounds}`], NAMES)).toThrow(
        new UsageError(`--rounds: an integer from 1 to 999, got ${rounds}`),
      );
    }
    expect(() => readBenchOptions(["--fast"], NAMES)).toThrow(UsageError);
  });
});

describe("median", () => {
  it("is the middle one, or the mean of the middle two", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([10, 1, 3, 2])).toBe(2.5);
    expect(median([5])).toBe(5);
  });
});

/** A case about one time, whose targets are 1/4 and better 1/8 of jax, and one about a quotient that must be 2 at most. */
const STEP = {
  name: "step",
  title: "a step",
  module: "step",
  peers: [{ name: "jax", atMost: 1 / 4, aim: 1 / 8 }, { name: "torch" }],
};
const QUOTIENT = {
  name: "quotient",
  title: "a quotient",
  module: "quotient",
  quotient: ["product", "gradient"] as [string, string],
  atMost: 2,
  peers: [{ name: "jax" }],
};

function measured(name: string, seconds: number[], check = [1, 2]) {
  return { name, introduction: { version: `${name} 1.0`, check }, rounds: seconds.map((step) => ({ step })) };
}

describe("judge", () => {
  it("divides the median over the rounds by the peer's, and compares with target and aim", () => {
    const verdict = (theirs: number) =>
      judge(STEP, [measured("ours", [9e-6, 1e-6, 2e-6]), measured("jax", [theirs])]).map(
        ({ value, range, ratio, verdict }) => ({ value, range, ratio, verdict }),
      );
    expect(verdict(16e-6)).toEqual([
      { value: 2e-6, range: [1e-6, 9e-6], ratio: undefined, verdict: undefined },
      { value: 16e-6, range: [16e-6, 16e-6], ratio: 1 / 8, verdict: "aim met" },
    ]);
    expect(verdict(10e-6)[1]).toMatchObject({ ratio: 2e-6 / 10e-6, verdict: "met" });
    expect(verdict(7.9e-6)[1]).toMatchObject({ verdict: "missed" });
  });

  it("judges a quotient by itself, round by round", () => {
    const rounds = [
      { product: 4, gradient: 2 },
      { product: 9, gradient: 3 },
      { product: 1, gradient: 1 },
    ];
    const both = ["ours", "jax"].map((name) => ({ name, introduction: { version: "", check: [1] }, rounds }));
    const [ours, theirs] = judge(QUOTIENT, both);
    // The quotients are 2, 3, 1; those of the medians would be 4/2.
    expect(ours).toMatchObject({ value: 2, range: [1, 3], verdict: "met", seconds: { product: 4, gradient: 2 } });
    expect([theirs?.ratio, theirs?.verdict]).toEqual([1, undefined]);
    const slower = [
      { name: "ours", introduction: { version: "", check: [1] }, rounds: [{ product: 2.1, gradient: 1 }] },
    ];
    expect(judge(QUOTIENT, slower)[0]?.verdict).toBe("missed");
  });

  it("gives no ratio to a peer that computes something else", () => {
    const disagrees = (check: number[]) =>
      judge(STEP, [measured("ours", [1]), measured("jax", [1], check)])[1] ?? { case: "", contestant: "" };
    expect(disagrees([1, 2 * (1 + 1e-9)])).toMatchObject({ failure: undefined, ratio: 1 });
    expect(disagrees([1, 2.001])).toMatchObject({ failure: "computes something else: 2.001, ours 2" });
    expect(disagrees([1, 2.001]).ratio).toBeUndefined();
    expect(disagrees([1, NaN]).failure).toBe("computes something else: NaN, ours 2");
    expect(disagrees([1]).failure).toBe("computes something else: NaN, ours 2");
    expect(disagrees([1, 2, 3]).failure).toBe("computes 3 numbers, ours 2");
  });

  it("keeps the reason of a contestant that broke, and goes without ratios when it is ours", () => {
    const broken = { name: "jax", failure: "no such module" };
    const [ours, theirs] = judge(STEP, [measured("ours", [1]), broken]);
    expect(ours?.value).toBe(1);
    expect(theirs).toMatchObject({ failure: "no such module" });
    const [, alone] = judge(STEP, [{ name: "ours", failure: "diverged" }, measured("jax", [1])]);
    expect([alone?.value, alone?.ratio, alone?.verdict]).toEqual([1, undefined, undefined]);
  });
});

describe("markdownTable", () => {
  it("has a line for each contestant, with ratio, target and verdict", () => {
    const rows = [
      ...judge(STEP, [measured("ours", [2e-6]), measured("jax", [10e-6]), { name: "torch", failure: "absent" }]),
      ...judge(QUOTIENT, [
        { name: "ours", introduction: { version: "", check: [] }, rounds: [{ product: 0.005, gradient: 0.002 }] },
      ]),
    ];
    expect(markdownTable([STEP, QUOTIENT], rows).replace(/ +\|/g, " |").replace(/-+/g, "-").split("\n")).toEqual([
      "| case | | median (smallest to largest round) | ours ÷ peer | target | |",
      "| - | - | - | - | - | - |",
      "| `step`: a step | **flat-minima** | 2.00 µs (2.00 µs to 2.00 µs) | | | |",
      "| | JAX jit | 10.0 µs (10.0 µs to 10.0 µs) | 1/5.00 | ≤ 1/4, aim 1/8 | met |",
      "| | PyTorch eager | absent | | | |",
      "| `quotient`: a quotient | **flat-minima** | 2.50 (2.50 to 2.50; 5.00 ms ÷ 2.00 ms) | | ≤ 2 | **missed** |",
    ]);
  });

  it("writes numbers with three digits and the unit that fits", () => {
    expect([1.234e-6, 0.9994e-3, 0.02, 99.96e-3, 12.34].map(formatSeconds)).toEqual([
      "1.23 µs",
      "999 µs",
      "20.0 ms",
      "100 ms",
      "12.3 s",
    ]);
    expect([0.1, 0.49, 0.5, 1.5, 250].map(formatRatio)).toEqual(["1/10.0", "1/2.04", "0.500", "1.50", "250"]);
  });
});

describe("the problems", () => {
  it("are made of hashed integers that are the same in Python, bench/peers/problem.py", () => {
    // python -c "from problem import *; print(*uniform(1, 3), *uniform(30, 2))"
    expect([...uniform(1, 3)]).toEqual([0.14679516036994755, 0.17678754567168653, 0.40826746611855924]);
    expect([...uniform(30, 2)]).toEqual([-0.5142533474136144, -0.42408084706403315]);
  });

  it("spread evenly over (−1, 1)", () => {
    const values = uniform(5, 10_000);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    // Mean 0 and mean square 1/3, whose standard errors are √(1/3)/100 and √(4/45)/100: four of them.
    expect(Math.abs(mean)).toBeLessThan(4 * 0.0058);
    expect(Math.abs(square - 1 / 3)).toBeLessThan(4 * 0.003);
  });

  it("or of sines that are the same in Python, and those of Math.sin within 1e-10", () => {
    const { parameters, inputs, targets } = waves([3, 2, 1], 2);
    // python -c "from problem import *; L, x, y = waves([3, 2, 1], 2); print(*L[0][0][1], *x[1], *y[1])"
    expect([...parameters.subarray(2, 4), ...inputs.data.subarray(3), targets[1]]).toEqual([
      0.9974949866040543, 0.9174379552818098, 0.26749882862458774, -0.4161468365471425, -0.9040721420170609,
      0.963558185417193,
    ]);
    const large = waves([100, 200, 200, 1], 1000);
    for (let i = 0; i < 1000; i++) {
      expect(Math.abs(large.targets[i] - Math.sin(1.3 * i))).toBeLessThanOrEqual(1e-10);
      const [k, unit] = [i % 100, i % 200];
      const input = Math.cos(1 + 0.7 * i * k + 0.3 * i * i);
      expect(Math.abs(large.inputs.data[100 * i + k] - input)).toBeLessThanOrEqual(1e-10);
      const weight = Math.sin(1 + 0.37 * unit * k + 0.11 * unit * unit + 0.5 * k) * Math.sqrt(3 / 100);
      expect(Math.abs(large.parameters[200 * k + unit] - weight)).toBeLessThanOrEqual(1e-10);
    }
  });

  it("have the sizes of the case", () => {
    const { parameters, inputs, targets } = multilayer([6, 40, 40, 40, 1], 200);
    expect(parameters.length).toBe(6 * 40 + 40 + 2 * (40 * 40 + 40) + 40 + 1);
    expect([inputs.rows, inputs.cols, inputs.data.length, targets.length]).toEqual([200, 6, 1200, 200]);
    const sam = exclusiveOr(100, 50);
    expect(sam.parameters.length).toBe(100 * 31);
    expect(sam.inputs.data.every((bit) => Math.abs(bit) === 1)).toBe(true);
    expect(
      [...sam.targets].every((y, i) => y === Number(sam.inputs.data[30 * i]) * Number(sam.inputs.data[30 * i + 1])),
    ).toBe(true);
  });
});
