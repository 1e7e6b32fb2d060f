/**
 * Lines against one axis, each with its own name beside it: the curves of a
 * study or a table with their minima, what a solver does step by step, how long
 * it takes by size. Smooth only where the quantity is; else straight between the
 * points, so that nothing is drawn that was not measured.
 */
import type { Estimate } from "../../scaling/types.js";
import { plainText } from "../markup.js";
import {
  around,
  type Label,
  type Obstacle,
  ownPlaces,
  type Place,
  placedBoxes,
  placeLabels,
  preferOwn,
  spread,
} from "../svg/labels.js";
import {
  band,
  bareMarker,
  boxAround,
  boxesAlong,
  boxesAlongLine,
  curve,
  cutTo,
  type Dress,
  dot,
  marker,
  type Point,
  polyline,
  type Segment,
  smooth,
  straightSegments,
} from "../svg/marks.js";
import { type Axis, barEnds, errorBar, type FigureData, level, type Panel, type Plot } from "../svg/panel.js";
import { paddedDomain } from "../svg/scale.js";
import { type Box, text, textWidth } from "../svg/text.js";

/** One line. */
export type Line = {
  /** Marked-up; "" for a line without a name. */
  readonly name: string;
  /** A hollow one is dashed: a size left out of the fit, a run that falls short of what the others reach. */
  readonly dress: Dress;
  /** x rising. */
  readonly points: readonly Point[];
  /** Lowest and highest at the same x. */
  readonly range?: { readonly low: readonly Point[]; readonly high: readonly Point[] };
  /** 95 % intervals at the points, as bars. */
  readonly bars?: readonly Estimate[];
  /** The line's extremum, with a large marker. */
  readonly chosen?: Point | null;
  /** Words beside the large marker. */
  readonly note?: string;
  /** Stands behind another one: a thin line without points. */
  readonly behind?: boolean;
};

/** An axis whose domain, unless given, is that of the lines. */
export type LinesAxis = Omit<Axis, "domain"> & {
  readonly domain?: Axis["domain"];
  /** Values that must be on the axis. */
  readonly holds?: readonly number[];
};

/** How the lines of a panel are drawn and named. */
export type LinesStyle = Pick<Panel, "letter" | "share"> & {
  readonly x: LinesAxis;
  readonly y: LinesAxis;
  /** Through the points: straight unless told; "none" leaves only the points. */
  readonly through?: "straight" | "smooth" | "none";
  /** At each point: nothing unless told. */
  readonly points?: "dots" | "markers";
  /** The large markers joined by dots. */
  readonly joined?: boolean;
  /**
   * Names in a column at the right, there as a key with markers, above the left ends, or beside the large marker or
   * an end; where a name beside its line would be read as another's, a key.
   */
  readonly names: "right" | "key" | "above" | "beside";
  /** A level drawn across. */
  readonly level?: { readonly y: number; readonly name: string };
};

/** A line in pixels, cut where it leaves the panel at the top. */
type Drawn = Line & {
  readonly pixels: readonly Point[];
  readonly segments: readonly Segment[];
  readonly extremum: Point | null;
};

/** The panel of some lines. */
export function linesPanel(lines: readonly Line[], style: LinesStyle): Panel {
  const { letter, share, names } = style;
  return {
    letter,
    share,
    beside: (plot) => besideWidth(lines, style, plot),
    room: names === "above" ? { top: 20 } : {},
    x: { ...style.x, domain: style.x.domain ?? domainOf(lines, style.x, 0) },
    y: { ...style.y, domain: style.y.domain ?? domainOf(lines, style.y, 1) },
    data: dataOf(lines, style),
    marks: (plot) => linesMarks(lines, style.names === "beside" && plot.beside > 0 ? keyed(lines, style) : style, plot),
  };
}

/** A row per point: its line, numbers in its name as a program reads them, where it lies, and its interval. */
function dataOf(lines: readonly Line[], { x, y }: LinesStyle): FigureData {
  const rows = lines.flatMap(({ name, points, bars }) =>
    points.map(([px, py], i) => [
      plainText(name).replace(/(?<=\d),(?=\d{3})/g, ""),
      px,
      py,
      bars?.[i].low ?? null,
      bars?.[i].high ?? null,
    ]),
  );
  return { columns: ["line", plainText(x.title), plainText(y.title), "low", "high"], rows };
}

/** Pixels that names in a column take, with their markers in a key; names beside their lines leave none for it. */
function besideWidth(lines: readonly Line[], style: LinesStyle, plot: Plot): number {
  if (style.names === "above") return 0;
  const width = Math.max(0, ...columnNames(lines, style).map(textWidth)) + (style.names === "right" ? 4 : 18);
  if (style.names !== "beside") return width;
  const drawn = lines.map((one) => inPixels(one, style, plot));
  const labels = drawn.flatMap(nameBeside);
  const fits = ownPlaces(labels, obstaclesOf(drawn, style, plot), boundsOf(plot)) !== null;
  return fits || width > widestKey * plot.width ? 0 : width;
}

