import { readFileSync } from "node:fs";
import { joinLines, OutputCollector, type Notebook } from "./notebook";
import { Session } from "./session";
import type { CellMessage } from "./runner";

/**
 * The child process of the notebook runner: runs the cells of one notebook in a fresh session, in the notebook's
 * folder, and tells its parent before and after each. It stops at the first error, as a reader's "Run all" does.
 */
async function run(file: string): Promise<void> {
  const notebook = JSON.parse(readFileSync(file, "utf8")) as Notebook;
  const collector = new OutputCollector();
  const session = new Session({
    stream: (name, text) => collector.stream(name, text),
    display: (data, options) => collector.display(data, options),
    lateError: (error) => collector.error(error),
  });
  // A parent that was stopped (Ctrl-C) needs no results.
  process.on("disconnect", () => session.exit(1));
  const tell = (message: CellMessage) => new Promise((resolve) => process.send!(message, resolve));
  // Updates of a display of an earlier cell change that cell's outputs: so all are sent again at the end.
  const finished: CellMessage[] = [];
  let count = 0;
  for (const [index, cell] of notebook.cells.entries()) {
    const code = joinLines(cell.source);
    if (cell.cell_type !== "code" || code.trim() === "") continue;
    count++;
    await tell({ type: "start", index });
    const start = performance.now();
    collector.outputs = [];
    const outcome = await session.execute(code, count);
    if (outcome.status === "error") collector.error(outcome.error);
    else if (outcome.result) {
      const [data, metadata] = [outcome.result, {}];
      collector.outputs.push({ output_type: "execute_result", data, metadata, execution_count: count });
    }
    const seconds = (performance.now() - start) / 1000;
    finished.push({ type: "end", index, executionCount: count, outputs: collector.outputs, seconds });
    await tell(finished.at(-1)!);
    if (collector.outputs.some((output) => output.output_type === "error")) break;
  }
  for (const message of finished) await tell(message);
  session.exit(0);
}

void run(process.argv[2]);
