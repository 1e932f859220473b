import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import ts from "typescript";
import { runInThisContext } from "node:vm";
import { gram, randomStream, zeros } from "flat-minima/core";
import { writeNpy } from "flat-minima/data";
import { analyzeGram } from "flat-minima/stability";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { analysisTable } from "../../scripts/analysis-report.mjs";
import { readAnalyzeOptions, UsageError } from "../../scripts/options.mjs";
import { root } from "../project";

let folder = "";
const place = (name: string) => path.join(folder, name);

const n = 12;
const stream = randomStream(1, "analyze");
const gradients = zeros(n, 30);
gradients.data.set(stream.normals(n * 30));
const gramMatrix = gram(gradients);
const residuals: Float64Array = stream.normals(n);
const sgd = { learningRate: 0.05, batchSize: 3, sampling: "with replacement" } as const;

/** The bytes of a float32 file, from those of a float64 one. */
function inSinglePrecision(bytes: Uint8Array, count: number): Uint8Array {
  const header = Buffer.from(bytes.slice(0, bytes.length - 8 * count));
  header.write(header.toString("latin1").replace("<f8", "<f4"), "latin1");
  const values = Float32Array.from(new Float64Array(bytes.slice(-8 * count).buffer));
  return Buffer.concat([header, Buffer.from(values.buffer)]);
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "flat ä minima-"));
  const K = writeNpy({ shape: [n, n], data: gramMatrix.data });
  writeFileSync(place("K.npy"), K);
  writeFileSync(place("K32.npy"), inSinglePrecision(K, n * n));
  writeFileSync(place("e.npy"), writeNpy({ shape: [n, 1], data: residuals }));
  writeFileSync(place("zero.npy"), writeNpy({ shape: [n], data: new Float64Array(n) }));
});
afterAll(() => rmSync(folder, { recursive: true }));

const script = path.join(root, "scripts/analyze.mjs");
const analyze = (...args: string[]) =>
  spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: "utf8" });
const rates = ["--learning-rate", "0.05", "--batch-size", "3"];

describe("npm run analyze", () => {
  it("prints what analyzeGram says, and draws it", async () => {
    const { status, stdout, stderr } = analyze(
      "--gram",
      "K.npy",
      "--residuals",
      "e.npy",
      ...rates,
      "--out",
      "new/p.svg",
    );
    expect([status, stderr]).toEqual([0, ""]);
    const analysis = await analyzeGram({ gramMatrix, residuals, ...sgd });
    expect(stdout).toBe(`${analysisTable(analysis, sgd, [])}\n\nDrawn: ${path.join("new", "p.svg")}\n`);
    const lines = stdout.split("\n");
    expect(lines[0]).toBe("12 samples, K of rank 12; η = 0.05, batches of 3 with replacement, p_B = 0.333333");
    const threshold = Number(analysis.threshold.value.toPrecision(6));
    expect(stdout).toContain(`Exact threshold: η* = ${threshold}, `);
    expect(stdout).toMatch(/: SGD is linearly stable in mean square\n/);
    expect(stdout).toMatch(/\n {3}4 {2}Tr G ≤ 2\/\(p_B η\) .* holds {2}N1 {5}necessary\n/);
    const svg = readFileSync(place("new/p.svg"), "utf8");
    expect(svg).toMatch(/^<svg /);
    for (const word of ["Eigenvalues of G", "2/η*", "Tr G", "bound"]) expect(svg).toContain(word);
  });

  it("writes the same as JSON, with infinities as strings", async () => {
    const { status, stdout } = analyze(
      "--gram",
      "K.npy",
      "--residuals",
      "e.npy",
      ...rates,
      "--json",
      "--parameters",
      "30",
    );
    expect(status).toBe(0);
    const analysis = await analyzeGram({ gramMatrix, residuals, ...sgd, parameterCount: 30 });
    const plain = JSON.parse(
      JSON.stringify(analysis, (_, value) => (value instanceof Float64Array ? [...value] : value)),
    );
    expect(JSON.parse(stdout)).toEqual({ ...plain, ...sgd, parameterCount: 30, notes: [] });
    const far = analyze(
      "--gram",
      "K.npy",
      "--residuals",
      "e.npy",
      "--learning-rate",
      "9",
      "--batch-size",
      "3",
      "--json",
    );
    const { conditions } = JSON.parse(far.stdout) as { conditions: { formula: string; measured: unknown }[] };
    expect(conditions.find(({ formula }) => formula.startsWith("Σ"))!.measured).toBe("Infinity");
  });

  it("says when SGD is not stable, and which conditions are violated", () => {
    const { status, stdout } = analyze(
      "--gram",
      "K.npy",
      "--residuals",
      "e.npy",
      "--learning-rate",
      "9",
      "--batch-size",
      "1",
    );
    expect(status).toBe(0);
    expect(stdout).toContain(": SGD is not linearly stable in mean square\n");
    expect(stdout).toMatch(/λ₁ ≤ 2\/η .* violated {2}W21/);
    expect(stdout).toMatch(/Σ ηλ\/\(2−ηλ\) .* ∞ .* violated {2}A14/);
  });

  it("takes K in float32, and says so", async () => {
    const { status, stdout } = analyze("--gram", "K32.npy", "--residuals", "e.npy", ...rates, "--json");
    expect(status).toBe(0);
    const { notes, threshold, factors } = JSON.parse(stdout);
    expect(notes).toEqual([
      "K is in float32: eigenvalues that may be its rounding are taken as 0; better write float64",
    ]);
    const exact = await analyzeGram({ gramMatrix, residuals, ...sgd });
    // Entries known to 2⁻²⁴, each in a sum of at most n.
    expect(Math.abs(threshold.value / exact.threshold.value - 1)).toBeLessThan(20 * n * 2 ** -24);
    expect(Math.abs(factors.mu / exact.factors.mu - 1)).toBeLessThan(20 * n * 2 ** -24);
  });

  it("takes the limit at interpolation without residuals, and refuses residuals that are 0 with the way to it", () => {
    const { stdout } = analyze("--gram", "K.npy", ...rates);
    expect(stdout).toContain("Alignment of the slowest direction: α ");
    expect(stdout).toContain("(at interpolation: the limit along gradient flow)");
    const { status, stderr } = analyze("--gram", "K.npy", "--residuals", "zero.npy", ...rates);
    expect(status).toBe(1);
    expect(stderr).toBe(
      "\n--residuals zero.npy: all are 0. At interpolation the factors are limits (0/0), along the direction in which the " +
        "residuals vanish. Leave --residuals out for that of gradient flow, or give another direction.\n",
    );
  });

  it.each<[what: string, args: string[], message: string]>([
    ["a file that is not there", ["--gram", "no.npy", ...rates], "--gram no.npy: there is no such file"],
    ["a vector for K", ["--gram", "zero.npy", ...rates], "--gram zero.npy: a square matrix (n, n), got the shape (12)"],
    [
      "a matrix for e",
      ["--gram", "K.npy", "--residuals", "K.npy", ...rates],
      "--residuals K.npy: a vector of length 12, got the shape (12, 12)",
    ],
    ["another file", ["--gram", script, ...rates], "readNpy: the bytes must be a whole NumPy file"],
    [
      "a batch that is too large",
      ["--gram", "K.npy", "--learning-rate", "1", "--batch-size", "13", "--sampling", "without"],
      "batchSize must be at most sampleCount = 12 without replacement, got 13",
    ],
    [
      "too few parameters",
      ["--gram", "K.npy", ...rates, "--parameters", "3"],
      "the rank of the Gram matrix, 12, got 3",
    ],
  ])("refuses %s, in a line without a stack", (_, args, message) => {
    const { status, stderr } = analyze(...args, "--out", "none.svg");
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(existsSync(place("none.svg"))).toBe(false);
  });
});

