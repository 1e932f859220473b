import { empiricalRisk, halfSquareLoss, multilayerPerceptron } from "flat-minima/models";
import { alignmentFactors } from "flat-minima/stability";
import { waves } from "../problem.mjs";

const widths = [400, 400, 200, 1];

export function contestant() {
  const { parameters, inputs, targets } = waves(widths, 1000);
  const network = multilayerPerceptron({ widths, activation: "relu" });
  const risk = empiricalRisk({ network, loss: halfSquareLoss, inputs, targets });
  /** @type {ReturnType<typeof risk.at> | undefined} */
  let at;
  const factors = () => {
    at = risk.at(parameters, { recycle: at }); // its memory again, as JAX and PyTorch take theirs
    return alignmentFactors({ gramMatrix: at.gramMatrix(), residuals: at.residuals.data });
  };
  const { alpha, beta, mu, mu1, mu2, gamma, tau, frobeniusNorm, trace } = factors();
  return {
    check: [alpha, beta, mu, mu1, mu2, gamma, tau, frobeniusNorm, trace],
    quantities: { factors: { run: factors, units: 1 } },
  };
}
