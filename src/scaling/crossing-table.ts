/**
 * Scaling analysis of monotone curves that cross: crossings of neighbouring sizes, where
 * they go as size grows, and the collapse
 *
 *   y = L^b·(1 + c·L^(−ω))·f((x − x_c)·L^(1/ν))
 *
 * with x_c and ν fitted, b held at 0 (Binder cumulants, spanning probabilities, ξ/L), held
 * at another number, or fitted; c is fitted where ω is given. Nothing in the record is NaN:
 * what is not determined is null.
 */

import { CrispError } from "../core/errors.js";
import { type Collapse, type CollapseOptions, collapse, type Scaling } from "./collapse.js";
import { curvesOf, type TableColumns } from "./columns.js";
import { type Crossing, type Crossings, crossingsOf } from "./crossing.js";
import { groupCurves } from "./curves.js";
import { type Drift, driftOf } from "./drift.js";
import { processCollapse } from "./gaussian-process.js";
import type { MeasuredCurve } from "./interpolate.js";
import { type MeasuredFamily, measuredFamily, type PointErrorSource } from "./point-errors.js";
import { type Resamples, resampled, resampledInterval } from "./resamples.js";
import { tQuantile } from "./special.js";
import { columnsFrom, type TableRow } from "./table.js";
import type { Estimate } from "./types.js";

/** How crossing curves are analysed. */
export type CrossingOptions = {
  /** b of y ~ L^b; 0 by default, "free" fits it in the collapse. */
  readonly valueExponent?: number | "free";
  /** ω of the correction 1 + c·L^(−ω); none by default. */
  readonly correction?: number;
  /** x_c held in the collapse. */
  readonly critical?: number;
  /** The collapse counts points with low ≤ (x − x_c)·L^(1/ν) ≤ high. */
  readonly scaledRange?: readonly [number, number];
  readonly sizesFrom?: number;
  readonly seed?: number;
};

/** A pair of neighbouring sizes; numbers are null where their curves do not cross inside both grids. */
export type CrossingPair = {
  readonly from: number;
  readonly to: number;
  readonly control: Estimate | null;
  /** y·L^(−b) at the crossing. */
  readonly value: Estimate | null;
};

/** The collapse of a crossing family; estimates are null where they are refused or undetermined. */
export type CrossingCollapse = {
  readonly nu: Estimate | null;
  readonly critical: Estimate | null;
  readonly b: Estimate | null;
  /** −b·ν, where b is fitted. */
  readonly beta: Estimate | null;
  /** c, where ω is given. */
  readonly correction: Estimate | null;
  /** Where S is least, whatever the intervals; null when refused. */
  readonly point: {
    readonly nu: number;
    readonly critical: number;
    readonly b: number;
    readonly correction: number;
  } | null;
  readonly S: number | null;
  readonly Pb: number;
  readonly overlap: number;
  readonly unscaled: number | null;
  readonly refusedFor: string | null;
  readonly undetermined: readonly string[];
  /** Points that count. */
  readonly points: number;
  /** Of the same scaling by the likelihood of a Gaussian process; null with a correction, or where it does not bound it. */
  readonly gaussianProcess: {
    readonly nu: Estimate;
    readonly critical: Estimate;
    readonly b: Estimate;
    readonly logLikelihood: number;
    readonly points: number;
  } | null;
};

/** The record of `crisp fit --extremum none`, field by field in docs/fit-json.md. */
export type CrossingRecord = {
  readonly schemaVersion: 1;
  readonly kind: "crossing";
  readonly options: {
    readonly extremum: "none";
    readonly valueExponent: number | "free";
    readonly correction: number | null;
    readonly critical: number | null;
    readonly scaledRange: readonly [number, number] | null;
    readonly sizesFrom: number | null;
  };
  /** Rows used. */
  readonly rows: number;
  /** What all intervals rest on; null where nothing tells how large errors are. */
  readonly errors: PointErrorSource | null;
  readonly crossings: readonly CrossingPair[];
  readonly drift: Drift;
  readonly collapse: CrossingCollapse | null;
  /** The curves, averaged over replicates, with the errors of their points. */
  readonly curves: readonly (Omit<MeasuredCurve, "x" | "y"> & {
    readonly replicates: number;
    readonly control: readonly number[];
    readonly value: readonly number[];
  })[];
  readonly warnings: readonly string[];
};

