/** The figures of a fitted table, each at both widths; what the table does not allow is absent. */
import { counted } from "../core/words.js";
import type { TableRecord } from "../scaling/table.js";
import type { Estimate, ScalingFit } from "../scaling/types.js";
import { type Line, type LinesAxis, linesPanel } from "./figures/lines.js";
import { type SizePoint, sizePanel } from "./figures/scaling.js";
import { slopesPanel } from "./figures/slopes.js";
import { capital } from "./laws.js";
import { significant, sizeText } from "./numbers.js";
import { dressOf } from "./sizes.js";
import type { Dress, Point } from "./svg/marks.js";
import { type Drawing, drawAll, type Panel, type TwoWidths } from "./svg/panel.js";
import { collapseSentence, fitSentence, locationName } from "./table-findings.js";

/** The two quantities of a table that are fitted against size. */
type TableQuantity = "location" | "value";

/** Names of a table's figures; those of the files too. */
export type TableFigureName =
  | "curves"
  | `${TableQuantity}-against-size`
  | `${TableQuantity}-local-slopes`
  | `${TableQuantity}-slope-against-smallest-size`
  | "collapse-before"
  | "collapse-after";

type TableDrawing = Drawing<TableFigureName>;

/** Every figure that the record allows, by name. */
export function drawnTableFigures(record: TableRecord): ReadonlyMap<TableFigureName, TwoWidths> {
  return drawAll([
    ...curvesDrawing(record),
    ...quantityDrawings(record, "location"),
    ...quantityDrawings(record, "value"),
    ...collapseDrawings(record),
  ]);
}

/** Mean curves with their extrema; absent for bare values. */
function curvesDrawing(record: TableRecord): readonly TableDrawing[] {
  const lines = linesOf(record);
  if (lines.length === 0) return [];
  const panel = linesPanel(lines, {
    share: 0.72,
    through: "smooth",
    points: "dots",
    joined: true,
    names: "beside",
    x: logOrNot("Control", record.options.controlScale),
    y: logOrNot("Value", valueScale(record)),
  });
  return [["curves", `Curves of ${counted(lines.length, "size")}`, panel]];
}

/** A title that names a logarithmic scale, where nothing else shows it. */
function logOrNot(title: string, scale: "log" | "linear"): LinesAxis {
  return { title: scale === "log" ? `${title} (log scale)` : title, scale };
}

/** Logarithmic where positive values differ more than fivefold. */
function valueScale({ curves }: TableRecord): "log" | "linear" {
  const values = curves.flatMap(({ value }) => value);
  const least = Math.min(...values);
  return least > 0 && Math.max(...values) > 5 * least ? "log" : "linear";
}

/** The quantity against size, and both figures of its slope. */
function quantityDrawings(record: TableRecord, quantity: TableQuantity): readonly TableDrawing[] {
  const fit = record[quantity];
  const measured = pointsOf(record, quantity);
  if (measured.length === 0) return [];
  const name = quantity === "location" ? locationName(record) : "value";
  const title = quantity === "location" ? capital(name) : "Value at the extremum";
  const known = record.extrema.map(({ size }) => size);
  const letter = quantity === "location" ? "a" : "b";
  const panel = sizePanel({ measured, known }, { letter, title, xTitle: "Size", fit });
  return [[`${quantity}-against-size`, fitSentence(title, fit), panel], ...slopeDrawings(record, quantity, fit)];
}

