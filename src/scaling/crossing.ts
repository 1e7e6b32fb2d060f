/**
 * Where the curves of neighbouring sizes cross: Binder cumulants, spanning probabilities,
 * correlation lengths over L. On one window around the crossing each of the two curves is
 * fitted by a cubic p with the weights of its points, and x* solves p_B(x*) = p_A(x*):
 *
 *   dx* = (δp_A − δp_B)/(p_B′ − p_A′),  dy* = δp_A + p_A′ dx*.
 *
 * Both are linear in the points, so neighbouring crossings get the covariance of the size
 * that they share. Replicates may move as a whole; κ is how much more their crossings vary
 * than independent points would, one number over all sizes:
 *
 *   cov = κ·Σ I_j I′_j E_j²,  κ = mean of (Σ_r d_r²/(R − 1)/R)/Σ I_j² E_j²,  d_r = Σ I_j (y_rj − ȳ_j).
 *
 * The window is the widest on which both cubics fit (p > 0.2 of χ²). By how much a window of
 * three quarters moves the crossing is added to its variance: without that, 91–93 % were covered.
 */
import { type Interpolant, interpolant, type MeasuredCurve } from "./interpolate.js";
import { dot, linearFit, type Matrix, matrix } from "./linear.js";
import type { MeasuredFamily } from "./point-errors.js";
import { chiSquareTail } from "./special.js";
import { polynomialAt } from "./window.js";

/** Two neighbouring sizes whose curves cross, in numbers. */
export type Crossing = {
  /** Indices of the two curves. */
  readonly pair: readonly [number, number];
  readonly x: number;
  readonly y: number;
  /** Slopes of the two cubics there. */
  readonly slopes: readonly [number, number];
  /** dx* and dy* for each point of the two curves. */
  readonly influence: { readonly x: Influence; readonly y: Influence };
  /** Moves of x and y on a window of three quarters. */
  readonly shape: { readonly x: number; readonly y: number };
};

type Local = Omit<Crossing, "pair" | "shape">;

type Influence = readonly [readonly number[], readonly number[]];

/** All crossings of neighbours, with the covariance of their x and of their y. */
export type Crossings = {
  readonly found: readonly Crossing[];
  readonly covariance: { readonly x: Matrix; readonly y: Matrix };
  /** Degrees of freedom of the covariance; Infinity for stated errors. */
  readonly dof: number;
};

/** Crossings of all neighbouring sizes; those that do not cross inside the controls of both are left out. */
export function crossingsOf(measured: MeasuredFamily): Crossings {
  const { curves } = measured;
  const found = curves.slice(1).flatMap((_, i) => crossingOf(curves[i], curves[i + 1], [i, i + 1]) ?? []);
  const covariance = (name: "x" | "y"): Matrix => {
    const excess = excessOf(measured, found, name);
    const shape = (i: number, j: number): number => (i === j ? found[i].shape[name] ** 2 : 0);
    return matrix(
      found.length,
      found.length,
      (i, j) => excess * shared(curves, [found[i], found[j]], name) + shape(i, j),
    );
  };
  return { found, covariance: { x: covariance("x"), y: covariance("y") }, dof: measured.dof };
}

/** Σ I_j I′_j E_j² over the curves that two crossings share. */
function shared(
  curves: readonly MeasuredCurve[],
  [one, other]: readonly [Crossing, Crossing],
  name: "x" | "y",
): number {
  return one.pair.reduce((sum, curve, side) => {
    const otherSide = other.pair.indexOf(curve);
    if (otherSide < 0) return sum;
    const [a, b] = [one.influence[name][side], other.influence[name][otherSide]];
    return sum + a.reduce((total, value, j) => total + value * b[j] * curves[curve].error[j] ** 2, 0);
  }, 0);
}

/** κ; 1 without replicates. */
function excessOf({ curves, groups, errors }: MeasuredFamily, found: readonly Crossing[], name: "x" | "y"): number {
  if (errors !== "replicates" || found.length === 0) return 1;
  const ratios = found.flatMap((crossing) =>
    crossing.pair.map((curve, side) => {
      const influence = crossing.influence[name][side];
      const moves = groups[curve].map(({ quantities }) =>
        influence.reduce((sum, value, j) => sum + value * (quantities.value[j] - curves[curve].y[j]), 0),
      );
      const count = moves.length;
      const variance = moves.reduce((sum, move) => sum + move * move, 0) / (count - 1) / count;
      return variance / influence.reduce((sum, value, j) => sum + (value * curves[curve].error[j]) ** 2, 0);
    }),
  );
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}

/** The crossing of two curves; null where their difference does not change its sign beyond its noise. */
function crossingOf(a: MeasuredCurve, b: MeasuredCurve, pair: readonly [number, number]): Crossing | null {
  let at = signChange(a, b);
  let last: Crossing | null = null;
  for (let round = 0; at !== null && round < 3; round++) {
    const found = widestFit([a, b], at);
    if (found === null) return last;
    const { width, ...local } = found;
    const narrow = localCrossing([a, b], at, 0.75 * width)?.local ?? local;
    last = { pair, ...local, shape: { x: narrow.x - local.x, y: narrow.y - local.y } };
    at = local.x;
  }
  return last;
}

type Pair = readonly [MeasuredCurve, MeasuredCurve];

/** Half widths tried, from the widest to the narrowest that holds four points of each curve. */
function halfWidths(pair: Pair, at: number): number[] {
  const distances = pair.map(({ x }) => x.map((value) => Math.abs(value - at)).sort((p, q) => p - q));
  const least = Math.max(...distances.map((own) => own[Math.min(3, own.length - 1)])) * (1 + 1e-9);
  const most = Math.max(...distances.map((own) => own[own.length - 1]));
  const count = 16;
  return Array.from({ length: count }, (_, i) => most * (least / most) ** (i / (count - 1)));
}

