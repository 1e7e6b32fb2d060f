/**
 * Extrema of all sizes with their covariance. For ln y_i over sizes i,
 *
 *   C = diag(s²/R_i) + (covariance of a paired bootstrap over items) + δ²,
 *
 * δ is how far a quintic and a narrower window move the extremum: common to all sizes, so
 * it widens locations, values and companions and leaves exponents alone;
 * s² the variance between replicates (divisor R − 1), pooled over sizes unless
 * Bartlett's p < 0.01. Intervals use t with Σ(R_i − 1) degrees of freedom:
 * measured coverage 95 % at 5 and 8 sizes with 3, 5, 8 replicates, where a
 * percentile bootstrap over 3 seeds covers 50 %. Without replicates and items,
 * stated errors or the scatter round the cubics take their place.
 */
import { bartlettP } from "./bartlett.js";
import { bootstrapMeans } from "./bootstrap.js";
import { type ControlScale, groupCurves, itemMeans, type SizeGroup } from "./curves.js";
import { type Matrix, matrix } from "./linear.js";
import {
  chooseHalfWidth,
  cubicAt,
  type ExtremumKind,
  type LocalExtremum,
  shapeVariance,
  type WindowChoice,
} from "./minimum.js";
import {
  type Cubics,
  cubicsOf,
  pointInfluence,
  type Reading,
  readingOf,
  replicateDeviations,
  resampledDeviations,
  windowRows,
} from "./reading.js";
import { tQuantile } from "./special.js";
import type { Curve, ErrorSource, Estimate, ExtremaSet, Extremum, ExtremumStatus, SizeData } from "./types.js";

/** Which extremum, on which scale. */
export type ExtremaOptions = {
  readonly extremum?: ExtremumKind;
  readonly controlScale?: ControlScale;
  /** Resamples of the items; their covariance is then known to √(2/resamples). */
  readonly resamples?: number;
  readonly seed?: number;
};

/** An interior size, its numbers in the units of the fits. */
type Found = {
  readonly group: SizeGroup;
  readonly cubics: Cubics;
  readonly reading: Reading;
  readonly replicates: Record<string, number[]>;
  readonly items: Record<string, number[]> | null;
  /** Influence of each point, scaled by its standard error. */
  readonly points: Record<string, number[]> | null;
};

/** Extremum of every size, their joint covariance, and the data of each quantity against size. */
export function extrema(curves: readonly Curve[], options: ExtremaOptions = {}): ExtremaSet {
  const { extremum = "min", controlScale = "log", resamples = 1000, seed = 0 } = options;
  const sign = extremum === "min" ? 1 : -1;
  const groups = groupCurves(curves, controlScale);
  const choice = chooseHalfWidth(
    groups.map((group) => ({ t: group.t, y: itemMeans(group.average.value, group.items).map((y) => sign * y) })),
  );
  const locals = demandCurvature(choice);
  const errors = errorSource(groups.filter((_, i) => locals[i].status === "interior"));
  const inside = groups.flatMap((group, i) =>
    locals[i].status === "interior" ? [{ group, cubics: cubicsOf(group, locals[i], sign) }] : [],
  );
  const items = errors === "items" || errors === "replicates and items" ? resample(inside, { seed, resamples }) : null;
  const scatter = residualVariance(locals);
  const found = inside.map(
    ({ group, cubics }, i): Found => ({
      group,
      cubics,
      reading: readingOf(cubics),
      replicates: replicateDeviations(group, cubics),
      items: items ? items[i] : null,
      points: errors === "stated errors" || errors === "scatter" ? pointErrors(group, cubics, errors, scatter) : null,
    }),
  );
  const scatterDof = locals.reduce((sum, local) => sum + local.dof, 0);
  return assemble(groups, locals, choice, found, { controlScale, errors, scatterDof, shape: shapeVariance(choice) });
}

/**
 * Minima whose curvature is not above its noise bound become "none". The bound
 * is the 99.95 % point of t: the window was chosen for its small residuals, so
 * that 99.5 % let 11 of 100 noisy constants pass and this at most 5.
 */
