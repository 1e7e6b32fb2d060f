/**
 * Collapse by the likelihood of a Gaussian process (Harada, Phys. Rev. E 84,
 * 056704, 2011): with l = L/L_max the scaled points
 *
 *   X = (x − x_c)·l^(−a),   Y = y·l^(−b)
 *
 * of all sizes are one draw with mean zero and covariance
 *
 *   K_ij = θ₀² exp(−(X_i − X_j)²/2θ₁²) + δ_ij(E_i² + θ₂²),
 *
 * E the scaled errors, θ₂ what they leave unexplained. Maximised over a, b, x_c
 * and the three θ is ln N(Y; 0, K) − b·Σ ln l: the last term is the density of y
 * itself, without which a shrinking Y would always look more likely.
 *
 * There are no intervals: those of the curvature at the maximum take points as independent
 * and know of no corrections to scaling. They held x_c in 57 % where replicates move as a
 * whole, and ν in 5 % with a correction of 0.15/L.
 */
import type { MeasuredCurve } from "./interpolate.js";
import { minimise } from "./simplex.js";

/** The most likely collapse. */
export type ProcessCollapse = {
  readonly a: number;
  readonly b: number;
  readonly critical: number;
  /** ln of the density of the points; natural logarithm. */
  readonly logLikelihood: number;
  /** Points used: every one up to 100, beyond that evenly thinned. */
  readonly points: number;
};

/** Where the search begins, and what stays there. */
export type ProcessOptions = {
  readonly start: Shift;
  readonly held?: { readonly b?: boolean; readonly critical?: boolean };
};

type Shift = { readonly a: number; readonly b: number; readonly critical: number };
type Point = { readonly size: number; readonly x: number; readonly y: number; readonly error: number };

const most = 100;

/** The most likely collapse near a start; null where the search does not end. */
export function processCollapse(curves: readonly MeasuredCurve[], options: ProcessOptions): ProcessCollapse | null {
  const points = thinned(curves);
  const largest = Math.max(...points.map(({ size }) => size));
  const { start, held = {} } = options;
  const free = (["a", "b", "critical"] as const).filter((name) => name === "a" || held[name] !== true);
  const shiftAt = (p: readonly number[]): Shift => ({
    ...start,
    ...Object.fromEntries(free.map((name, j) => [name, p[j]])),
  });
  const cost = (p: readonly number[]): number =>
    -logLikelihood(points, { largest, ...shiftAt(p) }, p.slice(free.length));
  const scale = rangesAt(points, { largest, ...start });
  const thetas = [Math.log(scale.y), Math.log(scale.x / 3), Math.log(scale.error)];
  const first = { a: 0.05, b: 0.05, critical: scale.reach };
  const steps = [...free.map((name) => first[name]), 0.5, 0.5, 0.5];
  const best = minimise(cost, [[...free.map((name) => start[name]), ...thetas]], { steps, tolerance: 1e-7 });
  if (!Number.isFinite(best.value) || !best.converged) return null;
  const { a, b, critical } = shiftAt(best.point);
  return { a, b, critical, logLikelihood: -best.value, points: points.length };
}

function thinned(curves: readonly MeasuredCurve[]): Point[] {
  const all = curves.flatMap(({ size, x, y, error }) => x.map((at, i) => ({ size, x: at, y: y[i], error: error[i] })));
  const step = Math.max(1, all.length / most);
  return all.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}

type Scale = Shift & { readonly largest: number };

/** Widths of the scaled points at a start: first values of θ; and a fraction of it as a step of x_c. */
function rangesAt(points: readonly Point[], { largest, a, b, critical }: Scale) {
  const X = points.map(({ size, x }) => (x - critical) * (size / largest) ** -a);
  const Y = points.map(({ size, y }) => y * (size / largest) ** -b);
  const E = points.map(({ size, error }) => error * (size / largest) ** -b);
  const range = (values: readonly number[]): number => Math.max(...values) - Math.min(...values) || 1;
  return {
    x: range(X),
    y: Math.max(range(Y), ...Y.map(Math.abs)),
    error: E.reduce((s, e) => s + e, 0) / E.length,
    reach: 0.05 * range(X),
  };
}

/**
 * ln density of the points; −Infinity where K is not positive definite. K and
 * its Cholesky factor share one lower triangle, row by row: 6x faster than
 * matrices of rows, and this is where the time goes.
 */
function logLikelihood(points: readonly Point[], scale: Scale, [t0, t1, t2]: readonly number[]): number {
  const { largest, a, b, critical } = scale;
  const [height, width, rest] = [Math.exp(2 * t0), Math.exp(-2 * t1) / 2, Math.exp(2 * t2)];
  const n = points.length;
  const X = points.map(({ size, x }) => (x - critical) * (size / largest) ** -a);
  const shrink = points.map(({ size }) => (size / largest) ** -b);
  const g = new Float64Array(n * n);
  const z = new Float64Array(n);
  let sum = -0.5 * n * Math.log(2 * Math.PI);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const d = X[i] - X[j];
      let entry = height * Math.exp(-width * d * d);
      if (i === j) entry += (points[i].error * shrink[i]) ** 2 + rest;
      for (let k = 0; k < j; k++) entry -= g[i * n + k] * g[j * n + k];
      if (i > j) g[i * n + j] = entry / g[j * n + j];
      else if (entry > 1e-13 * height) g[i * n + i] = Math.sqrt(entry);
      else return -Infinity;
    }
    z[i] = points[i].y * shrink[i];
    for (let k = 0; k < i; k++) z[i] -= g[i * n + k] * z[k];
    z[i] /= g[i * n + i];
    sum += Math.log(shrink[i]) - Math.log(g[i * n + i]) - 0.5 * z[i] * z[i];
  }
  return Number.isFinite(sum) ? sum : -Infinity;
}
