import { line, points, rule } from "flat-minima/plot";
import type { Axis } from "flat-minima/plot";
import { parse, View } from "vega";
import { compile } from "vega-lite";
import type { TopLevelSpec } from "vega-lite";
import { describe, expect, it } from "vitest";
import { ruler } from "../../lib/plot/ruler";
import { logTicks, symlogTicks } from "../../lib/plot/ticks";

const layers = [line({ x: [1, 5], y: [0.01, 300], role: "measurement" }), rule({ y: 1000, label: "threshold" })];

describe("ruler", () => {
  it.each<Axis>([
    { title: "y" },
    { title: "y", scale: "log" },
    { title: "y", scale: "symlog" },
    { title: "y", scale: "log", domain: [1, 5000] },
  ])("knows the pixels at which Vega draws: %j", async (axis) => {
    const { pixel, shared, channel } = ruler("y", axis, layers, 320);
    const encoding = { y: { ...shared, ...channel({ field: "y" }) } };
    const spec = { data: { values: [{ y: 1 }] }, mark: "point", width: 100, height: 320, encoding };
    const view = await new View(parse(compile(spec as unknown as TopLevelSpec).spec), { renderer: "none" }).runAsync();
    const scale = view.scale("y") as (value: number) => number;
    // The same few operations of double numbers on both sides: 1e-9 of 320 pixels is far above their rounding.
    for (const value of [0.02, 1, 77, 300]) expect(pixel(value)).toBeCloseTo(scale(value), 6);
    view.finalize();
  });

  it("shows all values, rules too, with a margin", () => {
    const [low, high] = ruler("y", { title: "y" }, layers, 320).domain;
    expect(low).toBeLessThan(0.01);
    expect(high).toBeGreaterThan(1000);
    expect(high).toBeLessThan(1100);
  });

  it("makes room around a constant", () => {
    const constant = [points({ x: [2], y: [0] })];
    expect(ruler("x", { title: "x" }, constant, 320).domain).toEqual([1.8, 2.2]);
    expect(ruler("y", { title: "y" }, constant, 320).domain).toEqual([-1, 1]);
  });
});

describe("ticks", () => {
  it("stand at powers of ten, as plain numbers while these are short", () => {
    expect(logTicks([0.02, 300], 8)).toEqual({ values: [0.1, 1, 10, 100], labels: ["0.1", "1", "10", "100"] });
    expect(logTicks([5e-5, 20], 8)?.labels).toEqual(["10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"]);
    expect(logTicks([1e-12, 1], 7)?.labels).toEqual(["10⁻¹²", "10⁻¹⁰", "10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "10⁰"]);
  });

  it("stand between the powers where there are few of them, and are Vega's own below that", () => {
    expect(logTicks([20, 150], 8)?.labels).toEqual(["20", "50", "100"]);
    expect(logTicks([1.5e-5, 1.2e-4], 8)?.labels).toEqual(["2·10⁻⁵", "5·10⁻⁵", "10⁻⁴"]);
    expect(logTicks([0.011, 0.031], 8)).toBeUndefined();
  });

  it("of a symlog axis stand on both sides of zero", () => {
    expect(symlogTicks([-20, 150], 8)?.labels).toEqual(["−10", "−1", "0", "1", "10", "100"]);
    expect(symlogTicks([-3e6, 1], 8)?.labels).toEqual(["−10⁶", "−10⁴", "−10²", "−10⁰", "0", "10⁰"]);
    expect(symlogTicks([-0.2, 0.1], 8)).toBeUndefined();
  });
});
