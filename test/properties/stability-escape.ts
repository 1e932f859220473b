import type { RandomStream } from "flat-minima/core";
import { escapeTrajectories, lossQuantiles } from "flat-minima/stability";
import * as fc from "fast-check";
import { list, number, size, stream, vector } from "./arguments";
import { at, badCount, badEntries, badValues, empty } from "./corruptions";
import { entry, type Registry } from "./entry";

const half = (x: Float64Array): number => x.reduce((sum, value) => sum + 0.5 * value * value, 0);
/** Multiplies by 1/2 or 3/2. */
const walk =
  (stream: RandomStream) =>
  (x: Float64Array): Float64Array => {
    const factor = 1 + stream.rademacher() / 2;
    return x.map((value) => factor * value);
  };

export const stabilityEscape: Registry = {
  escapeTrajectories: entry(
    escapeTrajectories,
    size.chain((p) =>
      fc.tuple(
        fc.record({
          updateOf: fc.constant(walk),
          loss: fc.constant(half),
          start: vector(p),
          trajectories: size,
          steps: size,
          stream,
        }),
      ),
    ),
    {
      infinite: "the loss of a diverged trajectory is ∞, and the trajectory is named",
      refuses: { ...badEntries("0.start"), ...badCount("0.trajectories"), ...badCount("0.steps") },
      refusesInUse: { "NaN from the loss": at("0.loss", () => () => NaN) },
    },
  ),
  lossQuantiles: entry(
    lossQuantiles,
    size.chain((steps) =>
      fc.tuple(
        fc.array(vector(steps), { minLength: 1, maxLength: 5 }),
        size.chain((count) =>
          list(
            count,
            number.map((value) => Math.abs(value) / 20 + 0.25),
          ),
        ),
      ),
    ),
    {
      refuses: {
        ...empty("0"),
        ...badValues("0.*.0", NaN, -Infinity),
        ...badValues("1.*", NaN, 0, -1, 1.5, Infinity),
        "a trajectory too long": at("0", (losses: Float64Array[]) => [...losses, new Float64Array(9)]),
      },
    },
  ),
};
