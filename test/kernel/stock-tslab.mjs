// Child process of stock-tslab.test.ts: runs a notebook's code cells as tslab itself does, with nothing of kernel/, and
// tells its parent about each. With "compile" nothing is executed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { format, inspect } from "node:util";

const require = createRequire(import.meta.url);
const { createConverter } = require("tslab/dist/converter");
const { createExecutor } = require("tslab/dist/executor");
const [file, mode] = process.argv.slice(2);

const converter = createConverter({ isJS: false, isBrowser: false });
let errors = [];
let printed = [];
const executor = createExecutor(
  process.cwd(),
  { node: converter, browser: converter, close: () => converter.close() },
  {
    // What tslab prints, it prints by console: the value of a cell by `log`, diagnostics and exceptions by `error`.
    log: (value) => printed.push(inspect(value)),
    error: (...parts) => errors.push(format(...parts)),
  },
);
let declarations = "";

/** Compiles a cell against the declarations of those before it. */
function compile(code) {
  const { diagnostics, declOutput } = converter.convert(declarations, code);
  for (const { start, messageText } of diagnostics) errors.push(`line ${start.line + 1}: ${messageText}`);
  if (diagnostics.length === 0) declarations = declOutput ?? "";
}

for (const { cell_type, id, source } of JSON.parse(readFileSync(file, "utf8")).cells) {
  if (cell_type !== "code") continue;
  [errors, printed] = [[], []];
  const code = [source].flat().join("");
  if (mode === "compile") compile(code);
  else await executor.execute(code);
  process.send({ cell: id, errors, printed });
}
executor.close();
process.send({ loaded: Object.keys(require.cache) }, () => process.exit(0));
