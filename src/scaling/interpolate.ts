/**
 * A measured curve between its points, by a cubic through the four nearest ones:
 *
 *   y(x) = Σ w_m(x) y_m,   variance Σ w_m² E_m²,   error |D·(x⁴ − Σ w_m x_m⁴)|,
 *
 * D the coefficient of x⁴ in the quartic on one point more: what the cubic misses at a point
 * that is left out, scaled to x. From D² goes the part that the errors E of the points explain.
 *
 * Where points are near neighbours, four of them determine no cubic and five no D: the window
 * grows, and both are those of least squares with weights 1/E², until y(x) has no more than twice
 * the variance of a point, and E moves the error by no more than half of one. Windows of four and
 * five made −1 ±8 of an exponent of −1 ±0.008 on random grids.
 *
 * Straight lines between points are not the curve: with them exact data on a grid of factor
 * 1.2 had S = 3.95.
 */
import { dot } from "./linear.js";
import { fitWindow, hatOf } from "./window.js";

/** One size's curve, averaged over replicates. */
export type MeasuredCurve = {
  readonly size: number;
  /** Strictly increasing. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Standard errors of y, above 0. */
  readonly error: readonly number[];
};

/** A value between points, the variance that their errors give it, and the error of interpolation. */
export type Interpolated = { readonly y: number; readonly variance: number; readonly error: number };

type Weights = { readonly first: number; readonly weights: readonly number[]; readonly right: number };

/** A curve between its points; null outside of its controls. */
export type Interpolant = {
  readonly at: (x: number) => Interpolated | null;
  /** The weights of its points from `first` on; x lies between point `right` and the one before it. */
  readonly weights: (x: number) => Weights | null;
};

const order = 4;

/** The interpolant of a curve of at least two points; with fewer than five it takes fewer nodes, with two it knows no error. */
export function interpolant(curve: MeasuredCurve): Interpolant {
  const found: Local[] = [];
  const localAt = (x: number): { readonly local: Local; readonly right: number } | null => {
    const right = firstFrom(curve.x, x);
    if (right < 1) return null;
    found[right] ??= localOf(curve, right, Math.min(order, Math.max(2, curve.x.length - 1)));
    return { local: found[right], right };
  };
  return {
    at: (x) => {
      const here = localAt(x);
      if (here === null) return null;
      const { y, variance, left } = valueAt(curve, here.local, x);
      return { y, variance, error: Math.abs(here.local.bend * left) };
    },
    weights: (x) => {
      const here = localAt(x);
      if (here === null) return null;
      const { first, rows, powers, centre } = here.local;
      return { first, right: here.right, weights: Array.from(powers, (_, m) => weightOf(rows, m, x - centre)) };
    },
  };
}

/** The cubic of an interval: d from its centre, weights Σ_j rows[4m + j] d^j. */
type Local = {
  readonly first: number;
  readonly rows: Float64Array;
  /** d_m^(degree + 1) of its points. */
  readonly powers: Float64Array;
  readonly centre: number;
  readonly degree: number;
  /** |D|, and its variance by the errors of the points and by unit errors. */
  readonly bend: number;
  readonly bendVariance: number;
  readonly bendUnit: number;
};

function weightOf(rows: Float64Array, m: number, d: number): number {
  const j = order * m;
  return rows[j] + d * (rows[j + 1] + d * (rows[j + 2] + d * rows[j + 3]));
}

/** A polynomial's value, its variance by the errors of the points and by unit errors, and x⁴ − Σ w_m x_m⁴. One loop, for speed. */
function valueAt(curve: MeasuredCurve, { first, rows, powers, centre, degree }: Local, x: number) {
  const d = x - centre;
  let [y, variance, unit, left] = [0, 0, 0, d ** (degree + 1)];
  for (let m = 0; m < powers.length; m++) {
    const weight = weightOf(rows, m, d);
    y += weight * curve.y[first + m];
    variance += (weight * curve.error[first + m]) ** 2;
    unit += weight * weight;
    left -= weight * powers[m];
  }
  return { y, variance, unit, left };
}

/** The points first … last of a curve. */
type Range = readonly [first: number, last: number];

/**
 * The polynomial between a point and the one before it, on the least window that determines it, else on the best one;
 * of a lower degree where the controls are apart by rounding alone.
 */