/** The crossing on the widest window on which both cubics fit; on the narrowest one whatever they do. */
function widestFit(pair: Pair, at: number): (Local & { readonly width: number }) | null {
  const widths = halfWidths(pair, at);
  for (const [i, width] of widths.entries()) {
    const found = localCrossing(pair, at, width);
    if (found !== null && (found.fitting || i === widths.length - 1)) return { ...found.local, width };
  }
  return null;
}

/** The crossing of the two cubics on one window, and whether they fit; null where there is none. */
function localCrossing(pair: Pair, at: number, width: number): { local: Local; fitting: boolean } | null {
  const [one, other] = pair.map((curve) => cubicFit(curve, at, width));
  if (one === null || other === null) return null;
  const root = rootOf(one, other, width);
  if (root === null) return null;
  const dof = one.dof + other.dof;
  const fitting = dof === 0 || chiSquareTail(one.chi2 + other.chi2, dof) > 0.2;
  return { local: crossingAt([one, other], at, root), fitting };
}

/** A cubic in d = x − centre on the points within a half width of the centre. */
type CubicFit = {
  readonly c: readonly number[];
  /** [4][points of the curve]: coefficients for each point, 0 outside of the window. */
  readonly hat: Matrix;
  readonly chi2: number;
  readonly dof: number;
};

/** Null with fewer than four points, or all on one side of the centre. */
function cubicFit({ x, y, error }: MeasuredCurve, centre: number, width: number): CubicFit | null {
  const inside = x.flatMap((value, j) => (Math.abs(value - centre) <= width ? [j] : []));
  if (inside.length < 4 || x[inside[0]] > centre || x[inside[inside.length - 1]] < centre) return null;
  const row = (j: number): number[] => [0, 1, 2, 3].map((power) => ((x[j] - centre) / width) ** power);
  const fit = linearFit(
    inside.map((j) => row(j).map((value) => value / error[j])),
    inside.map((j) => y[j] / error[j]),
  );
  const hat = matrix(4, x.length, () => 0);
  for (const j of inside)
    for (let power = 0; power < 4; power++)
      hat[power][j] = dot(fit.covariance[power], row(j)) / error[j] ** 2 / width ** power;
  const c = fit.parameters.map((value, power) => value / width ** power);
  return { c, hat, chi2: fit.chi2, dof: inside.length - 4 };
}

/** d where the two cubics meet, nearest to the centre: Newton's steps, which must stay in the window. */
function rootOf(one: CubicFit, other: CubicFit, width: number): number | null {
  const difference = other.c.map((value, power) => value - one.c[power]);
  let d = 0;
  for (let step = 0; step < 40; step++) {
    const move = polynomialAt(difference, d) / polynomialAt(difference, d, 1);
    d -= move;
    if (!(Math.abs(d) <= width)) return null;
    if (Math.abs(move) < 1e-13 * width) return d;
  }
  return null;
}

function crossingAt([one, other]: readonly [CubicFit, CubicFit], centre: number, d: number): Local {
  const slopes = [polynomialAt(one.c, d, 1), polynomialAt(other.c, d, 1)] as const;
  const apart = slopes[1] - slopes[0];
  const level = (fit: CubicFit, j: number): number =>
    polynomialAt(
      fit.hat.map((row) => row[j]),
      d,
    );
  const moves = (fit: CubicFit, sign: number): number[] => fit.hat[0].map((_, j) => (sign * level(fit, j)) / apart);
  const x = [moves(one, 1), moves(other, -1)] as const;
  const y = [x[0].map((move, j) => level(one, j) + slopes[0] * move), x[1].map((move) => slopes[0] * move)] as const;
  return { x: centre + d, y: polynomialAt(one.c, d), slopes, influence: { x, y } };
}

/** The sum of ±4 at most, over the root of their number, that each side of a crossing needs. */
const leastEvidence = 2.5;

/**
 * Where the difference of two curves changes its sign: the place that parts its values, in
 * units of their errors and cut at ±4, best into two signs; null where one side has none.
 */
function signChange(a: MeasuredCurve, b: MeasuredCurve): number | null {
  const [atA, atB] = [interpolant(a), interpolant(b)];
  const grid = [...new Set([...a.x, ...b.x])].sort((p, q) => p - q);
  const points = grid.flatMap((x) => {
    const z = differenceAt(atA, atB, x);
    return z === null ? [] : [{ x, z: Math.max(-4, Math.min(4, z)) }];
  });
  let best = { evidence: 0, place: -1 };
  let left = 0;
  const total = points.reduce((sum, { z }) => sum + z, 0);
  for (let i = 1; i < points.length; i++) {
    left += points[i - 1].z;
    const sides = [left / Math.sqrt(i), (total - left) / Math.sqrt(points.length - i)];
    const evidence = sides[0] * sides[1] < 0 ? Math.min(...sides.map(Math.abs)) : 0;
    if (evidence > best.evidence) best = { evidence, place: i };
  }
  if (best.evidence < leastEvidence) return null;
  return (points[best.place - 1].x + points[best.place].x) / 2;
}

/** The difference of two curves over its error; null where one of them does not reach. */
function differenceAt(a: Interpolant, b: Interpolant, x: number): number | null {
  const [one, other] = [a.at(x), b.at(x)];
  if (one === null || other === null) return null;
  const variance = one.variance + other.variance + (one.error + other.error) ** 2;
  return (other.y - one.y) / Math.sqrt(variance);
}
