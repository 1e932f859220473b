import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { InterruptedError, InvalidArgumentError } from "flat-minima/core";
import { runInWorkers, type WorkerOptions } from "flat-minima/experiments";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

type Task = [word: string, number: number, file?: string];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "flat-minima-workers-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = path.join(import.meta.dirname, "tasks.mjs");
const run = (tasks: Task[], options?: WorkerOptions<Task, number>) => runInWorkers<Task, number>(file, tasks, options);

describe("runInWorkers", () => {
  it("gives the outcomes in the order of the tasks, and tells of each as soon as it is there", async () => {
    const lastOne = path.join(folder, "the others are done");
    const tasks: Task[] = [
      ["wait", 4, lastOne],
      ["give", 3],
      ["give", 2],
      ["give", 1],
    ];
    const told: number[] = [];
    const outcomes = await run(tasks, {
      workers: 2,
      onOutcome: (_, index) => {
        if (told.push(index) === 3) writeFileSync(lastOne, "");
      },
    });
    expect(outcomes).toEqual(tasks.map((task) => ({ task, value: 10 * task[1] })));
    expect(told).toEqual([1, 2, 3, 0]);
  });

  it.each([1, 2, 8])("a failure and a thread that dies stop no other task, with %i workers", async (workers) => {
    const tasks: Task[] = [
      ["give", 1],
      ["fail", 2],
      ["exit", 3],
      ["give", 4],
      ["give", 5],
    ];
    const outcomes = await run(tasks, { workers });
    expect(outcomes.map(({ task }) => task)).toEqual(tasks);
    expect(outcomes.map((outcome) => (outcome.error ? outcome.error.message : outcome.value))).toEqual([
      10,
      "failed with 2",
      "worker exited with code: 3",
      40,
      50,
    ]);
  });

  it("stops threads in the middle of an endless task when it is aborted, and tells of nothing more", async () => {
    const interrupt = new AbortController();
    const told: number[] = [];
    const running = run(
      [
        ["give", 1],
        ["spin", 0],
        ["spin", 0],
        ["give", 1],
      ],
      {
        workers: 2,
        signal: interrupt.signal,
        onOutcome: (_, index) => {
          told.push(index);
          interrupt.abort();
        },
      },
    );
    await expect(running).rejects.toThrow(InterruptedError);
    expect(told).toEqual([0]);
  });

  it("starts nothing when it is aborted already", async () => {
    await expect(run([["spin", 0]], { signal: AbortSignal.abort() })).rejects.toThrow(InterruptedError);
  });

  it("passes on what its listener throws, and stops", async () => {
    const onOutcome = () => {
      throw new Error("the disk is full");
    };
    const tasks: Task[] = [
      ["give", 1],
      ["spin", 0],
    ];
    await expect(run(tasks, { workers: 2, onOutcome })).rejects.toThrow("the disk is full");
  });

  it("does nothing for no task", async () => {
    expect(await run([])).toEqual([]);
  });

  it.each([0, -1, 1.5, NaN, Infinity])("refuses %d workers", async (workers) => {
    const message = `runInWorkers: workers must be a positive integer, got ${workers}`;
    await expect(run([["fail", 1]], { workers })).rejects.toThrow(new InvalidArgumentError(message));
  });

  it("refuses a file that is not there, and says when one does not load", async () => {
    const message = "runInWorkers: the file must be there, by its full path, got ";
    await expect(runInWorkers("/no/such.js", [1])).rejects.toThrow(new InvalidArgumentError(`${message}/no/such.js`));
    await expect(runInWorkers("package.json", [1])).rejects.toThrow(`${message}package.json`);
    const damaged = path.join(folder, "damaged.cjs");
    writeFileSync(damaged, "no program");
    await expect(runInWorkers(damaged, [1, 2, 3, 4], { workers: 1 })).rejects.toThrow("Unexpected identifier");
  });
});
