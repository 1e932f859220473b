import { requireThat } from "../core";
import { upperBinaryKlInverse } from "./binary-kl-inverse";
import { requireFailureProbability } from "./bound-inputs";
import type { CertificateSamples } from "./certificate-samples";
import { requireClassifiedSamples } from "./classified-samples";
import { diagonalGaussianKl } from "./diagonal-gaussian-kl";
import { seegerBound } from "./seeger-bound";
import {
  DRAWS,
  requireDraws,
  requireStochasticNetwork,
  type StochasticErrorOptions,
  type StochasticNetwork,
  uncheckedStochasticError,
} from "./stochastic-network";
import { requireIndependentPrior, type WeightPrior } from "./weight-prior";

/** What a certificate is computed from. */
export interface RiskCertificateOptions extends StochasticErrorOptions {
  readonly posterior: StochasticNetwork;
  readonly prior: WeightPrior;
  readonly samples: CertificateSamples;
  /** δ in (0, 1), for the draw of the samples; by default 0.025. */
  readonly failureProbability?: number;
  /** δ′ in (0, 1), for the draws of the parameters; by default 0.01. Both as in the source. */
  readonly monteCarloFailureProbability?: number;
}

/** A bound on the 0-1 risk of a stochastic network, and what it is made of. */
export interface RiskCertificate {
  /** With probability 1 − δ − δ′ the risk L(Q) is at most this. */
  readonly certificate: number;
  /** L̂_MC, the mean 0-1 error over the m draws. */
  readonly empiricalRisk: number;
  /** With probability 1 − δ′ the stochastic network's error L̂(Q) on the sample is at most this. */
  readonly empiricalRiskBound: number;
  /** KL(Q‖P). */
  readonly klDivergence: number;
  /** n, the number of samples for the certificate. */
  readonly sampleCount: number;
  /** m. */
  readonly draws: number;
  /** 1 − δ − δ′. */
  readonly confidence: number;
}

/**
 * The PAC-Bayes-kl certificate of a stochastic network: an upper bound on its 0-1 risk L(Q) that holds with probability
 * 1 − δ − δ′ over the sample and the draws. With kl⁻¹(q, c) = max{p : kl(q‖p) ≤ c} it inverts twice:
 *
 * - L̂(Q) ≤ kl⁻¹(L̂_MC, log(2/δ′)/m), as L̂(Q) is known only from m independent draws (Langford and Caruana 2001),
 * - L(Q) ≤ kl⁻¹(that, (KL(Q‖P) + log(2√n/δ))/n), with n the samples for the certificate (Seeger 2002, Maurer 2004).
 *
 * Q may depend on the sample in any way. P must not: it comes from {@link dataFreePrior} or, learned on the split's other
 * samples, from {@link learnedPrior}. Trying several σ_P, networks or trainings and reporting the best certificate
 * costs a union bound: divide δ and δ′ by their number.
 *
 * @throws InvalidArgumentError unless the samples and both distributions fit the network, the prior was learned on no
 *   sample or on this split's samples for the prior, all deviations are positive, δ and δ′ are in (0, 1) with a sum below
 *   1, KL is finite, there are two or more draws, and each is of at least one sample and at most n
 *
 * Source: Pérez-Ortiz, Rivasplata, Shawe-Taylor and Szepesvári (2021); Dziugaite and Roy (2017).
 *
 * @example
 * const network = linearNetwork({ inputCount: 1 });
 * const samples = splitForCertificate({ inputs: matrix([[1], [2]]), targets: Float64Array.of(1, 1) });
 * const prior = dataFreePrior({ mean: Float64Array.of(3), standardDeviation: 0.1 });
 * const posterior = { network: network, mean: Float64Array.of(3), standardDeviation: Float64Array.of(0.1) };
 * const result = await riskCertificate({ posterior, prior, samples, draws: 100, stream: randomStream(1) });
 * result.empiricalRiskBound; // 0.0516…, that is 1 − (δ′/2)^(1/100): no draw was wrong
 */
export async function riskCertificate(options: RiskCertificateOptions): Promise<RiskCertificate> {
  const { posterior, prior, samples, draws = DRAWS } = options;
  const { failureProbability = 0.025, monteCarloFailureProbability = 0.01 } = options;
  const { forCertificate } = samples;
  requireStochasticNetwork("riskCertificate", posterior);
  requireClassifiedSamples("riskCertificate", posterior.network, forCertificate);
  requireIndependentPrior("riskCertificate", posterior.network, prior, samples);
  requireFailureProbability("riskCertificate", failureProbability);
  const validMonteCarlo = monteCarloFailureProbability > 0 && monteCarloFailureProbability < 1;
  const requirement = "monteCarloFailureProbability must be in (0, 1)";
  requireThat(validMonteCarlo, "riskCertificate", requirement, monteCarloFailureProbability);
  const confidence = 1 - failureProbability - monteCarloFailureProbability;
  requireThat(
    confidence > 0,
    "riskCertificate",
    "the two failure probabilities must sum to less than 1",
    1 - confidence,
  );
  requireDraws("riskCertificate", forCertificate, options);
  const klDivergence = diagonalGaussianKl(
    { mean: posterior.mean, variance: posterior.standardDeviation.map((sigma) => sigma * sigma) },
    { mean: prior.mean, variance: prior.standardDeviation * prior.standardDeviation },
  );

  const { value: empiricalRisk } = await uncheckedStochasticError(
    "riskCertificate",
    posterior,
    forCertificate,
    options,
  );
  const monteCarloPrice = (Math.LN2 - Math.log(monteCarloFailureProbability)) / draws;
  const empiricalRiskBound = upperBinaryKlInverse(empiricalRisk, monteCarloPrice);
  const sampleCount = forCertificate.inputs.rows;
  const certificate = seegerBound({
    empiricalRisk: empiricalRiskBound,
    klToDataFreePrior: klDivergence,
    sampleCount,
    failureProbability,
  });
  return { certificate, empiricalRisk, empiricalRiskBound, klDivergence, sampleCount, draws, confidence };
}
