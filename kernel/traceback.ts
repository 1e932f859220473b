import type { SourceMap } from "node:module";
import * as path from "node:path";
import { inspect } from "node:util";

/** What the protocol calls an error: a name, a message and a traceback, a list of blocks of text. */
export interface ErrorReport {
  ename: string;
  evalue: string;
  traceback: string[];
}

/** A compiled cell: what the reader wrote, and the maps back to it. */
export interface CompiledCell {
  source: string;
  maps: SourceMap[];
  /** The number of lines of the compiled code; the call that tslab puts behind it is no line of the reader's. */
  compiledLines: number;
}

/** A type or syntax error, with the line and column (from 1) in the cell. */
export interface Diagnostic {
  line: number;
  column: number;
  message: string;
  code: number;
}

const framePattern = /^\s*at (?:async )?(?:(.*?) \()?(?:(cell\d+)|(.+?)):(\d+):(\d+)\)?$/;
/** The project's folder, which stack traces need not repeat. */
const root = path.resolve(__dirname, "../..") + path.sep;
/** The parts of a stack that a reader of a notebook is not helped by. */
const isInternal = (file: string) =>
  /^node:|[\\/]node_modules[\\/]@?tslab[\\/]/.test(file) || file.startsWith(__dirname);

/** Where line:column of the compiled cell stands in the reader's source, or undefined where the maps do not say. */
function originalPosition(cell: CompiledCell, line: number, column: number): [number, number] | undefined {
  // The session puts one empty line before the code (tslab's own prefix stands there); then the maps, one after the other.
  let position: [number, number] = [line - 2, column - 1];
  if (position[0] >= cell.compiledLines) return undefined;
  for (const map of cell.maps) {
    const entry = map.findEntry(...position);
    if (!("originalLine" in entry)) return undefined;
    position = [entry.originalLine, entry.originalColumn];
  }
  // tslab puts the line "export {};" before the source: line 1 of the maps, from 0, is line 1 of the cell, from 1.
  return position[0] >= 1 ? [position[0], position[1] + 1] : undefined;
}

/** The lines around `line`, with an arrow at it. */
function excerpt(source: string, line: number): string {
  const lines = source.split("\n");
  const first = Math.max(1, line - 2);
  return lines
    .slice(first - 1, line + 1)
    .map((text, index) => {
      const number = first + index;
      return `${number === line ? "→" : " "} ${String(number).padStart(3)} | ${text}`;
    })
    .join("\n");
}

/** The report of a value that a cell threw. */
export function reportThrown(thrown: unknown, cells: ReadonlyMap<string, CompiledCell>): ErrorReport {
  if (!(thrown instanceof Error)) {
    const text = inspect(thrown);
    return { ename: "Thrown", evalue: text, traceback: [`Thrown: ${text}`] };
  }
  const traceback = [`${thrown.name}: ${thrown.message}`];
  let shown = false;
  for (const text of stackLines(thrown)) {
    const frame = framePattern.exec(text);
    if (!frame) continue;
    const [, where = "", cellName, file, line, column] = frame;
    // tslab keeps a cell's variables as properties of an object, a Proxy, that the reader never sees.
    const inside = /<anonymous>$/.test(where) ? "" : where.replace(/^(?:Proxy|Object)\./, "");
    const cell = cells.get(cellName ?? "");
    if (cell) {
      const position = originalPosition(cell, Number(line), Number(column));
      if (!position) continue;
      const place = `cell ${cellName.slice(4)}, line ${position[0]}, column ${position[1]}`;
      traceback.push(`    at ${place}${inside && `, in ${inside}`}`);
      if (!shown) traceback.push(excerpt(cell.source, position[0]));
      shown = true;
    } else if (file && !isInternal(file)) {
      const place = `${file.startsWith(root) ? file.slice(root.length) : file}:${line}:${column}`;
      traceback.push(`    at ${inside ? `${inside} (${place})` : place}`);
    }
  }
  if (thrown.cause !== undefined) {
    traceback.push("Caused by:", ...reportThrown(thrown.cause, cells).traceback);
  }
  return { ename: thrown.name, evalue: thrown.message, traceback };
}

function stackLines(error: Error): string[] {
  // A message of several lines comes before the frames.
  return typeof error.stack === "string" ? error.stack.split("\n").filter((line) => /^\s*at /.test(line)) : [];
}

/** The report of the type and syntax errors that the compiler found in a cell. */
export function reportDiagnostics(diagnostics: readonly Diagnostic[], source: string, cell: number): ErrorReport {
  const first = diagnostics[0];
  const describe = ({ line, column, message, code }: Diagnostic) =>
    `line ${line}, column ${column}: ${message} (TS${code})`;
  return {
    ename: "TypeScriptError",
    evalue: describe(first),
    traceback: diagnostics.flatMap((diagnostic) => [
      `TypeScriptError: cell ${cell}, ${describe(diagnostic)}`,
      excerpt(source, diagnostic.line),
    ]),
  };
}
