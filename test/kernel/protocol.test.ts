import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../project";
import { KernelClient, type Answer } from "./client";

let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start();
});
afterAll(async () => {
  await kernel.shutdown();
});

const result = (answer: Answer) => answer.output.find(({ type }) => type === "execute_result")?.content.data;
const error = (answer: Answer) => answer.output.find(({ type }) => type === "error")?.content;
/** Runs a cell, presses stop when it has run for a while, and says how long it went on after that, in ms. */
async function interrupted(code: string): Promise<{ answer: Answer; milliseconds: number }> {
  const running = kernel.execute(code);
  await sleep(300);
  const start = performance.now();
  void kernel.interrupt();
  const answer = await running;
  return { answer, milliseconds: performance.now() - start };
}

describe("results and errors", () => {
  it("gives the last expression's value as execute_result", async () => {
    const answer = await kernel.execute("const a: number = 20;\na * 2 + 2");
    expect(answer.reply.status).toBe("ok");
    expect(result(answer)).toEqual({ "text/plain": "42" });
    expect(answer.output.map(({ type }) => type)).toEqual(["execute_input", "execute_result"]);
  });

  it("names the cell and the line that the reader wrote, through types and earlier cells", async () => {
    const defining = await kernel.execute(
      "interface Point {\n  x: number;\n}\nconst norm = (p: Point): number => {\n  throw new RangeError(`bad ${p.x}`);\n};",
    );
    const cell = defining.reply.execution_count as number;
    const answer = await kernel.execute("await 1;\n\nnorm({ x: 3 });");
    expect(answer.reply).toMatchObject({ status: "error", ename: "RangeError", evalue: "bad 3" });
    const traceback = (error(answer)!.traceback as string[]).join("\n");
    expect(traceback).toContain(`at cell ${cell}, line 5, column 9, in norm`);
    expect(traceback).toContain("→   5 |   throw new RangeError(`bad ${p.x}`);");
    expect(traceback).toContain(`at cell ${cell + 1}, line 3, column 1`);
    expect(traceback).not.toMatch(/node_modules|kernel\/dist|node:/);
  });

  it("reports type errors, checked with strict, with their lines", async () => {
    const answer = await kernel.execute("const ok = 1;\nconst text: string = ok;\nconst f = (x) => x;");
    expect(answer.reply).toMatchObject({ status: "error", ename: "TypeScriptError" });
    expect(error(answer)!.evalue).toBe("line 2, column 7: Type 'number' is not assignable to type 'string'. (TS2322)");
    expect(error(answer)!.traceback.join("\n")).toContain(
      "line 3, column 12: Parameter 'x' implicitly has an 'any' type.",
    );
  });

  it("reports syntax errors, thrown values that are no errors, and causes", async () => {
    expect((await kernel.execute("const = 3")).reply.ename).toBe("TypeScriptError");
    expect((await kernel.execute("throw { code: 7 }")).reply).toMatchObject({ ename: "Thrown", evalue: "{ code: 7 }" });
    const chained = await kernel.execute('throw new Error("outer", { cause: new Error("inner") })');
    expect(error(chained)!.traceback.join("\n")).toMatch(/Error: outer[^]*Caused by:\nError: inner/);
  });

  it("makes process.exit, lost rejections and throwing timers errors of their cell", async () => {
    expect((await kernel.execute("process.exit(3)")).reply.evalue).toContain(
      "process.exit: a cell cannot end the kernel, got exit code 3",
    );
    expect((await kernel.execute('Promise.reject(new Error("lost")); 1')).reply).toMatchObject({
      status: "error",
      evalue: "lost",
    });
    const timer = await kernel.execute(
      'setTimeout(() => { throw new Error("timer"); }, 5); await new Promise(() => {});',
    );
    expect(timer.reply).toMatchObject({ status: "error", evalue: "timer" });
  });

  it("sends errors that come after the cell's end to that cell", async () => {
    const answer = await kernel.execute('setTimeout(() => { throw new Error("late"); }, 100); 1');
    expect(answer.reply.status).toBe("ok");
    await sleep(300);
    expect(error(answer)).toMatchObject({ ename: "Error", evalue: "late" });
  });

  it("refuses to read from the keyboard, at once", async () => {
    const answer = await kernel.execute("for await (const line of process.stdin) console.log(line);");
    expect(answer.reply.evalue).toContain("process.stdin: a cell cannot read from the keyboard");
  });

  it("finds the variables of earlier cells, in shorthand properties, too", async () => {
    await kernel.execute("let rate = 0.5;");
    expect(result(await kernel.execute("({ rate, twice: { rate } })"))).toEqual({
      "text/plain": "{ rate: 0.5, twice: { rate: 0.5 } }",
    });
    await kernel.execute("({ rate } = { rate: 0.25 });");
    expect(result(await kernel.execute("rate"))).toEqual({ "text/plain": "0.25" });
  });

  it("takes the Python comments that nbgrader writes for comments", async () => {
    expect(result(await kernel.execute("# restored by nbgrader\n# twice\n5 + 1"))).toEqual({ "text/plain": "6" });
  });
});

