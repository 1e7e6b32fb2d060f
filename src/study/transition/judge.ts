/**
 * One rule for every test: an interval against the values that a transition
 * would give. Pass if the whole 95 % interval lies among them, fail if none of
 * it does, undecided otherwise; a value without an interval decides nothing.
 */
import { tQuantile } from "../../scaling/special.js";
import type { Estimate } from "../../scaling/types.js";
import type { Region, TransitionVerdict } from "./record.js";

export function judge(estimate: Estimate | null, region: Region): TransitionVerdict {
  if (!estimate || !Number.isFinite(estimate.low) || !Number.isFinite(estimate.high)) return "undecided";
  const { low, high } = estimate;
  if (!(high > low)) return "undecided";
  switch (region.kind) {
    case "inside":
      return low >= region.low && high <= region.high
        ? "pass"
        : high < region.low || low > region.high
          ? "fail"
          : "undecided";
    case "outside":
      return high < region.low || low > region.high
        ? "pass"
        : low >= region.low && high <= region.high
          ? "fail"
          : "undecided";
    case "above":
      return low > region.low ? "pass" : high <= region.low ? "fail" : "undecided";
    default:
      throw region satisfies never;
  }
}

/** A variance with its degrees of freedom. */
type Part = { readonly variance: number; readonly dof: number };

/** value ± t·√(Σ variances), the degrees of freedom by Welch and Satterthwaite; null without any. */
export function estimateFrom(value: number, parts: readonly Part[]): Estimate | null {
  const used = parts.filter(({ dof }) => dof > 0);
  const variance = used.reduce((sum, part) => sum + part.variance, 0);
  if (used.length === 0 || !(variance > 0)) return null;
  const dof = variance ** 2 / used.reduce((sum, part) => sum + part.variance ** 2 / part.dof, 0);
  const margin = tQuantile(0.975, dof) * Math.sqrt(variance);
  return { value, low: value - margin, high: value + margin };
}

/** Mean with the t interval of its scatter; null for fewer than two values. */
export function meanOf(values: readonly number[]): Estimate | null {
  if (values.length < 2) return null;
  const { mean, variance } = moments(values);
  return estimateFrom(mean, [{ variance: variance / values.length, dof: values.length - 1 }]);
}

/** The same of logarithms, back in the values' units: a geometric mean. */
export function geometricMean(values: readonly number[]): Estimate | null {
  const found = meanOf(values.map(Math.log));
  return found && { value: Math.exp(found.value), low: Math.exp(found.low), high: Math.exp(found.high) };
}

/** Difference of two estimates taken as independent; their half-widths add in quadrature. */
export function difference(a: Estimate, b: Estimate): Estimate {
  const value = a.value - b.value;
  const half = Math.hypot(a.high - a.low, b.high - b.low) / 2;
  return { value, low: value - half, high: value + half };
}

/**
 * Slope of y on x, both given per image: rows[i][j] is image i at x[j]. Each
 * image has its own line; the slope is their mean. Its variance is that of the
 * images plus, from three x's on, that of the mean points around their line,
 * which holds what differs between dictionaries.
 */
export function pairedSlope(x: readonly number[], rows: readonly (readonly number[])[]): Estimate | null {
  if (x.length < 2 || rows.length === 0) return null;
  const lines = rows.map((y) => line(x, y));
  const { mean, variance } = moments(lines.map(({ slope }) => slope));
  const average = x.map((_, j) => rows.reduce((sum, y) => sum + y[j], 0) / rows.length);
  const fit = line(x, average);
  const dof = x.length - 2;
  return estimateFrom(mean, [
    { variance: variance / rows.length, dof: rows.length - 1 },
    { variance: dof > 0 ? fit.residual / dof / fit.sxx : 0, dof },
  ]);
}

function line(x: readonly number[], y: readonly number[]) {
  const [mx, my] = [moments(x).mean, moments(y).mean];
  const sxx = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  const slope = x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0) / sxx;
  const residual = y.reduce((sum, value, i) => sum + (value - my - slope * (x[i] - mx)) ** 2, 0);
  return { slope, residual, sxx };
}

function moments(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: values.length > 1 ? squares / (values.length - 1) : 0 };
}
