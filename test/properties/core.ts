import {
  add,
  blasEngine,
  bottomEigenpairs,
  breathe,
  checkAdjoint,
  conjugateGradients,
  deflatedOperator,
  denseOperator,
  diagonal,
  display,
  displayBundle,
  DivergenceError,
  dot,
  eigh,
  type Engine,
  engine,
  enginesInUse,
  estimateDiagonal,
  estimateSquaredFrobeniusNorm,
  frobeniusNorm,
  gram,
  gramOperator,
  grid,
  hutchinsonTrace,
  hutchPlusPlusTrace,
  identity,
  indices,
  InterruptedError,
  InvalidArgumentError,
  linearOperator,
  type LinearOperator,
  lobpcg,
  logGrid,
  matrix,
  type Matrix,
  mean,
  multiply,
  multiplyVector,
  norm,
  notebookHost,
  outer,
  plainEngine,
  powerIteration,
  progressBar,
  ProgressBar,
  randomStream,
  requireThat,
  restrictedOperator,
  rowOf,
  scale,
  scaledOperator,
  subtract,
  sumOperator,
  symmetricPart,
  topEigenpairs,
  topEigenvalue,
  trace,
  transpose,
  xTrace,
  zeros,
} from "flat-minima/core";
import * as fc from "fast-check";
import {
  anyMatrix,
  gramOf,
  list,
  matrixOf,
  name,
  number,
  operator,
  positive,
  positiveDefiniteOf,
  size,
  stream,
  symmetricOf,
  vector,
} from "./arguments";
import {
  at,
  badCount,
  badEntries,
  badImage,
  badLength,
  badMatrix,
  badNonNegative,
  badNumber,
  badPositive,
  badShape,
  badSymmetric,
  badValues,
  badVector,
  type Corruption,
  empty,
} from "./corruptions";
import { type Entry, entry, type Registry } from "./entry";

const square = size.chain((n) => matrixOf(n, n));
const symmetric = size.chain(symmetricOf);
const pairOfVectors = size.chain((n) => fc.tuple(vector(n), vector(n)));
const pairOfMatrices = fc
  .tuple(size, size)
  .chain(([rows, cols]) => fc.tuple(matrixOf(rows, cols), matrixOf(rows, cols)));
const factors = fc.tuple(size, size, size).chain(([m, k, n]) => fc.tuple(matrixOf(m, k), matrixOf(k, n)));

/** Both products of an operator, for vectors of its sizes. */
const productsOf = (result: LinearOperator): unknown => [
  result.apply(new Float64Array(result.cols).fill(1)),
  result.applyTransposed(new Float64Array(result.rows).fill(-2)),
];
/** An operator with a vector for its product. */
const withProduct =
  <Args extends unknown[]>(make: (...args: Args) => LinearOperator) =>
  (vectorOf: Float64Array, ...args: Args): unknown =>
    make(...args).apply(vectorOf);

/** What every iteration on an operator, the first argument, refuses. */
const badOperator: Record<string, Corruption> = {
  "an operator that is not square": at("0", () => denseOperator(matrix([[1, 2]]))),
};
const badProduct: Record<string, Corruption> = {
  "an operator with a product of NaN": at("0", ({ cols }): LinearOperator => {
    const apply = (v: Float64Array): Float64Array => v.map(() => NaN);
    return { rows: cols, cols, symmetric: true, cost: 0, apply, applyTransposed: apply };
  }),
};
const badSymmetricOperator: Record<string, Corruption> = {
  ...badOperator,
  "an operator that is not symmetric": at("0", (A) => ({ ...A, symmetric: false })),
};
const badIteration = (place: string): Record<string, Corruption> => ({
  ...badValues(`${place}.tolerance`, NaN, 0, -1),
  ...badCount(`${place}.maxIterations`),
});
/** Independent vectors of length n, at most n of them. */
const independent = (n: number): fc.Arbitrary<Float64Array[]> =>
  fc
    .integer({ min: 1, max: n })
    .chain((count) =>
      fc
        .tuple(list(count, vector(n)), fc.constant(count))
        .map(([vectors]) => vectors.map((v, k) => v.map((value, i) => value / 100 + (i === k ? 3 : 0)))),
    );
