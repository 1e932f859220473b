import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { courseNotebooks, notebookFolder } from "../../scripts/run-notebooks.mjs";
import { formatFaults, outputFaults, textFaults } from "./notebook-faults";

const names = courseNotebooks();

/** A sentence on the matrices and one on the inner loops. */
const ENGINES = /\S\. Inner loops of small networks in (SIMD WebAssembly|plain TypeScript)/;

it("ledger.json says what computed", () => {
  const { engines } = JSON.parse(readFileSync(path.join(notebookFolder, "../ledger.json"), "utf8"));
  expect(engines).toMatch(ENGINES);
});

it("there are notebooks", () => {
  expect(names).toContain("00-tour.ipynb");
});

describe.each(names)("%s", (name) => {
  const file = path.join(notebookFolder, name);
  const notebook = JSON.parse(readFileSync(file, "utf8"));

  it("is a notebook of nbformat 4.5 for this kernel", () => {
    expect(formatFaults(notebook)).toEqual([]);
  });

  it("is committed as a run of all its cells leaves it", () => {
    expect(outputFaults(notebook)).toEqual([]);
  });

  it("leads to files, answers and claims that exist", () => {
    expect(textFaults(notebook, notebookFolder, path.basename(name, ".ipynb"))).toEqual([]);
  });

  it("says in its set-up cell what computes", () => {
    const setup = notebook.cells.find(({ id }: { id: string }) => id === "setup");
    expect(JSON.stringify(setup.outputs)).toMatch(ENGINES);
  });

  it("has under 400 kB of outputs", () => {
    const outputs = notebook.cells.map((cell: { outputs?: unknown[] }) => cell.outputs ?? []);
    expect(Buffer.byteLength(JSON.stringify(outputs, null, 1))).toBeLessThan(400_000);
  });
});

describe("the checks find what is planted", () => {
  const markdown = (id: string, source: string) => ({ cell_type: "markdown", id, metadata: {}, source: [source] });
  const code = (id: string, source: string, outputs: unknown[] = [], execution_count: number | null = 1) => ({
    ...{ cell_type: "code", id, metadata: {}, source: [source] },
    outputs,
    execution_count,
  });
  const notebook = (...cells: unknown[]) => ({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" },
      language_info: { name: "typescript", codemirror_mode: "typescript" },
    },
    cells,
  });
  const shown = (data: unknown) => ({ output_type: "display_data", data, metadata: {} });
  const printed = (text: string, name = "stdout") => ({ output_type: "stream", name, text: [text] });

  it("in the format", () => {
    expect(formatFaults(notebook(markdown("a", "text"), code("b", "1")))).toEqual([]);
    expect(formatFaults(notebook(markdown("a", "text"), markdown("a", "more")))).toEqual(["cell a is there twice"]);
    expect(formatFaults(notebook({ ...markdown("a", ""), outputs: [] }))).toEqual(["cell a has outputs"]);
    expect(formatFaults(notebook({ ...markdown("a b", "") }))).toEqual(["cell a b has no valid id"]);
    expect(formatFaults(notebook(code("a", "1", [{ output_type: "stream", text: "1" }])))).toEqual([
      "an output of cell a lacks name",
    ]);
    const stock = {
      ...notebook(),
      metadata: { language_info: { name: "typescript", codemirror_mode: { mode: "x" } } },
    };
    expect(formatFaults({ ...stock, nbformat_minor: 4 })).toEqual([
      "it is not nbformat 4.5",
      "its kernel is undefined",
      "its kernel has no display_name",
      "its codemirror_mode is not the word typescript",
    ]);
  });

  it.each<[fault: RegExp, output: unknown]>([
    [/ends with RangeError: no/, { output_type: "error", ename: "RangeError", evalue: "no", traceback: [] }],
    [/writes to stderr/, printed("warning", "stderr")],
    [/bitmap/, shown({ "image/png": "iVBO" })],
    [/figure without image\/svg\+xml and text\/plain/, shown({ "application/vnd.vegalite.v5+json": {} })],
    [/path of one machine, \/work\/main\/x/, printed("see /work/main/x")],
    [/path of one machine, \/root\/\.cache/, shown({ "text/plain": ["/root/.cache"] })],
    [/path of one machine, C:/, printed("C:\\Users\\me")],
  ])("in an output: %s", (fault, output) => {
    expect(outputFaults(notebook(code("a", "1", [output])))).toEqual([expect.stringMatching(fault)]);
  });

  it("in the order of execution", () => {
    expect(outputFaults(notebook(code("a", "1", [], null)))).toEqual(["cell a is number null, not 1"]);
    expect(outputFaults(notebook(code("a", "1"), code("b", "2", [], 3)))).toEqual(["cell b is number 3, not 2"]);
    const stale = { output_type: "execute_result", data: { "text/plain": "1" }, metadata: {}, execution_count: 7 };
    expect(outputFaults(notebook(code("a", "1", [stale])))).toEqual(["cell a has the result of run 7"]);
  });

  it("and nothing in an output that is as it should be", () => {
    const figure = { "application/vnd.vegalite.v5+json": {}, "image/svg+xml": ["<svg>"], "text/plain": "It falls." };
    const fine = [
      shown(figure),
      printed("see https://example.org/home/x and .venv/lib/work/x, a/root/b. BOUND:\nholds"),
    ];
    expect(outputFaults(notebook(code("a", "1", fine)))).toEqual([]);
  });

  it("in the text", () => {
    const faults = (...cells: unknown[]) => textFaults(notebook(...cells), notebookFolder, "07-sgd-linear-stability");
    const table = code("z", 'closingTable(["W24", "R3"])');
    const answer = "<details><summary>Answer</summary>\n\nIt falls.\n\n</details>";
    const links = `[here](00-tour.ipynb#map) [out](https://x.org) $[a](b)$ \`[c](d)\` **Predict.** What? ${answer}`;
    expect(faults(markdown("a", links), table)).toEqual([]);
    expect(faults(markdown("a", "[gone](99-gone.ipynb)"), table)).toEqual([
      "cell a links to 99-gone.ipynb, which is not there",
    ]);
    expect(faults(markdown("a", `${answer} **Predict.** What?`), table)).toEqual([
      "cell a asks for a prediction without a folded answer",
    ]);
    expect(faults(code("z", 'closingTable(["W24", "W999"])'))).toEqual([
      expect.stringMatching(/^its closing table: claim: the id must be in the ledger .*W999/),
    ]);
    expect(faults()).toEqual(["it has no closing table"]);
  });
});
