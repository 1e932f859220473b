import { requireThat } from "../core/errors";

/** A number or several of them, judged together. */
export type Values = number | ArrayLike<number>;

/** |measured − expected| ≤ tolerance, for arrays entry by entry; a single expected number stands for all entries. */
export interface IdentityStatement {
  readonly measured: Values;
  readonly expected: Values;
  readonly tolerance: number;
}

/** An upper bound, measured ≤ atMost + tolerance, for arrays entry by entry; the tolerance is 0 unless given. */
export interface UpperBoundStatement {
  readonly measured: Values;
  readonly atMost: Values;
  readonly tolerance?: number;
}

/** A lower bound, measured ≥ atLeast − tolerance, for arrays entry by entry; the tolerance is 0 unless given. */
export interface LowerBoundStatement {
  readonly measured: Values;
  readonly atLeast: Values;
  readonly tolerance?: number;
}

/** The interval, chosen for its confidence or as a band, contains both the fitted slope and the stated one. */
export interface RateStatement {
  readonly slope: number;
  readonly interval: readonly [low: number, high: number];
  readonly expected: number;
}

/** An event's claimed probability is at most `atMost`, judged by its frequency in independent trials. */
export interface RareEventStatement {
  readonly successes: number;
  readonly trials: number;
  readonly atMost: number;
  readonly confidence: number;
}

/** An event's claimed probability is at least `atLeast`, judged by its frequency in independent trials. */
export interface LikelyEventStatement {
  readonly successes: number;
  readonly trials: number;
  readonly atLeast: number;
  readonly confidence: number;
}

/** What must be seen in a figure, feature by feature, and whether it is. */
export interface FigureStatement {
  readonly figure: Readonly<Record<string, boolean>>;
}

/** What a check asserts, in one of five families. */
export type Statement =
  | IdentityStatement
  | UpperBoundStatement
  | LowerBoundStatement
  | RateStatement
  | RareEventStatement
  | LikelyEventStatement
  | FigureStatement;

/** The family of a statement; bounds from above and from below are one family, frequencies (whp) likewise. */
export type Family = "identity" | "bound" | "rate" | "whp" | "figure";

/** The fields of each family; of the two in `oneOf` exactly one is given. */
const FIELDS: Readonly<Record<Family, { needed: string[]; optional?: string[]; oneOf?: string[] }>> = {
  figure: { needed: ["figure"] },
  whp: { needed: ["successes", "trials", "confidence"], oneOf: ["atMost", "atLeast"] },
  rate: { needed: ["slope", "interval", "expected"] },
  identity: { needed: ["measured", "expected", "tolerance"] },
  bound: { needed: ["measured"], optional: ["tolerance"], oneOf: ["atMost", "atLeast"] },
};

/**
 * The family of a statement, by its fields.
 *
 * @param role how messages name the statement: "the statement", "the variant …"
 * @throws InvalidArgumentError when the fields are those of no family
 */
export function familyOf(statement: Statement, role: string): Family {
  requireThat(typeof statement === "object" && statement !== null, "check", `${role} must be an object`, statement);
  const given = Object.entries(statement).flatMap(([field, value]) => (value === undefined ? [] : [field]));
  const family = (Object.keys(FIELDS) as Family[]).find((candidate) => fits(given, FIELDS[candidate]));
  requireThat(
    family !== undefined,
    "check",
    `${role} must be { measured, expected, tolerance }, { measured, atMost or atLeast, tolerance? }, ` +
      "{ slope, interval, expected }, { successes, trials, atMost or atLeast, confidence } or { figure }",
    `the fields ${given.join(", ") || "(none)"}`,
  );
  return family;
}

function fits(given: readonly string[], { needed, optional = [], oneOf = [] }: (typeof FIELDS)[Family]): boolean {
  const known = [...needed, ...optional, ...oneOf];
  return (
    needed.every((field) => given.includes(field)) &&
    given.every((field) => known.includes(field)) &&
    oneOf.filter((field) => given.includes(field)).length === (oneOf.length > 0 ? 1 : 0)
  );
}
