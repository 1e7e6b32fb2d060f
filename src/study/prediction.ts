/**
 * What the fitted sizes say of another one. Active units come first: their
 * number k*(L) is extrapolated, then λ is the one that gives k* on held-out
 * training images of the new network (no test image is looked at). λ's own
 * power law stands beside it: in pilots it was off by 16–36 %, k* by 0.3–2 %.
 */
import { type Difference, differenceOf, holdOut } from "../scaling/held-out.js";
import type { LawChoice } from "../scaling/law-choice.js";
import { type PredictOptions, predictAt } from "../scaling/predict.js";
import { keepSet } from "../scaling/subset.js";
import type { Estimate, ExtremaSet } from "../scaling/types.js";
import { nameOf, sameSize } from "./axis.js";
import { costCurve } from "./cost-curve.js";
import type { Pilot, SizeCurves } from "./curves.js";
import type { MinimumRecord, PredictionRecord } from "./record.js";
import { inverse, spline } from "./spline.js";

/** The prediction for the largest left-out size, scored on its own curve; null without one. */
export function predictLeftOut(
  sizes: readonly SizeCurves[],
  minima: readonly MinimumRecord[],
  { fitted, all, laws }: { readonly fitted: ExtremaSet; readonly all: ExtremaSet; readonly laws?: LawChoice },
): PredictionRecord | null {
  const size = sizes.filter(({ leftOut }) => leftOut).at(-1);
  if (!size) return null;
  const measured = minima.find((minimum) => sameSize(minimum, size))!;
  // Differences come from the sizes fitted and this one together: only there is their covariance known.
  const joint = keepSet(all, (L) => L === size.systemSize || fitted.extrema.some((extremum) => extremum.size === L));
  const compared = (quantity: string, found: MinimumRecord["lambda"], law: PredictOptions["law"] = "weighted") => ({
    predicted: predictAt(fitted, quantity, size.systemSize, { ...laws, law })?.replicate ?? null,
    measured: found,
    difference: differenceOfSize(joint, quantity, size.systemSize, { ...laws, law }),
  });
  const found = compared("activeUnits", measured.activeUnits);
  const units = { ...found, predicted: found.predicted && atMost(found.predicted, size.systemSize) };
  const lambda = units.predicted && lambdaFor(units.predicted, size.pilot);
  const direct = compared("location", measured.lambda, "power-law");
  return {
    ...nameOf(size),
    systemSize: size.systemSize,
    activeUnits: units,
    // 100/L times the units, measured and predicted alike.
    percentActive: {
      predicted: units.predicted && percentOf(units.predicted, size.systemSize),
      measured: measured.percentActive,
      difference: units.difference,
    },
    value: compared("value", measured.value),
    lambda: { predicted: lambda, measured: measured.lambda, difference: solvedDifference(lambda, measured.lambda) },
    lambdaDirect: direct,
    cost: costsOf(size, minima, measured, { lambda, direct: direct.predicted }),
  };
}

/** Null where the size has no such quantity, or errors are unknown. */
export function differenceOfSize(
  set: ExtremaSet,
  quantity: string,
  systemSize: number,
  options: PredictOptions,
): Difference | null {
  const data = set.data[quantity];
  return data === undefined ? null : (holdOut(data, systemSize, options)?.difference ?? null);
}

/**
 * Of a measured λ* from the λ solved on the pilot's images. The two rest on
 * different images, so their variances add; what k* and λ* share through the
 * test images is left in, which makes the test a little cautious.
 */
export function solvedDifference(solved: Estimate | null, measured: Estimate | null): Difference | null {
  if (solved === null || measured === null) return null;
  const deviation = ({ low, high }: Estimate) => Math.log(high / low) / (2 * 1.96);
  const variance = deviation(solved) ** 2 + deviation(measured) ** 2;
  if (!(variance > 0)) return null;
  return differenceOf(Math.log(measured.value / solved.value), variance, { quantile: 1.96, dof: Infinity });
}

/** Percent active 100·k/L: the same statement as k, so it is never predicted by laws of its own. */
export function percentOf(units: Estimate, systemSize: number): Estimate {
  const percent = (k: number) => (100 * k) / systemSize;
  return { value: percent(units.value), low: percent(units.low), high: percent(units.high) };
}

/** An estimate of a number that cannot exceed `most`, such as active units among L. */
export function atMost({ value, low, high }: Estimate, most: number): Estimate {
  return { value: Math.min(value, most), low: Math.min(low, most), high: Math.min(high, most) };
}

/**
 * λ at which the pilot's mean number of active units is k. The interval carries
 * k's own through the pilot's curve, widened by the error of that curve's mean
 * over its images; an end beyond the measured λ's follows the curve's last
 * slope. Null when k itself lies beyond them.
 */
export function lambdaFor(units: Estimate, { mean, relativeError }: Pilot): Estimate | null {
  const used = Array.from(mean.lambda.keys()).filter((i) => mean.activeUnits[i] > 0);
  if (used.length < 3) return null;
  const t = used.map((i) => Math.log(mean.lambda[i]));
  const logs = used.map((i) => Math.log(mean.activeUnits[i]));
  const value = inverse(spline(t, logs), Math.log(units.value));
  if (value === null) return null;
  const nearest = used.reduce((best, i) =>
    Math.abs(Math.log(mean.lambda[i]) - value) < Math.abs(Math.log(mean.lambda[best]) - value) ? i : best,
  );
  const margin = 1.96 * relativeError[nearest];
  const more = Math.log(units.value) + Math.hypot(Math.log(units.high / units.value), margin);
  const fewer = Math.log(units.value) - Math.hypot(Math.log(units.value / units.low), margin);
  return { value: Math.exp(value), low: Math.exp(endAt(t, logs, more)), high: Math.exp(endAt(t, logs, fewer)) };
}

/** ln λ at ln k, beyond the measured λ's along the slope of the two points at that end. */
function endAt(t: readonly number[], logs: readonly number[], log: number): number {
  const inside = inverse(spline(t, logs), log);
  if (inside !== null) return inside;
  const n = t.length - 1;
  const [a, b] = log > logs[0] ? [0, 1] : [n - 1, n];
  const [x, y] = log > logs[0] ? [t[0], logs[0]] : [t[n], logs[n]];
  return x + ((log - y) * (t[b] - t[a])) / (logs[b] - logs[a]);
}

function costsOf(
  size: SizeCurves,
  minima: readonly MinimumRecord[],
  measured: MinimumRecord,
  predicted: { readonly lambda: Estimate | null; readonly direct: Estimate | null },
): PredictionRecord["cost"] {
  if (measured.status !== "interior" || !measured.lambda)
    return { predicted: null, direct: null, borrowed: [], curve: [] };
  const cost = costCurve(size.wide, measured.lambda.value);
  const of = (lambda: Estimate | null) => (lambda ? cost.costAt(lambda.value) : null);
  const borrowed = minima.flatMap(({ lambda, leftOut, ...other }) =>
    lambda && !leftOut ? [{ ...nameOf(other), lambda: lambda.value, cost: cost.costAt(lambda.value) }] : [],
  );
  return { predicted: of(predicted.lambda), direct: of(predicted.direct), borrowed, curve: cost.points };
}
