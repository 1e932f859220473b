import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import manifest from "../../lib/package.json";
import { folders as barrels, root } from "../project";

const lib = path.join(root, "lib");

/** The compiler of tslab, 5.0.4, which checks the cells. The two share the part of the interface that is used here. */
const tslabCompiler = createRequire(import.meta.url)("@tslab/typescript-for-tslab") as typeof ts;

let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "flat-minima-consumer-")));
  mkdirSync(path.join(folder, "node_modules"));
  symlinkSync(lib, path.join(folder, "node_modules/flat-minima"), "junction");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A program as a user writes it, over every barrel; its exports need declarations, as the variables of a cell do. */
const program = `
import { type Matrix, eigh, matrix, randomStream, topEigenpairs, topEigenvalue } from "flat-minima/core";
import { empiricalRisk, halfSquareLoss, hessianOperator, leastSquares, multilayerPerceptron } from "flat-minima/models";
import { type BatchRule, gradientDescent, runTrajectory, stochasticGradientDescent } from "flat-minima/optimizers";
import { hypercubeXor, readIdxLabels } from "flat-minima/data";
import { oneSampleSam } from "flat-minima/sam";
import { experiments, runExperiments } from "flat-minima/experiments";
import { meanSquareThreshold, sharpness } from "flat-minima/stability";
import { check, closingTable, type Statement } from "flat-minima/claims";
import { figure, line, sideBySide } from "flat-minima/plot";

export const inputs: Matrix = matrix([[1, 0], [0, 2]]);
export const eigen = eigh(inputs);
export const top: number = topEigenvalue(inputs) + eigen.values[0];
export const model = leastSquares(inputs, Float64Array.of(1, 1));
const batches: BatchRule = { batchSize: 1, sampling: "with replacement" };
export const update = stochasticGradientDescent({ ...model, ...batches, learningRate: 0.1, stream: randomStream(1) });
export const path = runTrajectory(gradientDescent({ ...model, learningRate: 0.1 }), new Float64Array(2), { steps: 3 });
export const losses = path.then(({ observations }) => observations.map((theta) => model.loss(theta)));
export const network = multilayerPerceptron({ widths: [2, 3, 1], activation: "tanh" });
export const risk = empiricalRisk({ network, loss: halfSquareLoss, inputs, targets: Float64Array.of(1, 1) });
export const step = gradientDescent({ ...risk, learningRate: 0.1 });
const stream = randomStream(1);
export const pairs = topEigenpairs(hessianOperator(risk.at(stream.normals(network.parameterCount))), { stream });
export const xor = hypercubeXor({ sampleCount: 5, dimension: 3, stream });
export const trainer = oneSampleSam({
  ...xor, stream, structure: "no bias", width: 2, loss: "square", start: stream.normals(8),
  learningRate: 0.01, perturbationRadius: 0.1,
});
export const trained = runTrajectory(trainer, { steps: 4 });
const { configuration } = experiments["first-passage"].grid[0];
export const passages = runExperiments("first-passage", [{ configuration, seed: 1 }]);
export const leaving = passages.then(([first]) => first.leavingSteps);
export const labels: Uint8Array = readIdxLabels(new Uint8Array(9)).labels;
export const threshold: number = meanSquareThreshold({ curvatures: [1, 3], ...batches });
const statement: Statement = { measured: sharpness([0.2, 3.8]), expected: 2, tolerance: 1e-12 };
export const checked = check("W25", statement, { rejects: { wrong: { measured: 1, expected: 2, tolerance: 0.1 } } });
export const table = closingTable(["W25"]);
export const drawn = figure({ title: "t", layers: [line({ x: [0, 1], y: [1, 0], role: "theory" })], x: { title: "x" }, y: { title: "y" }, says: "." });
export const both = sideBySide([drawn, drawn], { title: "two", says: "." });
`;

