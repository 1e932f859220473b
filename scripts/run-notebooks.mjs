// Runs notebooks on fresh processes, several at a time, and says how each went.
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import pLimit from "p-limit";
import { formatNotebook } from "../kernel/dist/notebook.js";
import { runNotebook } from "../kernel/dist/runner.js";
import { root, writeAtomically } from "./steps.mjs";

export const notebookFolder = join(root, "notebooks");

/** The committed notebooks' file names, in order; a reader's own copies are left out. */
export function courseNotebooks() {
  return readdirSync(notebookFolder)
    .filter((name) => /^\d\d-[\w-]+\.ipynb$/.test(name))
    .sort();
}

/**
 * Runs the notebooks and prints a line for each when it is done.
 *
 * @param {readonly string[]} names file names in notebooks/
 * @param {object} [options]
 * @param {boolean} [options.write] keep the outputs in the file of a notebook that passed
 * @param {number} [options.cellTimeLimit] seconds
 * @param {Record<string, string>} [options.environment] variables for the notebooks' processes
 * @param {number} [options.jobs] how many run at a time; one for each core
 * @returns {Promise<import("../kernel/dist/runner.js").NotebookRun[]>} in the order of the names
 */
export async function runNotebooks(
  names,
  { write = false, cellTimeLimit, environment, jobs = availableParallelism() } = {},
) {
  const limit = pLimit(jobs);
  let done = 0;
  return Promise.all(
    names.map((name) =>
      limit(async () => {
        const run = await runNotebook(join(notebookFolder, name), { cellTimeLimit, environment });
        const slowest = Math.max(0, ...run.cellSeconds.values());
        const verdict = run.failures.length === 0 ? "passed" : "FAILED";
        console.log(
          `[${++done}/${names.length}] ${basename(name)} ${verdict} in ${run.seconds.toFixed(1)} s (slowest cell ${slowest.toFixed(1)} s)`,
        );
        for (const { cell, reason, message } of run.failures) console.log(`    cell ${cell}, ${reason}: ${message}`);
        if (write && run.failures.length === 0) writeAtomically(run.file, formatNotebook(run.notebook));
        return run;
      }),
    ),
  );
}
