/**
 * Local polynomials of a curve y(t) by weighted least squares,
 *
 *   p(d) = c₀ + c₁d + … + c_m d^m,  d = t − centre,  c = (XᵀWX)⁻¹XᵀW·y = H·y,
 *
 * on the points about a centre. Those about the ends of the window have weights
 * that fall from 1 to 0 over one step of the grid: with whole points t* jumps
 * when the window does, by more than its error where the curve is steep.
 */
import type { Matrix } from "./linear.js";

/** The points first … last of a grid, with weights in (0, 1]. */
export type WindowPoints = { readonly first: number; readonly last: number; readonly weights: readonly number[] };

/** y on t; `precision` is the inverse variance of each point relative to that of the extremum (at most 1), 1 where absent. */
export type WeighedCurve = {
  readonly t: readonly number[];
  readonly y: readonly number[];
  readonly precision?: readonly number[];
};

/** A polynomial on a window. */
export type Window = WindowPoints & {
  /** Of the points: the weights of the window and the precision together. */
  readonly total: readonly number[];
  readonly centre: number;
  /** Half the width from the first to the last point: the unit of d in `factor`. */
  readonly half: number;
  readonly degree: number;
  readonly c: readonly number[];
  /** Lower Cholesky factor of XᵀWX in powers of d/half, row after row. */
  readonly factor: Float64Array;
};

/** The polynomial of a degree on these points of a curve; null where the points do not determine it. */
export function fitWindow({ t, y, precision }: WeighedCurve, points: WindowPoints, degree: number): Window | null {
  const { first, last, weights } = points;
  const total = precision ? weights.map((w, i) => w * precision[first + i]) : weights;
  const [centre, half] = [(t[first] + t[last]) / 2, (t[last] - t[first]) / 2];
  const sums = new Float64Array(2 * degree + 1);
  const right = new Float64Array(degree + 1);
  for (let i = first; i <= last; i++) {
    const x = (t[i] - centre) / half;
    let power = total[i - first];
    for (let j = 0; j < sums.length; j++, power *= x) {
      sums[j] += power;
      if (j <= degree) right[j] += power * y[i];
    }
  }
  // Powers of ±1 are conditioned well enough for normal equations.
  const factor = hankelFactor(sums, degree + 1);
  if (factor === null) return null;
  const c = Array.from(solve(factor, right), (value, j) => value / half ** j);
  return { ...points, total, centre, half, degree, c, factor };
}

/** Lower Cholesky factor of the matrix sums[i + j]; null where it is not positive definite. */
function hankelFactor(sums: Float64Array, n: number): Float64Array | null {
  const g = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = sums[i + j];
      for (let k = 0; k < j; k++) sum -= g[i * n + k] * g[j * n + k];
      if (i === j && !(sum > sums[i + i] * 1e-15)) return null;
      g[i * n + j] = i === j ? Math.sqrt(sum) : sum / g[j * n + j];
    }
  }
  return g;
}

/** x with G·Gᵀ·x = b. */
function solve(g: Float64Array, b: ArrayLike<number>): Float64Array {
  const n = b.length;
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= g[i * n + k] * x[k];
    x[i] /= g[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= g[k * n + i] * x[k];
    x[i] /= g[i * n + i];
  }
  return x;
}

/** H, [degree + 1][points]: the polynomial of any other quantity on this window is one product. */
export function hatOf(t: readonly number[], { first, total, centre, half, degree, factor }: Window): Matrix {
  const powers = Array.from({ length: degree + 1 }, (_, j) => j);
  return powers.map((j) => {
    const row = solve(
      factor,
      powers.map((i) => (i === j ? 1 : 0)),
    );
    return total.map((w, i) => (w * polynomialAt(row, (t[first + i] - centre) / half)) / half ** j);
  });
}

/**
 * Variances of p, p′ and p″ at d for points whose variance is 1/precision: Σ (eᵀH)²/precision, e the
 * derivatives of the powers of d.
 */
