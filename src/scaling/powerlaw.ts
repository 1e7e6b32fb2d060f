/**
 * The plain law ln y = ln A + b ln L by generalised least squares:
 *
 *   χ² = eᵀC⁻¹e,  e = ln y − a − b(ln L − m),  m the mean of ln L,
 *   lack of fit:  χ²/(n − 2) ~ F(n − 2, dof of C).
 *
 * The interval takes t with the degrees of freedom of C; only when the lack of
 * fit has p < 0.05 is C scaled by χ²/(n − 2) and t(n − 2) used. Scaling always
 * by max(1, χ²/ndf) covers 98.5–99.8 % instead of 95 (measured).
 */
import { CrispError } from "../core/errors.js";
import { cholesky, form, forward, linearFit, type Matrix } from "./linear.js";
import { fTail, tQuantile } from "./special.js";
import type { BandPoint, Estimate, SizeData } from "./types.js";

/** How χ² becomes intervals. */
export type Inference = {
  /** Lack-of-fit p; null without errors or degrees of freedom. */
  readonly p: number | null;
  /** Factor on the covariance. */
  readonly scale: number;
  /** 97.5 % point of t that belongs to it. */
  readonly quantile: number;
};

/** Null when nothing tells how large errors are: bare values and no degree of freedom left. */
export function inference(data: SizeData, chi2: number, parameters: number): Inference | null {
  const ndf = data.sizes.length - parameters;
  if (data.errors === "none") {
    return ndf > 0 ? { p: null, scale: chi2 / ndf, quantile: tQuantile(0.975, ndf) } : null;
  }
  const plain = { scale: 1, quantile: tQuantile(0.975, data.dof) };
  if (ndf <= 0) return { p: null, ...plain };
  const p = fTail(chi2 / ndf, ndf, data.dof);
  return p < 0.05 ? { p, scale: chi2 / ndf, quantile: tQuantile(0.975, ndf) } : { p, ...plain };
}

/** Cholesky factor of the covariance; throws `data` if it is not positive definite. */
export function factorOf(data: SizeData): Matrix {
  const factor = cholesky(data.covariance);
  if (factor !== null) return factor;
  throw new CrispError(
    "data",
    `${data.quantity}: the covariance over ${data.sizes.length} sizes is singular; it must be positive definite. Use more resamples, items or replicates.`,
  );
}

export type PowerLawFit = {
  /** Mean of ln L, where the covariance of (a, b) is smallest. */
  readonly centre: number;
  readonly a: number;
  readonly b: number;
  /** Of (a, b), scaled as `inference` says. */
  readonly covariance: Matrix;
  readonly chi2: number;
  readonly dof: number;
  readonly inference: Inference;
};

/** Sizes that a law needs: through two points a line goes always, and nothing tells whether it is one. */
export const fewestSizes = 3;

/** Generalised least squares of the law; null with fewer than 3 sizes. */
export function fitPowerLaw(data: SizeData): PowerLawFit | null {
  const n = data.sizes.length;
  if (n < fewestSizes) return null;
  const x = data.sizes.map(Math.log);
  const centre = x.reduce((sum, value) => sum + value, 0) / n;
  const fit = linearFit(
    x.map((value) => [1, value - centre]),
    data.logs,
    factorOf(data),
  );
  const law = inference(data, fit.chi2, 2)!;
  const covariance = fit.covariance.map((row) => row.map((value) => value * law.scale));
  const [a, b] = fit.parameters;
  return { centre, a, b, covariance, chi2: fit.chi2, dof: n - 2, inference: law };
}

/** ln y of the law at a size and the variance of the fit there. */
export function powerLawAt(fit: PowerLawFit, size: number): { log: number; variance: number } {
  const x = [1, Math.log(size) - fit.centre];
  return { log: fit.a + fit.b * x[1], variance: form(x, fit.covariance, x) };
}

/** b with its 95 % interval. */
export function exponentOf(fit: PowerLawFit): Estimate {
  const margin = fit.inference.quantile * Math.sqrt(fit.covariance[1][1]);
  return { value: fit.b, low: fit.b - margin, high: fit.b + margin };
}

/** A of y = A·Lᵇ with its 95 % interval: the law at L = 1. */
export function amplitudeOf(fit: PowerLawFit): Estimate {
  const { value, low, high } = bandAt(fit, 1);
  return { value, low, high };
}

/** The law at a size with the 95 % interval of the fit. */
export function bandAt(fit: PowerLawFit, size: number): BandPoint {
  const { log, variance } = powerLawAt(fit, size);
  const margin = fit.inference.quantile * Math.sqrt(variance);
  return { size, value: Math.exp(log), low: Math.exp(log - margin), high: Math.exp(log + margin) };
}

/** Weights w with b = w·ln y: the second row of (XᵀC⁻¹X)⁻¹XᵀC⁻¹. */
export function slopeWeights(data: SizeData): number[] {
  const factor = factorOf(data);
  const x = data.sizes.map(Math.log);
  const centre = x.reduce((sum, value) => sum + value, 0) / x.length;
  const design = x.map((value) => [1, value - centre]);
  return x.map((_, i) => {
    const unit = x.map((_, j) => (i === j ? 1 : 0));
    return linearFit(design, unit, factor).parameters[1];
  });
}

/**
 * Slopes of ln y between neighbouring sizes with 95 % intervals from the covariance of the data. Two sizes always lie
 * on a power law, so its lack of fit over all of them says nothing of a slope; only bare values take their errors from it.
 */
export function localSlopes(data: SizeData, law: Inference): { from: number; to: number; slope: Estimate }[] {
  const { scale, quantile } = data.errors === "none" ? law : { scale: 1, quantile: tQuantile(0.975, data.dof) };
  const c = data.covariance;
  return data.sizes.slice(1).map((to, i) => {
    const from = data.sizes[i];
    const step = Math.log(to / from);
    const value = (data.logs[i + 1] - data.logs[i]) / step;
    const margin = (quantile * Math.sqrt(scale * (c[i][i] + c[i + 1][i + 1] - 2 * c[i][i + 1]))) / step;
    return { from, to, slope: { value, low: value - margin, high: value + margin } };
  });
}

/** p that the local slopes are one: the t test of the coefficient of (ln L)²; null with fewer than 4 sizes or bare data. */
export function driftP(data: SizeData): number | null {
  if (data.sizes.length < 4 || data.errors === "none") return null;
  const x = data.sizes.map(Math.log);
  const centre = x.reduce((sum, value) => sum + value, 0) / x.length;
  const fit = linearFit(
    x.map((value) => [1, value - centre, (value - centre) ** 2]),
    data.logs,
    factorOf(data),
  );
  return fTail(fit.parameters[2] ** 2 / fit.covariance[2][2], 1, data.dof);
}

/** G⁻¹e for the Cholesky factor G of the covariance: residuals of unit variance. */
export function whiten(factor: Matrix, residuals: readonly number[]): number[] {
  return forward(factor, residuals);
}
