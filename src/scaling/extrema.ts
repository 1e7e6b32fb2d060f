/**
 * Extrema of all sizes: a local cubic on each size's mean curve (minimum.ts), in a
 * window of its own width (bandwidth.ts), read off with its replicates, items and
 * points (reading.ts), and their joint covariance (covariance.ts).
 */
import { counted } from "../core/words.js";
import { chooseWindows, interior, type SampledCurve, type Sized, type WindowChoice } from "./bandwidth.js";
import { bootstrapMeans } from "./bootstrap.js";
import {
  type Context,
  crossCovariance,
  distanceOf,
  estimateOf,
  type Found,
  type Quantity,
  quantityOf,
  sizeData,
} from "./covariance.js";
import { type ControlScale, groupCurves, groupPooled, itemMeans, type PooledCurves, type SizeGroup } from "./curves.js";
import type { ExtremumKind } from "./minimum.js";
import { demandCurvature, scatterOf } from "./noise.js";
import { otherExtrema } from "./other-extrema.js";
import {
  type Cubics,
  cubicsOf,
  pointInfluence,
  readingOf,
  replicateDeviations,
  resampledDeviations,
  windowRows,
} from "./reading.js";
import { shapeOf } from "./shape.js";
import type { Curve, ErrorSource, ExtremaSet, Extremum } from "./types.js";

/** Which extremum, on which scale. */
export type ExtremaOptions = {
  readonly extremum?: ExtremumKind;
  readonly controlScale?: ControlScale;
  /** x_c: the location fitted is |x* − x_c|. */
  readonly critical?: number;
  /** Resamples of the items; their covariance is then known to √(2/resamples). */
  readonly resamples?: number;
  readonly seed?: number;
};

/** Extremum of every size, their joint covariance, and the data of each quantity against size. */
export function extrema(curves: readonly Curve[], options: ExtremaOptions = {}): ExtremaSet {
  return extremaOfGroups(groupCurves(curves, options.controlScale ?? "log"), options);
}

/** The same of curves that were taken together size by size. */
export function pooledExtrema(pooled: readonly PooledCurves[], options: ExtremaOptions = {}): ExtremaSet {
  return extremaOfGroups(groupPooled(pooled, options.controlScale ?? "log"), options);
}

function extremaOfGroups(groups: readonly SizeGroup[], options: ExtremaOptions): ExtremaSet {
  const { extremum = "min", controlScale = "log", resamples = 1000, seed = 0 } = options;
  const sign = extremum === "min" ? 1 : -1;
  const minimised = groups.map((group) => sampled(group, sign));
  const choice = demandCurvature(chooseWindows(minimised), groups);
  const errors = errorSource(groups.filter((_, i) => choice.sized[i].minimum.status === "interior"));
  const shape = shapeOf(choice);
  const inside = groups.flatMap((group, i) => {
    const sized = choice.sized[i];
    return sized.minimum.status === "interior"
      ? [{ group, sized, index: i, cubics: cubicsOf(group, sized, sign) }]
      : [];
  });
  const items = errors === "items" || errors === "replicates and items" ? resample(inside, { seed, resamples }) : null;
  const scatter = scatterOf(interior(choice));
  const found = inside.map(
    ({ group, sized, index, cubics }, i): Found => ({
      group,
      sized,
      index,
      cubics,
      reading: readingOf(cubics),
      replicates: replicateDeviations(group, cubics),
      items: items ? items[i] : null,
      points:
        errors === "stated errors" || errors === "scatter"
          ? pointErrors(group, cubics, errors === "scatter" ? Math.sqrt(scatter.variances[i]) : null)
          : null,
    }),
  );
  const context = { controlScale, errors, scatterDof: scatter.dof, shape };
  const others = otherExtrema(groups, { curves: minimised.map(({ y }) => y), choice, sign, controlScale });
  return assemble(groups, choice, found, { ...context, critical: options.critical, others });
}

