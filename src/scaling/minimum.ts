/**
 * The extremum of one smooth curve y(t) by a local cubic:
 *
 *   p(t) = c₀ + c₁d + c₂d² + c₃d³,  d = t − centre,  t* = root of p′ with p″ > 0,
 *   t* − centre = −c₁ / (c₂ + √(c₂² − 3c₁c₃)).
 *
 * A maximum is the minimum of −y. On a grid of factor 1.25 a parabola is wrong
 * by 3.5 % in the location, a cubic by 0.1–0.25 % (measured). The window is all
 * points within `halfWidth` of t*, those about its ends with weights that fall
 * from 1 to 0 over one step of the grid: with whole points t* jumps when the window
 * does, by more than its error where the curve is steep. `chooseHalfWidth` takes the one with the least mean
 * square error of t*: too narrow a window averages too little noise, too wide a
 * one is misfit, seen in the residuals and in how far a quintic moves t*.
 */
import { CrispError } from "../core/errors.js";
import { dot, linearFit, type Matrix, matrix } from "./linear.js";
import { tQuantile } from "./special.js";
import type { ExtremumStatus } from "./types.js";

/** Minimum or maximum. */
export type ExtremumKind = "min" | "max";

/** y on strictly increasing t. */
export type MeanCurve = { readonly t: readonly number[]; readonly y: readonly number[] };

/** A cubic on the points first … last of a curve, about `centre`. */
export type Window = {
  readonly first: number;
  readonly last: number;
  readonly centre: number;
  /** Of the points first … last, in (0, 1]. */
  readonly weights: readonly number[];
  /** c = H·y: [4][points], so the cubic of any other quantity on this window is one product. */
  readonly hat: Matrix;
};

export type LocalExtremum = {
  readonly status: ExtremumStatus;
  readonly window: Window | null;
  readonly location: number;
  readonly value: number;
  /** p″(t*) of the minimised curve, above 0. */
  readonly curvature: number;
  /** Residual sum of squares round the cubic and its degrees of freedom. */
  readonly residual: number;
  readonly dof: number;
  /** Variances of t*, value and curvature for a unit variance of the points. */
  readonly unitVariance: { readonly location: number; readonly value: number; readonly curvature: number };
  /** How far a quintic moves t* and, at the cubic's t*, y; null with fewer than 7 points. */
  readonly shift: { readonly location: number; readonly value: number } | null;
};

const none = (status: ExtremumStatus): LocalExtremum => ({
  status,
  window: null,
  location: 0,
  value: 0,
  curvature: 0,
  residual: 0,
  dof: 0,
  unitVariance: { location: 0, value: 0, curvature: 0 },
  shift: null,
});

/** Cubic through ≥ 4 points of t from `first` to `last`, with weights above 0 (by default 1). */
export function cubicWindow(
  t: readonly number[],
  first: number,
  last: number,
  weights: readonly number[] = t.slice(first, last + 1).map(() => 1),
): Window {
  const points = t.slice(first, last + 1);
  const centre = (points[0] + points[points.length - 1]) / 2;
  return { first, last, centre, weights, hat: polynomialHat(points, weights, centre, 3) };
}

/** [degree + 1][points]: coefficients of the weighted least-squares polynomial in t − centre, for each point. */
function polynomialHat(points: readonly number[], weights: readonly number[], centre: number, degree: number): Matrix {
  const half = (points[points.length - 1] - points[0]) / 2;
  const design = matrix(points.length, degree + 1, (i, j) => ((points[i] - centre) / half) ** j);
  // (XᵀWX)⁻¹XᵀW: columns of ±1 are conditioned well enough to be squared.
  const roots = weights.map(Math.sqrt);
  const { covariance } = linearFit(
    design.map((row, i) => row.map((value) => value * roots[i])),
    points,
  );
  return matrix(degree + 1, points.length, (j, i) => (weights[i] * dot(covariance[j], design[i])) / half ** j);
}

/** Coefficients c₀ … c₃ of a quantity on a window. */
export function coefficients(window: Window, y: ArrayLike<number>): number[] {
  return window.hat.map((row) => row.reduce((sum, h, i) => sum + h * y[window.first + i], 0));
}

/** p(d), p′(d) or p″(d) of a cubic. */
export function cubicAt(c: readonly number[], d: number, derivative = 0): number {
  if (derivative === 0) return c[0] + d * (c[1] + d * (c[2] + d * c[3]));
  if (derivative === 1) return c[1] + d * (2 * c[2] + 3 * d * c[3]);
  return 2 * c[2] + 6 * d * c[3];
}

