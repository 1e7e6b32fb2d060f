/**
 * A quantity at the extremum against size on logarithmic axes, with its
 * power-law fit and 95 % band, dashed where extrapolated: Figure 2 of a study,
 * with the poster's slope as grey dashes through the first point, set aside,
 * and the figures of a table.
 */
import type { BandPoint, Estimate, ScalingFit } from "../../scaling/types.js";
import type { MinimumRecord } from "../../study/record.js";
import { hasInterval, intervalText, quoted, tickTexts, valueText, whole } from "../numbers.js";
import type { Size } from "../sizes.js";
import { type FigureWidth, type Frame, frameOf, svg, titles, xAxis, yGrid } from "../svg/frame.js";
import { type Label, type Place, placeLabels } from "../svg/labels.js";
import { band, boxAround, boxesAlongLine, type Dress, line, marker, type Point, polyline } from "../svg/marks.js";
import { logScale, paddedDomain, type Scale, ticksOf } from "../svg/scale.js";
import { type Box, text, textWidth } from "../svg/text.js";

export type SizePanel = {
  readonly panel: string;
  /** y title, for example "Percent active at the optimum". */
  readonly title: string;
  readonly xTitle: string;
  readonly fit: ScalingFit;
  /** A slope to compare with, and whose it is. */
  readonly reference: { readonly slope: number; readonly name: string } | null;
};

export type ScalingPanel = Omit<SizePanel, "xTitle"> & {
  readonly quantity: (minimum: MinimumRecord) => Estimate | null;
};

/** A measured size; its estimate is above 0. */
export type SizePoint = {
  readonly L: number;
  readonly estimate: Estimate;
  readonly dress: Dress;
  readonly leftOut: boolean;
};
type Scales = { readonly x: Scale; readonly y: Scale };

/** Figure 2 of a study. */
export function scalingFigure(sizes: readonly Size[], spec: ScalingPanel, width: FigureWidth, finding: string): string {
  const known = sizes.flatMap((size) => (size.systemSize === null ? [] : [size.systemSize]));
  const panel = { ...spec, xTitle: "System size _L_, units" };
  return sizeFigure({ measured: measuredOf(sizes, spec), known }, panel, width, finding);
}

/** The same of any points; `known` are all sizes that the axis must show. */
export function sizeFigure(
  { measured, known }: { readonly measured: readonly SizePoint[]; readonly known: readonly number[] },
  spec: SizePanel,
  width: FigureWidth,
  finding: string,
): string {
  const height = Math.round(width * (width === 528 ? 0.6 : 0.68));
  const yDomain = paddedDomain(heights(measured, spec, known), "log", 0.12);
  const probe = logScale(yDomain, [0, 1]);
  const yTicks = ticksOf(probe, width === 528 ? 6 : 5);
  const frame = frameOf(width, height, tickTexts(yTicks));
  const { plot } = frame;
  const x = logScale(paddedDomain(known.length > 0 ? known : [4096, 131072], "log", 0.05), [
    plot.left - 12,
    plot.right,
  ]);
  const y = logScale(yDomain, [plot.bottom - 4, plot.top]);
  const scales = { x, y };
  const reference = referenceLine(measured, spec, scales);
  const fitted = fitLine(measured, spec, scales);
  const ticks = sizeTicks(known, x);
  const body = [
    titles(frame, { y: spec.title, x: spec.xTitle, panel: spec.panel }),
    yGrid(frame, y, yTicks),
    xAxis(frame, x, ticks, ticks.map(whole)),
    fitted.band,
    polyline(reference, "ref"),
    polyline(fitted.inside, "fit"),
    ...fitted.outside.map((part) => polyline(part, "fit dashed")),
    ...measured.map((m) => errorBar(m, scales)),
    ...measured.map((m) => marker(x.at(m.L), y.at(m.estimate.value), m.dress)),
    labels(frame, spec, measured, scales, reference, fitted.all),
    measured.length === 0 ? text((plot.left + plot.right) / 2, height / 2, "No minimum yet", { anchor: "middle" }) : "",
  ];
  return svg(width, height, finding, body.join(""));
}

