/**
 * A quantity at the extremum against size on logarithmic axes, with its
 * power-law fit and 95 % band, dashed where extrapolated: Figure 2 of a study,
 * with the poster's slope as grey dashes through the first point, set aside,
 * the figures of a table, and any quantity without a fit.
 */
import type { Estimate, ScalingFit } from "../../scaling/types.js";
import { plainText } from "../markup.js";
import { hasInterval, intervalText, quoted, valueText, whole } from "../numbers.js";
import { around, type Label, type Place, placeLabels } from "../svg/labels.js";
import { band, boxAround, boxesAlongLine, type Dress, marker, type Point, polyline } from "../svg/marks.js";
import { barEnds, clampTo, errorBar, type Panel, type Plot } from "../svg/panel.js";
import { paddedDomain, type Scale } from "../svg/scale.js";
import { type Box, text, textWidth } from "../svg/text.js";

/** What the panel says beside its points. */
type SizePanel = {
  readonly letter?: string;
  /** y title, for example "Percent active at the optimum". */
  readonly title: string;
  readonly xTitle: string;
  readonly fit?: ScalingFit;
  /** A slope to compare with, and whose it is. */
  readonly reference?: { readonly slope: number; readonly name: string } | null;
  /** Whether the line has been moved to the mean height of its points. */
  readonly moved?: boolean;
};

/** A measured size; its estimate is above 0. */
export type SizePoint = {
  readonly L: number;
  readonly estimate: Estimate;
  readonly dress: Dress;
  readonly leftOut: boolean;
};

type Measured = readonly SizePoint[];

/** The panel of measured points; `known` are all sizes that the axis must show, rising. */
export function sizePanel(
  { measured, known }: { readonly measured: Measured; readonly known: readonly number[] },
  asked: SizePanel,
): Panel {
  const spec = throughPoints(measured, asked);
  const shown = known.length > 0 ? known : [4096, 131072];
  const domain = paddedDomain(shown, "log", 0.05);
  return {
    letter: spec.letter,
    share: 0.62,
    x: {
      title: spec.xTitle,
      scale: "log",
      domain,
      ticks: (x) => sizeTicks(known, x),
    },
    y: { title: spec.title, scale: "log", domain: paddedDomain(heights(measured, spec, domain), "log", 0.12) },
    data: {
      columns: [spec.xTitle, spec.title, "low", "high", "left out"].map(plainText),
      rows: measured.map(({ L, estimate: { value, low, high }, leftOut }) => [L, value, low, high, Number(leftOut)]),
    },
    marks: (plot) => sizeMarks(measured, spec, plot),
  };
}

/** Band and lines first, so that points and bars stand on them. */
function sizeMarks(measured: Measured, spec: SizePanel, plot: Plot): readonly string[] {
  const { left, right, top, bottom } = plot.area;
  const reference = referenceLine(measured, spec, plot);
  const fitted = fitLine(measured, spec, plot);
  return [
    fitted.band,
    polyline(reference, "ref"),
    polyline(fitted.inside, "fit"),
    ...fitted.outside.map((part) => polyline(part, "fit dashed")),
    ...measured.map(({ L, estimate, dress }) => errorBar(plot, [L, estimate], `bar k${dress.colour}`)),
    ...measured.map(({ L, estimate, dress }) => marker(plot.at([L, estimate.value]), dress)),
    labels(measured, spec, { plot, reference, fitted: fitted.all }),
    measured.length > 0 ? "" : text([(left + right) / 2, (top + bottom) / 2], "No minimum yet", { anchor: "middle" }),
  ];
}

/** Every height that must be in view: points, their whole bars, and the fitted line from end to end. */
function heights(measured: Measured, { fit }: SizePanel, ends: readonly [number, number]): readonly number[] {
  if (measured.length === 0) return [1, 10];
  const estimates = measured.map(({ estimate }) => estimate);
  const law = fit?.powerLaw ?? null;
  const line = law === null ? [] : ends.map((L) => law.amplitude.value * L ** law.exponent.value);
  return [...estimates.map(({ value }) => value), ...line, ...barEnds(estimates, "log")];
}

/** The sizes measured; every second one where their names would meet. */
export function sizeTicks(known: readonly number[], x: Scale): readonly number[] {
  const widest = Math.max(...known.map((size) => textWidth(whole(size))), 0);
  for (let step = 1; step < known.length; step++) {
    const kept = known.filter((_, i) => i % step === 0);
    if (kept.every((size, i) => i === 0 || x.at(size) - x.at(kept[i - 1]) > widest + 10)) return kept;
  }
  return known.slice(0, 1);
}

/** Fit and band; beyond the fitted sizes the line is dashed. */
function fitLine(measured: Measured, { fit }: SizePanel, { x, y, at }: Plot) {
  const law = fit?.powerLaw ?? null;
  const used = measured.filter((m) => !m.leftOut).map((m) => m.L);
  if (law === null || used.length === 0) return { band: "", inside: [], outside: [], all: [] as Point[] };
  const [first, last] = [Math.min(...used), Math.max(...used)];
  const [start, end] = x.domain;
  const inside = (from: number, to: number) => cutToRange([onLine(from), onLine(to)], y);
  const onLine = (L: number): Point => at([L, law.amplitude.value * L ** law.exponent.value]);
  const inView = [...law.band].filter((b) => b.size >= start && b.size <= end).sort((a, b) => a.size - b.size);
  const edge = (end: "low" | "high") => inView.map((b): Point => at([b.size, clampTo(y, b[end])]));
  return {
    band: band(edge("high"), edge("low"), "band"),
    inside: inside(first, last),
    outside: [inside(start, first), inside(last, end)],
    all: inside(start, end),
  };
}

