/**
 * Intervals of a collapse by resampling. Each of 200 resamples draws the curves again:
 *
 *   replicates  R of a size's R replicates with replacement; the standard deviation of the
 *               resamples times √(R/(R − 1)), for draws from R vary by (R − 1)/R of their source;
 *   else        every point with a Gaussian deviate of its stated error, or of the scatter.
 *
 * What interpolation may miss between two points moves by a deviate of its own, so a coarse
 * grid widens the interval, by no more than S gives such a place. As noise of the points beside a gap,
 * which other curves know well, it made intervals on random grids 6 times as wide. A resample's scaling is one step of Newton from the best one,
 *
 *   p_k = p − H⁻¹∇S_k(p),  H the second derivatives of S at p,
 *
 * with differences over about two standard deviations, where S has risen by 4 over the
 * number N of points. Half width: t(0.975, dof) times the deviation, and times √S where S is
 * above 1 by more than its own noise, 3√(2/N): then the curves do not agree within their
 * errors. A search for each resample gave the same widths to 8 % and took 10 times as long.
 */
import { draws, purpose } from "../core/random.js";
import {
  type CollapseOptions,
  type Family,
  familyOf,
  freeNames,
  qualityOf,
  type Scaling,
  scalingAt,
} from "./collapse.js";
import { cholesky, dot, forward, type Matrix, matrix } from "./linear.js";
import { type MeasuredFamily, meanOf } from "./point-errors.js";
import { redrawnQuality } from "./redrawn.js";
import { tQuantile } from "./special.js";
import type { Estimate } from "./types.js";

/** Number of resamples: the deviation is known to 5 %. */
const count = 200;

/** The scalings of the resamples; their variance times `inflation` is that of the estimate, `quantile` is t. */
export type Resamples = {
  readonly scalings: readonly Scaling[];
  readonly inflation: number;
  readonly quantile: number;
};

/** Scalings of resampled curves around the best; null where S does not bound it. */
export function resampled(
  measured: MeasuredFamily,
  best: Scaling,
  options: CollapseOptions & { readonly seed: number },
): Resamples | null {
  const names = freeNames(options);
  const base = names.map((name) => best[name]);
  const family = familyOf(measured.curves, options.omega);
  const moved: Moved = (moves) =>
    scalingAt(
      best,
      names,
      base.map((value, j) => value + moves[j]),
    );
  const own: Quality = (moves) => qualityOf(family, moved(moves));
  const points = measured.curves.reduce((sum, { x }) => sum + x.length, 0);
  // x_c may be 0, so its first step is of the smallest curve's range; exponents are of the order of 1.
  const range = Math.min(...measured.curves.map(({ x }) => x[x.length - 1] - x[0]));
  const scales = names.map((name, j) => Math.max(Math.abs(base[j]), name === "critical" ? range : 1));
  const steps = stepsOf(own, scales, points);
  const factor = steps && hessianFactor(own, steps);
  if (steps === null || factor === null) return null;
  const gradient = gradientAt(family, moved, steps);
  const scalings = Array.from({ length: count }, (_, k) => {
    const slopes = gradient(redrawnValues(measured, { seed: options.seed, index: k }));
    const move = solved(factor, slopes);
    return moved(steps.map((step, j) => -step * move[j]));
  });
  if (!scalings.every((one) => Number.isFinite(one.a))) return null;
  const least = Math.min(...measured.groups.map((group) => group.length));
  const S = own(base.map(() => 0));
  const misfit = misfits(S, points) ? S : 1;
  const small = measured.errors === "replicates" ? least / (least - 1) : 1;
  return { scalings, inflation: small * misfit, quantile: tQuantile(0.975, Math.max(1, measured.dof)) };
}

/** Whether S of so many points is above 1 by more than its own noise. */
export function misfits(S: number, points: number): boolean {
  return S > 1 + 3 * Math.sqrt(2 / points);
}

/** S where the free parameters are moved from the best scaling. */
type Quality = (moves: readonly number[]) => number;

/** A scaling moved from the best one in its free parameters. */
type Moved = (moves: readonly number[]) => Scaling;

