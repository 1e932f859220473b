import { randomStream } from "flat-minima/core";
import { empiricalRisk, halfSquareLoss, multilayerPerceptron } from "flat-minima/models";
import { stochasticGradientDescent } from "flat-minima/optimizers";
import { multilayer } from "../problem.mjs";

const widths = [6, 40, 40, 40, 1];
const checkedSteps = 10; // with a single sample, so that there is nothing to draw

export function contestant() {
  const training = (/** @type {number} */ count) => {
    const { parameters, inputs, targets } = multilayer(widths, count);
    const network = multilayerPerceptron({ widths, activation: "tanh" });
    const risk = empiricalRisk({ network, loss: halfSquareLoss, inputs, targets });
    const step = stochasticGradientDescent({
      ...risk,
      batchSize: 5,
      sampling: "with replacement",
      learningRate: 0.01,
      stream: randomStream(1, "bench"),
    });
    // As runTrajectory does it: the parameters before last lend their memory.
    /** @type {Float64Array[]} */
    let [theta, spare] = [parameters, parameters.slice()];
    const run = (/** @type {number} */ steps) => {
      for (let t = 0; t < steps; t++) [theta, spare] = [step(theta, spare), theta];
    };
    return { run, loss: () => risk.loss(theta) };
  };

  const single = training(1);
  single.run(checkedSteps);
  const { run } = training(200);
  return { check: [single.loss()], quantities: { step: { run: () => run(100), units: 100 } } };
}
