/** The figures of a fitted table, each at both widths; what the table does not allow is absent. */
import { counted } from "../core/words.js";
import type { TableRecord } from "../scaling/table.js";
import type { Estimate, ScalingFit } from "../scaling/types.js";
import { type Line, type LinesAxis, linesPanel } from "./figures/lines.js";
import { type SizePoint, sizePanel } from "./figures/scaling.js";
import { slopesAlong, slopesPanel } from "./figures/slopes.js";
import { bentLaw } from "./formula.js";
import { isBare, marked, type Words, wordsOf } from "./names.js";
import { asGiven, hasInterval, significant, sizeText, valueText } from "./numbers.js";
import { shownLaw } from "./size-law.js";
import { dressOf } from "./sizes.js";
import type { Dress, Point } from "./svg/marks.js";
import { type Drawing, drawAll, type Panel, type TwoWidths } from "./svg/panel.js";
import { collapseSentence, fitSentence, quantityWord } from "./table-findings.js";

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
  const words = wordsOf(record);
  const panel = linesPanel(lines, {
    share: 0.72,
    through: "smooth",
    points: "dots",
    joined: true,
    names: "beside",
    x: logOrNot(title(words, words.control), record.options.controlScale),
    y: logOrNot(title(words, words.value), valueScale(record)),
  });
  return [["curves", `Curves of ${counted(lines.length, "size")}.`, panel]];
}

/** A word as the title of an axis. */
function title(words: Words, word: string): string {
  return marked(words.start(word));
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
  const words = wordsOf(record);
  const own = record.names?.value === undefined && !isBare(record) ? "value at the extremum" : words.extreme;
  const spec = {
    ...(isBare(record) ? {} : { letter: quantity === "location" ? "a" : "b" }),
    title: quantity === "location" ? placeTitle(record, words) : title(words, own),
    xTitle: title(words, words.size),
    law: shownLaw(fit, measured, marked(words.L)),
  };
  const known = record.extrema.map(({ size }) => size);
  const panel = sizePanel({ measured, known }, spec);
  const finding = fitSentence(words.start(quantityWord(words, quantity)), fit);
  return [[`${quantity}-against-size`, finding, panel], ...slopeDrawings(record, quantity, fit)];
}

/** The location, or its distance from the critical point: "|T − 2.2692|". */
function placeTitle({ options: { critical } }: TableRecord, words: Words): string {
  if (critical === null) return title(words, words.location);
  return `|${marked(words.x)} ${criticalText(critical, null, critical)}|`;
}

/** Each needs two slopes at least. Neighbouring sizes stand at their geometric mean. */
function slopeDrawings(record: TableRecord, quantity: TableQuantity, fit: ScalingFit): readonly TableDrawing[] {
  const law = bentLaw(fit);
  const whole = law === null ? (fit.powerLaw?.exponent.value ?? null) : slopesAlong(law.band);
  const words = wordsOf(record);
  const name = quantityWord(words, quantity);
  const [upper, lower] = isBare(record) ? ["a", "b"] : quantity === "location" ? ["a", "c"] : ["b", "d"];
  const sizes = record.extrema.map(({ size }) => size);
  const local = fit.localSlopes.map(({ from, to, slope }) => ({ size: Math.sqrt(from * to), slope }));
  const kept = record.slopeFrom.flatMap((one) => {
    const slope = one[quantity]?.exponent;
    return slope === undefined ? [] : [{ size: one.smallest, slope }];
  });
  const shown = quantity === "location" && record.options.critical !== null ? placeTitle(record, words) : marked(name);
  const title = `Slope of ${shown}`;
  const between = `Between ${words.size === "size" ? "sizes" : `neighbouring ${marked(words.size)}`}`;
  const least = `Smallest ${marked(words.size)} kept`;
  const pairs = { letter: upper, title: `Local slope of ${shown}`, xTitle: between, sizes, points: local, whole };
  // A straight line through a law that bends has a slope of neither.
  const level = law === null ? whole : null;
  const from = { letter: lower, title, xTitle: least, sizes: kept.map(({ size }) => size), points: kept, whole: level };
  const finding = `Slope of ${name} against the smallest ${words.size} kept`;
  return [
    ...(local.length > 1
      ? ([[`${quantity}-local-slopes`, `Local slopes of ${name}`, slopesPanel(pairs)]] as const)
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
      bars: one.bars?.map(({ value, low, high }) => {
        const up = size ** -point.b;
        return { value: value * up, low: low * up, high: high * up };
      }),
    }),
  );
  const words = wordsOf(record);
  const [a, b] = [-point.a, -point.b].map((value) => significant(value, 3));
  const c = criticalText(point.critical, record.collapse?.critical ?? null, record.options.critical);
  const [L, x] = [marked(words.size), marked(words.control)];
  const scaled = [`(${x} ${c}) × ${L}^{${a}}`, `${title(words, words.value)} × ${L}^{${b}}`] as const;
  return [
    ["collapse-before", finding, dotsPanel(before, "a", [title(words, words.control), title(words, words.value)])],
    ["collapse-after", finding, dotsPanel(after, "b", scaled)],
  ];
}

/** "− 2.26919" or "+ 3": the critical point as it was given, else with as many digits as its error says. */
export function criticalText(point: number, estimate: Estimate | null, given: number | null): string {
  const interval = estimate !== null && hasInterval(estimate) ? { ...estimate, value: point } : null;
  const text = given !== null ? asGiven(given) : interval ? valueText(interval) : significant(point, 6);
  return text.startsWith("−") ? `+ ${text.slice(1)}` : `− ${text}`;
}

/** Points only: scaled points of many curves are judged by eye, without lines through them. */
function dotsPanel(lines: readonly Line[], letter: string, [x, y]: readonly [x: string, y: string]): Panel {
  return linesPanel(lines, {
    letter,
    share: 0.72,
    through: "none",
    points: "markers",
    names: "key",
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
    .map(({ size, control, value, error }, i) => {
      const found = record.extrema.find((extremum) => extremum.size === size);
      return {
        size,
        name: `**${nameAt(record, size, i === 0)}**`,
        bars: error?.map((one, j) => ({ value: value[j], low: value[j] - 1.96 * one, high: value[j] + 1.96 * one })),
        dress: tableDress(record, size),
        points: control.map((x, i): Point => [x, value[i]]),
        chosen: found?.location && found.value ? [found.location.value, found.value.value] : null,
      };
    });
}

/** A size beside its curve: "8", or "L = 8" at the first where sizes have a name. */
function nameAt(record: TableRecord, size: number, first: boolean): string {
  const name = record.names?.size;
  return first && name !== undefined ? `${marked(name)} = ${sizeText(size)}` : sizeText(size);
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
