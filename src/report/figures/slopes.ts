/**
 * Slopes with 95 % bars against size on a logarithmic axis, beside the line of
 * one slope for all: local slopes, and the slope against the smallest size kept.
 */
import type { Estimate } from "../../scaling/types.js";
import { plainText } from "../markup.js";
import { marker } from "../svg/marks.js";
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
  /** The slope of all sizes. */
  readonly whole: number | null;
};

/** The panel of some slopes with their whole bars. */
export function slopesPanel({ letter, title, xTitle, sizes, points, whole }: SlopePanel): Panel {
  const values = [...points.map(({ slope }) => slope.value), ...(whole === null ? [] : [whole])];
  const ends = barEnds(
    points.map(({ slope }) => slope),
    "linear",
  );
  return {
    letter,
    share: 0.52,
    x: { title: xTitle, scale: "log", domain: paddedDomain(sizes, "log", 0.05), ticks: (x) => sizeTicks(sizes, x) },
    y: { title, scale: "linear", domain: paddedDomain([...values, ...ends], "linear", 0.06) },
    data: {
      columns: [xTitle, title, "low", "high"].map(plainText),
      rows: points.map(({ size, slope: { value, low, high } }) => [size, value, low, high]),
    },
    marks: (plot) => [
      whole === null ? "" : level(plot, whole),
      ...points.map(({ size, slope }) => errorBar(plot, [size, slope], "bar k6")),
      ...points.map(({ size, slope }) =>
        marker(plot.at([size, slope.value]), { colour: 4, shape: 0, hollow: false }, 4.5),
      ),
    ],
  };
}