describe("readAnalyzeOptions", () => {
  it("reads the options", () => {
    expect(readAnalyzeOptions(["--gram", "K", "--residuals=e", ...rates, "--json", "--out", "o"])).toEqual({
      help: false,
      gram: "K",
      residuals: "e",
      ...sgd,
      parameterCount: undefined,
      out: "o",
      json: true,
    });
    expect(readAnalyzeOptions(["--gram", "K", ...rates, "--sampling", "without"])).toMatchObject({
      sampling: "without replacement",
    });
    expect(readAnalyzeOptions(["-h"])).toEqual({ help: true });
  });

  it.each([
    [rates, "--gram is missing: the NumPy file with the Gram matrix"],
    [["--gram", "K", "--batch-size", "1"], "--learning-rate is missing: the learning rate η"],
    [["--gram", "K", "--learning-rate", "1"], "--batch-size is missing: the batch size B"],
    [["--gram=", ...rates], "--gram: a file, got nothing"],
    [["--gram", "K", "--learning-rate", "0", "--batch-size", "1"], "--learning-rate: a positive number, got 0"],
    [["--gram", "K", "--learning-rate", "1", "--batch-size", "1.5"], "--batch-size: a positive integer, got 1.5"],
    [["--gram", "K", ...rates, "--parameters", "0"], "--parameters: a positive integer, got 0"],
    [["--gram", "K", ...rates, "--sampling", "some"], '--sampling: "with" or "without", got some'],
    [["--gram", "K", ...rates, "--plot"], "Unknown option '--plot'"],
  ])("refuses %j", (args, message) => {
    expect(() => readAnalyzeOptions(args)).toThrow(new UsageError(message));
  });
});

describe("docs/analyze-your-own.md", () => {
  it("has an example without Python that makes files which the command takes, with the numbers of the function", async () => {
    const [, code] = /```ts\n(.*?)```/s.exec(readFileSync(path.join(root, "docs/analyze-your-own.md"), "utf8"))!;
    const placed = code.replace(/writeFileSync\("/g, `writeFileSync(${JSON.stringify(folder + path.sep)} + "doc-`);
    const required = placed.replace(/import \{(.*?)\} from (".*?");/g, "const {$1} = require($2);");
    const { outputText } = ts.transpileModule(`(async (require) => {${required} return analysis; })`, {
      compilerOptions: { target: ts.ScriptTarget.ES2022 },
    });
    const analysis = await runInThisContext(outputText)(createRequire(import.meta.url));
    const { stdout } = analyze(
      "--gram",
      "doc-K.npy",
      "--residuals",
      "doc-e.npy",
      "--learning-rate",
      "0.1",
      "--batch-size",
      "8",
      "--parameters",
      "4081",
      "--json",
    );
    const printed = JSON.parse(stdout);
    expect(printed.threshold.value).toBe(analysis.threshold.value);
    expect(printed.conditions).toEqual(analysis.conditions);
    expect(printed.factors.mu).toBeGreaterThan(0);
  });
});
