/**
 * How wide the window of each curve is: h_i = κ·w_i, w_i the curve's own width and
 * κ common to all sizes, and on which scale the cubic is fitted (link.ts). In finite-size
 * scaling curves are alike in units of their own width, y_i = B_i + A_i·f((t − t*_i)/w_i),
 * so one κ means one relative bias.
 */
import { CrispError } from "../core/errors.js";
import { domainAbout, type Link, linksFor, takesAll } from "./link.js";
import { type LocalExtremum, leastIndex, localMinimum, type MeanCurve, noMinimum } from "./minimum.js";
import { tQuantile } from "./special.js";
import { leastReach, localStep } from "./window.js";

/** A curve to be minimised. */
export type SampledCurve = Pick<MeanCurve, "t" | "y"> & {
  /** Standard errors of its points, where they are known. */
  readonly error?: ArrayLike<number> | null;
  /** Sign that all measured numbers behind a point share, 0 if they share none; by default that of y. */
  readonly signs?: readonly number[];
};

/** A curve's minimum with the units of its window. */
export type Sized = {
  /** On the scale of the link. */
  readonly minimum: LocalExtremum;
  readonly link: Link;
  /** The minimised value, and du/dv there. */
  readonly value: number;
  readonly slope: number;
  /** w_i in t. */
  readonly width: number;
  /** A_i = u″·w_i², in units of the value. */
  readonly amplitude: number;
  /** Points per own width: how much the curve says of κ. */
  readonly density: number;
  /** False where five points are already wider than κ·w_i. */
  readonly free: boolean;
};

/** How windows are set: κ own widths, on the scale of a link, by a polynomial of a degree. */
export type WindowRule = { readonly kappa: number; readonly link: Link; readonly degree: number };

/** Minima of all curves by one rule. */
export type Tried = WindowRule & { readonly sized: readonly Sized[] };

/** The rule chosen, and all that were tried. */
export type WindowChoice = Tried & { readonly tried: readonly Tried[] };

/**
 * Half the width of the minimum at half its depth: the mean distance to where the
 * curve first rises by half of what it rises on its lower side. 0 at an edge.
 */
export function ownWidth({ t, y }: SampledCurve): number {
  const least = leastIndex(y);
  const rise = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), y[least]) - y[least];
  const depth = Math.min(rise(y.slice(0, least)), rise(y.slice(least + 1)));
  if (!(depth > 0)) return 0;
  const level = y[least] + depth / 2;
  const crossing = (direction: 1 | -1): number => {
    let i = least;
    while (y[i] < level) i += direction;
    const before = i - direction;
    return Math.abs(t[before] + ((t[i] - t[before]) * (level - y[before])) / (y[i] - y[before]) - t[least]);
  };
  return (crossing(1) + crossing(-1)) / 2;
}

/** The minimum of a curve by a rule; a curve of fewer than seven points takes a cubic. */
export function minimumBy(rule: WindowRule, curve: SampledCurve): Sized {
  return sizedMinimum(rule, linkedCurve(curve, rule.link), unitsOf(curve));
}

/** A curve on the scale of a link, from its point `offset` on. */
type LinkedCurve = MeanCurve & { readonly offset: number };

/**
 * The part of a curve that a link takes, on its scale, its points weighed by their stated variance, or by a
 * noise that goes as the value; none weighs more than the extremum, so that tails near 0 do not rule.
 */
function linkedCurve({ t, y, error, signs }: SampledCurve, link: Link): LinkedCurve {
  const least = leastIndex(y);
  const { first, last } = takesAll(link)
    ? { first: 0, last: t.length - 1 }
    : domainAbout(signs ?? y.map(Math.sign), least);
  const u = y.slice(first, last + 1);
  const noise = u.map((value, i) => (error ? error[first + i] : Math.abs(value)) / link.slope(value));
  const best = noise[least - first];
  return {
    t: t.slice(first, last + 1),
    y: u.map(link.of),
    precision: noise.map((s) => (s > best ? (best / s) ** 2 : 1)),
    offset: first,
  };
}

/** Own width and step of a curve. */
type Units = { readonly width: number; readonly step: number };

function unitsOf(curve: SampledCurve): Units {
  return {
    width: ownWidth(curve),
    step: curve.t.length < 5 ? 1 : localStep(curve.t, leastIndex(curve.y)),
  };
}

/** The minimum of a curve that is already on the scale of the rule's link. */
function sizedMinimum(rule: WindowRule, curve: LinkedCurve, { width, step }: Units): Sized {
  const { kappa, link } = rule;
  const degree = curve.t.length < rule.degree + 2 ? 3 : rule.degree;
  const found = localMinimum(curve, kappa * width, degree);
  const value = link.back(found.value);
  // A polynomial may leave the range of the scale.
  const sound = found.status !== "interior" || Math.abs(link.of(value) - found.value) <= 1e-9 * Math.abs(found.value);
  const minimum = sound ? movedBy(found, curve.offset) : noMinimum("none");
  const slope = link.slope(value);
  return {
    minimum,
    link,
    value,
    slope,
    width,
    amplitude: minimum.curvature * slope * width ** 2,
    density: width / step,
    free: isFree(rule, curve, { width, step }),
  };
}

