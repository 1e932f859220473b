import { InterruptedError, InvalidArgumentError } from "flat-minima/core";
import { ExperimentError, experiments, runExperiments, runJobs } from "flat-minima/experiments";
import { afterEach, describe, expect, it } from "vitest";
import { installFakeHost, removeFakeHost } from "../core/fake-host";

const { configuration } = experiments["first-passage"].grid[0];
const short = { ...configuration, paths: 5 };
/** A step of this size takes x out of the finite numbers when the sharp sample is drawn. */
const diverging = { ...configuration, learningRate: 1.7e308, start: 0.59 };

const jobsWith = <C>(configuration: C, count: number) =>
  Array.from({ length: count }, (_, seed) => ({ configuration, seed }));

describe("the same numbers, bit for bit, with 1, 2 and 8 workers", () => {
  it("of first-passage", async () => {
    const [one, two, eight] = await Promise.all(
      [1, 2, 8].map((workers) => runExperiments("first-passage", jobsWith(short, 10), { workers })),
    );
    expect(new Set(one.map((result) => JSON.stringify(result))).size).toBe(10);
    expect(two).toEqual(one);
    expect(eight).toEqual(one);
  });

  it("of second-moment-threshold, which goes through the engine", async () => {
    const jobs = experiments["second-moment-threshold"].grid
      .slice(0, 9)
      .flatMap(({ configuration }) => jobsWith(configuration, 1));
    const results = [];
    for (const workers of [1, 2, 8]) results.push(await runExperiments("second-moment-threshold", jobs, { workers }));
    const [one, two, eight] = results;
    expect(one).toHaveLength(9);
    expect(two).toEqual(one);
    expect(eight).toEqual(one);
  });

  it("of xor-one-sample-sam, which trains in WebAssembly", async () => {
    const jobs = experiments["xor-one-sample-sam"].grid
      .slice(0, 3)
      .flatMap(({ configuration }) => jobsWith({ ...configuration, steps: 5000, draws: 1 }, 3));
    const results = [];
    for (const workers of [1, 2, 8]) results.push(await runExperiments("xor-one-sample-sam", jobs, { workers }));
    const [one, two, eight] = results;
    expect(new Set(one.map(({ runs }) => JSON.stringify(runs))).size).toBe(9);
    expect(two).toEqual(one);
    expect(eight).toEqual(one);
  });

  it("which are those of the function itself, called here", async () => {
    const here = await experiments["first-passage"].run(short, 4);
    expect((await runExperiments("first-passage", jobsWith(short, 5)))[4]).toEqual(here);
  });
});

describe("a job that fails", () => {
  const jobs = [jobsWith(short, 1)[0], { configuration: diverging, seed: 1 }, jobsWith(short, 3)[2]];
  const message =
    'first-passage with {"learningRate":1.7e+308,"maximumSteps":4000,"normalisation":"whole","paths":200,' +
    '"start":0.59} and seed 1: DivergenceError: first-passage: diverged at step 1, x is Infinity';

  it("is told with its configuration, and the others are done", async () => {
    const told: unknown[] = [];
    const outcomes = await runJobs("first-passage", jobs, {
      workers: 2,
      onOutcome: ({ error }) => told.push(error?.message),
    });
    expect(outcomes.map(({ error }) => error?.message)).toEqual([undefined, message, undefined]);
    expect(outcomes.map(({ task }) => task.seed)).toEqual([0, 1, 2]);
    expect(told.sort()).toEqual([message, undefined, undefined]);
  });

  it("makes runExperiments throw", async () => {
    const error: unknown = await runExperiments("first-passage", jobs).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ExperimentError);
    expect(error).toMatchObject({ name: "ExperimentError", message, configuration: diverging, seed: 1 });
    expect((error as ExperimentError).cause).toMatchObject({ message: message.split("seed 1: ")[1] });
  });
});

describe("before any work", () => {
  it.each<[string, unknown, unknown, string]>([
    [
      "first-passages",
      short,
      1,
      `runJobs: the experiment must be one of ${Object.keys(experiments).join(", ")}, got first-passages`,
    ],
    ["toString", short, 1, "runJobs: the experiment must be one of"],
    ["first-passage", { ...short, paths: 0 }, 1, "first-passage: paths must be an integer from 1 to 1000000, got 0"],
    ["first-passage", short, -1, "first-passage: a seed must be an integer from 0 to 4294967295, got -1"],
  ])("refuses %s with %j and seed %j", async (name, configuration, seed, message) => {
    const run = runJobs(name as "first-passage", [{ configuration, seed } as never]);
    await expect(run).rejects.toThrow(InvalidArgumentError);
    await expect(run).rejects.toThrow(message);
  });

  it("refuses an empty list of jobs", async () => {
    await expect(runExperiments("first-passage", [])).rejects.toThrow(
      "runExperiments: there must be at least one job, got []",
    );
  });
});

describe("in a notebook", () => {
  afterEach(removeFakeHost);

  it("draws one bar over all jobs, from nothing to full", async () => {
    const { sent } = installFakeHost();
    await runExperiments("first-passage", jobsWith(short, 4), { workers: 2 });
    const texts = sent.map(({ data }) => data["text/plain"]);
    expect(texts[0]).toBe("first-passage [..............................] 0 %");
    expect(texts.at(-1)).toBe("first-passage [##############################] 100 %");
    expect(new Set(sent.map(({ options }) => options?.displayId)).size).toBe(1);
  });

  it("stops when the user interrupts the cell", async () => {
    const host = installFakeHost();
    const running = runExperiments("first-passage", jobsWith({ ...configuration, paths: 1e6 }, 4));
    setTimeout(() => host.interrupt(), 200);
    await expect(running).rejects.toThrow(InterruptedError);
  });

  it("keeps what is done when it is told to, and nothing else", async () => {
    const host = installFakeHost();
    // The third job takes long enough for the bar to be drawn again, the last one minutes.
    const [third] = jobsWith({ ...configuration, paths: 20_000 }, 1);
    const [last] = jobsWith({ ...configuration, paths: 1e6 }, 1);
    const jobs = [...jobsWith(short, 2), third, last];
    const running = runExperiments("first-passage", jobs, { workers: 2, ifStopped: "return" });
    const drawn = () => host.sent.map(({ data }) => String(data["text/plain"]));
    while (!drawn().some((text) => text.includes(" 75 %"))) await new Promise((resolve) => setTimeout(resolve, 20));
    host.interrupt();
    const results = await running;
    expect(results[3]).toBeUndefined();
    expect(drawn().some((text) => text.includes("100 %"))).toBe(false);
    removeFakeHost();
    expect(results.slice(0, 3)).toEqual(await runExperiments("first-passage", jobs.slice(0, 3)));
  });

  it("does not keep quiet about a job that failed, nor take another stop rule", async () => {
    const jobs = [{ configuration: diverging, seed: 1 }];
    await expect(runExperiments("first-passage", jobs, { ifStopped: "return" })).rejects.toThrow(ExperimentError);
    const unknown = runExperiments("first-passage", jobs, { ifStopped: "ignore" as never });
    await expect(unknown).rejects.toThrow('runExperiments: ifStopped must be "throw" or "return", got ignore');
  });
});