function measuredOf(sizes: readonly Size[], spec: ScalingPanel): readonly SizePoint[] {
  return sizes.flatMap((size) => {
    const m = size.minimum;
    const estimate = m === null || m.status !== "interior" ? null : spec.quantity(m);
    if (m === null || estimate === null || estimate.value <= 0) return [];
    return [{ L: m.systemSize, estimate, dress: size.dress, leftOut: size.leftOut }];
  });
}

/** Every height that must be in view. Intervals far wider than the data are cut, not shown whole. */
function heights(measured: readonly SizePoint[], spec: SizePanel, known: readonly number[]): readonly number[] {
  const values = measured.map((m) => m.estimate.value);
  if (values.length === 0) return [1, 10];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const reach = Math.max(Math.sqrt(high / low), 1.06);
  const shown = (b: BandPoint) => b.size >= Math.min(...known) && b.size <= Math.max(...known);
  const fit = (spec.fit.powerLaw?.band ?? []).filter(shown).map((b) => b.value);
  const ends = measured.flatMap((m) => [m.estimate.low, m.estimate.high]);
  return [...values, ...fit, ...ends].filter((v) => v > low / reach && v < high * reach);
}

/** The sizes measured; every second one where their names would meet. */
function sizeTicks(known: readonly number[], x: Scale): readonly number[] {
  const widest = Math.max(...known.map((size) => textWidth(whole(size))), 0);
  for (let step = 1; step < known.length; step++) {
    const kept = known.filter((_, i) => i % step === 0);
    if (kept.every((size, i) => i === 0 || x.at(size) - x.at(kept[i - 1]) > widest + 10)) return kept;
  }
  return known.slice(0, 1);
}

/** Fit and band; beyond the fitted sizes the line is dashed. */
function fitLine(measured: readonly SizePoint[], spec: SizePanel, { x, y }: Scales) {
  const law = spec.fit.powerLaw;
  const used = measured.filter((m) => !m.leftOut).map((m) => m.L);
  if (law === null || used.length === 0) return { band: "", inside: [], outside: [], all: [] as Point[] };
  const first = Math.min(...used);
  const last = Math.max(...used);
  const value = (L: number) => law.amplitude.value * L ** law.exponent.value;
  const [start, end] = x.domain;
  const at = (L: number): Point => [x.at(L), y.at(value(L))];
  const inView = [...law.band].filter((b) => b.size >= start && b.size <= end).sort((a, b) => a.size - b.size);
  const edge = (b: BandPoint, v: number): Point => [x.at(b.size), clampTo(y, v)];
  return {
    band: band(
      inView.map((b) => edge(b, b.high)),
      inView.map((b) => edge(b, b.low)),
      "band",
    ),
    inside: [at(first), at(last)],
    outside: [
      [at(start * 1.03), at(first)],
      [at(last), at(end / 1.01)],
    ],
    all: [at(start), at(first), at(last), at(end)],
  };
}

function clampTo(y: Scale, value: number): number {
  return y.at(Math.min(y.domain[1], Math.max(y.domain[0], value)));
}

/** The comparison slope, set 16 px aside at the first point, on the side to which it departs. */
function referenceLine(measured: readonly SizePoint[], spec: SizePanel, { x, y }: Scales): readonly Point[] {
  const law = spec.fit.powerLaw;
  if (spec.reference === null || measured.length === 0) return [];
  const anchor = measured[0];
  const aside = law !== null && spec.reference.slope > law.exponent.value ? -16 : 16;
  const at = (L: number): Point => [
    x.at(L),
    y.at(anchor.estimate.value * (L / anchor.L) ** (spec.reference?.slope ?? 0)) + aside,
  ];
  const ends: readonly [Point, Point] = [at(x.domain[0] * 1.03), at(x.domain[1] / 1.01)];
  return cutToRange(ends, y);
}

/** A straight piece cut where it leaves the plot's height. */
function cutToRange([from, to]: readonly [Point, Point], y: Scale): readonly Point[] {
  const [bottom, top] = y.range;
  const rise = to[1] - from[1];
  const along = (py: number) => (py - from[1]) / rise;
  const limits = rise === 0 ? [0, 1] : [along(top), along(bottom)].sort((a, b) => a - b);
  const start = Math.max(0, limits[0]);
  const end = Math.min(1, limits[1]);
  if (end <= start) return [];
  const at = (t: number): Point => [from[0] + (to[0] - from[0]) * t, from[1] + rise * t];
  return [at(start), at(end)];
}