/** d of the cubic's minimum, or null without one. */
export function cubicMinimum(c: readonly number[]): number | null {
  const inside = c[2] * c[2] - 3 * c[1] * c[3];
  if (!(inside > 0)) return null;
  const below = c[2] + Math.sqrt(inside);
  return below > 0 ? -c[1] / below : null;
}

/**
 * Minimum of a curve in the window of this half width round it.
 * `edge`: the least point or the cubic's minimum is at the end of the grid.
 * `none`: the cubic has no minimum inside its window, or fewer than five points.
 */
export function localMinimum(curve: MeanCurve, halfWidth: number): LocalExtremum {
  const { t, y } = curve;
  if (t.length < 5) return none("none");
  const least = y.indexOf(Math.min(...y));
  if (least === 0 || least === t.length - 1) return none(y.every((value) => value === y[0]) ? "none" : "edge");
  let centre = t[least];
  let found = none("none");
  for (let step = 0; step < 8; step++) {
    const { first, last, weights } = around(t, centre, halfWidth);
    found = minimumIn(curve, cubicWindow(t, first, last, weights));
    if (found.status !== "interior" || Math.abs(found.location - centre) < 1e-4 * halfWidth) break;
    centre = found.location;
  }
  return found;
}

/**
 * The points round the centre with weights that fall from 1 to 0 over one step
 * of the grid about the half width; widened to five points at least, two on each side where
 * the grid has them, which then weigh 1.
 */
function around(t: readonly number[], centre: number, halfWidth: number) {
  const step = medianStep([t]);
  const reach = Math.max(halfWidth, 2.5 * step); // weights of five points, also where this grid is coarser than others
  const weight = (value: number): number => Math.min(1, (reach - Math.abs(value - centre)) / step + 0.5);
  let first = t.findIndex((value) => weight(value) > 1e-6);
  let last = t.findLastIndex((value) => weight(value) > 1e-6);
  const right = t.findIndex((value) => value > centre);
  const core = { first: Math.max(0, right - 2), last: Math.min(t.length - 1, right + 1) };
  first = Math.min(first, core.first);
  last = Math.max(last, core.last);
  while (last - first < 4 && (first > 0 || last < t.length - 1)) {
    const growLeft = last === t.length - 1 || (first > 0 && centre - t[first - 1] <= t[last + 1] - centre);
    if (growLeft) first--;
    else last++;
  }
  const weights = t.slice(first, last + 1).map((value, i) => {
    const needed = last - first < 5 || (first + i >= core.first && first + i <= core.last);
    return needed ? 1 : Math.max(1e-3, weight(value));
  });
  return { first, last, weights };
}

function minimumIn(curve: MeanCurve, window: Window): LocalExtremum {
  const { t, y } = curve;
  const c = coefficients(window, y);
  const d = cubicMinimum(c);
  if (d === null) return none("none");
  const location = window.centre + d;
  if (location <= t[0] || location >= t[t.length - 1]) return none("edge");
  if (location <= t[window.first] || location >= t[window.last]) return none("none");
  const points = t.slice(window.first, window.last + 1);
  const residual = points.reduce(
    (sum, p, i) => sum + window.weights[i] * (y[window.first + i] - cubicAt(c, p - window.centre)) ** 2,
    0,
  );
  const curvature = cubicAt(c, d, 2);
  const spread = (derivative: number): number => spreadOf(window.hat, d, derivative);
  return {
    status: "interior",
    window,
    location,
    value: cubicAt(c, d),
    curvature,
    residual,
    // At least one deviation: five points are always there.
    dof: Math.max(1, window.weights.reduce((sum, w) => sum + w, 0) - 4),
    unitVariance: { location: spread(1) / curvature ** 2, value: spread(0), curvature: spread(2) },
    shift: quinticShift(curve, window, d, curvature),
  };
}

/** −p₅′/p₃″ and p₅ − p₃ at the cubic's minimum, where p₃′ = 0: to first order what a quintic moves. */
function quinticShift(curve: MeanCurve, window: Window, d: number, curvature: number): LocalExtremum["shift"] {
  const points = curve.t.slice(window.first, window.last + 1);
  if (points.length < 7) return null;
  const y = curve.y.slice(window.first, window.last + 1);
  const quintic = polynomialHat(points, window.weights, window.centre, 5).map((row) => dot(row, y));
  const slope = quintic.reduce((sum, c, j) => (j === 0 ? sum : sum + j * c * d ** (j - 1)), 0);
  const level = quintic.reduce((sum, c, j) => sum + c * d ** j, 0);
  return { location: -slope / curvature, value: level - cubicAt(coefficients(window, curve.y), d) };
}

