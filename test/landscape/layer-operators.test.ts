import {
  checkAdjoint,
  denseOperator,
  eigh,
  hutchinsonTrace,
  type LinearOperator,
  type Matrix,
  matrix,
  randomStream,
  symmetricPart,
  topEigenpairs,
} from "flat-minima/core";
import { layerOperators } from "flat-minima/landscape";
import { deepLinear, type LayeredParameters, linearNetwork, twoLayer } from "flat-minima/models";
import { describe, expect, it } from "vitest";
import { denseOf, networkHessians } from "./network-hessians";

/** The entries start, …, start + count − 1 of a matrix, both ways. */
function blockOf({ cols, data }: Matrix, start: number, count: number): number[][] {
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (_, j) => data[(start + i) * cols + start + j]),
  );
}

const rowsOf = (A: Matrix): number[][] => blockOf(A, 0, A.rows);
const traceOf = (rows: readonly (readonly number[])[]): number => rows.reduce((sum, row, i) => sum + row[i], 0);
const topOf = (rows: number[][]): number => eigh(symmetricPart(matrix(rows))).values[rows.length - 1];

describe.each(networkHessians())("$name", ({ network, operator, dense }) => {
  const blocks = layerOperators(operator, network);

  it("gives the diagonal blocks of the matrix, to the last bit", () => {
    expect(blocks).toHaveLength(network.layouts.length);
    network.layouts.forEach(({ inputs, outputs, weightsStart, biasStart }, l) => {
      const { layer, weights, biases } = blocks[l];
      const count = inputs * outputs;
      expect(rowsOf(denseOf(layer))).toEqual(blockOf(dense, weightsStart, layer.cols));
      expect(rowsOf(denseOf(weights))).toEqual(blockOf(dense, weightsStart, count));
      expect(biases && rowsOf(denseOf(biases))).toEqual(biasStart && blockOf(dense, biasStart, outputs));
      expect(layer.cols).toBe(count + (biasStart === undefined ? 0 : outputs));
    });
  });

  it("the layers' traces add up to the trace, no layer's top eigenvalue is above the whole one", () => {
    const layers = blocks.map(({ layer }) => rowsOf(denseOf(layer)));
    const whole = rowsOf(dense);
    const total = layers.reduce((sum, layer) => sum + traceOf(layer), 0);
    // The same p numbers, added in another order: p roundings of at most their sum of sizes.
    const sizes = whole.reduce((sum, row, i) => sum + Math.abs(row[i]), 0);
    expect(Math.abs(total - traceOf(whole))).toBeLessThanOrEqual(whole.length * Number.EPSILON * sizes);
    // The eigenvalues of eigh are off by a modest multiple of p·eps·‖A‖.
    const top = topOf(whole);
    for (const layer of layers) expect(topOf(layer)).toBeLessThanOrEqual(top * (1 + 100 * Number.EPSILON));
    // The layers are coupled: their spectra are not that of the whole matrix.
    expect(Math.max(...layers.map(topOf))).toBeLessThan(0.99 * top);
  });

  it("is what eigen-solvers and estimators take", async () => {
    for (const { layer } of blocks) {
      checkAdjoint(layer, randomStream(1));
      const rows = rowsOf(denseOf(layer));
      const { values, converged } = await topEigenpairs(layer, { stream: randomStream(2) });
      expect(converged).toBe(true);
      // The residual of a converged pair is at most 1e-8 of the norm or so, the value's error far below that.
      expect(Math.abs(values[0] - topOf(rows))).toBeLessThanOrEqual(1e-8 * topOf(rows));
      const { value, standardError } = await hutchinsonTrace(layer, { samples: 400, stream: randomStream(3) });
      expect(Math.abs(value - traceOf(rows))).toBeLessThanOrEqual(4 * standardError);
    }
  });
});

describe("other operators and networks", () => {
  const A = matrix([[1, 2, 3], [4, 5, 6], [7, 8, 9]]); // prettier-ignore
  const layout = (weightsStart: number, inputs: number, biasStart?: number) => ({
    inputs,
    outputs: 1,
    weightsStart,
    neurons: "rows" as const,
    biasStart,
  });

  it("keeps a transposed product, and the cost", () => {
    const operator = denseOperator(A);
    const [{ layer, biases }, second] = layerOperators(operator, {
      parameterCount: 3,
      layouts: [layout(0, 1, 1), layout(2, 1)],
    });
    expect([...layer.apply(Float64Array.of(1, 10))]).toEqual([21, 54]);
    expect([...layer.applyTransposed(Float64Array.of(1, 10))]).toEqual([41, 52]);
    expect(layer.symmetric).toBe(false);
    expect(layer.cost).toBe(operator.cost);
    expect([...biases!.apply(Float64Array.of(2))]).toEqual([10]);
    expect(second.biases).toBeUndefined();
  });

  it("does not change the vector, and gives a fresh one even where the operator gives back its own", () => {
    const identity: LinearOperator = { ...denseOperator(A), symmetric: true, apply: (x) => x };
    const [{ layer }] = layerOperators(identity, { parameterCount: 3, layouts: [layout(0, 3)] });
    const x = Float64Array.of(1, 2, 3);
    const image = layer.apply(x);
    image[0] = 9;
    expect([...x]).toEqual([1, 2, 3]);
  });

  it("takes networks without biases, and with output weights that are not trained", () => {
    const fixedOutputWeights = Float64Array.of(1, 1);
    const fixed = twoLayer({ inputCount: 1, width: 2, structure: "bias", activation: "relu", fixedOutputWeights });
    const square = (n: number): LinearOperator =>
      denseOperator({ rows: n, cols: n, data: new Float64Array(n * n).fill(1) });
    expect(layerOperators(square(4), fixed).map(({ layer }) => layer.cols)).toEqual([4]);
    const linear = deepLinear({ widths: [2, 3, 1] });
    expect(layerOperators(square(9), linear).map(({ layer }) => layer.cols)).toEqual([6, 3]);
  });

  it("names layouts that leave parameters out, share them, or do not fit", () => {
    const given =
      (...layouts: ReturnType<typeof layout>[]) =>
      () =>
        layerOperators(denseOperator(A), { parameterCount: 3, layouts });
    expect(given(layout(0, 1), layout(2, 1))).toThrow(
      "layerOperators: the weights of layer 1 must begin at 1, where what lies before ends, got 2",
    );
    expect(given(layout(0, 2), layout(1, 2))).toThrow("layerOperators: the weights of layer 1 must begin at 2");
    expect(given(layout(0, 1, 2), layout(2, 1))).toThrow("layerOperators: the biases of layer 0 must begin at 1");
    expect(given(layout(0, 2))).toThrow("layerOperators: the layouts must end at 3, the operator's size, got 2");
    expect(given(layout(0, 3, 3))).toThrow("layerOperators: the layouts must end at 3, the operator's size, got 4");
    expect(given()).toThrow("layerOperators: the layouts must end at 3");
    expect(given(layout(0, NaN))).toThrow("layerOperators: the layouts must end at 3, the operator's size, got NaN");
    const noLayers = linearNetwork({ inputCount: 3 }) as unknown as LayeredParameters;
    expect(() => layerOperators(denseOperator(A), noLayers)).toThrow("layerOperators: the network must have layouts");
    expect(() => layerOperators(denseOperator(matrix([[1, 2]])), { parameterCount: 2, layouts: [] })).toThrow(
      "layerOperators: the operator must be square, got 1×2",
    );
    const [{ layer }] = given(layout(0, 3))();
    expect(() => layer.apply(Float64Array.of(1))).toThrow("layerOperators: the vector must have 3 entries, got 1");
  });
});
