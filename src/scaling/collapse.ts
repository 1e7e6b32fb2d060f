/**
 * Data collapse y = L^b·(1 + c·L^(−ω))·f((x − x_c)·L^(−a)): the exponents that put the
 * curves of all sizes on one another; c = 0 unless a correction is asked for.
 *
 *   S    Houdayer and Hartmann (Phys. Rev. B 70, 014418, 2004): mean squared distance
 *        of each point from the other curves, in units of its error; 1 is a perfect
 *        collapse. Theirs takes straight lines between points; here the others are
 *        interpolated by cubics, and what those may miss is part of the variance:
 *
 *        Y = Σ w_k Y_k/Σ w_k,  w_k = 1/(v_k + e_k²),
 *        var Y = (Σ w_k² v_k + (Σ w_k e_k)²)/(Σ w_k)²
 *
 *        over the other sizes k, v_k and e_k² of interpolate.ts. The e_k add up, for
 *        curves of one shape bend alike.
 *   P_b  Bhattacharjee and Seno (J. Phys. A 34, 6375, 2001), q = 1: mean distance
 *        to the other curves, here relative to the range of y.
 *
 * A collapse is refused when S > 3 or fewer than half of the points overlap. Intervals
 * are those of resamples.ts: the S + 1 rule of autoScale raises the sum of squares by the
 * number of points, and covers 100 % where 95 are meant (bench/crossing-coverage.ts).
 */
import { type Interpolant, interpolant, type MeasuredCurve } from "./interpolate.js";
import { minimise } from "./simplex.js";

/** The parameters of a collapse; `correction` is c. */
export type Scaling = {
  readonly a: number;
  readonly b: number;
  readonly critical: number;
  readonly correction: number;
};

/** The least S with what it says of the curves. */
export type Collapse = {
  /** Where S is least. */
  readonly least: Scaling;
  /** The same; null when refused. */
  readonly point: Scaling | null;
  /** Null without overlap. */
  readonly S: number | null;
  readonly Pb: number;
  /** Fraction of points that lie between points of another curve. */
  readonly overlap: number;
  /** S without any scaling, and with the shift alone (b = 0; null where b is held). */
  readonly unscaled: number | null;
  readonly shiftOnly: number | null;
  /** Why there is no point; null when there is one. */
  readonly refusedFor: string | null;
};

/** Which parameters are fitted, and where the search begins. */
export type CollapseOptions = {
  /** First guesses of a and b: the slopes of location and value. */
  readonly start: { readonly a: number; readonly b: number };
  /** x_c fixed at a value, or fitted from first guesses; fixed at 0 by default. */
  readonly critical?: { readonly fixed: number } | { readonly starts: readonly number[] };
  /** b stays at its start; false by default. */
  readonly holdB?: boolean;
  /** ω of the correction, whose c is then fitted; none by default. */
  readonly omega?: number;
  /** The start is near: the search begins there alone. */
  readonly near?: boolean;
};

/** S as a function of the scaling, for curves that are interpolated once. */
export type Family = {
  readonly curves: readonly MeasuredCurve[];
  readonly between: readonly Interpolant[];
  readonly omega: number | null;
};

/** The curves with their interpolants. */
export function familyOf(curves: readonly MeasuredCurve[], omega: number | undefined): Family {
  return { curves, between: curves.map(interpolant), omega: omega ?? null };
}

/** The names of the fitted parameters in the order of a point of the search. */
export function freeNames(options: CollapseOptions): (keyof Scaling)[] {
  const fixed = options.critical === undefined || "fixed" in options.critical;
  return [
    "a",
    ...(options.holdB ? [] : (["b"] as const)),
    ...(fixed ? [] : (["critical"] as const)),
    ...(options.omega === undefined ? [] : (["correction"] as const)),
  ];
}

