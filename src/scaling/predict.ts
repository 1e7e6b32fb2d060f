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
import { averageOf, lawAt, type Said, spanning } from "./law-band.js";
import type { LawChoice } from "./law-choice.js";
import { cholesky, dot, forward, type Matrix, matrix } from "./linear.js";
import { modelAt } from "./models.js";
import { factorOf, fitPowerLaw, powerLawAt } from "./powerlaw.js";
import { dataOf } from "./scaling.js";
import type { Estimate, ExtremaSet, ModelName, SizeData } from "./types.js";
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
  readonly basis: readonly { readonly name: ModelName; readonly weight: number }[];
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

/** One law's prediction. */
export type Part = Said & {
  readonly name: ModelName;
  /** Variance that one new replicate adds. */
  readonly replicate: number;
  /** ∂ ln ŷ/∂ ln y_i: what each size says, to first order. */
  readonly influence: readonly number[];
};

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
  const said = lawAt(data, candidate, size);
  const at = modelAt(fitted, size);
  const { covariance } = fitted.fit;
  if (said === null || at === null || covariance === null) return null;
  const gradients = data.sizes.map((one) => modelAt(fitted, one)?.gradient ?? null);
  if (gradients.some((gradient) => gradient === null)) return null;
  return {
    ...said,
    name: fitted.model.name,
    replicate: replicateVariance(data, said.scale),
    influence: influenceOf(data, gradients as Matrix, at.gradient, covariance),
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
