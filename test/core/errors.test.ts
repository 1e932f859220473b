import { DivergenceError, InterruptedError, InvalidArgumentError, requireThat, zeros } from "flat-minima/core";
import { describe, expect, it } from "vitest";

function messageFor(got: unknown): string {
  try {
    requireThat(false, "f", "it must be right", got);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("requireThat let a false condition pass");
}

describe("requireThat", () => {
  it("lets a true condition pass", () => {
    expect(() => requireThat(true, "f", "it must be right", 1)).not.toThrow();
  });

  it("throws an InvalidArgumentError, which is a RangeError", () => {
    const call = (): void => requireThat(false, "gradientDescent", "the learning rate must be positive", -1);
    expect(call).toThrow(new InvalidArgumentError("gradientDescent: the learning rate must be positive, got -1"));
    expect(call).toThrow(RangeError);
  });

  it.each([
    [NaN, "NaN"],
    [-0, "-0"],
    [undefined, "undefined"],
    [null, "null"],
    ["", '""'],
    ["2×3 and 4×5", "2×3 and 4×5"],
    [3n, "3n"],
    [Math.sin, "the function sin"],
    [[1, "a", [2]], "[1, a, [2]]"],
    [new Float64Array(7), "[0, 0, 0, 0, 0, 0, … 7 entries]"],
    [new DataView(new ArrayBuffer(1)), "a view of bytes"],
    [zeros(2, 3), "a 2×3 matrix"],
    [{ a: 1, b: 2 }, "an object with the fields a, b"],
    [{}, "an object without fields"],
    [new TypeError("no"), "TypeError: no"],
  ])("shows %o short", (got, shown) => {
    expect(messageFor(got)).toBe(`f: it must be right, got ${shown}`);
  });
});

describe("DivergenceError", () => {
  it("names the function and the step", () => {
    const error = new DivergenceError("gradientDescent", 12, "the loss is Infinity");
    expect(error.message).toBe("gradientDescent: diverged at step 12, the loss is Infinity");
    expect(error.step).toBe(12);
    expect(error.name).toBe("DivergenceError");
  });
});

describe("InterruptedError", () => {
  it("has the name that the kernel looks for", () => {
    expect(new InterruptedError().name).toBe("Interrupted");
    expect(new InterruptedError().message).toBe("the computation was interrupted");
  });
});
