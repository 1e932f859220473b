import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
// The built runner: it starts the built child process beside it.
import { runNotebook } from "../../kernel/dist/runner";
import { root } from "../project";

const folder = path.join(root, "test/notebooks");

/** What the runner must find in each notebook of must-fail: cell, reason, and the message. */
const expected: Record<string, { cell: number; reason: string; message: RegExp }> = {
  "exception.ipynb": { cell: 2, reason: "error", message: /^RangeError: no third root$/ },
  "type-error.ipynb": { cell: 1, reason: "error", message: /^TypeScriptError: line 1, column 7: Type 'string'/ },
  "failing-check.ipynb": { cell: 2, reason: "error", message: /^CheckFailedError: .*W25/ },
  "check-that-cannot-fail.ipynb": { cell: 2, reason: "error", message: /twice the truth/ },
  "check-without-rejects.ipynb": { cell: 2, reason: "error", message: /check: .*wrong variant/ },
  "stderr-output.ipynb": { cell: 1, reason: "stderr", message: /^a warning that nobody reads$/ },
  "time-limit.ipynb": { cell: 2, reason: "time limit", message: /^the cell took longer than 3 s$/ },
  "passing-after-failing.ipynb": { cell: 2, reason: "error", message: /^Error: this cell fails$/ },
  "process-exit.ipynb": { cell: 1, reason: "error", message: /^Error: process\.exit: a cell cannot end the kernel/ },
  "killed.ipynb": { cell: 1, reason: "died", message: /^the process ended with SIGKILL$/ },
};

describe("notebooks that must fail", () => {
  it("are all listed here", () => {
    expect(readdirSync(path.join(folder, "must-fail")).sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))("%s fails for the right reason, once", async (name, failure) => {
    const run = await runNotebook(path.join(folder, "must-fail", name), { cellTimeLimit: 3 });
    expect(run.failures).toEqual([{ ...failure, message: expect.stringMatching(failure.message) }]);
  });

  it("earn nothing for a cell behind a failed one", async () => {
    const { notebook } = await runNotebook(path.join(folder, "must-fail/passing-after-failing.ipynb"));
    expect(notebook.cells.map(({ execution_count }) => execution_count)).toEqual([1, 2, null]);
    expect(notebook.cells[2].outputs).toEqual([]);
  });
});

it("a notebook with nothing wrong passes, with the outputs of this run", async () => {
  const run = await runNotebook(path.join(folder, "must-pass/plain.ipynb"));
  expect(run.failures).toEqual([]);
  expect(run.notebook.cells.slice(1).map(({ outputs }) => outputs)).toEqual([
    [{ output_type: "execute_result", data: { "text/plain": "[ 1, 4, 9 ]" }, metadata: {}, execution_count: 1 }],
    [{ output_type: "stream", name: "stdout", text: "3\n" }],
  ]);
});
