/**
 * Slopes with 95 % bars against size on a logarithmic axis, beside the line of
 * one slope for all, or of the law's own slope at each size: local slopes, and
 * the slope against the smallest size kept.
 */
import type { BandPoint, Estimate } from "../../scaling/types.js";
import { plainText } from "../markup.js";
import { marker, type Point, polyline } from "../svg/marks.js";
import { barEnds, errorBar, level, type Panel } from "../svg/panel.js";
import { paddedDomain } from "../svg/scale.js";
import { sizeTicks } from "./scaling.js";

/** What the panel shows. */
type SlopePanel = {
  readonly letter?: string;
  readonly title: string;
  readonly xTitle: string;
  /** The sizes from which the slopes are: ticks that hold the points between them. */
  readonly sizes: readonly number[];
  readonly points: readonly { readonly size: number; readonly slope: Estimate }[];
  /** The slope of all sizes, or by size that of a law that bends. */
  readonly whole: number | readonly SlopeAt[] | null;
};

type SlopeAt = { readonly size: number; readonly slope: number };

/** d ln y/d ln L of a law between the points of its band. */
export function slopesAlong(band: readonly BandPoint[]): readonly SlopeAt[] {
  return band.slice(1).map(({ size, value }, i) => {
    const before = band[i];
    return {
      size: Math.sqrt(size * before.size),
      slope: Math.log(value / before.value) / Math.log(size / before.size),
    };
  });
}

/** The panel of some slopes with their whole bars. */
export function slopesPanel({ letter, title, xTitle, sizes, points, whole }: SlopePanel): Panel {
  const domain = paddedDomain(sizes, "log", 0.05);
  const along =
    typeof whole === "object" ? (whole ?? []).filter(({ size }) => size >= domain[0] && size <= domain[1]) : [];
  const beside = typeof whole === "number" ? [whole] : along.map(({ slope }) => slope);
  const values = [...points.map(({ slope }) => slope.value), ...beside];
  const ends = barEnds(
    points.map(({ slope }) => slope),
    "linear",
  );
  return {
    letter,
    share: 0.52,
    x: { title: xTitle, scale: "log", domain, ticks: (x) => sizeTicks(sizes, x) },
    y: { title, scale: "linear", domain: paddedDomain([...values, ...ends], "linear", 0.06) },
    data: {
      columns: [xTitle, title, "low", "high"].map(plainText),
      rows: points.map(({ size, slope: { value, low, high } }) => [size, value, low, high]),
    },
    marks: (plot) => [
      typeof whole === "number" ? level(plot, whole) : "",
      polyline(
        along.map(({ size, slope }): Point => plot.at([size, slope])),
        "ref",
      ),
      ...points.map(({ size, slope }) => errorBar(plot, [size, slope], "bar k6")),
      ...points.map(({ size, slope }) =>
        marker(plot.at([size, slope.value]), { colour: 4, shape: 0, hollow: false }, 4.5),
      ),
    ],
  };
}
