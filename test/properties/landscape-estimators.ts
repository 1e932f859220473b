import { denseOperator, type LinearOperator, matrix, type Matrix } from "flat-minima/core";
import { displacementCovariance, layerOperators, minimiserDisplacement } from "flat-minima/landscape";
import type { LayerLayout } from "flat-minima/models";
import * as fc from "fast-check";
import { list, matrixOf, positiveDefiniteOf, size, vector } from "./arguments";
import { at, badCount, badSymmetric, badVector, type Corruption, NOTHING } from "./corruptions";
import { entry, type Registry } from "./entry";

/** Layers of one output, each of some inputs, with or without a bias, and their number of parameters. */
const layers = fc
  .integer({ min: 1, max: 3 })
  .chain((count) => list(count, fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean())))
  .map((sizes) => {
    let end = 0;
    const layouts = sizes.map(([inputs, biased]): LayerLayout => {
      const weightsStart = end;
      end += inputs + (biased ? 1 : 0);
      return {
        inputs,
        outputs: 1,
        weightsStart,
        neurons: "rows",
        biasStart: biased ? weightsStart + inputs : undefined,
      };
    });
    return { parameterCount: end, layouts };
  });

const notNegative: (place: string) => Record<string, Corruption> = (place) => ({
  [`${place} with a negative eigenvalue`]: at(place, (A: Matrix) => ({ ...A, data: A.data.map((value) => -value) })),
});

export const landscapeEstimators: Registry = {
  layerOperators: entry(
    layerOperators,
    layers.chain((network) =>
      fc.tuple(
        matrixOf(network.parameterCount, network.parameterCount).map((A): LinearOperator => denseOperator(A)),
        fc.constant(network),
      ),
    ),
    {
      use: (blocks) =>
        blocks.flatMap(({ layer, weights, biases }) =>
          [layer, weights, ...(biases ? [biases] : [])].map((block) => [
            block.apply(new Float64Array(block.cols).fill(1)),
            block.applyTransposed(new Float64Array(block.cols).fill(-2)),
          ]),
        ),
      refuses: {
        "an operator that is not square": at("0", () => denseOperator(matrix([[1, 2]]))),
        "an operator of another size": at("0", (_, [, { parameterCount }]) => {
          const n = parameterCount + 1;
          return denseOperator({ rows: n, cols: n, data: new Float64Array(n * n) });
        }),
        "no layouts": at("1", () => ({ parameterCount: 3 })),
        "a layer left out": at("1.layouts", (layouts: LayerLayout[]) => layouts.slice(1)),
        "a layer twice": at("1.layouts", (layouts: LayerLayout[]) => [layouts[0], ...layouts]),
        "biases away from their weights": at("1.layouts", (layouts: LayerLayout[]) => {
          const [first, ...others] = layouts;
          return first.biasStart === undefined ? NOTHING : [{ ...first, biasStart: first.biasStart + 1 }, ...others];
        }),
        "a size of NaN": at("1.layouts.0.inputs", () => NaN),
      },
      infinite: "what applies an operator looks at its products",
    },
  ),
  minimiserDisplacement: entry(
    minimiserDisplacement,
    size.chain((p) => fc.tuple(fc.record({ hessian: positiveDefiniteOf(p), gradient: vector(p) }))),
    { refuses: { ...badSymmetric("0.hessian"), ...notNegative("0.hessian"), ...badVector("0.gradient") } },
  ),
  displacementCovariance: entry(
    displacementCovariance,
    size.chain((p) =>
      fc.tuple(
        fc.record({
          hessian: positiveDefiniteOf(p),
          gradientCovariance: positiveDefiniteOf(p),
          sampleCount: fc.integer({ min: 1, max: 100 }),
        }),
      ),
    ),
    {
      refuses: {
        ...badSymmetric("0.hessian"),
        ...notNegative("0.hessian"),
        ...badSymmetric("0.gradientCovariance"),
        ...notNegative("0.gradientCovariance"),
        "a covariance of another size": at("0.gradientCovariance", ({ rows }: Matrix) => ({
          rows: rows + 1,
          cols: rows + 1,
          data: new Float64Array((rows + 1) ** 2),
        })),
        ...badCount("0.sampleCount"),
      },
    },
  ),
};