function errorBar(m: SizePoint, { x, y }: Scales): string {
  if (!hasInterval(m.estimate)) return "";
  const px = x.at(m.L);
  return line(
    px,
    clampTo(y, Math.max(m.estimate.low, 1e-300)),
    px,
    clampTo(y, m.estimate.high),
    `bar k${m.dress.colour}`,
  );
}

function labels(
  frame: Frame,
  spec: SizePanel,
  measured: readonly SizePoint[],
  { x, y }: Scales,
  reference: readonly Point[],
  fitted: readonly Point[],
): string {
  const points = measured.map((m): Point => [x.at(m.L), y.at(m.estimate.value)]);
  const obstacles: Box[] = [
    ...boxesAlongLine(fitted),
    ...boxesAlongLine(reference),
    ...points.map((point) => boxAround(point, 8)),
  ];
  const wanted = [...leftOutLabels(measured, points), ...slopeLabel(spec, fitted), ...referenceLabel(spec, reference)];
  const bounds = { left: frame.plot.left - 12, right: frame.width, top: 18, bottom: frame.plot.bottom - 2 };
  return placeLabels(wanted, obstacles, bounds);
}

function leftOutLabels(measured: readonly SizePoint[], points: readonly Point[]): readonly Label[] {
  return measured.flatMap((m, i): Label[] => {
    if (!m.leftOut) return [];
    const [px, py] = points[i];
    const sides: Place[] = [
      { x: px - 12, y: py + 14, anchor: "end" },
      { x: px, y: py + 24, anchor: "middle" },
      { x: px, y: py - 14, anchor: "middle" },
      { x: px + 14, y: py + 26, anchor: "end" },
      { x: px + 14, y: py - 16, anchor: "end" },
      { x: px - 12, y: py - 8, anchor: "end" },
      { x: px + 12, y: py + 5, anchor: "start" },
    ];
    return [{ lines: ["left out"], grey: true, places: sides }];
  });
}

function slopeLabel(spec: SizePanel, fitted: readonly Point[]): readonly Label[] {
  const law = spec.fit.powerLaw;
  if (law === null || fitted.length === 0) return [];
  const lines = [`**slope ${valueText(law.exponent)}**`];
  if (hasInterval(law.exponent)) lines.push(`~${intervalText(law.exponent)}~`);
  if (spec.fit.exponent === null) lines.push(`~${standing(spec.fit)}~`);
  return [{ lines, places: besides(fitted, 17 * lines.length) }];
}

/** Why a slope that is drawn is not reported. */
function standing({ verdict }: ScalingFit): string {
  if (verdict === "undecided") return "undecided";
  return verdict === "too-few-sizes" ? "too few sizes to test" : "not supported";
}

function referenceLabel(spec: SizePanel, reference: readonly Point[]): readonly Label[] {
  if (spec.reference === null || reference.length === 0) return [];
  const { slope } = spec.reference;
  const name = slope === 0 ? spec.reference.name : `${spec.reference.name}, ${quoted(slope)}`;
  return [{ lines: [name], grey: true, places: besides(reference, 17) }];
}

/** Places beside a line, above right and below left, from its middle outwards. */
function besides(points: readonly Point[], height: number): readonly Place[] {
  const [from, to] = [points[0], points[points.length - 1]];
  const falling = to[1] >= from[1];
  return [0.42, 0.55, 0.3, 0.68, 0.2, 0.8, 0.1].flatMap((t): Place[] => {
    const px = from[0] + (to[0] - from[0]) * t;
    const py = from[1] + (to[1] - from[1]) * t;
    const above = py - height + 5;
    const below = py + 22;
    return [
      { x: px + (falling ? 4 : -4), y: above, anchor: falling ? "start" : "end" },
      { x: px + (falling ? -4 : 4), y: below, anchor: falling ? "end" : "start" },
      { x: px, y: above - 14, anchor: "middle" },
      { x: px, y: below + 14, anchor: "middle" },
    ];
  });
}
