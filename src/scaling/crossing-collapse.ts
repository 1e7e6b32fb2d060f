/**
 * The collapse of curves that cross: S and the Gaussian process started from the crossings,
 * on all points or on a range of the scaled control, with intervals that allow for corrections
 * to scaling (collapse-drift.ts), and beside them those of the errors of the points alone.
 */
import { type Collapse, type CollapseOptions, collapse, familyOf, leastScaling, type Scaling } from "./collapse.js";
import { type CollapsePart, collapseParts, driftingEstimate, type Resampled } from "./collapse-drift.js";
import type { Crossing, Crossings } from "./crossing.js";
import { processCollapse } from "./gaussian-process.js";
import type { MeasuredCurve } from "./interpolate.js";
import type { MeasuredFamily } from "./point-errors.js";
import { misfits, resampled } from "./resamples.js";
import { chiSquareTail } from "./special.js";
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
  /** The Gaussian process beside S, which takes more time than all else; true by default. */
  readonly process?: boolean;
  readonly seed?: number;
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
  /** The same without any allowance for corrections to scaling: where the sizes hold none. */
  readonly statistical: Pick<CrossingCollapse, "nu" | "critical" | "b" | "beta"> | null;
  /** Collapses of neighbouring sizes alone, which show the drift; none with ω, or where they are not bounded. */
  readonly parts: readonly {
    readonly from: number;
    readonly to: number;
    readonly nu: Estimate | null;
    readonly critical: Estimate;
  }[];
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
  /** Points that count, and the sizes that have them. */
  readonly points: number;
  readonly sizes: readonly number[];
  /** The same scaling where the likelihood of a Gaussian process is greatest, without intervals; null with a correction. */
  readonly gaussianProcess: {
    readonly nu: number;
    readonly critical: number;
    readonly b: number;
    readonly logLikelihood: number;
    readonly points: number;
  } | null;
};

