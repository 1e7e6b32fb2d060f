/**
 * A measured size predicted from the other sizes. With ln ŷ = Σ v_i ln y_i to
 * first order (v the influence of each size on the laws' average), the
 * difference from the measurement has a variance of its own,
 *
 *   d = ln y − ln ŷ,   var d = s·(−v, 1)ᵀ C (−v, 1) + variance between the laws,
 *
 * C the covariance over all sizes, the held-out one included: so it holds the
 * fit, the replicates and items of both sides, and what they have in common
 * (items, the shape of curves) cancels. s is the fit's scale. A prediction and a
 * measurement agree if t = d/√var passes its 95 % point; whether the measured
 * value lies in the predicted interval is another question, of one new replicate.
 */
import { averageOf } from "./law-band.js";
import { form } from "./linear.js";
import { type PredictOptions, partsOf, predictFrom } from "./predict.js";
import { fTail } from "./special.js";
import { keepSizes } from "./subset.js";
import type { Estimate, SizeData } from "./types.js";

/** How far a measurement lies from its prediction. */
export type Difference = {
  /** Measured over predicted, less 1, with its 95 % interval. */
  readonly relative: Estimate;
  /** Of the hypothesis that they agree. */
  readonly p: number;
};

export type HeldOut = {
  readonly size: number;
  /** For one new replicate. */
  readonly predicted: Estimate;
  readonly measured: Estimate;
  /** Null for bare values, whose errors no one knows. */
  readonly difference: Difference | null;
};

/** Sizes needed to hold one out: three are left for a line with an interval. */
const sizesNeeded = 4;

/**
 * One size of the data predicted from the others.
 *
 * @returns null with fewer than 4 sizes, or without this one
 */
export function holdOut(data: SizeData, size: number, options: PredictOptions = {}): HeldOut | null {
  const at = data.sizes.indexOf(size);
  if (at < 0 || data.sizes.length < sizesNeeded) return null;
  const rest = keepSizes(data, (one) => one !== size);
  const predicted = predictFrom(rest, size, options);
  if (predicted === null) return null;
  const margin = data.errors === "none" ? 0 : 1.96 * Math.sqrt(data.covariance[at][at]);
  return {
    size,
    predicted: predicted.replicate,
    measured: around(data.logs[at], margin),
    difference: differenceAt(data, at, rest, options),
  };
}

/** Every size predicted from all others, ascending. */
export function leaveOneOut(data: SizeData, options: PredictOptions = {}): HeldOut[] {
  return data.sizes.flatMap((size) => holdOut(data, size, options) ?? []);
}

/** The difference at index `at` of the data from what `rest` predicts there; null for bare values. */
function differenceAt(data: SizeData, at: number, rest: SizeData, options: PredictOptions): Difference | null {
  if (data.errors === "none") return null;
  const parts = partsOf(rest, data.sizes[at], options);
  const { mean, log, spread, quantile } = averageOf(parts);
  const contrast = rest.sizes.map((_, i) => -mean((part) => part.influence[i]));
  contrast.splice(at, 0, 1);
  const variance = mean((part) => part.scale) * form(contrast, data.covariance, contrast) + spread;
  const scaled = parts.some(({ scale }) => scale > 1);
  return differenceOf(data.logs[at] - log, variance, { quantile, dof: scaled ? rest.sizes.length - 2 : data.dof });
}

/** A difference of logarithms as a relative one, with the p of t = d/√variance. */
export function differenceOf(
  log: number,
  variance: number,
  { quantile, dof }: { readonly quantile: number; readonly dof: number },
): Difference {
  const margin = quantile * Math.sqrt(variance);
  const relative = (d: number): number => Math.expm1(d);
  return {
    relative: { value: relative(log), low: relative(log - margin), high: relative(log + margin) },
    p: fTail(log ** 2 / variance, 1, dof),
  };
}

function around(log: number, margin: number): Estimate {
  return { value: Math.exp(log), low: Math.exp(log - margin), high: Math.exp(log + margin) };
}
