import { empiricalRisk, halfSquareLoss, multilayerPerceptron } from "flat-minima/models";
import { gradientDescent } from "flat-minima/optimizers";
import { multilayer } from "../problem.mjs";

const checkedSteps = 3;

/** @param {string} name "gd-small" or "gd-large" */
export function contestant(name) {
  const [widths, count] = name === "gd-small" ? [[6, 40, 40, 40, 1], 200] : [[400, 400, 200, 1], 1000];
  const { parameters, inputs, targets } = multilayer(widths, count);
  const network = multilayerPerceptron({ widths, activation: "tanh" });
  const risk = empiricalRisk({ network, loss: halfSquareLoss, inputs, targets });
  const step = gradientDescent({ gradient: risk.gradient, learningRate: 0.1 });

  // As runTrajectory does it: the parameters before last lend their memory.
  /** @type {Float64Array[]} */
  let [theta, spare] = [parameters, parameters.slice()];
  const run = () => {
    [theta, spare] = [step(theta, spare), theta];
  };
  for (let t = 0; t < checkedSteps; t++) run();
  return { check: [risk.loss(theta)], quantities: { step: { run, units: 1 } } };
}
