import type { Matrix } from "flat-minima/core";
import {
  convolutional,
  crossEntropyLoss,
  deepLinear,
  diagonalLinear,
  empiricalRisk,
  gaussNewtonOperator,
  halfSquareLoss,
  hessianOperator,
  initialParameters,
  leastSquares,
  linearNetwork,
  logisticLoss,
  type Loss,
  multilayerPerceptron,
  type Network,
  quadratic,
  randomFeatures,
  residualPerceptron,
  squareLoss,
  twoLayer,
  twoLayerParameters,
  twoMinima,
  univariateRelu,
} from "flat-minima/models";
import * as fc from "fast-check";
import { list, matrixOf, number, positive, size, stream, symmetricOf, vector } from "./arguments";
import {
  at,
  badCount,
  badEntries,
  badLength,
  badMatrix,
  badNonNegative,
  badNumber,
  badOption,
  badPositive,
  badShape,
  badSymmetric,
  badValues,
  badVector,
  type Corruption,
  empty,
} from "./corruptions";
import { type Entry, entry, type Registry } from "./entry";
import { modelsPolynomial } from "./models-polynomial";

const OVERFLOW = "where a network overflows it gives what is not finite, which training loops name";
const activation = fc.constantFrom("linear", "relu", "tanh", "softplus", "smooth leaky relu" as const);
const small = fc.integer({ min: 1, max: 3 });
const widths = fc.array(small, { minLength: 2, maxLength: 4 });
const SAMPLES = 3;

const ones = (rows: number, cols: number): Matrix => ({ rows, cols, data: new Float64Array(rows * cols).fill(1) });

/** Everything that a network gives. */
function everything(
  network: Network,
  theta: Float64Array,
  inputs: Matrix,
  direction: Float64Array,
  weights: Matrix,
): unknown {
  const evaluation = network.evaluate(theta, inputs);
  const tangent = evaluation.tangent(direction);
  const reproducible = network.evaluate(theta, inputs, { reproducible: true });
  return [
    evaluation.outputs,
    evaluation.pullback(weights),
    tangent.outputs,
    tangent.pullback(weights, weights),
    evaluation.gramMatrix(),
    reproducible.outputs,
    reproducible.pullback(weights),
  ];
}

const badColumns = (place: string): Record<string, Corruption> => {
  const [key, corrupt] = Object.entries(badShape(place))[1];
  return { [key]: corrupt };
};
const missingEntries = (place: string): Record<string, Corruption> => {
  const [key, corrupt] = Object.entries(badMatrix(place))[3];
  return { [key]: corrupt };
};

/** A network as it is made, and its functions. */
function networkEntries<Options>(
  label: string,
  make: (options: Options) => Network,
  options: fc.Arbitrary<Options>,
  refuses: Entry["refuses"],
): Registry {
  return {
    [label]: entry(make, fc.tuple(options), {
      use: (network) => {
        const theta = new Float64Array(network.parameterCount).fill(0.5);
        return everything(network, theta, ones(2, network.inputCount), theta, ones(2, network.outputCount));
      },
      refuses,
      overflow: OVERFLOW,
    }),
    [`${label}, evaluate`]: entry(
      (theta, inputs, direction, weights, made) => everything(make(made), theta, inputs, direction, weights),
      options.chain((chosen) => {
        const { parameterCount, inputCount, outputCount } = make(chosen);
        return fc.tuple(
          vector(parameterCount),
          matrixOf(SAMPLES, inputCount),
          vector(parameterCount),
          matrixOf(SAMPLES, outputCount),
          fc.constant(chosen),
        );
      }),
      {
        // Weights may be infinite: they are where the loss overflows, and training loops name it.
        refuses: {
          ...badVector("0"),
          ...badMatrix("1"),
          ...badColumns("1"),
          ...badVector("2"),
          ...badShape("3"),
          ...missingEntries("3"),
        },
        overflow: OVERFLOW,
      },
    ),
  };
}

const perceptronOptions = fc.record({ widths, activation, bias: fc.boolean() });
const badWidths = (place: string): Record<string, Corruption> => ({
  ...badCount(`${place}.*`),
  "one width": at(place, ([first]: number[]) => [first]),
});
const twoLayerOptions = fc.record({
  inputCount: small,
  width: small,
  structure: fc.constantFrom("no bias", "bias" as const),
  activation,
});
const layerNormOptions = fc.tuple(twoLayerOptions, positive).map(([options, layerNormEpsilon]) => ({
  ...options,
  structure: "simplified layer norm" as const,
  layerNormEpsilon,
}));

