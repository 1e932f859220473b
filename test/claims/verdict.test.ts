import { VERDICTS_WORST_FIRST, type Verdict, worstVerdict } from "flat-minima/claims";
import { describe, expect, it } from "vitest";

describe("worstVerdict", () => {
  it("orders every pair as listed, whichever comes first", () => {
    VERDICTS_WORST_FIRST.forEach((worse, i) => {
      for (const better of VERDICTS_WORST_FIRST.slice(i)) {
        expect(worstVerdict([worse, better])).toBe(worse);
        expect(worstVerdict([better, worse])).toBe(worse);
      }
    });
  });

  it.each<[Verdict, Verdict]>([
    ["fails", "not reproduced"],
    ["not reproduced", "reproduced, stored"],
    ["not reproduced, stored", "not reproduced"],
    ["holds, stored", "reproduced"],
    ["holds after correction", "holds"],
  ])("%s is worse than %s", (worse, better) => {
    expect(worstVerdict([better, worse])).toBe(worse);
  });

  it("refuses an empty list and what is no verdict", () => {
    expect(() => worstVerdict([])).toThrow(/worstVerdict: there must be at least one verdict/);
    expect(() => worstVerdict(["fine" as Verdict])).toThrow(/worstVerdict: each must be a verdict, got fine/);
  });
});
