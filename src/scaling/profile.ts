/**
 * Intervals of parameters by profile likelihood (Venzon and Moolgavkar 1988):
 * a parameter is held, the others are refitted, and the interval ends where
 *
 *   χ²(held) = χ²_min + t²·scale,
 *
 * t and the scale as for the plain law. Where χ² never rises that far the data
 * do not determine the parameter: null, rather than a number from the curvature.
 */
import { type FittedModel, fitModel } from "./models.js";
import type { Estimate, SizeData } from "./types.js";

/** The 95 % interval of parameter j, or null where the data leave it open on a side. */
export function profileInterval(data: SizeData, fitted: FittedModel, j: number, rise: number): Estimate | null {
  const value = fitted.fit.parameters[j];
  const [low, high] = [-1, 1].map((side) => endOf(data, fitted, j, { rise, side }));
  return low === null || high === null ? null : { value, low, high };
}

/** Outward in growing steps until χ² has risen, then false position on √Δχ². */
function endOf(data: SizeData, fitted: FittedModel, j: number, options: { rise: number; side: number }): number | null {
  const { rise, side } = options;
  const best = fitted.fit.parameters[j];
  const target = Math.sqrt(rise);
  let parameters = fitted.fit.parameters;
  const excess = (held: number): number | null => {
    const fixed = parameters.map((_, m) => (m === j ? held : null));
    const fit = fitModel(data, fitted.model, fixed, [parameters])?.fit;
    if (!fit) return null;
    parameters = fit.parameters;
    return Math.sqrt(Math.max(0, fit.chi2 - fitted.fit.chi2)) - target;
  };
  const curvature = fitted.fit.covariance ? Math.sqrt(rise * fitted.fit.covariance[j][j]) : 0;
  let step = Math.min(curvature || 0.1 * Math.abs(best) || 0.01, 0.5 * Math.abs(best) || 1);
  let inside = { at: best, excess: -target };
  for (let doubling = 0; doubling < 14; doubling++, step *= 1.6) {
    const at = inside.at + side * step;
    if (at < (fitted.model.lower?.[j] ?? -Infinity) || at > (fitted.model.upper?.[j] ?? Infinity)) return null;
    const found = excess(at);
    if (found === null) return null;
    if (found >= 0) return between(excess, inside, { at, excess: found });
    inside = { at, excess: found };
  }
  return null;
}

type Bracket = { readonly at: number; readonly excess: number };

/** The crossing to 1e-3 of the target's rise, which is finer than any interval needs. */
function between(excess: (held: number) => number | null, inside: Bracket, outside: Bracket): number | null {
  let [low, high] = [inside, outside];
  for (let i = 0; i < 12; i++) {
    const at = low.at + ((high.at - low.at) * -low.excess) / (high.excess - low.excess);
    const found = excess(at);
    if (found === null) return null;
    if (Math.abs(found) < 1e-3) return at;
    if (found < 0) low = { at, excess: found };
    else high = { at, excess: found };
  }
  return high.at;
}
