import {
  check,
  CheckDefectError,
  CheckFailedError,
  citeShort,
  claim,
  CLAIMS,
  closingTable,
  collectChecks,
  compareLedgers,
  type Ledger,
  NonFiniteMeasurementError,
  renderLedger,
  restrictLedger,
  type Statement,
  type Verdict,
  VERDICTS_WORST_FIRST,
  worstVerdict,
} from "flat-minima/claims";
import * as fc from "fast-check";
import { list, name, number, positive, size, vector } from "./arguments";
import {
  at,
  badCount,
  badLength,
  badNonNegative,
  badNumber,
  badOption,
  badValues,
  type Corruption,
  empty,
} from "./corruptions";
import { type Entry, entry, type Registry } from "./entry";

const ids = [...CLAIMS.keys()];
const id = fc.constantFrom(...ids);
const theorem = fc.constantFrom(...ids.filter((name) => CLAIMS.get(name)!.kind !== "figure"));
const verdict = fc.constantFrom<Verdict>(...VERDICTS_WORST_FIRST);

const ledger: fc.Arbitrary<Ledger> = fc
  .dictionary(
    id,
    fc
      .array(fc.record({ notebook: name, cell: name, verdict, rejects: fc.array(name) }), {
        minLength: 1,
        maxLength: 3,
      })
      .map((checks) => ({
        verdict: worstVerdict(checks.map((one) => one.verdict)),
        notebooks: [...new Set(checks.map((one) => one.notebook))],
        checks,
      })),
    { maxKeys: 4 },
  )
  .map((claims) => ({ claims }));

/** A check of a true statement with one false variant. */
const checkOf = (
  statements: fc.Arbitrary<readonly [Statement, Statement]>,
  refuses: Record<string, Corruption>,
): Entry =>
  entry(
    check,
    fc
      .tuple(theorem, statements, name)
      .map(([of, [statement, wrong], note]) => [of, statement, { rejects: { wrong }, note }] as const),
    {
      refuses: { ...refuses, ...badOption("0"), ...UNKNOWN },
      overflow: "what is measured and false is a failed check",
    },
  );
const UNKNOWN: Record<string, Corruption> = {
  "a statement of no family": at("1", () => ({ measured: 1 })),
  "a variant of another family": at("2.rejects.wrong", (_, [, { slope }]) =>
    slope === undefined ? { slope: 1, interval: [2, 3], expected: 1 } : { measured: 1, expected: 2, tolerance: 0 },
  ),
  "a variant of no family": at("2.rejects.wrong", () => ({})),
};

const identityStatements = size.chain((n) =>
  fc.tuple(vector(n), positive).map(
    ([expected, tolerance]) =>
      [
        { measured: expected.map((value) => value + tolerance / 2), expected, tolerance },
        { measured: expected.map((value) => value + 2 * tolerance), expected, tolerance },
      ] as const,
  ),
);
const boundStatements = fc.tuple(number, positive).map(
  ([measured, gap]) =>
    [
      { measured, atMost: measured + gap, tolerance: 0 },
      { measured, atMost: measured - gap, tolerance: 0 },
    ] as const,
);
const rateStatements = fc.tuple(number, positive).map(
  ([slope, width]) =>
    [
      { slope, interval: [slope - width, slope + width] as const, expected: slope },
      { slope, interval: [slope - width, slope + width] as const, expected: slope + 2 * width },
    ] as const,
);
const frequencyStatements = fc.integer({ min: 40, max: 60 }).map(
  (trials) =>
    [
      { successes: trials - 1, trials, atLeast: 0.9, confidence: 0.99 },
      { successes: 0, trials, atLeast: 0.9, confidence: 0.99 },
    ] as const,
);

const ERROR = "an error takes any message";

