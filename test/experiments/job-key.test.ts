import { experiments, jobKey, type Job } from "flat-minima/experiments";
import { describe, expect, it } from "vitest";

describe("jobKey", () => {
  // Pinned: stored results are found by it. By Python, hashlib.sha256 of the text that stands beside it.
  it.each<[name: string, version: number, job: Job<unknown>, key: string]>([
    // {"configuration":{"learningRate":0.7},"experiment":"first-passage","seed":3,"version":1}
    ["first-passage", 1, { configuration: { learningRate: 0.7 }, seed: 3 }, "c988967508d8c309"],
    // {"configuration":{"batchSize":4,"dimension":6,"sampleCount":8,"sampling":"without replacement"},
    //  "experiment":"second-moment-threshold","seed":4294967295,"version":1}, without the break
    [
      "second-moment-threshold",
      1,
      {
        configuration: { sampling: "without replacement", sampleCount: 8, dimension: 6, batchSize: 4 },
        seed: 4294967295,
      },
      "8186a48819e6cf44",
    ],
  ])("of %s, version %i", (name, version, job, key) => {
    expect(jobKey({ name, version }, job)).toBe(key);
  });

  it("changes with everything that the result depends on", () => {
    const job = { configuration: { a: 1 }, seed: 0 };
    const keys = [
      jobKey({ name: "x", version: 1 }, job),
      jobKey({ name: "y", version: 1 }, job),
      jobKey({ name: "x", version: 2 }, job),
      jobKey({ name: "x", version: 1 }, { ...job, seed: 1 }),
      jobKey({ name: "x", version: 1 }, { ...job, configuration: { a: 2 } }),
      jobKey({ name: "x", version: 1 }, { ...job, configuration: { a: "1" } }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("refuses a configuration that JSON would distort", () => {
    expect(() => jobKey(experiments["first-passage"], { configuration: { rate: NaN }, seed: 0 })).toThrow(
      "canonicalJson: value.configuration.rate must be JSON, got NaN",
    );
  });
});
