import { afterEach, describe, expect, it } from "vitest";
import { DivergenceError } from "flat-minima/core";
import { runTrajectory, type UpdateMap } from "flat-minima/optimizers";

const halve: UpdateMap = (x) => x.map((value) => value / 2);
const HOST = Symbol.for("flat-minima.host");
const globals = globalThis as { [HOST]?: unknown };

afterEach(() => {
  delete globals[HOST];
});

describe("runTrajectory", () => {
  it("iterates the map and keeps copies of the parameters, the start included", async () => {
    const start = Float64Array.of(8, -4);
    const run = await runTrajectory(halve, start, { steps: 3 });
    expect(run.steps).toEqual([0, 1, 2, 3]);
    expect(run.observations.map((x) => Array.from(x))).toEqual([
      [8, -4],
      [4, -2],
      [2, -1],
      [1, -0.5],
    ]);
    expect(Array.from(run.parameters)).toEqual([1, -0.5]);
    expect(Array.from(start)).toEqual([8, -4]);
  });

  it("is not fooled by a map that works in place", async () => {
    const inPlace: UpdateMap = (x) => {
      x[0] /= 2;
      return x;
    };
    const start = Float64Array.of(8);
    const run = await runTrajectory(inPlace, start, { steps: 2 });
    expect(run.observations.map((x) => x[0])).toEqual([8, 4, 2]);
    expect(start[0]).toBe(8);
  });

  it("observes what it is told, every so many steps", async () => {
    const run = await runTrajectory(halve, Float64Array.of(32), {
      steps: 5,
      every: 2,
      observe: (x, step) => `${step}: ${x[0]}`,
    });
    expect(run.steps).toEqual([0, 2, 4]);
    expect(run.observations).toEqual(["0: 32", "2: 8", "4: 2"]);
    expect(run.parameters[0]).toBe(1);
  });

  it("names the step at which a parameter stopped being finite", async () => {
    const blowUp = runTrajectory((x) => x.map((value) => value * 1e200), Float64Array.of(1), { steps: 5 });
    const error: unknown = await blowUp.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DivergenceError);
    expect((error as DivergenceError).step).toBe(2); // 1, 1e200, then beyond 1.8e308
    expect((error as DivergenceError).message).toContain("runTrajectory: diverged at step 2");
  });

  it("stops when it is interrupted", async () => {
    const controller = new AbortController();
    globals[HOST] = { display: () => undefined, interruptSignal: controller.signal };
    const seen: number[] = [];
    const run = runTrajectory(halve, Float64Array.of(1), {
      steps: 1000,
      observe: (_, step) => {
        seen.push(step);
        if (step === 3) controller.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ name: "Interrupted" });
    expect(seen.length).toBeLessThan(10);
  });

  it("refuses bad options and starts", async () => {
    const run = (options: { steps: number; every?: number }, start = 1): Promise<unknown> =>
      runTrajectory(halve, Float64Array.of(start), options);
    await expect(run({ steps: -1 })).rejects.toThrow("runTrajectory: steps must be a non-negative integer, got -1");
    await expect(run({ steps: 1, every: 0 })).rejects.toThrow("every must be a positive integer, got 0");
    await expect(run({ steps: 1 }, NaN)).rejects.toThrow("start must be finite");
  });
});
