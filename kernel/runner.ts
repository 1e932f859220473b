import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { joinLines, type CellOutput, type Notebook } from "./notebook";

/** What the child tells the parent. */
export type CellMessage =
  | { type: "start"; index: number }
  | { type: "end"; index: number; executionCount: number; outputs: CellOutput[]; seconds: number };

/** Why a notebook failed. `cell` counts code cells from 1, as the brackets beside them do after "Run all". */
export interface Failure {
  cell: number;
  reason: "error" | "stderr" | "time limit" | "died";
  message: string;
}

export interface NotebookRun {
  file: string;
  /** The notebook with the outputs of this run. Cells that did not run have none. */
  notebook: Notebook;
  failures: Failure[];
  seconds: number;
  /** Seconds by cell index. */
  cellSeconds: Map<number, number>;
}

export interface RunOptions {
  /** Seconds that one cell may take; beyond it the process is killed. */
  cellTimeLimit?: number;
  /** Variables for the notebook's process, beside those of this one. */
  environment?: Record<string, string>;
}

/**
 * Runs a notebook from Node alone, in a process of its own and in the notebook's folder, and judges it: an error, any
 * output on stderr, a cell beyond its time limit and a process that dies are failures. Cells behind a failed one are
 * not run and have no outputs, so nothing stale passes for a result.
 */
export async function runNotebook(
  file: string,
  { cellTimeLimit = 120, environment = {} }: RunOptions = {},
): Promise<NotebookRun> {
  const start = performance.now();
  const notebook = JSON.parse(readFileSync(file, "utf8")) as Notebook;
  for (const cell of notebook.cells) {
    if (cell.cell_type === "code") Object.assign(cell, { outputs: [], execution_count: null });
  }
  const run: NotebookRun = { file, notebook, failures: [], seconds: 0, cellSeconds: new Map() };
  const child = fork(path.join(__dirname, "run-notebook.js"), [path.resolve(file)], {
    cwd: path.dirname(path.resolve(file)),
    env: { ...process.env, ...environment },
    execArgv: ["--no-force-async-hooks-checks"],
    // The bundles of figures are JSON; structured clones keep typed arrays, too.
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  let running: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let late = false;
  child.on("message", (message: CellMessage) => {
    clearTimeout(timer);
    if (message.type === "start") {
      running = message.index;
      timer = setTimeout(() => {
        late = true;
        child.kill("SIGKILL");
      }, cellTimeLimit * 1000);
      return;
    }
    running = undefined;
    const { index, executionCount, outputs, seconds } = message;
    Object.assign(notebook.cells[index], { outputs, execution_count: executionCount });
    run.cellSeconds.set(index, seconds);
  });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  clearTimeout(timer);
  run.seconds = (performance.now() - start) / 1000;

  const codeCells = notebook.cells.filter((cell) => cell.cell_type === "code" && joinLines(cell.source).trim() !== "");
  for (const [index, cell] of codeCells.entries()) {
    for (const output of cell.outputs ?? []) {
      if (output.output_type === "error") {
        const message = `${output.ename}: ${output.evalue}`;
        run.failures.push({ cell: index + 1, reason: "error", message });
      } else if (output.output_type === "stream" && output.name === "stderr") {
        run.failures.push({ cell: index + 1, reason: "stderr", message: joinLines(output.text).trimEnd() });
      }
    }
  }
  if (running !== undefined || code !== 0) {
    const cell = running === undefined ? 0 : codeCells.indexOf(notebook.cells[running]) + 1;
    run.failures.push(
      late
        ? { cell, reason: "time limit", message: `the cell took longer than ${cellTimeLimit} s` }
        : { cell, reason: "died", message: `the process ended with ${signal ?? `exit code ${code}`}` },
    );
  }
  return run;
}
