import { createRequire } from "node:module";
import path from "node:path";
import { runInThisContext } from "node:vm";
import ts from "typescript";
import { root } from "../project";
import { type LibraryExport } from "./library";

/** An `@example` of the library. */
export interface Example {
  readonly folder: string;
  /** What it documents, and a number where there are several: "eigh", "band 2". */
  readonly name: string;
  readonly code: string;
}

/** A statement of an example, with what the comment behind it states. */
interface Line {
  readonly code: string;
  /** The value stated, as an expression; undefined where the comment is words. */
  readonly value?: ts.Expression;
  /** The error stated: "InvalidArgumentError: zeros: …". */
  readonly error?: string;
}

const require = createRequire(import.meta.url);

/** The built library, as its users load it. */
function load(folder: string): Record<string, unknown> {
  return require(path.join(root, "lib/dist", folder, "index.js"));
}

/** Folders whose functions are called with networks, batches or data. */
const ABOUT_NETWORKS = ["landscape", "pacbayes", "sam", "benign", "tensor", "experiments"];

/** The barrels whose exports an example may use without importing them: its own, core, and what its folder is about. */
function scopeOf(folder: string): string[] {
  const ground = ABOUT_NETWORKS.includes(folder) ? ["models", "optimizers", "data"] : [];
  return [...new Set([folder, "core", ...ground])];
}

/**
 * The value that stands at the start of a comment, before ", ", ": " or "; " and words: `2`, `[1, 3]`, `"holds"`,
 * `{ low: 0 }`, `matrix([[1]])`, `Float64Array [1, 3]`, or `0.177…` for a number that is cut there.
 */
export function statedValue(comment: string): ts.Expression | undefined {
  const text = comment.replace(/^\w+Array (?=\[)/, "").replace(/(-?\d+\.\d+)…/g, 'cut("$1")');
  for (const end of [text.length, ...[...text.matchAll(/[,:;] /g)].map(({ index }) => index).reverse()]) {
    const file = ts.createSourceFile("value.ts", `(${text.slice(0, end)});`, ts.ScriptTarget.ES2022, true);
    const { parseDiagnostics } = file as unknown as { parseDiagnostics: unknown[] };
    const [statement] = file.statements;
    if (parseDiagnostics.length > 0 || !ts.isExpressionStatement(statement)) continue;
    const { expression } = statement.expression as ts.ParenthesizedExpression;
    if (isValue(expression)) return expression;
  }
  return undefined;
}

function isValue(node: ts.Expression): boolean {
  if (ts.isPrefixUnaryExpression(node)) return ts.isNumericLiteral(node.operand);
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(isValue);
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.every((property) => ts.isPropertyAssignment(property) && isValue(property.initializer));
  }
  if (ts.isCallExpression(node))
    return /^(cut|matrix)$/.test(node.expression.getText()) && node.arguments.every(isValue);
  if (ts.isIdentifier(node)) return node.text === "undefined";
  return (
    ts.isNumericLiteral(node) ||
    ts.isStringLiteral(node) ||
    [ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.NullKeyword].includes(node.kind)
  );
}

/**
 * Whether a value is the one stated. A number is meant exactly, up to the rounding of a short computation (1e-12 of
 * its size), unless it is cut by "…": then its digits must be those. Arrays may be typed ones, and a matrix may be
 * stated by its rows.
 */
export function matches(value: unknown, stated: ts.Expression): boolean {
  if (ts.isStringLiteral(stated)) return value === stated.text;
  if (ts.isCallExpression(stated)) {
    const [argument] = stated.arguments;
    if (!ts.isStringLiteral(argument)) return isMatrix(value) && matches(value, argument);
    return typeof value === "number" && String(value).startsWith(argument.text);
  }
  if (ts.isArrayLiteralExpression(stated)) {
    const elements = isMatrix(value) ? rowsOf(value) : ArrayBuffer.isView(value) ? Array.from(value as never) : value;
    return (
      Array.isArray(elements) &&
      elements.length === stated.elements.length &&
      elements.every((element, k) => matches(element, stated.elements[k]))
    );
  }
  if (ts.isObjectLiteralExpression(stated)) {
    if (typeof value !== "object" || value === null) return false;
    const properties = stated.properties.filter(ts.isPropertyAssignment);
    return (
      Object.keys(value).length === properties.length &&
      properties.every(({ name, initializer }) => {
        const key = ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : name.getText();
        return key in value && matches((value as Record<string, unknown>)[key], initializer);
      })
    );
  }
  const text = stated.getText();
  if (!/\d/.test(text)) return String(value) === text && typeof value !== "string";
  return typeof value === "number" && Math.abs(value - Number(text)) <= 1e-12 * Math.max(1, Math.abs(Number(text)));
}

interface Rows {
  rows: number;
  cols: number;
  data: Float64Array;
}

