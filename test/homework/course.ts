// A course of its own for the tests: students who hand things in, and the commands as an instructor gives them.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { python, root } from "../project";

const hasSandbox = spawnSync("bwrap", ["--version"]).status === 0;

/** What these tests need and this machine lacks. */
export const missing: string | undefined = !existsSync(python)
  ? "the project's Python environment (npm test makes it)"
  : !hasSandbox
    ? "bubblewrap (sudo apt install bubblewrap)"
    : undefined;

/** A wrong answer: what replaces the solutions, and the marks of the cells that it costs something. */
export interface Answer {
  name: string;
  kind: string;
  marks: Record<string, number>;
  bodies: Record<string, string>;
}

/** Reads a file of homework/answers: `// %% answer NAME kind="…" marks="cell=marks …"`, then `// %% in CELL` and bodies. */
export function readAnswers(file: string): Answer[] {
  const answers: Answer[] = [];
  for (const part of readFileSync(file, "utf8")
    .split(/^\/\/ %% /m)
    .slice(1)) {
    const [head, ...lines] = part.split("\n");
    const [word, name] = head.trim().split(/\s+/);
    const last = answers.at(-1);
    if (word === "in" && last) last.bodies[name] = lines.join("\n").trim();
    else {
      const field = (key: string) => new RegExp(`${key}="([^"]*)"`).exec(head)?.[1] ?? "";
      const marks = field("marks")
        .split(/\s+/)
        .filter(Boolean)
        .map((text) => [text.split("=")[0], Number(text.split("=")[1])] as const);
      if (word !== "answer" || field("kind") === "" || marks.length === 0) throw new Error(`${file}: ${head}`);
      answers.push({ name, kind: field("kind"), marks: Object.fromEntries(marks), bodies: {} });
    }
  }
  return answers;
}

export interface NotebookCell {
  cell_type: string;
  id: string;
  metadata: Record<string, any>;
  source: string | string[];
  outputs?: unknown[];
  execution_count?: null;
}

export type Notebook = { cells: NotebookCell[] } & Record<string, any>;

export const readNotebook = (file: string): Notebook => JSON.parse(readFileSync(file, "utf8"));

export const sourceOf = ({ source }: NotebookCell): string => (Array.isArray(source) ? source.join("") : source);

/** A code cell that a student adds. */
export const codeCell = (source: string, id = "own"): NotebookCell => ({
  cell_type: "code",
  id,
  metadata: {},
  source,
  outputs: [],
  execution_count: null,
});

/** Replaces what stands between BEGIN SOLUTION and END SOLUTION of a cell, its own lines included. */
export function withBody(notebook: Notebook, id: string, body: string): void {
  const cell = notebook.cells.find((cell) => cell.id === id);
  if (!cell) throw new Error(`no cell ${id}`);
  cell.source = sourceOf(cell).replace(/^[^\n]*### BEGIN SOLUTION[^]*### END SOLUTION[^\n]*$/m, () => body);
}

export class Course {
  readonly folder: string;
  /** Where the commands keep what is theirs for a while. */
  readonly scratch: string = mkdtempSync(path.join(tmpdir(), "fm-test-"));

  constructor(name: string, sources: string) {
    this.folder = path.join(root, ".flat-minima", `homework-${process.pid}-${name}`);
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    cpSync(sources, path.join(this.folder, "source"), { recursive: true });
  }

  path(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }

  /** Runs a command to its end. */
  run(command: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, ["scripts/homework.mjs", command, "--course", this.folder, ...args], {
      cwd: root,
      env: { ...process.env, TMPDIR: this.scratch },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, output }));
    });
  }

  read(...parts: string[]): Notebook {
    return readNotebook(this.path(...parts));
  }

  authored(name = "example"): Notebook {
    return this.read("source", name, `${name}.ipynb`);
  }

  submit(student: string, notebook: Notebook | string, name = "example", file = `${name}.ipynb`): void {
    const folder = this.path("submitted", student, name);
    mkdirSync(folder, { recursive: true });
    const text = typeof notebook === "string" ? notebook : JSON.stringify(notebook);
    writeFileSync(path.join(folder, file), text);
    writeFileSync(path.join(folder, "timestamp.txt"), "2026-11-21 12:00:00 UTC\n");
  }

  /** The marks of a student's graded cells, as the gradebook has them: by nbgrader's own interface. */
  marks(student: string, name = "example"): Record<string, number> {
    const found = this.#gradebook()[name]?.[student];
    if (!found) throw new Error(`the gradebook has no ${name} of ${student}`);
    return found;
  }

  /** All marks at once, and again only when the gradebook has changed: Python takes seconds to load nbgrader. */
  #gradebook(): Record<string, Record<string, Record<string, number>>> {
    const file = this.path("gradebook.db");
    const changed = statSync(file).mtimeMs;
    if (this.#read?.changed === changed) return this.#read.marks;
    const program = `
import json, sys
from nbgrader.api import Gradebook
with Gradebook("sqlite:///" + sys.argv[1], "flat-minima") as gb:
    print(json.dumps({
        a.name: {
            s.student.id: {g.cell.name: g.score for n in s.notebooks for g in n.grades} for s in a.submissions
        } for a in gb.assignments
    }))`;
    const { stdout, stderr } = spawnSync(python, ["-c", program, file], { encoding: "utf8" });
    if (stdout === "") throw new Error(stderr);
    this.#read = { changed, marks: JSON.parse(stdout) };
    return this.#read.marks;
  }
  #read?: { changed: number; marks: Record<string, Record<string, Record<string, number>>> };

  /** Everything that the graded notebook shows, as one text. */
  graded(student: string, name = "example"): string {
    return JSON.stringify(this.read("autograded", student, name, `${name}.ipynb`));
  }

  remove(): void {
    for (const folder of [this.folder, this.scratch]) rmSync(folder, { recursive: true, force: true });
  }
}
