import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { bars, figure, imageGrid, rule, sideBySide } from "flat-minima/plot";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { JUPYTER_DISPLAY } from "../../lib/core/host";
import { root } from "../project";
import { eventually, Lab, missing, notebookOf } from "./lab";

if (missing !== undefined) console.log(`skipped: the tests in JupyterLab need ${missing}`);

const figureType = "application/vnd.vegalite.v5+json";

const bar = `import { bars, figure } from "flat-minima/plot";
figure({
  title: "One bar",
  x: { title: "value" },
  y: { title: "share" },
  layers: [bars({ x: [1], height: [0.75], binWidth: 1, name: "all" })],
  says: "A bar.",
})`;

const walk = `import { figure, points } from "flat-minima/plot";
const steps = points({ x: [0, 1, 2, 3], y: [3, 1, 2, 0], name: "steps" });
figure({
  title: "A walk",
  x: { title: "x" },
  y: { title: "y" },
  layers: [steps],
  slider: { title: "step t", upTo: [steps] },
  says: "Four points.",
})`;

describe.skipIf(missing !== undefined)("the course in JupyterLab", { timeout: 180_000 }, () => {
  let lab: Lab;
  beforeAll(async () => void (lab = await Lab.start()), 180_000);
  afterEach(() => lab.close(), 60_000);
  afterAll(() => lab?.stop(), 60_000);

  it("opens a notebook with the kernel TypeScript and colours its cells as TypeScript", async () => {
    lab.write("colours", notebookOf(["interface Point { readonly x: number }\nconst origin: Point = { x: 0 };"]));
    const notebook = await lab.open("colours");
    await notebook.page.locator(".jp-Toolbar-kernelName").getByText("TypeScript", { exact: true }).waitFor();
    const code = notebook.cell(0).locator(".cm-content");
    await eventually(async () => expect(await code.getAttribute("data-language")).toBe("typescript"));
    const classOf = (text: string) =>
      code.locator("span").getByText(text, { exact: true }).first().getAttribute("class");
    // In JavaScript `interface` and `readonly` would be names like any other.
    const keyword = await classOf("const");
    expect(keyword).toBeTruthy();
    expect([await classOf("interface"), await classOf("readonly")]).toEqual([keyword, keyword]);
    expect(await classOf("origin")).not.toBe(keyword);
  });

  it("runs the tour from the menu: every cell, no error, all figures drawn, checks with their verdicts", async () => {
    const tour = JSON.parse(readFileSync(path.join(root, "notebooks/00-tour.ipynb"), "utf8"));
    for (const cell of tour.cells)
      if (cell.cell_type === "code") Object.assign(cell, { execution_count: null, outputs: [] });
    lab.write("00-tour", tour);
    const notebook = await lab.open("00-tour");
    const isCode = ({ cell_type, source }: { cell_type: string; source: string }) =>
      cell_type === "code" && source.trim() !== "";
    // A run before, so that the numbers below start at 1 only after a restart.
    await notebook.runToEnd((await notebook.cells()).findIndex(isCode));
    await notebook.chooseInRunMenu("Restart Kernel and Run All Cells…");
    await notebook.page.locator(".jp-Dialog .jp-mod-accept").click();

    await eventually(async () => {
      const counts = (await notebook.cells())
        .filter(isCode)
        .map((cell) => (cell.running ? null : cell.execution_count));
      expect(counts).toEqual(counts.map((_, index) => index + 1));
    });
    const cells = await notebook.cells();
    const outputs = cells.flatMap((cell) => cell.outputs ?? []);
    expect(outputs.filter(({ output_type, name }) => output_type === "error" || name === "stderr")).toEqual([]);

    const withOutput = (type: string) =>
      cells.flatMap(({ outputs = [] }, index) => (outputs.some(({ data }) => data?.[type]) ? [index] : []));
    const figures = withOutput(figureType);
    expect(figures.length).toBeGreaterThan(0);
    for (const index of figures) {
      const picture = await (await notebook.figure(index)).boundingBox();
      const place = await notebook.cell(index).locator(".jp-OutputArea-output").boundingBox();
      expect(picture!.width).toBeGreaterThan(100);
      expect(picture!.x + picture!.width).toBeLessThanOrEqual(place!.x + place!.width);
    }
    const checks = withOutput("application/vnd.flat-minima.check+json");
    expect(checks.length).toBeGreaterThan(0);
    for (const index of checks) {
      const line = notebook.cell(index).locator('.jp-OutputArea-output[data-mime-type="text/html"]');
      expect(await line.innerText()).toMatch(/^✓ \S+ · .* · (holds|reproduced)/s);
      expect(await line.locator("b").last().innerText()).toMatch(/^(holds|reproduced)/);
    }
    expect(lab.complaints).toEqual([]);
  });

  it("draws figures by Vega, with tooltips", async () => {
    lab.write("tooltip", notebookOf([bar]));
    const notebook = await lab.open("tooltip");
    await notebook.runToEnd(0);
    const picture = (await (await notebook.figure(0)).boundingBox())!;
    const tooltip = notebook.page.locator("#vg-tooltip-element.visible");
    expect(await tooltip.count()).toBe(0);
    await eventually(async () => {
      // Two moves, for Vega only hears of the mouse when it moves.
      for (const share of [0.6, 0.65])
        await notebook.page.mouse.move(picture.x + picture.width / 2, picture.y + picture.height * share);
      expect(await tooltip.innerText({ timeout: 1000 })).toMatch(/all[^]*value[^]*1[^]*share[^]*0\.75/);
    });
    expect(lab.complaints).toEqual([]);
  });

  it("gives a figure its slider, which chooses the points", async () => {
    lab.write("slider", notebookOf([walk]));
    const notebook = await lab.open("slider");
    await notebook.runToEnd(0);
    const canvas = await notebook.figure(0);
    const picture = (): Promise<string> => canvas.evaluate((element: any) => element.toDataURL());
    const slider = notebook.cell(0).locator(".vega-bind input[type=range]");
    /** What is drawn once the slider has been moved; compared here, for a failure would print the pictures. */
    const movedTo = async (step: string, isRight: (drawn: string) => boolean): Promise<string> => {
      let drawn = "";
      await slider.fill(step);
      await eventually(async () => expect(isRight((drawn = await picture()))).toBe(true));
      return drawn;
    };
    const first = await picture();
    const one = await movedTo("1", (drawn) => drawn !== first);
    await movedTo("3", (drawn) => drawn !== one);
    await movedTo("1", (drawn) => drawn === one);
    expect(lab.complaints).toEqual([]);
  });

  it("stops an endless loop and an endless wait, and keeps what was computed", async () => {
    lab.write(
      "stop",
      notebookOf([
        'import { writeFileSync } from "node:fs";\nconst kept = 41;',
        'writeFileSync("looping", "");\nwhile (true);',
        'writeFileSync("waiting", "");\nawait new Promise(() => {});',
        "kept + 1",
      ]),
    );
    const notebook = await lab.open("stop");
    await notebook.runToEnd(0);
    for (const [index, mark] of [
      [1, "looping"],
      [2, "waiting"],
    ] as const) {
      await notebook.run(index);
      await eventually(() => expect(existsSync(path.join(lab.folder, mark))).toBe(true));
      await notebook.stop();
      expect((await notebook.ended(index)).outputs).toMatchObject([{ output_type: "error", ename: "Interrupted" }]);
      expect(await notebook.cell(index).locator(".jp-OutputArea").innerText()).toContain("Interrupted");
    }
    await notebook.runToEnd(3);
    expect(await notebook.cell(3).locator(".jp-OutputArea-output").innerText()).toBe("42");
  });

  it("completes a name of the library by Tab and shows its doc comment by Shift-Tab", async () => {
    lab.write("names", notebookOf(['import { randomStream } from "flat-minima/core";', "randomStr"]));
    const notebook = await lab.open("names");
    await notebook.runToEnd(0);
    const code = notebook.cell(1).locator(".cm-content");
    await code.click();
    await notebook.page.keyboard.press("End");
    await notebook.page.keyboard.press("Tab");
    await notebook.page.locator(".jp-Completer").getByText("randomStream", { exact: true }).waitFor();
    await notebook.page.keyboard.press("Enter");
    await eventually(async () => expect(await code.innerText()).toBe("randomStream"));
    await notebook.page.keyboard.press("Shift+Tab");
    const tooltip = notebook.page.locator(".jp-Tooltip");
    await tooltip.getByText("function randomStream(seed: number").waitFor();
    expect(await tooltip.innerText()).toContain("The random stream of a seed");
  });

  it("moves a progress bar in place", async () => {
    lab.write(
      "progress",
      notebookOf([
        `import { existsSync } from "node:fs";
import { progressBar } from "flat-minima/core";
const bar = progressBar("work", 2);
for (const signal of ["first", "second"]) {
  // The bar is drawn anew at most every 100 ms.
  do await new Promise((resolve) => setTimeout(resolve, 150));
  while (!existsSync(signal));
  await bar.advance();
}
bar.finish();`,
      ]),
    );
    const notebook = await lab.open("progress");
    await notebook.run(0);
    const output = notebook.cell(0).locator(".jp-OutputArea-output");
    // Of two bars the strict innerText() would throw.
    const shows = (text: RegExp) => eventually(async () => expect(await output.innerText()).toMatch(text));
    await shows(/^work +0 %$/);
    lab.signal("first");
    await shows(/^work +50 %, \d+ (s|min) left$/);
    lab.signal("second");
    await shows(/^work +100 %$/);
    expect((await notebook.ended(0)).outputs).toHaveLength(1);
    expect(await output.locator("progress").getAttribute("value")).toBe("1.000");
  });

  it("saves a figure without an added picture, and draws it from the file without running", async () => {
    lab.write("saved", notebookOf([bar]));
    const notebook = await lab.open("saved");
    await notebook.runToEnd(0);
    await notebook.figure(0);
    // What must not get into the file: JupyterLab adds it to the notebook once the figure is drawn.
    await eventually(async () => expect((await notebook.cells())[0].outputs[0].data).toHaveProperty("image/png"));
    await notebook.page.keyboard.press("Control+s");
    await eventually(() => expect(lab.read("saved").cells[0].outputs).toHaveLength(1));
    const saved = lab.read("saved");
    expect(Object.keys(saved.cells[0].outputs[0].data).sort()).toEqual([figureType, "image/svg+xml", "text/plain"]);
    expect(saved.metadata.language_info).toMatchObject({
      name: "typescript",
      codemirror_mode: "typescript",
      mimetype: "application/typescript",
    });

    const again = await lab.open("saved");
    const picture = await (await again.figure(0)).boundingBox();
    expect(picture!.width).toBeGreaterThan(100);
    expect(await again.cell(0).locator(".cm-content").getAttribute("data-language")).toBe("typescript");
    expect(lab.complaints).toEqual([]);
  });

  it("shows the cell, the line and an excerpt with an error, and does not run the cells after it", async () => {
    lab.write(
      "error",
      notebookOf(["const values: number[] = [];", "const first = values[0];\nfirst.toFixed(2);", "1"]),
    );
    const notebook = await lab.open("error");
    await notebook.chooseInRunMenu("Run All Cells");
    await notebook.ended(1);
    const shown = await notebook.cell(1).locator(".jp-OutputArea").innerText();
    expect(shown).toContain("TypeError: Cannot read properties of undefined");
    expect(shown).toMatch(
      /at cell 2, line 2, column 7\n {4}1 \| const first = values\[0\];\n→ {3}2 \| first\.toFixed\(2\);/,
    );
    await eventually(async () => {
      expect((await notebook.cells())[2]).toMatchObject({ running: false, execution_count: null, outputs: [] });
    });
    // Had it only been waiting, it would come before the next one.
    await notebook.runToEnd(0);
    expect((await notebook.cells())[2].execution_count).toBeNull();
    expect(await notebook.cell(2).locator(".jp-InputPrompt").innerText()).toBe("[ ]:");
  });

  it("draws a figure the same in the dark theme, whose white text must not fall on the figure's white", async () => {
    const left = figure({
      title: "A title",
      subtitle: "and more",
      x: { title: "value" },
      y: { title: "share" },
      width: 200,
      layers: [bars({ x: [1], height: [0.75], binWidth: 1, name: "all" }), rule({ y: 0.5, label: "half" })],
      says: "A bar.",
    });
    const panels = sideBySide([left, left], { title: "Two", says: "Two bars." });
    const images = imageGrid({
      images: [[0, 1, 1, 0]],
      width: 2,
      height: 2,
      columns: 1,
      captions: ["a caption"],
      title: "One",
      says: "One image.",
    });
    const figures = [left, panels, images];
    const notebook = notebookOf(figures.map(() => "// drawn from the file"));
    const bundles = await Promise.all(figures.map((drawn) => drawn[JUPYTER_DISPLAY]()));
    for (const [index, data] of bundles.entries()) {
      notebook.cells[index].outputs = [{ output_type: "display_data", data, metadata: {} }];
    }
    lab.write("theme", notebook);
    const drawnIn = async (theme: string) => {
      const opened = await lab.open("theme", { theme });
      const pictures = [];
      for (const index of figures.keys())
        pictures.push(await (await opened.figure(index)).evaluate((canvas: any) => canvas.toDataURL()));
      return pictures;
    };
    const light = await drawnIn("JupyterLab Light");
    const dark = await drawnIn("JupyterLab Dark");
    // Compared here, for a failure would print the pictures.
    expect(dark.map((picture, index) => picture === light[index])).toEqual([true, true, true]);
  });
});