/** The comparison slope, set 16 px aside at the first point, on the side to which it departs. */
function referenceLine(measured: Measured, { fit, reference }: SizePanel, { x, y, at }: Plot): readonly Point[] {
  if (!reference || measured.length === 0) return [];
  const { L: anchor, estimate } = measured[0];
  const aside = fit?.powerLaw && reference.slope > fit.powerLaw.exponent.value ? -16 : 16;
  const [from, to] = x.domain.map((L): Point => {
    const [px, py] = at([L, estimate.value * (L / anchor) ** reference.slope]);
    return [px, py + aside];
  });
  return cutToRange([from, to], y);
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

/** Lines that are drawn already: what labels keep clear of. */
type Lines = { readonly plot: Plot; readonly reference: readonly Point[]; readonly fitted: readonly Point[] };

/** All labels of the panel together, so that none meet. */
function labels(measured: Measured, spec: SizePanel, { plot, reference, fitted }: Lines): string {
  const points = measured.map((m): Point => plot.at([m.L, m.estimate.value]));
  const obstacles = [
    ...boxesAlongLine(fitted),
    ...boxesAlongLine(reference),
    ...points.map((point) => ({ ...boxAround(point, 8), point: true })),
  ];
  const leftOut = measured.flatMap((m, i): Label[] =>
    m.leftOut ? [{ lines: ["left out"], grey: true, places: around(points[i], ["W", "SW", "NW", "N", "S"]) }] : [],
  );
  const wanted = [...leftOut, ...slopeLabel(spec, { plot, reference, fitted }), ...referenceLabel(spec, reference)];
  const { area, width } = plot;
  return placeLabels(wanted, obstacles, { left: area.left - 12, right: width, top: 18, bottom: area.bottom - 2 });
}

/** The slope with its interval, and why it is not reported where the verdict bears no exponent. */
function slopeLabel({ fit, moved }: SizePanel, { plot, fitted }: Lines): readonly Label[] {
  if (!fit?.powerLaw || fitted.length === 0) return [];
  const { exponent } = fit.powerLaw;
  const lines = [`**slope ${valueText(exponent)}**`];
  if (hasInterval(exponent)) lines.push(`~${intervalText(exponent)}~`);
  if (fit.exponent === null) lines.push(`~${standing(fit)}~`);
  if (moved) lines.push("~line at the points’ mean height:~", "~all sizes share part of their error~");
  const height = 17 * lines.length;
  return [{ lines, places: [...besides(fitted, height), ...corners(plot.area, height)] }];
}

/** The corners of the plotting area, for a label that finds no place beside its line. */
function corners({ left, right, top, bottom }: Box, height: number): readonly Place[] {
  return [top + 14, bottom - height + 5].flatMap((y): Place[] => [
    { x: right - 4, y, anchor: "end" },
    { x: left, y, anchor: "start" },
  ]);
}

/**
 * Errors that all sizes share, as those of the same test images, move line and points together, and let the line of
 * least χ² pass beside every point. Such a line is drawn, with its band, at the mean height of its points (of their
 * logarithms): the slope stays that of the fit.
 */
function throughPoints(measured: Measured, spec: SizePanel): SizePanel {
  const law = spec.fit?.powerLaw ?? null;
  const used = measured.filter(({ leftOut }) => !leftOut);
  if (!spec.fit || law === null || used.length < 2) return spec;
  const heights = used.map(({ estimate }) => Math.log(estimate.value));
  const line = (L: number) => Math.log(law.amplitude.value) + law.exponent.value * Math.log(L);
  const aside = used.map(({ L }, i) => heights[i] - line(L));
  const mean = aside.reduce((sum, one) => sum + one, 0) / aside.length;
  const scatter = Math.sqrt(aside.reduce((sum, one) => sum + (one - mean) ** 2, 0) / aside.length);
  const seen = 0.01 * (Math.max(...heights) - Math.min(...heights));
  if (Math.abs(mean) <= Math.max(scatter, seen) || aside.some((one) => one * mean <= 0)) return spec;
  const up = Math.exp(mean);
  const raised = <T extends { readonly low: number; readonly high: number; readonly value?: number }>(one: T): T => ({
    ...one,
    low: one.low * up,
    high: one.high * up,
    ...(one.value !== undefined && { value: one.value * up }),
  });
  const powerLaw = { ...law, amplitude: raised(law.amplitude), band: law.band.map(raised) };
  return { ...spec, fit: { ...spec.fit, powerLaw }, moved: true };
}

/** Why a slope that is drawn is not reported. */
function standing({ verdict, models }: ScalingFit): string {
  if (models.some(({ name, adequate }) => name === "power-law" && adequate === false))
    return "a power law does not fit";
  if (verdict === "undecided") return "undecided";
  return verdict === "too-few-sizes" ? "too few sizes to test" : "not supported";
}

/** Whose slope the dashes are; a slope of 0 is named by its words only. */
function referenceLabel({ reference }: SizePanel, drawn: readonly Point[]): readonly Label[] {
  if (!reference || drawn.length === 0) return [];
  const { slope, name } = reference;
  return [{ lines: [slope === 0 ? name : `${name}, ${quoted(slope)}`], grey: true, places: besides(drawn, 17) }];
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
