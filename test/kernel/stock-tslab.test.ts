import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { courseNotebooks, notebookFolder } from "../../scripts/run-notebooks.mjs";
import { root } from "../project";

/** What the child process says of a cell. */
interface CellReport {
  cell: string;
  errors: string[];
  printed: string[];
}

/** A notebook's code cells on stock tslab, in the notebook's folder. */
async function onStockTslab(name: string, mode: "compile" | "run") {
  const child = fork(path.join(import.meta.dirname, "stock-tslab.mjs"), [path.join(notebookFolder, name), mode], {
    cwd: notebookFolder,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const cells: CellReport[] = [];
  let loaded: string[] = [];
  let stderr = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.on("message", (message: CellReport | { loaded: string[] }) => {
    if ("loaded" in message) loaded = message.loaded;
    else cells.push(message);
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { cells, loaded, stderr, code };
}

/** One line for each cell that does not run: its id and the first line of what tslab prints. */
function failures(cells: CellReport[]): string[] {
  return cells.flatMap(({ cell, errors }) =>
    errors.length === 0 ? [] : `${cell}: ${/^.*Error: .*$/m.exec(errors[0])?.[0] ?? errors[0]}`,
  );
}

/**
 * The shorthand properties of a cell, `{ x }`, whose x the cell does not declare, as "line 3: { x }". Stock tslab keeps
 * the variables of earlier cells as properties of an object and rewrites every use of their names, but not this one:
 * the cell throws a ReferenceError when it gets there.
 */
function outerShorthands(code: string): string[] {
  const host = ts.createCompilerHost({});
  host.getSourceFile = (name, options) => (name === "cell.ts" ? ts.createSourceFile(name, code, options) : undefined);
  const program = ts.createProgram({
    rootNames: ["cell.ts"],
    options: { noLib: true, noResolve: true, types: [] },
    host,
  });
  const file = program.getSourceFile("cell.ts")!;
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isShorthandPropertyAssignment(node)) {
      const declared = program.getTypeChecker().getShorthandAssignmentValueSymbol(node)?.declarations;
      const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
      if (!declared?.length) found.push(`line ${line}: { ${node.name.text} }`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function codeCells(name: string): { id: string; code: string }[] {
  const { cells } = JSON.parse(readFileSync(path.join(notebookFolder, name), "utf8"));
  return cells
    .filter(({ cell_type }: { cell_type: string }) => cell_type === "code")
    .map(({ id, source }: { id: string; source: string | string[] }) => ({ id, code: [source].flat().join("") }));
}

it("finds a shorthand of an earlier cell's variable, and no other", () => {
  const code =
    "const own = 1;\nf({ own });\nconst g = (inner) => ({ inner, own });\nf({ own,\n outer, named: outer });";
  expect(outerShorthands(code)).toEqual(["line 5: { outer }"]);
});

describe.each(courseNotebooks())("%s on a tslab that is not ours", (name) => {
  it("uses no shorthand property for a variable of an earlier cell", () => {
    const found = codeCells(name).flatMap(({ id, code }) => outerShorthands(code).map((what) => `${id}, ${what}`));
    expect(found).toEqual([]);
  });

  it("compiles", { timeout: 120_000 }, async () => {
    const { cells, code } = await onStockTslab(name, "compile");
    expect(failures(cells)).toEqual([]);
    expect(cells.map(({ cell }) => cell)).toEqual(codeCells(name).map(({ id }) => id));
    expect(code).toBe(0);
  });
});

// Every notebook runs on the project's kernel in `npm run verify`; on a stock one, two stand for all.
it.each(["00-tour.ipynb", "07-sgd-linear-stability.ipynb"])(
  "%s runs to its end on a tslab that is not ours, and prints a readable line for each value",
  { timeout: 300_000 },
  async (name) => {
    const { cells, loaded, stderr, code } = await onStockTslab(name, "run");
    expect(failures(cells)).toEqual([]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(cells.map(({ cell }) => cell)).toEqual(codeCells(name).map(({ id }) => id));
    // What a figure, a check or a table is made of stays inside.
    const unreadable = cells.filter(({ printed }) => /<svg|<table|Promise \{|\[Function|Symbol\(/.test(printed.join()));
    expect(unreadable.map(({ cell }) => cell)).toEqual([]);
    expect(loaded).toContain(path.join(root, "node_modules/tslab/dist/executor.js"));
    expect(loaded.filter((file) => file.startsWith(path.join(root, "kernel") + path.sep))).toEqual([]);
  },
);