/** Each needs two slopes at least. Neighbouring sizes stand at their geometric mean. */
function slopeDrawings(record: TableRecord, quantity: TableQuantity, fit: ScalingFit): readonly TableDrawing[] {
  const whole = fit.powerLaw?.exponent.value ?? null;
  const name = quantity === "location" ? locationName(record) : "value";
  const [upper, lower] = quantity === "location" ? ["a", "c"] : ["b", "d"];
  const local = fit.localSlopes.map(({ from, to, slope }) => ({ size: Math.sqrt(from * to), slope }));
  const kept = record.slopeFrom.flatMap((one) => {
    const slope = one[quantity]?.exponent;
    return slope === undefined ? [] : [{ size: one.smallest, slope }];
  });
  const title = `Slope of ${name}`;
  const between = { letter: upper, title: `Local slope of ${name}`, xTitle: "Between sizes", points: local, whole };
  const from = { letter: lower, title, xTitle: "Smallest size kept", points: kept, whole };
  const finding = `${title} against the smallest size kept`;
  return [
    ...(local.length > 1
      ? ([[`${quantity}-local-slopes`, `Local slopes of ${name}`, slopesPanel(between)]] as const)
      : []),
    ...(kept.length > 1 ? ([[`${quantity}-slope-against-smallest-size`, finding, slopesPanel(from)]] as const) : []),
  ];
}

/** The points of all curves as measured, and scaled so that all should fall on one curve. */
function collapseDrawings(record: TableRecord): readonly TableDrawing[] {
  const point = record.collapse?.point ?? null;
  if (point === null) return [];
  const finding = collapseSentence(record);
  const before = linesOf(record).map((one): Line & { readonly size: number } => ({ ...one, chosen: null }));
  const after = before.map(
    ({ size, ...one }): Line => ({
      ...one,
      points: one.points.map(([x, y]) => [(x - point.critical) * size ** -point.a, y * size ** -point.b]),
    }),
  );
  const [a, b, c] = [-point.a, -point.b, point.critical].map((value) => significant(value, 3));
  return [
    ["collapse-before", finding, dotsPanel(before, "a", ["Control", "Value, unscaled"])],
    ["collapse-after", finding, dotsPanel(after, "b", [`(control − ${c}) × size^{${a}}`, `Value × size^{${b}}`])],
  ];
}

/** Points only: scaled points of many curves are judged by eye, without lines through them. */
function dotsPanel(lines: readonly Line[], letter: string, [x, y]: readonly [x: string, y: string]): Panel {
  return linesPanel(lines, {
    letter,
    share: 0.72,
    through: "none",
    points: "dots",
    names: "none",
    x: { title: x, scale: "linear" },
    y: { title: y, scale: "linear" },
  });
}

/** Colours and shapes by size, as in a study. */
export function tableDress(record: TableRecord, size: number): Dress {
  const i = record.extrema.findIndex((extremum) => extremum.size === size);
  return { ...dressOf(i, record.extrema.length), hollow: false };
}

/** Curves of at least two points. */
function linesOf(record: TableRecord): readonly (Line & { readonly size: number })[] {
  return record.curves
    .filter(({ control }) => control.length > 1)
    .map(({ size, control, value }) => {
      const found = record.extrema.find((extremum) => extremum.size === size);
      return {
        size,
        name: `**${sizeText(size)}**`,
        dress: tableDress(record, size),
        points: control.map((x, i): Point => [x, value[i]]),
        chosen: found?.location && found.value ? [found.location.value, found.value.value] : null,
      };
    });
}

/** The measured points of a fit; the location as its distance where a critical point is given. */
function pointsOf(record: TableRecord, quantity: TableQuantity): readonly SizePoint[] {
  const { critical } = record.options;
  return record.extrema.flatMap((extremum): SizePoint[] => {
    const raw = extremum[quantity];
    if (raw === null) return [];
    const estimate = quantity === "location" && critical !== null ? distanceOf(raw, critical) : raw;
    if (!(estimate.value > 0)) return [];
    return [{ L: extremum.size, estimate, dress: tableDress(record, extremum.size), leftOut: false }];
  });
}

/** |location − critical| with its interval, which starts at 0 where the location’s holds the critical point. */
function distanceOf({ value, low, high }: Estimate, critical: number): Estimate {
  const ends = [low, high].map((end) => Math.abs(end - critical)).sort((a, b) => a - b);
  const crosses = low < critical && critical < high;
  return { value: Math.abs(value - critical), low: crosses ? 0 : ends[0], high: ends[1] };
}
