/**
 * What laws say of y at any size, beside one another: each by itself,
 *
 *   ln ŷ ± t·√(s·gᵀ(JᵀC⁻¹J)⁻¹g),   g the gradient of ln f by its parameters,
 *
 * and all that are open together, averaged by their weights (predict.ts).
 */
import type { Candidate } from "./compare.js";
import { form } from "./linear.js";
import { modelAt } from "./models.js";
import { fitPowerLaw, inference, powerLawAt } from "./powerlaw.js";
import type { BandPoint, Estimate, SizeData } from "./types.js";

/** ln y by one law at a size. */
export type Said = {
  readonly weight: number;
  readonly log: number;
  /** Of the fit. */
  readonly variance: number;
  readonly quantile: number;
  /** Factor on the covariance, in `variance` already. */
  readonly scale: number;
};

/** One law at a size; null where f ≤ 0 there, or where nothing tells its errors. */
export function lawAt(data: SizeData, { fitted, k, weight }: Candidate, size: number): Said | null {
  if (fitted.model.name === "power-law") {
    const line = fitPowerLaw(data);
    return line && { weight, ...powerLawAt(line, size), ...line.inference };
  }
  const at = modelAt(fitted, size);
  const law = inference(data, fitted.fit.chi2, k);
  if (at === null || law === null || fitted.fit.covariance === null) return null;
  return { weight, log: at.log, variance: law.scale * form(at.gradient, fitted.fit.covariance, at.gradient), ...law };
}

/** Several laws as one. */
export type Average<S extends Said> = {
  /** Weighted mean over the laws. */
  readonly mean: (f: (one: S) => number) => number;
  readonly log: number;
  /** Variance between the laws. */
  readonly spread: number;
  readonly quantile: number;
};

/** The average of some laws by their weights; at least one. */
export function averageOf<S extends Said>(all: readonly S[]): Average<S> {
  const total = all.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (f: (one: S) => number): number => all.reduce((sum, one) => sum + (one.weight / total) * f(one), 0);
  const log = mean((one) => one.log);
  const spread = mean((one) => (one.log - log) ** 2);
  return { mean, log, spread, quantile: Math.max(...all.map(({ quantile }) => quantile)) };
}

/** exp(log ± margin), widened to what each law says alone: a light law may be the true one. */
export function spanning(log: number, margin: number, all: readonly Said[]): Estimate {
  const alone = all.map((one) => one.log);
  return {
    value: Math.exp(log),
    low: Math.exp(Math.min(log - margin, ...alone)),
    high: Math.exp(Math.max(log + margin, ...alone)),
  };
}

/** The laws together at some sizes, one law by itself included; sizes at which none says anything are left out. */
export function bandOf(data: SizeData, laws: readonly Candidate[], sizes: readonly number[]): BandPoint[] {
  return sizes.flatMap((size): BandPoint[] => {
    const said = laws.flatMap((law) => lawAt(data, law, size) ?? []);
    if (said.length === 0) return [];
    const { log, spread, mean, quantile } = averageOf(said);
    const margin = quantile * Math.sqrt(mean(({ variance }) => variance) + spread);
    return [{ size, ...spanning(log, margin, said) }];
  });
}