/** A scaling with the free parameters set to a point of the search. */
export function scalingAt(held: Scaling, free: readonly (keyof Scaling)[], point: readonly number[]): Scaling {
  return { ...held, ...Object.fromEntries(free.map((name, j) => [name, point[j]])) };
}

/** The collapse with the least S, from starts around the guesses. */
export function collapse(curves: readonly MeasuredCurve[], options: CollapseOptions): Collapse {
  const family = familyOf(curves, options.omega);
  const { least, steps, ...best } = leastScaling(family, options);
  const overlap = overlapOf(family, least);
  const shifted = { ...least, b: 0 };
  const common = {
    S: finite(best.value),
    Pb: distanceOf(family, least),
    overlap,
    unscaled: finite(qualityOf(family, { a: 0, b: 0, critical: least.critical, correction: 0 })),
    shiftOnly: options.holdB
      ? null
      : finite(search(family, { held: shifted, names: ["a"], starts: [shifted], steps }).value),
  };
  const refusedFor = refusal(best, overlap);
  return { ...common, least, point: refusedFor === null ? least : null, refusedFor };
}

/** Where S is least, with its value there and the first steps of the search. */
export function leastScaling(family: Family, options: CollapseOptions) {
  const names = freeNames(options);
  const critical = options.critical ?? { fixed: 0 };
  const guesses = "fixed" in critical ? [critical.fixed] : critical.starts;
  const bases = guesses.map((guess): Scaling => ({ ...options.start, critical: guess, correction: 0 }));
  const steps = firstSteps(family, bases[0]);
  const holdB = options.holdB === true;
  const quality = (scaling: Scaling): number => qualityOf(family, scaling);
  const starts = options.near ? bases : promising(quality, spread(bases, steps, holdB), holdB);
  const { point, value, converged } = search(family, { held: bases[0], names, starts, steps });
  return { least: scalingAt(bases[0], names, point), value, converged, steps };
}

type Descent = {
  readonly held: Scaling;
  readonly names: readonly (keyof Scaling)[];
  readonly starts: readonly Scaling[];
  readonly steps: Scaling;
};

function search(family: Family, { held, names, starts, steps }: Descent) {
  return minimise(
    (p) => qualityOf(family, scalingAt(held, names, p)),
    starts.map((start) => names.map((name) => start[name])),
    { steps: names.map((name) => steps[name]), scale: 1e-3 }, // S of exact data is 0
  );
}

/** First steps of each parameter. */
function firstSteps({ curves, omega }: Family, { a, b }: Scaling): Scaling {
  return {
    a: 0.05 + 0.1 * Math.abs(a),
    b: 0.05 + 0.1 * Math.abs(b),
    critical: reachOf(curves),
    correction: omega === null ? 0 : 0.1 * curves[0].size ** omega,
  };
}

/** Nine starts around each base; three where b is held. */
function spread(bases: readonly Scaling[], steps: Scaling, holdB: boolean): Scaling[] {
  const sides = [-1, 0, 1];
  return bases.flatMap((base) =>
    sides.flatMap((i) =>
      (holdB ? [0] : sides).map((j) => ({ ...base, a: base.a + 3 * i * steps.a, b: base.b + 3 * j * steps.b })),
    ),
  );
}

/** The five starts of least S, two where b is held: a descent costs a hundred values of S, a look one. */
function promising(quality: (scaling: Scaling) => number, starts: readonly Scaling[], holdB: boolean): Scaling[] {
  const ranked = starts.map((start) => ({ start, value: quality(start) })).sort((a, b) => a.value - b.value || 0);
  return ranked.slice(0, holdB ? 2 : 5).map(({ start }) => start);
}