const badStart = (place: string): Record<string, Corruption> => ({
  ...badVector(`${place}.0`),
  [`${place} empty`]: at(place, () => []),
  [`0 in ${place}`]: at(`${place}.0`, (v: Float64Array) => v.fill(0)),
  [`${place} dependent`]: at(place, (vectors: Float64Array[]) => [vectors[0], vectors[0].map((value) => 2 * value)]),
});
/** Some unit vectors of length n. */
const orthonormal = (n: number): fc.Arbitrary<Float64Array[]> =>
  fc
    .integer({ min: 1, max: n })
    .map((count) => Array.from({ length: count }, (_, k) => new Float64Array(n).fill(0).fill(1, k, k + 1)));
const badBasis: Record<string, Corruption> = {
  ...badVector("1.0"),
  "vectors that are not orthonormal": at("1.0", (v: Float64Array) => v.map((value) => 2 * value)),
};

const eigenOptions = fc.record({ count: fc.constant(1), stream });
const eigenpairs = (call: (A: LinearOperator, options: any) => unknown): Entry =>
  entry(call, fc.tuple(operator(symmetric), eigenOptions), {
    refuses: {
      ...badSymmetricOperator,
      ...badCount("1.count"),
      ...badCount("1.blockSize"),
      "more eigenpairs than there are": at("1.count", (_, [{ cols }]) => cols + 1),
      ...badIteration("1"),
    },
    refusesInUse: badProduct,
  });
const eigenpairsFrom = (call: (A: LinearOperator, options: any) => unknown): Entry =>
  entry(
    call,
    size.chain((n) => fc.tuple(operator(symmetricOf(n)), fc.record({ start: independent(n) }))),
    { refuses: { ...badSymmetricOperator, ...badStart("1.start"), ...badIteration("1") } },
  );

const estimate = (call: (A: LinearOperator, options: any) => unknown, least: number, refuses = badOperator): Entry =>
  entry(call, fc.tuple(operator(square), fc.record({ samples: fc.integer({ min: least, max: 9 }), stream })), {
    refuses: { ...refuses, ...badCount("1.samples", least) },
    refusesInUse: badProduct,
  });

/** The methods of an engine. */
function engineEntries(label: string, get: () => Engine): Registry {
  return {
    [`${label}, gemm`]: entry((A: Matrix, B: Matrix) => get().gemm(A, B), factors, {
      refuses: { ...badMatrix("0"), ...badMatrix("1"), "inner sizes that differ": badShape("1")["a row more in 1"] },
    }),
    [`${label}, gemmInto`]: entry(
      (C: Matrix, A: Matrix, B: Matrix) => {
        get().gemmInto({ ...C, data: C.data.slice() }, A, B);
      },
      factors.chain(([A, B]) => fc.tuple(matrixOf(A.rows, B.cols), fc.constant(A), fc.constant(B))),
      {
        // Whether the entries are finite is not asked: the inner loops of models could not afford it.
        refuses: {
          ...badShape("0"),
          "a row more in 2": badShape("2")["a row more in 2"],
          ...Object.fromEntries(
            ["0", "1", "2"].map((place) => [
              `entries of ${place} missing`,
              badMatrix(place)[`entries of ${place} missing`],
            ]),
          ),
        },
      },
    ),
    [`${label}, gram`]: entry((A: Matrix) => get().gram(A), fc.tuple(anyMatrix), { refuses: badMatrix("0") }),
    [`${label}, eigh`]: entry((A: Matrix) => get().eigh(A), fc.tuple(symmetric), { refuses: badSymmetric("0") }),
    [`${label}, eigenvalues`]: entry((A: Matrix) => get().eigenvalues(A), fc.tuple(symmetric), {
      refuses: badSymmetric("0"),
    }),
  };
}

const ERROR = "an error takes any message";
const INFINITE = "an overflowing sum is infinite, and says so";

