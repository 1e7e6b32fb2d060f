/**
 * Curves averaged over replicates with the standard error of every point:
 *
 *   replicates  √(s²/R), s² pooled over neighbouring controls until it has 16 degrees
 *               of freedom: noise of a spanning probability falls to 0 at both ends, that
 *               of a susceptibility grows with it, so no one number serves a curve;
 *   stated      √(Σ e²)/R;
 *   scatter     that of the points around their own smooth curve, one number per curve.
 */
import { type MeasuredCurve, scatterVariance } from "./interpolate.js";
import type { Curve } from "./types.js";

/** What the errors of the points rest on. */
export type PointErrorSource = "replicates" | "stated errors" | "scatter";

/** All sizes' mean curves, ascending, and the curves behind each. */
export type MeasuredFamily = {
  readonly curves: readonly MeasuredCurve[];
  /** The replicates of each size, in the order of `curves`. */
  readonly groups: readonly (readonly Curve[])[];
  readonly errors: PointErrorSource;
  /** Degrees of freedom of the variance between replicates or around the curves; Infinity for stated errors. */
  readonly dof: number;
};

const pooledDof = 16;

/** Mean curves with errors; null where nothing tells how large errors are: fewer than five points, no replicates, none stated. */
export function measuredFamily(curves: readonly Curve[]): MeasuredFamily | null {
  const groups = groupsOf(curves);
  const means = groups.map((group) => ({
    size: group[0].size,
    x: Array.from(group[0].control),
    y: meanOf(group),
  }));
  const family = (errors: PointErrorSource, dof: number, all: readonly number[][]): MeasuredFamily | null =>
    all.every((own) => own.every((error) => error > 0))
      ? { curves: means.map((mean, i) => ({ ...mean, error: all[i] })), groups, errors, dof }
      : null;
  if (groups.every((group) => group.length > 1)) {
    const dof = groups.reduce((sum, group) => sum + group.length - 1, 0);
    const found = family(
      "replicates",
      dof,
      groups.map((group, i) => replicateErrors(group, means[i].y)),
    );
    if (found !== null) return found;
  }
  if (curves.every(({ error }) => error !== undefined))
    return family("stated errors", Infinity, groups.map(statedErrors));
  const dof = means.reduce((sum, { x }) => sum + Math.max(0, x.length - 4), 0);
  return family(
    "scatter",
    dof,
    means.map(({ x, y }) => scatterErrors(x, y)),
  );
}

/** Curves by ascending size. */
export function groupsOf(curves: readonly Curve[]): Curve[][] {
  const groups = new Map<number, Curve[]>();
  for (const curve of curves) {
    const own = groups.get(curve.size);
    if (own === undefined) groups.set(curve.size, [curve]);
    else own.push(curve);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, own]) => own);
}

/** The value at each control, averaged over curves on one grid. */
export function meanOf(curves: readonly Curve[]): number[] {
  return Array.from(
    curves[0].control,
    (_, i) => curves.reduce((sum, { quantities }) => sum + quantities.value[i], 0) / curves.length,
  );
}

function replicateErrors(group: readonly Curve[], mean: readonly number[]): number[] {
  const count = group.length;
  const variance = mean.map(
    (m, i) => group.reduce((sum, { quantities }) => sum + (quantities.value[i] - m) ** 2, 0) / (count - 1),
  );
  const reach = Math.ceil((pooledDof / (count - 1) - 1) / 2);
  const half = Math.max(2, reach);
  return variance.map((_, i) => {
    const own = variance.slice(Math.max(0, i - half), i + half + 1);
    return Math.sqrt(own.reduce((sum, square) => sum + square, 0) / own.length / count);
  });
}

function statedErrors(group: readonly Curve[]): number[] {
  return Array.from(
    group[0].control,
    (_, i) => Math.sqrt(group.reduce((sum, { error }) => sum + error![i] ** 2, 0)) / group.length,
  );
}

/** Exact points on a cubic scatter by rounding alone: their range times 1e-9 is the least error. */
function scatterErrors(x: readonly number[], y: readonly number[]): number[] {
  if (x.length < 5) return x.map(() => 0);
  const range = Math.max(...y) - Math.min(...y);
  const error = Math.max(Math.sqrt(scatterVariance(x, y)), 1e-9 * range);
  return x.map(() => error);
}
