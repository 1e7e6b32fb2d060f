/**
 * The extremum of one smooth curve y(t) by a local polynomial p:
 *
 *   t* = root of p′ with p″ > 0,  value p(t*).
 *
 * A maximum is the minimum of −y. On a grid of factor 1.25 a parabola is wrong
 * by 3.5 % in the location, a cubic by 0.1–0.25 % (measured). The window is all
 * points within a half width of t* (window.ts); bandwidth.ts chooses it.
 */
import type { ExtremumStatus } from "./types.js";
import {
  effectivePoints,
  fitWindow,
  localStep,
  minimumOf,
  pointsAround,
  polynomialAt,
  unitVariances,
  type WeighedCurve,
  type Window,
} from "./window.js";

/** Minimum or maximum. */
export type ExtremumKind = "min" | "max";

/** y on strictly increasing t. */
export type MeanCurve = WeighedCurve;

/** The minimum of a curve with what its window says of its errors. */
export type LocalExtremum = {
  readonly status: ExtremumStatus;
  readonly window: Window | null;
  readonly location: number;
  readonly value: number;
  /** p″(t*) of the minimised curve, above 0. */
  readonly curvature: number;
  /** Residual sum of squares round the polynomial and its degrees of freedom. */
  readonly residual: number;
  readonly dof: number;
  /** Variances of t*, value and curvature for a unit variance of the points. */
  readonly unitVariance: { readonly location: number; readonly value: number; readonly curvature: number };
  /** How far a polynomial of higher degree moves t* and, at this one's t*, y. */
  readonly shift: { readonly location: number; readonly value: number };
};

/** No minimum, and why. */
export function noMinimum(status: ExtremumStatus): LocalExtremum {
  return {
    status,
    window: null,
    location: 0,
    value: 0,
    curvature: 0,
    residual: 0,
    dof: 0,
    unitVariance: { location: 0, value: 0, curvature: 0 },
    shift: { location: 0, value: 0 },
  };
}

/**
 * Minimum of a curve by a polynomial (a cubic) in the window of this half width around it.
 * `edge`: the least point or the polynomial's minimum is at the end of the grid.
 * `none`: the polynomial has no minimum inside its window, or fewer than five points (degree + 2).
 */
export function localMinimum(curve: MeanCurve, halfWidth: number, degree = 3): LocalExtremum {
  const { t, y } = curve;
  if (t.length < degree + 2) return noMinimum("none");
  const least = leastIndex(y);
  if (least === 0 || least === t.length - 1) return noMinimum(y.every((value) => value === y[0]) ? "none" : "edge");
  const reach = { halfWidth, step: localStep(t, least), least: degree + 2 };
  let centre = t[least];
  let found: Inside | ExtremumStatus = "none";
  for (let iteration = 0; iteration < 8; iteration++) {
    found = insideOf(curve, fitWindow(curve, pointsAround(t, centre, reach), degree), centre);
    if (typeof found === "string") return noMinimum(found);
    if (Math.abs(found.location - centre) < 1e-3 * reach.step) break;
    centre = found.location;
  }
  return typeof found === "string" ? noMinimum(found) : described(curve, found);
}

/** Where the least value stands. */
export function leastIndex(y: readonly number[]): number {
  let least = 0;
  for (let i = 1; i < y.length; i++) if (y[i] < y[least]) least = i;
  return least;
}

/** A polynomial with its minimum inside its window, at `d` from the window's centre. */
type Inside = { readonly window: Window; readonly d: number; readonly location: number };

function insideOf({ t }: MeanCurve, window: Window | null, near: number): Inside | ExtremumStatus {
  if (window === null) return "none";
  const d = minimumOf(window.c, near - window.centre);
  if (d === null) return "none";
  const location = window.centre + d;
  if (location <= t[0] || location >= t[t.length - 1]) return "edge";
  return location <= t[window.first] || location >= t[window.last] ? "none" : { window, d, location };
}

function described(curve: MeanCurve, inside: Inside): LocalExtremum {
  const { window, d, location } = inside;
  const residual = window.total.reduce((sum, w, i) => {
    const at = window.first + i;
    return sum + w * (curve.y[at] - polynomialAt(window.c, curve.t[at] - window.centre)) ** 2;
  }, 0);
  const curvature = polynomialAt(window.c, d, 2);
  const [value, slope, second] = unitVariances(curve.t, window, d);
  return {
    status: "interior",
    window,
    location,
    value: polynomialAt(window.c, d),
    curvature,
    residual,
    // At least one deviation: a window has one point more than the polynomial has parameters.
    dof: Math.max(1, effectivePoints(window) - window.degree - 1),
    unitVariance: { location: slope / curvature ** 2, value, curvature: second },
    shift: degreeShift(curve, inside),
  };
}

/**
 * −q′/p″ and q − p at the minimum of p, where p′ = 0: to first order what a polynomial q moves whose
 * degree is higher by two, or by one where the window has no points to spare.
 */
function degreeShift(curve: MeanCurve, { window, d }: Inside): LocalExtremum["shift"] {
  const { degree, c } = window;
  const higher = fitWindow(curve, window, effectivePoints(window) >= degree + 4 ? degree + 2 : degree + 1);
  if (higher === null) return { location: 0, value: 0 };
  return {
    location: -polynomialAt(higher.c, d, 1) / polynomialAt(c, d, 2),
    value: polynomialAt(higher.c, d) - polynomialAt(c, d),
  };
}
