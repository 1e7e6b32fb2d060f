/**
 * The curves of a table: one a size, its extremum marked, the extrema joined by
 * dots; and the same curves scaled, where all should fall on one.
 */
import { tickTexts } from "../numbers.js";
import { type FigureWidth, frameOf, svg, titles, xAxis, yGrid } from "../svg/frame.js";
import { type Label, placeLabels } from "../svg/labels.js";
import { boxAround, curve, type Dress, dot, marker, type Point, polyline, smooth } from "../svg/marks.js";
import { linearScale, logScale, paddedDomain, type Scale, ticksOf } from "../svg/scale.js";

export type DrawnCurve = {
  /** Shown beside the curve. */
  readonly name: string;
  readonly dress: Dress;
  /** x rising. */
  readonly points: readonly Point[];
  readonly extremum: Point | null;
};

export type CurvesPanel = {
  readonly panel?: string;
  readonly x: { readonly title: string; readonly scale: "log" | "linear" };
  readonly y: { readonly title: string; readonly scale: "log" | "linear" };
  /** Lines through the points; without them only dots. */
  readonly joined: boolean;
};

export function tableCurvesFigure(
  curves: readonly DrawnCurve[],
  panel: CurvesPanel,
  width: FigureWidth,
  finding: string,
): string {
  const height = Math.round(width * 0.72);
  const all = curves.flatMap(({ points, extremum }) => (extremum === null ? points : [...points, extremum]));
  const domain = (axis: 0 | 1, scale: "log" | "linear") =>
    paddedDomain(
      all.map((point) => point[axis]),
      scale,
      axis === 0 ? 0.02 : 0.06,
    );
  const make = (scale: "log" | "linear") => (scale === "log" ? logScale : linearScale);
  const yDomain = domain(1, panel.y.scale);
  const yTicks = ticksOf(make(panel.y.scale)(yDomain, [0, 1]), width === 528 ? 6 : 5);
  const frame = frameOf(width, height, tickTexts(yTicks));
  const { plot } = frame;
  const x = make(panel.x.scale)(domain(0, panel.x.scale), [plot.left - 8, plot.right]);
  const y = make(panel.y.scale)(yDomain, [plot.bottom - 4, plot.top]);
  const ends = curves.flatMap(({ extremum }) => (extremum === null ? [] : [at(extremum, x, y)]));
  const body = [
    titles(frame, { y: panel.y.title, x: panel.x.title, panel: panel.panel }),
    yGrid(frame, y, yTicks),
    xAxis(frame, x, ticksOf(x, width === 528 ? 8 : 5)),
    ...curves.map((one) => drawn(one, x, y, panel.joined)),
    panel.joined ? polyline(ends, "joined") : "",
    ...curves.map(({ extremum, dress }) =>
      extremum === null ? "" : marker(x.at(extremum[0]), y.at(extremum[1]), dress, 5),
    ),
    panel.joined ? names(curves, x, y, { left: 0, right: width, top: 18, bottom: plot.bottom }) : "",
  ];
  return svg(width, height, finding, body.join(""));
}

function at([px, py]: Point, x: Scale, y: Scale): Point {
  return [x.at(px), y.at(py)];
}

function drawn({ points, dress }: DrawnCurve, x: Scale, y: Scale, joined: boolean): string {
  const pixels = points.map((point) => at(point, x, y));
  const line = joined ? curve(smooth(pixels), `curve k${dress.colour}`) : "";
  return line + pixels.map(([px, py]) => dot(px, py, dress.colour)).join("");
}

/** Each size beside its extremum, or beside an end where it has none. */
function names(
  curves: readonly DrawnCurve[],
  x: Scale,
  y: Scale,
  bounds: { left: number; right: number; top: number; bottom: number },
): string {
  const marks = curves.flatMap(({ points, extremum }) => [...points, ...(extremum === null ? [] : [extremum])]);
  const labels = curves.map((one): Label => {
    const [px, py] = at(one.extremum ?? one.points[one.points.length - 1], x, y);
    return {
      lines: [`**${one.name}**`],
      places: [
        { x: px, y: py - 11, anchor: "middle" },
        { x: px, y: py + 21, anchor: "middle" },
        { x: px + 11, y: py + 5, anchor: "start" },
        { x: px - 11, y: py + 5, anchor: "end" },
        { x: px + 11, y: py - 11, anchor: "start" },
        { x: px - 11, y: py + 21, anchor: "end" },
      ],
    };
  });
  return placeLabels(
    labels,
    marks.map((point) => boxAround(at(point, x, y), 4)),
    bounds,
  );
}