/** A fraction of the narrowest curve's extent: the first step of x_c. */
function reachOf(curves: readonly MeasuredCurve[]): number {
  return 0.05 * Math.min(...curves.map(({ x }) => x[x.length - 1] - x[0]));
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

/** Factors of a size: L^(−a) on x − x_c, L^(−b)/(1 + c·L^(−ω)) on y. */
export function factorsOf(size: number, { a, b, correction }: Scaling, omega: number | null) {
  const corrected = omega === null ? 1 : 1 + correction * size ** -omega;
  return { along: size ** -a, up: size ** -b / corrected };
}

/** A point beside the mean of the other curves there, scaled; null where no other curve reaches. One loop, for speed. */
function besideOthers(family: Family, scaled: Scaled, i: number, j: number) {
  const { curves, between } = family;
  const X = (curves[i].x[j] - scaled.critical) * scaled.factors[i].along;
  let [weights, values, variances, errors] = [0, 0, 0, 0];
  for (let k = 0; k < curves.length; k++) {
    if (k === i) continue;
    const { along, up } = scaled.factors[k];
    const found = between[k].at(X / along + scaled.critical);
    if (found === null) continue;
    const variance = found.variance * up * up;
    const missed = found.error * Math.abs(up);
    const w = 1 / (variance + missed * missed);
    weights += w;
    values += w * found.y * up;
    variances += w * w * variance;
    errors += w * missed;
  }
  if (weights === 0) return null;
  const { up } = scaled.factors[i];
  return {
    difference: curves[i].y[j] * up - values / weights,
    variance: (curves[i].error[j] * up) ** 2 + (variances + errors * errors) / (weights * weights),
  };
}

/** Factors of all sizes at one scaling. */
export type Scaled = { readonly critical: number; readonly factors: readonly { along: number; up: number }[] };

/** The factors of all sizes; null where a correction turns a curve over. */
export function scaledBy({ curves, omega }: Family, scaling: Scaling): Scaled | null {
  const factors = curves.map(({ size }) => factorsOf(size, scaling, omega));
  return factors.every(({ up }) => up > 0 && Number.isFinite(up)) ? { critical: scaling.critical, factors } : null;
}

/** S; Infinity when fewer than half of the points overlap. */
export function qualityOf(family: Family, scaling: Scaling): number {
  const scaled = scaledBy(family, scaling);
  if (scaled === null) return Infinity;
  let [sum, used, all] = [0, 0, 0];
  for (let i = 0; i < family.curves.length; i++) {
    for (let j = 0; j < family.curves[i].x.length; j++) {
      all++;
      const beside = besideOthers(family, scaled, i, j);
      if (beside === null) continue;
      used++;
      sum += beside.difference ** 2 / beside.variance;
    }
  }
  return used >= all / 2 && used > 0 ? sum / used : Infinity;
}

function overlapOf(family: Family, scaling: Scaling): number {
  const scaled = scaledBy(family, scaling);
  const inside = family.curves.flatMap(({ x }, i) =>
    x.map((_, j): number => (scaled === null || besideOthers(family, scaled, i, j) === null ? 0 : 1)),
  );
  return inside.length === 0 ? 0 : inside.reduce((sum, value) => sum + value, 0) / inside.length;
}

/** P_b over the range of y; 0 without overlap. */
function distanceOf(family: Family, scaling: Scaling): number {
  const { curves, between } = family;
  const scaled = scaledBy(family, scaling);
  if (scaled === null) return 0;
  let [sum, used, low, high] = [0, 0, Infinity, -Infinity];
  curves.forEach((own, i) => {
    for (let j = 0; j < own.x.length; j++) {
      const y = curves[i].y[j] * scaled.factors[i].up;
      [low, high] = [Math.min(low, y), Math.max(high, y)];
      const X = (curves[i].x[j] - scaling.critical) * scaled.factors[i].along;
      between.forEach(({ at }, k) => {
        const found = k === i ? null : at(X / scaled.factors[k].along + scaling.critical);
        if (found === null) return;
        sum += Math.abs(y - found.y * scaled.factors[k].up);
        used++;
      });
    }
  });
  return used === 0 || high === low ? 0 : sum / used / (high - low);
}
