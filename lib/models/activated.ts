import { type Matrix, requireThat } from "../core";
import type { ActivationKind } from "../core/kernels/kernels";
import { callKernels } from "./kernel-calls";
import { lazy } from "./lazy";

/** An activation φ applied to every entry of a matrix Z. */
export interface Activated {
  /** φ(Z). */
  readonly values: Matrix;
  /** φ'(Z), made when first asked for. */
  readonly slopes: () => Matrix;
  /** φ''(Z), made when first asked for. */
  readonly curvatures: () => Matrix;
}

const ACTIVATIONS: readonly ActivationKind[] = ["linear", "relu", "tanh", "softplus", "smooth leaky relu"];

/** φ(Z) and its derivatives: the same bits on every machine. Z must not change afterwards. */
export function activated(kind: ActivationKind, Z: Matrix): Activated {
  const length = Z.data.length;
  const shaped = (data: Float64Array): Matrix => ({ rows: Z.rows, cols: Z.cols, data });
  const values = shaped(
    callKernels(length, [Z.data], (kernels, result, [z]) => kernels.activate(kind, result, z, length)),
  );
  const slopes = lazy(() =>
    shaped(
      callKernels(length, [Z.data, values.data], (kernels, result, [z, y]) =>
        kernels.activationSlope(kind, result, z, y, length),
      ),
    ),
  );
  const curvatures = lazy(() =>
    shaped(
      callKernels(length, [Z.data, values.data, slopes().data], (kernels, result, [z, y, d]) =>
        kernels.activationCurvature(kind, result, z, y, d, length),
      ),
    ),
  );
  return { values, slopes, curvatures };
}

/** Refuses an activation that is not known. */
export function requireActivation(functionName: string, activation: ActivationKind): void {
  requireThat(
    ACTIVATIONS.includes(activation),
    functionName,
    `activation must be one of ${ACTIVATIONS.map((kind) => `"${kind}"`).join(", ")}`,
    activation,
  );
}
