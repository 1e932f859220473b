import { readFileSync } from "node:fs";
import path from "node:path";
import { runInNewContext } from "node:vm";
import { CHECK_MIME_TYPE, CLAIMS, type Ledger, compareLedgers } from "flat-minima/claims";
import { beforeAll, describe, expect, it } from "vitest";
import { readReportOptions, UsageError } from "../../scripts/options.mjs";
import { claimLink, prose } from "../../scripts/report/markdown.mjs";
import { committedNotebooks, ledgerOf, reportFiles } from "../../scripts/report/report-files.mjs";
import { reportRows } from "../../scripts/report/rows.mjs";
import { summaryTable } from "../../scripts/report/summary.mjs";
import { root } from "../project";

const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const names = ["LEDGER.md", "ledger.html", "SOURCES.md"];
const notebooks = committedNotebooks();
const rows = reportRows(notebooks);

/** Every cell that a link may name. */
const cells = new Set(
  notebooks.flatMap(({ slug, notebook }) => notebook.cells.map(({ id }) => `notebooks/${slug}.ipynb#cell-id=${id}`)),
);

/** Targets of Markdown's links and HTML's. */
const linksOf = (text: string) =>
  [...text.matchAll(/\]\(([^)]+)\)|href="([^"]+)"/g)].map(([, markdown, html]) => markdown ?? html);

