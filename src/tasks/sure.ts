/**
 * Stein's unbiased risk estimate of a soft-threshold coding:
 *
 *   SURE = ‖y − ŝ‖² − nσ² + 2σ² · rank(Φ_S),   E[SURE] = E‖s − ŝ‖²
 *
 * y = s + noise of standard deviation σ, n values in the image, S = {a ≠ 0}. The
 * lasso's degrees of freedom are rank(Φ_S) (Tibshirani and Taylor, Annals of
 * Statistics 2012), which is the number of active units while their atoms are
 * linearly independent. It needs no clean image. Valid for converged codes only
 * (gap ≤ 1e-3), and only on average: average it over images before minimising.
 */
import { CrispError } from "../core/errors.js";

export type SureOf = {
  /** ‖y − ŝ‖² against the noisy image that was coded. */
  readonly squaredResidual: number;
  /** n = height · width · channels. */
  readonly values: number;
  /** Standard deviation of the noise in the units of y. */
  readonly sigma: number;
  /** rank(Φ_S); the number of active units where their atoms are independent, never above n. */
  readonly rank: number;
};

/**
 * The estimate of ‖s − ŝ‖², in squared units of the image; may be negative for one image.
 *
 * @throws CrispError `internal` for a negative residual, σ or rank, or a rank above n
 */
export function sure({ squaredResidual, values, sigma, rank }: SureOf): number {
  if (!(squaredResidual >= 0 && sigma >= 0 && rank >= 0 && rank <= values)) {
    throw new CrispError(
      "internal",
      `SURE: squared residual ${squaredResidual}, σ ${sigma}, rank ${rank} of ${values} values; none may be negative and the rank at most the values. Give the rank, not the count of dependent atoms.`,
    );
  }
  return squaredResidual - values * sigma ** 2 + 2 * sigma ** 2 * rank;
}