function localOf(curve: MeasuredCurve, right: number, nodes: number): Local {
  const { x } = curve;
  const middle = (x[right - 1] + x[right]) / 2;
  const start = Math.min(Math.max(0, right - (nodes >> 1)), x.length - nodes);
  let best: { readonly local: Local; readonly square: number } | null = null;
  for (let range: Range | null = [start, start + nodes - 1]; range !== null; range = grown(x, range, middle)) {
    const local = localOn(curve, range, nodes - 1);
    if (local === null) continue;
    const { variance, unit, left } = valueAt(curve, local, middle);
    const [missed, noise, unitNoise] = [local.bend ** 2, local.bendVariance, local.bendUnit].map((v) => v * left ** 2);
    const known = unitNoise <= 1 / 4 || missed > 24 * noise; // a D beyond 5 of its errors is no noise
    if (known && (unit <= 2 || variance <= missed)) return local;
    const square = variance + missed + noise;
    if (best === null || square < best.square) best = { local, square };
  }
  return best?.local ?? localOf(curve, right, nodes - 1);
}

/** A range with the nearest point beside it; null for the whole curve. */
function grown(x: readonly number[], [first, last]: Range, middle: number): Range | null {
  if (first === 0 && last === x.length - 1) return null;
  const left = last === x.length - 1 || (first > 0 && middle - x[first - 1] <= x[last + 1] - middle);
  return left ? [first - 1, last] : [first, last + 1];
}

/** The polynomial of a degree on a range of points; null where they do not determine it. */
function localOn(curve: MeasuredCurve, [first, last]: Range, degree: number): Local | null {
  const found = polynomialOn(curve, [first, last], degree);
  if (found === null) return null;
  const { hat, centre } = found;
  const count = last - first + 1;
  const rows = Float64Array.from({ length: order * count }, (_, i) => hat[i % order]?.[Math.floor(i / order)] ?? 0);
  const powers = Float64Array.from({ length: count }, (_, m) => (curve.x[first + m] - centre) ** (degree + 1));
  return { first, rows, powers, centre, degree, ...bendOn(curve, [first, last], degree + 1) };
}

function polynomialOn({ x, y, error }: MeasuredCurve, [first, last]: Range, degree: number) {
  const own = error.slice(first, last + 1);
  const least = Math.min(...own);
  const weights = own.map((e) => (least / e) ** 2);
  const window = fitWindow({ t: x, y }, { first, last, weights }, degree);
  return window && { hat: hatOf(x, window), centre: window.centre };
}

/** |D| and its variance: the mean square over the range with one more point at either end, less what the errors explain. */
function bendOn(
  curve: MeasuredCurve,
  [first, last]: Range,
  degree: number,
): Pick<Local, "bend" | "bendVariance" | "bendUnit"> {
  const { x, y, error } = curve;
  const wider: readonly Range[] = [
    [first - 1, last],
    [first, last + 1],
  ];
  const inside = wider.filter(([from, to]) => from >= 0 && to < x.length);
  const ranges: readonly Range[] = inside.length > 0 || last - first < degree ? inside : [[first, last]];
  const squares = ranges.flatMap((range) => {
    const row = polynomialOn(curve, range, degree)?.hat[degree];
    if (row === undefined) return [];
    const D = row.reduce((sum, w, m) => sum + w * y[range[0] + m], 0);
    const noise = row.reduce((sum, w, m) => sum + (w * error[range[0] + m]) ** 2, 0);
    return [{ excess: D ** 2 - noise, noise, unit: dot(row, row) }];
  });
  if (squares.length === 0) {
    const unknown = ranges.length === 0 ? 0 : Infinity;
    return { bend: 0, bendVariance: unknown, bendUnit: unknown };
  }
  const mean = (name: "excess" | "noise" | "unit"): number =>
    squares.reduce((sum, one) => sum + one[name], 0) / squares.length;
  return { bend: Math.sqrt(Math.max(0, mean("excess"))), bendVariance: mean("noise"), bendUnit: mean("unit") };
}

/**
 * Variance of the points around their own smooth curve, from the differences of five
 * neighbours: Σ(D/|w|)²/count. It holds what a cubic misses too. 0 with fewer than five points.
 */
export function scatterVariance(x: readonly number[], y: readonly number[]): number {
  const count = x.length - order;
  if (count < 1) return 0;
  let sum = 0;
  for (let first = 0; first < count; first++) {
    const weights = differenceWeights(x, first, order);
    const square = weights.reduce((total, w) => total + w * w, 0);
    sum += weights.reduce((total, w, m) => total + w * y[first + m], 0) ** 2 / square;
  }
  return sum / count;
}

/** Weights of the degree + 1 points from `first` on in their divided difference: 1/Π(x_m − x_n). */
function differenceWeights(x: readonly number[], first: number, degree: number): number[] {
  const own = x.slice(first, first + degree + 1);
  return own.map((a, m) => own.reduce((product, b, n) => (n === m ? product : product / (a - b)), 1));
}

/** Index of the first value at or above `at` in a rising list, by halving; −1 if there is none, 0 at or below the first. */
function firstFrom(values: readonly number[], at: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] >= at) high = middle;
    else low = middle + 1;
  }
  if (low === 0 && values[0] === at) return 1;
  return low === values.length ? -1 : low;
}
