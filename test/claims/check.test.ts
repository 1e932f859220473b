import {
  CHECK_MIME_TYPE,
  CheckDefectError,
  CheckFailedError,
  type CheckOptions,
  type CheckResult,
  NonFiniteMeasurementError,
  type Statement,
  check,
} from "flat-minima/claims";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const HOST = Symbol.for("flat-minima.host");
let sent: Record<string, unknown>[] = [];
beforeEach(() => {
  sent = [];
  Object.assign(globalThis, { [HOST]: { display: (data: Record<string, unknown>) => sent.push(data) } });
});
afterEach(() => {
  delete (globalThis as Record<symbol, unknown>)[HOST];
});

const identity = (measured: number, expected: number): Statement => ({ measured, expected, tolerance: 1e-12 });
const wrong = { "factor 2": identity(1, 2) };

function bundleOf(result: CheckResult): Record<string, unknown> {
  const method = (result as unknown as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")];
  return method.call(result);
}

function json(id: string, statement: Statement, options: CheckOptions): Record<string, unknown> {
  return { ...check(id, statement, options).json };
}

describe("check: identities", () => {
  it("holds within the tolerance and not a hair beyond it", () => {
    const at = (measured: number): Statement => ({ measured, expected: 1, tolerance: 0.25 });
    expect(check("W6", at(1.25), { rejects: wrong }).verdict).toBe("holds");
    expect(check("W6", at(0.75), { rejects: wrong }).verdict).toBe("holds");
    expect(() => check("W6", at(1.25 + 2 ** -50), { rejects: wrong })).toThrow(CheckFailedError);
  });

  it("leaves JSON of six digits under the full id", () => {
    const statement = { measured: 17.3819601665774, expected: 17.38196016657741, tolerance: 1e-12 };
    const rejects = { "without the ½": { ...statement, expected: 34.7 } };
    expect(json("R1", statement, { rejects, note: "full hypercube" })).toEqual({
      claim: "R1",
      verdict: "holds",
      measured: 17.382,
      expected: 17.382,
      tolerance: 1e-12,
      note: "full hypercube",
      rejects: ["without the ½"],
    });
  });

  it("judges arrays by the largest deviation and shows the entry that decides", () => {
    const statement = { measured: [1, 2.5, 3], expected: Float64Array.of(1, 2, 3), tolerance: 0.5 };
    expect(json("W6", statement, { rejects: wrong })).toMatchObject({ measured: 2.5, expected: 2, entries: 3 });
    expect(() => check("W6", { ...statement, tolerance: 0.49 }, { rejects: wrong })).toThrow(
      /farthest of 3: measured 2\.5 ≠ 2, off by 0\.5/,
    );
  });

  it("lets one expected number stand for all entries", () => {
    expect(check("W6", { measured: [0, 1e-14], expected: 0, tolerance: 1e-12 }, { rejects: wrong }).verdict).toBe(
      "holds",
    );
  });

  it("keeps rounding noise out of what it shows", () => {
    const show = (noise: number): Record<string, unknown> =>
      json("W5", { measured: [noise, 3, 5 - noise], expected: [0, 3, 5], tolerance: 1e-12 }, { rejects: wrong });
    expect(show(3.1e-16)).toEqual(show(-7.7e-15));
    const zero = (noise: number): Record<string, unknown> =>
      json("W5", { measured: noise, expected: 0, tolerance: 1e-12 }, { rejects: wrong });
    expect(zero(3.1e-16)).toEqual(zero(-7.7e-15));
    expect(zero(3.1e-16).measured).toBe(0);
  });

  it("shows measured values that a statistical tolerance lets differ", () => {
    const statement = { measured: 0.4963, expected: 0.5, tolerance: 0.05 };
    expect(json("W6", statement, { rejects: wrong })).toMatchObject({ measured: 0.4963, expected: 0.5 });
  });
});

describe("check: bounds", () => {
  const rejects = { "half of it": { measured: 12, atMost: 8 } };

  it("reports the slack, absolute and relative", () => {
    expect(json("W11", { measured: 12, atMost: 16 }, { rejects })).toMatchObject({
      measured: 12,
      bound: 16,
      relation: "atMost",
      slack: 4,
      relativeSlack: 0.25,
    });
    expect(json("W11", { measured: 12, atLeast: 8 }, { rejects: { x: { measured: 12, atLeast: 16 } } })).toMatchObject({
      relation: "atLeast",
      slack: 4,
      relativeSlack: 0.5,
    });
  });

  it("fails beyond the bound, unless a tolerance covers it", () => {
    expect(() => check("W11", { measured: 16.5, atMost: 16 }, { rejects })).toThrow(/measured 16\.5 > 16, off by 0\.5/);
    expect(() => check("W11", { measured: 15.5, atLeast: 16 }, { rejects })).toThrow(
      /measured 15\.5 < 16, off by 0\.5/,
    );
    expect(check("W11", { measured: 16.5, atMost: 16, tolerance: 0.5 }, { rejects }).verdict).toBe("holds");
    expect(check("W11", { measured: 15.5, atLeast: 16, tolerance: 0.5 }, { rejects }).verdict).toBe("holds");
  });

  it("judges arrays by the least slack", () => {
    expect(json("W11", { measured: [1, 5, 2], atMost: [10, 6, 10] }, { rejects })).toMatchObject({
      slack: 1,
      entries: 3,
    });
    expect(() => check("W11", { measured: [1, 7, 2], atMost: 6 }, { rejects })).toThrow(
      /tightest of 3: measured 7 > 6/,
    );
  });

  it("shows slack 0, and no rounding noise, where a bound is attained", () => {
    const show = (noise: number): unknown =>
      json("W11", { measured: 11.1355287257 + noise, atMost: 11.1355287257, tolerance: 1e-12 }, { rejects }).slack;
    expect([show(8e-15), show(-8e-15)]).toEqual([0, 0]);
  });

  it("counts a bound from above and one from below as one family", () => {
    const sign = { "reversed sign": { measured: 12, atLeast: 16 } };
    expect(check("W11", { measured: 12, atMost: 16 }, { rejects: sign }).verdict).toBe("holds");
  });
});

describe("check: rates", () => {
  const interval = [1.9, 2.1] as const;
  const rejects = { "first order": { slope: 2, interval, expected: 1 } };

  it("needs both the fitted slope and the stated one in the interval", () => {
    expect(json("B19", { slope: 1.98, interval, expected: 2 }, { rejects })).toMatchObject({
      verdict: "holds",
      slope: 1.98,
      expected: 2,
      interval: [1.9, 2.1],
    });
    expect(() => check("B19", { slope: 1.8, interval, expected: 2 }, { rejects })).toThrow(
      /slope 1\.8, stated 2, not both/,
    );
    expect(() => check("B19", { slope: 2, interval, expected: 3 }, { rejects })).toThrow(/slope 2, stated 3, not both/);
  });

  it("refuses an interval that is none", () => {
    for (const bad of [
      [2, 1],
      [0, Infinity],
      [NaN, 1],
    ] as const) {
      expect(() => check("B19", { slope: 1.5, interval: bad, expected: 1.5 }, { rejects })).toThrow(
        /the interval of the statement must be \[low, high\]/,
      );
    }
  });
});

describe("check: frequencies", () => {
  // With no successes in n trials the one-sided upper limit is 1 − α^(1/n), with n in n the lower limit is α^(1/n).
  const limit = 0.05 ** (1 / 20);
  const trial = { trials: 20, confidence: 0.95 } as const;
  const rejects = { always: { ...trial, successes: 0, atLeast: 0.9 } };

  it("lets a claim stand exactly until the Clopper–Pearson limit passes it", () => {
    const likely = (atLeast: number): Statement => ({ ...trial, successes: 0, atLeast });
    expect(check("W15", likely(1 - limit - 1e-9), { rejects }).verdict).toBe("holds");
    expect(() => check("W15", likely(1 - limit + 1e-9), { rejects })).toThrow(CheckFailedError);
    const rare = (atMost: number): Statement => ({ ...trial, successes: 20, atMost });
    expect(check("W15", rare(limit + 1e-9), { rejects }).verdict).toBe("holds");
    expect(() => check("W15", rare(limit - 1e-9), { rejects })).toThrow(/refutes probability ≤/);
  });

  it("agrees with the exact binomial tail", () => {
    // P(X ≤ 3) for X ~ Bin(10, p) by hand; the claim "at least p" is refuted iff this is below 1 − confidence.
    const choose = [1, 10, 45, 120];
    const tail = (p: number): number => choose.reduce((sum, c, k) => sum + c * p ** k * (1 - p) ** (10 - k), 0);
    for (let p = 0.3; p < 0.95; p += 0.01) {
      const run = (): CheckResult =>
        check("W18", { successes: 3, trials: 10, atLeast: p, confidence: 0.9 }, { rejects });
      if (tail(p) < 0.1) expect(run).toThrow(CheckFailedError);
      else expect(run().verdict).toBe("holds");
    }
  });

  it("reports frequency, limits and slack", () => {
    const result = json("W15", { successes: 0, atLeast: 0.1, ...trial }, { rejects });
    expect(result).toMatchObject({ measured: 0, bound: 0.1, relation: "atLeast", slack: -0.1, successes: 0, ...trial });
    expect(result.interval).toEqual([0, Number((1 - limit).toPrecision(6))]);
  });

  it("calls it a defect when there are too few trials to refute the wrong variant", () => {
    const few = { successes: 2, trials: 2, confidence: 0.95 };
    const run = (): CheckResult =>
      check("W15", { ...few, atLeast: 0.9 }, { rejects: { "δ = ½": { ...few, atMost: 0.5 } } });
    expect(run).toThrow(CheckDefectError);
    expect(run).toThrow(/a check that cannot fail/);
  });

  it.each([
    [{ trials: 0 }, /number of trials of the statement must be a positive integer, got 0/],
    [{ successes: 21 }, /successes of the statement must be an integer from 0 to 20, got 21/],
    [{ successes: 1.5 }, /successes of the statement must be an integer/],
    [{ confidence: 95 }, /confidence of the statement must lie between 0.5 and 1, got 95/],
    [{ atLeast: 0 }, /a probability that trials could contradict, got 0/],
    [{ atLeast: NaN }, /a probability that trials could contradict, got NaN/],
  ])("refuses %j", (change, message) => {
    const statement = { ...trial, successes: 19, atLeast: 0.9, ...change };
    expect(() => check("W15", statement, { rejects })).toThrow(message);
  });
});

describe("check: figures", () => {
  const rejects = { "the control": { figure: { "two peaks": false, "a valley": true } } };

  it("is reproduced when everything is seen, and not when anything is missing, without an error", () => {
    expect(check("W20", { figure: { "two peaks": true } }, { rejects }).verdict).toBe("reproduced");
    const half = check("W20", { figure: { "two peaks": true, "a valley": false } }, { rejects });
    expect(half.verdict).toBe("not reproduced");
    expect(half.line).toMatch(/^– W20 .* seen: two peaks · not seen: a valley/);
    expect(half.json.figure).toEqual({ "two peaks": true, "a valley": false });
    expect(sent).toEqual([]);
  });

  it("still needs variants that are not reproduced", () => {
    const vacuous = { "the control": { figure: { "two peaks": true } } };
    expect(() => check("W20", { figure: { "two peaks": false } }, { rejects: vacuous })).toThrow(CheckDefectError);
  });

  it("may be checked by numbers, too, which then must be right", () => {
    expect(check("W20", identity(1, 1), { rejects: wrong }).verdict).toBe("reproduced");
    expect(() => check("W20", identity(1, 3), { rejects: wrong })).toThrow(CheckFailedError);
  });

  it("is no statement for a claim of another kind, nor may it be empty", () => {
    expect(() => check("W6", { figure: { seen: true } }, { rejects })).toThrow(/W6 is no figure/);
    expect(() => check("W20", { figure: {} }, { rejects })).toThrow(/must name what must be seen/);
    const notBoolean = { figure: { seen: 1 as unknown as boolean } };
    expect(() => check("W20", notBoolean, { rejects })).toThrow(/"seen" of the statement must be true or false, got 1/);
  });
});

describe("check: verdicts", () => {
  it("says that a claim holds after correction when its printed form is false", () => {
    const result = check("W7", identity(1, 1), { rejects: wrong, printed: identity(1, 3) });
    expect(result.verdict).toBe("holds after correction");
    expect(result.json.printed).toBe("fails");
    expect(result.line).toMatch(/holds after correction \(as printed it fails\)$/);
  });

  it("throws when the printed form holds, too", () => {
    const run = (): CheckResult => check("W7", identity(1, 1), { rejects: wrong, printed: identity(2, 2) });
    expect(run).toThrow(CheckDefectError);
    expect(run).toThrow(/the printed form of W7 holds, too/);
  });

  it("says that it holds where the ledger knows a slip and no printed form is given", () => {
    const result = check("W7", identity(1, 1), { rejects: wrong });
    expect(result.verdict).toBe("holds");
    expect(result.json).not.toHaveProperty("printed");
  });

  it("refuses a printed form of what the ledger knows as printed correctly", () => {
    expect(() => check("W6", identity(1, 1), { rejects: wrong, printed: identity(1, 3) })).toThrow(
      /the ledger must know a slip of W6/,
    );
  });

  it("adds that the data were stored", () => {
    const options = { rejects: wrong, stored: true };
    expect(check("W6", identity(1, 1), options).verdict).toBe("holds, stored");
    expect(check("W7", identity(1, 1), { ...options, printed: identity(1, 3) }).verdict).toBe(
      "holds after correction, stored",
    );
    expect(check("W20", identity(1, 1), options).verdict).toBe("reproduced, stored");
    const unseen = { figure: { seen: false } };
    expect(check("W20", unseen, { rejects: { x: unseen }, stored: true }).verdict).toBe("not reproduced, stored");
  });

  it("says in its line and its JSON that numbers were computed in float32, and only then", () => {
    const single = check("W6", identity(1, 1), { rejects: wrong, precision: "float32" });
    expect(single.line).toMatch(/ · computed in float32 · holds$/);
    expect(single.json.precision).toBe("float32");
    const double = check("W6", identity(1, 1), { rejects: wrong, note: "in double precision" });
    expect(double.line).not.toContain("float32");
    expect(double.json).not.toHaveProperty("precision");
  });
});

describe("check: what it refuses", () => {
  it("a check without a wrong variant", () => {
    for (const options of [{ rejects: {} }, {}, undefined]) {
      expect(() => check("W6", identity(1, 1), options as CheckOptions)).toThrow(CheckDefectError);
    }
    expect(() => check("W6", identity(1, 1), { rejects: {} })).toThrow(/a check that cannot fail/);
  });

  it("a wrong variant that holds, by name", () => {
    const run = (): CheckResult => check("W6", identity(1, 1), { rejects: { ...wrong, twice: identity(2, 2) } });
    expect(run).toThrow(CheckDefectError);
    expect(run).toThrow(/the wrong variant "twice" of W6 holds, too: this is a check that cannot fail/);
  });

  it("a wrong variant or printed form of another family", () => {
    const bound = { measured: 3, atMost: 2 };
    expect(() => check("W6", identity(1, 1), { rejects: { x: bound } })).toThrow(
      /the wrong variant "x" must be of the statement's family, identity/,
    );
    expect(() => check("W7", identity(1, 1), { rejects: wrong, printed: bound })).toThrow(
      /the printed form must be of/,
    );
  });

  it.each([NaN, Infinity, -Infinity])("measures of %s, in the statement and in a variant", (value) => {
    const cases: [Statement, CheckOptions][] = [
      [identity(value, 1), { rejects: wrong }],
      [{ measured: [1, value], expected: [1, 1], tolerance: 1 }, { rejects: wrong }],
      [identity(1, 1), { rejects: { x: identity(value, 1) } }],
      [{ measured: value, atMost: 1 }, { rejects: { x: { measured: 2, atMost: 1 } } }],
      [{ measured: 0, atLeast: 0 }, { rejects: { x: { measured: value, atLeast: 1 } } }],
      [
        { slope: value, interval: [0, 1], expected: 1 },
        { rejects: { x: { slope: 2, interval: [0, 1], expected: 1 } } },
      ],
    ];
    for (const [statement, options] of cases) {
      expect(() => check("W7", statement, options)).toThrow(NonFiniteMeasurementError);
    }
    expect(() => check("W7", identity(1, 1), { rejects: wrong, printed: identity(value, 1) })).toThrow(
      /the printed form of W7 measures .*, which refutes nothing/,
    );
  });

  it.each<[string, unknown, RegExp]>([
    ["no fields", {}, /the statement must be .*got the fields \(none\)/],
    ["a misspelt field", { measured: 1, expected: 1, tolerence: 1 }, /got the fields measured, expected, tolerence/],
    ["two bounds", { measured: 1, atMost: 2, atLeast: 0 }, /the statement must be/],
    ["an expected bound", { measured: 1, atMost: 2, expected: 1 }, /the statement must be/],
    ["null", null, /the statement must be an object, got null/],
    ["no tolerance", { measured: 1, expected: 1 }, /the statement must be/],
    [
      "a negative tolerance",
      { measured: 1, expected: 1, tolerance: -1 },
      /the tolerance of the statement must be finite/,
    ],
    ["an infinite tolerance", { measured: 1, expected: 1, tolerance: Infinity }, /the tolerance of the statement/],
    ["unequal lengths", { measured: [1, 2], expected: [1], tolerance: 1 }, /equal lengths, got 2 and 1/],
    ["nothing measured", { measured: [], expected: 1, tolerance: 1 }, /must not be empty/],
    ["an infinite bound", { measured: 1, atMost: Infinity }, /what the statement states must be finite, got Infinity/],
    ["NaN expected", { measured: 1, expected: NaN, tolerance: 1 }, /what the statement states must be finite, got NaN/],
    ["text", { measured: "1", expected: 1, tolerance: 1 }, /the statement must consist of numbers, got 1/],
  ])("a statement with %s", (_, statement, message) => {
    expect(() => check("W6", statement as Statement, { rejects: wrong })).toThrow(message);
  });

  it("an unknown claim", () => {
    expect(() => check("W99", identity(1, 1), { rejects: wrong })).toThrow(/nearest there is W36/);
  });
});

describe("check: what it shows", () => {
  it("is one line with sign, id, claim, numbers, rejected variants and verdict", () => {
    const { line } = check(
      "R3",
      { measured: 0.88, atMost: 1 },
      { rejects: { "no Σ_H": { measured: 1.5, atMost: 1 } }, note: "n = 2" },
    );
    expect(line).toBe(
      "✓ W26/R3 · λmax{(I − ηH)² + η²(n−B)/(B(n−1)) Σ_H} ≤ 1 suffices for stability (n = 2) · " +
        "measured 0.88 ≤ 1, slack 0.12 (12 %) · rejects: no Σ_H · holds",
    );
  });

  it("comes as a bundle of JSON, HTML and text, and prints as the text", () => {
    const result = check("W6", identity(1, 1), { rejects: { "<b>": identity(1, 2) } });
    const bundle = bundleOf(result);
    expect(Object.keys(bundle)).toEqual([CHECK_MIME_TYPE, "text/html", "text/plain"]);
    expect(bundle[CHECK_MIME_TYPE]).toEqual(JSON.parse(JSON.stringify(result.json)));
    expect(bundle["text/plain"]).toBe(result.line);
    expect(bundle["text/html"]).toContain("rejects: &lt;b&gt;");
    expect(bundle["text/html"]).not.toContain("<script");
    const inspect = (result as unknown as Record<symbol, () => string>)[Symbol.for("nodejs.util.inspect.custom")];
    expect(inspect()).toBe(result.line);
    expect(sent).toEqual([]);
  });

  it("sends a failure to the notebook before it throws", () => {
    let message = "";
    try {
      check("W6", identity(3, 1), { rejects: wrong, note: "broken" });
    } catch (error) {
      expect(error).toBeInstanceOf(CheckFailedError);
      message = (error as Error).message;
    }
    expect(message).toMatch(
      /^✗ W6 .*\(broken\) · measured 3 ≠ 1, off by 2, tolerance 1e−12 · rejects: factor 2 · fails$/,
    );
    expect(sent).toHaveLength(1);
    expect(sent[0]["text/plain"]).toBe(message);
    expect(sent[0][CHECK_MIME_TYPE]).toMatchObject({
      claim: "W6",
      verdict: "fails",
      measured: 3,
      rejects: ["factor 2"],
    });
  });

  it("keeps NaN readable in the JSON of a failure", () => {
    expect(() => check("W6", identity(NaN, 1), { rejects: wrong })).toThrow(
      /measured NaN, which is not a finite number/,
    );
    expect(JSON.parse(JSON.stringify(sent[0][CHECK_MIME_TYPE]))).toMatchObject({ verdict: "fails", measured: "NaN" });
  });
});
