/**
 * Collapse of a table's curves: replicates averaged, x_c held or fitted, and
 * intervals by resampling replicates. With R replicates a size, each of 100
 * resamples draws R of them with replacement at every size and is collapsed
 * again from the best point:
 *
 *   half width = t(0.975, Σ(R − 1))·√(R/(R − 1))·(standard deviation of the resamples),
 *
 * the root because R draws from R vary by (R − 1)/R of their source. Without
 * replicates the widths are those of S + 1. What the curves do not determine is
 * null with the reason beside it.
 */
import { draws, purpose } from "../core/random.js";
import { type Collapse, type CollapseCurve, collapse, nearestCollapse } from "./collapse.js";
import { type ProcessCollapse, processCollapse } from "./gaussian-process.js";
import { fitPowerLaw } from "./powerlaw.js";
import { tQuantile } from "./special.js";
import type { Curve, Estimate, SizeData } from "./types.js";

/** A collapse with where its intervals come from and what it leaves open. */
export type TableCollapse = Collapse & {
  readonly intervals: "replicates" | "S + 1" | null;
  /** Sentences on parameters that the curves do not determine. */
  readonly undetermined: readonly string[];
  readonly gaussianProcess: ProcessCollapse | null;
};

export type TableCollapseOptions = { readonly critical?: number; readonly seed?: number };

const resamples = 100;
/** Sizes needed to fit x_c beside a and b. */
const sizesForCritical = 5;

/** Null without three sizes, a slope to start from, or errors of the points. */
export function collapseTable(
  curves: readonly Curve[],
  location: SizeData,
  value: SizeData,
  options: TableCollapseOptions,
): TableCollapse | null {
  const groups = groupsOf(curves);
  const averaged = groups.map(averagedCurve);
  const laws = [location, value].map(fitPowerLaw);
  if (groups.length < 3 || laws[0] === null || laws[1] === null || averaged.some((curve) => curve === null))
    return null;
  const means = averaged as CollapseCurve[];
  const held = options.critical !== undefined;
  const best = collapse(means, {
    start: { a: held ? laws[0].b : -0.75, b: laws[1].b },
    critical: held ? { fixed: options.critical! } : { starts: criticalStarts(location) },
  });
  if (best.refusedFor !== null && best.a === null && best.b === null)
    return { ...best, intervals: null, undetermined: [], gaussianProcess: null };
  return withIntervals(best, groups, means, { held, seed: options.seed ?? 0 });
}

/** Where x_c may lie: at 0, and at two extrapolations of the locations to L = ∞. */
function criticalStarts(location: SizeData): number[] {
  const x = location.logs.map(Math.exp);
  const [first, last] = [x[0], x[x.length - 1]];
  return [0, last, last + (last - first) / 4];
}

function groupsOf(curves: readonly Curve[]): Curve[][] {
  const groups = new Map<number, Curve[]>();
  for (const curve of curves) {
    const own = groups.get(curve.size);
    if (own === undefined) groups.set(curve.size, [curve]);
    else own.push(curve);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, own]) => own);
}

/** Mean of the replicates with its standard error, relative and pooled over the curve, or the stated one. */
function averagedCurve(curves: readonly Curve[]): CollapseCurve | null {
  const [first] = curves;
  const count = curves.length;
  const x = Array.from(first.control);
  const y = meanOf(curves);
  if (count === 1) return first.error ? { size: first.size, x, y, error: Array.from(first.error) } : null;
  // Noise grows with the value where that is positive; otherwise it is taken as one for the curve.
  const unit = y.every((mean) => mean > 0) ? y : y.map(() => 1);
  const variance = y.map(
    (mean, i) =>
      curves.reduce((sum, { quantities }) => sum + ((quantities.value[i] - mean) / unit[i]) ** 2, 0) / (count - 1),
  );
  const pooled = variance.reduce((sum, square) => sum + square, 0) / variance.length;
  return pooled > 0 ? { size: first.size, x, y, error: unit.map((one) => one * Math.sqrt(pooled / count)) } : null;
}

function meanOf(curves: readonly Curve[]): number[] {
  return Array.from(
    curves[0].control,
    (_, i) => curves.reduce((sum, { quantities }) => sum + quantities.value[i], 0) / curves.length,
  );
}

type Context = { readonly held: boolean; readonly seed: number };

function withIntervals(
  best: Collapse,
  groups: readonly Curve[][],
  means: readonly CollapseCurve[],
  { held, seed }: Context,
): TableCollapse {
  const point = [best.point!.a, best.point!.b, best.point!.critical];
  const replicated = groups.every((group) => group.length > 1);
  const widths = replicated ? resampledWidths(groups, means, point, { held, seed }) : null;
  const from = (j: number, own: Estimate | null): Estimate | null => {
    if (!replicated) return own;
    if (widths === null) return null;
    return { value: point[j], low: point[j] - widths[j], high: point[j] + widths[j] };
  };
  const range = Math.min(...means.map(({ x }) => x[x.length - 1] - x[0]));
  const few = !held && groups.length < sizesForCritical;
  const a = from(0, best.a);
  const b = from(1, best.b);
  const critical = held ? best.critical : from(2, best.critical);
  const wide = !held && critical !== null && critical.high - critical.low > range;
  const open: string[] = [];
  if (few)
    open.push(
      `x_c and a are undetermined: ${groups.length} sizes; at least ${sizesForCritical} are needed to fit x_c. Give --critical.`,
    );
  else if (!held && (critical === null || wide))
    open.push("x_c and a are undetermined: S hardly changes along a line of both. Give --critical.");
  else if (a === null || (a.low <= 0 && a.high >= 0)) open.push("a is undetermined: its interval holds 0.");
  if (b === null) open.push("b is undetermined.");
  const hidden = !held && (few || critical === null || wide);
  return {
    ...best,
    a: hidden ? null : a,
    b,
    critical: hidden ? null : critical,
    intervals: replicated ? "replicates" : "S + 1",
    undetermined: open,
    gaussianProcess: hidden
      ? null
      : processCollapse(means, { start: { a: point[0], b: point[1], critical: point[2] }, fixed: held }),
  };
}

/** Half widths of a, b and x_c; null when more than a tenth of the resamples do not collapse. */
function resampledWidths(
  groups: readonly Curve[][],
  means: readonly CollapseCurve[],
  point: readonly number[],
  { held, seed }: Context,
): number[] | null {
  const found = Array.from({ length: resamples }, (_, k) => {
    const draw = draws({ seed, purpose: purpose.bootstrap }, k);
    const drawn = groups.map((group, i): CollapseCurve => {
      const own = group.map(() => group[draw.whole(group.length)]);
      return { ...means[i], y: meanOf(own) };
    });
    return nearestCollapse(drawn, point, held);
  }).flatMap((one) => (one === null ? [] : [one]));
  if (found.length < 0.9 * resamples) return null;
  const dof = groups.reduce((sum, group) => sum + group.length - 1, 0);
  const least = Math.min(...groups.map((group) => group.length));
  const factor = tQuantile(0.975, dof) * Math.sqrt(least / (least - 1));
  return point.map((_, j) => {
    const mean = found.reduce((sum, one) => sum + one[j], 0) / found.length;
    return factor * Math.sqrt(found.reduce((sum, one) => sum + (one[j] - mean) ** 2, 0) / (found.length - 1));
  });
}
