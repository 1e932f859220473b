import { matrix, randomStream } from "flat-minima/core";
import { initialParameters, linearNetwork, multilayerPerceptron } from "flat-minima/models";
import {
  certificateGradient,
  certificateObjective,
  type CertificateObjectiveKind,
  dataFreePrior,
  diagonalGaussianKl,
  splitForCertificate,
} from "flat-minima/pacbayes";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;
const KINDS: CertificateObjectiveKind[] = ["fquad", "flamb", "fclassic", "bbb"];

const softplus = (x: number): number => Math.log1p(Math.exp(x));

describe("certificateGradient", () => {
  it("is the closed form for a linear model, with ε held", () => {
    // One input x, one sample with y = 1, and p_min so small that nothing is cut off.
    const [x, mu, rho, eps, muP, sP, pMin] = [1.5, 0.4, -0.7, 0.9, -0.2, 0.5, 1e-3];
    const samples = splitForCertificate({ inputs: matrix([[x]]), targets: Float64Array.of(1) });
    const prior = dataFreePrior({ mean: Float64Array.of(muP), standardDeviation: sP });
    const network = linearNetwork({ inputCount: 1 });
    const problem = { network, prior, samples, objective: "fclassic" as const, leastProbability: pMin };
    const step = certificateGradient(problem).at(Float64Array.of(mu, rho), [0], Float64Array.of(eps));
    const sigma = softplus(rho);
    const f = x * (mu + sigma * eps);
    const risk = softplus(-f) / Math.log(1 / pMin);
    const g = -x / (1 + Math.exp(f)) / Math.log(1 / pMin);
    const kl = Math.log(sP / sigma) + (sigma ** 2 + (mu - muP) ** 2) / (2 * sP ** 2) - 0.5;
    const K = kl + Math.log(2 / 0.025);
    const byKl = 1 / (4 * Math.sqrt(K / 2)); // n = 1
    // Some thirty roundings of numbers of size at most 10.
    const near = (value: number, expected: number) => expect(Math.abs(value - expected)).toBeLessThan(300 * EPS);
    near(step.surrogateRisk, risk);
    near(step.klDivergence, kl);
    near(step.objective, risk + Math.sqrt(K / 2));
    near(step.gradient[0], g + (byKl * (mu - muP)) / sP ** 2);
    near(step.gradient[1], (g * eps + byKl * (sigma / sP ** 2 - 1 / sigma)) / (1 + Math.exp(-rho)));
  });

  const network = multilayerPerceptron({ widths: [3, 4, 2], activation: "tanh" });
  const p = network.parameterCount;
  const stream = randomStream(5, "gradient");
  const inputs = { rows: 6, cols: 3, data: stream.normals(18) };
  const unit = (label: number) => [label === 0 ? 1 : 0, label === 0 ? 0 : 1];
  const samples = splitForCertificate({ inputs, targets: matrix([0, 1, 1, 0, 1, 0].map(unit)), priorSampleCount: 1 });
  const mean = initialParameters(network, stream, { scheme: "LeCun" });
  const prior = dataFreePrior({ mean, standardDeviation: 0.4 });
  const noise = stream.normals(p);
  const posterior = Float64Array.from({ length: 2 * p }, (_, k) => (k < p ? mean[k] : -1) + 0.3 * stream.normal());
  const batch = [0, 3, 4];

  it.each(KINDS)("is that of central differences for a perceptron and %s", (objective) => {
    const { at } = certificateGradient({ network, prior, samples, objective, leastProbability: 0.01 });
    const { gradient } = at(posterior, batch, noise);
    const h = 1e-5;
    for (let k = 0; k < 2 * p; k++) {
      const [up, down] = [h, -h].map((shift) =>
        at(
          posterior.map((v, j) => (j === k ? v + shift : v)),
          batch,
          noise,
        ),
      );
      // Rounding: the objective is below 10, so 10 eps/h = 2e-10. Truncation: h²/6 times a third derivative, of the KL
      // by ρ below 2σ³/σ_P²·…, all below 100: 2e-9.
      expect(Math.abs(gradient[k] - (up.objective - down.objective) / (2 * h))).toBeLessThan(3e-9);
    }
  });

  it("has the KL that its own function computes, 0 at the prior, and joins the two by the formula", () => {
    const { at, start, sampleCount } = certificateGradient({ network, prior, samples });
    expect(sampleCount).toBe(5);
    const step = at(posterior, batch, noise);
    const variance = Float64Array.from(posterior.subarray(p), (rho) => softplus(rho) ** 2);
    const kl = diagonalGaussianKl({ mean: posterior.subarray(0, p), variance }, { mean, variance: 0.16 });
    expect(Math.abs(step.klDivergence - kl)).toBeLessThan(100 * p * EPS);
    const { surrogateRisk: empiricalRisk, klDivergence } = step;
    const scalars = { empiricalRisk, klDivergence, sampleCount: 5, failureProbability: 0.025 };
    expect(step.objective).toBe(certificateObjective({ objective: "fquad", ...scalars }).value);
    // σ = log(1 + e^ρ) is off by a few eps, and KL is quadratic in that, up to the rounding of p terms.
    expect(at(start, batch, noise).klDivergence).toBeLessThan(20 * p * EPS);
    expect(Math.abs(softplus(start[p]) - 0.4)).toBeLessThan(4 * EPS);
  });

  it("has the gradient of KL alone where the loss is cut off", () => {
    const line = linearNetwork({ inputCount: 1 });
    const wrong = splitForCertificate({ inputs: matrix([[-9]]), targets: Float64Array.of(1) });
    const one = dataFreePrior({ mean: Float64Array.of(1), standardDeviation: 2 });
    const problem = { network: line, prior: one, samples: wrong, objective: "bbb" as const, leastProbability: 0.25 };
    const { surrogateRisk, gradient } = certificateGradient(problem).at(
      Float64Array.of(3, 0),
      [0],
      Float64Array.of(0.5),
    );
    expect(surrogateRisk).toBe(1);
    expect(gradient[0]).toBe((3 - 1) / 4);
    const sigma = Math.LN2; // ρ = 0
    expect(Math.abs(gradient[1] - (sigma / 4 - 1 / sigma) / 2)).toBeLessThan(10 * EPS);
  });

  it("refuses a prior of other samples, and arrays of other lengths", () => {
    const other = { ...prior, learnedFrom: samples.forCertificate };
    expect(() => certificateGradient({ network, prior: other, samples })).toThrow(
      "certificateGradient: the prior must be learned on no sample or on this split's samples for the prior",
    );
    expect(() =>
      certificateGradient({ network, prior: { ...prior, learnedFrom: samples.forPrior }, samples }),
    ).not.toThrow();
    const { at, start } = certificateGradient({ network, prior, samples });
    expect(() => at(start.subarray(1), batch, noise)).toThrow(`the posterior must have length ${2 * p}`);
    expect(() => at(start, batch, noise.subarray(1))).toThrow(`the noise must have length ${p}`);
    expect(() =>
      at(
        start.map(() => NaN),
        batch,
        noise,
      ),
    ).toThrow("certificateGradient: the posterior must be finite");
    expect(() => at(start, [5], noise)).toThrow("certificateGradient: a sample index");
    for (const change of [{ failureProbability: 0 }, { leastProbability: 1 }, { tradeOff: 0 }]) {
      expect(() => certificateGradient({ network, prior, samples, ...change })).toThrow("certificateGradient: ");
    }
  });
});
