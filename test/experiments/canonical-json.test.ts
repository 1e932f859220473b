import fc from "fast-check";
import { runInNewContext } from "node:vm";
import { canonicalJson } from "flat-minima/experiments";
import { describe, expect, it } from "vitest";

describe("canonicalJson", () => {
  it.each<[unknown, string]>([
    [{ b: 1, a: { d: [], c: {} } }, '{"a":{"c":{},"d":[]},"b":1}'],
    [{ 10: 1, 9: 2, Z: 3, é: 4, a: 5 }, '{"10":1,"9":2,"Z":3,"a":5,"é":4}'],
    [[0.1, 1e21, 1e-7, -0, 5e-324], "[0.1,1e+21,1e-7,0,5e-324]"],
    ['a"\n\u2028', '"a\\"\\n\u2028"'],
    [Object.create(null), "{}"],
    [runInNewContext("({ b: [1], a: null })"), '{"a":null,"b":[1]}'],
  ])("writes %j", (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it("gives any JSON back, and does not depend on the order of its fields", () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, field]) => [name, reversed(field)]),
      );
    };
    fc.assert(
      fc.property(fc.json(), (text) => {
        // Once through JSON.stringify: it writes -0 as 0.
        const value = JSON.parse(JSON.stringify(JSON.parse(text)));
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it.each<[string, unknown, string, string]>([
    ["NaN", { a: [1, { b: NaN }] }, "value.a[1].b", "NaN"],
    ["an infinity", [-Infinity], "value[0]", "-Infinity"],
    ["undefined", { a: undefined }, "value.a", "undefined"],
    ["nothing at all", undefined, "value", "undefined"],
    ["a hole", [1, , 2], "value[1]", "undefined"], // eslint-disable-line no-sparse-arrays
    ["a big integer", 1n, "value", "1n"],
    ["a function", { f: Math.abs }, "value.f", "the function abs"],
    ["a typed array", { x: Float64Array.of(1, 2) }, "value.x", "[1, 2]"],
    ["a date", new Date(0), "value", String(new Date(0))],
    ["a map", new Map(), "value", "an object without fields"],
  ])("refuses %s", (_, value, place, got) => {
    expect(() => canonicalJson(value)).toThrow(`canonicalJson: ${place} must be JSON, got ${got}`);
  });
});
