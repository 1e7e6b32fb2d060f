/**
 * Data collapse y = L^b · f((x − x_c)·L^(−a)): the exponents that put the curves
 * of all sizes on one another.
 *
 *   S    Houdayer and Hartmann (Phys. Rev. B 70, 014418, 2004): mean squared
 *        distance of each point from the line through the neighbouring points
 *        of the other curves, in units of its error; 1 is a perfect collapse.
 *   P_b  Bhattacharjee and Seno (J. Phys. A 34, 6375, 2001), q = 1: mean distance
 *        to the other curves' linear interpolation, here relative to the range of y.
 *
 * Widths are those of S + 1 by its curvature, times √S when S > 1, or those of
 * resampled replicates (table-collapse.ts). A collapse is refused when S > 3 or
 * fewer than half of the points overlap other curves.
 */
import { minimise } from "./simplex.js";
import type { Estimate } from "./types.js";

export type CollapseCurve = {
  readonly size: number;
  /** Strictly increasing. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Standard errors of y, above 0. */
  readonly error: readonly number[];
};

export type Collapse = {
  readonly a: Estimate | null;
  readonly b: Estimate | null;
  readonly critical: Estimate | null;
  /** Where S is least, whatever its width; null when refused. */
  readonly point: { readonly a: number; readonly b: number; readonly critical: number } | null;
  /** Null without overlap. */
  readonly S: number | null;
  readonly Pb: number;
  /** Fraction of points that lie between points of another curve. */
  readonly overlap: number;
  /** S without any scaling, and with the shift alone (b = 0). */
  readonly unscaled: number | null;
  readonly shiftOnly: number | null;
  /** Why a, b and critical are null; null when they are not. */
  readonly refusedFor: string | null;
};

export type CollapseOptions = {
  /** First guesses of a and b: the slopes of location and value. */
  readonly start: { readonly a: number; readonly b: number };
  /** x_c fixed at a value, or fitted from first guesses; fixed at 0 by default. */
  readonly critical?: { readonly fixed: number } | { readonly starts: readonly number[] };
};

type Scaled = { readonly x: readonly number[]; readonly y: readonly number[]; readonly error: readonly number[] };

/** The collapse with the least S, from nine starts round the guesses. */
export function collapse(curves: readonly CollapseCurve[], options: CollapseOptions): Collapse {
  const critical = options.critical ?? { fixed: 0 };
  const full = (p: readonly number[]): readonly number[] => ("fixed" in critical ? [p[0], p[1], critical.fixed] : p);
  const quality = (p: readonly number[]): number => qualityOf(scaled(curves, full(p)));
  const guesses = "fixed" in critical ? [[]] : critical.starts.map((start) => [start]);
  const bases = guesses.map((guess) => [options.start.a, options.start.b, ...guess]);
  const steps = bases[0].map((value, j) => (j < 2 ? 0.05 + 0.1 * Math.abs(value) : reachOf(curves)));
  const starts = bases.flatMap((base) =>
    [-1, 0, 1].flatMap((i) => [-1, 0, 1].map((j) => base.map((value, m) => value + [i, j, 0][m] * steps[m] * 3))),
  );
  const best = minimise(quality, promising(quality, starts), steps);
  const found = scaled(curves, full(best.point));
  const overlap = overlapOf(found);
  const fixed = full([0, 0, bases[0][2] ?? 0]);
  const common = {
    S: finite(best.value),
    Pb: distanceOf(found),
    overlap,
    unscaled: finite(qualityOf(scaled(curves, fixed))),
    shiftOnly: finite(minimise((p) => quality([p[0], 0, ...best.point.slice(2)]), [[best.point[0]]], [steps[0]]).value),
  };
  const refusedFor = refusal(best, overlap);
  if (refusedFor !== null) return { ...common, point: null, a: null, b: null, critical: null, refusedFor };
  const [a, b, c] = widths(quality, best.point, best.value);
  const xc = "fixed" in critical ? { value: critical.fixed, low: critical.fixed, high: critical.fixed } : c;
  const [pa, pb, pc] = full(best.point);
  return {
    ...common,
    point: { a: pa, b: pb, critical: pc },
    a,
    b,
    critical: xc,
    refusedFor: a === null ? "S does not determine a" : null,
  };
}

/** The five starts of least S: a descent costs a thousand values of S, a look one. */
function promising(quality: (p: readonly number[]) => number, starts: readonly number[][]): number[][] {
  const ranked = starts.map((start) => ({ start, value: quality(start) })).sort((a, b) => a.value - b.value || 0);
  return ranked.slice(0, 5).map(({ start }) => start);
}

/** A fraction of the narrowest curve's extent: the first step of x_c. */
function reachOf(curves: readonly CollapseCurve[]): number {
  return 0.05 * Math.min(...curves.map(({ x }) => x[x.length - 1] - x[0]));
}

/** The point of least S from one start: a, b and x_c, which stays where it is held; null where S is not finite. */
export function nearestCollapse(
  curves: readonly CollapseCurve[],
  start: readonly number[],
  held: boolean,
): number[] | null {
  const full = (p: readonly number[]): readonly number[] => (held ? [p[0], p[1], start[2]] : p);
  const steps = [0.02, 0.02, reachOf(curves) / 2].slice(0, held ? 2 : 3);
  const best = minimise((p) => qualityOf(scaled(curves, full(p))), [start.slice(0, steps.length)], steps, {
    tolerance: 1e-6, // the resamples' own spread is known to 7 %
    again: false,
  });
  return Number.isFinite(best.value) ? [...full(best.point)] : null;
}

