import { empiricalRisk, halfSquareLoss, multilayerPerceptron } from "flat-minima/models";
import { penalizedGradient, secondOrderModifiedGradient } from "flat-minima/stability";
import * as fc from "fast-check";
import { matrixOf, vector } from "./arguments";
import { badEntries, badPositive, empty } from "./corruptions";
import { entry, type Registry } from "./entry";

const network = multilayerPerceptron({ widths: [1, 2, 1], activation: "tanh" });
const SAMPLES = 2;
const smallRate = fc.integer({ min: 1, max: 100 }).map((k) => k / 100);
const unit = fc.integer({ min: -100, max: 100 }).map((k) => k / 100);
const risk = fc
  .tuple(matrixOf(SAMPLES, 1, unit), vector(SAMPLES, unit))
  .map(([inputs, targets]) => empiricalRisk({ network, loss: halfSquareLoss, inputs, targets }));
const parameters = vector(network.parameterCount, unit);
const place = Float64Array.from({ length: network.parameterCount }, (_, k) => Math.cos(k));

export const stabilityBackwardError: Registry = {
  penalizedGradient: entry(penalizedGradient, fc.tuple(fc.tuple(risk, risk), smallRate), {
    use: (gradient) => gradient(place.slice()),
    refuses: { ...empty("0"), ...badPositive("1") },
  }),
  "penalizedGradient, the gradient": entry(
    (theta: Float64Array, losses: Parameters<typeof penalizedGradient>[0], rate: number) =>
      penalizedGradient(losses, rate)(theta),
    fc.tuple(parameters, fc.tuple(risk), smallRate),
    { refuses: badEntries("0") },
  ),
  secondOrderModifiedGradient: entry(secondOrderModifiedGradient, fc.tuple(risk, smallRate), {
    use: (field) => field(place.slice()),
    refuses: badPositive("1"),
  }),
  "secondOrderModifiedGradient, the field": entry(
    (theta: Float64Array, loss: Parameters<typeof secondOrderModifiedGradient>[0], rate: number) =>
      secondOrderModifiedGradient(loss, rate)(theta),
    fc.tuple(parameters, risk, smallRate),
    { refuses: badEntries("0") },
  ),
};
