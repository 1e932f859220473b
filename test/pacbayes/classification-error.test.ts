import { matrix } from "flat-minima/core";
import { classificationError } from "flat-minima/pacbayes";
import { expect, it } from "vitest";

it("counts wrong signs and wrong maxima, and ties", () => {
  expect(classificationError(matrix([[2], [-2], [2], [0]]), matrix([[1], [1], [-1], [1]]))).toBe(0.75);
  const targets = matrix([
    [1, 0, 0],
    [0, 0, 1],
    [0, 1, 0],
    [0, 1, 0],
  ]);
  const outputs = matrix([
    [3, 2, 1],
    [-3, -2, -1],
    [3, 2, 1],
    [0, 0, -1],
  ]);
  expect(classificationError(outputs, targets)).toBe(0.5);
});

it("refuses an empty sample, infinite outputs and targets that are no classes", () => {
  const none = { rows: 0, cols: 1, data: new Float64Array(0) };
  expect(() => classificationError(none, none)).toThrow("classificationError: there must be a sample");
  expect(() => classificationError({ rows: 1, cols: 1, data: Float64Array.of(NaN) }, matrix([[1]]))).toThrow(
    "outputs must be finite, got NaN",
  );
  expect(() => classificationError(matrix([[1]]), matrix([[2]]))).toThrow("classificationError: targets");
});