function demandCurvature(choice: WindowChoice): LocalExtremum[] {
  const dof = choice.minima.reduce((sum, local) => sum + local.dof, 0);
  const relative = residualVariance(choice.minima);
  return choice.minima.map((local) => {
    if (local.status !== "interior") return local;
    const noise =
      dof > 0 ? tQuantile(0.9995, dof) * Math.sqrt(relative * local.unitVariance.curvature) * Math.abs(local.value) : 0;
    const range = local.window!.hat[0].length;
    const roundoff = 1e-12 * Math.abs(local.value) * Math.sqrt(local.unitVariance.curvature) * range;
    return local.curvature > noise && local.curvature > roundoff
      ? local
      : { ...local, status: "none" as ExtremumStatus, dof: 0 };
  });
}

/** Residual variance of the points relative to the value, pooled over interior minima; 0 without degrees of freedom. */
function residualVariance(locals: readonly LocalExtremum[]): number {
  const kept = locals.filter(({ status, value, dof }) => status === "interior" && value !== 0 && dof > 0);
  const dof = kept.reduce((sum, local) => sum + local.dof, 0);
  return dof === 0 ? 0 : kept.reduce((sum, local) => sum + local.residual / local.value ** 2, 0) / dof;
}

function errorSource(groups: readonly SizeGroup[]): ErrorSource {
  const replicates = groups.some((group) => group.replicates.length > 1);
  const items = groups.some((group) => group.items > 1);
  if (replicates) return items ? "replicates and items" : "replicates";
  if (items) return "items";
  return groups.every(({ error }) => error !== null) ? "stated errors" : "scatter";
}

/** Bootstrap deviations of each size, the same resampled items for all. */
function resample(
  inside: readonly { group: SizeGroup; cubics: Cubics }[],
  options: { seed: number; resamples: number },
): Record<string, number[]>[] {
  const rows = inside.map(({ group, cubics }) => windowRows(group, cubics));
  const means = bootstrapMeans(rows.flat(), inside[0].group.items, options);
  let start = 0;
  return inside.map(({ cubics }, i) => {
    const own = means.slice(start, start + rows[i].length);
    start += rows[i].length;
    return resampledDeviations(own, cubics);
  });
}

function pointErrors(group: SizeGroup, cubics: Cubics, errors: ErrorSource, scatter: number): Record<string, number[]> {
  const { first } = cubics.window;
  const common = Math.sqrt(scatter) * Math.abs(readingOf(cubics).value);
  const influence = pointInfluence(cubics);
  const sigma = (i: number): number => (errors === "stated errors" ? group.error![first + i] : common);
  return Object.fromEntries(Object.entries(influence).map(([name, row]) => [name, row.map((x, i) => x * sigma(i))]));
}

type Context = {
  readonly controlScale: ControlScale;
  readonly errors: ErrorSource;
  readonly scatterDof: number;
  /** Variances by the curves' shape, common to all sizes. */
  readonly shape: ReturnType<typeof shapeVariance>;
};

function assemble(
  groups: readonly SizeGroup[],
  locals: readonly LocalExtremum[],
  choice: WindowChoice,
  found: readonly Found[],
  context: Context,
): ExtremaSet {
  const names = [...new Set(found.flatMap(({ reading }) => Object.keys(reading)))];
  const quantities = Object.fromEntries(names.map((name) => [name, quantityOf(name, found, context)]));
  const of = (name: string): Quantity => quantities[name];
  const data = Object.fromEntries(
    names.filter((name) => of(name).logarithmic).map((name) => [name, sizeData(of(name), context.errors)]),
  );
  return {
    extrema: groups.map((group, i) => extremumOf(group, locals[i].status, quantities, context)),
    halfWidth: choice.halfWidth,
    windowSpread: windowSpread(choice),
    data,
    cross: (a, b) => crossCovariance(of(a), of(b)),
    warnings: [...refusals(locals, groups), ...errorWarnings(context.errors)],
    errorWarnings: errorWarnings(context.errors),
  };
}

