import {
  denseOperator,
  eigh,
  type Estimate,
  estimateDiagonal,
  estimateSquaredFrobeniusNorm,
  hutchinsonTrace,
  hutchPlusPlusTrace,
  type LinearOperator,
  type Matrix,
  randomStream,
  type RandomStream,
  symmetricPart,
  xTrace,
} from "flat-minima/core";
import { beforeAll, describe, expect, it } from "vitest";
import { inner } from "../core/operator-oracles";
import { networkHessians } from "./network-hessians";

/** How often an estimate is made with new random vectors. */
const REPETITIONS = 600;

type Estimator = (operator: LinearOperator, stream: RandomStream) => Promise<Pick<Estimate, "value" | "standardError">>;

const diagonalOf = ({ rows, data }: Matrix): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) => data[i * rows + i]);
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
const traceOf = (A: Matrix): number => sum(diagonalOf(A));
const squareOf = (A: Matrix): number => sum(A.data.map((entry) => entry * entry));

const hutchinson: Estimator = (A, stream) => hutchinsonTrace(A, { samples: 6, stream });
const hutchPlusPlus: Estimator = (A, stream) => hutchPlusPlusTrace(A, { samples: 12, stream });
const exchangeable: Estimator = (A, stream) => xTrace(A, { samples: 12, stream });
const squaredNorm: Estimator = (A, stream) => estimateSquaredFrobeniusNorm(A, { samples: 6, stream });
const estimators: readonly { name: string; run: Estimator; truth: (A: Matrix) => number }[] = [
  { name: "Hutchinson's trace", run: hutchinson, truth: traceOf },
  { name: "Hutch++", run: hutchPlusPlus, truth: traceOf },
  { name: "XTrace", run: exchangeable, truth: traceOf },
  { name: "the squared Frobenius norm", run: squaredNorm, truth: squareOf },
];

/** The mean of numbers in its own standard errors, s/√R. */
function meanInStandardErrors(numbers: readonly number[]): number {
  const mean = sum(numbers) / numbers.length;
  const variance = sum(numbers.map((number) => (number - mean) ** 2)) / (numbers.length - 1);
  return mean / Math.sqrt(variance / numbers.length);
}

/**
 * What repeated estimates x with reported standard errors e say of both, t being the truth.
 *
 * bias: (mean of x − t) over the standard error of that mean, √(Σe²)/R, as reported.
 *
 * spread: the mean of f(x − t)² − e² in its own standard errors. With E x = t and E e² = Var x it is 0 for f = 1: what
 * is reported agrees with what happens. The standard error is taken from the R differences themselves, so that the
 * kurtosis of the estimates, whatever it is, is in it. A spread above 3 means an e that is too small.
 */
async function judged(estimate: Estimator, operator: LinearOperator, truth: number) {
  const errors: number[] = [];
  const squares: number[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const { value, standardError } = await estimate(operator, randomStream(1, "estimators", repetition));
    errors.push(value - truth);
    squares.push(standardError ** 2);
  }
  const spread = (factor = 1): number =>
    meanInStandardErrors(errors.map((error, r) => factor * error ** 2 - squares[r]));
  return { bias: sum(errors) / Math.sqrt(sum(squares)), spread };
}

