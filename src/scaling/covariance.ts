/**
 * Joint covariance of what is read off at the extrema. For ln y_i over sizes i,
 *
 *   C = diag(s_i²/R_i) + (covariance of a paired bootstrap over items) + δ²,
 *
 * δ is what the shape of the curves leaves (shape.ts), in units of the curve's own width and height. Sizes share it
 * as far as they share the density of their points: on grids of their own it widens locations, values and
 * companions and leaves exponents nearly alone. s_i² is the variance between replicates (divisor R − 1),
 * pooled over sizes in the units in which it is most even, unless Bartlett's p < 0.01 in all.
 * Intervals use t with Σ(R_i − 1) degrees of freedom: a percentile bootstrap over 3 seeds
 * covers 50 % instead of 95. Without replicates and items, stated errors or the scatter
 * round the cubics take their place.
 */
import { CrispError } from "../core/errors.js";
import type { Sized } from "./bandwidth.js";
import { bartlettP } from "./bartlett.js";
import type { ControlScale, SizeGroup } from "./curves.js";
import { type Matrix, matrix } from "./linear.js";
import type { Cubics, Reading } from "./reading.js";
import { type Shape, shared } from "./shape.js";
import { tQuantile } from "./special.js";
import type { ErrorSource, Estimate, SizeData } from "./types.js";
import { polynomialAt } from "./window.js";

/** An interior size, its numbers in the units of the fits. */
export type Found = {
  readonly group: SizeGroup;
  readonly sized: Sized;
  /** Its place among all sizes, in the order of `Context.shape`. */
  readonly index: number;
  readonly cubics: Cubics;
  readonly reading: Reading;
  readonly replicates: Record<string, number[]>;
  readonly items: Record<string, number[]> | null;
  /** Influence of each point, scaled by its standard error. */
  readonly points: Record<string, number[]> | null;
};

/** What all quantities of a set share. */
export type Context = {
  readonly controlScale: ControlScale;
  readonly errors: ErrorSource;
  readonly scatterDof: number;
  readonly shape: Shape;
};

/** One quantity over the sizes that have it, in logarithms unless it is not positive everywhere. */
export type Quantity = {
  readonly name: string;
  readonly logarithmic: boolean;
  readonly found: readonly Found[];
  readonly y: readonly number[];
  /** Factor from the reading's units to those of y: d ln V = dV/V. */
  readonly factor: readonly number[];
  /** Units, in those of y, in which the variance between replicates is pooled; null where it is not. */
  readonly units: readonly number[] | null;
  readonly dof: number;
  /** Moves by the shape of the curves, in the units of y, by size. */
  readonly moves: readonly (readonly Moves[])[];
};

/** By δ of t* and by δ of the level. */
type Moves = readonly [number, number];

/** What is read off, on the scale of the fits. */
type Scaled = Pick<Quantity, "name" | "logarithmic" | "found" | "y" | "factor">;

/** A quantity by its name in the readings. */
export function quantityOf(name: string, all: readonly Found[], context: Context): Quantity {
  const found = all.filter(({ reading }) => name in reading);
  const raw = found.map(({ reading }) => reading[name]);
  const already = name === "location" ? context.controlScale === "log" : name !== "value";
  const logarithmic = already || raw.every((value) => value > 0);
  const same = already || !logarithmic;
  return withVariance(
    {
      name,
      logarithmic,
      found,
      y: same ? raw : raw.map(Math.log),
      factor: raw.map((value) => (same ? 1 : 1 / value)),
    },
    context,
  );
}

/**
 * ln|x* − x_c| as the quantity `location`.
 *
 * @throws CrispError `data` if a location is the critical point itself
 */
export function distanceOf(found: readonly Found[], critical: number, context: Context): Quantity {
  const log = context.controlScale === "log";
  const x = found.map(({ reading }) => (log ? Math.exp(reading.location) : reading.location));
  const touching = x.findIndex((value) => Math.abs(value - critical) <= 1e-12 * Math.abs(value));
  if (touching >= 0) {
    throw new CrispError(
      "data",
      `size ${found[touching].group.size} has its extremum at the critical point ${critical}; the distance must differ from 0. Give another critical point.`,
    );
  }
  const y = x.map((value) => Math.log(Math.abs(value - critical)));
  const factor = x.map((value) => (log ? value : 1) / (value - critical));
  return withVariance({ name: "location", logarithmic: true, found, y, factor }, context);
}

function withVariance(q: Scaled, context: Context): Quantity {
  const variances = q.found.map((one, i) => q.factor[i] ** 2 * replicateCovariance(one, q.name, q.name));
  const dofs = q.found.map(({ group }) => group.replicates.length - 1);
  const units = poolingUnits(q, variances, dofs);
  const moves = q.found.map((one, i) =>
    context.shape[one.index].map(({ location, value }): Moves => {
      const scaled = scaledMoves(q.name, one, [location * one.sized.width, value * one.sized.amplitude]);
      return [scaled[0] * q.factor[i], scaled[1] * q.factor[i]];
    }),
  );
  const dof = dofOf(variances, { dofs, pooled: units !== null, context });
  return { ...q, units, dof, moves };
}

/** By δ of t*: 1 for the location, 0 for the value at its extremum, g′(t*) for a companion; by that of the level: the value. */
function scaledMoves(name: string, { cubics }: Found, [location, value]: Moves): [number, number] {
  if (name === "location") return [location, 0];
  if (name === "value") return [0, value];
  return [location * polynomialAt(cubics.companions[name], cubics.d, 1), 0];
}

/**
 * The units in which replicates scatter most evenly over sizes by Bartlett's test: the curve's own width or
 * amplitude, its points' noise, both of these, or, of values, equal ones. Null if p < 0.01 in all.
 */