/** One quantity over the sizes that have it, in logarithms unless it is not positive everywhere. */
type Quantity = {
  readonly name: string;
  readonly logarithmic: boolean;
  readonly found: readonly Found[];
  readonly y: readonly number[];
  /** Factor from the reading's units to those of y: d ln V = dV/V. */
  readonly factor: readonly number[];
  readonly pooled: boolean;
  readonly dof: number;
  /** Moves at each size by what the curves' shape leaves of t* and of the level, in the reading's units: common to all sizes. */
  readonly common: readonly (readonly [number, number])[];
};

function quantityOf(name: string, all: readonly Found[], context: Context): Quantity {
  const found = all.filter(({ reading }) => name in reading);
  const raw = found.map(({ reading }) => reading[name]);
  const already = name === "location" ? context.controlScale === "log" : name !== "value";
  const logarithmic = already || raw.every((value) => value > 0);
  const factor = raw.map((value) => (already || !logarithmic ? 1 : 1 / value));
  const variances = found.map(
    (one, i) => factor[i] ** 2 * sampleCovariance(one.replicates[name] ?? [], one.replicates[name] ?? []),
  );
  const dofs = found.map(({ group }) => group.replicates.length - 1);
  const pooled = bartlettP(variances, dofs) >= 0.01 || dofs.some((dof) => dof === 0);
  return {
    name,
    logarithmic,
    found,
    y: already || !logarithmic ? raw : raw.map(Math.log),
    factor,
    pooled,
    dof: dofOf(variances, dofs, pooled, context),
    common: found.map(({ cubics, reading }) => commonMoves(name, cubics, reading, context.shape)),
  };
}

/** By δ of t*: 1 for the location, 0 for the value at its extremum, g′(t*) for a companion; by that of the level: the value. */
function commonMoves(name: string, cubics: Cubics, reading: Reading, shape: Context["shape"]): [number, number] {
  const [location, value] = [Math.sqrt(shape.location), Math.sqrt(shape.value)];
  if (name === "location") return [location, 0];
  if (name === "value") return [0, value * Math.abs(reading.value)];
  return [location * cubicAt(cubics.companions[name], cubics.d, 1), 0];
}

/** Σ(R − 1) when pooled, Welch and Satterthwaite's number otherwise. */
function dofOf(variances: readonly number[], dofs: readonly number[], pooled: boolean, context: Context): number {
  if (context.errors === "scatter") return context.scatterDof;
  const total = dofs.reduce((sum, dof) => sum + dof, 0);
  if (total === 0) return Infinity;
  if (pooled) return total;
  const mean = variances.reduce((sum, variance) => sum + variance, 0);
  return Math.max(1, mean ** 2 / variances.reduce((sum, variance, i) => sum + variance ** 2 / dofs[i], 0));
}

/** Σ ab/(R − 1) of deviations that average to zero; 0 for fewer than two. */
function sampleCovariance(a: readonly number[], b: readonly number[]): number {
  return a.length < 2 ? 0 : a.reduce((sum, value, i) => sum + value * b[i], 0) / (a.length - 1);
}

function crossCovariance(a: Quantity, b: Quantity): Matrix {
  const pooled = a.pooled && b.pooled ? pooledCovariance(a, b) : null;
  return matrix(a.found.length, b.found.length, (i, j) => {
    const [one, other] = [a.found[i], b.found[j]];
    const factor = a.factor[i] * b.factor[j];
    let sum = factor * (a.common[i][0] * b.common[j][0] + a.common[i][1] * b.common[j][1]);
    if (one.items && other.items)
      sum += factor * sampleCovariance(one.items[a.name], other.items[b.name]) * bessel(one.group.items);
    if (one !== other) return sum;
    const count = one.group.replicates.length;
    const own = count < 2 ? 0 : factor * sampleCovariance(one.replicates[a.name], one.replicates[b.name]);
    sum += (pooled ?? own) / count;
    const points = one.points;
    return sum + (points ? factor * points[a.name].reduce((total, x, m) => total + x * points[b.name][m], 0) : 0);
  });
}

/** A bootstrap's variance is that of the divisor N; this makes it N − 1. */
function bessel(items: number): number {
  return items / (items - 1);
}

