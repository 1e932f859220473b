import { multilayerPerceptron, polynomialLoss, type SmoothLoss, smoothPerceptronRisk } from "flat-minima/models";
import * as fc from "fast-check";
import { list, matrixOf, number, size, vector } from "./arguments";
import { at, badCount, badEntries, badMatrix, badNumber, badShape, badVector, empty } from "./corruptions";
import { entry, type Registry } from "./entry";

const OVERFLOW = "where a power overflows a polynomial is not finite, or ∞ − ∞";

const everything = (loss: SmoothLoss, theta: Float64Array, u: Float64Array, v: Float64Array): unknown => [
  loss.value(theta),
  loss.gradient(theta),
  loss.hessianVectorProduct(theta, u),
  loss.thirdDerivative(theta, u, v),
];

const monomials = size.chain((p) =>
  list(3, fc.record({ coefficient: number, powers: list(p, fc.integer({ min: 0, max: 4 })) })),
);

const samples = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 4 }), fc.boolean())
  .chain(([widths, bias]) =>
    fc.tuple(fc.constant({ widths, bias }), matrixOf(3, widths[0]), matrixOf(3, widths[widths.length - 1])),
  );
const riskOf = (
  shape: { widths: number[]; bias: boolean },
  inputs: Parameters<typeof smoothPerceptronRisk>[0]["inputs"],
  targets: Parameters<typeof smoothPerceptronRisk>[0]["inputs"],
): SmoothLoss =>
  smoothPerceptronRisk({ network: multilayerPerceptron({ activation: "tanh", ...shape }), inputs, targets });

export const modelsPolynomial: Registry = {
  polynomialLoss: entry(polynomialLoss, fc.tuple(monomials), {
    refuses: {
      ...empty("0"),
      ...badNumber("0.*.coefficient"),
      ...badCount("0.*.powers.*", 0),
      "a power missing": at("0.1.powers", (powers: number[]) => powers.slice(1)),
      "no variable": at("0", () => [{ coefficient: 1, powers: [] }]),
    },
  }),
  "polynomialLoss, its functions": entry(
    (theta: Float64Array, u: Float64Array, v: Float64Array, terms: Parameters<typeof polynomialLoss>[0]) =>
      everything(polynomialLoss(terms), theta, u, v),
    monomials.chain((terms) => {
      const p = terms[0].powers.length;
      return fc.tuple(vector(p), vector(p), vector(p), fc.constant(terms));
    }),
    { refuses: { ...badVector("0"), ...badVector("1"), ...badVector("2") }, overflow: OVERFLOW },
  ),
  smoothPerceptronRisk: entry(riskOf, samples, {
    refuses: {
      ...badMatrix("1"),
      ...badShape("1"),
      "another activation": at("0", (shape) => ({ ...shape, activation: "relu" })),
    },
    refusesInUse: { ...badEntries("2.data"), ...badShape("2") },
  }),
  "smoothPerceptronRisk, its functions": entry(
    (theta: Float64Array, u: Float64Array, v: Float64Array, args: Parameters<typeof riskOf>) =>
      everything(riskOf(...args), theta, u, v),
    samples.chain((args) => {
      const p = multilayerPerceptron({ ...args[0], activation: "tanh" }).parameterCount;
      return fc.tuple(vector(p), vector(p), vector(p), fc.constant(args));
    }),
    {
      refuses: { ...badVector("0"), ...badVector("1"), ...badVector("2") },
      overflow: "where a network overflows it gives what is not finite, or the evaluation names it",
    },
  ),
};
