import {
  CHECK_MIME_TYPE,
  CLAIMS,
  type Ledger,
  type NotebookOutputs,
  collectChecks,
  compareLedgers,
  renderLedger,
} from "flat-minima/claims";
import { describe, expect, it } from "vitest";

/** An nbformat output with a check in it. */
const output = (claim: string, verdict: string, rejects: string[] = ["factor 2"]): unknown => ({
  output_type: "execute_result",
  data: { [CHECK_MIME_TYPE]: { claim, verdict, measured: Math.PI, note: "", rejects }, "text/plain": "✓" },
});

const notebook = (name: string, ...cells: unknown[][]): NotebookOutputs => ({
  notebook: name,
  cells: cells.map((outputs, index) => ({ id: `${name}-c${index}`, index, outputs })),
});

const NOISE = [
  { output_type: "stream", text: "epoch 1" },
  { output_type: "display_data", data: { "text/plain": "1" } },
];

describe("collectChecks", () => {
  it("keeps that a check was computed in float32", () => {
    const data = { [CHECK_MIME_TYPE]: { claim: "A16", verdict: "reproduced", rejects: ["x"], precision: "float32" } };
    expect(collectChecks([notebook("12-real", [{ data }])]).claims.A16.checks).toEqual([
      { notebook: "12-real", cell: "12-real-c0", verdict: "reproduced", rejects: ["x"], precision: "float32" },
    ]);
  });

  it("gathers checks by claim, with the worst verdict, and skips all other outputs", () => {
    const ledger = collectChecks([
      notebook("07-sgd", [...NOISE, output("W26/R3", "holds after correction")], [output("W25", "holds")], [null]),
      notebook("02-two", [output("W25", "holds, stored", ["a", "b"])]),
    ]);
    expect(ledger.claims).toEqual({
      W25: {
        verdict: "holds, stored",
        notebooks: ["02-two", "07-sgd"],
        checks: [
          { notebook: "02-two", cell: "02-two-c0", verdict: "holds, stored", rejects: ["a", "b"] },
          { notebook: "07-sgd", cell: "07-sgd-c1", verdict: "holds", rejects: ["factor 2"] },
        ],
      },
      "W26/R3": {
        verdict: "holds after correction",
        notebooks: ["07-sgd"],
        checks: [{ notebook: "07-sgd", cell: "07-sgd-c0", verdict: "holds after correction", rejects: ["factor 2"] }],
      },
    });
  });

  it("gives the same text whatever the order of notebooks and cells", () => {
    const first = notebook("01-a", [output("W4", "holds")], [output("W1", "holds")], [output("W4", "holds, stored")]);
    const second = notebook("02-b", [output("W4", "holds")]);
    const shuffled = { ...first, cells: [...first.cells].reverse() };
    expect(JSON.stringify(collectChecks([second, shuffled]))).toBe(JSON.stringify(collectChecks([first, second])));
  });

  it("names cells without an id by their place", () => {
    const ledger = collectChecks([{ notebook: "01-a", cells: [{ index: 7, outputs: [output("W1", "holds")] }] }]);
    expect(ledger.claims.W1.checks[0].cell).toBe("7");
  });

  it("keeps no measured number", () => {
    expect(JSON.stringify(collectChecks([notebook("01-a", [output("W1", "holds")])]))).not.toContain("3.14");
  });

  it("refuses a broken check and an unknown claim", () => {
    const broken = [
      output("W1", "fine"),
      { data: { [CHECK_MIME_TYPE]: null } },
      { data: { [CHECK_MIME_TYPE]: { claim: "W1", verdict: "holds" } } },
    ];
    for (const bad of broken) {
      expect(() => collectChecks([notebook("01-a", [bad])])).toThrow(
        /collectChecks: a check must have a claim, a verdict and rejects \(01-a, cell 01-a-c0\)/,
      );
    }
    expect(() => collectChecks([notebook("01-a", [output("W99", "holds")])])).toThrow(/nearest there is W36/);
  });
});