/** Variance of a derivative of the cubic at d for points of unit variance. */
function spreadOf(hat: Matrix, d: number, derivative: number): number {
  let sum = 0;
  for (let i = 0; i < hat[0].length; i++) {
    sum +=
      cubicAt(
        hat.map((row) => row[i]),
        d,
        derivative,
      ) ** 2;
  }
  return sum;
}

export type WindowChoice = {
  readonly halfWidth: number;
  readonly minima: readonly LocalExtremum[];
  /** Every half width tried with the mean of ln-residual scores: the smaller the better. */
  readonly tried: readonly {
    readonly halfWidth: number;
    readonly score: number;
    readonly minima: readonly LocalExtremum[];
  }[];
};

/**
 * The half width with the least mean square error of t*, one for all curves:
 *
 *   score = q²·⟨s_i²·v_i⟩ + ⟨δ_i⟩²,
 *
 * s_i² the residual variance of curve i, v_i the unit variance of its t*, q the
 * t quantile of one deviation with all residual degrees of freedom, δ_i the
 * shift by a quintic: curves of one family share their shape, so its mean over
 * sizes is bias. Windows that lose a minimum are not eligible.
 */
export function chooseHalfWidth(curves: readonly MeanCurve[]): WindowChoice {
  if (curves.length === 0) throw new CrispError("internal", "no curve to choose a window for.");
  const tried = halfWidths(curves).map((halfWidth) => {
    const minima = curves.map((curve) => localMinimum(curve, halfWidth));
    return { halfWidth, minima, score: score(minima) };
  });
  const most = Math.max(...tried.map(({ minima }) => interior(minima).length));
  const eligible = tried.filter(({ minima }) => interior(minima).length === most);
  const best = eligible.reduce((a, b) => (b.score < a.score ? b : a));
  return { halfWidth: best.halfWidth, minima: best.minima, tried };
}

export function interior(minima: readonly LocalExtremum[]): LocalExtremum[] {
  return minima.filter(({ status }) => status === "interior");
}

/** Half widths from five points to the widest grid, in steps of the median spacing. */
function halfWidths(curves: readonly MeanCurve[]): number[] {
  const step = medianStep(curves.map(({ t }) => t));
  const range = Math.max(...curves.map(({ t }) => t[t.length - 1] - t[0]));
  const count = Math.max(1, Math.min(12, Math.round(range / step) - 1));
  return Array.from({ length: count }, (_, i) => (2 + i) * step);
}

function medianStep(grids: readonly (readonly number[])[]): number {
  const steps = grids.flatMap((t) => t.slice(1).map((value, i) => value - t[i])).sort((a, b) => a - b);
  return steps[steps.length >> 1];
}

function score(minima: readonly LocalExtremum[]): number {
  const found = interior(minima).filter(({ dof }) => dof > 0);
  if (found.length === 0) return Infinity;
  const dof = found.reduce((sum, minimum) => sum + minimum.dof, 0);
  const variance = mean(found.map((m) => (m.residual / m.dof) * m.unitVariance.location));
  return tQuantile(0.8413, dof) ** 2 * variance + squaredBias(found);
}

/** Square of the mean shift by a quintic; its noise stays in, or a biased window would pass as often as not. */
function squaredBias(minima: readonly LocalExtremum[]): number {
  return mean(interior(minima).flatMap(({ shift }) => (shift ? [shift.location] : []))) ** 2;
}

/**
 * Variances common to all curves that their shape leaves, of t* and of ln y*:
 * the squared mean shift by a quintic plus that by the next narrower window.
 * Without them locations were covered in 89–91 %, and values of a steep shape
 * in 93 % (bench/scaling-coverage.ts).
 */
export function shapeVariance(choice: WindowChoice): { readonly location: number; readonly value: number } {
  const index = choice.tried.findIndex(({ halfWidth }) => halfWidth === choice.halfWidth);
  const narrower = choice.tried[index - 1]?.minima;
  const moves = choice.minima.flatMap((chosen, i) => {
    const other = narrower?.[i];
    return chosen.status === "interior" && other?.status === "interior" ? [{ chosen, other }] : [];
  });
  const shifts = interior(choice.minima).filter(({ shift }) => shift !== null);
  const relative = (change: number, level: number): number => (level === 0 ? 0 : change / level);
  return {
    location:
      squaredBias(choice.minima) + mean(moves.map(({ chosen, other }) => other.location - chosen.location)) ** 2,
    value:
      mean(shifts.map(({ shift, value }) => relative(shift!.value, value))) ** 2 +
      mean(moves.map(({ chosen, other }) => relative(other.value - chosen.value, chosen.value))) ** 2,
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
