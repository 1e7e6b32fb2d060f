/**
 * Collapse of a table's curves: replicates averaged, x_c held or fitted, intervals by
 * resampling (resamples.ts). What the curves do not determine is null with the reason
 * beside it.
 */
import { type Collapse, collapse } from "./collapse.js";
import { collapseParts, driftingEstimate } from "./collapse-drift.js";
import { type ProcessCollapse, processCollapse } from "./gaussian-process.js";
import { type MeasuredFamily, measuredFamily, type PointErrorSource } from "./point-errors.js";
import { fitPowerLaw } from "./powerlaw.js";
import { resampled } from "./resamples.js";
import type { Curve, Estimate, SizeData } from "./types.js";

/** A collapse with its intervals, where they come from, and what it leaves open. */
export type TableCollapse = Omit<Collapse, "point" | "least"> & {
  readonly a: Estimate | null;
  readonly b: Estimate | null;
  readonly critical: Estimate | null;
  /** Where S is least, whatever its width; null when refused. */
  readonly point: { readonly a: number; readonly b: number; readonly critical: number } | null;
  readonly intervals: PointErrorSource | null;
  /** Sentences on parameters that the curves do not determine. */
  readonly undetermined: readonly string[];
  readonly gaussianProcess: ProcessCollapse | null;
};

/** x_c if it is known, the seed of the resamples, and whether the Gaussian process stands beside S; true by default. */
export type TableCollapseOptions = { readonly critical?: number; readonly seed?: number; readonly process?: boolean };

/** How the extrema of the curves move with size. */
export type ExtremaData = { readonly location: SizeData; readonly value: SizeData };

/** Sizes needed to fit x_c beside a and b. */
const sizesForCritical = 5;

/** The collapse that starts from the slopes of the extrema; null without three sizes, a slope, or any scale of the errors. */
export function collapseTable(
  curves: readonly Curve[],
  { location, value }: ExtremaData,
  options: TableCollapseOptions,
): TableCollapse | null {
  const measured = measuredFamily(curves);
  const laws = [location, value].map(fitPowerLaw);
  if (measured === null || measured.curves.length < 3 || laws[0] === null || laws[1] === null) return null;
  const held = options.critical !== undefined;
  const search = {
    start: { a: held ? laws[0].b : -0.75, b: laws[1].b },
    critical: held ? { fixed: options.critical! } : { starts: criticalStarts(location) },
    seed: options.seed ?? 0,
  };
  const { least, ...best } = collapse(measured.curves, search);
  if (best.point !== null) return withIntervals(measured, best, { held, search, process: options.process !== false });
  const none = { a: null, b: null, critical: null, point: null, intervals: null, gaussianProcess: null };
  return { ...best, ...none, undetermined: [] };
}

/** Where x_c may lie: at 0, and at two extrapolations of the locations to L = ∞. */
function criticalStarts(location: SizeData): number[] {
  const x = location.logs.map(Math.exp);
  const [first, last] = [x[0], x[x.length - 1]];
  return [0, last, last + (last - first) / 4];
}

type Context = {
  readonly held: boolean;
  readonly search: Parameters<typeof resampled>[2];
  readonly process: boolean;
};

function withIntervals(
  measured: MeasuredFamily,
  best: Omit<Collapse, "least">,
  { held, search, process }: Context,
): TableCollapse {
  const point = best.point!;
  const found = resampled(measured, point, search);
  const parts = found === null ? [] : collapseParts(measured, point, search);
  const from = (name: "a" | "b" | "critical", faster = 0): Estimate | null =>
    found && driftingEstimate({ point, found }, parts, { read: (scaling) => scaling[name], faster });
  const [a, b, critical] = [from("a"), from("b"), from("critical", -point.a)];
  const sizes = measured.curves.length;
  const range = Math.min(...measured.curves.map(({ x }) => x[x.length - 1] - x[0]));
  const wide = critical === null || critical.high - critical.low > range;
  const few = sizes < sizesForCritical;
  const hidden = !held && (few || wide);
  const open: string[] = [];
  if (!held && few)
    open.push(
      `x_c and a are undetermined: ${sizes} sizes; at least ${sizesForCritical} are needed to fit x_c. Give --critical.`,
    );
  else if (!held && wide)
    open.push(`x_c and a are undetermined: ${whyWide(critical !== null, parts.length > 0)}. Give --critical.`);
  else if (a === null || (a.low <= 0 && a.high >= 0)) open.push("a is undetermined: its interval holds 0.");
  if (b === null) open.push("b is undetermined.");
  return {
    ...best,
    point: { a: point.a, b: point.b, critical: point.critical },
    a: hidden ? null : a,
    b,
    critical: hidden ? null : critical,
    intervals: measured.errors,
    undetermined: open,
    gaussianProcess:
      hidden || !process ? null : processCollapse(measured.curves, { start: point, held: { critical: held } }),
  };
}

/** Why the interval of x_c is wider than the narrowest curve. */
function whyWide(bounded: boolean, allowed: boolean): string {
  if (!bounded) return "S hardly changes along a line of both";
  const source = allowed ? "the errors of the points and corrections that the sizes allow" : "the errors of the points";
  return `by ${source}, x_c has an interval wider than the narrowest curve`;
}
