import path from "node:path";
import ts from "typescript";
import { folders, root } from "../project";

const lib = path.join(root, "lib");

/** What a barrel exports, as its readers see it. */
export interface LibraryExport {
  readonly folder: string;
  readonly name: string;
  readonly kind: "function" | "class" | "value" | "type";
  /** The text of the doc comment, without its tags. */
  readonly doc: string;
  /** The texts of its tags by name: "example", "throws". */
  readonly tags: Readonly<Record<string, readonly string[]>>;
  /** Whether the function refuses bad input, by itself or in a helper that no barrel exports. */
  readonly refuses: boolean;
}

/** Everything that the barrels of a program export. */
export function readExports(program: ts.Program, barrels: Readonly<Record<string, string>>): LibraryExport[] {
  const checker = program.getTypeChecker();
  const target = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const found = Object.entries(barrels).flatMap(([folder, file]) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
    return checker.getExportsOfModule(module).map((symbol) => ({ folder, name: symbol.name, symbol: target(symbol) }));
  });
  const exported = new Set(found.map(({ symbol }) => symbol));

  const refuses = (declaration: ts.Node, seen = new Set<ts.Node>()): boolean => {
    if (seen.has(declaration)) return false;
    seen.add(declaration);
    const visit = (node: ts.Node): boolean => {
      if (ts.isThrowStatement(node)) return true;
      // What is thrown there is caught there.
      if (ts.isTryStatement(node) && node.catchClause) return [node.catchClause, node.finallyBlock].some(visitIfThere);
      if (ts.isCallExpression(node)) {
        const called = checker.getSymbolAtLocation(node.expression);
        const callee = called && target(called);
        if (callee?.name === "requireThat") return true;
        if (callee && !exported.has(callee)) {
          const bodies = (callee.declarations ?? []).filter((body) => !body.getSourceFile().isDeclarationFile);
          if (bodies.some((body) => ts.isFunctionDeclaration(body) && refuses(body, seen))) return true;
        }
      }
      return ts.forEachChild(node, (child) => visit(child) || undefined) ?? false;
    };
    const visitIfThere = (node: ts.Node | undefined) => node !== undefined && visit(node);
    return visit(declaration);
  };

  return found.map(({ folder, name, symbol }) => {
    const tags: Record<string, string[]> = {};
    for (const tag of symbol.getJsDocTags(checker)) {
      (tags[tag.name] ??= []).push(ts.displayPartsToString(tag.text));
    }
    const isFunction = Boolean(symbol.flags & ts.SymbolFlags.Function);
    return {
      folder,
      name,
      kind: isFunction
        ? "function"
        : symbol.flags & ts.SymbolFlags.Class
          ? "class"
          : symbol.flags & ts.SymbolFlags.Variable
            ? "value"
            : "type",
      doc: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
      tags,
      refuses: isFunction && (symbol.declarations ?? []).some((declaration) => refuses(declaration)),
    };
  });
}

/** Everything that the library exports, read from its sources. */
export function libraryExports(): LibraryExport[] {
  const { options } = ts.convertCompilerOptionsFromJson(
    ts.readConfigFile(path.join(root, "tsconfig.base.json"), (file) => ts.sys.readFile(file)).config.compilerOptions,
    root,
  );
  const barrels = Object.fromEntries(folders.map((folder) => [folder, path.join(lib, folder, "index.ts")]));
  const program = ts.createProgram({ rootNames: Object.values(barrels), options: { ...options, noEmit: true } });
  return readExports(program, barrels);
}
