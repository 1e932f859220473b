import type { TwiceDifferentiableLoss } from "flat-minima/stability";

/** L = x²y + y³, with derivatives by hand: g = (2xy, x² + 3y²), H = [[2y, 2x], [2x, 6y]]. */
export const polynomialLoss: TwiceDifferentiableLoss = {
  at: ([x, y]) => ({
    gradient: () => Float64Array.of(2 * x * y, x * x + 3 * y * y),
    hessianVectorProduct: ([u, v]) => Float64Array.of(2 * y * u + 2 * x * v, 2 * x * u + 6 * y * v),
  }),
};
