import { Script } from "node:vm";
import { prepareCompiler, takeSourceMaps, compilerVersion } from "./compiler";
// tslab reads the compiler when it loads.
prepareCompiler();
import type { QuickInfo } from "@tslab/typescript-for-tslab";
import { createConverter, isCompleteCode, type Converter } from "tslab/dist/converter";
import { createExecutor, type Executor } from "tslab/dist/executor";
import * as tslabJupyter from "tslab/dist/jupyter";
import { toBundle, type Bundle } from "./bundle";
import { quickInfoBundle } from "./quick-info";
import { reportDiagnostics, reportThrown, type CompiledCell, type Diagnostic, type ErrorReport } from "./traceback";

/** What a session tells its owner while cells run, and between them. */
export interface Output {
  stream(name: "stdout" | "stderr", text: string): void;
  display(data: Bundle, options: { displayId?: string; update?: boolean }): void;
  /** An error that no cell was running to take: a rejected promise that nobody awaited, a timer that threw. */
  lateError(error: ErrorReport): void;
}

export type Outcome = { status: "ok"; result?: Bundle } | { status: "error"; error: ErrorReport };

const hostSymbol = Symbol.for("flat-minima.host");
/** What the process is put back to when the session closes. */
const realExit = process.exit.bind(process);

class Interrupted extends Error {
  override name = "Interrupted";
  constructor() {
    super("the cell was interrupted");
  }
}

/**
 * One TypeScript session: it compiles and runs cells by tslab's executor, in this process, and gives for each a
 * value or an error. The kernel and the notebook runner are two owners of the same session.
 *
 * It takes the process over: what is written to stdout and stderr, uncaught errors and rejections, and
 * `process.exit` belong to the running cell.
 */
export class Session {
  readonly #executor: Executor;
  readonly #output: Output;
  readonly #cells = new Map<string, CompiledCell>();
  #compiling: { name: string; source: string } = { name: "", source: "" };
  #diagnostics: Diagnostic[] = [];
  #running = false;
  #lastValue: { value: unknown } | undefined;
  #thrown: { value: unknown } | undefined;
  #interrupted = false;
  #interruptController = new AbortController();

  constructor(output: Output) {
    this.#output = output;
    const converter = this.#recordingConverter(createConverter());
    this.#executor = createExecutor(
      process.cwd(),
      { node: converter, browser: converter, close: () => converter.close() },
      {
        // tslab calls `log` for the value of a cell's last expression and for nothing else; `error` with one
        // argument for what a cell threw, with five for each diagnostic (taken from the converter instead).
        log: (value: unknown) => (this.#lastValue = { value }),
        error: (...args: unknown[]) => {
          if (args.length === 1) this.#thrown ??= { value: args[0] };
        },
      },
    );
    this.#takeProcess();
  }

