import { CLAIMS, NOTEBOOKS, SOURCES, citeShort, claim } from "flat-minima/claims";
import { describe, expect, it } from "vitest";
import { EXPECTED_ROWS } from "./expected-rows";

const rows = [...CLAIMS.values()];

describe("the ledger", () => {
  it("has exactly the expected 96 rows", () => {
    expect(rows).toHaveLength(96);
    expect([...CLAIMS.keys()].sort()).toEqual(EXPECTED_ROWS.map(([id]) => id).sort());
    for (const [id, row] of CLAIMS) expect(row.id).toBe(id);
  });

  it.each(EXPECTED_ROWS)("%s is of the kind %s and lives in notebook %s", (id, kind, home) => {
    expect(CLAIMS.get(id)).toMatchObject({ kind, home });
  });

  it("names a known notebook as every home, and leaves no notebook without claims", () => {
    const homes = new Set(rows.map((row) => row.home));
    expect([...homes].sort()).toEqual(NOTEBOOKS.map((notebook) => notebook.number));
    for (const { number, slug } of NOTEBOOKS) expect(slug.slice(0, 3)).toBe(`${number}-`);
  });

  it("cites sources that exist, among them those of the id's letters", () => {
    for (const { id, sources } of rows) {
      expect(sources.length).toBeGreaterThan(0);
      for (const source of sources) expect(SOURCES).toHaveProperty(source);
      // A19 is the lecture's slide of A's figure: the one row whose letter is not its source's.
      if (id !== "A19") expect(sources).toEqual(expect.arrayContaining(id.split("/").map((name) => name[0])));
    }
  });

  it("states every claim, slip and correction in words, in Unicode rather than LaTeX", () => {
    for (const { short, statement, asPrinted } of rows) {
      const texts = [short, statement, ...(asPrinted.ok ? [] : [asPrinted.slip, asPrinted.correction])];
      for (const text of texts) expect(text.trim()).toMatch(/^[^\\$]{4,}$/);
      expect(statement).toMatch(/[.]$/);
      expect(short.length).toBeLessThanOrEqual(85);
    }
    expect(new Set(rows.map((row) => row.statement)).size).toBe(96);
    expect(new Set(rows.map((row) => row.short)).size).toBe(96);
  });
});

describe("SOURCES", () => {
  it("are cited in short by surnames and year", () => {
    expect(["W", "A", "N"].map((id) => citeShort(id as "W"))).toEqual([
      "Lei Wu (2025)",
      "Wu, Wang & Su (2022)",
      "beyond the sources",
    ]);
  });
});

describe("claim", () => {
  it("finds a row under each of its names", () => {
    for (const name of ["W26", "R3", "W26/R3"]) expect(claim(name).id).toBe("W26/R3");
    expect(claim("R2")).toBe(claim("W23"));
  });

  it.each([
    ["W37", "W36"],
    ["w6", "W6"],
    ["P0", "P1"],
    ["X3", "W3"],
    ["", "W1"],
  ])("names the nearest id for %j: %s", (wrong, nearest) => {
    expect(() => claim(wrong)).toThrow(
      new RegExp(`claim: the id must be in the ledger \\(the nearest there is ${nearest}\\)`),
    );
  });
});
