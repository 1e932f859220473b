import { type Estimate, type EstimateOptions, meanOf, requireSamples } from "./estimate";
import { type LinearOperator, squareProduct } from "./linear-operator";
import { combine, independentPart } from "./orthonormal";
import { breathe } from "./progress";
import { dot, norm } from "./vector";

/**
 * The XTrace estimate of the trace (Epperly, Tropp and Webber 2024): Hutch++ in which every random vector serves both
 * to find the subspace and to estimate the rest. With k = ⌊samples/2⌋ vectors ωᵢ and Qᵢ an orthonormal basis of all
 * images Aωⱼ but the i-th, it is the mean of the k numbers
 *
 *   tᵢ = Tr QᵢᵀAQᵢ + uᵢᵀAuᵢ,  uᵢ = (I − QᵢQᵢᵀ)ωᵢ scaled to the length (n − dim Qᵢ)^½,
 *
 * for 2k products: k images, and k products with the basis Q of them all, from which every Qᵢ follows.
 *
 * Unbiased, since ωᵢ is independent of Qᵢ, and uᵢ uniform on a sphere of the complement. It pays when the spectrum
 * decays, and then more than Hutch++ does for as many products.
 *
 * The standard error is s·√(2/k), twice the paper's variance estimate s²/k: the tᵢ share vectors. Given all vectors but
 * ωᵢ, tᵢ has the mean Tr A, so each term of its Hoeffding decomposition contains i; the variance of the mean of the tᵢ
 * is then at most Var(tᵢ)/k times the mean number of vectors in a term (one vector each: s²/k; pairs: 2s²/k). On
 * Hessians of small networks it came out at 0.97 to 1.32 times the true spread, where s/√k is 0.69 to 0.93 of it;
 * where the k vectors just suffice for a gap in the spectrum it can be too small, 0.65 (at least 1000 repetitions
 * each). Memory: 4k vectors; 8nk² operations beside the products. Yields to the event loop.
 *
 * @throws InvalidArgumentError when the operator is not square, `samples` is no integer of at least 4, or a product or
 *   the mean is not finite
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const A = gramOperator(matrix([[1, 2, 2]])); // rank one, so that one image spans its range
 * const { value } = await xTrace(A, { samples: 4, stream: randomStream(1) });
 * value; // 9
 */
export async function xTrace(operator: LinearOperator, { samples, stream }: EstimateOptions): Promise<Estimate> {
  const apply = squareProduct("xTrace", operator);
  requireSamples("xTrace", samples, 4);
  const n = operator.cols;
  const count = Math.floor(samples / 2);
  const vectors = Array.from({ length: count }, () => stream.normals(n));
  const images = await eachOf(vectors, apply);
  const Q = independentPart(images, []);
  const rank = Q.length;
  if (rank === 0) return { value: 0, standardError: 0, samples: count };
  const AQ = await eachOf(Q, apply);
  const R = overlapsOf(Q, images);
  const B = overlapsOf(Q, AQ);
  const traceOfB = B.reduce((sum, row, j) => sum + row[j], 0);
  // With as many directions as images, each Qᵢ has one less. Otherwise the images depend on each other, which normal
  // vectors do not by chance: they span the operator's whole range, with or without the i-th, and Qᵢ = Q.
  const independent = rank === count;
  const restDimension = n - rank + (independent ? 1 : 0);

  const mean = await meanOf("xTrace", count, (i) => {
    const s = independent ? leftOutDirection(R, i) : new Float64Array(rank);
    const onQi = traceOfB - B.reduce((sum, row, j) => sum + s[j] * dot(row, s), 0);
    if (restDimension === 0) return onQi;
    const overlaps = Float64Array.from(Q, (q) => dot(q, vectors[i]));
    const along = dot(s, overlaps);
    const onBasis = overlaps.map((overlap, j) => overlap - along * s[j]);
    const rest = difference(vectors[i], combine(Q, onBasis));
    const restImage = difference(images[i], combine(AQ, onBasis));
    return onQi + (restDimension / dot(rest, rest)) * dot(rest, restImage);
  });
  return { ...mean, standardError: Math.SQRT2 * mean.standardError };
}

/**
 * The unit vector s of QᵢQᵢᵀ = Q(I − ssᵀ)Qᵀ: Qs is orthogonal to all images but the i-th. With the upper triangular
 * R = QᵀY it is column i of R⁻ᵀ, normalised.
 */
function leftOutDirection(R: readonly Float64Array[], i: number): Float64Array {
  const s = new Float64Array(R.length);
  for (let j = i; j < s.length; j++) {
    let right = j === i ? 1 : 0;
    for (let l = i; l < j; l++) right -= R[l][j] * s[l];
    s[j] = right / R[j][j];
  }
  const length = norm(s);
  return s.map((entry) => entry / length);
}

/** The matrix of inner products uᵢᵀvⱼ, row by row. */
function overlapsOf(left: readonly Float64Array[], right: readonly Float64Array[]): Float64Array[] {
  return left.map((u) => Float64Array.from(right, (v) => dot(u, v)));
}

function difference(x: Float64Array, y: Float64Array): Float64Array {
  return x.map((entry, k) => entry - y[k]);
}

async function eachOf(
  vectors: readonly Float64Array[],
  apply: (vector: Float64Array) => Float64Array,
): Promise<Float64Array[]> {
  const images: Float64Array[] = [];
  for (const vector of vectors) {
    await breathe();
    images.push(apply(vector));
  }
  return images;
}
