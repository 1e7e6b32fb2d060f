/**
 * λ without clean images: the least of Stein's unbiased risk estimate
 *
 *   SURE(λ) = ‖y − ŝ‖² − nσ² + 2σ²·k,
 *
 * averaged over noisy images y before it is minimised; its expectation is that
 * of ‖s − ŝ‖². k stands for the rank of the active atoms (Zou, Hastie and
 * Tibshirani 2007), which it bounds from above: overlapping atoms make SURE
 * too large. Soft threshold only; codings stopped early bias it as well.
 */

import type { PooledCurves } from "../scaling/curves.js";
import { pooledExtrema } from "../scaling/extrema.js";
import type { Measure } from "../tasks/problems/problem.js";
import { sure } from "../tasks/sure.js";

/** SURE of one coding: active atoms are independent but for rare exceptions, so their number, at most n, is the rank. */
export function sureOf(
  { squaredResidual, active }: { readonly squaredResidual: number; readonly active: number },
  { values, sigma }: { readonly values: number; readonly sigma: number },
): number {
  return sure({ squaredResidual, values, sigma, rank: Math.min(active, values) });
}

/** SURE per value of an image, in place of a measured error: its curves have their least where the estimate has. */
export function sureMeasure(sigma: number): Measure {
  return {
    name: "SURE",
    unit: "per value",
    of: ({ squaredResidual, active }, n, values) =>
      sureOf({ squaredResidual: squaredResidual[n], active: active[n] }, { values, sigma }) / values,
  };
}

/** λ of the least mean SURE, found as every minimum is; null without one inside the grid. */
export function sureLambda(curves: PooledCurves): number | null {
  // Its interval is not asked for.
  const options = { extremum: "min", controlScale: "log", resamples: 0 } as const;
  const [{ status, location }] = pooledExtrema([curves], options).extrema;
  return status === "interior" ? (location?.value ?? null) : null;
}