  /** Runs one cell; `number` names it in tracebacks. Cells of one session must not overlap. */
  async execute(code: string, number: number): Promise<Outcome> {
    const name = `cell${number}`;
    const source = withoutHashComments(code);
    this.#compiling = { name, source };
    this.#diagnostics = [];
    this.#lastValue = this.#thrown = undefined;
    this.#interrupted = false;
    if (this.#interruptController.signal.aborted) this.#interruptController = new AbortController();
    this.#running = true;
    try {
      const succeeded = await this.#executor.execute(source);
      // Rejections that nobody handles are reported one turn of the event loop later: they are this cell's.
      await new Promise(setImmediate);
      if (this.#diagnostics.length > 0) {
        return { status: "error", error: reportDiagnostics(this.#diagnostics, source, number) };
      }
      // Set by the callbacks above while the cell ran, which the type checker cannot see.
      const [thrown, last] = [this.#thrown, this.#lastValue] as ({ value: unknown } | undefined)[];
      if (thrown) throw thrown.value;
      if (!succeeded) throw new Error("the cell failed without an error");
      return last ? { status: "ok", result: await toBundle(last.value) } : { status: "ok" };
    } catch (error) {
      return { status: "error", error: this.#report(error) };
    } finally {
      this.#running = false;
    }
  }

  /** Stops the running cell as far as an event loop that still turns allows; state survives. */
  interrupt(): void {
    if (!this.#running) return;
    this.#interrupted = true;
    // The library's loops stop at their next yield; then the cell itself.
    this.#interruptController.abort(new Interrupted());
    this.#executor.interrupt();
  }

  /** The completions at a position of the code, counted in UTF-16 units. */
  complete(code: string, position: number): { start: number; end: number; candidates: string[] } {
    const { start, end, candidates } = this.#executor.complete(code, position);
    return { start, end, candidates };
  }

  /** The type and the doc comment of what stands at a position: the content of Jupyter's inspect_reply. */
  inspect(code: string, position: number): Record<string, unknown> {
    const info = this.#executor.inspect(code, position) as QuickInfo | undefined;
    return { status: "ok", found: info !== undefined, data: info ? quickInfoBundle(info) : {}, metadata: {} };
  }

  /** Whether the code is a complete cell: the content of Jupyter's is_complete_reply. */
  isComplete(code: string): Record<string, unknown> {
    const { completed, indent } = isCompleteCode(code);
    return completed ? { status: "complete" } : { status: "incomplete", indent };
  }

  get compilerVersion(): string {
    return compilerVersion();
  }

  /** Leaves the process; nothing of the session can be used after it. */
  exit(code: number): never {
    this.#executor.close();
    return realExit(code);
  }

  /** tslab's converter, with the diagnostics kept and the code named, so that its errors can be traced back. */
  #recordingConverter(converter: Converter): Converter {
    return {
      ...converter,
      convert: (previousDeclarations, source) => {
        const result = converter.convert(previousDeclarations, source);
        this.#diagnostics = result.diagnostics.map(({ start, messageText, code, fileName }) => ({
          line: start.line + 1,
          column: start.character + 1,
          message: fileName ? `${fileName}: ${messageText}` : messageText,
          code,
        }));
        const maps = takeSourceMaps();
        if (result.output === undefined) return result;
        const { name, source: original } = this.#compiling;
        this.#cells.set(name, { source: original, maps, compiledLines: result.output.split("\n").length });
        return {
          ...result,
          output: `\n${result.output}\n//# sourceURL=${name}`,
          hasToplevelAwait: result.hasToplevelAwait || needsAsync(result.output),
        };
      },
    };
  }

  #report(error: unknown): ErrorReport {
    const interrupted =
      this.#interrupted || (error as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED";
    if (!interrupted) return reportThrown(error, this.#cells);
    this.#interruptController.abort(new Interrupted());
    const { name, message } = new Interrupted();
    return { ename: name, evalue: message, traceback: [`${name}: ${message}`] };
  }

  /** An error outside the cell's own flow: the running cell's where there is one. */
  #late(error: unknown): void {
    if (this.#running) {
      this.#thrown ??= { value: error };
      this.#executor.interrupt();
    } else if (!(error instanceof Error && error.name === "Interrupted")) {
      this.#output.lateError(reportThrown(error, this.#cells));
    }
  }

  #takeProcess(): void {
    const writer = (name: "stdout" | "stderr"): typeof process.stdout.write => {
      const decoder = new TextDecoder();
      return (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown) => {
        this.#output.stream(name, typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
        const done = typeof encoding === "function" ? encoding : callback;
        if (typeof done === "function") queueMicrotask(() => (done as () => void)());
        return true;
      };
    };
    process.stdout.write = writer("stdout");
    process.stderr.write = writer("stderr");
    process.on("SIGINT", () => this.interrupt());
    process.on("uncaughtException", (error) => this.#late(error));
    process.on("unhandledRejection", (reason) => this.#late(reason));
    process.exit = (code?: number | string | null): never => {
      throw new Error(`process.exit: a cell cannot end the kernel, got exit code ${code ?? 0}`);
    };
    Object.defineProperty(process, "stdin", {
      configurable: true,
      get: () => {
        throw new Error("process.stdin: a cell cannot read from the keyboard; write the value into the cell");
      },
    });
    // Read by the library (core/host.ts): where figures and progress bars go, and whether the reader pressed stop.
    const session = { controller: () => this.#interruptController, output: this.#output };
    Object.defineProperty(globalThis, hostSymbol, {
      configurable: true,
      value: {
        display: (data: Bundle, options: { displayId?: string; update?: boolean } = {}) =>
          session.output.display(data, options),
        get interruptSignal() {
          return session.controller().signal;
        },
      },
    });
    // tslab's own `display` and `newDisplay` end here.
    (tslabJupyter as { lastWriteDisplayData: unknown }).lastWriteDisplayData = (
      content: { data: Bundle; transient?: { display_id?: string } },
      update?: boolean,
    ) => this.#output.display(content.data, { displayId: content.transient?.display_id, update: Boolean(update) });
  }
}

/** tslab notices `await` at the top level of a cell, but not `for await`: that parses in an async function only. */
function needsAsync(code: string): boolean {
  if (!/\bfor\s+await\b/.test(code)) return false;
  try {
    new Script(`(function () {${code}\n})`);
    return false;
  } catch {
    return true;
  }
}

/** nbgrader writes comments of Python, `# …`, at the head of cells that it restores: comments here as well. */
function withoutHashComments(code: string): string {
  return code.replace(/^(?:\s*# .*(?:\n|$))+/, (head) => head.replace(/# /g, "//"));
}
