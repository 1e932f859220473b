import { type Statement, check, closingTable } from "flat-minima/claims";
import { describe, expect, it } from "vitest";

const identity = (measured: number): Statement => ({ measured, expected: 1, tolerance: 0.1 });
const rejects = { wrong: identity(2) };
const PENDING = "not checked yet — run the cells above";

function show(...ids: string[]): { html: string; lines: string[] } {
  const table = closingTable(ids) as unknown as Record<symbol, () => Record<string, string>>;
  const bundle = table[Symbol.for("Jupyter.display")]();
  expect(table[Symbol.for("nodejs.util.inspect.custom")]()).toBe(bundle["text/plain"]);
  return { html: bundle["text/html"], lines: bundle["text/plain"].split("\n") };
}

/** The last cell of a claim's line. */
const verdictOf = (id: string): string => show(id).lines[2].split(/ {2,}/).pop()!;

describe("closingTable", () => {
  it("lists the claims in the order given, each once, under any of its names", () => {
    const { lines } = show("W25", "R3", "W26", "N1");
    expect(lines.slice(2).map((line) => line.split(" ")[0])).toEqual(["W25", "W26/R3", "N1"]);
    expect(lines[0]).toMatch(/^claim +source +statement +as printed +verdict in this session$/);
    expect(lines[3]).toMatch(/Lei Wu \(2025\); Arjun Ashok Rao \(2021\) .* slip +not checked yet/);
  });

  it("tells in HTML the whole statement, the slip and its correction", () => {
    const { html } = show("P2");
    expect(html).toContain("Theorem 1.1: once n = Ω(d log(d/δ))");
    expect(html).toContain("slip: log(d/n) is printed, which is negative for n &gt; d. Correct: log(n/d)");
    expect(show("N2").html).toContain(">—</td>");
    expect(show("W32").html).toContain("ok (the source only raises the question)");
  });

  it("asks for the cells above until a claim is checked", () => {
    expect(verdictOf("B1")).toBe(PENDING);
    check("B1", identity(1), { rejects });
    expect(verdictOf("B1")).toBe("✓ holds");
  });

  it("replaces a check that is run again, and keeps the worst of different ones", () => {
    check("B4", identity(1), { rejects, note: "a", stored: true });
    check("B4", identity(1), { rejects, note: "b" });
    expect(verdictOf("B4")).toBe("✓ holds, stored");
    check("B4", identity(1), { rejects, note: "a" });
    expect(verdictOf("B4")).toBe("✓ holds");
  });

  it("tells checks without a note apart by form and wrong variants", () => {
    check("B6", identity(1), { rejects, stored: true });
    check("B6", identity(1), { rejects: { other: identity(3) } });
    expect(verdictOf("B6")).toBe("✓ holds, stored");
    check("B6", { measured: 1, expected: 1.05, tolerance: 0.2 }, { rejects });
    expect(verdictOf("B6")).toBe("✓ holds");
  });

  it("remembers failures and defects until the cell is repaired", () => {
    // Outside a kernel the failing line would be printed.
    Object.assign(globalThis, { [Symbol.for("flat-minima.host")]: { display: () => undefined } });
    expect(() => check("B9", identity(5), { rejects })).toThrow();
    expect(verdictOf("B9")).toBe("✗ fails");
    check("B9", identity(1), { rejects });
    expect(verdictOf("B9")).toBe("✓ holds");
    expect(() => check("B9", identity(1), { rejects: { wrong: identity(1) } })).toThrow();
    expect(verdictOf("B9")).toBe("✗ fails");
  });

  it("keeps its columns straight where marks sit on characters", () => {
    const { lines } = show("W15", "B13");
    const plain = lines.map((line) => line.normalize("NFC").replace(/\p{M}/gu, ""));
    expect(new Set(plain.slice(2).map((line) => line.indexOf(PENDING))).size).toBe(1);
  });

  it("refuses an empty list and an unknown claim", () => {
    expect(() => closingTable([])).toThrow(/closingTable: there must be at least one claim/);
    expect(() => closingTable(["Q1"])).toThrow(/claim: the id must be in the ledger/);
  });
});