/** What a compiler says of a file in the consumer's folder: "TS2345 in program.mts: …". */
function diagnostics(compiler: typeof ts, options: ts.CompilerOptions, text: string): string[] {
  const file = path.join(folder, "program.ts");
  writeFileSync(file, text);
  const built = compiler.createProgram({
    rootNames: [file],
    options: {
      target: compiler.ScriptTarget.ES2022,
      lib: ["lib.es2022.d.ts"],
      types: ["node"],
      typeRoots: [path.join(root, "node_modules/@types")],
      strict: true,
      skipDefaultLibCheck: true,
      declaration: true,
      outDir: folder,
      ...options,
    },
  });
  return compiler.getPreEmitDiagnostics(built).map(({ code, file, messageText }) => {
    const place = file ? path.relative(root, file.fileName) : "the options";
    return `TS${code} in ${place}: ${compiler.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

const { ESNext, Node16 } = ts.ModuleKind;
// tslab resolves as Node10 does, by `typesVersions`; the project's kernel, like bundlers, by `exports`.
const compilers: [name: string, compiler: typeof ts, options: ts.CompilerOptions][] = [
  ["TypeScript 5.0.4 of tslab, Node10", tslabCompiler, { module: ESNext, moduleResolution: 2 }],
  ["TypeScript 5.0.4 of tslab, Bundler", tslabCompiler, { module: ESNext, moduleResolution: 100 }],
  ["TypeScript 6, Node16", ts, { module: Node16, moduleResolution: ts.ModuleResolutionKind.Node16 }],
  ["TypeScript 6, Bundler", ts, { module: ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }],
];

describe.each(compilers)("types under %s", (_, compiler, options) => {
  it("check a program over every barrel, declarations and the library's own included", () => {
    expect(diagnostics(compiler, { ...options, skipLibCheck: false }, program)).toEqual([]);
  });

  it("refuse a wrong argument, and what is no barrel", () => {
    const wrong = [
      'import { sharpness } from "flat-minima/stability";',
      'import { lyapunovExponent } from "flat-minima/stability/lyapunov";',
      "export const wrong = [sharpness('flat'), lyapunovExponent];",
    ];
    expect(diagnostics(compiler, { ...options, skipLibCheck: true }, wrong.join("\n"))).toEqual([
      expect.stringMatching(/^TS2307 in .*flat-minima\/stability\/lyapunov/),
      expect.stringMatching(/^TS2345 in .*program\.ts: .*string/),
    ]);
  });
});

it("tslab's compiler is the one whose typed arrays have no parameter", () => {
  expect(tslabCompiler.version).toBe("5.0.4");
  const generic = "export const x: Float64Array<ArrayBuffer> = Float64Array.of(1);";
  const options = { module: ESNext, moduleResolution: 2, skipLibCheck: true };
  expect(diagnostics(tslabCompiler, options, generic)).toEqual([expect.stringMatching(/^TS2315 .*not generic/)]);
});

// Each folder is listed: with a pattern, "./*", TypeScript 5.0.4 cannot name the library's types in the declarations
// of a cell's variables (TS2742).
it("package.json exports every folder that has a barrel, and nothing else", () => {
  const expected = barrels.map((name) => [
    `./${name}`,
    { types: `./dist/${name}/index.d.ts`, default: `./dist/${name}/index.js` },
  ]);
  expect(manifest.exports).toEqual({ "./package.json": "./package.json", ...Object.fromEntries(expected) });
  expect(manifest.typesVersions).toEqual({ "*": { "*": ["dist/*/index.d.ts"] } });
});

describe("in plain Node", () => {
  /** What a program in the consumer's folder reports by `report(value)`. */
  const inNode = (code: string, type: "commonjs" | "module" = "commonjs") => {
    const report = "const report = (value) => console.log(JSON.stringify(value));\n";
    const args = [`--input-type=${type}`, "-e", report + code];
    return JSON.parse(execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" }));
  };

  /** Which of the packages that take long to load a program has loaded. */
  const heavy = `[...new Set(Object.keys(require.cache).flatMap((file) =>
    /node_modules.(koffi|vega[\\w-]*)/.exec(file)?.[1] ?? []))].sort()`;

  it.each(barrels)("%s loads by require, without Vega and koffi, which come when they are needed", (barrel) => {
    const { names, milliseconds, loaded } = inNode(`
      const start = performance.now();
      const names = Object.keys(require("flat-minima/${barrel}"));
      report({ names, milliseconds: performance.now() - start, loaded: ${heavy} });
    `);
    console.log(`require("flat-minima/${barrel}"): ${milliseconds.toFixed(0)} ms`);
    expect(names.length).toBeGreaterThan(0);
    expect(loaded).toEqual([]);
  });

  it("every barrel loads by import, with the same names", () => {
    const names = (load: string) =>
      `const names = {}; for (const name of ${JSON.stringify(barrels)}) names[name] = Object.keys(${load}); report(names);`;
    const required: Record<string, string[]> = inNode(names("require(`flat-minima/${name}`)"));
    // An ES module sees in addition `default`, and in later versions of Node `module.exports`.
    expect(inNode(names("await import(`flat-minima/${name}`)"), "module")).toEqual(
      Object.fromEntries(barrels.map((name) => [name, expect.arrayContaining(required[name])])),
    );
  });

  it("its functions give numbers, by require and by a named import", () => {
    const call = "report(sharpness([0.2, 3.8]));";
    expect(inNode(`const { sharpness } = require("flat-minima/stability"); ${call}`)).toBe(2);
    expect(inNode(`import { sharpness } from "flat-minima/stability"; ${call}`, "module")).toBe(2);
  });

  it("refuses what is no barrel", () => {
    const refused = 'try { require("flat-minima/core/eigh") } catch (error) { report(error.code) }';
    expect(inNode(refused)).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("what needs them loads them, which shows that the test above can see it", () => {
    const render = `
      const { figure, line } = require("flat-minima/plot");
      const axis = { title: "x" };
      const layers = [line({ x: [0, 1], y: [1, 0], role: "theory" })];
      const drawn = figure({ title: "t", x: axis, y: axis, layers, says: "It falls." });
      drawn[Symbol.for("Jupyter.display")]().then(() => report(${heavy}));
    `;
    expect(inNode(render)).toContain("vega");
    // koffi is asked for any library that is named, even if there is none.
    const multiply = `
      process.env.FLAT_MINIMA_BLAS = "/no/such/library.so";
      require("flat-minima/core").engine();
      report(${heavy});
    `;
    expect(inNode(multiply)).toEqual(["koffi"]);
  });
});
