import { describe, expect, it } from "vitest";
import { countOne, countSummary, countVitest } from "../../scripts/counts.mjs";

describe("the count of a stage", () => {
  it("is one for a single check", () => {
    expect(countOne(0)).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(countOne(2)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it("is vitest's own, and never without a failure when vitest failed", () => {
    const report = JSON.stringify({ numPassedTests: 5, numFailedTests: 0, numPendingTests: 2, numTodoTests: 1 });
    expect(countVitest(report, 0)).toEqual({ passed: 5, failed: 0, skipped: 3 });
    expect(countVitest(report, 1)).toEqual({ passed: 5, failed: 1, skipped: 3 });
    expect(countVitest(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it("is read from the last summary line", () => {
    const output = "1 passed, 1 failed, 0 skipped\n…\n12 passed, 0 failed, 3 skipped\n";
    expect(countSummary(output, 0)).toEqual({ passed: 12, failed: 0, skipped: 3 });
    expect(countSummary(output, 1)).toEqual({ passed: 12, failed: 1, skipped: 3 });
    expect(countSummary("4 passed, 2 failed", 1)).toEqual({ passed: 4, failed: 2, skipped: 0 });
    expect(countSummary("crash", 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});
