/**
 * The frame of a plot: pale horizontal grid, an x axis, no box, no y line; the
 * y title top left, the x title bottom right, both horizontal.
 */
import { element } from "../markup.js";
import { tickTexts } from "../numbers.js";
import { line } from "./marks.js";
import type { Scale } from "./scale.js";
import { type Box, text, textWidth } from "./text.js";

/** The two widths at which every figure is drawn: half a page, and a phone or a printed column. */
export type FigureWidth = 528 | 368;

export type Frame = {
  readonly width: number;
  readonly height: number;
  /** The plotting area. */
  readonly plot: Box;
};

/** A frame with room for titles and for y tick labels of `yLabels`. */
export function frameOf(width: number, height: number, yLabels: readonly string[]): Frame {
  const left = Math.ceil(Math.max(24, ...yLabels.map(textWidth))) + 12;
  return { width, height, plot: { left, right: width - 2, top: 32, bottom: height - 44 } };
}

/** Titles: `panel` is the bold letter of a panel. */
export function titles(
  frame: Frame,
  title: { readonly y: string; readonly x: string; readonly panel?: string },
): string {
  const y = title.panel === undefined ? title.y : `**${title.panel}** ${title.y}`;
  return text(0, 12, y) + text(frame.width, frame.height - 5, title.x, { anchor: "end" });
}

export function xAxis(frame: Frame, scale: Scale, ticks: readonly number[], names = tickTexts(ticks)): string {
  const { left, right, bottom } = frame.plot;
  const marks = ticks.map((value, i) => {
    const x = scale.at(value);
    const half = textWidth(names[i]) / 2;
    const centre = Math.min(frame.width - half, Math.max(half, x));
    return (
      line(x, bottom, x, bottom + 5, "axis") + text(centre, bottom + 19, names[i], { anchor: "middle", grey: true })
    );
  });
  return line(left - 12, bottom, right, bottom, "axis") + marks.join("");
}

export function yGrid(frame: Frame, scale: Scale, ticks: readonly number[]): string {
  const { left, right } = frame.plot;
  const names = tickTexts(ticks);
  return ticks
    .map((value, i) => {
      const y = scale.at(value);
      return line(left - 12, y, right, y, "grid") + text(left - 18, y + 4.5, names[i], { anchor: "end", grey: true });
    })
    .join("");
}

/** A whole figure. `finding` is its name for those who do not see it. */
export function svg(width: number, height: number, finding: string, body: string): string {
  return element(
    "svg",
    {
      class: "fig",
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": finding,
    },
    body,
  );
}