describe("compareLedgers", () => {
  const ledger = (...notebooks: NotebookOutputs[]): Ledger => collectChecks(notebooks);
  const committed = ledger(
    notebook("01-a", [output("W1", "holds"), output("W4", "holds")]),
    notebook("02-b", [output("W4", "holds")]),
  );

  it("finds nothing between equal ledgers, read from a file or not, nor when only cells moved", () => {
    expect(compareLedgers(committed, JSON.parse(JSON.stringify(committed)) as Ledger)).toEqual([]);
    const moved = ledger(
      notebook("01-a", [], [output("W4", "holds")], [output("W1", "holds")]),
      notebook("02-b", [output("W4", "holds")]),
    );
    expect(compareLedgers(committed, moved)).toEqual([]);
  });

  it("names a verdict that changed, of the claim and of the check behind it", () => {
    const fresh = ledger(
      notebook("01-a", [output("W1", "holds"), output("W4", "fails")]),
      notebook("02-b", [output("W4", "holds")]),
    );
    expect(compareLedgers(committed, fresh)).toEqual([
      'W4: the verdict changed from "holds" to "fails"',
      'W4: its checks in 01-a were "holds" and are "fails"',
    ]);
  });

  it("names a check's change that the claim's verdict hides", () => {
    const before = ledger(notebook("01-a", [output("W4", "holds, stored"), output("W4", "holds")]));
    const after = ledger(notebook("01-a", [output("W4", "holds, stored")]));
    expect(compareLedgers(before, after)).toEqual([
      'W4: its checks in 01-a were "holds", "holds, stored" and are "holds, stored"',
    ]);
  });

  it("names what was lost and what is new", () => {
    const fresh = ledger(
      notebook("01-a", [output("W5", "holds"), output("W4", "holds")]),
      notebook("03-c", [output("W4", "holds")]),
    );
    expect(compareLedgers(committed, fresh)).toEqual([
      'W1: lost its check (was "holds" in 01-a)',
      "W4: lost its check in 02-b",
      'W4: has a new check in 03-c ("holds")',
      'W5: not in the committed ledger (now "holds" in 01-a)',
    ]);
  });

  it("names a check that rejects nothing, known or new", () => {
    const fresh = ledger(
      notebook("01-a", [output("W1", "holds", []), output("W4", "holds"), output("W6", "holds", [])]),
      notebook("02-b", [output("W4", "holds")]),
    );
    expect(compareLedgers(committed, fresh)).toEqual([
      "W1: the check in 01-a, cell 01-a-c0, rejects no wrong variant",
      'W6: not in the committed ledger (now "holds" in 01-a)',
      "W6: the check in 01-a, cell 01-a-c0, rejects no wrong variant",
    ]);
  });

  it("names a required claim without a check, once", () => {
    expect(compareLedgers(committed, committed, ["W1", "W6"])).toEqual(["W6: has no check"]);
    expect(compareLedgers(committed, ledger(), ["W1"]).filter((difference) => difference.startsWith("W1:"))).toEqual([
      'W1: lost its check (was "holds" in 01-a)',
    ]);
  });

  it("names a committed claim that does not exist", () => {
    const odd: Ledger = { claims: { ...committed.claims, Z1: committed.claims.W1 } };
    expect(compareLedgers(odd, committed)).toEqual(["Z1: in the committed ledger, but no claim has this id"]);
  });
});

describe("renderLedger", () => {
  const rendered = renderLedger(
    collectChecks([
      notebook("02-b", [output("W6", "holds"), output("W6", "holds, stored")]),
      notebook("12-real", [output("W6", "holds")]),
    ]),
  );

  it("lists all claims in text, in columns of equal width, and counts the verdicts", () => {
    const lines = rendered.text.split("\n");
    expect(lines).toHaveLength(2 + CLAIMS.size + 2);
    const row = lines.find((line) => line.startsWith("W6 "))!;
    expect(row).toMatch(/^W6 +identity +Tr G = .* 02 +✓ holds, stored +3 +02, 12$/);
    expect(row.indexOf("✓ holds")).toBe(lines[0].indexOf("verdict"));
    expect(lines.at(-1)).toBe("96 claims: 1 holds, stored · 95 not checked");
  });

  it("lists only the claims asked for, in their order", () => {
    const { text } = renderLedger(collectChecks([notebook("02-b", [output("W6", "holds")])]), ["R3", "W6"]);
    const lines = text.split("\n");
    expect(lines.slice(2, 4).map((line) => line.split(" ")[0])).toEqual(["W26/R3", "W6"]);
    expect(lines.slice(4)).toEqual(["", "2 claims: 1 holds · 1 not checked"]);
    expect(() => renderLedger({ claims: {} }, ["W99"])).toThrow(/nearest there is W36/);
  });

  it("lists them in Markdown with bars escaped", () => {
    const lines = rendered.markdown.split("\n");
    expect(lines.filter((line) => line.startsWith("| "))).toHaveLength(2 + CLAIMS.size);
    for (const line of lines.filter((one) => one.startsWith("| "))) expect(line.split(/(?<!\\)\|/)).toHaveLength(9);
  });

  it("lists them in HTML with characters escaped", () => {
    expect(rendered.html.match(/<tr>/g)).toHaveLength(1 + CLAIMS.size);
    expect(rendered.html.replace(/<\/?(table|thead|tbody|tr|td|th|p|sub|sup)( style="[^"]*")?>/g, "")).not.toMatch(
      /[<>]/,
    );
  });
});
