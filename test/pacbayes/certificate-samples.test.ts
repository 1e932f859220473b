import { matrix } from "flat-minima/core";
import { splitForCertificate } from "flat-minima/pacbayes";
import { expect, it } from "vitest";

const inputs = matrix([
  [1, 2],
  [3, 4],
  [5, 6],
]);

it("gives the first rows to the prior and the others to the certificate, as copies", () => {
  const targets = Float64Array.of(1, -1, 1);
  const { forPrior, forCertificate } = splitForCertificate({ inputs, targets, priorSampleCount: 1 });
  expect(forPrior).toEqual({ inputs: matrix([[1, 2]]), targets: matrix([[1]]) });
  expect(forCertificate.targets).toEqual(matrix([[-1], [1]]));
  expect(Array.from(forCertificate.inputs.data)).toEqual([3, 4, 5, 6]);
  forCertificate.inputs.data[0] = 9;
  expect(inputs.data[2]).toBe(3);
  expect(splitForCertificate({ inputs, targets }).forPrior).toBeUndefined();
});

it("refuses a split that leaves nothing to certify, and what is no sample", () => {
  const targets = Float64Array.of(1, -1, 1);
  for (const priorSampleCount of [3, -1, 0.5, NaN]) {
    expect(() => splitForCertificate({ inputs, targets, priorSampleCount })).toThrow(
      `splitForCertificate: priorSampleCount must be an integer from 0 to 2, got ${priorSampleCount}`,
    );
  }
  const none = { rows: 0, cols: 2, data: new Float64Array(0) };
  expect(() => splitForCertificate({ inputs: none, targets })).toThrow("splitForCertificate: there must be a sample");
  expect(() => splitForCertificate({ inputs, targets: Float64Array.of(1, 0, 1) })).toThrow("1 or -1, got 0");
  expect(() => splitForCertificate({ inputs, targets: Float64Array.of(1) })).toThrow("targets must have 3 rows");
});