function poolingUnits(q: Scaled, variances: readonly number[], dofs: readonly number[]): number[] | null {
  const equal = q.y.map(() => 1);
  const own = normalised(q.found.map((one, i) => moved(q, one, i)([one.sized.width, one.sized.amplitude])));
  const points = normalised(q.found.map((one, i) => moved(q, one, i)(pointNoise(one.sized))));
  const both = own.map((x, i) => Math.hypot(x, points[i]));
  const sound = [own, points, both].filter((units) => units.every((unit) => unit > 0));
  const tried = q.name === "value" || sound.length === 0 ? [equal, ...sound] : sound;
  const p = tried.map((units) =>
    bartlettP(
      variances.map((variance, i) => variance / units[i] ** 2),
      dofs,
    ),
  );
  const best = Math.max(...p);
  return best >= 0.01 || dofs.some((dof) => dof === 0) ? tried[p.indexOf(best)] : null;
}

/** Move of a quantity of the i-th size, in the units of y, by one of t* and of the level. */
function moved(q: Scaled, one: Found, i: number): (moves: Moves) => number {
  return (moves) => Math.hypot(...scaledMoves(q.name, one, moves)) * Math.abs(q.factor[i]);
}

/** Deviations of t* and of the value by points whose noise goes as the value. */
function pointNoise({ minimum, value, slope }: Sized): Moves {
  const { unitVariance } = minimum;
  return [Math.abs(value / slope) * Math.sqrt(unitVariance.location), Math.abs(value) * Math.sqrt(unitVariance.value)];
}

/** Divided by their root mean square. */
function normalised(units: readonly number[]): number[] {
  const size = Math.sqrt(units.reduce((sum, unit) => sum + unit ** 2, 0) / units.length);
  return units.map((unit) => unit / size);
}

/** Σ(R − 1) when pooled, Welch and Satterthwaite's number otherwise. */
function dofOf(
  variances: readonly number[],
  { dofs, pooled, context }: { dofs: readonly number[]; pooled: boolean; context: Context },
): number {
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

function replicateCovariance({ replicates }: Found, a: string, b: string): number {
  return sampleCovariance(replicates[a] ?? [], replicates[b] ?? []);
}

/** Covariance of two quantities over their sizes. */
export function crossCovariance(a: Quantity, b: Quantity): Matrix {
  const pooled = a.units && b.units ? pooledCovariance(a, b) : null;
  return matrix(a.found.length, b.found.length, (i, j) => {
    const [one, other] = [a.found[i], b.found[j]];
    const factor = a.factor[i] * b.factor[j];
    const moves = a.moves[i].reduce((total, move, k) => total + product(move, b.moves[j][k]), 0);
    let sum = shared(one.sized, other.sized) * moves;
    if (one.items && other.items)
      sum += factor * sampleCovariance(one.items[a.name], other.items[b.name]) * bessel(one.group.items);
    if (one !== other) return sum;
    const count = one.group.replicates.length;
    const between =
      pooled === null ? factor * replicateCovariance(one, a.name, b.name) : pooled * a.units![i] * b.units![j];
    sum += count < 2 && pooled === null ? 0 : between / count;
    const { points } = one;
    return sum + (points ? factor * points[a.name].reduce((total, x, m) => total + x * points[b.name][m], 0) : 0);
  });
}

function product(a: Moves, b: Moves): number {
  return a[0] * b[0] + a[1] * b[1];
}

/** A bootstrap's variance is that of the divisor N; this makes it N − 1. */
function bessel(items: number): number {
  return items / (items - 1);
}

/** Covariance between single replicates in pooling units, over sizes with weights R − 1. */
function pooledCovariance(a: Quantity, b: Quantity): number {
  let sum = 0;
  let dof = 0;
  a.found.forEach((one, i) => {
    const j = b.found.indexOf(one);
    const own = one.group.replicates.length - 1;
    if (j < 0 || own === 0) return;
    const units = (a.units?.[i] ?? 1) * (b.units?.[j] ?? 1);
    sum += (own * a.factor[i] * b.factor[j] * replicateCovariance(one, a.name, b.name)) / units;
    dof += own;
  });
  return dof === 0 ? 0 : sum / dof;
}

/** The data of a quantity; without any variance (equal replicates, exact points) its errors are "none". */
export function sizeData(q: Quantity, errors: ErrorSource): SizeData {
  const sizes = q.found.map(({ group }) => group.size);
  const covariance = crossCovariance(q, q);
  const known = covariance.every((row, i) => row[i] > 1e-24) && q.dof > 0;
  const single = q.found.every(({ group }) => group.replicates.length < 2);
  const square = q.units === null ? 1 : q.units.reduce((sum, unit) => sum + unit ** 2, 0) / q.units.length;
  return {
    quantity: q.name,
    sizes,
    logs: q.y,
    covariance: known ? covariance : matrix(sizes.length, sizes.length, (i, j) => (i === j ? 1 : 0)),
    dof: known ? q.dof : 0,
    replicateVariance: known && !single ? pooledCovariance(q, q) * square : null,
    errors: known ? errors : "none",
  };
}

/** A quantity of one size with its 95 % interval; null where the size has none. */
export function estimateOf(q: Quantity, group: SizeGroup): Estimate | null {
  const i = q.found.findIndex((one) => one.group === group);
  if (i < 0) return null;
  const margin = q.dof > 0 ? tQuantile(0.975, q.dof) * Math.sqrt(crossCovariance(q, q)[i][i]) : 0;
  const back = q.logarithmic ? Math.exp : (x: number): number => x;
  return { value: back(q.y[i]), low: back(q.y[i] - margin), high: back(q.y[i] + margin) };
}