/**
 * Fits a family of crossing curves given as rows.
 *
 * @throws CrispError `data` for an empty table or none with controls, numbers that are not finite,
 *   sizes ≤ 0, replicates of a size on different controls
 */
export function fitCrossings(rows: readonly TableRow[], options: CrossingOptions = {}): CrossingRecord {
  return fitCrossingColumns(columnsFrom(rows), options);
}

/** The same from columns. */
export function fitCrossingColumns(table: TableColumns, options: CrossingOptions = {}): CrossingRecord {
  const { valueExponent = 0, correction = null, critical = null, scaledRange = null, sizesFrom = null } = options;
  if (table.control === null)
    throw new CrispError(
      "data",
      "the table has no column control; curves that cross need one. Give size, control, value.",
    );
  const { curves, rows, warnings } = curvesOf(table, sizesFrom ?? 0);
  groupCurves(curves, "linear"); // one grid for the replicates of a size
  const measured = measuredFamily(curves);
  const common = {
    schemaVersion: 1,
    kind: "crossing",
    options: { extremum: "none", valueExponent, correction, critical, scaledRange, sizesFrom },
    rows,
    errors: measured?.errors ?? null,
  } as const;
  if (measured === null) {
    const few = "a curve has fewer than five controls, and neither replicates nor stated errors: nothing is fitted.";
    const none = { crossings: [], drift: driftOf(noCrossings), collapse: null, curves: [] };
    return { ...common, ...none, warnings: [...warnings, few] };
  }
  const found = analysed(measured, options);
  return { ...common, ...found, curves: shownCurves(measured), warnings };
}

const noCrossings = { sizes: [], x: [], covariance: [], dof: Infinity };

function analysed(measured: MeasuredFamily, options: CrossingOptions) {
  const { valueExponent = 0, correction } = options;
  const raw = crossingsOf(scaledValues(measured, valueExponent === "free" ? 0 : valueExponent));
  const fitted = measured.curves.length < 2 ? null : collapseOf(measured, raw, options);
  const b = valueExponent === "free" ? fitted?.point?.b : valueExponent;
  const crossings = valueExponent === "free" && b !== undefined ? crossingsOf(scaledValues(measured, b)) : raw;
  const nu = fitted?.point?.nu;
  const held = correction === undefined || nu === undefined ? null : correction + 1 / nu;
  return {
    crossings: pairsOf(measured, crossings),
    drift: driftOf(driftData(measured, crossings), { held, ...(nu === undefined ? {} : { likely: 1 + 1 / nu }) }),
    collapse: fitted,
  };
}

/** The family with every value times L^(−b). */
function scaledValues(measured: MeasuredFamily, b: number): MeasuredFamily {
  if (b === 0) return measured;
  const up = measured.curves.map(({ size }) => size ** -b);
  return {
    ...measured,
    curves: measured.curves.map((curve, i) => ({
      ...curve,
      y: curve.y.map((value) => value * up[i]),
      error: curve.error.map((value) => value * up[i]),
    })),
    groups: measured.groups.map((group, i) =>
      group.map((curve) => ({ ...curve, quantities: { value: curve.quantities.value.map((y) => y * up[i]) } })),
    ),
  };
}

function driftData({ curves }: MeasuredFamily, { found, covariance, dof }: Crossings) {
  const sizes = found.map(({ pair: [i, j] }) => Math.sqrt(curves[i].size * curves[j].size));
  return { sizes, x: found.map(({ x }) => x), covariance: covariance.x, dof };
}

function pairsOf({ curves }: MeasuredFamily, { found, covariance, dof }: Crossings): CrossingPair[] {
  const quantile = tQuantile(0.975, dof);
  return curves.slice(1).map(({ size }, i) => {
    const k = found.findIndex(({ pair }) => pair[0] === i);
    const estimate = (name: "x" | "y"): Estimate | null => {
      if (k < 0) return null;
      const [value, half] = [found[k][name], quantile * Math.sqrt(covariance[name][k][k])];
      return { value, low: value - half, high: value + half };
    };
    return { from: curves[i].size, to: size, control: estimate("x"), value: estimate("y") };
  });
}

