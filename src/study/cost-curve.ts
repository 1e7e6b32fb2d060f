/**
 * The cost of being wrong: how much more error, in percent of the least, a
 * network makes at a λ that is not its best,
 *
 *   cost(λ) = 100 · (E(λ) / E(λ*) − 1),
 *
 * read off its measured curve by a spline in ln λ.
 */
import type { MeanCurve } from "./curves.js";
import { spline } from "./spline.js";

export type CostCurve = {
  /** λ of the least error on the spline. */
  readonly best: number;
  /** Cost in percent, or null outside the measured λ's. */
  costAt(lambda: number): number | null;
  /** Costs at even steps of ln λ, for drawing. */
  readonly points: readonly { readonly ratio: number; readonly cost: number }[];
};

/** Steps of the search for the least error, and of the drawn curve. */
const steps = 400;
const drawn = 61;

export function costCurve(curve: MeanCurve): CostCurve {
  const error = spline(
    Array.from(curve.lambda, (lambda) => Math.log(lambda)),
    Array.from(curve.value),
  );
  const at = (step: number, of: number) => error.first + ((error.last - error.first) * step) / of;
  let best = error.first;
  for (let step = 1; step < steps; step++) {
    const t = at(step, steps);
    if (error.at(t)! < error.at(best)!) best = t;
  }
  const least = error.at(best)!;
  const cost = (t: number) => {
    const value = error.at(t);
    return value === null ? null : Math.max(0, 100 * (value / least - 1));
  };
  const points = Array.from({ length: drawn }, (_, i) => at(i, drawn - 1)).map((t) => ({
    ratio: Math.exp(t - best),
    cost: cost(Math.max(error.first, Math.min(error.last, t)))!,
  }));
  return { best: Math.exp(best), costAt: (lambda) => cost(Math.log(lambda)), points };
}