function refusal(best: { value: number; converged: boolean }, overlap: number): string | null {
  if (!Number.isFinite(best.value))
    return `only ${Math.round(100 * overlap)} % of the points overlap other curves; half are needed`;
  if (!best.converged) return "the search for the least S did not converge";
  return best.value > 3 ? `S = ${best.value.toPrecision(2)}; above 3 the curves do not collapse` : null;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function scaled(curves: readonly CollapseCurve[], [a, b, critical]: readonly number[]): Scaled[] {
  return curves.map(({ size, x, y, error }) => {
    const [along, up] = [size ** -a, size ** -b];
    return {
      x: x.map((value) => (value - critical) * along),
      y: y.map((value) => value * up),
      error: error.map((value) => value * up),
    };
  });
}

/** S; Infinity when fewer than half of the points overlap. */
function qualityOf(curves: readonly Scaled[]): number {
  let sum = 0;
  let used = 0;
  let all = 0;
  curves.forEach((curve, i) => {
    curve.x.forEach((x, j) => {
      all++;
      const master = masterAt(curves, i, x);
      if (master === null) return;
      used++;
      sum += (curve.y[j] - master.y) ** 2 / (curve.error[j] ** 2 + master.variance);
    });
  });
  return used >= all / 2 && used > 0 ? sum / used : Infinity;
}

/** The weighted line at x through the points of the other curves that bracket it, and its variance. One loop, for speed. */
function masterAt(curves: readonly Scaled[], own: number, x: number): { y: number; variance: number } | null {
  let k = 0;
  let kx = 0;
  let ky = 0;
  let kxx = 0;
  let kxy = 0;
  for (let i = 0; i < curves.length; i++) {
    const other = curves[i];
    const right = i === own ? -1 : firstFrom(other.x, x);
    if (right < 1) continue;
    for (let m = right - 1; m <= right; m++) {
      const w = 1 / (other.error[m] * other.error[m]);
      const d = other.x[m] - x; // about x itself, so that differences do not cancel
      k += w;
      kx += w * d;
      ky += w * other.y[m];
      kxx += w * d * d;
      kxy += w * d * other.y[m];
    }
  }
  const delta = k * kxx - kx * kx;
  if (!(delta > 0)) return null;
  return { y: (kxx * ky - kx * kxy) / delta, variance: kxx / delta };
}

/** Index of the first value at or above x in a rising list, by halving; −1 if there is none. */
function firstFrom(values: readonly number[], x: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] >= x) high = middle;
    else low = middle + 1;
  }
  return low === values.length ? -1 : low;
}

function overlapOf(curves: readonly Scaled[]): number {
  const inside = curves.flatMap((curve, i) => curve.x.map((x): number => (masterAt(curves, i, x) === null ? 0 : 1)));
  return inside.reduce((sum, value) => sum + value, 0) / inside.length;
}

/** P_b over the range of y; 0 without overlap. */
function distanceOf(curves: readonly Scaled[]): number {
  let sum = 0;
  let used = 0;
  curves.forEach((curve, i) => {
    curves.forEach((other, p) => {
      if (p === i) return;
      curve.x.forEach((x, j) => {
        const right = firstFrom(other.x, x);
        if (right < 1) return;
        const part = (x - other.x[right - 1]) / (other.x[right] - other.x[right - 1]);
        sum += Math.abs(curve.y[j] - (other.y[right - 1] + part * (other.y[right] - other.y[right - 1])));
        used++;
      });
    });
  });
  const all = curves.flatMap(({ y }) => y);
  const range = Math.max(...all) - Math.min(...all);
  return used === 0 || range === 0 ? 0 : sum / used / range;
}

/**
 * The move of each parameter, others refitted, that raises S by max(1, S), times
 * 1.96: Houdayer and Hartmann's S + 1, scaled by √S. Null where S stays flat.
 */
function widths(quality: (p: readonly number[]) => number, at: readonly number[], least: number): (Estimate | null)[] {
  return at.map((value, j) => {
    const rise = Math.max(1, least);
    const reach = (side: number): number | null => {
      let step = 1e-4 * (Math.abs(value) || 1);
      for (let doubling = 0; doubling < 16; doubling++, step *= 2) {
        const moved = profile(quality, at, j, value + side * step);
        // Quadratic near the minimum: scale the step back to a rise of `rise`.
        if (moved - least >= rise) return step * Math.sqrt(rise / (moved - least));
      }
      return null;
    };
    const [below, above] = [reach(-1), reach(1)];
    return below === null || above === null ? null : { value, low: value - 1.96 * below, high: value + 1.96 * above };
  });
}

/** S with one parameter held and the others refitted. */
function profile(quality: (p: readonly number[]) => number, at: readonly number[], j: number, held: number): number {
  const rest = at.filter((_, i) => i !== j);
  const fill = (p: readonly number[]): number[] => [...p.slice(0, j), held, ...p.slice(j)];
  return minimise(
    (p) => quality(fill(p)),
    [rest],
    rest.map((value) => 0.02 * Math.abs(value) || 0.01),
  ).value;
}
