/**
 * Figure 1: percent error against percent active, one curve a size, its minimum
 * marked, the minima joined by dots. The window holds the curves' lower parts:
 * far from the minimum every curve climbs to 100 % and says nothing.
 */
import { sizeNoun, sizeNumber } from "../../study/axis.js";
import { interior, markedSize, type Size } from "../sizes.js";
import { type FigureWidth, frameOf, svg, titles, xAxis, yGrid } from "../svg/frame.js";
import { type Label, placeLabels, spread } from "../svg/labels.js";
import {
  boxAround,
  boxesAlong,
  boxesAlongLine,
  curve,
  cutAbove,
  dot,
  marker,
  type Point,
  polyline,
  type Segment,
  smooth,
} from "../svg/marks.js";
import { linearScale, logScale, paddedDomain, type Scale, ticksOf } from "../svg/scale.js";
import { type Box, text, textWidth } from "../svg/text.js";

type Drawn = { readonly size: Size; readonly segments: readonly Segment[]; readonly pixels: readonly Point[] };

export function curvesFigure(sizes: readonly Size[], width: FigureWidth, finding: string, empty: string): string {
  const height = Math.round(width * (width === 528 ? 0.75 : 0.8));
  const shown = sizes.filter((size) => size.points.length > 1);
  const [low, high] = errorWindow(shown);
  const ticks = ticksOf(linearScale([low, high], [0, 1]), width === 528 ? 6 : 5);
  const frame = frameOf(width, height, ["30"]);
  const { plot } = frame;
  const top = plot.top + 20;
  const y = linearScale([low, high], [plot.bottom, top]);
  const x = logScale(activeWindow(shown, high), [plot.left, plot.right]);
  const drawn = shown.map((size) => drawnCurve(size, x, y, top));
  const body = [
    titles(frame, { y: "Percent error", x: "Percent of units active (log scale)" }),
    yGrid(frame, y, ticks),
    xAxis(frame, x, ticksOf(x, width === 528 ? 9 : 5)),
    ...drawn.map(drawCurve),
    joined(sizes, x, y),
    ...sizes.map((size) => minimumMark(size, x, y)),
    armLabels(drawn, top, width, plot),
    notes(sizes, drawn, x, y, plot),
    shown.length === 0 ? text((plot.left + plot.right) / 2, height / 2, empty, { anchor: "middle" }) : "",
  ];
  return svg(width, height, finding, body.join(""));
}

/** From a little below the least error to well above the highest minimum. */
function errorWindow(sizes: readonly Size[]): readonly [number, number] {
  const least = sizes.map((size) => Math.min(...size.points.map((p) => p.percentError)));
  if (least.length === 0) return [0, 100];
  const low = Math.min(...least);
  const span = Math.max(Math.max(...least) - low, 0.06 * low);
  return [low - 0.28 * span, Math.max(...least) + 0.65 * span];
}

function activeWindow(sizes: readonly Size[], high: number): readonly [number, number] {
  const values = sizes.flatMap(({ points }) =>
    points
      .filter((p, i) => [points[i - 1], p, points[i + 1]].some((q) => q !== undefined && q.percentError <= high))
      .map((p) => p.percentActive),
  );
  return values.length === 0 ? [0.1, 20] : paddedDomain(values, "log", 0.01);
}

function drawnCurve(size: Size, x: Scale, y: Scale, top: number): Drawn {
  const points = size.points.map((p): Point => [x.at(p.percentActive), y.at(p.percentError)]);
  return {
    size,
    segments: cutAbove(smooth(points), top),
    pixels: points.filter(([, py]) => py >= top),
  };
}

function drawCurve({ size, segments, pixels }: Drawn): string {
  const { colour } = size.dress;
  const names = `curve k${colour}${size.leftOut ? " dashed" : ""}`;
  return curve(segments, names) + pixels.map(([px, py]) => dot(px, py, colour)).join("");
}

function joined(sizes: readonly Size[], x: Scale, y: Scale): string {
  return polyline(minimumPoints(sizes, x, y), "joined");
}

function minimumPoints(sizes: readonly Size[], x: Scale, y: Scale): readonly Point[] {
  return sizes.flatMap((size): Point[] => {
    const at = interior(size);
    return at === null ? [] : [[x.at(at.percentActive), y.at(at.percentError)]];
  });
}

function minimumMark(size: Size, x: Scale, y: Scale): string {
  const at = interior(size);
  return at === null ? "" : marker(x.at(at.percentActive), y.at(at.percentError), size.dress);
}

/** F at the top of the left arms; names of a curve without a left arm stand at its highest point. */
function armLabels(drawn: readonly Drawn[], top: number, width: FigureWidth, plot: Box): string {
  const visible = drawn.filter((d) => d.segments.length > 0);
  const last = visible[0]; // the smallest size has the rightmost arm
  const names = visible.map((d) =>
    d === last && width === 528 ? `**${markedSize(d.size)}**` : `**${sizeNumber(d.size)}**`,
  );
  const noun = visible.length > 0 ? sizeNoun(visible[0].size) : "";
  const word = width === 528 ? 0 : textWidth(noun) + 8;
  const tops = visible.map((d) => leftEnd(d.segments));
  const at = spread(
    tops.map(([px]) => px),
    names.map(textWidth),
    7,
    [plot.left - 12, plot.right - word],
  );
  const labels = names.map((name, i) =>
    text(at[i], Math.min(tops[i][1], top + 30) - 8, name, { anchor: "middle", halo: true }),
  );
  if (word > 0 && visible.length > 0) {
    const right = Math.max(...at.map((centre, i) => centre + textWidth(names[i]) / 2));
    labels.push(text(right + 6, top - 8, noun, { halo: true }));
  }
  return labels.join("");
}

function leftEnd(segments: readonly Segment[]): Point {
  return segments[0][0];
}

/** "left out of the fit" under the hollow marker. */
function notes(sizes: readonly Size[], drawn: readonly Drawn[], x: Scale, y: Scale, plot: Box): string {
  const labels = sizes.flatMap((size): Label[] => {
    const at = interior(size);
    if (at === null || !size.leftOut) return [];
    const [px, py] = [x.at(at.percentActive), y.at(at.percentError)];
    return [
      {
        lines: ["left out of the fit"],
        places: [
          { x: px, y: py + 22, anchor: "middle" },
          { x: px - 10, y: py + 20, anchor: "start" },
          { x: px + 10, y: py + 20, anchor: "end" },
          { x: px + 14, y: py + 5, anchor: "start" },
        ],
      },
    ];
  });
  const dots = minimumPoints(sizes, x, y);
  const obstacles = [
    ...drawn.flatMap((d) => boxesAlong(d.segments)),
    ...boxesAlongLine(dots),
    ...dots.map((point) => boxAround(point, 8)),
  ];
  return placeLabels(labels, obstacles, { ...plot, left: plot.left - 12 });
}
