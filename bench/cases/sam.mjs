import { randomStream } from "flat-minima/core";
import { oneSampleSam } from "flat-minima/sam";
import { exclusiveOr } from "../problem.mjs";

const checkedSteps = 10; // with a single sample, so that there is nothing to draw

/** @param {string} name for example "sam-100" */
export function contestant(name) {
  const width = Number(name.slice("sam-".length));
  const start = (/** @type {number} */ count) => {
    const { parameters, inputs, targets } = exclusiveOr(width, count);
    // As large a rate as goes well: the sharpness at the start is proportional to the width.
    const rule = /** @type {const} */ ({ learningRate: 0.3 / width, perturbationRadius: 0.2, loss: "half square" });
    const stream = randomStream(1, "bench");
    return oneSampleSam({ structure: "no bias", width, inputs, targets, start: parameters, stream, ...rule });
  };

  const single = start(1);
  single.advance(checkedSteps);
  let trainer = start(100);
  const run = () => {
    // Our step is the faster the fewer neurons are active, and they get fewer: as in a run of usual length, no longer.
    if (trainer.step >= 200_000) trainer = start(100);
    trainer.advance(1000);
  };
  return {
    check: [single.parameters().reduce((sum, value) => sum + value * value, 0)],
    quantities: { step: { run, units: 1000 } },
  };
}
