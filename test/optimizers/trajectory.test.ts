import { afterEach, describe, expect, it } from "vitest";
import { breathe, DivergenceError, InterruptedError, randomStream } from "flat-minima/core";
import {
  gradientDescent,
  runTrajectory,
  type Series,
  type StoppedTrajectoryError,
  type Trainer,
  type UpdateMap,
} from "flat-minima/optimizers";
import { type FakeHost, installFakeHost, removeFakeHost } from "../core/fake-host";

const halve: UpdateMap = (x) => x.map((value) => value / 2);

afterEach(removeFakeHost);

describe("runTrajectory: memory", () => {
  const halveInto: UpdateMap = (x, into = new Float64Array(x.length)) => {
    x.forEach((value, k) => (into[k] = value / 2));
    return into;
  };

  it("offers memory that is used no more, and never what an observer has seen", async () => {
    const offered: (Float64Array | undefined)[] = [];
    const seen: Float64Array[] = [];
    const update: UpdateMap = (x, into) => {
      offered.push(into);
      return halveInto(x, into);
    };
    const run = await runTrajectory(update, Float64Array.of(1024, 2), {
      steps: 10,
      every: 5,
      observe: (x) => {
        seen.push(x);
        return x[0];
      },
    });
    expect(run.observations).toEqual([1024, 32, 1]);
    expect(seen.map((x) => x[0])).toEqual([1024, 32, 1]); // kept by reference, and still what they were
    // Nothing is left over in the first step, nor in the one after the start or after step 5 was seen.
    expect(offered.map((into) => into !== undefined)).toEqual([0, 0, 1, 1, 1, 1, 0, 1, 1, 1].map(Boolean));
  });

  it("takes an update map that returns its argument", async () => {
    const { parameters } = await runTrajectory((x) => x, Float64Array.of(3), { steps: 4, every: 4 });
    expect(parameters).toEqual(Float64Array.of(3));
  });

  it("gives the same bits with and without it", async () => {
    const stream = randomStream(5, "memory");
    const [start, slopes] = [stream.normals(37), stream.normals(37)];
    const gradient = (x: Float64Array) => x.map((value, k) => slopes[k] * value);
    const lent = gradientDescent({ gradient, learningRate: 0.01, weightDecay: 0.1 });
    const [reused, fresh] = await Promise.all(
      [lent, (x: Float64Array) => lent(x)].map((update) => runTrajectory(update, start, { steps: 50, every: 50 })),
    );
    expect(reused.parameters).toEqual(fresh.parameters);
  });
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
    const host = installFakeHost();
    const seen: number[] = [];
    const run = runTrajectory(halve, Float64Array.of(1), {
      steps: 1000,
      observe: (_, step) => {
        seen.push(step);
        if (step === 3) host.interrupt();
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

describe("runTrajectory with named observers", () => {
  it("records each at its own steps, beside the single observation", async () => {
    const run = await runTrajectory(halve, Float64Array.of(64), {
      steps: 6,
      every: 4,
      observe: (x) => x[0],
      observers: {
        size: { every: 3, observe: (x) => x[0] },
        label: { every: 5, observe: (x, step) => `${step}: ${x[0]}` },
        each: { observe: (_, step) => step },
      },
    });
    expect([run.steps, run.observations]).toEqual([
      [0, 4],
      [64, 4],
    ]);
    // The types are those of the functions.
    const sizes: number[] = run.observed.size.values;
    const labels: string[] = run.observed.label.values;
    expect([run.observed.size.steps, sizes]).toEqual([
      [0, 3, 6],
      [64, 8, 1],
    ]);
    expect([run.observed.label.steps, labels]).toEqual([
      [0, 5],
      ["0: 64", "5: 2"],
    ]);
    expect(run.observed.each.values).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect([run.ended, run.step, run.parameters[0], run.reason]).toEqual(["completed", 6, 1, undefined]);
  });

  it("keeps no parameters where nothing but named observers was asked for", async () => {
    const observers = { size: { every: 2, observe: (x: Float64Array) => x[0] } };
    const run = await runTrajectory(halve, Float64Array.of(8), { steps: 3, observers });
    expect([run.steps, run.observations, run.observed.size.values]).toEqual([[], [], [8, 2]]);
    expect(run.parameters[0]).toBe(1);
  });

  it("waits for observers that take their time", async () => {
    const run = await runTrajectory(halve, Float64Array.of(8), {
      steps: 2,
      observe: async (x) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return x[0];
      },
      observers: { later: { observe: (x) => Promise.resolve(x[0] + 1) } },
    });
    const values: number[] = run.observations;
    expect([values, run.observed.later.values]).toEqual([
      [8, 4, 2],
      [9, 5, 3],
    ]);
  });

  it("passes an observer's own error on as it is", async () => {
    const failing = runTrajectory(halve, Float64Array.of(8), {
      steps: 2,
      ifStopped: "return",
      observe: () => {
        throw new TypeError("no");
      },
    });
    await expect(failing).rejects.toThrow(TypeError);
  });
});

describe("runTrajectory's end", () => {
  it("comes where until holds, with the observation there", async () => {
    const asked: number[] = [];
    const run = await runTrajectory(halve, Float64Array.of(64), {
      steps: 100,
      every: 2,
      observe: (x) => x[0],
      until: (x, step) => {
        asked.push(step);
        return x[0] < 10;
      },
    });
    expect(asked).toEqual([0, 2, 4]);
    expect([run.observations, run.ended, run.step, run.parameters[0]]).toEqual([[64, 16, 4], "stopped", 4, 4]);
    const observers = { rare: { every: 50, observe: (x: Float64Array) => x[0] } };
    const unseen = await runTrajectory(halve, Float64Array.of(64), { steps: 100, observers, until: (x) => x[0] < 10 });
    expect([unseen.step, unseen.observed.rare.values]).toEqual([3, [64]]); // asked at every step all the same
    const atOnce = await runTrajectory(halve, Float64Array.of(1), { steps: 9, until: () => true });
    expect([atOnce.ended, atOnce.step, atOnce.parameters[0]]).toEqual(["stopped", 0, 1]);
  });

  it("by divergence carries what was recorded, or returns it when asked", async () => {
    const explode: UpdateMap = (x) => x.map((value) => value * 1e100);
    const options = {
      steps: 9,
      every: 2,
      observe: (x: Float64Array) => x[0],
      observers: { each: { observe: (_: Float64Array, step: number) => step } },
    };
    const error = (await runTrajectory(explode, Float64Array.of(1), options).catch(
      (reason: unknown) => reason,
    )) as StoppedTrajectoryError<number, typeof options.observers>;
    expect(error).toBeInstanceOf(DivergenceError);
    expect(error).toMatchObject({ step: 4, message: "runTrajectory: diverged at step 4, a parameter is not finite" });
    const { trajectory } = error;
    expect([trajectory.steps, trajectory.observations]).toEqual([
      [0, 2],
      [1, 1e200],
    ]);
    expect(trajectory.observed.each.values).toEqual([0, 1, 2, 3]);
    expect([trajectory.ended, trajectory.step, trajectory.parameters[0]]).toEqual(["diverged", 3, 1e300]);
    expect("reason" in trajectory).toBe(false);

    const run = await runTrajectory(explode, Float64Array.of(1), { ...options, ifStopped: "return" });
    const { reason, ...rest } = run;
    expect(rest).toEqual(trajectory);
    expect([reason?.name, reason?.message]).toEqual([error.name, error.message]);
  });

  it("by divergence names the first step even between observations and breaths", async () => {
    const fail: UpdateMap = (x) => Float64Array.of(x[0] + 1, x[0] === 12_344 ? NaN : 0, 0, 0, 0);
    const run = await runTrajectory(fail, new Float64Array(5), {
      steps: 100_000,
      ifStopped: "return",
      observers: { last: { every: 5000, observe: ([x]) => x } },
    });
    expect(run.observed.last.values).toEqual([0, 5000, 10_000]);
    expect([run.step, run.parameters[0]]).toEqual([12_344, 12_344]);
    expect(run.reason).toMatchObject({ step: 12_345 });
  });

  it("by an interruption between observations carries the state at that step", async () => {
    for (const ifStopped of ["throw", "return"] as const) {
      const host = installFakeHost();
      // Only if the loop hands over does the timer go off; the run itself would take ages.
      setTimeout(() => host.interrupt(), 0);
      const count: UpdateMap = (x) => Float64Array.of(x[0] + 1);
      const ending = runTrajectory(count, Float64Array.of(0), {
        steps: 1e12,
        ifStopped,
        observers: { each: { every: 10, observe: (x) => x[0] } },
      });
      const caught: unknown = await ending.catch((reason: unknown) => reason);
      if (ifStopped === "throw") expect(caught).toBeInstanceOf(InterruptedError);
      const run = ifStopped === "return" ? await ending : (caught as StoppedTrajectoryError).trajectory;
      expect(run.ended).toBe("interrupted");
      expect(run.reason instanceof InterruptedError).toBe(ifStopped === "return");
      expect(run.step).toBeGreaterThan(0);
      expect(run.parameters[0]).toBe(run.step);
      const { steps, values } = run.observed.each as Series<number>;
      expect(values).toEqual(steps);
      expect(steps.length).toBe(Math.ceil(run.step / 10)); // 0, 10, …, all below run.step
    }
  });

  it("by an interruption while an observer waits keeps names and values in step", async () => {
    const host = installFakeHost();
    const run = await runTrajectory(halve, Float64Array.of(8), {
      steps: 5,
      ifStopped: "return",
      observe: async (x, step) => {
        if (step === 2) host.interrupt();
        if (step === 2) await breathe();
        return x[0];
      },
    });
    expect([run.ended, run.steps, run.observations, run.step]).toEqual(["interrupted", [0, 1], [8, 4], 2]);
  });
});

describe("runTrajectory's progress bar", () => {
  const shown = (host: FakeHost): string[] => host.sent.map(({ data }) => String(data["text/plain"]));

  it("moves to the end, also where until ends the run", async () => {
    for (const until of [undefined, (_: Float64Array, step: number) => step === 3]) {
      const host = installFakeHost();
      await runTrajectory(halve, Float64Array.of(1), { steps: 10, progress: "training", until });
      expect(shown(host)[0]).toBe("training [..............................] 0 %");
      expect(shown(host).at(-1)).toBe("training [##############################] 100 %");
    }
  });

  it("stops where the run is interrupted, and is not there without a label or a step", async () => {
    const host = installFakeHost();
    const observe = (_: Float64Array, step: number): void => {
      if (step === 3) host.interrupt();
    };
    await runTrajectory(halve, Float64Array.of(1), { steps: 10, progress: "training", observe, ifStopped: "return" });
    expect(shown(host).length).toBeGreaterThan(0);
    expect(shown(host).at(-1)).not.toContain("100 %");
    const other = installFakeHost();
    await runTrajectory(halve, Float64Array.of(1), { steps: 10 });
    await runTrajectory(halve, Float64Array.of(1), { steps: 0, progress: "training" });
    expect(shown(other)).toEqual([]);
  });
});

describe("runTrajectory of a trainer", () => {
  /** Counts its steps in θ, and notes how many it was told at a time. */
  function counter(first = 0, breakAt = Infinity): Trainer & { told: number[] } {
    let step = first;
    const told: number[] = [];
    return {
      told,
      get step() {
        return step;
      },
      advance(steps) {
        told.push(steps);
        step += steps;
      },
      parameters: () => Float64Array.of(step >= breakAt ? NaN : step),
    };
  }

  it("observes at the same steps, and advances by many steps in between", async () => {
    const trainer = counter();
    const run = await runTrajectory(trainer, {
      steps: 10_000,
      observers: { rare: { every: 3000, observe: (x) => x[0] }, odd: { every: 3500, observe: (_, step) => step } },
    });
    expect(run.observed.rare).toEqual({ steps: [0, 3000, 6000, 9000], values: [0, 3000, 6000, 9000] });
    expect(run.observed.odd.values).toEqual([0, 3500, 7000]);
    expect([run.step, run.parameters[0], run.ended]).toEqual([10_000, 10_000, "completed"]);
    expect(trainer.told.reduce((sum, steps) => sum + steps)).toBe(10_000);
    // 1, 2, 4, … up to the next look: calls cost nothing here.
    expect(trainer.told.length).toBeLessThan(100);
    expect(trainer.told.slice(0, 3)).toEqual([1, 2, 4]);
  });

  it("goes on from where the trainer stands, at multiples of every", async () => {
    const trainer = counter(7);
    const run = await runTrajectory(trainer, { steps: 10, every: 5 });
    expect(run.steps).toEqual([10, 15]);
    expect(run.observations.map(([x]) => x)).toEqual([10, 15]);
    expect(trainer.step).toBe(17);
    const stopped = await runTrajectory(trainer, { steps: 10, every: 5, until: (x) => x[0] >= 20 });
    expect([stopped.ended, stopped.step]).toEqual(["stopped", 20]);
  });

  it("names the first look at which a parameter is not finite, the same on every machine", async () => {
    const run = await runTrajectory(counter(0, 2345), {
      steps: 10_000,
      ifStopped: "return",
      observers: { rare: { every: 2500, observe: (x) => x[0] } },
    });
    expect(run.reason).toMatchObject({ name: "DivergenceError", step: 2500 });
    expect([run.ended, run.step, run.parameters[0]]).toEqual(["diverged", 2000, 2000]);
    expect(run.observed.rare.values).toEqual([0]);
    await expect(runTrajectory(counter(0, 2345), { steps: 10_000, every: 5000 })).rejects.toThrow(
      "runTrajectory: diverged at step 3000, a parameter is not finite",
    );
    const ownName = { ...counter(), advance: () => raise(new DivergenceError("trainer", 17, "the loss is NaN")) };
    await expect(runTrajectory(ownName, { steps: 5 })).rejects.toThrow("trainer: diverged at step 17, the loss is NaN");
  });

  it("is interrupted between two calls", async () => {
    const host = installFakeHost();
    setTimeout(() => host.interrupt(), 0);
    const run = await runTrajectory(counter(), { steps: 1e15, every: 1e15, ifStopped: "return" });
    expect(run.ended).toBe("interrupted");
    expect(run.parameters[0]).toBe(run.step);
    expect(run.step).toBeLessThan(1e15);
  });

  it("refuses a trainer that makes other steps than it is told", async () => {
    const lazy = { ...counter(), step: 0, advance: () => undefined };
    await expect(runTrajectory(lazy, { steps: 5 })).rejects.toThrow(
      "runTrajectory: the trainer's step must be 1 after 1 more steps, got 0",
    );
  });
});

describe("runTrajectory's options", () => {
  it("are refused when they make no sense", async () => {
    const run = (change: object): Promise<unknown> => runTrajectory(halve, Float64Array.of(1), { steps: 1, ...change });
    await expect(run({ observers: { loss: { every: 1.5, observe: () => 0 } } })).rejects.toThrow(
      "runTrajectory: observers.loss.every must be a positive integer, got 1.5",
    );
    await expect(run({ ifStopped: "ignore" })).rejects.toThrow('ifStopped must be "throw" or "return", got ignore');
    const grow: UpdateMap = (x) => new Float64Array(x.length + 1);
    await expect(runTrajectory(grow, Float64Array.of(1), { steps: 1 })).rejects.toThrow(
      "runTrajectory: the update map must keep the number of parameters, 1, got 2",
    );
  });
});

function raise(error: Error): never {
  throw error;
}