const dataFor = (n: number, p: number) => fc.tuple(matrixOf(n, p), vector(n));
const regression = fc.tuple(size, size).chain(([n, p]) => dataFor(n, p));

/** A batch, θ and a mean over samples. */
const badBatch = (place: string): Record<string, Corruption> => ({
  ...empty(place),
  ...badValues(`${place}.*`, -1, 1000, 0.5, NaN),
});

const quadraticModel = size.chain((p) => fc.tuple(list(2, symmetricOf(p)), vector(p)));

/** A risk with a loss of each kind, and targets for it. */
const riskOptions = fc
  .tuple(perceptronOptions, fc.constantFrom("half square", "square", "logistic", "cross entropy"))
  .chain(([options, kind]) => {
    const outputs = kind === "logistic" ? 1 : options.widths[options.widths.length - 1];
    const network = multilayerPerceptron({ ...options, widths: [...options.widths.slice(0, -1), outputs] });
    const [loss, target] = (
      {
        "half square": [halfSquareLoss, number],
        square: [squareLoss, number],
        logistic: [logisticLoss, fc.constantFrom(-1, 1)],
        "cross entropy": [crossEntropyLoss, fc.constant(1)],
      } as Record<string, [Loss, fc.Arbitrary<number>]>
    )[kind];
    return fc.tuple(matrixOf(SAMPLES, network.inputCount), matrixOf(SAMPLES, outputs, target)).map(([inputs, raw]) => {
      const data = kind === "cross entropy" ? raw.data.map((_, k) => (k % outputs === 0 ? 1 : 0)) : raw.data;
      return { network, loss, inputs, targets: { ...raw, data } };
    });
  });
const riskAt = riskOptions.chain((options) => {
  const { parameterCount: p, outputCount: c } = options.network;
  return fc.tuple(
    vector(p),
    fc.array(fc.integer({ min: 0, max: SAMPLES - 1 }), { minLength: 1, maxLength: 4 }),
    vector(p),
    matrixOf(SAMPLES, c),
    fc.constant(options),
  );
});

const badTarget = (loss: Loss, targets: fc.Arbitrary<Matrix>, refuses: Record<string, Corruption>): Entry =>
  entry(
    (y: Matrix) => {
      loss.check("aFunction", y, y.cols);
    },
    fc.tuple(targets),
    { refuses: { ...badEntries("0.data"), ...missingEntries("0"), ...refuses } },
  );

const evaluations = riskAt.map(
  ([theta, , direction, , options]) => [direction, theta, options] as [Float64Array, Float64Array, typeof options],
);
const operatorOf = (make: typeof hessianOperator): Entry =>
  entry(
    (direction: Float64Array, theta: Float64Array, options: Parameters<typeof empiricalRisk>[0]) =>
      make(empiricalRisk(options).at(theta)).apply(direction),
    evaluations,
    { refuses: {}, refusesInUse: { ...badVector("0"), ...badVector("1") }, overflow: OVERFLOW },
  );

