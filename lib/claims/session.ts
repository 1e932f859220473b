import { type Verdict, worstVerdict } from "./verdict";

/** The checks made in this process: by claim, and within a claim by what tells its checks apart. */
const checksMade = new Map<string, Map<string, Verdict>>();

/**
 * Remembers a check's verdict for the closing table.
 *
 * A cell that is run again must replace its check, not add one. What identifies a check is its note or, without one,
 * its form and the names of its wrong variants; two checks of one claim that share all this need different notes.
 */
export function recordCheck(claimId: string, key: string, verdict: Verdict): void {
  const checks = checksMade.get(claimId) ?? new Map<string, Verdict>();
  checksMade.set(claimId, checks.set(key, verdict));
}

/** The claim's verdict so far, the worst of its checks in this process; undefined before the first. */
export function sessionVerdict(claimId: string): Verdict | undefined {
  const checks = checksMade.get(claimId);
  return checks && worstVerdict([...checks.values()]);
}
