/**
 * A quantity at the extremum against size on logarithmic axes, with the law
 * that was decided and its 95 % band, dashed where extrapolated, or the range
 * of the laws that fit (report/size-law.ts): Figure 2 of a study, with the poster's
 * slope as grey dashes through the first point, set aside, the figures of a
 * table, and any quantity without a fit.
 */
import type { BandPoint, Estimate } from "../../scaling/types.js";
import { plainText } from "../markup.js";
import { quoted, whole } from "../numbers.js";
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
  /** What is drawn through the points; none of a quantity without a fit. */
  readonly law?: ShownLaw | null;
  /** A slope to compare with, and whose it is. */
  readonly reference?: { readonly slope: number; readonly name: string } | null;
};

/** What is drawn through the points. */
export type ShownLaw = {
  /** y at a size: the line where one is drawn, else the middle of the band. */
  readonly at: (L: number) => number;
  /** Sizes at which the line bends; none of a straight one. */
  readonly knots: readonly number[];
  readonly band: readonly BandPoint[];
  /** "law" solid within the fitted sizes, "guide" dashed everywhere, "none" no line. */
  readonly line: "law" | "guide" | "none";
  /** Lines of the label, marked up. */
  readonly label: readonly string[];
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
  spec: SizePanel,
): Panel {
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
    y: { title: spec.title, scale: "log", domain: heightDomain(measured, spec, domain) },
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
    labels(measured, spec, { plot, reference, fitted: fitted.all, edges: fitted.edges }),
    measured.length > 0 ? "" : text([(left + right) / 2, (top + bottom) / 2], "No minimum yet", { anchor: "middle" }),
  ];
}

/** Holds an outlined range of laws whole: cut at the axis, it would end there to the eye. */
function heightDomain(measured: Measured, spec: SizePanel, ends: readonly [number, number]): readonly [number, number] {
  const domain = paddedDomain(heights(measured, spec, ends), "log", 0.12);
  const outlined = spec.law?.line === "none" ? spec.law.band : [];
  const range = barEnds(
    outlined.filter(({ size }) => size >= ends[0] && size <= ends[1]),
    "log",
  );
  if (range.length === 0) return domain;
  const whole = paddedDomain(range, "log", 0.04);
  return [Math.min(domain[0], whole[0]), Math.max(domain[1], whole[1])];
}

/** Every height that must be in view: points, their whole bars, and the line from end to end. */
function heights(measured: Measured, { law = null }: SizePanel, ends: readonly [number, number]): readonly number[] {
  if (measured.length === 0) return [1, 10];
  const estimates = measured.map(({ estimate }) => estimate);
  const line = law === null ? [] : bends(law, ends).map(law.at);
  return [...estimates.map(({ value }) => value), ...line, ...barEnds(estimates, "log")];
}

