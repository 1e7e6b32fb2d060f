/**
 * Lines against one axis, each with its name beside its end: what a solver does step by step,
 * how long it takes by size. Straight between the points, so nothing is drawn that was not measured.
 */
import { element } from "../markup.js";
import { tickTexts } from "../numbers.js";
import { type FigureWidth, type Frame, frameOf, svg, titles, xAxis, yGrid } from "../svg/frame.js";
import { type Label, placeLabels, spread } from "../svg/labels.js";
import { band, boxAround, boxesAlongLine, line, marker, type Point, polyline } from "../svg/marks.js";
import { linearScale, logScale, paddedDomain, type Scale, ticksOf } from "../svg/scale.js";
import { text, textWidth } from "../svg/text.js";

export type Line = {
  /** Marked-up; "" for a line without a name. */
  readonly name: string;
  /** 0–5 of the palette, 6 grey. */
  readonly colour: number;
  readonly dashed?: boolean;
  /** x rising. */
  readonly points: readonly Point[];
  /** Lowest and highest at the same x. */
  readonly range?: { readonly low: readonly Point[]; readonly high: readonly Point[] };
  /** A marker at each point; hollow for a point that falls short of what the others reach. */
  readonly marks?: "full" | "hollow";
};

export type LinesAxis = {
  readonly title: string;
  readonly scale: "log" | "linear";
  readonly ticks?: readonly number[];
  /** Values that must be on the axis. */
  readonly holds?: readonly number[];
};

export type LinesPanel = {
  readonly panel?: string;
  readonly x: LinesAxis;
  readonly y: LinesAxis;
  /** Names in a column at the right, for lines that end there; else beside each line's last point. */
  readonly names: "right" | "beside";
  /** A level drawn across. */
  readonly level?: { readonly y: number; readonly name: string };
  /** Height by width, 0.66 if left out. */
  readonly share?: number;
};

/** One panel as a figure. */
export function linesFigure(lines: readonly Line[], panel: LinesPanel, width: FigureWidth, finding: string): string {
  return stackedFigure([{ lines, panel }], width, finding);
}

/** Panels one below the other as one figure. */
export function stackedFigure(
  panels: readonly { readonly lines: readonly Line[]; readonly panel: LinesPanel }[],
  width: FigureWidth,
  finding: string,
): string {
  let top = 0;
  const bodies = panels.map(({ lines, panel }) => {
    const height = Math.round(width * (panel.share ?? 0.66));
    const body = panelBody(lines, panel, { width, height });
    const placed = top === 0 ? body : element("g", { transform: `translate(0 ${top})` }, body);
    top += height + 16;
    return placed;
  });
  return svg(width, top - 16, finding, bodies.join(""));
}

type Drawn = Line & { readonly pixels: readonly Point[] };

function panelBody(lines: readonly Line[], panel: LinesPanel, size: { width: FigureWidth; height: number }): string {
  const wide = size.width === 528;
  const yDomain = domainOf(lines, panel.y, 1);
  const yTicks = panel.y.ticks ?? ticksOf(scaleOf(panel.y, yDomain, [0, 1]), wide ? 6 : 5);
  const whole = frameOf(size.width, size.height, tickTexts(yTicks));
  const column = panel.names === "right" ? Math.max(0, ...columnNames(lines, panel).map(textWidth)) + 10 : 6;
  const frame: Frame = { ...whole, plot: { ...whole.plot, right: whole.plot.right - column } };
  const { plot } = frame;
  const x = scaleOf(panel.x, domainOf(lines, panel.x, 0), [plot.left - 6, plot.right]);
  const y = scaleOf(panel.y, yDomain, [plot.bottom - 4, plot.top + 4]);
  const at = ([px, py]: Point): Point => [x.at(px), y.at(py)];
  const drawn = lines.map((one): Drawn => ({ ...one, pixels: one.points.map(at) }));
  const xTicks = panel.x.ticks ?? ticksOf(x, wide ? 7 : 5);
  return [
    titles(frame, { y: panel.y.title, x: panel.x.title, panel: panel.panel }),
    yGrid(frame, y, yTicks),
    xAxis(frame, x, xTicks),
    ...lines.map(({ range }) => (range ? band(range.high.map(at), range.low.map(at), "band") : "")),
    levelMarks(panel, frame, y),
    ...drawn.map(lineMarks),
    panel.names === "right" ? nameColumn(drawn, panel, frame, y) : namesBeside(drawn, panel, frame, y),
  ].join("");
}

