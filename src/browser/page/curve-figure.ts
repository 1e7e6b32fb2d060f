/**
 * Percent error against percent active: the chosen size bold as it is measured, the others thin, SURE's estimate
 * dashed, the least of each marked, and where the reader is. Axes are given, so that they hold still.
 */
import { counted, grouped } from "../../core/words.js";
import { type Line, linesPanel } from "../../report/figures/lines.js";
import type { Point } from "../../report/svg/marks.js";
import type { Axis, Panel } from "../../report/svg/panel.js";
import { type Judge, leastOf, type SizeCurve } from "./curve.js";
import { featureSizes } from "./state.js";

/** Both domains of the figure. */
export type Axes = { readonly x: Axis["domain"]; readonly y: Axis["domain"] };

/** What the figure shows. */
export type CurveFigure = {
  readonly curves: ReadonlyMap<number, SizeCurve>;
  readonly chosen: number;
  /** Percent active and percent error at the chosen λ. */
  readonly here: Point | null;
  /** Percent error of the noisy picture itself. */
  readonly noise: number;
  readonly axes: Axes;
};

/** Axes for pictures at a level of noise: up to the error of leaving the noise in, or of a flat reconstruction. */
export function axesFor(curves: ReadonlyMap<number, SizeCurve>, noise: number): Axes {
  const errors = [...curves.values()].flatMap(({ points }) => points.map(({ percentError }) => percentError ?? 0));
  const least = errors.length > 0 ? Math.min(...errors) : noise / 2;
  const span = Math.max(6, Math.min(0.75 * least, 1.15 * noise - least));
  const highest = Math.max(least + 0.4 * span, ...errors);
  return { x: [0.08, 50], y: [Math.max(0, least - 0.3 * span), Math.min(least + 1.3 * span, 1.04 * highest)] };
}

/** Whether the axes reach a point. */
export function reach({ x, y }: Axes, [px, py]: Point): boolean {
  return clamped(px, x) === px && clamped(py, y) === py;
}

/** The panel; a least error beyond the axes is not marked. */
export function curvePanel(figure: CurveFigure): Panel {
  const { curves, chosen, axes, noise, here } = figure;
  const drawn = featureSizes.flatMap((features, i) => {
    const curve = curves.get(features);
    return curve && features !== chosen ? [lineOf(curve, { index: i, by: "percentError", behind: true })] : [];
  });
  const own = curves.get(chosen);
  const index = featureSizes.indexOf(chosen as (typeof featureSizes)[number]);
  const lines = [...drawn, ...(own === undefined ? [] : ownLines(own, index))].map((line) => ({
    ...line,
    chosen: line.chosen && reach(axes, line.chosen) ? line.chosen : null,
  }));
  return linesPanel([...lines, ...hereLine(here, axes)], {
    share: 0.68,
    through: "smooth",
    points: "dots",
    names: "above",
    x: { title: "Percent of units active (log scale)", scale: "log", domain: axes.x },
    y: { title: "Percent error, this picture", scale: "linear", domain: axes.y },
    ...(clamped(noise, axes.y) === noise && { level: { y: noise, name: "noisy picture" } }),
  });
}

/** The measured curve and SURE's. */
function ownLines(curve: SizeCurve, index: number): readonly Line[] {
  const sure = lineOf(curve, { index, by: "surePercent", behind: true });
  const measured = lineOf(curve, { index, by: "percentError", behind: false });
  const dress = { colour: 6, shape: 0, hollow: true };
  return [{ ...sure, name: "SURE", dress, note: "SURE’s least" }, measured];
}

/** One curve, percent active rising. */
function lineOf(curve: SizeCurve, { index, by, behind }: { index: number; by: Judge; behind: boolean }): Line {
  const points = curve.points.flatMap((point): Point[] => {
    const value = point[by];
    return value === null || point.active === 0 ? [] : [[point.percentActive, value]];
  });
  const least = leastOf(curve, by);
  return {
    name: behind ? grouped(curve.features) : `**${counted(curve.features, "feature")}**`,
    dress: { colour: index, shape: index, hollow: false },
    points: rising(points),
    chosen: least === null || (behind && by === "percentError") ? null : [least.percentActive, least.value],
    note: by === "percentError" && !behind ? "least error" : "",
    behind,
  };
}

/** A point that does not have more active units than all before is left out: the curve is one of x. */
function rising(points: readonly Point[]): readonly Point[] {
  let last = 0;
  return points.filter(([x]) => {
    if (x <= last) return false;
    last = x;
    return true;
  });
}

/** The dot of the chosen λ with its words: a line of an extremum alone; at the edge of the axes where it lies beyond them. */
function hereLine(here: Point | null, { x, y }: Axes): readonly Line[] {
  if (here === null) return [];
  const chosen: Point = [clamped(here[0], x), clamped(here[1], y)];
  return [{ name: "", dress: { colour: 7, shape: 0, hollow: false }, points: [], chosen, note: "**you are here**" }];
}

function clamped(value: number, [low, high]: Axis["domain"]): number {
  return Math.min(high, Math.max(low, value));
}
