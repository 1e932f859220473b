import { type Eigenpairs, type IterationOptions, iterationOutcome, requireIterationOptions } from "./iterative-result";
import { type LinearOperator, requireMirrored, symmetricProduct } from "./linear-operator";
import { zeros } from "./matrix";
import { combine, independentPart, orthonormalised } from "./orthonormal";
import { breathe } from "./progress";
import { type RitzPairs, topRitzPairs } from "./ritz-pairs";
import { dot, norm } from "./vector";

/** A vector and its image under the operator; what is done to the one is done to the other. */
interface Pair {
  readonly vector: Float64Array;
  readonly image: Float64Array;
}

/**
 * The k algebraically largest eigenpairs of a symmetric operator, started from k given vectors: LOBPCG (Knyazev 2001),
 * the method for following the top eigenpairs along a training run, where the last ones are a good start. Each step
 * takes the best vectors in the span of the present ones, their residuals and the last changes, in an orthonormal basis
 * of it (as Hetmaniuk and Lehoucq 2006, who cured the method's breakdowns so), and applies the operator once for every
 * vector that has not converged yet. Memory: 3k vectors and their images, however long it takes.
 *
 * It finds the largest eigenvalues among those whose eigenvectors the start touches: started at other eigenvectors it
 * stays there. When eigenvalues may have crossed since the start was computed, add a random vector to it and leave out
 * the last pair of the result, or ask `topEigenpairs`, which starts from nothing. Yields to the event loop.
 *
 * The residuals are relative to the largest modulus of a Ritz value that was met, an estimate of ‖A‖. Default of
 * maxIterations: 500 a vector (tuned: with a gap of 4e-4 ‖A‖ to the next eigenvalue it took 300 from a random start).
 *
 * @throws InvalidArgumentError when the operator is not symmetric, the start vectors do not fit or depend on each other,
 *   the tolerance is below eps, maxIterations is no positive integer, or a product is not finite
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const A = denseOperator(matrix([[-5, 0, 0], [0, 2, 0], [0, 0, 1]]));
 * const { values, converged } = await lobpcg(A, [Float64Array.of(0.1, 1, -0.2)]);
 * values; // Float64Array [2]
 * converged; // true
 */
export async function lobpcg(
  operator: LinearOperator,
  start: readonly Float64Array[],
  { tolerance = 1e-10, maxIterations = 500 * start.length }: IterationOptions = {},
): Promise<Eigenpairs> {
  const product = symmetricProduct("lobpcg", operator);
  const orthonormalStart = orthonormalised("lobpcg", start, operator.cols);
  requireIterationOptions("lobpcg", { tolerance, maxIterations });
  let iterations = 0;
  const applyToAll = async (vectors: readonly Float64Array[]): Promise<Pair[]> => {
    const pairs: Pair[] = [];
    for (const vector of vectors) {
      await breathe();
      pairs.push({ vector, image: product(vector) });
      iterations++;
    }
    return pairs;
  };

  const count = start.length;
  const first = await applyToAll(orthonormalStart);
  let ritz = rayleighRitz(first, count);
  let top = ritz.weights.map((weights) => combinePairs(first, weights));
  let changes: Pair[] = [];
  let scale = ritz.scale;
  for (;;) {
    const defects = top.map(({ vector, image }, k) => image.map((entry, i) => entry - ritz.values[k] * vector[i]));
    const open = defects.filter((defect) => norm(defect) > tolerance * scale);
    let search = newDirections(open, [...top, ...changes]);
    if (search.length < open.length) {
      changes = []; // they are in the way, all but dependent on the residuals: start again without them
      search = newDirections(open, top);
    }
    if (search.length === 0 || iterations + search.length > maxIterations) {
      // The images were carried along by linear combinations; the residuals are measured on fresh ones.
      const fresh = await applyToAll(
        orthonormalised(
          "lobpcg",
          top.map(({ vector }) => vector),
          operator.cols,
        ),
      );
      ritz = rayleighRitz(fresh, count);
      top = ritz.weights.map((weights) => combinePairs(fresh, weights));
      changes = [];
      const residuals = top.map(({ vector, image }, k) => {
        const defect = norm(image.map((entry, i) => entry - ritz.values[k] * vector[i]));
        return defect === 0 ? 0 : defect / scale;
      });
      const outcome = iterationOutcome(Math.max(...residuals), iterations, tolerance);
      if (outcome.converged || iterations >= maxIterations || open.length > 0) {
        const vectors = top.map(({ vector }) => vector);
        return { values: ritz.values, vectors, residuals: Float64Array.from(residuals), ...outcome };
      }
      continue;
    }
    const space = [...top, ...changes, ...(await applyToAll(search))];
    ritz = rayleighRitz(space, count);
    scale = Math.max(scale, ritz.scale);
    const changeWeights = changesOf(ritz.weights, count);
    top = ritz.weights.map((weights) => combinePairs(space, weights));
    changes = changeWeights.map((weights) => combinePairs(space, weights));
  }
}

/** The `count` largest Ritz pairs in a space with an orthonormal basis. */
function rayleighRitz(space: readonly Pair[], count: number): RitzPairs {
  const size = space.length;
  const largestImage = Math.max(...space.map(({ image }) => norm(image)));
  const projection = zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const entry = dot(space[i].vector, space[j].image);
      requireMirrored("lobpcg", entry, dot(space[j].vector, space[i].image), largestImage);
      projection.data[i * size + j] = entry;
      projection.data[j * size + i] = entry;
    }
  }
  return topRitzPairs(projection, count);
}

function combinePairs(space: readonly Pair[], weights: Float64Array): Pair {
  return {
    vector: combine(
      space.map(({ vector }) => vector),
      weights,
    ),
    image: combine(
      space.map(({ image }) => image),
      weights,
    ),
  };
}

/** Orthonormal directions of what the vectors have beside the space of the pairs; fewer when there is nothing new. */
function newDirections(vectors: readonly Float64Array[], space: readonly Pair[]): Float64Array[] {
  const basis = space.map(({ vector }) => vector);
  const room = vectors.length > 0 ? vectors[0].length - basis.length : 0;
  return independentPart(vectors, basis).slice(0, Math.max(0, room));
}

/**
 * The changes that led to the new vectors: their coefficients outside of the old ones, made orthonormal to the new
 * ones. Small vectors of coefficients are cheap to orthogonalise, and no rounding of long ones is magnified by it.
 */
function changesOf(weights: readonly Float64Array[], count: number): Float64Array[] {
  return independentPart(
    weights.map((coefficients) => coefficients.map((coefficient, k) => (k < count ? 0 : coefficient))),
    weights,
  );
}