function columnNames(lines: readonly Line[], { level }: LinesPanel): readonly string[] {
  return [...lines.map(({ name }) => name), ...(level ? [level.name] : [])];
}

function domainOf(lines: readonly Line[], axis: LinesAxis, which: 0 | 1): readonly [number, number] {
  const values = lines.flatMap(({ points, range }) => [...points, ...(range ? [...range.low, ...range.high] : [])]);
  return paddedDomain(
    [...values.map((point) => point[which]), ...(axis.holds ?? [])],
    axis.scale,
    which === 0 ? 0 : 0.04,
  );
}

function scaleOf(axis: LinesAxis, domain: readonly [number, number], range: readonly [number, number]): Scale {
  return axis.scale === "log" ? logScale(domain, range) : linearScale(domain, range);
}

function levelMarks({ level }: LinesPanel, { plot }: Frame, y: Scale): string {
  if (level === undefined) return "";
  const at = y.at(level.y);
  return line(plot.left - 6, at, plot.right, at, "ref");
}

function lineMarks({ pixels, colour, dashed, marks }: Drawn): string {
  const path = polyline(pixels, `curve k${colour}${dashed ? " dashed" : ""}`);
  if (marks === undefined) return path;
  const dress = { colour, shape: 0, hollow: marks === "hollow" };
  return path + pixels.map(([x, y]) => marker(x, y, dress, 3.5)).join("");
}

/** At the right, each at the height where its line ends, moved apart. */
function nameColumn(lines: readonly Drawn[], { level }: LinesPanel, { plot }: Frame, y: Scale): string {
  const named = namedLines(lines).map(({ name, pixels }) => ({ name, at: pixels[pixels.length - 1][1] }));
  if (level) named.push({ name: `~${level.name}~`, at: y.at(level.y) });
  const at = spread(
    named.map((one) => one.at),
    named.map(() => 16),
    1,
    [plot.top - 6, plot.bottom],
  );
  return named.map(({ name }, i) => text(plot.right + 10, at[i] + 4.5, name)).join("");
}

function namedLines(lines: readonly Drawn[]): readonly Drawn[] {
  return lines.filter(({ name, pixels }) => name !== "" && pixels.length > 0);
}

function namesBeside(lines: readonly Drawn[], { level }: LinesPanel, { plot, width }: Frame, y: Scale): string {
  const labels = namedLines(lines).map(({ name, pixels }): Label => {
    const places = [pixels[pixels.length - 1], pixels[0], pixels[pixels.length >> 1]].flatMap(around);
    return { lines: [name], places };
  });
  const obstacles = lines.flatMap(({ pixels }) => [
    ...pixels.map((point) => boxAround(point, 4)),
    ...(pixels.length > 1 ? boxesAlongLine(pixels) : []),
  ]);
  if (level) {
    labels.push(levelLabel(level, { plot, y }));
    const at = y.at(level.y);
    obstacles.push({ left: plot.left - 6, right: plot.right, top: at - 1, bottom: at + 1 });
  }
  return placeLabels(labels, obstacles, { left: plot.left - 6, right: width, top: plot.top - 6, bottom: plot.bottom });
}

function around([x, y]: Point): Label["places"] {
  return [
    { x: x + 9, y: y + 4.5, anchor: "start" },
    { x, y: y - 9, anchor: "middle" },
    { x, y: y + 19, anchor: "middle" },
    { x: x - 9, y: y + 4.5, anchor: "end" },
    { x: x + 9, y: y - 9, anchor: "start" },
    { x: x - 9, y: y + 19, anchor: "end" },
    { x: x - 9, y: y - 9, anchor: "end" },
  ];
}

function levelLabel({ y, name }: NonNullable<LinesPanel["level"]>, on: { plot: Frame["plot"]; y: Scale }): Label {
  const { left, right } = on.plot;
  const at = on.y.at(y);
  const middle = (left + right) / 2;
  return {
    lines: [name],
    grey: true,
    places: [
      { x: right, y: at + 18, anchor: "end" },
      { x: right, y: at - 7, anchor: "end" },
      { x: middle, y: at + 18, anchor: "middle" },
      { x: left, y: at + 18, anchor: "start" },
    ],
  };
}
