/** The report of crossing curves: one offline HTML file, a pure function of the record, and its figures. */
import type { CrossingRecord } from "../scaling/crossing-table.js";
import type { Estimate } from "../scaling/types.js";
import { collapseLine, crossingHeadline, crossingSentences, driftSentence, partsLine } from "./crossing-findings.js";
import { type Line, type LinesStyle, linesPanel } from "./figures/lines.js";
import { slopesPanel } from "./figures/slopes.js";
import { drawn, estimateCells, figure, numeric, pair, type Row, table } from "./html.js";
import type { FontFace, Origin } from "./input.js";
import { escapeText, literal, quotedSentence } from "./markup.js";
import { marked, wordsOf } from "./names.js";
import { hasInterval, significant, sizeText, valueText, whole } from "./numbers.js";
import { type Fact, noteList, pageText } from "./page.js";
import { dressOf } from "./sizes.js";
import { figureFiles } from "./standalone.js";
import { type Dress, marker, type Point } from "./svg/marks.js";
import { type Drawing, drawAll, type TwoWidths } from "./svg/panel.js";
import { sizeCell } from "./symbols.js";
import { criticalText } from "./table-figures.js";
import { collapseFigure, pointWords } from "./table-report.js";

/** All that the report shows. */
export type CrossingReportInput = {
  readonly record: CrossingRecord;
  /** Name of the table's file. */
  readonly name: string;
  readonly provenance: Origin;
  readonly fonts: readonly FontFace[];
};

type FigureName =
  | "crossing-curves"
  | "crossings-against-size"
  | "nu-against-size"
  | "collapse-before"
  | "collapse-after";
type CrossingDrawing = Drawing<FigureName>;
type Figures = ReadonlyMap<FigureName, TwoWidths>;

/** File name → text: figures as SVG, their numbers as CSV. */
export function crossingFigures({ record, fonts }: CrossingReportInput): Record<string, string> {
  return figureFiles(drawnFigures(record), fonts);
}

/** The whole report as the text of one HTML file that needs nothing else. */
export function crossingReport({ record, name, provenance, fonts }: CrossingReportInput): string {
  const figures = drawnFigures(record);
  return pageText({
    kind: "crossing report",
    name,
    title: literal(crossingHeadline(record)),
    stand: crossingSentences(record).slice(0, 2).map(quotedSentence).join(" "),
    facts: factsOf(record, name),
    sections: [
      (figure) => curvesSection(record, figures, figure),
      (figure) => driftSection(record, figures, figure),
      (figure) => collapseSection(record, figures, figure),
      () => notes(record),
    ],
    origin: provenance,
    fonts,
  });
}

function factsOf({ options, errors, rows, curves }: CrossingRecord, name: string): readonly Fact[] {
  const sizes = curves.map(({ size }) => sizeText(size));
  return [
    ["Table", escapeText(name)],
    ["Rows", whole(rows)],
    ["Sizes", sizes.length === 0 ? "none" : `${sizes.length}, ${sizes[0]} to ${sizes[sizes.length - 1]}`],
    ["Exponent _b_", options.valueExponent === "free" ? "fitted" : significant(options.valueExponent, 4)],
    ["Errors", errors ?? "none"],
  ];
}

/** Every figure that the record allows, at both widths. */
function drawnFigures(record: CrossingRecord): Figures {
  const lines = linesOf(record);
  if (lines.length === 0) return new Map();
  return drawAll([curvesDrawing(record, lines), ...driftDrawings(record), ...collapseDrawings(record, lines)]);
}

const plain = { share: 0.72, points: "dots" } as const;

/** Titles of the axes as measured. */
function measuredAxes(record: CrossingRecord): Pick<LinesStyle, "x" | "y"> {
  const words = wordsOf(record);
  return axes(marked(words.start(words.control)), marked(words.start(words.value)));
}

function axes(x: string, y: string): Pick<LinesStyle, "x" | "y"> {
  return { x: { title: x, scale: "linear" }, y: { title: y, scale: "linear" } };
}

