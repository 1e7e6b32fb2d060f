/**
 * One panel: axes, grid and titles around marks that are given in values. Pale
 * horizontal grid, an x axis, no box, no y line; the y title top left, the x
 * title bottom right, both horizontal. Every figure with axes is made here, at
 * the two widths of the page.
 */

import type { Estimate } from "../../scaling/types.js";
import { element } from "../markup.js";
import { hasInterval, tickTexts } from "../numbers.js";
import { line, type Point } from "./marks.js";
import { linearScale, logScale, type Scale, ticksOf } from "./scale.js";
import { type Box, text, textWidth } from "./text.js";

/** The two widths at which every figure is drawn: half a page, and a phone or a printed column. */
export type FigureWidth = 528 | 368;

/** One figure at the width of half a page and of a phone. */
export type TwoWidths = {
  readonly wide: string;
  readonly narrow: string;
  /** As a file of its own, without the letter that tells panels of one figure apart; as `wide` unless given. */
  readonly alone?: string;
  readonly data?: FigureData;
};

/** The numbers that a figure draws: a row per mark, null where a mark lacks one. */
export type FigureData = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
};

/** A figure at both widths. */
export function bothWidths(draw: (width: FigureWidth) => string): TwoWidths {
  return { wide: draw(528), narrow: draw(368) };
}

/** One panel to be drawn as a figure: its name, the finding it proves, the panel. */
export type Drawing<Name extends string = string> = readonly [name: Name, finding: string, panel: Panel];

/** Figures by name, each at both widths. */
export function drawAll<Name extends string>(drawings: readonly Drawing<Name>[]): Map<Name, TwoWidths> {
  return new Map(
    drawings.map(([name, finding, panel]) => [
      name,
      {
        ...bothWidths((width) => panelFigure(panel, width, finding)),
        alone: panelFigure({ ...panel, letter: undefined }, 528, finding),
        data: panel.data,
      },
    ]),
  );
}

/** One axis. */
export type Axis = {
  /** Marked-up, with its unit. */
  readonly title: string;
  readonly scale: "log" | "linear";
  /** Lowest and highest value shown, above 0 for `log`. */
  readonly domain: readonly [number, number];
  /** Where ticks stand; numbers a person would choose unless given. */
  readonly ticks?: readonly number[] | ((scale: Scale) => readonly number[]);
};

/** What a panel shows. */
export type Panel = {
  /** The bold letter before the y title. */
  readonly letter?: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Height divided by width, 0.66 unless given. */
  readonly share?: number;
  /** Pixels kept free of values at each side of the plotting area; else enough for half a marker. */
  readonly room?: Partial<Box>;
  /** Pixels at the right of the plotting area, for names in a column; may depend on where marks lie without them. */
  readonly beside?: number | ((plot: Plot) => number);
  /** What the marks stand for, as numbers. */
  readonly data?: FigureData;
  /** Marks and labels, drawn over the axes in this order. */
  readonly marks: (plot: Plot) => readonly string[];
};

/** Where a panel's values lie in pixels. */
export type Plot = {
  /** Width of the figure. */
  readonly width: number;
  /** The plotting area: the grid reaches 12 px beyond its left side. */
  readonly area: Box;
  readonly x: Scale;
  readonly y: Scale;
  /** Pixels at the right of the plotting area, for names in a column. */
  readonly beside: number;
  /** The pixel of a pair of values. */
  at(values: Point): Point;
};

/** A panel as a figure of its own. `finding` is its name for those who do not see it. */
export function panelFigure(panel: Panel, width: number, finding: string): string {
  return stackedFigure([panel], width, finding);
}

/** Panels one below the other, 16 px apart, as one figure. */
export function stackedFigure(panels: readonly Panel[], width: number, finding: string): string {
  let top = 0;
  const bodies = panels.map((panel) => {
    const height = Math.round(width * (panel.share ?? 0.66));
    const body = panelBody(panel, width, height);
    const placed = top === 0 ? body : element("g", { transform: `translate(0 ${top})` }, body);
    top += height + 16;
    return placed;
  });
  return svg({ width, height: top - 16, finding }, ...bodies);
}

/** Half a marker, so that none is cut off at a side. */
const usualRoom: Box = { left: -6, right: 6, top: 4, bottom: 4 };

/** Axes first; marks are drawn over them. */
function panelBody(panel: Panel, width: number, height: number): string {
  const room = { ...usualRoom, ...panel.room };
  const yTicks = ticksFor(panel.y, scaleOf(panel.y, [0, 1]), width > 400 ? 6 : 5);
  const whole = areaOf(width, height, tickTexts(yTicks));
  const plotBeside = (beside: number): Plot => {
    const area = { ...whole, right: whole.right - beside };
    const x = scaleOf(panel.x, [area.left + room.left, area.right - room.right]);
    const y = scaleOf(panel.y, [area.bottom - room.bottom, area.top + room.top]);
    return { width, area, x, y, beside, at: ([px, py]) => [x.at(px), y.at(py)] };
  };
  const { beside = 0 } = panel;
  const plot = plotBeside(typeof beside === "number" ? beside : beside(plotBeside(0)));
  const letter = panel.letter === undefined ? "" : `**${panel.letter}** `;
  return [
    text([0, 12], letter + panel.y.title),
    text([width, height - 5], panel.x.title, { anchor: "end" }),
    yGrid(plot, yTicks),
    xAxis(plot, ticksFor(panel.x, plot.x, width > 400 ? 8 : 5)),
    ...panel.marks(plot),
  ].join("");
}

