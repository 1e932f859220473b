import { notebookHost, progressBar, requireThat } from "../core";
import type { Job } from "./experiment";
import type { ConfigurationOf, ExperimentName, ResultOf } from "./registry";
import { runJobs } from "./run-jobs";

/** How jobs are spread over threads. */
export interface RunOptions {
  /** The number of threads. Default: one for each core. */
  readonly workers?: number;
  /** Aborted to stop at once. Default: the notebook's interrupt button. */
  readonly signal?: AbortSignal;
}

/**
 * Runs jobs of an experiment on several threads, with a progress bar below the running cell: for a smaller, live
 * version of what `npm run sweep` computes and keeps. Nothing is stored.
 *
 * @returns the results in the order of the jobs, whatever the number of workers
 * @throws InvalidArgumentError before any work, as {@link runJobs}
 * @throws InterruptedError when the notebook's interrupt button was pressed or the signal aborted
 * @throws ExperimentError naming the configuration of the first job that failed, when all the others are done
 *
 * @example
 * const configuration = { ...experiments["first-passage"].grid[0].configuration, paths: 1 };
 * const results = await runExperiments("first-passage", [1, 2].map((seed) => ({ configuration, seed })));
 * results.map(({ leavingSteps }) => leavingSteps[0]); // [232, 167]
 */
export async function runExperiments<Name extends ExperimentName>(
  name: Name,
  jobs: readonly Job<ConfigurationOf<Name>>[],
  { workers, signal = notebookHost()?.interruptSignal }: RunOptions = {},
): Promise<ResultOf<Name>[]> {
  requireThat(jobs.length > 0, "runExperiments", "there must be at least one job", jobs);
  const bar = progressBar(name, jobs.length);
  const outcomes = await runJobs(name, jobs, {
    workers,
    signal,
    // An interrupt is the signal's to report.
    onOutcome: () => void bar.advance().catch(() => {}),
  });
  bar.finish();
  return outcomes.map((outcome) => {
    if (outcome.error) throw outcome.error;
    return outcome.value.result;
  });
}
