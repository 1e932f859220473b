import { InterruptedError, notebookHost, progressBar, requireThat } from "../core";
import type { Job } from "./experiment";
import type { ConfigurationOf, ExperimentName, ResultOf } from "./registry";
import { type JobOutcome, runJobs } from "./run-jobs";

/** How jobs are spread over threads. */
export interface RunOptions {
  /** The number of threads. Default: one for each core. */
  readonly workers?: number;
  /** Aborted to stop at once. Default: the notebook's interrupt button. */
  readonly signal?: AbortSignal;
  /**
   * What becomes of a run that is interrupted: "throw" (default) throws, "return" returns what is done, and `undefined`
   * in the place of every other job. It throws by default so that nobody takes a part of the jobs for all of them.
   */
  readonly ifStopped?: "throw" | "return";
}

/**
 * Runs jobs of an experiment on several threads, with a progress bar below the running cell: for a smaller, live
 * version of what `npm run sweep` computes and keeps. Nothing is stored.
 *
 * @returns the results in the order of the jobs, whatever the number of workers
 * @throws InvalidArgumentError before any work, as {@link runJobs}
 * @throws InterruptedError when the notebook's interrupt button was pressed or the signal aborted, unless `ifStopped` is
 *   "return"
 * @throws ExperimentError naming the configuration of the first job that failed, when all the others are done
 *
 * @example
 * const configuration = { ...experiments["first-passage"].grid[0].configuration, paths: 1 };
 * const results = await runExperiments("first-passage", [1, 2].map((seed) => ({ configuration, seed })));
 * results.map(({ leavingSteps }) => leavingSteps[0]); // [232, 167]
 */
export function runExperiments<Name extends ExperimentName>(
  name: Name,
  jobs: readonly Job<ConfigurationOf<Name>>[],
  options: RunOptions & { readonly ifStopped: "return" },
): Promise<(ResultOf<Name> | undefined)[]>;
export function runExperiments<Name extends ExperimentName>(
  name: Name,
  jobs: readonly Job<ConfigurationOf<Name>>[],
  options?: RunOptions,
): Promise<ResultOf<Name>[]>;
export async function runExperiments<Name extends ExperimentName>(
  name: Name,
  jobs: readonly Job<ConfigurationOf<Name>>[],
  { workers, signal = notebookHost()?.interruptSignal, ifStopped = "throw" }: RunOptions = {},
): Promise<(ResultOf<Name> | undefined)[]> {
  requireThat(jobs.length > 0, "runExperiments", "there must be at least one job", jobs);
  const stopRule = ifStopped === "throw" || ifStopped === "return";
  requireThat(stopRule, "runExperiments", 'ifStopped must be "throw" or "return"', ifStopped);
  const bar = progressBar(name, jobs.length);
  const outcomes: (JobOutcome<Name> | undefined)[] = jobs.map(() => undefined);
  const onOutcome = (outcome: JobOutcome<Name>, index: number): void => {
    outcomes[index] = outcome;
    // An interrupt is the signal's to report.
    void bar.advance().catch(() => {});
  };
  try {
    await runJobs(name, jobs, { workers, signal, onOutcome });
    bar.finish();
  } catch (error) {
    if (ifStopped === "throw" || !(error instanceof InterruptedError)) throw error;
  }
  return outcomes.map((outcome) => {
    if (outcome?.error) throw outcome.error;
    return outcome?.value.result;
  });
}
