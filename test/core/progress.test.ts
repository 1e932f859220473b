import { InterruptedError, breathe, progressBar } from "flat-minima/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { installFakeHost, removeFakeHost } from "./fake-host";

let now = 1e6;

beforeEach(async () => {
  vi.spyOn(performance, "now").mockImplementation(() => now);
  now += 1e6;
  await breathe(); // the last yield is now
});

afterEach(() => {
  removeFakeHost();
  vi.restoreAllMocks();
});

/** Whether a turn of the event loop has passed since the call. */
function turnOfEventLoop(): { passed: boolean } {
  const turn = { passed: false };
  setImmediate(() => (turn.passed = true));
  return turn;
}

describe("breathe", () => {
  it("returns at once before 50 ms have passed", async () => {
    const turn = turnOfEventLoop();
    now += 49.9;
    await breathe();
    expect(turn.passed).toBe(false);
  });

  it("yields to the event loop when 50 ms have passed, and then not again", async () => {
    const first = turnOfEventLoop();
    now += 50;
    await breathe();
    expect(first.passed).toBe(true);
    const second = turnOfEventLoop();
    await breathe();
    expect(second.passed).toBe(false);
  });

  it("throws when the cell is interrupted, whether or not it yields", async () => {
    const host = installFakeHost();
    await breathe();
    host.interrupt();
    await expect(breathe()).rejects.toThrow(InterruptedError);
    now += 50;
    await expect(breathe()).rejects.toThrow(InterruptedError);
  });

  it("hears an interrupt that arrives while it yields", async () => {
    const host = installFakeHost();
    setImmediate(() => host.interrupt());
    now += 50;
    await expect(breathe()).rejects.toThrow(InterruptedError);
  });
});

describe("progressBar", () => {
  it("draws one output and moves it in place, at most every 100 ms", async () => {
    const { sent } = installFakeHost();
    const bar = progressBar("seeds <1 & 2>", 10);
    const texts = (): unknown[] => sent.map(({ data }) => data["text/plain"]);
    expect(texts()).toEqual(["seeds <1 & 2> [..............................] 0 %"]);
    now += 99;
    await bar.advance();
    expect(sent).toHaveLength(1);
    now += 901;
    await bar.advance(2); // 3 of 10 in 1 s: 7/3 s are left
    expect(texts()[1]).toBe("seeds <1 & 2> [#########.....................] 30 %, 3 s left");
    expect(sent[1].data["text/html"]).toBe(
      '<div>seeds &lt;1 &amp; 2&gt; <progress value="0.300" max="1"></progress> 30 %, 3 s left</div>',
    );
    bar.finish();
    bar.finish();
    expect(texts().slice(2)).toEqual(["seeds <1 & 2> [##############################] 100 %"]);
    const ids = new Set(sent.map(({ options }) => options?.displayId));
    expect(ids.size).toBe(1);
    expect([...ids][0]).toMatch(/./);
    expect(sent.map(({ options }) => options?.update)).toEqual([false, true, true]);
  });

  it.each([
    [60_000, 1, "2 min left"], // 1 of 3 in 1 min
    [3_600_000, 1, "2.0 h left"],
  ])("gives the time left after %d ms in a unit that suits", async (elapsed, steps, shown) => {
    const { sent } = installFakeHost();
    const bar = progressBar("long", 3);
    now += elapsed;
    await bar.advance(steps);
    expect(sent[1].data["text/plain"]).toContain(shown);
  });

  it("does not go past the end, nor name a time left there", async () => {
    const { sent } = installFakeHost();
    const bar = progressBar("a", 2);
    now += 100;
    await bar.advance(5);
    expect(bar.fraction).toBe(1);
    expect(sent[1].data["text/plain"]).toMatch(/] 100 %$/);
  });

  it("gives two bars two outputs", () => {
    const { sent } = installFakeHost();
    progressBar("a", 1);
    progressBar("b", 1);
    expect(sent[0].options?.displayId).not.toBe(sent[1].options?.displayId);
  });

  it("stops the loop that it is in when the cell is interrupted", async () => {
    const host = installFakeHost();
    const bar = progressBar("a", 2);
    host.interrupt();
    await expect(bar.advance()).rejects.toThrow(InterruptedError);
  });

  it("is silent outside a kernel", async () => {
    const log = vi.spyOn(console, "log");
    const bar = progressBar("a", 2);
    now += 1000;
    await bar.advance();
    bar.finish();
    expect(log).not.toHaveBeenCalled();
  });

  it("refuses impossible totals and steps", () => {
    expect(() => progressBar("a", 0)).toThrow("progressBar: the total must be positive and finite, got 0");
    expect(() => progressBar("a", NaN)).toThrow("progressBar: the total must be positive and finite, got NaN");
    expect(() => progressBar("a", 1).advance(-1)).toThrow(
      "ProgressBar.advance: the step must be finite and at least 0, got -1",
    );
  });
});