/** Sizes from which to which a line is straight: its ends, and its bends between them; beyond those it is not known. */
function bends({ knots }: ShownLaw, [from, to]: readonly [number, number]): readonly number[] {
  const ends = [Math.max(from, knots[0] ?? from), Math.min(to, knots.at(-1) ?? to)];
  return ends[0] < ends[1] ? [ends[0], ...knots.filter((size) => size > ends[0] && size < ends[1]), ends[1]] : [];
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

/** Line and band; beyond the fitted sizes a line is dashed, and everywhere where it is no law. */
function fitLine(measured: Measured, { law = null }: SizePanel, { x, y, at }: Plot) {
  if (law === null) return { band: "", inside: [], outside: [], all: [] as Point[], edges: [] };
  const used = measured.filter((m) => !m.leftOut).map((m) => m.L);
  const [first, last] = [Math.min(...used), Math.max(...used)];
  const [start, end] = x.domain;
  const piece = (from: number, to: number) => bends(law, [from, to]).map((L): Point => at([L, law.at(L)]));
  const inView = [...law.band].filter((b) => b.size >= start && b.size <= end).sort((a, b) => a.size - b.size);
  const edge = (end: "low" | "high") => inView.map((b): Point => at([b.size, clampTo(y, b[end])]));
  const solid = law.line === "law";
  const edges = [edge("high"), edge("low")];
  return {
    edges,
    band: band(edges[0], edges[1], law.line === "none" ? "band range" : "band"),
    inside: solid ? piece(first, last) : [],
    outside: law.line === "none" ? [] : solid ? [piece(start, first), piece(last, end)] : [piece(start, end)],
    all: piece(start, end),
  };
}

/** The comparison slope, set 16 px aside at the first point, on the side to which it departs. */
function referenceLine(measured: Measured, { law, reference }: SizePanel, { x, y, at }: Plot): readonly Point[] {
  if (!reference || measured.length === 0) return [];
  const { L: anchor, estimate } = measured[0];
  const across = law?.knots.length ? [law.knots[0], law.knots[law.knots.length - 1]] : x.domain;
  const rise = law ? Math.log(law.at(across[1]) / law.at(across[0])) / Math.log(across[1] / across[0]) : Infinity;
  const aside = reference.slope > rise ? -16 : 16;
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
type Lines = {
  readonly plot: Plot;
  readonly reference: readonly Point[];
  readonly fitted: readonly Point[];
  /** Of the band. */
  readonly edges: readonly (readonly Point[])[];
};

/** All labels of the panel together, so that none meet. */
function labels(measured: Measured, spec: SizePanel, lines: Lines): string {
  const { plot, reference, fitted, edges } = lines;
  const points = measured.map((m): Point => plot.at([m.L, m.estimate.value]));
  const bars = measured.flatMap(({ L, estimate }) =>
    boxesAlongLine([estimate.low, estimate.high].map((end): Point => plot.at([L, clampTo(plot.y, end)]))),
  );
  const obstacles = [
    ...boxesAlongLine(fitted),
    ...boxesAlongLine(reference),
    ...edges.flatMap((edge) => boxesAlongLine(edge)),
    ...[...bars, ...points.map((point) => boxAround(point, 8))].map((box) => ({ ...box, point: true })),
  ];
  const leftOut = measured.flatMap((m, i): Label[] =>
    m.leftOut ? [{ lines: ["left out"], grey: true, places: around(points[i], ["W", "SW", "NW", "N", "S"]) }] : [],
  );
  const wanted = [...leftOut, ...lawLabels(spec, lines), ...referenceLabel(spec, lines)];
  const { area, width } = plot;
  return placeLabels(wanted, obstacles, { left: area.left - 12, right: width, top: 18, bottom: area.bottom - 2 });
}

/** The name of what is drawn, beside it. */
function lawLabels({ law = null }: SizePanel, { plot, fitted }: Lines): readonly Label[] {
  if (law === null || fitted.length === 0) return [];
  const height = 17 * law.label.length;
  return [{ lines: law.label, places: [...besides(fitted, height), ...corners(plot.area, height)] }];
}

/** Corners and middle of the plotting area, above and below, for a label that finds no place beside its line. */
function corners({ left, right, top, bottom }: Box, height: number): readonly Place[] {
  return [top + 14, bottom - height + 5].flatMap((y): Place[] => [
    { x: right - 4, y, anchor: "end" },
    { x: left, y, anchor: "start" },
    { x: (left + right) / 2, y, anchor: "middle" },
  ]);
}

/** Whose slope the dashes are; a slope of 0 is named by its words only. */
function referenceLabel({ reference }: SizePanel, { reference: drawn, plot }: Lines): readonly Label[] {
  if (!reference || drawn.length === 0) return [];
  const { slope, name } = reference;
  const places = [...besides(drawn, 17), ...corners(plot.area, 17)];
  return [{ lines: [slope === 0 ? name : `${name}, ${quoted(slope)}`], grey: true, places }];
}

/** Places beside a line, above right and below left, from its middle outwards. */
function besides(points: readonly Point[], height: number): readonly Place[] {
  const falling = points[points.length - 1][1] >= points[0][1];
  return [0.42, 0.55, 0.3, 0.68, 0.2, 0.8, 0.1].flatMap((t): Place[] => {
    const [px, py] = alongLine(points, t);
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

/** The point of a line of rising x at a fraction of its width. */
function alongLine(points: readonly Point[], t: number): Point {
  const x = points[0][0] + t * (points[points.length - 1][0] - points[0][0]);
  const i = Math.max(
    1,
    points.findIndex((point) => point[0] >= x),
  );
  const [from, to] = [points[i - 1], points[i]];
  return [x, from[1] + ((to[1] - from[1]) * (x - from[0])) / (to[0] - from[0])];
}
