/**
 * What corrections to scaling do to the numbers of a collapse, by collapses of neighbouring
 * sizes alone (three of them, two where the family has three): as fits over L ≥ L_min, but with
 * parts that are alike up to their size. A correction of L^(−ω) moves a number q of part i as
 *
 *   q_i = q + A·L_i^(−e),  L_i the geometric mean of its sizes, e = ω (+ 1/ν for x_c),
 *
 * or not, A = 0. Both are fitted by generalised least squares with the covariance of resamples
 * that all parts share, for ω = ¾, 1 and 2, which hold those of the common classes. With
 * weights w ~ exp(−χ²/2), ½ and three times ⅙ where all fit alike,
 *
 *   q̂ = q_all + Σ w (q_ω − q_0),  var = Σ w (var_m + (q_m − q̂)²),
 *
 * q_all of all sizes in one collapse. No penalty for A, and no test: tests miss corrections that
 * move a number by its own error, and then 95 % intervals hold it in 50 to 60 %.
 */
import { type CollapseOptions, familyOf, leastScaling, type Scaling } from "./collapse.js";
import { cholesky, linearFit, matrix } from "./linear.js";
import type { MeasuredFamily } from "./point-errors.js";
import { type Resamples, resampled, resampledCovariance } from "./resamples.js";
import type { Estimate } from "./types.js";

/** A collapse with its resamples. */
export type Resampled = { readonly point: Scaling; readonly found: Resamples };

/** A collapse of neighbouring sizes. */
export type CollapsePart = Resampled & { readonly sizes: readonly number[] };

type Search = CollapseOptions & { readonly seed: number };

const mostParts = 12;

/** The collapses of neighbouring sizes near that of all; none where there are too few sizes or one of them is not bounded. */
export function collapseParts(measured: MeasuredFamily, point: Scaling, search: Search): readonly CollapsePart[] {
  const { curves } = measured;
  const width = curves.length === 3 && search.holdB ? 2 : 3;
  const last = curves.length - width;
  // 200 resamples know the covariance of a dozen parts; of more sizes every second or third part, the largest among them.
  const step = Math.ceil((last + 1) / mostParts);
  const firsts = curves.flatMap((_, first) => (first <= last && (last - first) % step === 0 ? [first] : []));
  const parts = firsts.map((first) => partOf(measured, [first, first + width], { point, search }));
  const bounded = parts.flatMap((part) => part ?? []);
  return bounded.length === parts.length && parts.length > 1 ? bounded : [];
}

function partOf(
  measured: MeasuredFamily,
  range: readonly [number, number],
  { point, search }: { readonly point: Scaling; readonly search: Search },
): CollapsePart | null {
  const [curves, groups] = [measured.curves.slice(...range), measured.groups.slice(...range)];
  const fixed = search.critical === undefined || "fixed" in search.critical;
  const near = { ...search, near: true, start: point, ...(fixed ? {} : { critical: { starts: [point.critical] } }) };
  const { least, value } = leastScaling(familyOf(curves, search.omega), near);
  const found = Number.isFinite(value) ? resampled({ ...measured, curves, groups }, least, near) : null;
  return found && { point: least, found, sizes: curves.map(({ size }) => size) };
}

/** ω of the drifts that may be there. */
const omegas = [0.75, 1, 2];

/** What is read off a scaling, and how much faster than L^(−ω) it settles. */
export type Reading = { readonly read: (scaling: Scaling) => number; readonly faster?: number };

/** The interval of a number that may drift with size; without parts, that of the resamples alone. */
export function driftingEstimate(
  all: Resampled,
  parts: readonly CollapsePart[],
  { read, faster = 0 }: Reading,
): Estimate {
  const value = read(all.point);
  const plain = { value, variance: resampledCovariance([all.found, all.found], read), chi2: 0 };
  const models = parts.length === 0 ? null : modelsOf(parts, { read, faster });
  const mean = models === null ? plain : averaged({ ...plain, chi2: models.constant.chi2 }, models);
  const half = all.found.quantile * Math.sqrt(mean.variance);
  return { value: mean.value, low: mean.value - half, high: mean.value + half };
}

type Model = { readonly value: number; readonly variance: number; readonly chi2: number };

/** The constant and the drifts through the parts; null where their covariance is singular, as of a number that is held. */
function modelsOf(parts: readonly CollapsePart[], { read, faster }: Required<Reading>) {
  const n = parts.length;
  const factor = cholesky(matrix(n, n, (i, j) => resampledCovariance([parts[i].found, parts[j].found], read)));
  if (factor === null) return null;
  const values = parts.map(({ point }) => read(point));
  const mean = parts.map(({ sizes }) => sizes.reduce((sum, size) => sum + Math.log(size), 0) / sizes.length);
  const fitted = (rows: number[][]): Model => {
    const { parameters, covariance, chi2 } = linearFit(rows, values, factor);
    return { value: parameters[0], variance: covariance[0][0], chi2 };
  };
  return {
    constant: fitted(values.map(() => [1])),
    drifts: omegas.map((omega) => {
      const drift = fitted(mean.map((log) => [1, Math.exp((omega + faster) * (mean[0] - log))]));
      // Where not even the drift fits, its scatter widens it.
      return { ...drift, variance: drift.variance * Math.max(1, n > 2 ? drift.chi2 / (n - 2) : 1) };
    }),
  };
}

/** The mean of the plain number and of its drifts by weights exp(−χ²/2), half of them on the drifts where all fit alike. */
function averaged(plain: Model, { constant, drifts }: NonNullable<ReturnType<typeof modelsOf>>): Model {
  const models = [plain, ...drifts.map((drift) => ({ ...drift, value: plain.value + drift.value - constant.value }))];
  const least = Math.min(...models.map(({ chi2 }) => chi2));
  const raw = models.map(({ chi2 }, i) => Math.exp((least - chi2) / 2) / (i === 0 ? 1 : drifts.length));
  const total = raw.reduce((sum, w) => sum + w, 0);
  const sum = (of: (model: Model) => number): number => models.reduce((s, one, i) => s + (raw[i] / total) * of(one), 0);
  const value = sum((one) => one.value);
  return { value, variance: sum((one) => one.variance + (one.value - value) ** 2), chi2: least };
}