export const models: Registry = {
  ...modelsPolynomial,
  ...networkEntries("multilayerPerceptron", multilayerPerceptron, perceptronOptions, {
    ...badWidths("0.widths"),
    ...badOption("0.activation"),
  }),
  ...networkEntries("deepLinear", deepLinear, fc.record({ widths, bias: fc.boolean() }), badWidths("0.widths")),
  ...networkEntries("linearNetwork", linearNetwork, fc.record({ inputCount: small, outputCount: small }), {
    ...badCount("0.inputCount"),
    ...badCount("0.outputCount"),
  }),
  ...networkEntries(
    "diagonalLinear",
    diagonalLinear,
    fc.record({ inputCount: small, depth: fc.integer({ min: 2, max: 4 }) }),
    { ...badCount("0.inputCount"), ...badCount("0.depth", 2) },
  ),
  ...networkEntries(
    "randomFeatures",
    randomFeatures,
    fc.tuple(small, small).chain(([m, d]) => fc.record({ weights: matrixOf(m, d), activation, outputScale: number })),
    { ...badMatrix("0.weights"), ...badOption("0.activation"), ...badNumber("0.outputScale") },
  ),
  "randomFeatures, features": entry(
    (inputs: Matrix, weights: Matrix) => randomFeatures({ weights, activation: "relu" }).features(inputs),
    fc.tuple(small, small).chain(([m, d]) => fc.tuple(matrixOf(2, d), matrixOf(m, d))),
    { refuses: { ...badMatrix("0"), ...badColumns("0") }, overflow: OVERFLOW },
  ),
  ...networkEntries(
    "residualPerceptron",
    residualPerceptron,
    fc.record({
      inputCount: small,
      width: small,
      depth: small,
      outputCount: small,
      activation,
      skipConnections: fc.boolean(),
    }),
    {
      ...badCount("0.inputCount"),
      ...badCount("0.width"),
      ...badCount("0.depth"),
      ...badCount("0.outputCount"),
      ...badOption("0.activation"),
      ...badOption("0.skipConnections"),
    },
  ),
  ...networkEntries("twoLayer", twoLayer, twoLayerOptions, {
    ...badCount("0.inputCount"),
    ...badCount("0.width"),
    ...badOption("0.structure"),
    ...badOption("0.activation"),
    "an ε without layer norm": at("0", (options) => ({ ...options, layerNormEpsilon: 1 })),
  }),
  ...Object.fromEntries(
    Object.entries(networkEntries("layer norm", twoLayer, layerNormOptions, badPositive("0.layerNormEpsilon"))).map(
      ([label, one]) => [`twoLayer, ${label}`, one],
    ),
  ),
  "twoLayer, fixed output weights": entry(
    twoLayer,
    twoLayerOptions.chain((options) =>
      vector(options.width).map(
        (fixedOutputWeights) => [{ ...options, fixedOutputWeights }] as [Parameters<typeof twoLayer>[0]],
      ),
    ),
    { refuses: badVector("0.fixedOutputWeights") },
  ),
  "twoLayer, parts": entry(
    (theta: Float64Array) => twoLayer({ inputCount: 2, width: 1, structure: "bias", activation: "relu" }).parts(theta),
    fc.tuple(vector(4)),
    { refuses: badLength("0") },
  ),
  twoLayerParameters: entry(
    twoLayerParameters,
    fc
      .tuple(small, small)
      .chain(([m, d]) => fc.tuple(fc.record({ weights: matrixOf(m, d), biases: vector(m), outputWeights: vector(m) }))),
    { refuses: { ...badMatrix("0.weights"), ...badVector("0.biases"), ...badVector("0.outputWeights") } },
  ),
  ...networkEntries("univariateRelu", univariateRelu, fc.record({ width: small }), badCount("0.width")),
  ...networkEntries(
    "convolutional",
    convolutional,
    fc.record({
      imageShape: fc.tuple(fc.integer({ min: 3, max: 4 }), fc.integer({ min: 3, max: 4 }), small),
      layers: fc.array(
        fc.record({
          channels: small,
          kernel: fc.integer({ min: 1, max: 2 }),
          stride: fc.constant(1),
          pool: fc.constant(1),
        }),
        {
          minLength: 1,
          maxLength: 2,
        },
      ),
      activation,
      outputCount: small,
    }),
    {
      ...badCount("0.imageShape.*"),
      ...badCount("0.layers.*.channels"),
      ...badCount("0.layers.*.kernel"),
      ...badCount("0.layers.*.stride"),
      ...badCount("0.layers.*.pool"),
      ...badCount("0.outputCount"),
      ...badOption("0.activation"),
      ...badValues("0.layers.*.kernel", 5),
      ...badValues("0.layers.*.pool", 5),
    },
  ),

  "halfSquareLoss, check": badTarget(halfSquareLoss, matrixOf(3, 2), {}),
  "squareLoss, check": badTarget(squareLoss, matrixOf(3, 2), {}),
  "logisticLoss, check": badTarget(logisticLoss, matrixOf(3, 1, fc.constantFrom(1, -1)), badValues("0.data.*", 0, 0.5)),
  "crossEntropyLoss, check": badTarget(
    crossEntropyLoss,
    matrixOf(3, 2, fc.constant(0.5)),
    badValues("0.data.*", -0.5, 1),
  ),

  empiricalRisk: entry(empiricalRisk, fc.tuple(riskOptions), {
    refuses: {
      ...badMatrix("0.inputs"),
      ...badColumns("0.inputs"),
      "inputs without a target": at("0.targets", ({ cols }) => ones(SAMPLES - 1, cols)),
    },
    // By the loss, which knows what a target is.
    refusesInUse: { ...badEntries("0.targets.data"), ...missingEntries("0.targets"), ...badColumns("0.targets") },
  }),
  "empiricalRisk, its functions": entry(
    (theta, batch, direction, u, options) => {
      const risk = empiricalRisk(options);
      const here = risk.at(theta);
      return [
        risk.loss(theta),
        risk.gradient(theta),
        risk.lossAndGradient(theta),
        risk.batchGradient(theta, batch),
        { ...here },
        here.gradient(),
        here.hessianVectorProduct(direction),
        here.gaussNewtonVectorProduct(direction),
        here.jacobianVectorProduct(direction),
        here.vectorJacobianProduct(u),
        here.gramMatrix(),
        here.sampleGradients(),
      ];
    },
    riskAt,
    {
      refuses: {},
      refusesInUse: {
        ...badVector("0"),
        ...badBatch("1"),
        ...badVector("2"),
        ...badShape("3"),
        ...missingEntries("3"),
      },
      overflow: OVERFLOW,
    },
  ),
  hessianOperator: operatorOf(hessianOperator),
  gaussNewtonOperator: operatorOf(gaussNewtonOperator),
  initialParameters: entry(
    initialParameters,
    fc.tuple(
      fc.record({ widths, bias: fc.boolean() }).map((shape) => multilayerPerceptron({ ...shape, activation: "tanh" })),
      stream,
      fc.record({ scheme: fc.constantFrom("scaled normal", "He", "LeCun", "uniform" as const), gain: positive }),
    ),
    { refuses: { ...badOption("2.scheme"), ...badNonNegative("2.gain") } },
  ),

  leastSquares: entry(leastSquares, regression, {
    use: (model) => [model.gramMatrix(), model.hessian(), model.sampleHessian(0)],
    refuses: { ...badMatrix("0"), ...badVector("1") },
    infinite: "an overflowing multiple is infinite",
  }),
  "leastSquares, its functions": entry(
    (theta: Float64Array, batch: number[], index: number, inputs: Matrix, targets: Float64Array) => {
      const model = leastSquares(inputs, targets);
      return [
        model.loss(theta),
        model.gradient(theta),
        model.residuals(theta),
        model.batchGradient(theta, batch),
        model.sampleHessian(index),
      ];
    },
    fc
      .tuple(size, size)
      .chain(([n, p]) => fc.tuple(vector(p), list(2, fc.nat(n - 1)), fc.nat(n - 1), matrixOf(n, p), vector(n))),
    { refuses: { ...badVector("0"), ...badBatch("1"), ...badValues("2", -1, 1000, 0.5, NaN) }, overflow: OVERFLOW },
  ),
  quadratic: entry(quadratic, quadraticModel, {
    refuses: { ...badSymmetric("0.0"), ...empty("0"), ...badVector("1") },
  }),
  "quadratic, its functions": entry(
    (theta: Float64Array, batch: number[], hessians: Matrix[], minimizer: Float64Array) => {
      const model = quadratic(hessians, minimizer);
      return [model.loss(theta), model.gradient(theta), model.batchGradient(theta, batch)];
    },
    quadraticModel.chain(([hessians, minimizer]) =>
      fc.tuple(vector(minimizer.length), list(2, fc.nat(1)), fc.constant(hessians), fc.constant(minimizer)),
    ),
    { refuses: { ...badVector("0"), ...badBatch("1") }, overflow: OVERFLOW },
  ),
  twoMinima: entry(twoMinima, fc.tuple(fc.record({ normalisation: fc.constantFrom("whole", "half" as const) })), {
    refuses: badOption("0.normalisation"),
  }),
  "twoMinima, its functions": entry(
    (x: number, index: number, batch: number[], learningRate: number) => {
      const model = twoMinima({ normalisation: "whole" });
      const theta = Float64Array.of(x);
      return [
        model.value(x),
        model.derivative(x),
        model.componentValue(index, x),
        model.componentDerivative(index, x),
        model.loss(theta),
        model.gradient(theta),
        model.batchGradient(theta, batch),
        model.multipliers(learningRate),
      ];
    },
    fc.tuple(number, fc.nat(1), list(2, fc.nat(1)), positive),
    {
      refuses: { ...badNumber("0"), ...badValues("1", -1, 2, 0.5, NaN), ...badBatch("2"), ...badNumber("3") },
    },
  ),
  "twoMinima, parameters": entry(
    (theta: Float64Array) => twoMinima({ normalisation: "half" }).gradient(theta),
    fc.tuple(vector(1)),
    { refuses: badVector("0") },
  ),
};
