import { blasEngine, type Engine, engine, matrix, plainEngine, scale, transpose } from "flat-minima/core";
import { selfTest } from "../../lib/core/engine-blas";
import { describe, expect, it } from "vitest";

describe("engine", () => {
  it("is the BLAS engine where there is one, else plain TypeScript with the reasons", () => {
    const { blas, refused } = blasEngine();
    expect(engine().name).toBe(blas ? blas.name : "TypeScript");
    expect(engine().description).toBe(blas ? blas.description : plainEngine(refused.join("; ")).description);
  });

  it("is chosen once", () => {
    expect(engine()).toBe(engine());
  });
});

describe("plainEngine", () => {
  it("says why", () => {
    expect(plainEngine("FLAT_MINIMA_BLAS is none").description).toBe(
      "Matrices in plain TypeScript (FLAT_MINIMA_BLAS is none).",
    );
  });
});

describe("blasEngine", () => {
  it("looks for nothing when told none", () => {
    expect(blasEngine("none")).toEqual({ blas: undefined, refused: ["FLAT_MINIMA_BLAS is none"] });
  });

  it("refuses what is no library, with the reason, and goes on", () => {
    const byDefault = blasEngine("");
    const { blas, refused } = blasEngine("/no/such/library.so");
    expect(refused[0]).toMatch(/^\/no\/such\/library\.so: .+/);
    expect(refused.slice(1)).toEqual(byDefault.refused);
    expect(blas?.name).toBe(byDefault.blas?.name);
    if (blas) expect(blas.description).toContain(`(refused: ${refused.join("; ")})`);
  });

  it("refuses a library that is no BLAS", () => {
    const always: Partial<Record<string, string>> = { darwin: "libSystem.B.dylib", win32: "kernel32.dll" };
    const { refused } = blasEngine(always[process.platform] ?? "libm.so.6");
    expect(refused[0]).toMatch(/: it has no cblas_dgemm$/);
  });
});

describe("the self-test that a library must pass", () => {
  const good = plainEngine("it is known to be right");
  const wrong: [string, Partial<Engine>, string][] = [
    ["forgets the transpose", { gemm: (A) => A }, "its dgemm gives 1,2,3,4,5,6 for 14,32,32,77"],
    [
      "leaves the lower triangle empty",
      {
        gram: () =>
          matrix([
            [14, 32],
            [0, 77],
          ]),
      },
      "its dsyrk gives 14,32,0,77 for",
    ],
    ["halves products", { gemm: (A, B, o) => scale(good.gemm(A, B, o), 0.5) }, "its dgemm gives 7,16,16,38.5 for"],
    [
      "gives values in descending order",
      { eigh: (A) => ({ ...good.eigh(A), values: good.eigh(A).values.reverse() }) },
      "its dsyevd gives",
    ],
    [
      "gives eigenvectors in rows",
      { eigh: (A) => ({ ...good.eigh(A), vectors: transpose(good.eigh(A).vectors) }) },
      "its dsyevd gives",
    ],
    ["computes nothing", { eigh: (A) => ({ values: new Float64Array(2), vectors: scale(A, 0) }) }, "its dsyevd gives"],
  ];

  it("passes the plain engine", () => {
    expect(() => selfTest(good)).not.toThrow();
  });

  it.each(wrong)("refuses a library that %s", (_, part, message) => {
    expect(() => selfTest({ ...good, ...part })).toThrow(message);
  });
});