function isMatrix(value: unknown): value is Rows {
  return typeof value === "object" && value !== null && "rows" in value && "cols" in value && "data" in value;
}

function rowsOf({ rows, cols, data }: Rows): number[][] {
  return Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * cols, (row + 1) * cols)));
}

/** Whether an error is the one stated, whose message may be cut by "…". */
function isStated(thrown: string, error: string | undefined): boolean {
  return error?.endsWith("…") ? thrown.startsWith(error.slice(0, -1)) : thrown === error;
}

/** The statements of an example, each with the comment at its end or on the line below it. */
function linesOf(code: string): Line[] {
  const file = ts.createSourceFile("example.ts", code, ts.ScriptTarget.ES2022, true);
  return file.statements.map((statement, index): Line => {
    const next = file.statements[index + 1]?.getStart(file) ?? code.length;
    const [, comment = ""] = /^[\s;]*\/\/ (.*)/.exec(code.slice(statement.end, next)) ?? [];
    const text = statement.getText(file);
    if (nameOf(statement) === undefined && !ts.isExpressionStatement(statement)) return { code: text };
    if (/^\w+Error: /.test(comment)) return { code: text, error: comment };
    return { code: text, value: statedValue(comment) };
  });
}

/** The variable that a statement declares, if it declares one. */
function nameOf(statement: ts.Statement): string | undefined {
  if (!ts.isVariableStatement(statement)) return undefined;
  const [{ name }, ...others] = statement.declarationList.declarations;
  return ts.isIdentifier(name) && others.length === 0 ? name.text : undefined;
}

/** A statement with its value taken: an expression, or the declaration of one variable. */
function probed({ code, value, error }: Line, index: number): string {
  if (!value && !error) return code;
  const [statement] = ts.createSourceFile("line.ts", code, ts.ScriptTarget.ES2022, true).statements;
  const variable = nameOf(statement);
  if (variable !== undefined) return `${code}\nawait probe(${index}, () => ${variable});`;
  return `await probe(${index}, async () => (${code.replace(/;$/, "")}));`;
}

/**
 * Runs an example where it states a value or an error, and compares. An example that states neither, but prints,
 * draws random numbers or describes in words, is only compiled.
 */
export async function runExample({ folder, code }: Example): Promise<{ executed: boolean; wrong: string[] }> {
  const lines = linesOf(code);
  if (lines.every(({ value, error }) => !value && !error)) return { executed: false, wrong: [] };
  const wrong: string[] = [];
  const probe = async (index: number, run: () => unknown): Promise<void> => {
    const { value: stated, error, code: line } = lines[index];
    try {
      const value = await run();
      if (error) wrong.push(`${line} threw nothing, stated ${error}`);
      else if (!matches(value, stated!)) wrong.push(`${line} is ${JSON.stringify(value)}, stated ${stated!.getText()}`);
    } catch (thrown) {
      if (!isStated(String(thrown), error))
        wrong.push(`${line} threw ${String(thrown)}, stated ${error ?? stated!.getText()}`);
    }
  };
  const names = Object.assign({}, ...scopeOf(folder).reverse().map(load)) as Record<string, unknown>;
  const source = `async (probe, { ${Object.keys(names).join(", ")} }) => {\n${lines.map(probed).join("\n")}\n}`;
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  await runInThisContext(outputText)(probe, names);
  return { executed: true, wrong };
}

/** The errors of the type checker in the examples, each beginning with the example's name. */
export function typeErrors(examples: readonly Example[], exported: readonly LibraryExport[]): string[] {
  const namesOf = (folder: string) => exported.filter((entry) => entry.folder === folder).map(({ name }) => name);
  const texts = new Map(
    examples.map((example, index) => {
      const known = new Set<string>();
      const scope = scopeOf(example.folder).map((folder) => {
        const names = namesOf(folder).filter((name) => !known.has(name));
        names.forEach((name) => known.add(name));
        return `import { ${names.join(", ")} } from "flat-minima/${folder}";`;
      });
      return [path.join(root, `test/structure/example-${index}.mts`), [...scope, example.code].join("\n")];
    }),
  );
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    types: ["node"],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const onDisk = { ...host };
  host.fileExists = (file) => texts.has(file) || onDisk.fileExists(file);
  host.getSourceFile = (file, ...rest) =>
    texts.has(file) ? ts.createSourceFile(file, texts.get(file)!, rest[0]) : onDisk.getSourceFile(file, ...rest);
  const files = [...texts.keys()];
  return ts
    .getPreEmitDiagnostics(ts.createProgram({ rootNames: files, options, host }))
    .map(({ file, messageText }) => {
      const { folder, name } = examples[files.indexOf(file?.fileName ?? "")] ?? { folder: "", name: "" };
      return `${folder}, ${name}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
}
