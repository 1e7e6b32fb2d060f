/**
 * The cost of being wrong: how much more error, in percent of the least, a
 * network makes at a λ that is not its best,
 *
 *   cost(λ) = 100 · (E(λ) / E(λ*) − 1),
 *
 * E read off the measured mean curve by a spline in ln λ, λ* the record's own
 * (scaling/extrema.ts). λ* is not searched for again here: the least of a spline
 * follows the noise of single points and lies up to 0.6 % beside the local
 * polynomial's, which would count as a cost.
 */
import type { MeanCurve } from "./curves.js";
import { spline } from "./spline.js";

export type CostCurve = {
  /** Cost in percent, or null outside the measured λ's. */
  costAt(lambda: number): number | null;
  /** Costs at even steps of ln λ, for drawing. */
  readonly points: readonly { readonly ratio: number; readonly cost: number }[];
};

/** Steps of the drawn curve. */
const drawn = 61;

/** @param best  λ*, within the curve */
export function costCurve(curve: MeanCurve, best: number): CostCurve {
  const error = spline(
    Array.from(curve.lambda, (lambda) => Math.log(lambda)),
    Array.from(curve.value),
  );
  const least = error.at(Math.log(best))!;
  const cost = (t: number) => {
    const value = error.at(t);
    return value === null ? null : Math.max(0, 100 * (value / least - 1));
  };
  const points = Array.from({ length: drawn }, (_, i) => {
    const t = Math.min(error.last, error.first + ((error.last - error.first) * i) / (drawn - 1));
    return { ratio: Math.exp(t) / best, cost: cost(t)! };
  });
  return { costAt: (lambda) => cost(Math.log(lambda)), points };
}
