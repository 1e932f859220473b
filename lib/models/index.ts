export type { FiniteSum } from "./finite-sum";
export { leastSquares, type LeastSquares } from "./least-squares";
export { quadratic, type Quadratic } from "./quadratic";
export { twoMinima, type TwoMinima } from "./two-minima";
