import { existsSync } from "node:fs";
import path from "node:path";
import { NOTEBOOKS, claim } from "flat-minima/claims";

type Json = Record<string, any>;

/** What a figure sends: the interactive form, a picture for GitHub and HTML, a sentence for a text terminal. */
const figureTypes = ["application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"];

/** Paths of one machine, as JSON writes them. A letter before the slash makes it part of a relative path or of an address. */
const machinePath = /(?<![\w.])\/(work|root|home|Users|tmp|opt|usr|mnt)\/[\w./-]*|[A-Z]:\\\\\w+/;

const join = (text: string | string[]): string => [text].flat().join("");
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => [value].flat().every((line) => typeof line === "string");

/** The keys that nbformat 4.5 requires of a cell and of an output, and those that it allows beside them. */
const cellKeys: Record<string, { required: string[]; allowed?: string[] }> = {
  markdown: { required: ["cell_type", "id", "metadata", "source"], allowed: ["attachments"] },
  raw: { required: ["cell_type", "id", "metadata", "source"], allowed: ["attachments"] },
  code: { required: ["cell_type", "id", "metadata", "source", "outputs", "execution_count"] },
};
const outputKeys: Record<string, { required: string[]; allowed?: string[] }> = {
  stream: { required: ["output_type", "name", "text"] },
  display_data: { required: ["output_type", "data", "metadata"] },
  execute_result: { required: ["output_type", "data", "metadata", "execution_count"] },
  error: { required: ["output_type", "ename", "evalue", "traceback"] },
};

function keyFaults(what: string, value: unknown, kind: string, table: typeof cellKeys): string[] {
  if (!isObject(value)) return [`${what} is no object`];
  const type = value[kind] as string;
  if (!Object.hasOwn(table, type)) return [`${what} has the ${kind} ${type}`];
  const { required, allowed = [] } = table[type];
  return [
    ...required.filter((key) => !(key in value)).map((key) => `${what} lacks ${key}`),
    ...Object.keys(value)
      .filter((key) => ![...required, ...allowed].includes(key))
      .map((key) => `${what} has ${key}`),
  ];
}

/** Whether the file is one of nbformat 4.5, in the essentials of its schema, and opens with our kernel. */
export function formatFaults(notebook: Json): string[] {
  const faults: string[] = [];
  if (notebook.nbformat !== 4 || notebook.nbformat_minor !== 5) faults.push("it is not nbformat 4.5");
  const { kernelspec, language_info } = notebook.metadata ?? {};
  if (kernelspec?.name !== "tslab") faults.push(`its kernel is ${kernelspec?.name}`);
  if (typeof kernelspec?.display_name !== "string") faults.push("its kernel has no display_name");
  if (language_info?.name !== "typescript") faults.push(`its language is ${language_info?.name}`);
  // tslab reports an object here, with which nbconvert fails.
  if (language_info?.codemirror_mode !== "typescript") faults.push("its codemirror_mode is not the word typescript");
  const ids = new Set<string>();
  for (const cell of notebook.cells) {
    const what = `cell ${cell.id}`;
    faults.push(...keyFaults(what, cell, "cell_type", cellKeys));
    if (!/^[\w-]{1,64}$/.test(cell.id)) faults.push(`${what} has no valid id`);
    if (ids.has(cell.id)) faults.push(`${what} is there twice`);
    ids.add(cell.id);
    if (!isText(cell.source)) faults.push(`${what}: its source is no text`);
    if (!isObject(cell.metadata)) faults.push(`${what}: its metadata are no object`);
    for (const output of cell.outputs ?? []) {
      faults.push(...keyFaults(`an output of ${what}`, output, "output_type", outputKeys));
      if ("text" in output && !isText(output.text)) faults.push(`an output of ${what} is no text`);
    }
  }
  return faults;
}

/** Whether a notebook stands there as a run of all its cells leaves it, with outputs that others can see. */
export function outputFaults(notebook: Json): string[] {
  const code = (notebook.cells as Json[]).filter(({ cell_type }) => cell_type === "code");
  return code.flatMap(({ id, execution_count, outputs }, index) => {
    const faults: string[] = [];
    if (execution_count !== index + 1) faults.push(`is number ${execution_count}, not ${index + 1}`);
    for (const output of outputs as Json[]) {
      const { output_type, name, data = {} } = output;
      if (output_type === "error") faults.push(`ends with ${output.ename}: ${output.evalue}`);
      if (name === "stderr") faults.push("writes to stderr");
      if (output_type === "execute_result" && output.execution_count !== execution_count) {
        faults.push(`has the result of run ${output.execution_count}`);
      }
      if ("image/png" in data) faults.push("has a bitmap, image/png");
      if (figureTypes.slice(0, 2).some((type) => type in data)) {
        const missing = figureTypes.filter((type) => !(type in data));
        if (missing.length > 0) faults.push(`has a figure without ${missing.join(" and ")}`);
        else if (!join(data["image/svg+xml"]).startsWith("<svg")) faults.push("has a figure whose picture is none");
        else if (join(data["text/plain"]).trim() === "") faults.push("has a figure without words");
      }
      const [found] = machinePath.exec(JSON.stringify(output)) ?? [];
      if (found) faults.push(`shows a path of one machine, ${found}`);
    }
    return faults.map((fault) => `cell ${id} ${fault}`);
  });
}

/** Markdown without formulas and code, in which brackets and parentheses mean something else. */
function withoutFormulas(markdown: string): string {
  return markdown.replace(/```[\s\S]*?```|`[^`\n]*`|\$\$[\s\S]*?\$\$|\$[^$\n]*\$/g, " ");
}

/** Whether links lead somewhere, predictions have their answers, and closing tables name claims of the ledger. */
export function textFaults(notebook: Json, folder: string, slug: string): string[] {
  const faults: string[] = [];
  const closed: string[] = [];
  for (const { id, cell_type, source } of notebook.cells) {
    const text = join(source);
    if (cell_type === "code") {
      for (const [, list] of text.matchAll(/\bclosingTable\(\s*\[([^\]]*)\]/g)) {
        closed.push(...[...list.matchAll(/"([^"]*)"/g)].map(([, name]) => name));
      }
      continue;
    }
    for (const [, markdown, html] of withoutFormulas(text).matchAll(/\]\(([^)\s]+)[^)]*\)|(?:href|src)="([^"]*)"/g)) {
      const target = decodeURI(markdown ?? html).replace(/#.*$/, "");
      if (target === "" || /^(https?|mailto):/.test(target)) continue;
      if (!existsSync(path.join(folder, target))) faults.push(`cell ${id} links to ${target}, which is not there`);
    }
    const predictions = [...text.matchAll(/\*\*Predict\.\*\*/g)];
    for (const [k, { index }] of predictions.entries()) {
      const until = predictions[k + 1]?.index ?? text.length;
      if (!/<details>\s*<summary>[\s\S]*?<\/details>/.test(text.slice(index, until))) {
        faults.push(`cell ${id} asks for a prediction without a folded answer`);
      }
    }
  }
  if (NOTEBOOKS.some((home) => home.slug === slug)) {
    if (closed.length === 0) faults.push("it has no closing table");
    for (const name of closed) {
      try {
        claim(name);
      } catch (error) {
        faults.push(`its closing table: ${(error as Error).message}`);
      }
    }
  }
  return faults;
}