/** A key wider than this share of the figure would leave the lines too little room. */
const widestKey = 0.3;

/** The key in place of names; where no line has its large marker, its points wear what the key shows. */
function keyed(lines: readonly Line[], style: LinesStyle): LinesStyle {
  const marked = lines.some(({ chosen }) => chosen);
  return { ...style, names: "key", points: marked ? style.points : "markers" };
}

/** What stands in the column at the right. */
function columnNames(lines: readonly Line[], { level }: LinesStyle): readonly string[] {
  return [...lines.map(({ name }) => name), ...(level ? [level.name] : [])];
}

/** From the least to the greatest value drawn; 4 % more at both ends of y. */
function domainOf(lines: readonly Line[], axis: LinesAxis, which: 0 | 1): Axis["domain"] {
  const values = lines
    .flatMap(({ points, range, chosen }) => [...points, ...(range?.low ?? []), ...(range?.high ?? []), chosen ?? []])
    .flatMap((point) => point[which] ?? []);
  const ends =
    which === 0
      ? []
      : barEnds(
          lines.flatMap(({ bars = [] }) => bars),
          axis.scale,
        );
  return paddedDomain([...values, ...ends, ...(axis.holds ?? [])], axis.scale, which === 0 ? 0 : 0.04);
}

/** Bands, level, lines, large markers, then names and labels over all. */
function linesMarks(lines: readonly Line[], style: LinesStyle, plot: Plot): readonly string[] {
  const drawn = lines.map((one) => inPixels(one, style, plot));
  const extrema = drawn.flatMap(({ extremum }) => (extremum === null ? [] : [extremum]));
  const naming = { right: nameColumn, key: keyColumn, above: namesAbove, beside: () => "" }[style.names];
  return [
    ...lines.map(({ range }) => (range ? band(range.high.map(plot.at), range.low.map(plot.at), "band") : "")),
    style.level ? level(plot, style.level.y) : "",
    ...lines.flatMap(({ bars = [], points, dress }) =>
      bars.map((bar, i) => errorBar(plot, [points[i][0], bar], `bar k${dress.colour}`)),
    ),
    ...drawn.map((one) => lineMarks(one, style)),
    style.joined ? polyline(extrema, "joined") : "",
    ...drawn.map(({ extremum, dress }) => (extremum === null ? "" : marker(extremum, dress))),
    naming(drawn, style, plot),
    labelsAmong(drawn, style, plot),
  ];
}

/** Scaled, and cut where it leaves the panel at the top or the sides. */
function inPixels(one: Line, { through = "straight" }: LinesStyle, { at, y, area }: Plot): Drawn {
  const pixels = one.points.map(at);
  const [, top] = y.range;
  const [left, right] = [area.left - 12, area.right + 1];
  const whole = through === "none" ? [] : through === "smooth" ? smooth(pixels) : straightSegments(pixels);
  return {
    ...one,
    pixels: pixels.filter(([px, py]) => py >= top && px >= left && px <= right),
    segments: cutTo(whole, { left, right, top, bottom: area.bottom }),
    extremum: one.chosen ? at(one.chosen) : null,
  };
}

/** A line and the marks at its points. */
function lineMarks({ pixels, segments, dress, behind }: Drawn, { through, points }: LinesStyle): string {
  const names = `curve k${dress.colour}${dress.hollow ? " dashed" : ""}${behind ? " thin" : ""}`;
  const path = through === "smooth" ? curve(segments, names) : through === "none" ? "" : polyline(pixels, names);
  if (points === undefined || behind) return path;
  const mark = (at: Point) =>
    points === "dots" ? dot(at, `f${dress.colour}`) : (through === "none" ? bareMarker : marker)(at, dress, 3.5);
  return path + pixels.map(mark).join("");
}

/** Whether a line ends far from the column of names, where its own would be read as another's. */
function endsEarly({ pixels }: Drawn, { area }: Plot): boolean {
  return pixels.length > 0 && pixels[pixels.length - 1][0] < area.right - 40;
}

/** At the right, each at the height where its line ends, moved apart; one that ends early has its name beside it. */
function nameColumn(lines: readonly Drawn[], { level }: LinesStyle, plot: Plot): string {
  const { area, y } = plot;
  const named = lines
    .filter((one) => one.name !== "" && one.pixels.length > 0 && !endsEarly(one, plot))
    .map(({ name, pixels }) => ({ name, at: pixels[pixels.length - 1][1] }));
  if (level) named.push({ name: `~${level.name}~`, at: y.at(level.y) });
  const at = spread(
    named.map((one) => one.at),
    { widths: named.map(() => 16), gap: 1, within: [area.top - 6, area.bottom] },
  );
  return named.map(({ name }, i) => text([area.right + 4, at[i] + 4.5], name)).join("");
}

/** The key: each name behind the marker of its points, from the top. */
function keyColumn(lines: readonly Drawn[], _: LinesStyle, { area }: Plot): string {
  const step = Math.min(18, (area.bottom - area.top) / Math.max(1, lines.length));
  return lines
    .map(({ name, dress }, i) => {
      const y = area.top + 8 + i * step;
      return marker([area.right + 9, y], dress, 4.5) + text([area.right + 18, y + 4.5], name);
    })
    .join("");
}