export const core: Registry = {
  InvalidArgumentError: entry((message) => new InvalidArgumentError(message), fc.tuple(name), {
    refuses: {},
    nothingToRefuse: ERROR,
  }),
  DivergenceError: entry((...args) => new DivergenceError(...args), fc.tuple(name, fc.nat(), name), {
    refuses: {},
    nothingToRefuse: ERROR,
  }),
  InterruptedError: entry((message) => new InterruptedError(message), fc.tuple(name), {
    refuses: {},
    nothingToRefuse: ERROR,
  }),
  requireThat: entry(
    (condition: boolean, functionName, requirement, got) => requireThat(condition, functionName, requirement, got),
    fc.tuple(fc.constant(true), fc.constant("f"), name, fc.anything()),
    { refuses: { "a condition that does not hold": at("0", () => false) } },
  ),
  notebookHost: entry(notebookHost, fc.tuple(), { refuses: {}, nothingToRefuse: "it takes no argument" }),
  breathe: entry(breathe, fc.tuple(), { refuses: {}, nothingToRefuse: "it takes no argument" }),
  display: entry(display, fc.tuple(fc.anything()), { refuses: {}, nothingToRefuse: "everything can be shown" }),
  displayBundle: entry(displayBundle, fc.tuple(fc.dictionary(name, fc.jsonValue())), {
    refuses: {},
    nothingToRefuse: "every bundle can be shown",
  }),
  progressBar: entry(progressBar, fc.tuple(name, positive), {
    use: (bar) => {
      void bar.advance(1);
      bar.finish();
      return bar.fraction;
    },
    refuses: badPositive("1"),
    unrepeatable: "every bar has an id of its own",
  }),
  "progressBar, advance": entry((by) => progressBar("steps", 3).advance(by), fc.tuple(positive), {
    refuses: badNonNegative("0"),
  }),
  ProgressBar: entry((...args) => new ProgressBar(...args).fraction, fc.tuple(name, positive), {
    refuses: badPositive("1"),
  }),
  randomStream: entry(randomStream, fc.tuple(fc.nat(), fc.oneof(name, fc.double({ noNaN: true }))), {
    use: (result) => [
      result.uniform(),
      result.integer(7),
      result.normal(),
      result.normals(3),
      result.rademacher(),
      result.sphere(3),
      result.permutation(4),
      result.choice(5, 2),
      result.split("again").uniform(),
    ],
    refuses: badCount("0", 0),
    refusesInUse: badValues("1", NaN),
  }),
  "randomStream, integer": entry((below) => randomStream(1).integer(below), fc.tuple(size), { refuses: badCount("0") }),
  "randomStream, normals": entry((n) => randomStream(1).normals(n), fc.tuple(size), { refuses: badCount("0") }),
  "randomStream, sphere": entry((n) => randomStream(1).sphere(n), fc.tuple(size), { refuses: badCount("0") }),
  "randomStream, permutation": entry((n) => randomStream(1).permutation(n), fc.tuple(size), { refuses: badCount("0") }),
  "randomStream, choice": entry(
    (n, k) => randomStream(1).choice(n, k),
    size.map((n): [number, number] => [n, n]),
    {
      refuses: { ...badCount("0"), ...badCount("1", 0), "more than there are": at("1", (k: number) => k + 1) },
    },
  ),

  dot: entry(dot, pairOfVectors, {
    refuses: { ...badLength("1"), ...badValues("0.*", NaN), ...badValues("1.*", NaN) },
    infinite: INFINITE,
  }),
  norm: entry(norm, fc.tuple(size.chain((n) => vector(n))), { refuses: badValues("0.*", NaN), infinite: INFINITE }),
  mean: entry(mean, fc.tuple(size.chain((n) => vector(n))), {
    refuses: { ...badValues("0.*", NaN), ...empty("0") },
    infinite: INFINITE,
  }),
  indices: entry(indices, fc.tuple(size), { refuses: badCount("0", 0) }),
  grid: entry(grid, fc.tuple(number, number, fc.integer({ min: 2, max: 5 })), {
    refuses: { ...badNumber("0"), ...badNumber("1"), ...badCount("2", 2) },
  }),
  logGrid: entry(logGrid, fc.tuple(positive, positive, fc.integer({ min: 2, max: 5 })), {
    refuses: { ...badPositive("0"), ...badPositive("1"), ...badCount("2", 2) },
  }),
  rowOf: entry(rowOf, fc.tuple(anyMatrix, fc.constant(0)), {
    refuses: { "a row that is not there": at("1", (_, [{ rows }]) => rows), ...badCount("1", 0) },
  }),
  matrix: entry(
    matrix,
    fc.tuple(size, size).chain(([rows, cols]) => fc.tuple(list(rows, list(cols, number)))),
    {
      refuses: {
        ...empty("0"),
        "no column": at("0", () => [[]]),
        "rows of different lengths": at("0", (rows: number[][]) => [...rows, [...rows[0], 1]]),
        ...badNumber("0.*.*"),
      },
    },
  ),
  zeros: entry(zeros, fc.tuple(size, size), { refuses: { ...badCount("0"), ...badCount("1") } }),
  identity: entry(identity, fc.tuple(size), { refuses: badCount("0") }),
  diagonal: entry(diagonal, fc.tuple(size.chain((n) => vector(n))), { refuses: { ...empty("0"), ...badEntries("0") } }),
  transpose: entry(transpose, fc.tuple(anyMatrix), { refuses: badMatrix("0") }),
  add: entry(add, pairOfMatrices, {
    refuses: { ...badMatrix("0"), ...badMatrix("1"), ...badShape("1") },
    infinite: INFINITE,
  }),
  subtract: entry(subtract, pairOfMatrices, {
    refuses: { ...badMatrix("0"), ...badMatrix("1"), ...badShape("1") },
    infinite: INFINITE,
  }),
  scale: entry(scale, fc.tuple(anyMatrix, number), {
    refuses: { ...badMatrix("0"), ...badNumber("1") },
    infinite: INFINITE,
  }),
  symmetricPart: entry(symmetricPart, fc.tuple(square), {
    refuses: { ...badMatrix("0"), ...badShape("0") },
    infinite: INFINITE,
  }),
  trace: entry(trace, fc.tuple(square), { refuses: { ...badMatrix("0"), ...badShape("0") }, infinite: INFINITE }),
  frobeniusNorm: entry(frobeniusNorm, fc.tuple(anyMatrix), { refuses: badMatrix("0"), infinite: INFINITE }),
  outer: entry(outer, pairOfVectors, {
    refuses: { ...badEntries("0"), ...badEntries("1"), ...empty("0"), ...empty("1") },
    infinite: INFINITE,
  }),
  multiply: entry(multiply, factors, {
    refuses: { ...badMatrix("0"), ...badMatrix("1"), "inner sizes that differ": badShape("1")["a row more in 1"] },
  }),
  multiplyVector: entry(
    multiplyVector,
    anyMatrix.chain((A) => fc.tuple(fc.constant(A), vector(A.cols))),
    { refuses: { ...badMatrix("0"), ...badVector("1") }, infinite: INFINITE },
  ),
  gram: entry(gram, fc.tuple(anyMatrix), { refuses: badMatrix("0") }),
  eigh: entry(eigh, fc.tuple(symmetric), { refuses: badSymmetric("0") }),
  topEigenvalue: entry(topEigenvalue, fc.tuple(symmetric), { refuses: badSymmetric("0") }),

  engine: entry(engine, fc.tuple(), { refuses: {}, nothingToRefuse: "it takes no argument" }),
  ...engineEntries("engine", engine),
  enginesInUse: entry(enginesInUse, fc.tuple(), { refuses: {}, nothingToRefuse: "it takes no argument" }),
  blasEngine: entry(blasEngine, fc.tuple(fc.constant("none")), {
    refuses: {},
    nothingToRefuse: "a library that does not load is named in `refused`",
  }),
  plainEngine: entry(plainEngine, fc.tuple(name), {
    refuses: {},
    nothingToRefuse: "the reason is a sentence for people",
  }),
  ...engineEntries("plainEngine", () => plainEngine("a test")),

  linearOperator: entry(
    linearOperator,
    anyMatrix.map((A): [Parameters<typeof linearOperator>[0]] => [{ ...denseOperator(A) }]),
    {
      use: productsOf,
      refuses: {
        ...badCount("0.rows"),
        ...badCount("0.cols"),
        ...badValues("0.cost", NaN, -1),
        "a symmetric operator that is not square": at("0", (map) => ({ ...map, rows: map.cols + 1, symmetric: true })),
      },
      refusesInUse: { ...badImage("0.apply") },
    },
  ),
  "linearOperator, product": entry(
    withProduct(linearOperator),
    anyMatrix.chain((A) => fc.tuple(vector(A.cols), fc.constant({ ...denseOperator(A) }))),
    { refuses: badLength("0") },
  ),
  checkAdjoint: entry(checkAdjoint, fc.tuple(operator(anyMatrix), stream), {
    refuses: {},
    refusesInUse: {
      "a transposed product of another operator": at("0", (A) => ({
        ...A,
        applyTransposed: (v: Float64Array) => A.applyTransposed(v).map((value: number) => value + 1),
      })),
    },
  }),
  denseOperator: entry(denseOperator, fc.tuple(anyMatrix), {
    use: productsOf,
    refuses: badMatrix("0"),
    infinite: INFINITE,
  }),
  "denseOperator, product": entry(
    withProduct(denseOperator),
    anyMatrix.chain((A) => fc.tuple(vector(A.cols), fc.constant(A))),
    { refuses: badLength("0"), overflow: "what applies an operator looks at its products" },
  ),
  gramOperator: entry(gramOperator, fc.tuple(anyMatrix, fc.record({ scale: number })), {
    use: productsOf,
    refuses: { ...badMatrix("0"), ...badNumber("1.scale") },
    overflow: "what applies an operator looks at its products",
  }),
  sumOperator: entry(
    sumOperator,
    pairOfMatrices.map((matrices): [LinearOperator[]] => [matrices.map(denseOperator)]),
    {
      use: productsOf,
      refuses: {
        ...empty("0"),
        "shapes that differ": at("0", (all) => [...all, { ...all[0], rows: all[0].rows + 1 }]),
      },
    },
  ),
  scaledOperator: entry(scaledOperator, fc.tuple(operator(anyMatrix), number), {
    use: productsOf,
    refuses: badNumber("1"),
  }),
  deflatedOperator: entry(
    deflatedOperator,
    size.chain((n) => fc.tuple(operator(matrixOf(n, n)), orthonormal(n))),
    { use: productsOf, refuses: { ...badOperator, ...badBasis } },
  ),
  restrictedOperator: entry(
    restrictedOperator,
    size.chain((n) => fc.tuple(operator(matrixOf(n, n)), orthonormal(n))),
    { use: productsOf, refuses: { ...badOperator, ...badBasis, ...empty("1") } },
  ),

  topEigenpairs: eigenpairs(topEigenpairs),
  "topEigenpairs, from a start": eigenpairsFrom(topEigenpairs),
  bottomEigenpairs: eigenpairs(bottomEigenpairs),
  "bottomEigenpairs, from a start": eigenpairsFrom(bottomEigenpairs),
  lobpcg: entry(
    lobpcg,
    size.chain((n) => fc.tuple(operator(symmetricOf(n)), independent(n), fc.constant({}))),
    {
      refuses: { ...badSymmetricOperator, ...badStart("1"), ...badIteration("2") },
      refusesInUse: badProduct,
    },
  ),
  powerIteration: entry(
    powerIteration,
    size.chain((n) => fc.tuple(operator(gramOf(n)), vector(n, positive), fc.constant({ maxIterations: 50 }))),
    {
      refuses: {
        ...badOperator,
        ...badVector("1"),
        "the start 0": at("1", (v: Float64Array) => v.fill(0)),
        ...badIteration("2"),
      },
      refusesInUse: badProduct,
    },
  ),
  conjugateGradients: entry(
    conjugateGradients,
    size.chain((n) =>
      fc.tuple(
        operator(positiveDefiniteOf(n)),
        vector(n),
        fc.record({ start: vector(n), preconditioner: fc.constant(denseOperator(identity(n))) }),
      ),
    ),
    {
      refuses: {
        ...badSymmetricOperator,
        ...badVector("1"),
        ...badVector("2.start"),
        ...badIteration("2"),
        "a preconditioner of another size": at("2.preconditioner", ({ cols }) => denseOperator(identity(cols + 1))),
        "a preconditioner that is not symmetric": at("2.preconditioner", (P) => ({ ...P, symmetric: false })),
      },
      refusesInUse: {
        "an operator that is not positive definite": (args) => {
          if (args[1].every((value: number) => value === 0)) return undefined;
          const { cols } = args[0];
          return [denseOperator(scale(identity(cols), -1)), args[1], {}];
        },
        ...Object.fromEntries(
          Object.entries(badProduct).map(([what, corrupt]): [string, Corruption] => [
            what,
            (args, pick) => (args[1].every((value: number) => value === 0) ? undefined : corrupt(args, pick)),
          ]),
        ),
      },
    },
  ),
  hutchinsonTrace: estimate(hutchinsonTrace, 2),
  hutchPlusPlusTrace: estimate(hutchPlusPlusTrace, 4),
  xTrace: estimate(xTrace, 4),
  estimateSquaredFrobeniusNorm: estimate(estimateSquaredFrobeniusNorm, 2, {}),
  estimateDiagonal: estimate(estimateDiagonal, 2),
};
