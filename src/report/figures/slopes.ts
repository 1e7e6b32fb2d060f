/**
 * Slopes with 95 % bars against size on a logarithmic axis, beside the line of
 * one slope for all: local slopes, and the slope against the smallest size kept.
 */
import type { Estimate } from "../../scaling/types.js";
import { tickTexts } from "../numbers.js";
import { type FigureWidth, frameOf, svg, titles, xAxis, yGrid } from "../svg/frame.js";
import { line, marker } from "../svg/marks.js";
import { linearScale, logScale, paddedDomain, ticksOf } from "../svg/scale.js";

export type SlopePanel = {
  readonly panel: string;
  readonly title: string;
  readonly xTitle: string;
  readonly points: readonly { readonly size: number; readonly slope: Estimate }[];
  /** The slope of all sizes. */
  readonly whole: number | null;
};

export function slopesFigure(spec: SlopePanel, width: FigureWidth, finding: string): string {
  const height = Math.round(width * 0.52);
  const values = spec.points.map(({ slope }) => slope.value);
  if (spec.whole !== null) values.push(spec.whole);
  const reach = 1.5 * Math.max(Math.max(...values) - Math.min(...values), 0.02);
  const [least, most] = [Math.min(...values) - reach, Math.max(...values) + reach];
  // Bars far wider than the slopes themselves are cut, not shown whole.
  const cut = (value: number): number => Math.min(most, Math.max(least, value));
  const domain = paddedDomain(
    [...values, ...spec.points.flatMap(({ slope }) => [cut(slope.low), cut(slope.high)])],
    "linear",
    0.06,
  );
  const yTicks = ticksOf(linearScale(domain, [0, 1]), 5);
  const frame = frameOf(width, height, tickTexts(yTicks));
  const { plot } = frame;
  const sizes = spec.points.map(({ size }) => size);
  const x = logScale(paddedDomain(sizes, "log", 0.08), [plot.left - 12, plot.right]);
  const y = linearScale(domain, [plot.bottom - 4, plot.top]);
  const body = [
    titles(frame, { y: spec.title, x: spec.xTitle, panel: spec.panel }),
    yGrid(frame, y, yTicks),
    xAxis(frame, x, ticksOf(x, width === 528 ? 7 : 5)),
    spec.whole === null ? "" : line(plot.left - 12, y.at(spec.whole), plot.right, y.at(spec.whole), "ref"),
    ...spec.points.map(({ size, slope }) =>
      line(x.at(size), y.at(cut(slope.low)), x.at(size), y.at(cut(slope.high)), "bar k6"),
    ),
    ...spec.points.map(({ size, slope }) =>
      marker(x.at(size), y.at(slope.value), { colour: 4, shape: 0, hollow: false }, 4.5),
    ),
  ];
  return svg(width, height, finding, body.join(""));
}