function shownCurves({ curves, groups }: MeasuredFamily): CrossingRecord["curves"] {
  return curves.map(({ size, x, y, error }, i) => ({
    size,
    replicates: groups[i].length,
    control: x,
    value: y,
    error,
  }));
}

/** 1/ν from the slopes at the crossings: their median. */
function slopeExponent({ curves }: MeasuredFamily, found: readonly Crossing[]): number {
  const ratios = found
    .map(
      ({ pair: [i, j], slopes }) =>
        Math.log(Math.abs(slopes[1] / slopes[0])) / Math.log(curves[j].size / curves[i].size),
    )
    .sort((a, b) => a - b);
  const median = ratios[ratios.length >> 1] ?? 1;
  return Math.min(5, Math.max(0.1, median));
}

/** First guesses of x_c: the crossings of the largest and smallest sizes; without any, where the curves are steepest. */
function criticalGuesses({ curves }: MeasuredFamily, found: readonly Crossing[]): number[] {
  if (found.length > 0) return [...new Set([found[found.length - 1].x, found[0].x])];
  const { x, y } = curves[curves.length - 1];
  const slopes = x.slice(1).map((right, i) => Math.abs((y[i + 1] - y[i]) / (right - x[i])));
  const steepest = slopes.indexOf(Math.max(...slopes));
  return [(x[steepest] + x[steepest + 1]) / 2];
}

type Search = CollapseOptions & { readonly seed: number };

function searchOf(measured: MeasuredFamily, { found }: Crossings, options: CrossingOptions): Search {
  const { valueExponent = 0, correction, critical, seed = 0 } = options;
  return {
    start: { a: -slopeExponent(measured, found), b: valueExponent === "free" ? 0 : valueExponent },
    critical: critical === undefined ? { starts: criticalGuesses(measured, found) } : { fixed: critical },
    holdB: valueExponent !== "free",
    ...(correction === undefined ? {} : { omega: correction }),
    seed,
  };
}

function collapseOf(measured: MeasuredFamily, crossings: Crossings, options: CrossingOptions): CrossingCollapse {
  const search = searchOf(measured, crossings, options);
  if (options.scaledRange === undefined)
    return describe(measured, collapse(measured.curves, search), { search, options });
  const critical = search.critical!;
  let about = { a: search.start.a, critical: "fixed" in critical ? critical.fixed : critical.starts[0] };
  let [part, best] = [measured, null as Collapse | null];
  // The range is that of the scaled control, which the collapse itself decides: three rounds settle it.
  for (let round = 0; round < 3; round++) {
    part = partOf(measured, about, options.scaledRange);
    if (part.curves.length < 2) break;
    best = collapse(part.curves, search);
    about = best.least;
  }
  if (part.curves.length > 1) return describe(part, best!, { search, options });
  const few = "fewer than two sizes have two points in the scaled range. Widen --scaled-range";
  return { ...nothing, ...noQuality, points: 0, refusedFor: few, undetermined: [] };
}

/** The points of a range of the scaled control; sizes with fewer than two of them are left out. */
function partOf(
  measured: MeasuredFamily,
  about: Pick<Scaling, "a" | "critical">,
  range: readonly [number, number],
): MeasuredFamily {
  const kept = measured.curves.flatMap((curve, i) => {
    const X = (x: number): number => (x - about.critical) * curve.size ** -about.a;
    const inside = curve.x.map((x) => X(x) >= range[0] && X(x) <= range[1]);
    const [first, end] = [inside.indexOf(true), inside.lastIndexOf(true) + 1];
    if (end - first < 2) return [];
    const { size, x, y, error } = curve;
    const part = { size, x: x.slice(first, end), y: y.slice(first, end), error: error.slice(first, end) };
    const group = measured.groups[i].map((one) => ({
      ...one,
      control: one.control.subarray(first, end),
      quantities: { value: one.quantities.value.subarray(first, end) },
    }));
    return [{ part, group }];
  });
  return { ...measured, curves: kept.map(({ part }) => part), groups: kept.map(({ group }) => group) };
}