export const claims: Registry = {
  claim: entry(claim, fc.tuple(id), { refuses: badValues("0", "W999", "", "no id") }),
  citeShort: entry(citeShort, fc.tuple(fc.constantFrom("W", "R", "A", "B", "P", "N")), { refuses: badOption("0") }),
  worstVerdict: entry(worstVerdict, fc.tuple(fc.array(verdict, { minLength: 1 })), {
    refuses: { ...empty("0"), ...badOption("0.*") },
  }),
  check: checkOf(identityStatements, {
    ...badLength("1.expected"),
    ...badValues("1.expected.*", NaN, Infinity),
    ...empty("1.measured"),
    ...badNonNegative("1.tolerance"),
    ...badValues("1.measured", "0.5", null),
  }),
  "check, a bound": checkOf(boundStatements, { ...badNumber("1.atMost"), ...badNonNegative("1.tolerance") }),
  "check, a rate": checkOf(rateStatements, {
    ...badNumber("1.expected"),
    ...badNumber("1.interval.*"),
    "an interval that is empty": at("1.interval", ([low, high]) => [high, low]),
  }),
  "check, a frequency": checkOf(frequencyStatements, {
    ...badCount("1.trials"),
    ...badCount("1.successes", 0),
    "more successes than trials": at("1.successes", (_, [, { trials }]) => trials + 1),
    ...badValues("1.confidence", NaN, 0.5, 1),
    ...badValues("1.atLeast", NaN, 0, 1.5),
  }),
  "check, a figure": entry(
    check,
    fc
      .constantFrom(...ids.filter((one) => CLAIMS.get(one)!.kind === "figure"))
      .map((of) => [of, { figure: { seen: true } }, { rejects: { wrong: { figure: { seen: false } } } }] as const),
    { refuses: { "a figure of nothing": at("1.figure", () => ({})), ...badValues("1.figure.seen", 1, NaN) } },
  ),
  CheckFailedError: entry((message) => new CheckFailedError(message), fc.tuple(name), {
    refuses: {},
    nothingToRefuse: ERROR,
  }),
  CheckDefectError: entry((message) => new CheckDefectError(message), fc.tuple(name), {
    refuses: {},
    nothingToRefuse: ERROR,
  }),
  NonFiniteMeasurementError: entry((message) => new NonFiniteMeasurementError(message), fc.tuple(name), {
    refuses: {},
    nothingToRefuse: ERROR,
  }),
  closingTable: entry(closingTable, fc.tuple(fc.array(id, { minLength: 1 })), {
    use: (table) => (table as unknown as Record<symbol, () => unknown>)[Symbol.for("Jupyter.display")](),
    refuses: { ...empty("0"), ...badOption("0.*") },
  }),
  collectChecks: entry(
    collectChecks,
    fc.tuple(
      list(
        2,
        fc.record({
          notebook: name,
          cells: list(
            2,
            fc.record({
              index: fc.nat(),
              outputs: fc.tuple(
                fc.record({
                  data: fc.record({
                    "application/vnd.flat-minima.check+json": fc.record({
                      claim: id,
                      verdict,
                      rejects: fc.array(name),
                    }),
                  }),
                }),
              ),
            }),
          ),
        }),
      ),
    ),
    {
      refuses: Object.fromEntries(
        [
          { claim: "W1", verdict: "no such verdict", rejects: [] },
          { claim: "no such claim", verdict: "holds", rejects: [] },
          { claim: "W1", verdict: "holds" },
          { verdict: "holds", rejects: [] },
          null,
        ].map((json): [string, Corruption] => [
          `an output with the check ${JSON.stringify(json)}`,
          at("0.*.cells.*.outputs.0.data", () => ({ "application/vnd.flat-minima.check+json": json })),
        ]),
      ),
    },
  ),
  compareLedgers: entry(compareLedgers, fc.tuple(ledger, ledger, fc.array(id)), {
    refuses: {},
    nothingToRefuse: "every difference is named, an unknown claim too",
  }),
  restrictLedger: entry(restrictLedger, fc.tuple(ledger, fc.array(name)), {
    refuses: {},
    nothingToRefuse: "of a notebook that is not there nothing is left",
  }),
  renderLedger: entry(renderLedger, fc.tuple(ledger, fc.array(id)), { refuses: badOption("1.*") }),
};
