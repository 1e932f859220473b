import ts from "typescript";
import { describe, expect, it, vi } from "vitest";
import { matches, runExample, statedValue, typeErrors, type Example } from "./doctest";
import { libraryExports, readExports, type LibraryExport } from "./library";

const label = ({ folder, name }: LibraryExport) => `${folder}: ${name}`;
const isCallable = ({ kind }: LibraryExport) => kind === "function" || kind === "class";
const hasSentence = ({ doc }: LibraryExport) => /^\P{Ll}.*\s.*\s.*?[.:](\s|$)/su.test(doc);
const lacksThrows = ({ refuses, tags }: LibraryExport) => refuses && !tags.throws;

const exported = libraryExports();
const examples: Example[] = exported.flatMap(({ folder, name, tags }) =>
  (tags.example ?? []).map((code, index) => ({ folder, name: index === 0 ? name : `${name} ${index + 1}`, code })),
);

describe("what the barrels export", () => {
  it("is read, from every folder", () => {
    expect(exported.map(label)).toEqual(expect.arrayContaining(["core: eigh", "stability: sharpness", "plot: Layer"]));
  });

  it("has a doc comment with a sentence", () => {
    expect(exported.filter((entry) => !hasSentence(entry)).map(label)).toEqual([]);
  });

  it("has an example, if it is a function or a class", () => {
    expect(exported.filter((entry) => isCallable(entry) && !entry.tags.example).map(label)).toEqual([]);
  });

  it("says what it throws, if it refuses bad input", () => {
    expect(exported.filter(lacksThrows).map(label)).toEqual([]);
  });
});

describe("the examples", () => {
  it("compile", () => {
    expect(typeErrors(examples, exported)).toEqual([]);
  });

  it("give what they state", async () => {
    const quiet = vi.spyOn(console, "log").mockImplementation(() => {});
    const wrong: string[] = [];
    const compiledOnly: string[] = [];
    for (const example of examples) {
      const result = await runExample(example);
      if (!result.executed) compiledOnly.push(example.name);
      wrong.push(...result.wrong.map((what) => `${example.folder}, ${example.name}: ${what}`));
    }
    quiet.mockRestore();
    const executed = examples.length - compiledOnly.length;
    console.log(`${examples.length} examples: ${executed} executed; only compiled: ${compiledOnly.join(", ")}`);
    expect(wrong).toEqual([]);
    // The doctest has not lost its way into the comments.
    expect(executed).toBeGreaterThan(examples.length / 2);
  });
});

describe("the doctest", () => {
  const run = (code: string) => runExample({ folder: "stability", name: "planted", code });

  it("finds a planted wrong value, wherever it stands", async () => {
    expect(await run("sharpness([0.2, 3.8]); // 2")).toEqual({ executed: true, wrong: [] });
    expect((await run("sharpness([0.2, 3.8]); // 2.1")).wrong).toEqual(["sharpness([0.2, 3.8]); is 2, stated 2.1"]);
    const twoLines = "const s = sharpness([0.2, 3.8]); // 3\nnonUniformity([0.2, s]); // 0.9";
    expect((await run(twoLines)).wrong).toEqual(["const s = sharpness([0.2, 3.8]); is 2, stated 3"]);
  });

  it("finds an error that is not stated, and one that is not thrown", async () => {
    const message = "InvalidArgumentError: sharpness: there must be at least one curvature, got 0";
    expect((await run("sharpness([]); // 2")).wrong).toEqual([
      expect.stringMatching(/threw InvalidArgumentError: sharp/),
    ]);
    expect((await run(`sharpness([1]); // ${message}`)).wrong).toEqual([
      `sharpness([1]); threw nothing, stated ${message}`,
    ]);
  });

  it("executes nothing where only words are stated", async () => {
    expect(await run("sharpness([]); // the mean")).toEqual({ executed: false, wrong: [] });
  });

  it.each<[comment: string, value: unknown, other: unknown]>([
    ["2: the mean", 2, 2.1],
    ["-0.34657…, that is ½ log ½", -0.5 * Math.LN2, -0.34656],
    ["0.17799…", 0.177997, 0.178],
    ["[[1], [2]]: its rows", { rows: 2, cols: 1, data: Float64Array.of(1, 2) }, [[1, 2]]],
    ["matrix([[1, 2]])", { rows: 1, cols: 2, data: Float64Array.of(1, 2) }, [[1, 2]]],
    ["Float64Array [1, 3]", Float64Array.of(1, 3), Float64Array.of(1, 3, 0)],
    ['{ name: "a: b", inner: [true] }', { name: "a: b", inner: [true] }, { name: "a: b", inner: [true], more: 1 }],
    ["undefined, outside a kernel", undefined, "undefined"],
    ['"2"', "2", 2],
  ])("reads %s", (comment, value, other) => {
    const stated = statedValue(comment)!;
    expect([matches(value, stated), matches(other, stated)]).toEqual([true, false]);
  });

  it("takes no words for a value", () => {
    for (const words of ["all five", 'prints "2"', "two rows; more", "", "theta after a step"]) {
      expect(statedValue(words)).toBeUndefined();
    }
  });

  it("does not compile an example that misuses its function", () => {
    const misused = { folder: "stability", name: "planted", code: 'sharpness("flat"); // 2' };
    expect(typeErrors([misused], exported)).toEqual([expect.stringMatching(/^stability, planted: .*string/)]);
  });
});

it("a planted export without its comment, example and @throws is found", () => {
  const file = "planted.ts";
  const text = [
    "declare function requireThat(condition: boolean): void;",
    "function helper(x: number) { if (x < 0) throw new RangeError(); }",
    "export function bare(x: number) { helper(x); }",
    "/** tiny */",
    "export class Tiny {}",
    "/**\n * A function that refuses and says so.\n *\n * @throws RangeError\n * @example\n * good(1); // 1\n */",
    "export function good(x: number) { requireThat(x > 0); return x; }",
    "/** A function whose error stays inside. @example calm(1); */",
    "export function calm(x: number) { try { helper(x); } catch { return 0; } return x; }",
  ].join("\n");
  const host = ts.createCompilerHost({});
  host.getSourceFile = (name, options) => (name === file ? ts.createSourceFile(name, text, options, true) : undefined);
  const program = ts.createProgram({ rootNames: [file], options: { noLib: true, types: [] }, host });
  const planted = readExports(program, { planted: file });
  expect(planted.filter((entry) => !hasSentence(entry)).map(label)).toEqual(["planted: bare", "planted: Tiny"]);
  expect(planted.filter((entry) => !entry.tags.example).map(label)).toEqual(["planted: bare", "planted: Tiny"]);
  expect(planted.filter(lacksThrows).map(label)).toEqual(["planted: bare"]);
});
