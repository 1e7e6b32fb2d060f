/**
 * The noise of single points, and whether an extremum stands out of it.
 */
import { interior, type Sized, type WindowChoice } from "./bandwidth.js";
import { bartlettP } from "./bartlett.js";
import { itemMeans, type SizeGroup } from "./curves.js";
import { tQuantile } from "./special.js";
import { hatOf, polynomialAt } from "./window.js";

/** Variance of the points of each curve round its cubic, on the scale of the link, and its degrees of freedom. */
export type Scatter = { readonly variances: readonly number[]; readonly dof: number };

/**
 * Pooled over sizes relative to the value or as it is, whichever is more even by Bartlett's test;
 * each size's own, with Welch and Satterthwaite's degrees of freedom, where neither has p ≥ 0.01.
 */
export function scatterOf(found: readonly Sized[]): Scatter {
  if (found.length === 0) return { variances: [], dof: 0 };
  // Windows of the least number of points may misfit: they take the noise of the others.
  const free = found.filter((one) => one.free);
  const known = free.length > 0 ? free : found;
  const own = known.map(({ minimum }) => minimum.residual / minimum.dof);
  const dofs = known.map(({ minimum }) => minimum.dof);
  const total = dofs.reduce((sum, dof) => sum + dof, 0);
  const units = [found.map(({ value, slope }) => (value / slope) ** 2), found.map(({ slope }) => slope ** -2)];
  const pooled = units
    .filter((unit) => unit.every((u) => u > 0))
    .map((unit) => {
      const scaled = own.map((variance, i) => variance / unit[found.indexOf(known[i])]);
      const pool = scaled.reduce((sum, variance, i) => sum + dofs[i] * variance, 0) / total;
      return { p: bartlettP(scaled, dofs), variances: unit.map((u) => u * pool) };
    });
  const best = pooled.reduce((a, b) => (b.p > a.p ? b : a));
  if (best.p >= 0.01 || known.length < found.length) return { variances: best.variances, dof: total };
  const sum = own.reduce((a, b) => a + b, 0);
  return { variances: own, dof: Math.max(1, sum ** 2 / own.reduce((a, v, i) => a + v ** 2 / dofs[i], 0)) };
}

/**
 * Minima whose curvature is not above its noise bound become "none". The bound
 * is the 99.95 % point of t: the window was chosen for its small residuals, so
 * that 99.5 % let 11 of 100 noisy constants pass and this at most 5. The noise is that of the
 * residuals, or, where a cubic misfits a coarse grid, what is known without it.
 */
export function demandCurvature(choice: WindowChoice, groups: readonly SizeGroup[]): WindowChoice {
  const found = interior(choice);
  const dof = found.reduce((sum, { minimum }) => sum + minimum.dof, 0);
  const residual = found.reduce((sum, { minimum, value, slope }) => sum + minimum.residual * (slope / value) ** 2, 0);
  const bounds = [{ relative: Math.sqrt(residual / dof), dof }, differenceNoise(groups)];
  const sized = choice.sized.map((one, i): Sized => {
    const { minimum, value, slope } = one;
    if (minimum.status !== "interior") return one;
    const unit = Math.sqrt(minimum.unitVariance.curvature) * Math.abs(value / slope);
    const noise = Math.min(...bounds.map((bound) => tQuantile(0.9995, bound.dof) * bound.relative * unit));
    const roundoff = 1e-12 * unit * minimum.window!.weights.length;
    const bound = Math.max(roundoff, Math.min(noise, statedNoise(one, groups[i])));
    return minimum.curvature > bound ? one : { ...one, minimum: { ...minimum, status: "none", dof: 0 } };
  });
  return { ...choice, sized };
}

/** 99.95 % point of the curvature by stated errors; Infinity without them. */
function statedNoise({ minimum, link }: Sized, { t, error, average, items }: SizeGroup): number {
  if (error === null) return Infinity;
  const y = itemMeans(average.value, items);
  const window = minimum.window!;
  const hat = hatOf(t, window);
  const variance = window.weights.reduce((sum, _, i) => {
    const curvature = polynomialAt(
      hat.map((row) => row[i]),
      minimum.location - window.centre,
      2,
    );
    return sum + ((curvature * error[window.first + i]) / link.slope(y[window.first + i])) ** 2;
  }, 0);
  return 3.29 * Math.sqrt(variance);
}

/**
 * Noise of a point relative to its value by the median of third differences over all curves, which the few
 * points of a peak do not move: d = Σ (−1)ᵏ C(3, k) y_k / (√20·⟨|y|⟩).
 */
export function differenceNoise(groups: readonly SizeGroup[]): { relative: number; dof: number } {
  const all = groups.flatMap(({ t, average, items }) => {
    const y = itemMeans(average.value, items);
    return t.slice(3).map((_, i) => thirdDifference(t.slice(i, i + 4), y.slice(i, i + 4)));
  });
  if (all.length < 2) return { relative: Infinity, dof: 1 };
  const sorted = all.sort((a, b) => a - b);
  // A median of absolute values is as good as 37 % of them; neighbours share three of four points.
  return { relative: sorted[sorted.length >> 1] / 0.6745, dof: Math.max(1, 0.37 * 0.5 * all.length) };
}

/** |divided difference of order 3| over its standard deviation for points of unit relative noise. */
function thirdDifference(t: readonly number[], y: readonly number[]): number {
  const weights = t.map((a, i) => 1 / t.reduce((product, b, j) => (i === j ? product : product * (a - b)), 1));
  const level = y.reduce((sum, value) => sum + Math.abs(value), 0) / 4;
  const difference = weights.reduce((sum, w, i) => sum + w * y[i], 0);
  return level === 0 ? 0 : Math.abs(difference) / (level * Math.hypot(...weights));
}
