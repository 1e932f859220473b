import { dot } from "flat-minima/core";
import { empiricalRisk, halfSquareLoss, multilayerPerceptron } from "flat-minima/models";
import { concatenated, multilayer, uniform } from "../problem.mjs";

const widths = [100, 200, 200, 1];

export function contestant() {
  const { parameters, inputs, targets } = multilayer(widths, 1000);
  const network = multilayerPerceptron({ widths, activation: "tanh" });
  const risk = empiricalRisk({ network, loss: halfSquareLoss, inputs, targets });
  const sizes = widths.slice(1).flatMap((outputs, k) => [Number(widths[k]) * outputs, outputs]);
  const direction = concatenated(sizes.map((size, k) => uniform(30 + k, size)));
  const kept = risk.at(parameters);
  return {
    check: [dot(direction, kept.hessianVectorProduct(direction))],
    quantities: {
      gradient: { run: () => risk.gradient(parameters), units: 1 },
      product: { run: () => kept.hessianVectorProduct(direction), units: 1 },
    },
  };
}