/** Slopes of S in units of the steps, as a function of the values of redrawn curves. */
function gradientAt(family: Family, moved: Moved, steps: readonly number[]) {
  const sides = steps.map((_, j) =>
    [1, -1].map((side) => redrawnQuality(family, moved(steps.map((h, m) => (m === j ? side * h : 0))))),
  );
  return (values: Float64Array): number[] => sides.map(([up, down]) => (up(values) - down(values)) / 2);
}

/** x with G·Gᵀ·x = b. */
function solved(g: Matrix, b: readonly number[]): number[] {
  const half = forward(g, b);
  return g.map((_, j) =>
    dot(
      forward(
        g,
        g.map((_, i) => (i === j ? 1 : 0)),
      ),
      half,
    ),
  );
}

/** Moves of each parameter alone at which S has risen by 4/points; null where it never does. */
function stepsOf(quality: Quality, scales: readonly number[], points: number): number[] | null {
  const least = quality(scales.map(() => 0));
  const rise = (j: number, step: number): number =>
    Math.min(...[-1, 1].map((side) => quality(scales.map((_, m) => (m === j ? side * step : 0))))) - least;
  const steps = scales.map((scale, j) => {
    let step = 1e-6 * scale;
    for (let doubling = 0; doubling < 24; doubling++, step *= 2) if (rise(j, step) > 4 / points) return step;
    return null;
  });
  return steps.every((step) => step !== null) ? steps : null;
}

/** Cholesky factor of the second derivatives of S, in units of the steps; null where they are not positive definite. */
function hessianFactor(quality: Quality, steps: readonly number[]): Matrix | null {
  const moved = (...moves: readonly (readonly [number, number])[]): number =>
    quality(steps.map((h, m) => moves.reduce((sum, [j, side]) => sum + (j === m ? side * h : 0), 0)));
  const centre = moved();
  const single = steps.map((_, j) => moved([j, 1]) + moved([j, -1]) - 2 * centre);
  const hessian = matrix(steps.length, steps.length, (i, j) => {
    if (i === j) return single[i];
    return (moved([i, 1], [j, 1]) + moved([i, -1], [j, -1]) - moved([i, 1], [j, -1]) - moved([i, -1], [j, 1])) / 4;
  });
  return hessian.flat().every(Number.isFinite) ? cholesky(hessian) : null;
}

type Draw = { readonly seed: number; readonly index: number };

/** All curves drawn again, as redrawn.ts takes them; one stream per size, so that parts of a family are drawn as in the whole. */
function redrawnValues({ curves, groups, errors }: MeasuredFamily, { seed, index }: Draw): Float64Array {
  const drawn = curves.map(({ size, y, error }, i) => {
    const draw = draws({ seed, stream: streamOf(size), purpose: purpose.bootstrap }, index);
    const values =
      errors === "replicates"
        ? meanOf(groups[i].map(() => groups[i][draw.whole(groups[i].length)]))
        : y.map((value, j) => value + error[j] * draw.gaussian());
    return { values, bends: y.map(() => draw.gaussian()) };
  });
  return Float64Array.from([...drawn.flatMap(({ values }) => values), ...drawn.flatMap(({ bends }) => bends)]);
}

/** A whole number for any size: the two halves of its bits. */
function streamOf(size: number): number {
  const [low, high] = new Uint32Array(Float64Array.of(size).buffer);
  return (low ^ high) >>> 0;
}

/** The 95 % interval of a number read off a scaling, around its value at the best one. */
export function resampledInterval(found: Resamples, best: Scaling, read: (scaling: Scaling) => number): Estimate {
  const value = read(best);
  const half = found.quantile * Math.sqrt(resampledCovariance([found, found], read));
  return { value, low: value - half, high: value + half };
}

/** The covariance of a number read off two families that are drawn alike: parts of one family, or twice the same. */
export function resampledCovariance(
  [one, other]: readonly [Resamples, Resamples],
  read: (scaling: Scaling) => number,
): number {
  const [a, b] = [one, other].map(({ scalings }) => {
    const values = scalings.map(read);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  });
  return (Math.sqrt(one.inflation * other.inflation) * dot(a, b)) / (a.length - 1);
}
