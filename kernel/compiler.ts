import { SourceMap, type SourceMapPayload } from "node:module";

/**
 * What the kernel changes about the compiler that tslab brings (TypeScript 5.0.4 with tslab's own extensions),
 * without touching a file of either: the module in `require.cache` is replaced, before tslab loads, by one that
 * forwards everything but a few functions.
 *
 * - Cells are checked with `strict`, and packages resolve by their `exports` maps (`Bundler`).
 * - Files on disk are not watched: a library that is rebuilt while the kernel runs makes tslab's watcher throw in
 *   every later cell. Changes count after a restart of the kernel.
 * - Both compilation steps keep their source maps, so that an error names the line the reader wrote.
 * - `{ x }` finds the `x` of an earlier cell (tslab rewrites the name everywhere else, but not there).
 */
const compilerId = "@tslab/typescript-for-tslab";

type Compiler = typeof import("@tslab/typescript-for-tslab");
type Node = import("@tslab/typescript-for-tslab").Node;
type SourceFile = import("@tslab/typescript-for-tslab").SourceFile;
type TransformerFactory<T extends Node> = import("@tslab/typescript-for-tslab").TransformerFactory<T>;
type TypeChecker = import("@tslab/typescript-for-tslab").TypeChecker;

/** The source maps of the cell that was compiled last: from what runs to ES modules, from those to TypeScript. */
let lastMaps: SourceMap[] = [];

const inlineMap = /\n?\/\/# sourceMappingURL=data:application\/json;base64,([\w+/=]+)\s*$/;

function parseMap(json: string): SourceMap {
  return new SourceMap(JSON.parse(json) as SourceMapPayload);
}

/** Replaces the compiler in `require.cache`; call it before anything of tslab is loaded. */
export function prepareCompiler(): void {
  if (require.cache[require.resolve("tslab/dist/converter")]) {
    throw new Error("prepareCompiler: must run before tslab loads, got tslab loaded already");
  }
  const path = require.resolve(compilerId, { paths: [require.resolve("tslab")] });
  const compiler = require(path) as Compiler;
  compiler.sys.watchFile = compiler.sys.watchDirectory = () => ({ close: () => undefined });

  const createWatchCompilerHost = (rootFiles: string[], options: object, ...rest: unknown[]) =>
    (compiler.createWatchCompilerHost as (...args: unknown[]) => unknown)(
      rootFiles,
      {
        ...options,
        strict: true,
        moduleResolution: compiler.ModuleResolutionKind.Bundler,
        types: ["node"],
        inlineSourceMap: true,
      },
      ...rest,
    );

  const transpileModule: Compiler["transpileModule"] = (source, options) => {
    const inline = inlineMap.exec(source);
    const result = compiler.transpileModule(source.replace(inlineMap, ""), {
      ...options,
      compilerOptions: { ...options.compilerOptions, sourceMap: true },
    });
    lastMaps = [result.sourceMapText, inline && Buffer.from(inline[1], "base64").toString()]
      .filter((json) => typeof json === "string")
      .map(parseMap);
    return { ...result, outputText: result.outputText.replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, "") };
  };

  const createWatchProgram = (host: Parameters<Compiler["createWatchProgram"]>[0]) => {
    const created = host.afterProgramCreate?.bind(host);
    host.afterProgramCreate = (builder) => {
      const emit = builder.emit.bind(builder);
      builder.emit = (file, write, token, declarationsOnly, transformers) =>
        emit(file, write, token, declarationsOnly, {
          ...transformers,
          before: [expandShorthands(compiler, builder.getProgram().getTypeChecker())],
        });
      created?.(builder);
    };
    return compiler.createWatchProgram(host);
  };

  // A new object with a getter for each export: the bundle's own exports cannot be redefined.
  const changed = { __esModule: true, createWatchCompilerHost, createWatchProgram, transpileModule };
  const replacement = Object.defineProperties(
    { ...changed },
    Object.fromEntries(
      Object.keys(compiler)
        .filter((key) => !(key in changed))
        .map((key) => [key, { enumerable: true, get: () => compiler[key as keyof Compiler] }]),
    ),
  );
  require.cache[path]!.exports = replacement;
}

/** `{ x }` to `{ x: exports.x }` where x is a variable of an earlier cell: there tslab keeps them. */
function expandShorthands(ts: Compiler, checker: TypeChecker): TransformerFactory<SourceFile> {
  return (context) => {
    const visit = (node: Node): Node => {
      if (ts.isShorthandPropertyAssignment(node)) {
        const declarations = checker.getShorthandAssignmentValueSymbol(node)?.declarations ?? [];
        if (declarations.some((declaration) => declaration.getSourceFile().fileName.endsWith("/__prev__.d.ts"))) {
          const variable = ts.factory.createPropertyAccessExpression(ts.factory.createIdentifier("exports"), node.name);
          return ts.factory.createPropertyAssignment(node.name, variable);
        }
      }
      return ts.visitEachChild(node, visit, context);
    };
    return (file) => ts.visitEachChild(file, visit, context);
  };
}

/** Takes the maps of the cell that was compiled last. */
export function takeSourceMaps(): SourceMap[] {
  const maps = lastMaps;
  lastMaps = [];
  return maps;
}

/** The version of the compiler that checks the cells. */
export function compilerVersion(): string {
  return (require(require.resolve(compilerId, { paths: [require.resolve("tslab")] })) as Compiler).version;
}