const noQuality = { S: null, Pb: 0, overlap: 0, unscaled: null } as const;
const nothing = {
  nu: null,
  critical: null,
  b: null,
  beta: null,
  correction: null,
  point: null,
  gaussianProcess: null,
} as const;

type Described = { readonly search: Search; readonly options: CrossingOptions };

function describe(measured: MeasuredFamily, best: Collapse, { search, options }: Described): CrossingCollapse {
  const { point, S, Pb, overlap, unscaled, refusedFor } = best;
  const points = measured.curves.reduce((sum, { x }) => sum + x.length, 0);
  const common = { S, Pb, overlap, unscaled, points };
  if (point === null)
    return { ...nothing, ...common, refusedFor: `${refusedFor}.${remedy(options)}`, undetermined: [] };
  const found = resampled(measured, point, search);
  const estimates = estimatesOf(found, point, search);
  const shown = { nu: -1 / point.a, critical: point.critical, b: point.b, correction: point.correction };
  const open = undeterminedOf(measured, estimates, search);
  if (open.length > 0) return { ...nothing, ...common, point: shown, refusedFor, undetermined: open };
  const gaussianProcess = search.omega === undefined ? processOf(measured.curves, point, search) : null;
  return { ...common, ...estimates, point: shown, refusedFor, undetermined: [], gaussianProcess };
}

/** What may help where the curves do not collapse. */
function remedy({ scaledRange, correction }: CrossingOptions): string {
  const ways = [
    ...(scaledRange === undefined ? ["keep to the crossing with --scaled-range -1,1"] : []),
    "leave small sizes out with --sizes-from",
    ...(correction === undefined ? ["allow for a correction with --correction 1"] : []),
  ];
  return ` One may ${ways.join(", or ")}`;
}

type Estimates = Pick<CrossingCollapse, "nu" | "critical" | "b" | "beta" | "correction">;

function estimatesOf(found: Resamples | null, point: Scaling, search: Search): Estimates {
  const of = (read: (scaling: Scaling) => number): Estimate | null => found && resampledInterval(found, point, read);
  const inverse = of(({ a }) => -a);
  // ν has the ends of 1/ν, inverted: its own deviation would not exist where 1/ν may be 0.
  const bounded = inverse !== null && inverse.low > 0;
  return {
    nu: bounded ? { value: 1 / inverse.value, low: 1 / inverse.high, high: 1 / inverse.low } : null,
    critical: of(({ critical }) => critical),
    b: of(({ b }) => b),
    beta: search.holdB || !bounded ? null : of(({ a, b }) => b / a),
    correction: search.omega === undefined ? null : of(({ correction }) => correction),
  };
}

/** Sentences on what the curves leave open. */
function undeterminedOf({ curves }: MeasuredFamily, { nu, critical }: Estimates, { holdB }: Search): string[] {
  const range = Math.min(...curves.map(({ x }) => x[x.length - 1] - x[0]));
  const advice = holdB ? "More points round the crossing or more sizes are needed." : "Hold b with --value-exponent.";
  if (critical === null) return [`x_c and ν are undetermined: S hardly changes along a line of both. ${advice}`];
  if (critical.high - critical.low > range)
    return [`x_c is undetermined: its interval is wider than the curves. ${advice}`];
  return nu === null ? [`ν is undetermined: the interval of 1/ν holds 0. ${advice}`] : [];
}

function processOf(
  curves: readonly MeasuredCurve[],
  point: Scaling,
  { holdB = false, critical }: Search,
): CrossingCollapse["gaussianProcess"] {
  const held = { b: holdB, critical: "fixed" in critical! };
  const found = processCollapse(curves, { start: point, held });
  if (found === null || found.a.high >= 0) return null;
  const { a, b, critical: at, logLikelihood, points } = found;
  return {
    nu: { value: -1 / a.value, low: -1 / a.low, high: -1 / a.high },
    critical: at,
    b,
    logLikelihood,
    points,
  };
}
