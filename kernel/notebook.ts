import type { Bundle } from "./bundle";
import type { ErrorReport } from "./traceback";

/** A notebook file (nbformat 4.5), as far as running it concerns. */
export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

export interface Cell {
  cell_type: "code" | "markdown" | "raw";
  id?: string;
  source: string | string[];
  metadata: Record<string, unknown>;
  execution_count?: number | null;
  outputs?: CellOutput[];
}

export type CellOutput =
  | { output_type: "stream"; name: "stdout" | "stderr"; text: string | string[] }
  | { output_type: "display_data"; data: Bundle; metadata: Record<string, unknown> }
  | { output_type: "execute_result"; data: Bundle; metadata: Record<string, unknown>; execution_count: number }
  | ({ output_type: "error" } & ErrorReport);

/** Multi-line text stands in the file as a list of lines, for the sake of readable differences. */
export function joinLines(text: string | string[]): string {
  return Array.isArray(text) ? text.join("") : text;
}

function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The notebook as JupyterLab writes it: texts as lists of lines, one space of indentation. */
export function formatNotebook(notebook: Notebook): string {
  const bundle = (data: Bundle): Bundle =>
    Object.fromEntries(
      Object.entries(data).map(([type, value]) => [type, typeof value === "string" ? splitLines(value) : value]),
    );
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: splitLines(joinLines(cell.source)),
    ...(cell.outputs && {
      outputs: cell.outputs.map((output) => {
        if (output.output_type === "stream") return { ...output, text: splitLines(joinLines(output.text)) };
        return "data" in output ? { ...output, data: bundle(output.data) } : output;
      }),
    }),
  }));
  return JSON.stringify({ ...notebook, cells }, null, 1) + "\n";
}

/** Gathers the outputs of the running cell, as a client of the kernel would. */
export class OutputCollector {
  outputs: CellOutput[] = [];
  /** Display id -> what it shows, across the cells of the notebook. */
  readonly #shown = new Map<string, { data: Bundle }[]>();

  stream(name: "stdout" | "stderr", text: string): void {
    const last = this.outputs.at(-1);
    if (last?.output_type === "stream" && last.name === name) last.text = joinLines(last.text) + text;
    else this.outputs.push({ output_type: "stream", name, text });
  }

  display(data: Bundle, { displayId, update }: { displayId?: string; update?: boolean }): void {
    const earlier = displayId ? (this.#shown.get(displayId) ?? []) : [];
    if (update) {
      for (const output of earlier) output.data = data;
      return;
    }
    const output = { output_type: "display_data" as const, data, metadata: {} };
    this.outputs.push(output);
    if (displayId) this.#shown.set(displayId, [...earlier, output]);
  }

  error(error: ErrorReport): void {
    this.outputs.push({ output_type: "error", ...error });
  }
}