/** Curves that collapse, but not within their errors, have corrections to scaling. */
export function misfitWarning(found: CrossingCollapse | null): string[] {
  if (!found?.nu || !misfits(found.S!, found.points)) return [];
  return [
    `S = ${found.S!.toPrecision(2)} is more than the errors explain: the curves hold corrections to scaling. See whether the exponents stay without small sizes (--sizes-from) or with another --correction.`,
  ];
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

/** First guesses of x_c: the crossings of the largest and smallest sizes, which say little where b is free, and where the largest is steepest. */
function criticalGuesses({ curves }: MeasuredFamily, found: readonly Crossing[], free: boolean): number[] {
  const crossings = found.length === 0 ? [] : [...new Set([found[found.length - 1].x, found[0].x])];
  if (crossings.length > 0 && !free) return crossings;
  const { x, y } = curves[curves.length - 1];
  const slopes = x.slice(1).map((right, i) => Math.abs((y[i + 1] - y[i]) / (right - x[i])));
  const steepest = slopes.indexOf(Math.max(...slopes));
  return [(x[steepest] + x[steepest + 1]) / 2, ...crossings];
}

type Search = CollapseOptions & { readonly seed: number };

function searchOf(measured: MeasuredFamily, { found }: Crossings, options: CrossingOptions): Search {
  const { valueExponent = 0, correction, critical, seed = 0 } = options;
  return {
    start: { a: -slopeExponent(measured, found), b: valueExponent === "free" ? 0 : valueExponent },
    critical:
      critical === undefined
        ? { starts: criticalGuesses(measured, found, valueExponent === "free") }
        : { fixed: critical },
    holdB: valueExponent !== "free",
    ...(correction === undefined ? {} : { omega: correction }),
    seed,
  };
}

/** The collapse of a family whose crossings are known: they are where the search begins. */
export function collapseOf(measured: MeasuredFamily, crossings: Crossings, options: CrossingOptions): CrossingCollapse {
  const search = searchOf(measured, crossings, options);
  if (options.scaledRange === undefined)
    return describe(measured, collapse(measured.curves, search), { search, options });
  const critical = search.critical!;
  const start = { a: search.start.a, critical: "fixed" in critical ? critical.fixed : critical.starts[0] };
  let about: Pick<Scaling, "a" | "critical"> = search.holdB ? start : collapse(measured.curves, search).least;
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
  return { ...nothing, ...noQuality, points: 0, sizes: [], refusedFor: few, undetermined: [] };
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
  statistical: null,
  parts: [],
  point: null,
  gaussianProcess: null,
} as const;

type Described = { readonly search: Search; readonly options: CrossingOptions };

function describe(measured: MeasuredFamily, best: Collapse, { search, options }: Described): CrossingCollapse {
  const { point, S, Pb, overlap, unscaled, refusedFor } = best;
  const points = measured.curves.reduce((sum, { x }) => sum + x.length, 0);
  const common = { S, Pb, overlap, unscaled, points, sizes: measured.curves.map(({ size }) => size) };
  if (point === null) {
    const ways = remedy(options, betterFrom(measured, best.least, search));
    return { ...nothing, ...common, refusedFor: `${refusedFor}.${ways}`, undetermined: [] };
  }
  const found = resampled(measured, point, search);
  const all = found && { point, found };
  const parts = all === null || search.omega !== undefined ? [] : collapseParts(measured, point, search);
  const estimates = estimatesOf(all, parts, search);
  const shown = { nu: -1 / point.a, critical: point.critical, b: point.b, correction: point.correction };
  const open = alike(common) ?? undeterminedOf(measured, estimates, search);
  if (open.length > 0) return { ...nothing, ...common, point: shown, refusedFor, undetermined: open };
  const asked = options.process !== false && search.omega === undefined;
  const gaussianProcess = asked ? processOf(measured.curves, point, search) : null;
  const { correction: _, ...statistical } = estimatesOf(all, [], search);
  return {
    ...common,
    ...estimates,
    statistical,
    parts: parts.map((part) => shownPart(part, search)),
    point: shown,
    refusedFor,
    undetermined: [],
    gaussianProcess,
  };
}

function shownPart(part: CollapsePart, search: Search): CrossingCollapse["parts"][number] {
  const { nu, critical } = estimatesOf(part, [], search);
  return { from: part.sizes[0], to: part.sizes[part.sizes.length - 1], nu, critical: critical! };
}

/** The smallest size from which on S ≤ 3, with that S; null where three sizes and fewer are left. */
function betterFrom({ curves }: MeasuredFamily, least: Scaling, search: Search): string | null {
  let near = least;
  for (let first = 1; first <= curves.length - 3; first++) {
    const fixed = "fixed" in search.critical!;
    const critical = fixed ? search.critical : { starts: [near.critical] };
    const found = leastScaling(familyOf(curves.slice(first), search.omega), { ...search, critical, start: near });
    if (found.value <= 3) return `${curves[first].size}, which leaves S = ${found.value.toPrecision(2)}`;
    near = found.least;
  }
  return null;
}

/** What may help where the curves do not collapse. */
function remedy({ scaledRange, correction }: CrossingOptions, from: string | null): string {
  const ways = [
    `leave small sizes out with --sizes-from${from === null ? "" : ` ${from}`}`,
    ...(scaledRange === undefined ? ["keep to the crossing with --scaled-range -1,1"] : []),
    ...(correction === undefined ? ["allow for a correction with --correction 1"] : []),
  ];
  return ` One may ${ways.join(", or ")}`;
}

type Estimates = Pick<CrossingCollapse, "nu" | "critical" | "b" | "beta" | "correction">;

/** The numbers of a collapse; with its parts, for corrections that nobody gave. */
function estimatesOf(all: Resampled | null, parts: readonly CollapsePart[], search: Search): Estimates {
  if (all === null) return { nu: null, critical: null, b: null, beta: null, correction: null };
  const of = (read: (scaling: Scaling) => number, faster = 0): Estimate =>
    driftingEstimate(all, parts, { read, faster });
  const inverse = of(({ a }) => -a);
  // ν has the ends of 1/ν, inverted: its own deviation would not exist where 1/ν may be 0.
  const bounded = inverse.low > 0;
  return {
    nu: bounded ? { value: 1 / inverse.value, low: 1 / inverse.high, high: 1 / inverse.low } : null,
    critical: of(({ critical }) => critical, -all.point.a),
    b: of(({ b }) => b),
    beta: search.holdB || !bounded ? null : of(({ a, b }) => b / a),
    correction: search.omega === undefined ? null : of(({ correction }) => correction),
  };
}

/** Smallest p-value of "all curves are one as they are" at which nothing is said of ν. */
const alikeAt = 0.01;

/** The sentence where curves agree as they are: any 1/ν, 0 too, then serves as well. Noise alone would get one (ν = 2.3 ±1.1, seen). */
function alike({ unscaled, points }: Pick<CrossingCollapse, "unscaled" | "points">): string[] | null {
  if (unscaled === null || chiSquareTail(unscaled * points, points) < alikeAt) return null;
  return [
    `x_c and ν are undetermined: the curves agree within their errors as they are, without any scaling (S = ${unscaled.toPrecision(2)}). Smaller errors or a wider range of sizes are needed.`,
  ];
}

/** Sentences on what the curves leave open. */
function undeterminedOf({ curves }: MeasuredFamily, { nu, critical }: Estimates, { holdB }: Search): string[] {
  const range = Math.min(...curves.map(({ x }) => x[x.length - 1] - x[0]));
  const advice = holdB ? "More points around the crossing or more sizes are needed." : "Hold b with --value-exponent.";
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
  const found = processCollapse(curves, { start: point, held: { b: holdB, critical: "fixed" in critical! } });
  if (found === null || found.a >= 0) return null;
  const { a, ...rest } = found;
  return { nu: -1 / a, ...rest };
}
