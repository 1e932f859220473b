import { interpolateLosses, lossSurface, randomDirection } from "flat-minima/landscape";
import { multilayerPerceptron, twoLayer } from "flat-minima/models";
import * as fc from "fast-check";
import { list, number, positive, size, stream, vector } from "./arguments";
import { at, badCount, badEntries, badLength, badOption, badVector, empty } from "./corruptions";
import { entry, type Registry } from "./entry";

const half = (theta: Float64Array): number => theta.reduce((sum, x) => sum + 0.5 * x * x, 0);
const first = ([x]: Float64Array): number => x;
const networks = [
  multilayerPerceptron({ widths: [2, 3, 1], activation: "relu" }),
  twoLayer({ inputCount: 2, width: 3, structure: "bias", activation: "relu" }),
];

export const landscapeSurfaces: Registry = {
  interpolateLosses: entry(
    interpolateLosses<"half" | "first">,
    fc
      .tuple(size, size)
      .chain(([p, count]) =>
        fc.tuple(
          fc.constant({ half, first }),
          fc.record({ from: vector(p), to: vector(p), alphas: list(count, number) }),
        ),
      ),
    {
      refuses: {
        ...badEntries("1.from"),
        ...badVector("1.to"),
        ...badEntries("1.alphas"),
        ...empty("1.alphas"),
        "no function": at("0", () => ({})),
        "no parameters": at("1", (line) => ({ ...line, from: new Float64Array(0), to: new Float64Array(0) })),
      },
      diverges: { "NaN from a function": at("0.first", () => () => NaN) },
    },
  ),
  lossSurface: entry(
    lossSurface,
    fc
      .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 4 }), number, positive)
      .chain(([p, steps, low, width]) =>
        fc.tuple(
          fc.constant(half),
          fc.record({
            center: vector(p),
            // Not parallel: the first entry of v is 0, that of u is not.
            directions: fc
              .tuple(vector(p, positive), vector(p, positive))
              .map(([u, v]) => [u, v.map((entry, k) => (k === 0 ? 0 : entry))] as const),
            range: fc.constant([low, low + width] as const),
            steps: fc.constant(steps),
          }),
        ),
      ),
    {
      refuses: {
        ...badEntries("1.center"),
        ...badVector("1.directions.0"),
        ...badVector("1.directions.1"),
        ...badCount("1.steps", 2),
        "parallel directions": at("1.directions", ([u]: Float64Array[]) => [u, u.map((entry) => -2 * entry)]),
        "a direction of 0": at("1.directions.1", (v: Float64Array) => v.fill(0)),
        "one direction": at("1.directions", ([u]: Float64Array[]) => [u]),
        "a range that falls": at("1.range", ([low, high]: number[]) => [high, low]),
        "a range without end": at("1.range", ([low]: number[]) => [low, Infinity]),
      },
      diverges: { "NaN from the loss": at("0", () => () => NaN) },
    },
  ),
  randomDirection: entry(
    randomDirection,
    fc
      .constantFrom(...networks)
      .chain((network) =>
        fc.tuple(
          fc.constant(network),
          vector(network.parameterCount, positive),
          fc.record({ normalization: fc.constantFrom("filter" as const, "layer" as const, "model" as const), stream }),
        ),
      ),
    {
      refuses: {
        ...badEntries("1"),
        ...badLength("1"),
        ...badOption("2.normalization"),
        "a network without layers": at("0", () => ({ parameterCount: 3 })),
        "parameters of 0": at("1", (theta: Float64Array) => theta.fill(0)),
      },
    },
  ),
};
