/**
 * Beside the tableau: the share of positions at which each atom is active,
 * most used first, and how much of the coding the first atoms do.
 */
import type { Tableau } from "../input.js";
import { significant, tickTexts, whole } from "../numbers.js";
import { frameOf, svg, titles, xAxis, yGrid } from "../svg/frame.js";
import { placeLabels } from "../svg/labels.js";
import { boxesAlongLine, type Point, polyline } from "../svg/marks.js";
import { linearScale, ticksOf } from "../svg/scale.js";

/** The column beside the tableau, and a phone. */
export type UseWidth = 344 | 368;

export function useFigure(tableau: Tableau, width: UseWidth, finding: string): string {
  const height = Math.round(width * 0.8);
  const use = [...tableau.use].sort((a, b) => b - a).map((fraction) => 100 * fraction);
  const most = Math.max(use[0], 1e-6);
  const yTicks = ticksOf(linearScale([0, most], [0, 1]), 4);
  const frame = frameOf(width, height, tickTexts(yTicks));
  const { plot } = frame;
  const x = linearScale([1, Math.max(2, use.length)], [plot.left, plot.right - 10]);
  const y = linearScale([0, most], [plot.bottom, plot.top]);
  const points = use.map((v, i): Point => [x.at(i + 1), y.at(v)]);
  const { share, first } = concentration(tableau);
  const label = {
    lines: [`the ${first} most used atoms`, `**do ${significant(share, 2)}% of the coding**`],
    places: [0.3, 0.4, 0.5, 0.2].map((t) => ({
      x: plot.left + t * (plot.right - plot.left),
      y: plot.top + 0.3 * (plot.bottom - plot.top),
      anchor: "start" as const,
    })),
  };
  const ranks = atomTicks(use.length);
  const body = [
    titles(frame, { y: "Active at this share of positions, %", x: "atom, by use" }),
    yGrid(frame, y, yTicks),
    xAxis(frame, x, ranks, ranks.map(whole)),
    polyline(points, "curve ink"),
    placeLabels([label], boxesAlongLine(points), plot),
  ];
  return svg(width, height, finding, body.join(""));
}

function atomTicks(features: number): readonly number[] {
  const quarter = features / 4;
  return [...new Set([1, quarter, 2 * quarter, 3 * quarter, features].map(Math.round))].filter((n) => n >= 1);
}

/** Share of all activity, in percent, that the eighth of the atoms used most (16 at most) carry. */
export function concentration(tableau: Tableau): { readonly first: number; readonly share: number } {
  const sorted = [...tableau.use].sort((a, b) => b - a);
  const first = Math.max(1, Math.min(16, Math.round(tableau.features / 8)));
  const all = sorted.reduce((sum, v) => sum + v, 0);
  const top = sorted.slice(0, first).reduce((sum, v) => sum + v, 0);
  return { first, share: all > 0 ? (100 * top) / all : 0 };
}
