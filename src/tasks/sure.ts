/**
 * Stein's unbiased estimate of a coding's squared error, without the clean image:
 *
 *   SURE = ‖y − ŝ‖² − nσ² + 2σ² · rank(Φ_S),   E[SURE] = E‖s − ŝ‖²
 *
 * for y = s + N(0, σ²) (Stein, "Estimation of the mean of a multivariate normal
 * distribution", Annals of Statistics 1981). For the lasso, also with a ≥ 0, the
 * divergence ∇·ŝ is rank(Φ_S), S the active units (Tibshirani and Taylor, "Degrees of
 * freedom in lasso problems", Annals of Statistics 2012): ŝ is a projection on their
 * span less a constant. It is their number while their atoms are independent. Soft
 * threshold and a small gap only.
 */
import { CrispError } from "../core/errors.js";

export type SureTerms = {
  /** ‖y − ŝ‖² against the noisy image that was coded. */
  readonly squaredResidual: number;
  /** n, the number of values of an image: height · width · channels. */
  readonly values: number;
  /** σ of the noise in the image's units. */
  readonly sigma: number;
  /** rank(Φ_S), at most n; a mean over codings may be fractional. */
  readonly rank: number;
};

const termNames = ["squaredResidual", "values", "sigma", "rank"] as const;

/**
 * The estimate of ‖s − ŝ‖². May be below 0 by chance: average over images before minimising.
 *
 * @throws CrispError `usage` for a term that is negative or not finite, or a rank above n
 */
export function sure(terms: SureTerms): number {
  for (const name of termNames) {
    if (terms[name] >= 0 && terms[name] < Infinity) continue;
    throw new CrispError(
      "usage",
      `sure: ${name} is ${terms[name]}; it must be a finite number of at least 0. Give the terms of one image.`,
    );
  }
  const { squaredResidual, values, sigma, rank } = terms;
  if (rank > values) {
    throw new CrispError(
      "usage",
      `sure: rank ${rank} of ${values} values; a rank is at most their number. Give the rank, not the count of dependent atoms.`,
    );
  }
  return squaredResidual - values * sigma * sigma + 2 * sigma * sigma * rank;
}
