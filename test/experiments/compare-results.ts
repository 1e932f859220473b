/**
 * Where two JSON values differ: numbers by more than `tolerance` times the larger of their moduli, all else at all.
 */
export function differences(stored: unknown, fresh: unknown, tolerance: number, place = "result"): string[] {
  if (typeof stored === "number" && typeof fresh === "number") {
    const close = Math.abs(stored - fresh) <= tolerance * Math.max(Math.abs(stored), Math.abs(fresh));
    return close ? [] : [`${place}: stored ${stored}, computed ${fresh}`];
  }
  const [kind, freshKind] = [stored, fresh].map((value) => (Array.isArray(value) ? "list" : typeof value));
  if (kind !== freshKind || stored === null || fresh === null || typeof stored !== "object") {
    return stored === fresh ? [] : [`${place}: stored ${JSON.stringify(stored)}, computed ${JSON.stringify(fresh)}`];
  }
  const [before, after] = [stored, fresh] as Record<string, unknown>[];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => differences(before[name], after[name], tolerance, `${place}.${name}`));
}
