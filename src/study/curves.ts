/**
 * From points to curves. Per image and λ:
 *
 *   value          = the study's measure; percent error: 100 · ‖s − ŝ‖ / ‖s‖ against the clean image
 *   percent active = 100 · #{a ≠ 0} / L,     active units k = #{a ≠ 0}
 *
 * A curve keeps them per image, λ rising; its mean over images is what has the
 * minimum. A normalised image of N values has ‖s‖ = √N; points of others hold their norm.
 */

import { percentActive } from "../coding/metrics.js";
import { CrispError } from "../core/errors.js";
import { type Geometry, imageLength, systemSize } from "../core/geometry.js";
import type { PooledCurves } from "../scaling/curves.js";
import type { Curve } from "../scaling/types.js";
import type { Points } from "../tasks/points.js";
import { percentErrorMeasure } from "../tasks/problems/denoise.js";
import type { Measure } from "../tasks/problems/problem.js";
import type { SizeName } from "./axis.js";

/** The curve over held-out training images: its mean, and the relative standard error of its mean active units. */
export type Pilot = { readonly mean: MeanCurve; readonly relativeError: Float64Array };

/** Means over the images of one curve, λ rising. */
export type MeanCurve = {
  readonly lambda: Float64Array;
  /** The measure that is made small: percent error of a denoiser. */
  readonly value: Float64Array;
  readonly activeUnits: Float64Array;
};

/** Everything measured of one size, as curves. */
export type SizeCurves = SizeName & {
  readonly systemSize: number;
  readonly leftOut: boolean;
  /** Of all seeds together. */
  readonly curves: PooledCurves;
  readonly mean: MeanCurve;
  /** The mean curve with the smaller sizes' best λ's joined on, measured on some of the images; only for costs. */
  readonly wide: MeanCurve;
  readonly pilot: Pilot;
  /** λ of the least SURE, only from the noisy test images; null at an end of the grid. */
  readonly sureLambda: number | null;
};

/** Whose curve it is, and of which measure; percent error if none is named. */
export type CurveOptions = { readonly geometry: Geometry; readonly replicate: number; readonly measure?: Measure };

/**
 * The curve of one dictionary from the points of its items, in any order.
 * @throws CrispError `internal` unless every image was coded at every λ exactly once
 */
export function curveOf(
  parts: readonly Points[],
  { geometry: g, replicate, measure = percentErrorMeasure }: CurveOptions,
): Curve {
  const control = distinct(parts.map((part) => part.lambda));
  const images = distinct(parts.map((part) => part.image));
  const cells = control.length * images.length;
  const value = new Float64Array(cells).fill(Number.NaN);
  const activeUnits = new Float64Array(cells);
  const row = new Map(Array.from(control, (lambda, i) => [lambda, i]));
  const column = new Map(Array.from(images, (image, i) => [image, i]));
  let points = 0;
  for (const part of parts) {
    for (let n = 0; n < part.lambda.length; n++, points++) {
      const cell = row.get(part.lambda[n])! * images.length + column.get(part.image[n])!;
      value[cell] = measure.of(part, n, imageLength(g));
      activeUnits[cell] = part.active[n];
    }
  }
  if (points !== cells || value.some(Number.isNaN)) {
    throw new CrispError(
      "internal",
      `a curve of ${control.length} λ and ${images.length} images holds ${points} points.`,
    );
  }
  const L = systemSize(g);
  return {
    size: L,
    replicate,
    control,
    items: images.length,
    quantities: { value, percentActive: activeUnits.map((k) => percentActive(k, L)), activeUnits },
  };
}

/** Means over images, and over the curves given (replicates on one grid). */
export function meanCurve(curves: readonly Curve[]): MeanCurve {
  const { control } = curves[0];
  const mean = (name: string) =>
    control.map((_, c) => average(curves.map((curve) => rowMean(curve.quantities[name], c, curve.items))));
  return { lambda: control, value: mean("value"), activeUnits: mean("activeUnits") };
}

function rowMean(matrix: Float64Array, row: number, items: number): number {
  return average(matrix.subarray(row * items, (row + 1) * items));
}

function average(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Different values, rising. */
function distinct(columns: readonly ArrayLike<number>[]): Float64Array {
  const values = new Set<number>();
  for (const column of columns) for (let i = 0; i < column.length; i++) values.add(column[i]);
  return Float64Array.from(values).sort();
}

/**
 * Points still missing at either end before the least error is bracketed:
 * `below` more λ's under it are wanted, and two above.
 */
export function missingPoints(curve: MeanCurve, below: number): { lower: number; upper: number } {
  const least = curve.value.indexOf(Math.min(...curve.value));
  const above = curve.lambda.length - 1 - least;
  return { lower: Math.max(0, below - least), upper: Math.max(0, 2 - above) };
}

/** The mean of one curve with the relative standard error over images of its active units. */
export function pilotOf(curve: Curve): Pilot {
  const mean = meanCurve([curve]);
  const units = curve.quantities.activeUnits;
  const relativeError = mean.activeUnits.map((average, c) => {
    let squares = 0;
    for (let i = c * curve.items; i < (c + 1) * curve.items; i++) squares += (units[i] - average) ** 2;
    const variance = curve.items > 1 ? squares / (curve.items - 1) / curve.items : 0;
    return average > 0 ? Math.sqrt(variance) / average : 0;
  });
  return { mean, relativeError };
}

/**
 * A curve continued to smaller λ by a part measured on fewer images: the part
 * is scaled so that both agree at the curve's smallest λ, which both hold.
 */
export function joined(curve: MeanCurve, part: MeanCurve): MeanCurve {
  const last = part.lambda.length - 1;
  const below = (name: "value" | "activeUnits") =>
    part[name].subarray(0, last).map((value) => (value * curve[name][0]) / part[name][last]);
  const join = (a: Float64Array, b: Float64Array) => Float64Array.of(...a, ...b);
  return {
    lambda: join(part.lambda.subarray(0, last), curve.lambda),
    value: join(below("value"), curve.value),
    activeUnits: join(below("activeUnits"), curve.activeUnits),
  };
}