/** The plotting area of a figure whose y ticks have these names; they begin inside the figure, as a picture cuts it. */
function areaOf(width: number, height: number, yNames: readonly string[]): Box {
  const left = Math.ceil(Math.max(18, ...yNames.map(textWidth))) + 18;
  return { left, right: width - 2, top: 32, bottom: height - 44 };
}

function scaleOf({ scale, domain }: Axis, range: readonly [number, number]): Scale {
  return scale === "log" ? logScale(domain, range) : linearScale(domain, range);
}

/** Those given, or chosen for this scale. */
function ticksFor({ ticks }: Axis, scale: Scale, most: number): readonly number[] {
  if (ticks === undefined) return ticksOf(scale, most);
  return typeof ticks === "function" ? ticks(scale) : ticks;
}

/** The x axis with its ticks; names at the ends are moved inside the figure. */
export function xAxis(
  { width, area, x }: Pick<Plot, "width" | "area" | "x">,
  ticks: readonly number[],
  names = tickTexts(ticks),
): string {
  const { left, right, bottom } = area;
  const marks = ticks.map((value, i) => {
    const at = x.at(value);
    const half = textWidth(names[i]) / 2;
    const centre = Math.min(width - half, Math.max(half, at));
    const name = text([centre, bottom + 19], names[i], { anchor: "middle", grey: true });
    return line([at, bottom], [at, bottom + 5], "axis") + name;
  });
  return line([left - 12, bottom], [right, bottom], "axis") + marks.join("");
}

/** A pale line across and the number at its left for every tick. */
function yGrid({ area: { left, right }, y }: Plot, ticks: readonly number[]): string {
  const names = tickTexts(ticks);
  return ticks
    .map((value, i) => {
      const at = y.at(value);
      const name = text([left - 18, at + 4.5], names[i], { anchor: "end", grey: true });
      return line([left - 12, at], [right, at], "grid") + name;
    })
    .join("");
}

/** A level across the whole panel. */
export function level({ area: { left, right }, y }: Plot, value: number, names = "ref"): string {
  return line([left - 12, y.at(value)], [right, y.at(value)], names);
}

/**
 * The 95 % interval of y at x as a bar without caps; "" without an interval. Axes hold their bars whole
 * (`barEnds`). An end for which a logarithmic axis has no place ends in an arrow.
 */
export function errorBar({ at, y }: Plot, [x, estimate]: readonly [x: number, y: Estimate], names: string): string {
  if (!hasInterval(estimate)) return "";
  const [low, high] = [at([x, clampTo(y, estimate.low)]), at([x, clampTo(y, estimate.high)])];
  const arrow = ([px, py]: Point, inward: number): string =>
    [-3.5, 3.5].map((dx) => line([px, py], [px + dx, py + 5 * inward], names)).join("");
  const [down, up] = [estimate.low < y.domain[0], estimate.high > y.domain[1]];
  return line(low, high, names) + (down ? arrow(low, -1) : "") + (up ? arrow(high, 1) : "");
}

/** How far the ends of bars may stretch a logarithmic axis beyond the values: this times their own span. */
const farthest = 30;

/** The ends of intervals that an axis must hold: all of them on a linear one; on a logarithmic one not those at or near 0. */
export function barEnds(estimates: readonly Estimate[], scale: Axis["scale"]): readonly number[] {
  const values = estimates.map(({ value }) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const beyond = (farthest * most) / least;
  return estimates
    .filter(hasInterval)
    .flatMap(({ low, high }) => [low, high])
    .filter((end) => scale === "linear" || (end > least / beyond && end < most * beyond));
}

/** What a caption says of the bars of a logarithmic axis; "" where there are none. */
export function barWords(estimates: readonly Estimate[]): string {
  const ends = estimates.filter(hasInterval).length * 2;
  if (ends === 0) return "";
  return barEnds(estimates, "log").length < ends ? "Bars: 95%; an arrow where one goes on towards 0." : "Bars: 95%.";
}

/** A value, or the end of the axis beyond which it lies. */
export function clampTo({ domain }: Scale, value: number): number {
  return Math.min(domain[1], Math.max(domain[0], value));
}

/** A whole figure. `finding` is its name for those who do not see it. */
export function svg(
  { width, height, finding }: { readonly width: number; readonly height: number; readonly finding: string },
  ...body: readonly string[]
): string {
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
    ...body,
  );
}
