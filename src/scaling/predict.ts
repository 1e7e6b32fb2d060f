/**
 * A quantity at a size never measured, with the interval for one newly trained
 * replicate: variance of the fit + variance between replicates, and where
 * several laws are open in the comparison their spread,
 *
 *   ln ŷ = Σ w_m ln ŷ_m,   var = Σ w_m [var_m + (ln ŷ_m − ln ŷ)²]
 *
 * (Burnham and Anderson 2002, chapter 4). The interval reaches what each of them says.
 */

import type { Candidate } from "./compare.js";
import type { LawChoice } from "./law-choice.js";
import { cholesky, dot, form, forward, type Matrix, matrix } from "./linear.js";
import { modelAt } from "./models.js";
import { factorOf, fitPowerLaw, inference, powerLawAt } from "./powerlaw.js";
import { dataOf } from "./scaling.js";
import type { Estimate, ExtremaSet, SizeData } from "./types.js";
import { decide } from "./verdict.js";

/** A quantity expected at a size. */
export type Prediction = {
  readonly quantity: string;
  readonly size: number;
  /** For one new replicate. */
  readonly replicate: Estimate;
  /** For the law itself. */
  readonly law: Estimate;
  /** The laws averaged, with their weights. */
  readonly basis: readonly { readonly name: string; readonly weight: number }[];
};

/** Which law predicts, and of which laws. */
export type PredictOptions = LawChoice & {
  /** "power-law": that law whatever the verdict; "weighted": all that are open (default). */
  readonly law?: "power-law" | "weighted";
};

/** Prediction from the set's sizes; null where they are too few for a line with an interval. */
export function predictAt(
  set: ExtremaSet,
  quantity: string,
  size: number,
  options: PredictOptions = {},
): Prediction | null {
  return predictFrom(dataOf(set, quantity), size, options);
}

/** The same from ln y and its covariance. */
export function predictFrom(data: SizeData, size: number, options: PredictOptions = {}): Prediction | null {
  const parts = partsOf(data, size, options);
  if (parts.length === 0) return null;
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const { log, spread, mean, quantile } = averageOf(parts);
  const law = mean((part) => part.variance) + spread;
  const replicate = law + mean((part) => part.replicate);
  return {
    quantity: data.quantity,
    size,
    replicate: spanning(log, quantile * Math.sqrt(replicate), parts),
    law: spanning(log, quantile * Math.sqrt(law), parts),
    basis: parts.map(({ name, weight }) => ({ name, weight: weight / total })),
  };
}

/** The laws that predict, each by itself: those that are open, else the power law. */
export function partsOf(data: SizeData, size: number, options: PredictOptions): Part[] {
  const stays = options.law === "power-law" ? [] : decide(data, options).candidates.filter(({ open }) => open);
  const several = stays.flatMap((candidate) => fromModel(data, candidate, size) ?? []);
  return several.length > 0 ? several : [fromPowerLaw(data, size)].flatMap((part) => part ?? []);
}

export type PartAverage = {
  /** Weighted mean over the laws. */
  readonly mean: (f: (part: Part) => number) => number;
  readonly log: number;
  /** Variance between the laws. */
  readonly spread: number;
  readonly quantile: number;
};

export function averageOf(parts: readonly Part[]): PartAverage {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (f: (part: Part) => number): number =>
    parts.reduce((sum, part) => sum + (part.weight / total) * f(part), 0);
  const log = mean((part) => part.log);
  const spread = mean((part) => (part.log - log) ** 2);
  return { mean, log, spread, quantile: Math.max(...parts.map((part) => part.quantile)) };
}

/** One law's prediction. */
export type Part = {
  readonly name: string;
  readonly weight: number;
  readonly log: number;
  readonly variance: number;
  readonly quantile: number;
  /** Variance that one new replicate adds. */
  readonly replicate: number;
  /** Factor on the covariance. */
  readonly scale: number;
  /** ∂ ln ŷ/∂ ln y_i: what each size says, to first order. */
  readonly influence: readonly number[];
};

/** The average with its interval, widened to what each law says alone: a light law may be the true one. */
function spanning(log: number, margin: number, parts: readonly Part[]): Estimate {
  const alone = parts.map((part) => part.log);
  return {
    value: Math.exp(log),
    low: Math.exp(Math.min(log - margin, ...alone)),
    high: Math.exp(Math.max(log + margin, ...alone)),
  };
}

function fromPowerLaw(data: SizeData, size: number): Part | null {
  const fit = fitPowerLaw(data);
  if (fit === null) return null;
  const { scale, quantile } = fit.inference;
  return {
    name: "power-law",
    weight: 1,
    ...powerLawAt(fit, size),
    quantile,
    replicate: replicateVariance(data, scale),
    scale,
    influence: influenceOf(
      data,
      data.sizes.map((one) => [1, Math.log(one) - fit.centre]),
      [1, Math.log(size) - fit.centre],
      fit.covariance.map((row) => row.map((value) => value / scale)),
    ),
  };
}

function fromModel(data: SizeData, candidate: Candidate, size: number): Part | null {
  const { fitted, weight } = candidate;
  if (fitted.model.name === "power-law") {
    const part = fromPowerLaw(data, size);
    return part && { ...part, weight };
  }
  const at = modelAt(fitted, size);
  const law = inference(data, fitted.fit.chi2, candidate.k);
  if (at === null || law === null || fitted.fit.covariance === null) return null;
  const gradients = data.sizes.map((one) => modelAt(fitted, one)?.gradient ?? null);
  if (gradients.some((gradient) => gradient === null)) return null;
  const variance = law.scale * form(at.gradient, fitted.fit.covariance, at.gradient);
  return {
    name: fitted.model.name,
    weight,
    log: at.log,
    variance,
    quantile: law.quantile,
    replicate: replicateVariance(data, law.scale),
    scale: law.scale,
    influence: influenceOf(data, gradients as Matrix, at.gradient, fitted.fit.covariance),
  };
}

/** gᵀ(JᵀC⁻¹J)⁻¹JᵀC⁻¹ for the gradients J at the data and g at the size. */
function influenceOf(
  data: SizeData,
  gradients: Matrix,
  at: readonly number[],
  covariance: readonly (readonly number[])[],
) {
  const factor = factorOf(data);
  const n = data.sizes.length;
  const direction = covariance.map((row) => dot(at, row));
  const along = forward(
    factor,
    gradients.map((gradient) => dot(direction, gradient)),
  );
  const units = matrix(n, n, (i, j) => (i === j ? 1 : 0));
  return units.map((unit) => dot(forward(factor, unit), along));
}

/**
 * Variance of one new replicate around the law: between replicates, plus what
 * the scatter of the sizes shows beyond that. Without replicates, the part of
 * a size's variance that it shares with no other: 1/(C⁻¹)_ii.
 */
function replicateVariance(data: SizeData, scale: number): number {
  const own = ownVariance(data);
  return data.replicateVariance === null ? scale * own : data.replicateVariance + (scale - 1) * own;
}

function ownVariance(data: SizeData): number {
  const factor = cholesky(data.covariance);
  if (factor === null) return 0;
  const n = data.sizes.length;
  const own = data.sizes.map((_, i) => {
    const unit = forward(
      factor,
      Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)),
    );
    return 1 / unit.reduce((sum, value) => sum + value * value, 0);
  });
  return own.reduce((sum, value) => sum + value, 0) / n;
}
