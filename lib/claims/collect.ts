import { requireThat } from "../core/errors";
import { CHECK_MIME_TYPE } from "./check-result";
import { CLAIMS, claim } from "./ledger";
import { type Verdict, isVerdict, worstVerdict } from "./verdict";

/** An executed notebook, as much of it as the ledger needs. */
export interface NotebookOutputs {
  /** Its slug, "07-sgd-linear-stability". */
  readonly notebook: string;
  readonly cells: readonly {
    /** The cell's id in the file, from nbformat 4.5 on. */
    readonly id?: string;
    /** The cell's place in the notebook, which names it when it has no id. */
    readonly index: number;
    /** Its nbformat outputs. */
    readonly outputs: readonly unknown[];
  }[];
}

/** One check as the committed ledger keeps it: nothing that differs from machine to machine. */
export interface LedgerCheck {
  readonly notebook: string;
  readonly cell: string;
  readonly verdict: Verdict;
  readonly rejects: readonly string[];
  /** There where the numbers were computed in single precision, by TensorFlow.js. */
  readonly precision?: "float32";
}

/** A claim with all its checks; the verdict is the worst of theirs. */
export interface LedgerEntry {
  readonly verdict: Verdict;
  readonly notebooks: readonly string[];
  readonly checks: readonly LedgerCheck[];
}

/** The ledger of a course: the content of the committed `ledger.json`. */
export interface Ledger {
  /** What computed, as `npm run verify -- --update` found it; no comparison looks at it. */
  readonly engines?: string;
  /** By full id, in the order of {@link CLAIMS}; claims without a check are absent. */
  readonly claims: Readonly<Record<string, LedgerEntry>>;
}

/**
 * Collects the checks that executed notebooks show into one ledger.
 *
 * Keys come in the order of the claims, checks in the order of the notebooks' names and cells, so that equal
 * results give equal files.
 *
 * @throws InvalidArgumentError for an output that claims to be a check and is none, and for an unknown claim
 *
 * @example
 * collectChecks([]); // { claims: {} }
 */
export function collectChecks(notebooks: readonly NotebookOutputs[]): Ledger {
  const found = notebooks.flatMap(({ notebook, cells }) =>
    cells.flatMap(({ id, index, outputs }) =>
      outputs.flatMap((output) => {
        const json = checkJson(output);
        return json === undefined ? [] : [{ index, ...readCheck(json, notebook, id ?? String(index)) }];
      }),
    ),
  );
  found.sort((a, b) =>
    a.check.notebook === b.check.notebook ? a.index - b.index : a.check.notebook < b.check.notebook ? -1 : 1,
  );
  const entries = [...CLAIMS.keys()].flatMap((id): [string, LedgerEntry][] => {
    const checks = found.flatMap((one) => (one.claim === id ? [one.check] : []));
    return checks.length === 0 ? [] : [[id, entryOf(checks)]];
  });
  return { claims: Object.fromEntries(entries) };
}

/** A claim's entry: its verdict is the worst of its checks'. */
export function entryOf(checks: readonly LedgerCheck[]): LedgerEntry {
  return {
    verdict: worstVerdict(checks.map(({ verdict }) => verdict)),
    notebooks: [...new Set(checks.map(({ notebook }) => notebook))],
    checks,
  };
}

/** The check that an nbformat output carries, if it carries one. */
function checkJson(output: unknown): unknown {
  const data = (output as { data?: Record<string, unknown> } | null)?.data;
  return data?.[CHECK_MIME_TYPE];
}

function readCheck(json: unknown, notebook: string, cell: string): { claim: string; check: LedgerCheck } {
  const { claim: id, verdict, rejects, precision } = (json ?? {}) as Record<string, unknown>;
  const named = Array.isArray(rejects) && rejects.every((name) => typeof name === "string");
  const proper = typeof id === "string" && isVerdict(verdict) && named;
  const where = `${notebook}, cell ${cell}`;
  requireThat(
    proper,
    "collectChecks",
    `a check must have a claim, a verdict and rejects (${where})`,
    JSON.stringify(json),
  );
  return {
    claim: claim(id).id,
    check: { notebook, cell, verdict, rejects: [...rejects], ...(precision === "float32" && { precision }) },
  };
}