describe("order and aborting", () => {
  it("runs requests one at a time, in order", async () => {
    const answers = await Promise.all([
      kernel.execute("const order: number[] = []; await new Promise((done) => setTimeout(done, 100)); order.push(1);"),
      kernel.execute("order.push(2);"),
      kernel.execute("order.push(3); order"),
    ]);
    expect(result(answers[2])).toEqual({ "text/plain": "[ 1, 2, 3 ]" });
  });

  it("aborts exactly what was queued behind an error, and nothing later", async () => {
    const queued = await Promise.all([
      kernel.execute('await new Promise((done) => setTimeout(done, 50)); throw new Error("first");'),
      kernel.execute("1"),
      kernel.execute("2"),
      kernel.request("kernel_info_request", {}),
    ]);
    expect(queued.map(({ reply }) => reply.status)).toEqual(["error", "aborted", "aborted", "ok"]);
    expect((await kernel.execute("3")).reply.status).toBe("ok");
  });

  it("aborts what was queued behind a synchronous error, too", async () => {
    const queued = await Promise.all([
      kernel.execute('const until = Date.now() + 200; while (Date.now() < until); throw new Error("first");'),
      sleep(100).then(() => kernel.execute("1")),
    ]);
    expect(queued.map(({ reply }) => reply.status)).toEqual(["error", "aborted"]);
  });

  it("aborts nothing where stop_on_error is false", async () => {
    const queued = await Promise.all([
      kernel.execute('throw new Error("x")', { stop_on_error: false }),
      kernel.execute("1"),
    ]);
    expect(queued.map(({ reply }) => reply.status)).toEqual(["error", "ok"]);
  });

  it("counts executions, but not silent ones", async () => {
    const before = (await kernel.execute("1")).reply.execution_count as number;
    const silent = await kernel.execute("2", { silent: true });
    expect(silent.output).toEqual([]);
    expect((await kernel.execute("3")).reply.execution_count).toBe(before + 1);
  });
});

describe("output", () => {
  it.each([10_000, 100_000])("loses none of %d printed lines", async (count) => {
    const answer = await kernel.execute(`for (let i = 0; i < ${count}; i++) console.log(i);`);
    const lines = answer.stdout.trimEnd().split("\n");
    expect(lines.length).toBe(count);
    expect(lines.every((line, i) => line === String(i))).toBe(true);
  });

  it("keeps stdout, stderr and displays in their order", async () => {
    const answer = await kernel.execute(
      'import { display } from "tslab"; console.log("a"); console.error("b"); display.html("<b>c</b>"); console.log("d"); 5',
    );
    const kinds = answer.output.slice(1).map(({ type, content }) => content.name ?? type);
    expect(kinds).toEqual(["stdout", "stderr", "display_data", "stdout", "execute_result"]);
  });

  it("gives whole bundles for objects with Jupyter.display, sync and async, as result and by display", async () => {
    const show = (body: string) => `({ [Symbol.for("Jupyter.display")]: ${body} })`;
    const bundle = { "text/html": "<i>x</i>", "application/json": { x: [1, 2] }, "text/plain": "x" };
    const code = show(`async () => (${JSON.stringify(bundle)})`);
    expect(result(await kernel.execute(code))).toEqual(bundle);
    expect(result(await kernel.execute(show(`() => (${JSON.stringify(bundle)})`)))).toEqual(bundle);
    const shown = await kernel.execute(`import { display } from "flat-minima/core"; await display(${code});`);
    expect(shown.output.find(({ type }) => type === "display_data")!.content.data).toEqual(bundle);
    expect((await kernel.execute(show("() => 7"))).reply.evalue).toContain("Jupyter.display: must return an object");
  });

  it("moves a progress bar in place", async () => {
    const answer = await kernel.execute(
      'import { progressBar } from "flat-minima/core";\nconst bar = progressBar("work", 4);\nfor (let i = 0; i < 4; i++) { await bar.advance(); await new Promise((done) => setTimeout(done, 120)); }\nbar.finish();',
    );
    const shown = answer.output.filter(({ type }) => type !== "execute_input");
    expect(shown[0].type).toBe("display_data");
    expect(shown.slice(1).every(({ type }) => type === "update_display_data")).toBe(true);
    expect(new Set(shown.map(({ content }) => content.transient.display_id)).size).toBe(1);
    expect(shown.length).toBeGreaterThan(2);
  });
});

