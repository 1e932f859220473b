import { entryOf, type Ledger, type LedgerEntry } from "./collect";
import { CLAIMS } from "./ledger";

/**
 * How a freshly collected ledger differs from the committed one, a readable sentence a difference; none means that
 * every claim still has its verdict and its checks.
 *
 * Named are a verdict that changed, for the claim or for a single check; a claim or a notebook that lost its check;
 * a claim or a check that the committed ledger does not have; a check that rejects no wrong variant; a required claim
 * that has a check in neither ledger. Cell ids are not compared.
 *
 * @param required ids of the claims that must have a check
 *
 * @example
 * compareLedgers({ claims: {} }, { claims: {} }); // []
 * compareLedgers({ claims: {} }, { claims: {} }, ["W6"]); // ["W6: has no check"]
 */
export function compareLedgers(committed: Ledger, fresh: Ledger, required: readonly string[] = []): string[] {
  const known = [...CLAIMS.keys()];
  const unknown = Object.keys(committed.claims).filter((id) => !CLAIMS.has(id));
  return [
    ...unknown.map((id) => `${id}: in the committed ledger, but no claim has this id`),
    ...known.flatMap((id) => compareEntries(id, committed.claims[id], fresh.claims[id])),
    ...required
      .filter((id) => !Object.hasOwn(committed.claims, id) && !Object.hasOwn(fresh.claims, id))
      .map((id) => `${id}: has no check`),
  ];
}

/**
 * The part of a ledger that comes from the notebooks named, as if the others did not exist: what a run of some of
 * them is compared with.
 *
 * @example
 * restrictLedger({ claims: {} }, ["00-tour"]); // { claims: {} }
 */
export function restrictLedger(ledger: Ledger, notebooks: readonly string[]): Ledger {
  const entries = Object.entries(ledger.claims).flatMap(([id, { checks }]): [string, LedgerEntry][] => {
    const kept = checks.filter(({ notebook }) => notebooks.includes(notebook));
    return kept.length === 0 ? [] : [[id, entryOf(kept)]];
  });
  return { claims: Object.fromEntries(entries) };
}

function compareEntries(id: string, before: LedgerEntry | undefined, after: LedgerEntry | undefined): string[] {
  if (after === undefined) {
    return before === undefined
      ? []
      : [`${id}: lost its check (was ${quote(before.verdict)} in ${before.notebooks.join(", ")})`];
  }
  const vacuous = after.checks
    .filter(({ rejects }) => rejects.length === 0)
    .map(({ notebook, cell }) => `${id}: the check in ${notebook}, cell ${cell}, rejects no wrong variant`);
  if (before === undefined) {
    return [
      `${id}: not in the committed ledger (now ${quote(after.verdict)} in ${after.notebooks.join(", ")})`,
      ...vacuous,
    ];
  }
  const changed =
    before.verdict === after.verdict
      ? []
      : [`${id}: the verdict changed from ${quote(before.verdict)} to ${quote(after.verdict)}`];
  const notebooks = [...new Set([...before.notebooks, ...after.notebooks])].sort();
  return [...changed, ...notebooks.flatMap((notebook) => compareChecks(id, notebook, before, after)), ...vacuous];
}

/** Differences between the verdicts of a claim's checks in one notebook, whatever their order. */
function compareChecks(id: string, notebook: string, before: LedgerEntry, after: LedgerEntry): string[] {
  const [old, now] = [before, after].map(({ checks }) =>
    checks.flatMap((check) => (check.notebook === notebook ? [quote(check.verdict)] : [])).sort(),
  );
  if (old.join() === now.join()) return [];
  if (now.length === 0) return [`${id}: lost its check in ${notebook}`];
  if (old.length === 0) return [`${id}: has a new check in ${notebook} (${now.join(", ")})`];
  return [`${id}: its checks in ${notebook} were ${old.join(", ")} and are ${now.join(", ")}`];
}

function quote(verdict: string): string {
  return `"${verdict}"`;
}
