/**
 * What the fitted sizes say of another one. Active units come first: their
 * number k*(L) is extrapolated, then λ is the one that gives k* on held-out
 * training images of the new network (no test image is looked at). λ's own
 * power law stands beside it: in pilots it was off by 16–36 %, k* by 0.3–2 %.
 */
import { predictAt } from "../scaling/predict.js";
import type { Estimate, ExtremaSet } from "../scaling/types.js";
import { costCurve } from "./cost-curve.js";
import type { MeanCurve, SizeCurves } from "./curves.js";
import type { MinimumRecord, PredictionRecord } from "./record.js";
import { inverse, spline } from "./spline.js";

/** The prediction for the largest left-out size, scored on its own curve; null without one. */
export function predictLeftOut(
  sizes: readonly SizeCurves[],
  minima: readonly MinimumRecord[],
  fitted: ExtremaSet,
): PredictionRecord | null {
  const size = sizes.filter(({ leftOut }) => leftOut).at(-1);
  if (!size) return null;
  const measured = minima.find(({ features }) => features === size.features)!;
  const predict = (quantity: string, law: "weighted" | "power-law" = "weighted") =>
    predictAt(fitted, quantity, size.systemSize, { law })?.replicate ?? null;
  const units = predict("activeUnits");
  const lambda = units && lambdaFor(units, size.pilot);
  const direct = predict("location", "power-law");
  return {
    features: size.features,
    systemSize: size.systemSize,
    activeUnits: { predicted: units, measured: measured.activeUnits },
    percentActive: { predicted: predict("percentActive"), measured: measured.percentActive },
    percentError: { predicted: predict("value"), measured: measured.percentError },
    lambda: { predicted: lambda, measured: measured.lambda },
    lambdaDirect: { predicted: direct, measured: measured.lambda },
    cost: costsOf(size, minima, measured, { lambda, direct }),
  };
}

/**
 * λ at which the pilot's mean number of active units is k, with k's interval
 * carried over; null where the pilot did not reach so far.
 */
export function lambdaFor(units: Estimate, pilot: MeanCurve): Estimate | null {
  const curve = spline(
    Array.from(pilot.lambda, (lambda) => Math.log(lambda)),
    Array.from(pilot.activeUnits, (k) => Math.log(k)),
  );
  const at = (k: number) => inverse(curve, Math.log(k));
  const [value, low, high] = [at(units.value), at(units.high), at(units.low)];
  if (value === null || low === null || high === null) return null;
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high) };
}

function costsOf(
  size: SizeCurves,
  minima: readonly MinimumRecord[],
  measured: MinimumRecord,
  predicted: { readonly lambda: Estimate | null; readonly direct: Estimate | null },
): PredictionRecord["cost"] {
  if (measured.status !== "interior") return { predicted: null, direct: null, borrowed: [], curve: [] };
  const cost = costCurve(size.mean);
  const of = (lambda: Estimate | null) => (lambda ? cost.costAt(lambda.value) : null);
  const borrowed = minima.flatMap(({ features, lambda, leftOut }) =>
    lambda && !leftOut ? [{ features, lambda: lambda.value, cost: cost.costAt(lambda.value) }] : [],
  );
  return { predicted: of(predicted.lambda), direct: of(predicted.direct), borrowed, curve: cost.points };
}