/** Each above the left end of its curve, where the arms of a study's curves never cross, and above a large marker there. */
function namesAbove(lines: readonly Drawn[], _: LinesStyle, plot: Plot): string {
  return placeLabels(labelsAbove(lines, plot), markerBoxes(lines), boundsOf(plot));
}

function labelsAbove(lines: readonly Drawn[], { area }: Plot): readonly Label[] {
  const named = lines.filter(({ name, segments }) => name !== "" && segments.length > 0);
  const ends = named.map(({ segments }) => segments[0][0]);
  const centres = spread(
    ends.map(([px]) => px),
    { widths: named.map(({ name }) => textWidth(name)), gap: 7, within: [area.left - 12, area.right] },
  );
  return named.map(({ name }, i) => ({
    lines: [name],
    places: [8, 25, 42].map((up) => ({ x: centres[i], y: ends[i][1] - up, anchor: "middle" })),
  }));
}

/** The large markers: no label stands on one where any other place is left. */
function markerBoxes(lines: readonly Drawn[]): readonly Obstacle[] {
  return lines.flatMap(({ extremum }) => (extremum === null ? [] : [{ ...boxAround(extremum, 8), point: true }]));
}

/** Names and notes that stand where they cover least. */
function labelsAmong(lines: readonly Drawn[], style: LinesStyle, plot: Plot): string {
  const own = lines.filter((one) => style.names === "beside" || (style.names === "right" && endsEarly(one, plot)));
  const obstacles = obstaclesOf(lines, style, plot);
  const named = own.flatMap(nameBeside);
  const labels: Label[] = [...(ownPlaces(named, obstacles, boundsOf(plot)) ?? named)];
  labels.push(...preferOwn(lines.flatMap(noteLabel)));
  if (style.level && style.names !== "right") labels.push(levelLabel(style.level, plot));
  return placeLabels(labels, obstacles, boundsOf(plot));
}

/** The note of a large marker, below it where there is most room; a line or two further off where others are near. */
function noteLabel({ extremum, note }: Drawn): readonly Label[] {
  if (extremum === null || !note) return [];
  const near = around(extremum, ["S", "SE", "SW", "E", "W", "NE", "NW", "N"]);
  const away = ({ y }: Place, off: number) => y + (y > extremum[1] ? off : -off);
  const places = [0, 17, 34].flatMap((off) =>
    near.map((place) => ({ ...place, y: away(place, off), extra: 40 * off })),
  );
  return [{ lines: [note], places, own: [boxAround(extremum, 8)] }];
}

/** Lines, points, large markers, names above them and the level: what labels keep clear of. */
function obstaclesOf(lines: readonly Drawn[], { level, joined, names }: LinesStyle, plot: Plot): readonly Obstacle[] {
  const { area, y } = plot;
  const extrema = lines.flatMap(({ extremum }) => (extremum === null ? [] : [extremum]));
  const above = names === "above" ? placedBoxes(labelsAbove(lines, plot), markerBoxes(lines), boundsOf(plot)) : [];
  const at = level && y.at(level.y);
  return [
    ...lines.flatMap(boxesOfLine),
    ...above.map((box) => ({ ...box, point: true })),
    ...(joined ? boxesAlongLine(extrema) : []),
    ...(at === undefined ? [] : [{ left: area.left - 6, right: area.right, top: at - 1, bottom: at + 1 }]),
  ];
}

/** A line with its points and its large marker. */
function boxesOfLine(one: Drawn): readonly Obstacle[] {
  const { pixels, segments } = one;
  return [...boxesAlong(segments), ...pixels.map((point) => boxAround(point, 4)), ...markerBoxes([one])];
}

function boundsOf({ area, width }: Plot): Box {
  return { left: area.left - 6, right: width, top: 18, bottom: area.bottom };
}

/** At the large marker, else at the end, the start or the middle of the line. */
function nameBeside(one: Drawn): readonly Label[] {
  const { name, pixels, extremum } = one;
  if (name === "" || pixels.length === 0) return [];
  const at = extremum ? [extremum] : [pixels[pixels.length - 1], pixels[0], pixels[pixels.length >> 1]];
  return [{ lines: [name], places: at.flatMap((point) => around(point)), own: boxesOfLine(one) }];
}

/** Below or above the level, from the right to the left. */
function levelLabel({ y, name }: NonNullable<LinesStyle["level"]>, plot: Plot): Label {
  const { left, right } = plot.area;
  const at = plot.y.at(y);
  const across = [
    { x: right, anchor: "end" },
    { x: (left + 3 * right) / 4, anchor: "middle" },
    { x: (left + right) / 2, anchor: "middle" },
    { x: left, anchor: "start" },
  ] as const;
  const places = across.flatMap((place) => [at + 18, at - 7].map((y) => ({ ...place, y })));
  return { lines: [name], grey: true, places };
}