describe("the committed report", () => {
  it.each(names)("%s is what npm run report makes", (name) => {
    expect(read(name) === reportFiles(notebooks)[name]).toBe(true);
  });

  it("is of outputs with the verdicts of ledger.json", () => {
    expect(compareLedgers(JSON.parse(read("ledger.json")) as Ledger, ledgerOf(notebooks))).toEqual([]);
  });

  it.each([
    ["LEDGER.md", /^### (\S+)$/gm],
    ["ledger.html", /<tbody id="[\w-]+">\n<tr><th scope="rowgroup"[^>]*><b>([^<]+)</g],
    ["SOURCES.md", /^- \*\*\[([^\]]+)\]/gm],
  ])("%s has every claim", (name, pattern) => {
    const ids = [...read(name).matchAll(pattern)].map(([, id]) => id);
    expect(new Set(ids)).toEqual(new Set(CLAIMS.keys()));
  });

  it("lists each claim in SOURCES.md under each of its sources, and each slip there once more", () => {
    const times = (id: string) => read("SOURCES.md").split(`\n- **${claimLink(id, "LEDGER.md")}** `).length - 1;
    for (const { id, sources, asPrinted } of CLAIMS.values()) {
      expect([id, times(id)]).toEqual([id, sources.length * (asPrinted.ok ? 1 : 2)]);
    }
  });

  it.each(names)("%s leads to cells, notebooks, files and sections that exist", (name) => {
    const links = linksOf(read(name));
    expect(links.length).toBeGreaterThan(CLAIMS.size);
    const headings = new Set(
      names.flatMap((file) =>
        [...read(file).matchAll(/^##+ (.+)$/gm)].map(
          ([, heading]) =>
            `${file}#${heading
              .toLowerCase()
              .replace(/[^\w -]/g, "")
              .replace(/ /g, "-")}`,
        ),
      ),
    );
    const files = new Set([...names, ...notebooks.map(({ slug }) => `notebooks/${slug}.ipynb`)]);
    const lost = links.filter((link) => {
      const target = link.startsWith("#") ? name + link : link;
      return !cells.has(target) && !files.has(target) && !headings.has(target);
    });
    expect(lost).toEqual([]);
  });

  it("shows every number as the notebook shows it", () => {
    const lines = notebooks.flatMap(({ slug, notebook }) =>
      notebook.cells.flatMap(({ id, outputs }) =>
        (outputs ?? []).flatMap((output) =>
          "data" in output && output.data[CHECK_MIME_TYPE]
            ? [{ place: `notebooks/${slug}.ipynb#cell-id=${id}`, line: [output.data["text/plain"]].flat().join("") }]
            : [],
        ),
      ),
    );
    const wrong = rows.flatMap(({ claim, checks }) =>
      checks.flatMap((check) => {
        // The words that the line puts elsewhere are left out.
        const numbers = [check.measured.replace(/ \((one|the tightest) of .*/, ""), check.stated, check.margin];
        const parts = numbers.flatMap((words) => words.split(/^in |, (?=tolerance)/));
        const shown = lines.some(
          ({ place, line }) =>
            place === check.link && line.includes(` ${claim.id} · `) && parts.every((part) => line.includes(part)),
        );
        return shown ? [] : [`${check.link}: ${numbers.join(" | ")}`];
      }),
    );
    expect(wrong).toEqual([]);
    expect(lines.length).toBe(rows.reduce((sum, { checks }) => sum + checks.length, 0));
  });
});

/** A notebook whose cells show checks of W1 and A16. */
const cell = (id: string, ...checks: object[]) => ({
  ...{ id, cell_type: "code" as const, metadata: {}, source: "", execution_count: 1 },
  outputs: checks.map((json) => ({
    ...{ output_type: "display_data" as const, metadata: {} },
    data: { [CHECK_MIME_TYPE]: { note: "", rejects: ["half"], ...json } },
  })),
});
const small = (slug: string, ...cells: ReturnType<typeof cell>[]) => ({
  slug,
  notebook: { nbformat: 4, nbformat_minor: 5, metadata: {}, cells } as never,
});
const checksOf = (...checks: object[]) =>
  reportRows([small("01-a", cell("c", ...checks.map((json) => ({ claim: "W1", verdict: "holds", ...json }))))])[0]
    .checks;

describe("reportRows", () => {
  it("has all claims, each with the worst verdict of its checks, in the order of the notebooks", () => {
    const identity = { measured: 1, expected: 1, tolerance: 0.1 };
    const made = reportRows([
      small("02-b", cell("later", { claim: "W1", verdict: "holds", ...identity })),
      small("01-a", cell("first", { claim: "W1", verdict: "holds, stored", ...identity, printed: "fails" })),
      small("12-c", cell("tensor", { claim: "A16", verdict: "reproduced", figure: { a: true }, precision: "float32" })),
    ]);
    expect(made.map(({ claim }) => claim.id)).toEqual([...CLAIMS.keys()]);
    expect(made[0]).toMatchObject({
      verdict: "holds, stored",
      checks: [
        { link: "notebooks/01-a.ipynb#cell-id=first", stored: true, printedFails: true, precision: "" },
        { link: "notebooks/02-b.ipynb#cell-id=later", stored: false, printedFails: false },
      ],
    });
    expect(made.find(({ claim }) => claim.id === "A16")!.checks[0].precision).toBe("float32");
    expect(made.filter(({ verdict }) => verdict === "not checked").length).toBe(CLAIMS.size - 2);
  });

  it.each([
    [{ measured: -1.5e-12, expected: 0, tolerance: 1e-9 }, ["−1.5e−12", "0", "tolerance 1e−9"]],
    [{ measured: 2, expected: 2, tolerance: 0, entries: 1200 }, ["2 (one of 1,200)", "2", "tolerance 0"]],
    [
      { measured: 0.9, bound: 1, relation: "atMost", slack: 0.1, relativeSlack: 0.1, tolerance: 0.01, entries: 3 },
      ["0.9 (the tightest of 3)", "≤ 1", "slack 0.1 (10 %), tolerance 0.01"],
    ],
    [{ measured: 0.5, bound: 0, relation: "atLeast", slack: 0.5 }, ["0.5", "≥ 0", "slack 0.5"]],
    [{ slope: 1.01, expected: 1, interval: [0.9, 1.1] }, ["slope 1.01", "1", "in [0.9, 1.1]"]],
    [
      {
        ...{ successes: 60, trials: 80, measured: 0.75, bound: 0.7, relation: "atLeast", slack: 0.05 },
        confidence: 0.99,
        interval: [0.6, 0.9],
      },
      ["60 of 80 (0.75)", "probability ≥ 0.7", "limits 0.6 and 0.9 at 99 % each"],
    ],
    [{ figure: { up: true, on: true, down: false } }, ["seen: up; on · not seen: down", "", ""]],
  ])("puts the numbers of %j into words", (json, [measured, stated, margin]) => {
    expect(checksOf(json)[0]).toMatchObject({ measured, stated, margin });
  });
});

describe("summaryTable", () => {
  it("counts by source and verdict, and each claim once in all", () => {
    const { headers, rows: lines } = summaryTable(rows);
    expect(headers.slice(0, 2)).toEqual(["source", "claims"]);
    const verdicts = headers.slice(2, -2);
    for (const [name, claims, ...counts] of lines) {
      const own = rows.filter(
        ({ claim }) => name.startsWith("all") || claim.sources.some((id) => name.startsWith(`${id}:`)),
      );
      expect(Number(claims)).toBe(own.length);
      verdicts.forEach((verdict, k) =>
        expect(Number(counts[k])).toBe(own.filter((row) => row.verdict === verdict).length),
      );
    }
    expect(lines.map(([name]) => name[0])).toEqual([..."WRABPN", "a"]);
    expect(lines.at(-1)![1]).toBe("96");
  });
});

describe("prose", () => {
  it("sets indices and takes nothing for markup", () => {
    expect(prose("‖G‖_F ~ x_{t+1}, |a| <b> *c* [d](e) `f` $g$")).toBe(
      "‖G‖<sub>F</sub> \\~ x<sub>t+1</sub>, \\|a\\| &lt;b&gt; \\*c\\* \\[d\\](e) \\`f\\` \\$g\\$",
    );
  });
});

describe("ledger.html", () => {
  const html = read("ledger.html");

  it("needs nothing from elsewhere and says so to the browser", () => {
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"`);
    expect(html).not.toMatch(/\ssrc=|<link|@import|url\(|https?:/);
  });

  it("has a language, a title, captions, scopes, a label, and no id twice", () => {
    expect(html).toMatch(/<html lang="en">[^]*<title>[^<]+<\/title>/);
    expect(html.match(/<table/g)).toHaveLength(html.match(/<caption/g)!.length);
    expect(html).not.toMatch(/<th(?! scope="(row|col|rowgroup)")[ >]/);
    expect(html).toContain('<label for="filter">');
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("opens and closes the same tags, and has rows of full width", () => {
    for (const tag of [
      "table",
      "thead",
      "tbody",
      "tr",
      "th",
      "td",
      "div",
      "ul",
      "li",
      "sub",
      "sup",
      "a",
      "code",
      "i",
      "b",
    ]) {
      const count = (pattern: string) => (html.match(new RegExp(pattern, "g")) ?? []).length;
      expect([tag, count(`<${tag}[ >]`)]).toEqual([tag, count(`</${tag}>`)]);
    }
    for (const [, body] of html.matchAll(/<tbody id="[^"]+">\n([^]*?)\n<\/tbody>/g)) {
      const [first, ...rest] = body.split("\n").map((row) => (row.match(/<t[dh][ >]/g) ?? []).length);
      expect([first, ...new Set(rest)]).toEqual(rest.length === 0 ? [10] : [10, 8]);
      expect(body).toContain(`rowspan="${rest.length + 1}"`);
    }
  });

  describe("filter", () => {
    const bodies = ["W1 ✓ holds Lei Wu", "A16 reproduced, stored Float32", "W12 holds after correction"].map(
      (textContent) => ({
        textContent,
        hidden: false,
      }),
    );
    const field = {
      value: "",
      listener: () => {},
      addEventListener: (_: string, call: () => void) => (field.listener = call),
    };
    const [shown, search] = [{ textContent: "" }, { hidden: true }];
    const type = (value: string) => {
      field.value = value;
      field.listener();
      return bodies.map(({ hidden }) => !hidden);
    };

    beforeAll(() => {
      const elements = { filter: field, shown, search } as Record<string, unknown>;
      const document = { getElementById: (id: string) => elements[id], querySelectorAll: () => bodies };
      runInNewContext(/<script>([^]*)<\/script>/.exec(html)![1], { document });
    });

    it("appears, and shows all claims at first", () => {
      expect([search.hidden, shown.textContent]).toEqual([false, "3 of 3 claims shown"]);
    });

    it.each([
      ["holds", [true, false, true]],
      ["  float32 STORED ", [false, true, false]],
      ["holds wu", [true, false, false]],
      ["nothing of the sort", [false, false, false]],
      ["", [true, true, true]],
    ])("shows for %j the claims with all its words", (value, expected) => {
      expect(type(value)).toEqual(expected);
      expect(shown.textContent).toBe(`${expected.filter(Boolean).length} of 3 claims shown`);
    });
  });
});

describe("npm run report", () => {
  it("takes no other option", () => {
    expect(readReportOptions([])).toEqual({ help: false });
    expect(readReportOptions(["-h"])).toEqual({ help: true });
    expect(() => readReportOptions(["--scale"])).toThrow(new UsageError("Unknown option '--scale'"));
  });
});
