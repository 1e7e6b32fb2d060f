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

import type { Points } from "../tasks/points.js";
import { sure } from "../tasks/sure.js";
import { costCurve } from "./cost-curve.js";

/** SURE of one coding: active atoms are independent but for rare exceptions, so their number, at most n, is the rank. */
export function sureOf(
  { squaredResidual, active }: { readonly squaredResidual: number; readonly active: number },
  { values, sigma }: { readonly values: number; readonly sigma: number },
): number {
  return sure({ squaredResidual, values, sigma, rank: Math.min(active, values) });
}

/** λ of the least mean SURE on a spline in ln λ; null at an end of the grid or with fewer than 3 λ's. */
export function sureLambda(
  parts: readonly Points[],
  { pixels, sigma }: { readonly pixels: number; readonly sigma: number },
): number | null {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { lambda, squaredResidual, active } of parts) {
    for (let n = 0; n < lambda.length; n++) {
      const own = sums.get(lambda[n]) ?? { sum: 0, count: 0 };
      own.sum += sureOf({ squaredResidual: squaredResidual[n], active: active[n] }, { values: pixels, sigma });
      own.count++;
      sums.set(lambda[n], own);
    }
  }
  const found = [...sums].sort(([a], [b]) => a - b);
  if (found.length < 3) return null;
  const lambda = Float64Array.from(found, ([value]) => value);
  const risk = Float64Array.from(found, ([, { sum, count }]) => sum / count);
  const { best } = costCurve({ lambda, value: risk, activeUnits: risk });
  return best > lambda[0] * 1.001 && best < lambda[lambda.length - 1] / 1.001 ? best : null;
}