/** With its window counted from the curve's own first point. */
function movedBy(minimum: LocalExtremum, offset: number): LocalExtremum {
  const { window } = minimum;
  if (window === null || offset === 0) return minimum;
  return { ...minimum, window: { ...window, first: window.first + offset, last: window.last + offset } };
}

/**
 * The κ and link with the least mean square errors of t* and of the value, in own units:
 *
 *   q²⟨s_i²·v_i⟩ + ⟨δ_i⟩²,
 *
 * s_i² the residual variance of curve i, v_i the unit variance, q the t quantile of one
 * deviation with all residual degrees of freedom, δ_i the shift by a higher degree: curves
 * of one family share their shape, so its mean over sizes is bias. Each error counts
 * relative to its least. A rule that loses a minimum is not eligible.
 */
export function chooseWindows(curves: readonly SampledCurve[]): WindowChoice {
  if (curves.length === 0) throw new CrispError("internal", "no curve to choose a window for.");
  const units = curves.map(unitsOf);
  const tried = linksFor(curves.map(signAtLeast)).flatMap((link) => {
    const linked = curves.map((curve) => linkedCurve(curve, link));
    return degrees.flatMap((degree) => rulesTried({ link, degree }, linked, units));
  });
  const most = Math.max(...tried.map((one) => interior(one).length));
  const eligible = tried.filter((one) => interior(one).length === most);
  const errors = eligible.map(meanErrors);
  const least = (part: keyof Move): number => Math.max(1e-300, Math.min(...errors.map((error) => error[part])));
  const [location, value] = [least("location"), least("value")];
  const scores = errors.map((error) => error.location / location + error.value / value);
  return { ...eligible[leastIndex(scores)], tried };
}

function signAtLeast({ y, signs }: SampledCurve): number {
  const least = leastIndex(y);
  return signs ? signs[least] : Math.sign(y[least]);
}

/** From a third of the own width to the whole curve. */
const kappas = Array.from({ length: 12 }, (_, i) => 0.35 * 1.25 ** i);

/** All κ; where two both leave a curve the least number of points, its minimum is the same. */
function rulesTried(rule: Omit<WindowRule, "kappa">, curves: readonly LinkedCurve[], units: readonly Units[]): Tried[] {
  let before: readonly Sized[] = [];
  return kappas.map((kappa): Tried => {
    const sized = curves.map((curve, i) =>
      before[i] && !isFree({ ...rule, kappa }, curve, units[i])
        ? before[i]
        : sizedMinimum({ ...rule, kappa }, curve, units[i]),
    );
    before = sized;
    return { ...rule, kappa, sized };
  });
}

/** Half the width of a found minimum's window at κ: no less than the least number of points takes. */
export function halfWidthOf({ width, density, minimum }: Sized, kappa: number): number {
  return Math.max(kappa * width, leastReach(width / density, minimum.window!.degree + 2));
}

/** Whether κ own widths are wider than the least number of points. */
function isFree({ kappa, degree }: WindowRule, { t }: MeanCurve, { width, step }: Units): boolean {
  return kappa * width > leastReach(step, (t.length < degree + 2 ? 3 : degree) + 2);
}

const degrees = [3, 5];

/** The curves with an interior minimum. */
export function interior({ sized }: Pick<Tried, "sized">): Sized[] {
  return sized.filter(({ minimum }) => minimum.status === "interior");
}

/** Mean square errors of location and value in own units, q²⟨s²v⟩ + ⟨δ⟩². */
function meanErrors(tried: Tried): Move {
  const found = interior(tried);
  if (found.length === 0) return { location: 0, value: 0 };
  const q = tQuantile(
    0.8413,
    found.reduce((sum, { minimum }) => sum + minimum.dof, 0),
  );
  const error = (part: keyof Move): number =>
    q ** 2 * meanOf(found, (one) => noiseOf(one)[part]) + meanOf(found, (one) => shiftOf(one)[part]) ** 2;
  return { location: error("location"), value: error("value") };
}

/** s²v, by the scatter around the polynomial. */
function noiseOf({ minimum, slope, width, amplitude }: Sized): Move {
  const variance = minimum.residual / minimum.dof;
  const { location, value } = minimum.unitVariance;
  return { location: (variance * location) / width ** 2, value: variance * value * (slope / amplitude) ** 2 };
}

/** A move of t* over w and of the value over A. */
export type Move = { readonly location: number; readonly value: number };

/** What a polynomial of higher degree moves, in own units. */
export function shiftOf({ minimum, slope, width, amplitude }: Sized): Move {
  return { location: minimum.shift.location / width, value: (minimum.shift.value * slope) / amplitude };
}

/** Mean over curves, each by the points in its own width; 0 of none. */
function meanOf(found: readonly Sized[], of: (one: Sized) => number): number {
  const total = found.reduce((sum, { density }) => sum + density, 0);
  return total === 0 ? 0 : found.reduce((sum, one) => sum + one.density * of(one), 0) / total;
}
