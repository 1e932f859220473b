import { existsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Piscina } from "piscina";
import { InterruptedError, requireThat } from "../core";

/** How a task went. */
export type Outcome<Task, Value> =
  | { readonly task: Task; readonly value: Value; readonly error?: undefined }
  | { readonly task: Task; readonly error: Error };

/** How tasks are spread over threads. */
export interface WorkerOptions<Task, Value> {
  /** The number of threads. Default: one for each core. */
  readonly workers?: number;
  /** Aborted to stop all threads at once. */
  readonly signal?: AbortSignal;
  /** Hears of each task as soon as it is done, in the order in which they end. */
  readonly onOutcome?: (outcome: Outcome<Task, Value>, index: number) => void;
}

/**
 * Runs the function that a file exports (as `default`, or as the module itself) once for each task, on several
 * threads. A task that fails, or whose thread dies, stops no other. Tasks and values are copied from thread to thread
 * (structured clone): they are data, not functions.
 *
 * The numbers do not depend on how many threads there are, as long as the function is pure: each thread loads the
 * library for itself. What threads share is the BLAS with its own threads, and BLAS rounds differently with one thread
 * than with two. OpenBLAS reads `OPENBLAS_NUM_THREADS` from the process (the environment of a thread is a copy that
 * no library sees) when the first of them loads it; `npm run sweep` sets it to 1.
 *
 * @returns the outcomes in the order of the tasks
 * @throws InvalidArgumentError unless the number of workers is a positive integer and the file is there
 * @throws InterruptedError when the signal was aborted: all threads have then been stopped
 * @throws Error when the threads cannot load the file; where no task is left to wait, the outcomes say so instead
 *
 * @example
 * await runInWorkers("worker.js", [1, 2]);
 * // InvalidArgumentError: runInWorkers: the file must be there, by its full path, got worker.js
 */
export async function runInWorkers<Task, Value>(
  file: string,
  tasks: readonly Task[],
  { workers = os.availableParallelism(), signal, onOutcome }: WorkerOptions<Task, Value> = {},
): Promise<Outcome<Task, Value>[]> {
  const valid = Number.isInteger(workers) && workers >= 1;
  requireThat(valid, "runInWorkers", "workers must be a positive integer", workers);
  requireThat(
    path.isAbsolute(file) && existsSync(file),
    "runInWorkers",
    "the file must be there, by its full path",
    file,
  );
  if (signal?.aborted) throw new InterruptedError();
  if (tasks.length === 0) return [];
  const threads = Math.min(workers, tasks.length);
  const pool = new Piscina({ filename: file, minThreads: threads, maxThreads: threads, recordTiming: false });
  let over = false;
  let broken: Error | undefined;
  const stop = (): void => {
    over = true;
    void pool.destroy();
  };
  // A thread failed outside a task: its file does not load, or a task left something behind that failed later.
  pool.on("error", (error: Error) => {
    broken ??= error;
    stop();
  });
  signal?.addEventListener("abort", stop);
  try {
    const outcomes = tasks.map(async (task, index): Promise<Outcome<Task, Value>> => {
      const outcome = await (pool.run(task) as Promise<Value>).then(
        (value) => ({ task, value }),
        (error: Error) => ({ task, error }),
      );
      if (!over) onOutcome?.(outcome, index);
      return outcome;
    });
    const done = await Promise.all(outcomes);
    if (over) throw broken ?? new InterruptedError();
    return done;
  } finally {
    over = true;
    signal?.removeEventListener("abort", stop);
    await pool.destroy();
  }
}