function curvesDrawing(record: CrossingRecord, lines: readonly Line[]): CrossingDrawing {
  const panel = linesPanel(lines, { ...plain, ...measuredAxes(record), through: "smooth", names: "beside" });
  const { valueExponent } = record.options;
  const crossings = record.crossings.flatMap(({ control, value, from }, i): { at: Point; dress: Dress }[] =>
    control === null || value === null || valueExponent === "free"
      ? []
      : [{ at: [control.value, value.value * from ** valueExponent], dress: { ...lines[i].dress, hollow: true } }],
  );
  return [
    "crossing-curves",
    driftSentence(record),
    {
      ...panel,
      marks: (plot) => [...panel.marks(plot), ...crossings.map(({ at, dress }) => marker(plot.at(at), dress, 5))],
    },
  ];
}

/** Crossings against size, and beside them ν of neighbouring sizes alone: what fits from a smallest size on show. */
function driftDrawings(record: CrossingRecord): readonly CrossingDrawing[] {
  const { drift, collapse, crossings } = record;
  const { L, control } = wordsOf(record);
  const xTitle = `√(${marked(L)} ${marked(L)}′)`;
  const title = record.names?.control === undefined ? "Crossing" : `Crossing, ${marked(control)}`;
  const line = drift.critical?.value ?? collapse?.critical?.value ?? null;
  const middle = ({ from, to }: { readonly from: number; readonly to: number }): number => Math.sqrt(from * to);
  const places = crossings.flatMap((one) => (one.control === null ? [] : [{ size: middle(one), slope: one.control }]));
  const exponents = (collapse?.parts ?? []).flatMap((one) =>
    one.nu === null ? [] : [{ size: middle(one), slope: one.nu }],
  );
  if (places.length < 2) return [];
  const both = exponents.length > 1;
  const sizes = record.curves.map(({ size }) => size);
  const left = slopesPanel({ ...(both ? { letter: "a" } : {}), title, xTitle, sizes, points: places, whole: line });
  const nu = collapse?.nu?.value ?? null;
  const right = slopesPanel({ letter: "b", title: "_ν_", xTitle, sizes, points: exponents, whole: nu });
  const first: CrossingDrawing = ["crossings-against-size", driftSentence(record), left];
  return both ? [first, ["nu-against-size", partsLine(record).join(), right]] : [first];
}

function collapseDrawings(record: CrossingRecord, lines: readonly Line[]): readonly CrossingDrawing[] {
  const point = record.collapse?.point ?? null;
  if (point === null) return [];
  const omega = record.options.correction;
  const scaled = lines.map((one, i): Line => {
    const { size } = record.curves[i];
    const up = size ** -point.b / (omega === null ? 1 : 1 + point.correction * size ** -omega);
    return {
      ...one,
      points: one.points.map(([x, y]) => [(x - point.critical) * size ** (1 / point.nu), y * up]),
      bars: one.bars?.map(({ value, low, high }) => ({ value: value * up, low: low * up, high: high * up })),
    };
  });
  const style = { share: 0.72, points: "markers", through: "none", names: "key" } as const;
  const words = wordsOf(record);
  const c = criticalText(point.critical, record.collapse?.critical ?? null, record.options.critical);
  const nu = record.collapse?.nu ?? null;
  const digits = nu !== null && hasInterval(nu) ? valueText({ ...nu, value: point.nu }) : significant(point.nu, 4);
  const x = `(${marked(words.control)} ${c}) × ${marked(words.size)}^{1/ν}, _ν_ = ${digits}`;
  const finding = collapseLine(record);
  return [
    ["collapse-before", finding, linesPanel(lines, { ...style, letter: "a", ...measuredAxes(record) })],
    [
      "collapse-after",
      finding,
      linesPanel(scaled, { ...style, letter: "b", ...axes(x, `${marked(words.start(words.value))}, scaled`) }),
    ],
  ];
}

function dressed(i: number, n: number): Dress {
  return { ...dressOf(i, n), hollow: false };
}

function linesOf({ curves, names }: CrossingRecord): readonly Line[] {
  return curves.map(({ size, control, value, error }, i) => ({
    name: `**${i === 0 && names?.size !== undefined ? `${marked(names.size)} = ` : ""}${sizeText(size)}**`,
    dress: dressed(i, curves.length),
    points: control.map((x, j): Point => [x, value[j]]),
    bars: value.map((y, j) => ({ value: y, low: y - 1.96 * error[j], high: y + 1.96 * error[j] })),
  }));
}

