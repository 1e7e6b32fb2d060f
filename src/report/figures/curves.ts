/**
 * Figure 1: percent error against percent active, one curve per size, its minimum
 * marked, the minima joined by dots. The window holds the curves' lower parts:
 * far from the minimum every curve climbs to 100 % and says nothing.
 */
import { interior, type Size, shortName } from "../sizes.js";
import type { Point } from "../svg/marks.js";
import type { Panel } from "../svg/panel.js";
import { paddedDomain } from "../svg/scale.js";
import { text } from "../svg/text.js";
import { type Line, linesPanel } from "./lines.js";

/** The panel of a study's curves; `empty` stands in it while nothing is measured. */
export function curvesPanel(sizes: readonly Size[], empty: string): Panel {
  const shown = sizes.filter((size) => size.points.length > 1);
  const error = errorWindow(shown);
  const panel = linesPanel(
    shown.map((size, i) => ({ ...lineOf(size, i), ...barsOf(size, error) })),
    {
      share: 0.76,
      through: "smooth",
      points: "dots",
      joined: true,
      names: "above",
      x: { title: "Percent of units active (log scale)", scale: "log", domain: activeWindow(shown, error[1]) },
      y: { title: "Percent error", scale: "linear", domain: error },
    },
  );
  if (shown.length > 0) return panel;
  return {
    ...panel,
    marks: ({ area: { left, right, top, bottom } }) => [
      text([(left + right) / 2, (top + bottom) / 2], empty, { anchor: "middle" }),
    ],
  };
}

/** One size as a line; a left-out one says so. */
function lineOf(size: Size, i: number): Line {
  const minimum = interior(size);
  return {
    name: shortName(size, i === 0),
    dress: size.dress,
    points: size.points.map((p): Point => [p.percentActive, p.value]),
    chosen: minimum === null ? null : [minimum.percentActive, minimum.value],
    note: size.leftOut ? "left out of the fit" : "",
  };
}

/** 95% bars of the values in the window, where they are known: others would stand at its edge, where no point is. */
function barsOf({ points }: Size, [low, high]: readonly [number, number]): Pick<Line, "bars"> {
  if (!points.every(({ half }) => half !== undefined)) return {};
  return {
    bars: points.map(({ value, half = 0 }) => {
      const shown = value >= low && value <= high ? half : 0;
      return { value, low: value - shown, high: value + shown };
    }),
  };
}

/** From a little below the least error to well above the highest minimum. */
function errorWindow(sizes: readonly Size[]): readonly [number, number] {
  const least = sizes.map((size) => Math.min(...size.points.map((p) => p.value)));
  if (least.length === 0) return [0, 100];
  const low = Math.min(...least);
  const span = Math.max(Math.max(...least) - low, 0.06 * low);
  return [low - 0.28 * span, Math.max(...least) + 0.65 * span];
}

/** Every point in the window of errors, and its neighbours outside. */
function activeWindow(sizes: readonly Size[], high: number): readonly [number, number] {
  const values = sizes.flatMap(({ points }) =>
    points
      .filter((p, i) => [points[i - 1], p, points[i + 1]].some((q) => q !== undefined && q.value <= high))
      .map((p) => p.percentActive),
  );
  return values.length === 0 ? [0.1, 20] : paddedDomain(values, "log", 0.01);
}
