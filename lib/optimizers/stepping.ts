import { DivergenceError, requireThat } from "../core";
import type { Trainer } from "./trainer";
import { allFinite } from "../core/finite";
import type { UpdateMap } from "./update-map";

/** An update map with its parameters, as a trainer that throws at the step where a parameter stops being finite. */
export function updateTrainer(functionName: string, update: UpdateMap, start: Float64Array): Trainer {
  let parameters: Float64Array = start.slice();
  let step = 0;
  // Two arrays take turns, unless somebody has seen the one that would be written to.
  let [spare, seen]: [Float64Array | undefined, boolean] = [undefined, false];
  return {
    get step() {
      return step;
    },
    advance(steps) {
      for (let k = 0; k < steps; k++) {
        const next = update(parameters, spare);
        if (next.length !== start.length) {
          const requirement = `the update map must keep the number of parameters, ${start.length}`;
          requireThat(false, functionName, requirement, next.length);
        }
        if (!allFinite(next)) throw new DivergenceError(functionName, step + 1, "a parameter is not finite");
        spare = seen || next === parameters ? undefined : parameters;
        seen = false;
        parameters = next;
        step++;
      }
    },
    parameters() {
      seen = true;
      return parameters;
    },
  };
}

/** The same trainer, which throws when its parameters are not finite or it makes other steps than it was told. */
export function checkedTrainer(functionName: string, trainer: Trainer): Trainer {
  return {
    get step() {
      return trainer.step;
    },
    advance(steps) {
      const expected = trainer.step + steps;
      trainer.advance(steps);
      const requirement = `the trainer's step must be ${expected} after ${steps} more steps`;
      requireThat(trainer.step === expected, functionName, requirement, trainer.step);
    },
    parameters() {
      const parameters = trainer.parameters();
      if (!allFinite(parameters)) throw new DivergenceError(functionName, trainer.step, "a parameter is not finite");
      return parameters;
    },
  };
}
