// How many checks of a stage of `npm test` passed.

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * A stage that is a single check.
 *
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countOne(exitCode) {
  return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 };
}

/**
 * A stage that failed without naming a failed check (a crash, a file that does not load) has one all the same.
 *
 * @param {Counts} counts
 * @param {number} exitCode
 * @returns {Counts}
 */
function honest(counts, exitCode) {
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/**
 * Reads vitest's JSON report.
 *
 * @param {string | undefined} report undefined when there is none
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countVitest(report, exitCode) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(report);
  const counts = { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  return honest(counts, exitCode);
}

/**
 * Reads the last line of the form `N passed, N failed, N skipped`, where the skipped may be left out.
 *
 * @param {string} output
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countSummary(output, exitCode) {
  const match = [...output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/gm)].at(-1);
  if (!match) return { passed: 0, failed: 1, skipped: 0 };
  const [passed = 0, failed = 0, skipped = 0] = match.slice(1).map((number) => Number(number ?? 0));
  return honest({ passed, failed, skipped }, exitCode);
}
