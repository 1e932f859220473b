import path from "node:path";
import ts from "typescript";

/** Source texts by their paths, "stability/lyapunov.ts"; an in-memory example is one as well. */
export type Sources = ReadonlyMap<string, string>;

/** What a file imports, in any form: import and export declarations, types, `import()`, `require()`. */
export function importsOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** The file that a relative import of `from` means, which `import()` names as it is compiled; undefined where there is none. */
function resolve(sources: Sources, from: string, specifier: string): string | undefined {
  const target = path.posix.join(path.posix.dirname(from), specifier).replace(/\.js$/, "");
  return [target, `${target}.ts`, `${target}/index.ts`].find((file) => sources.has(file));
}

/**
 * What is wrong with the imports between folders: an import is allowed within a folder, and from the folders that
 * `allowed` names beside its own.
 */
export function forbiddenImports(sources: Sources, allowed: Readonly<Record<string, readonly string[]>>): string[] {
  return [...sources].flatMap(([file, text]) =>
    importsOf(text)
      .filter((specifier) => specifier.startsWith("."))
      .flatMap((specifier) => {
        const target = resolve(sources, file, specifier);
        if (target === undefined) return [`${file} imports ${specifier}, which is no file here`];
        const [from, to] = [file, target].map((name) => path.posix.dirname(name).split("/")[0]);
        return from === to || allowed[from]?.includes(to) ? [] : [`${file} imports ${target}`];
      }),
  );
}

/** The cycles of imports between files, each once: "a.ts -> b.ts -> a.ts". Imports of types count. */
export function importCycles(sources: Sources): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) cycles.push([...trail.slice(start), file].join(" -> "));
    if (start >= 0 || done.has(file)) return;
    for (const specifier of importsOf(sources.get(file)!)) {
      const target = specifier.startsWith(".") ? resolve(sources, file, specifier) : undefined;
      if (target !== undefined) visit(target, [...trail, file]);
    }
    done.add(file);
  };
  for (const file of sources.keys()) visit(file, []);
  return cycles;
}