describe("the stop button", () => {
  it.each([
    ["an awaiting cell", "await new Promise(() => {});"],
    ["a synchronous loop", "while (true);"],
    ["a synchronous loop after an await", "await 1; while (true);"],
    ["a loop that only awaits", "while (true) await 1;"],
    ["a loop in a timer", "setTimeout(() => { while (true); }, 50); await new Promise(() => {});"],
    ["a loop in a .then", "await Promise.resolve().then(() => { while (true); });"],
  ])("stops %s, and state survives", async (_, code) => {
    await kernel.execute("let kept = 41;");
    const { answer, milliseconds } = await interrupted(code);
    expect(answer.reply).toMatchObject({ status: "error", ename: "Interrupted", evalue: "the cell was interrupted" });
    // 300 ms of patience with an event loop that may still turn, and one retry.
    expect(milliseconds).toBeLessThan(1500);
    expect(result(await kernel.execute("kept + 1"))).toEqual({ "text/plain": "42" });
  });

  it("is harmless between cells, and twice in a row", async () => {
    await kernel.interrupt();
    await kernel.interrupt();
    await sleep(400);
    expect(result(await kernel.execute("7"))).toEqual({ "text/plain": "7" });
    const running = kernel.execute("await 1; while (true);");
    await sleep(200);
    await Promise.all([kernel.interrupt(), kernel.interrupt()]);
    expect((await running).reply.ename).toBe("Interrupted");
    await sleep(700);
    expect(result(await kernel.execute("8"))).toEqual({ "text/plain": "8" });
  });

  it("stops the library's loops, so that nothing goes on in the background", async () => {
    await kernel.execute('import { breathe } from "flat-minima/core"; let steps = 0;');
    const { answer } = await interrupted("while (true) { await breathe(); steps++; }");
    expect(answer.reply.ename).toBe("Interrupted");
    const seen = result(await kernel.execute("steps"))!["text/plain"];
    expect(Number(seen)).toBeGreaterThan(0);
    await sleep(200);
    expect(result(await kernel.execute("steps"))!["text/plain"]).toBe(seen);
  });

  it("aborts the cells queued behind the stopped one", async () => {
    const [stopped, queued] = [kernel.execute("await 1; while (true);"), kernel.execute("1")];
    await sleep(200);
    void kernel.interrupt();
    expect((await stopped).reply.status).toBe("error");
    expect((await queued).reply.status).toBe("aborted");
  });

  it("leaves the heartbeat and the control channel alive while a cell computes", async () => {
    const running = kernel.execute("await 1; while (true);");
    await sleep(200);
    expect(await kernel.heartbeat()).toBe("beat");
    void kernel.interrupt();
    await running;
  });
});

