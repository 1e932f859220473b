// The marks of an assignment's cells without nbgrader, kernel, sandbox and types: a hundred times as fast.
import { createRequire } from "node:module";
import path from "node:path";
import ts from "typescript";
import { root } from "../project";
import { type Notebook, sourceOf } from "./course";

const nodeRequire = createRequire(path.join(root, "homework", "assignment.js"));

/** The statements of a cell, its imports apart. */
function splitCell(text: string): { imports: ts.ImportDeclaration[]; body: string } {
  const file = ts.createSourceFile("cell.ts", text, ts.ScriptTarget.ES2022, true);
  const imports = file.statements.filter(ts.isImportDeclaration);
  const body = file.statements.filter((statement) => !ts.isImportDeclaration(statement));
  return { imports, body: body.map((statement) => statement.getFullText()).join("\n") };
}

/** One import of each name, since cells may import again what others have. */
function joined(imports: readonly ts.ImportDeclaration[]): string {
  const lines = imports.flatMap(({ importClause, moduleSpecifier }) => {
    const from = moduleSpecifier.getText();
    const named = importClause?.namedBindings;
    return [
      ...(importClause?.name ? [`import ${importClause.name.text} from ${from};`] : []),
      ...(named && ts.isNamedImports(named)
        ? named.elements.map((element) => `import { ${element.getText()} } from ${from};`)
        : []),
      ...(named && ts.isNamespaceImport(named) ? [`import ${named.getText()} from ${from};`] : []),
    ];
  });
  return [...new Set(lines)].join("\n");
}

/**
 * What each graded code cell earns. The given cells, the answers and the tests run as one function; cells that only show
 * something are left out, and types are not looked at, so that an answer with a type error may pass here.
 */
export async function quickMarks(notebook: Notebook): Promise<Record<string, number>> {
  const imports: ts.ImportDeclaration[] = [];
  let program = "";
  for (const cell of notebook.cells) {
    const role = cell.metadata.nbgrader;
    if (cell.cell_type !== "code" || !role) continue;
    let text = sourceOf(cell);
    if (role.grade && cell.metadata.flat_minima?.partial) {
      const [marks, ...lines] = text.trimEnd().split("\n").reverse();
      text = [...lines.reverse(), `return ${marks}`].join("\n");
    }
    const { imports: own, body } = splitCell(text);
    imports.push(...own);
    program += role.grade ? `tests[${JSON.stringify(cell.id)}] = async () => {\n${body}\n};\n` : `${body}\n`;
  }
  const { outputText } = ts.transpileModule(`${joined(imports)}\nexport default async (tests) => {\n${program}\n};`, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  const module = { exports: {} as { default?: (tests: Record<string, () => Promise<unknown>>) => Promise<void> } };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the cells are what is tested
  const run = new Function("require", "module", "exports", "console", outputText);
  // What a given cell shows is of no interest here.
  const silent = { log: () => undefined, table: () => undefined };
  run(nodeRequire, module, module.exports, silent);
  const tests: Record<string, () => Promise<unknown>> = {};
  await module.exports.default!(tests);

  const marks: Record<string, number> = {};
  for (const { id, metadata } of notebook.cells) {
    if (!(id in tests)) continue;
    try {
      const value = await tests[id]();
      marks[id] = metadata.flat_minima?.partial ? (value as number) : metadata.nbgrader.points;
    } catch {
      marks[id] = 0;
    }
  }
  return marks;
}