export function unitVariances(t: readonly number[], window: Window, d: number): [number, number, number] {
  const { first, weights, total, centre, half, degree, factor } = window;
  const variance = (order: number): number => {
    const e = Array.from({ length: degree + 1 }, (_, j) => derivativeOfPower(j, d / half, order) / half ** order);
    const row = solve(factor, e); // eᵀ(XᵀWX)⁻¹, so H need not be built.
    let sum = 0;
    for (let i = 0; i < total.length; i++)
      sum += weights[i] * total[i] * polynomialAt(row, (t[first + i] - centre) / half) ** 2;
    return sum;
  };
  return [variance(0), variance(1), variance(2)];
}

function derivativeOfPower(j: number, x: number, order: number): number {
  if (j < order) return 0;
  return [1, j, j * (j - 1)][order] * x ** (j - order);
}

/** Sum of weights: the number of points a window is worth. */
export function effectivePoints({ weights }: WindowPoints): number {
  return weights.reduce((sum, w) => sum + w, 0);
}

/** p(d), p′(d) or p″(d) of a polynomial. */
export function polynomialAt(c: ArrayLike<number>, d: number, derivative = 0): number {
  let sum = 0;
  for (let j = c.length - 1; j >= derivative; j--) {
    sum = sum * d + (derivative === 0 ? 1 : derivative === 1 ? j : j * (j - 1)) * c[j];
  }
  return sum;
}

/**
 * d of a polynomial's minimum, or null without one: of a cubic −c₁/(c₂ + √(c₂² − 3c₁c₃)), of a higher
 * degree what Newton's method reaches from `near`.
 */
export function minimumOf(c: readonly number[], near: number): number | null {
  if (c.length > 4) return newtonMinimum(c, near);
  const inside = c[2] * c[2] - 3 * c[1] * c[3];
  if (!(inside > 0)) return null;
  const below = c[2] + Math.sqrt(inside);
  return below > 0 ? -c[1] / below : null;
}

function newtonMinimum(c: readonly number[], near: number): number | null {
  let d = near;
  for (let iteration = 0; iteration < 30; iteration++) {
    const curvature = polynomialAt(c, d, 2);
    if (!(curvature > 0)) return null;
    const step = polynomialAt(c, d, 1) / curvature;
    d -= step;
    if (Math.abs(step) <= 1e-12 * Math.abs(d) + 1e-15) return d;
  }
  return null;
}

/** Mean step of the five points of a grid nearest to this one: grids are often denser about an extremum. */
export function localStep(t: readonly number[], index: number): number {
  const first = Math.max(0, Math.min(t.length - 5, index - 2));
  const last = Math.min(t.length - 1, first + 4);
  return (t[last] - t[first]) / (last - first);
}

/** How far a window reaches, where its weights fall (one step of the grid), and how many points it has at least. */
export type Reach = { readonly halfWidth: number; readonly step: number; readonly least: number };

/**
 * The points around the centre with weights that fall from 1 to 0 over one step about the half
 * width; widened to the least number of points, two on each side where the grid has them, which
 * then weigh 1.
 */
export function pointsAround(t: readonly number[], centre: number, { halfWidth, step, least }: Reach): WindowPoints {
  const reach = Math.max(halfWidth, leastReach(step, least));
  const weight = (value: number): number => Math.min(1, (reach - Math.abs(value - centre)) / step + 0.5);
  let first = t.findIndex((value) => weight(value) > 1e-6);
  let last = t.findLastIndex((value) => weight(value) > 1e-6);
  const right = t.findIndex((value) => value > centre);
  const core = { first: Math.max(0, right - 2), last: Math.min(t.length - 1, right + 1) };
  first = first < 0 ? core.first : Math.min(first, core.first);
  last = Math.max(last, core.last);
  while (last - first + 1 < least && (first > 0 || last < t.length - 1)) {
    const growLeft = last === t.length - 1 || (first > 0 && centre - t[first - 1] <= t[last + 1] - centre);
    if (growLeft) first--;
    else last++;
  }
  const weights: number[] = [];
  for (let i = first; i <= last; i++) {
    const needed = last - first + 1 <= least || (i >= core.first && i <= core.last);
    weights.push(needed ? 1 : Math.max(1e-3, weight(t[i])));
  }
  return { first, last, weights };
}

/** The half width of this number of points: no window is narrower. */
export function leastReach(step: number, points: number): number {
  return (points / 2) * step;
}