function curvesSection(record: CrossingRecord, figures: Figures, name: string): string {
  const curves = drawn(figures.get("crossing-curves"));
  const crossings = record.options.valueExponent === "free" ? "" : " Hollow markers: crossings of neighbouring sizes.";
  const meaning = `Points: ${pointWords(record.curves)} with 95% bars.${crossings}`;
  const left = figure({ name, finding: "The curves.", meaning, data: [curveData(record)], half: true }, curves);
  return `<section class="grid">${curves === "" ? "" : left}<div class="c6">${collapseTable(record)}<div class="below">${crossingTable(record)}</div></div></section>`;
}

/** The numbers of the collapse, with an allowance for corrections to scaling and without; "" where there are none. */
function collapseTable(record: CrossingRecord): string {
  const { collapse } = record;
  if (!collapse?.nu || collapse.statistical === null) return "";
  const { statistical } = collapse;
  const allowed = collapse.parts.length > 0;
  const row = (name: string, e: Estimate | null, plain: Estimate | null): readonly Row[] =>
    e === null || !hasInterval(e)
      ? []
      : [{ cells: [name, ...estimateCells(e), ...(allowed ? estimateCells(plain) : [])] }];
  const rows = [
    ...row(marked(`${wordsOf(record).x}_c`), collapse.critical, statistical.critical),
    ...row("_ν_", collapse.nu, statistical.nu),
    ...row("_b_", collapse.b, statistical.b),
    ...row("_β_", collapse.beta, statistical.beta),
    ...row("_c_", collapse.correction, null),
  ];
  const note = allowed
    ? "Intervals allow for corrections to scaling; without a correction: those of the points’ errors alone, at the least _S_."
    : "Intervals of the points’ errors alone.";
  // Phones leave the second interval to the notes.
  const alone = ["No correction", "95%"].map((head) => ({ head, numeric: true, phone: false }));
  const heads = [{ head: "" }, numeric("Collapse"), numeric("95%"), ...(allowed ? alone : [])];
  return table(heads, rows, { title: "Table 1. The collapse.", note });
}

function curveData(record: CrossingRecord): string {
  const words = wordsOf(record);
  const [control, value] = [words.control, words.value].map((word) => marked(words.start(word)));
  const tables = record.curves.map((one) => {
    const rows = one.control.map((x, i) => ({
      cells: [x, one.value[i], one.error[i]].map((number) => significant(number, 6)),
    }));
    const heads = [control, value, "Standard error"].map(numeric);
    return table(heads, rows, { title: marked(words.start(words.at(one.size))), plain: true });
  });
  return tables.join("");
}

function crossingTable(record: CrossingRecord): string {
  const { crossings, curves } = record;
  const words = wordsOf(record);
  const rows = crossings.map(({ from, to, control, value }, i): Row => {
    const head = sizeCell(dressed(i, curves.length), `${sizeText(from)}, ${sizeText(to)}`);
    if (control === null || value === null)
      return { cells: [head, { html: "no crossing", span: 4, names: "refused" }] };
    return { cells: [head, ...estimateCells(control), ...estimateCells(value)] };
  });
  const heads = [
    { head: "Sizes" },
    ...["Crossing", "95%", `${marked(words.start(words.value))} there`, "95%"].map(numeric),
  ];
  return table(heads, rows, { title: `Table ${record.collapse?.nu ? 2 : 1}. Crossings of neighbouring sizes.` });
}

function driftSection(record: CrossingRecord, figures: Figures, name: string): string {
  const [left, right] = [drawn(figures.get("crossings-against-size")), drawn(figures.get("nu-against-size"))];
  if (left === "") return "";
  const finding = { html: quotedSentence(driftSentence(record)) };
  const lines = "Bars: 95%. Dashes: the number for all sizes.";
  if (right === "")
    return `<section class="grid">${figure({ name, finding, meaning: lines, half: true }, left)}</section>`;
  const meaning = `b: _ν_ where neighbouring sizes collapse alone, which shows corrections to scaling. ${lines}`;
  return `<section>${figure({ name, finding, meaning }, pair(left, right))}</section>`;
}

function collapseSection(record: CrossingRecord, figures: Figures, name: string): string {
  const panels = [drawn(figures.get("collapse-before")), drawn(figures.get("collapse-after"))];
  return collapseFigure(name, collapseLine(record), panels);
}

function notes(record: CrossingRecord): string {
  const said = crossingSentences(record).map((words) => ({ html: quotedSentence(words) }));
  const { own } = wordsOf(record);
  const warned = record.warnings.map((words) => ({ html: quotedSentence(own(words)), warning: true }));
  return `<section>${noteList([...said, ...warned])}</section>`;
}
