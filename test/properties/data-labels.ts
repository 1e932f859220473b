import { randomizedLabels } from "flat-minima/data";
import * as fc from "fast-check";
import { size, stream } from "./arguments";
import { at, badCount, badValues, empty } from "./corruptions";
import { entry, type Registry } from "./entry";

export const dataLabels: Registry = {
  randomizedLabels: entry(
    randomizedLabels,
    fc.tuple(size, size).chain(([n, classCount]) =>
      fc.tuple(
        fc.uint8Array({ minLength: n, maxLength: n, max: classCount - 1 }),
        fc.record({
          classCount: fc.constant(classCount),
          fraction: fc.constantFrom(0, 0.2, 1),
          stream,
        }),
      ),
    ),
    {
      refuses: {
        ...empty("0"),
        ...badCount("1.classCount"),
        ...badValues("1.classCount", 257),
        ...badValues("1.fraction", NaN, -0.1, 1.1),
        "a label out of range": at("0.0", () => 255),
      },
    },
  ),
};
