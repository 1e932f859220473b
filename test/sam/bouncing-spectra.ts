import type { RandomStream } from "flat-minima/core";
import type { QuadraticSamOptions } from "flat-minima/sam";

/** A descending spectrum with ties and zeros among its entries, λ₁ = size, at most `decades` wide; and ηλ₁ < 1, ρ > 0. */
export function randomSetting(stream: RandomStream, dimension: number, decades: number): QuadraticSamOptions {
  const size = 10 ** (4 * stream.uniform() - 2);
  const values = [size];
  while (values.length < dimension) {
    const kind = stream.integer(6);
    if (kind === 0) values.push(values[stream.integer(values.length)]);
    else values.push(kind === 1 ? 0 : size * 10 ** (-decades * stream.uniform()));
  }
  return {
    eigenvalues: Float64Array.from(values).sort().reverse(),
    learningRate: (0.01 + 0.98 * stream.uniform()) / size,
    perturbationRadius: 10 ** (4 * stream.uniform() - 2),
  };
}

/** A point whose gradient has a norm from 1/30 to 30 times ηρλ₁². */
export function randomPoint(stream: RandomStream, options: QuadraticSamOptions): Float64Array {
  const { eigenvalues, learningRate, perturbationRadius } = options;
  const direction = stream.normals(eigenvalues.length);
  const length = Math.hypot(...direction.map((entry, i) => entry * eigenvalues[i]));
  const wanted = learningRate * perturbationRadius * eigenvalues[0] ** 2 * 30 ** (2 * stream.uniform() - 1);
  return direction.map((entry) => (entry * wanted) / length);
}

/** J(u) = Σ (2 - ηλ_i)u_i²/(2ηρ) - ‖Λu‖, written out. */
export function plainObjective(options: QuadraticSamOptions, u: ArrayLike<number>): number {
  const { eigenvalues, learningRate, perturbationRadius } = options;
  let [quadratic, squared] = [0, 0];
  for (let i = 0; i < u.length; i++) {
    quadratic += ((2 - learningRate * eigenvalues[i]) * u[i] ** 2) / (2 * learningRate * perturbationRadius);
    squared += (eigenvalues[i] * u[i]) ** 2;
  }
  return quadratic - Math.sqrt(squared);
}

/** The same with + for -: an upper bound of the numbers that its evaluation rounds. */
export function magnitude(options: QuadraticSamOptions, u: ArrayLike<number>): number {
  const length = Math.hypot(...Array.from(u, (entry, i) => entry * options.eigenvalues[i]));
  return plainObjective(options, u) + 2 * length;
}