/** The curve of a size as it is minimised. */
function sampled({ t, items, average, error, signs }: SizeGroup, sign: 1 | -1): SampledCurve {
  return { t, y: itemMeans(average.value, items).map((y) => sign * y), error, signs: signs.map((own) => sign * own) };
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

/** Moves of the readings by one standard error of each point: the stated one, or that of the scatter. */
function pointErrors(group: SizeGroup, cubics: Cubics, scatter: number | null): Record<string, number[]> {
  const { first, weights, total } = cubics.window;
  const sigma = (i: number): number =>
    scatter === null ? group.error![first + i] : scatter * cubics.slopes[i] * Math.sqrt(weights[i] / total[i]);
  return Object.fromEntries(
    Object.entries(pointInfluence(cubics)).map(([name, row]) => [name, row.map((x, i) => x * sigma(i))]),
  );
}

function assemble(
  groups: readonly SizeGroup[],
  choice: WindowChoice,
  found: readonly Found[],
  context: Context & { readonly critical?: number; readonly others: readonly string[] },
): ExtremaSet {
  const names = [...new Set(found.flatMap(({ reading }) => Object.keys(reading)))];
  const read = Object.fromEntries(names.map((name) => [name, quantityOf(name, found, context)]));
  const { critical } = context;
  const fitted =
    critical === undefined || found.length === 0 ? read : { ...read, location: distanceOf(found, critical, context) };
  const kept = Object.values(fitted).filter(({ logarithmic }) => logarithmic);
  return {
    extrema: groups.map((group, i) => extremumOf(group, choice.sized[i], read, context)),
    window: { kappa: choice.kappa, degree: choice.degree, scale: choice.link.scale },
    data: Object.fromEntries(kept.map((quantity) => [quantity.name, sizeData(quantity, context.errors)])),
    cross: (a, b) => crossCovariance(fitted[a], fitted[b]),
    warnings: [
      ...refusals(choice.sized, groups),
      ...context.others,
      ...errorWarnings(context.errors),
      ...(critical === undefined ? [] : sideWarnings(found, critical, context)),
    ],
    errorWarnings: errorWarnings(context.errors),
  };
}

function extremumOf(
  group: SizeGroup,
  { minimum }: Sized,
  quantities: Readonly<Record<string, Quantity>>,
  context: Context,
): Extremum {
  const estimate = (name: string) => (quantities[name] ? estimateOf(quantities[name], group) : null);
  const names = Object.keys(group.average).filter((name) => name !== "value");
  return {
    size: group.size,
    status: minimum.status,
    location: estimate("location"),
    value: estimate("value"),
    companions: Object.fromEntries(names.map((name) => [name, estimate(name)])),
    errors: minimum.status === "interior" ? context.errors : null,
  };
}

function whyNone(t: readonly number[], { minimum }: Sized): string {
  if (t.length < 5) return `it has ${counted(t.length, "control")}; at least 5 are needed`;
  return minimum.status === "edge" ? "it lies at the edge of the grid" : "the curve shows no curvature above its noise";
}

function refusals(sized: readonly Sized[], groups: readonly SizeGroup[]): string[] {
  const out = groups.flatMap(({ size, t }, i) =>
    sized[i].minimum.status === "interior" ? [] : [{ size, why: whyNone(t, sized[i]) }],
  );
  return [...new Set(out.map(({ why }) => why))].map((why) => {
    const sizes = out.filter((one) => one.why === why).map(({ size }) => size);
    if (sizes.length === 1) return `size ${sizes[0]} has no interior extremum (${why}) and is left out of the fits.`;
    return `${sizes.length} of ${groups.length} sizes have no interior extremum (${sizes.join(", ")}: ${why}) and are left out of the fits.`;
  });
}

function errorWarnings(errors: ErrorSource): string[] {
  if (errors === "items")
    return ["One replicate per size: intervals come from the items only and include no variance between replicates."];
  if (errors !== "scatter") return [];
  return [
    "Neither replicates nor errors are given: intervals come from the scatter of the points around the local cubic.",
  ];
}

function sideWarnings(found: readonly Found[], critical: number, { controlScale }: Context): string[] {
  const x = found.map(({ reading }) => (controlScale === "log" ? Math.exp(reading.location) : reading.location));
  if (x.every((value) => value > critical) || x.every((value) => value < critical)) return [];
  return [`extrema lie on both sides of the critical point ${critical}: no law of their distance can hold.`];
}