/** Covariance between single replicates, pooled over sizes with weights R − 1. */
function pooledCovariance(a: Quantity, b: Quantity): number {
  let sum = 0;
  let dof = 0;
  a.found.forEach((one, i) => {
    const j = b.found.indexOf(one);
    const own = one.group.replicates.length - 1;
    if (j < 0 || own === 0) return;
    sum += own * a.factor[i] * b.factor[j] * sampleCovariance(one.replicates[a.name], one.replicates[b.name]);
    dof += own;
  });
  return dof === 0 ? 0 : sum / dof;
}

/** The data of a quantity; without any variance (equal replicates, exact points) its errors are "none". */
function sizeData(q: Quantity, errors: ErrorSource): SizeData {
  const sizes = q.found.map(({ group }) => group.size);
  const covariance = crossCovariance(q, q);
  const known = covariance.every((row, i) => row[i] > 1e-24) && q.dof > 0;
  return {
    quantity: q.name,
    sizes,
    logs: q.y,
    covariance: known ? covariance : matrix(sizes.length, sizes.length, (i, j) => (i === j ? 1 : 0)),
    dof: known ? q.dof : 0,
    replicateVariance:
      known && q.found.some(({ group }) => group.replicates.length > 1) ? pooledCovariance(q, q) : null,
    errors: known ? errors : "none",
  };
}

function extremumOf(
  group: SizeGroup,
  status: ExtremumStatus,
  quantities: Record<string, Quantity>,
  context: Context,
): Extremum {
  const estimate = (name: string): Estimate | null => {
    const q = quantities[name];
    const i = q ? q.found.findIndex((one) => one.group === group) : -1;
    if (i < 0) return null;
    const margin = q.dof > 0 ? tQuantile(0.975, q.dof) * Math.sqrt(crossCovariance(q, q)[i][i]) : 0;
    const back = q.logarithmic ? Math.exp : (x: number): number => x;
    return { value: back(q.y[i]), low: back(q.y[i] - margin), high: back(q.y[i] + margin) };
  };
  const names = Object.keys(group.average).filter((name) => name !== "value");
  return {
    size: group.size,
    status,
    location: estimate("location"),
    value: estimate("value"),
    companions: Object.fromEntries(names.map((name) => [name, estimate(name)])),
    errors: status === "interior" ? context.errors : null,
  };
}

/** Largest change over the neighbouring half widths that also found the minimum. */
function windowSpread(choice: WindowChoice): { location: number; value: number } {
  const index = choice.tried.findIndex(({ halfWidth }) => halfWidth === choice.halfWidth);
  const others = [choice.tried[index - 1], choice.tried[index + 1]].flatMap((one) => (one ? [one.minima] : []));
  let location = 0;
  let value = 0;
  choice.minima.forEach((chosen, i) => {
    for (const minima of others) {
      if (chosen.status !== "interior" || minima[i].status !== "interior") continue;
      location = Math.max(location, Math.abs(minima[i].location - chosen.location));
      value = Math.max(value, chosen.value === 0 ? 0 : Math.abs(minima[i].value / chosen.value - 1));
    }
  });
  return { location, value };
}

function whyNone(t: readonly number[], { status }: LocalExtremum): string {
  if (t.length < 5) return `it has ${t.length} ${t.length === 1 ? "control" : "controls"}; at least 5 are needed`;
  return status === "edge" ? "it lies at the edge of the grid" : "the curve shows no curvature above its noise";
}

function refusals(locals: readonly LocalExtremum[], groups: readonly SizeGroup[]): string[] {
  return groups.flatMap(({ size, t }, i) => {
    if (locals[i].status === "interior") return [];
    return [`size ${size} has no interior extremum (${whyNone(t, locals[i])}) and is left out of the fits.`];
  });
}

function errorWarnings(errors: ErrorSource): string[] {
  if (errors === "items")
    return ["one replicate a size: intervals come from the items only and include no variance between replicates."];
  if (errors !== "scatter") return [];
  return [
    "neither replicates nor errors are given: intervals come from the scatter of the points round the local cubic.",
  ];
}
