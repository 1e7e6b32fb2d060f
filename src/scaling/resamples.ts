/**
 * Intervals of a collapse by resampling. Each of 200 resamples draws the curves again:
 *
 *   replicates  R of a size's R replicates with replacement; the standard deviation of the
 *               resamples times √(R/(R − 1)), for draws from R vary by (R − 1)/R of their source;
 *   else        every point with a Gaussian deviate of its stated error, or of the scatter.
 *
 * To each point is added a deviate of what interpolation may miss beside it, so a coarse
 * grid widens the interval. A resample's scaling is one step of Newton from the best one,
 *
 *   p_k = p − H⁻¹∇S_k(p),  H the second derivatives of S at p,
 *
 * with differences over about two standard deviations, where S has risen by 4 over the
 * number N of points. Half width: t(0.975, dof) times the deviation, and times √S where S is
 * above 1 by more than its own noise, 3√(2/N): then the curves do not agree within their
 * errors. A search for each resample gave the same widths to 8 % and took 10 times as long.
 */
import { type Draws, draws, purpose } from "../core/random.js";
import { type CollapseOptions, familyOf, freeNames, qualityOf, type Scaling, scalingAt } from "./collapse.js";
import { interpolationErrors, type MeasuredCurve } from "./interpolate.js";
import { cholesky, dot, forward, type Matrix, matrix } from "./linear.js";
import { type MeasuredFamily, meanOf } from "./point-errors.js";
import { tQuantile } from "./special.js";
import type { Estimate } from "./types.js";

/** Number of resamples: the deviation is known to 5 %. */
const count = 200;

/** The scalings of the resamples with the factor from their deviation to half an interval. */
export type Resamples = { readonly scalings: readonly Scaling[]; readonly factor: number };

/** Scalings of resampled curves around the best; null where S does not bound it, or a tenth of the resamples do not overlap. */
export function resampled(
  measured: MeasuredFamily,
  best: Scaling,
  options: CollapseOptions & { readonly seed: number },
): Resamples | null {
  const names = freeNames(options);
  const base = names.map((name) => best[name]);
  const qualities = (curves: readonly MeasuredCurve[]): Quality => {
    const family = familyOf(curves, options.omega);
    return (moves) =>
      qualityOf(
        family,
        scalingAt(
          best,
          names,
          base.map((value, j) => value + moves[j]),
        ),
      );
  };
  const own = qualities(measured.curves);
  const points = measured.curves.reduce((sum, { x }) => sum + x.length, 0);
  // x_c may be 0, so its first step is of the smallest curve's range; exponents are of the order of 1.
  const range = Math.min(...measured.curves.map(({ x }) => x[x.length - 1] - x[0]));
  const scales = names.map((name, j) => Math.max(Math.abs(base[j]), name === "critical" ? range : 1));
  const steps = stepsOf(own, scales, points);
  const factor = steps && hessianFactor(own, steps);
  if (steps === null || factor === null) return null;
  const missed = measured.curves.map(interpolationErrors);
  const scalings = Array.from({ length: count }, (_, k) => {
    const draw = draws({ seed: options.seed, purpose: purpose.bootstrap }, k);
    const curves = measured.curves.map((curve, i) => redrawn(measured, i, { curve, missed: missed[i], draw }));
    const gradient = gradientOf(qualities(curves), steps);
    if (!gradient.every(Number.isFinite)) return null;
    const move = solved(factor, gradient);
    return scalingAt(
      best,
      names,
      base.map((value, j) => value - steps[j] * move[j]),
    );
  }).flatMap((one) => (one === null ? [] : [one]));
  if (scalings.length < 0.9 * count) return null;
  const least = Math.min(...measured.groups.map((group) => group.length));
  const S = own(base.map(() => 0));
  const misfit = misfits(S, points) ? Math.sqrt(S) : 1;
  const small = measured.errors === "replicates" ? Math.sqrt(least / (least - 1)) : 1;
  return { scalings, factor: tQuantile(0.975, Math.max(1, measured.dof)) * small * misfit };
}

/** Whether S of so many points is above 1 by more than its own noise. */
export function misfits(S: number, points: number): boolean {
  return S > 1 + 3 * Math.sqrt(2 / points);
}

/** S where the free parameters are moved from the best scaling. */
type Quality = (moves: readonly number[]) => number;

/** Slopes of S in units of the steps. */
function gradientOf(quality: Quality, steps: readonly number[]): number[] {
  const moved = (j: number, side: number): number => quality(steps.map((h, m) => (m === j ? side * h : 0)));
  return steps.map((_, j) => (moved(j, 1) - moved(j, -1)) / 2);
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

type Redraw = { readonly curve: MeasuredCurve; readonly missed: readonly number[]; readonly draw: Draws };

/** One size's curve drawn again. */
function redrawn({ groups, errors }: MeasuredFamily, i: number, { curve, missed, draw }: Redraw): MeasuredCurve {
  if (errors !== "replicates")
    return { ...curve, y: curve.y.map((y, j) => y + Math.hypot(curve.error[j], missed[j]) * draw.gaussian()) };
  const own = groups[i].map(() => groups[i][draw.whole(groups[i].length)]);
  return { ...curve, y: meanOf(own).map((y, j) => y + missed[j] * draw.gaussian()) };
}

/** The 95 % interval of a number read off a scaling, around its value at the best one. */
export function resampledInterval(found: Resamples, best: Scaling, read: (scaling: Scaling) => number): Estimate {
  const values = found.scalings.map(read);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const [value, half] = [read(best), found.factor * Math.sqrt(square)];
  return { value, low: value - half, high: value + half };
}