describe.each(networkHessians())("$name", ({ name, operator, dense }) => {
  // The products of the matrix are cheaper than the network's.
  let matrixOperator: LinearOperator;
  beforeAll(() => {
    matrixOperator = denseOperator(symmetricPart(dense));
  });

  it("has the spectrum that makes it a test: indefinite, but for Gauss–Newton", () => {
    const { values } = eigh(symmetricPart(dense));
    const top = values[values.length - 1];
    if (name.startsWith("Gauss–Newton")) expect(values[0]).toBeGreaterThan(-1e-12 * top);
    else expect(values[0]).toBeLessThan(-0.05 * top);
  });

  it.each(estimators)("$name: the operator and its matrix give the same estimate", async ({ run }) => {
    const ofOperator = await run(operator, randomStream(2));
    const ofMatrix = await run(matrixOperator, randomStream(2));
    // A quadratic form has p² terms of sizes up to ‖A‖, its square for the norm; networks round some ten times a term.
    // XTrace and Hutch++ divide by what is new in each image: their condition is below 100 for these few vectors.
    const size = Math.max(Math.sqrt(squareOf(dense)), squareOf(dense));
    const tolerance = 100 * 10 * dense.rows ** 2 * Number.EPSILON * size;
    expect(Math.abs(ofOperator.value - ofMatrix.value)).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(ofOperator.standardError - ofMatrix.standardError)).toBeLessThanOrEqual(tolerance);
  });

  it.each(estimators)("$name: unbiased within 3 standard errors", async ({ run, truth }) => {
    const { bias } = await judged(run, matrixOperator, truth(dense));
    expect(Math.abs(bias)).toBeLessThanOrEqual(3);
  });

  it.each(estimators.filter(({ run }) => run !== exchangeable))(
    "$name: the standard error that it reports is the spread of its values",
    async ({ run, truth }) => {
      const { spread } = await judged(run, matrixOperator, truth(dense));
      expect(Math.abs(spread())).toBeLessThanOrEqual(3);
    },
  );

  it("XTrace: the standard error that it reports is at least the spread of its values, at most √2 times that", async () => {
    const { spread } = await judged(exchangeable, matrixOperator, traceOf(dense));
    expect(spread()).toBeLessThanOrEqual(3);
    expect(spread(2)).toBeGreaterThanOrEqual(-3);
  });

  it("the diagonal: unbiased, with honest standard errors", async () => {
    const p = dense.rows;
    const truth = diagonalOf(dense);
    const [totals, squares] = [new Float64Array(p), new Float64Array(p)];
    const gaps: number[] = [];
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      const stream = randomStream(1, "diagonal", repetition);
      const { values, standardErrors } = await estimateDiagonal(matrixOperator, { samples: 6, stream });
      let gap = 0;
      for (let i = 0; i < p; i++) {
        totals[i] += values[i] - truth[i];
        squares[i] += standardErrors[i] ** 2;
        gap += (values[i] - truth[i]) ** 2 - standardErrors[i] ** 2;
      }
      gaps.push(gap);
    }
    // 3 standard errors are missed once in 370; each of some 60 entries once in 370·60 at 4.1.
    totals.forEach((total, i) => expect(Math.abs(total)).toBeLessThanOrEqual(4.1 * Math.sqrt(squares[i])));
    expect(Math.abs(meanInStandardErrors(gaps))).toBeLessThanOrEqual(3);
  });

  it("would not pass with vectors of variance ½", async () => {
    for (const { run, truth } of [estimators[0], estimators[3]]) {
      const halved: Estimator = (A, stream) =>
        run(A, { ...stream, rademacher: () => stream.rademacher() * Math.SQRT1_2 });
      expect((await judged(halved, matrixOperator, truth(dense))).bias).toBeLessThan(-3);
    }
  });

  it("would not pass with a Hutch++ that forgets to project, or takes the same vectors for both parts", async () => {
    const truth = traceOf(dense);
    const right = await judged(plainHutchPlusPlus({ project: true, fresh: true }), matrixOperator, truth);
    expect(Math.abs(right.bias)).toBeLessThanOrEqual(3);
    for (const wrong of [
      { project: false, fresh: true },
      { project: true, fresh: false },
    ]) {
      const { bias } = await judged(plainHutchPlusPlus(wrong), matrixOperator, truth);
      expect(Math.abs(bias), JSON.stringify(wrong)).toBeGreaterThan(3);
    }
  });

  it("would not pass with a standard error without √m, nor XTrace with that of independent numbers", async () => {
    const scaled =
      (run: Estimator, factor: number): Estimator =>
      async (A, stream) => {
        const { value, standardError } = await run(A, stream);
        return { value, standardError: factor * standardError };
      };
    for (const { run, truth } of [estimators[0], estimators[3]]) {
      const { spread } = await judged(scaled(run, Math.sqrt(6)), matrixOperator, truth(dense));
      expect(spread()).toBeLessThan(-3);
    }
    const { spread } = await judged(scaled(exchangeable, Math.SQRT1_2), matrixOperator, traceOf(dense));
    expect(spread()).toBeGreaterThan(3);
  });
});

/** Hutch++ of four sketches and four vectors for the rest, written down plainly, right or wrong. */
function plainHutchPlusPlus({ project, fresh }: { project: boolean; fresh: boolean }): Estimator {
  return (A, stream) => {
    const draw = (): Float64Array[] =>
      Array.from({ length: 4 }, () => Float64Array.from({ length: A.cols }, () => stream.rademacher()));
    const Q: Float64Array[] = [];
    const without = (v: Float64Array): Float64Array =>
      [...Q, ...Q].reduce((rest, q) => {
        const overlap = inner(q, rest);
        return rest.map((entry, i) => entry - overlap * q[i]);
      }, v);
    const sketches = draw();
    for (const sketch of sketches) {
      const direction = without(A.apply(sketch));
      const length = Math.sqrt(inner(direction, direction));
      Q.push(direction.map((entry) => entry / length));
    }
    const samples = (fresh ? draw() : sketches).map((v) => {
      const rest = project ? without(v) : v;
      return inner(rest, A.apply(rest));
    });
    const mean = sum(samples) / 4;
    const standardError = Math.sqrt(sum(samples.map((sample) => (sample - mean) ** 2)) / 3 / 4);
    return Promise.resolve({ value: sum(Q.map((q) => inner(q, A.apply(q)))) + mean, standardError });
  };
}