describe("language", () => {
  it("tells JupyterLab how to colour TypeScript", async () => {
    const { reply } = await kernel.request("kernel_info_request", {});
    expect(reply.language_info).toMatchObject({
      name: "typescript",
      codemirror_mode: "typescript",
      mimetype: "application/typescript",
    });
    expect((await kernel.request("kernel_info_request", {}, "control")).reply.language_info).toEqual(
      reply.language_info,
    );
  });

  it("completes and inspects with the library's types and doc comments, positions in code points", async () => {
    await kernel.execute('import { randomStream } from "flat-minima/core";');
    const code = 'const π = "𝔼"; randomStr';
    const { reply } = await kernel.request("complete_request", { code, cursor_pos: [...code].length });
    expect(reply.matches).toContain("randomStream");
    expect([reply.cursor_start, reply.cursor_end]).toEqual([[...code].length - 9, [...code].length]);
    const inspected = await kernel.request("inspect_request", { code: "randomStream", cursor_pos: 3, detail_level: 0 });
    const text = (inspected.reply.data as Record<string, string>)["text/plain"];
    expect(text).toContain("function randomStream(seed: number");
    expect(text).toMatch(/\n\n.*stream/i);
  });

  it("says whether a cell is complete", async () => {
    expect((await kernel.request("is_complete_request", { code: "if (true) {" })).reply.status).toBe("incomplete");
    expect((await kernel.request("is_complete_request", { code: "1 + 1" })).reply.status).toBe("complete");
  });

  it("answers what it does not offer", async () => {
    expect((await kernel.request("comm_info_request", {})).reply.comms).toEqual({});
    expect((await kernel.request("history_request", {})).reply.history).toEqual([]);
  });

  it("survives a rebuild of an imported package", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "rebuild-"));
    const dist = path.join(folder, "node_modules/made");
    const write = (value: number) => {
      writeFileSync(path.join(dist, "index.js"), `exports.value = ${value};`);
      writeFileSync(path.join(dist, "index.d.ts"), `export declare const value: number;`);
    };
    mkdirSync(dist, { recursive: true });
    mkdirSync(path.join(folder, "node_modules/@types"));
    symlinkSync(path.join(root, "node_modules/@types/node"), path.join(folder, "node_modules/@types/node"));
    writeFileSync(path.join(dist, "package.json"), '{ "name": "made", "main": "index.js", "types": "index.d.ts" }');
    write(1);
    const other = await KernelClient.start({ cwd: folder });
    expect(result(await other.execute('import { value } from "made";\nvalue'))).toEqual({ "text/plain": "1" });
    write(2);
    await sleep(500);
    expect(result(await other.execute("value + 10"))).toEqual({ "text/plain": "11" });
    expect(result(await other.execute("value + 20"))).toEqual({ "text/plain": "21" });
    await other.shutdown();
    rmSync(folder, { recursive: true });
  });
});

describe("start and end", () => {
  it("serves over IPC", async () => {
    const other = await KernelClient.start({ transport: "ipc" });
    expect(result(await other.execute("6 * 7"))).toEqual({ "text/plain": "42" });
    expect(await other.heartbeat()).toBe("beat");
    expect((await other.shutdown()).code).toBe(0);
  });

  it("shuts down in order, five times out of five", async () => {
    for (let i = 0; i < 5; i++) {
      const other = await KernelClient.start();
      await other.execute("1");
      expect(await other.shutdown()).toMatchObject({ code: 0, signal: null });
    }
  });

  it.each([
    "await new Promise(() => {});",
    "while (true);",
    "await 1; while (true);",
    "while (true) { try { await 1; } catch {} }",
  ])("shuts down while this runs: %s", async (code) => {
    const other = await KernelClient.start();
    void other.execute(code);
    await sleep(300);
    const { milliseconds } = await other.shutdown();
    expect(milliseconds).toBeLessThan(3000);
  });
});

it("runs 1,000 cells in a row without leaking memory", { timeout: 180_000 }, async () => {
  const other = await KernelClient.start();
  await other.execute(
    'import { setFlagsFromString } from "node:v8"; import { runInNewContext } from "node:vm"; setFlagsFromString("--expose-gc"); const collect: () => void = runInNewContext("gc"); let total = 0;',
  );
  const heap = async () =>
    Number(result(await other.execute("collect(); process.memoryUsage().heapUsed / 2 ** 20"))!["text/plain"]);
  const cells = async (count: number) => {
    for (let i = 0; i < count; i++) await other.execute(`total += ${i};\ntotal`);
  };
  await cells(200);
  const before = await heap();
  const start = performance.now();
  await cells(800);
  const perCell = (performance.now() - start) / 800;
  const growth = (await heap()) - before;
  console.log(
    `1,000 cells: ${perCell.toFixed(1)} ms a cell, heap ${before.toFixed(0)} MB after 200, +${growth.toFixed(1)} MB after 1,000`,
  );
  // What a cell may keep: its source, its maps and V8's own record of the script, a few kB each; a compiler's program
  // that stayed alive would be megabytes a cell.
  expect(growth).toBeLessThan(16);
  await other.shutdown();
});
