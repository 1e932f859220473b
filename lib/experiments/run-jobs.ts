import { createRequire } from "node:module";
import path from "node:path";
import { requireThat } from "../core";
import { canonicalJson } from "./canonical-json";
import type { Experiment, Job } from "./experiment";
import { type ConfigurationOf, type ExperimentName, experiments, type ResultOf } from "./registry";
import { requireSeed } from "./requirements";
import { type Outcome, runInWorkers, type WorkerOptions } from "./run-in-workers";

/** What a thread is told. */
export interface Task extends Job<unknown> {
  readonly experiment: ExperimentName;
}

/** A job that is done. */
export interface Finished<Result> {
  readonly result: Result;
  readonly seconds: number;
  /** The description of the engine that the thread used, and of its inner loops. */
  readonly engine: string;
}

/** How a job of an experiment went. */
export type JobOutcome<Name extends ExperimentName> = Outcome<Job<ConfigurationOf<Name>>, Finished<ResultOf<Name>>>;

/**
 * A job failed. The message names the experiment, the configuration and the seed; `cause` is what happened.
 *
 * @example
 * new ExperimentError("first-passage", { configuration: { learningRate: 2 }, seed: 1 }, new Error("why")).message;
 * // 'first-passage with {"learningRate":2} and seed 1: why'
 */
export class ExperimentError extends Error {
  override readonly name: string = "ExperimentError";
  readonly configuration: unknown;
  readonly seed: number;

  constructor(experiment: string, { configuration, seed }: Job<unknown>, cause: Error) {
    super(`${experiment} with ${canonicalJson(configuration)} and seed ${seed}: ${cause.message}`, { cause });
    this.configuration = configuration;
    this.seed = seed;
  }
}

/** The worker as it was compiled, also when this file runs from its TypeScript source, which a thread cannot load. */
function workerFile(): string {
  const manifest = createRequire(__filename).resolve("flat-minima/package.json");
  return path.join(path.dirname(manifest), "dist", "experiments", "worker.js");
}

/**
 * Runs jobs of an experiment on several threads. A job that fails stops no other: its outcome carries an
 * {@link ExperimentError} with its configuration. The same jobs give the same results with any number of workers.
 *
 * @returns the outcomes in the order of the jobs
 * @throws InvalidArgumentError before any work, on an unknown experiment, on a configuration that it refuses, on a bad
 *   seed, and unless the number of workers is a positive integer
 * @throws InterruptedError when the signal was aborted: all threads have then been stopped
 *
 * @example
 * const configuration = { ...experiments["first-passage"].grid[0].configuration, paths: 1 };
 * const [outcome] = await runJobs("first-passage", [{ configuration, seed: 3 }], { workers: 1 });
 * outcome.error === undefined && outcome.value.result.leavingSteps; // [208]
 */
export async function runJobs<Name extends ExperimentName>(
  name: Name,
  jobs: readonly Job<ConfigurationOf<Name>>[],
  { workers, signal, onOutcome }: WorkerOptions<Job<ConfigurationOf<Name>>, Finished<ResultOf<Name>>> = {},
): Promise<JobOutcome<Name>[]> {
  const names = Object.keys(experiments);
  requireThat(names.includes(name), "runJobs", `the experiment must be one of ${names.join(", ")}`, name);
  const experiment: Experiment<unknown, unknown> = experiments[name];
  for (const { configuration, seed } of jobs) {
    experiment.validate(name, configuration);
    requireSeed(name, seed);
  }
  const tasks = jobs.map(({ configuration, seed }) => ({ experiment: name, configuration, seed }));
  const named = ({ task, ...outcome }: JobOutcome<Name>): JobOutcome<Name> =>
    outcome.error ? { task, error: new ExperimentError(name, task, outcome.error) } : { task, ...outcome };
  const outcomes = await runInWorkers<Task & Job<ConfigurationOf<Name>>, Finished<ResultOf<Name>>>(
    workerFile(),
    tasks,
    { workers, signal, onOutcome: onOutcome && ((outcome, index) => onOutcome(named(outcome), index)) },
  );
  return outcomes.map(named);
}
