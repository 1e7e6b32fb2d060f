/** The report of a fitted table: one offline HTML file in the look of a study's, a pure function of the record. */
import { counted } from "../core/words.js";
import type { HeldOut, TableRecord } from "../scaling/table.js";
import type { ModelFit, ScalingFit } from "../scaling/types.js";
import { drawn, estimateCells, figure, numeric, pair, type Row, table, withInterval } from "./html.js";
import type { FontFace, Origin } from "./input.js";
import { lawName, memberText } from "./laws.js";
import { escapeText, quotedSentence } from "./markup.js";
import { inPercent, pText, significant, sizeText, whole } from "./numbers.js";
import { type Fact, noteList, pageText } from "./page.js";
import { figureFiles } from "./standalone.js";
import { sizeCell } from "./symbols.js";
import { drawnTableFigures, type TableFigureName, tableDress } from "./table-figures.js";
import { collapseSentence, fitSentence, tableHeadline, tableSentences } from "./table-findings.js";
import { AlignedColumn, intervalNote } from "./tables.js";

/** All that the report of a table shows. */
export type TableReportInput = {
  readonly record: TableRecord;
  /** Name of the table's file. */
  readonly name: string;
  readonly provenance: Origin;
  readonly fonts: readonly FontFace[];
};

/** File name → SVG text. */
export function tableFigures({ record, fonts }: TableReportInput): Record<string, string> {
  return figureFiles(drawnTableFigures(record), fonts);
}

/** A figure as HTML, "" where the record does not allow it. */
type Draw = (name: TableFigureName) => string;

/** The whole report as the text of one HTML file that needs nothing else. */
export function tableReport(input: TableReportInput): string {
  const { record, name, provenance, fonts } = input;
  const figures = drawnTableFigures(record);
  const draw: Draw = (figure) => drawn(figures.get(figure));
  return pageText({
    kind: "table report",
    name,
    title: tableHeadline(record),
    stand: tableSentences(record).slice(0, 2).map(quotedSentence).join(" "),
    facts: factsOf(input),
    sections: [
      (figure) => curvesSection(record, draw, figure),
      (figure) => scalingSection(record, draw, figure),
      (figure) => slopeSection(draw, figure),
      (figure) => collapseSection(record, draw, figure),
      () => lawSection(record),
      () => noteSection(record),
    ],
    origin: provenance,
    fonts,
  });
}

function factsOf({ record, name }: TableReportInput): readonly Fact[] {
  const { options, extrema, rows } = record;
  const sizes = extrema.map(({ size }) => sizeText(size));
  return [
    ["Table", escapeText(name)],
    ["Rows", whole(rows)],
    ["Sizes", sizes.length === 0 ? "none" : `${sizes.length}, ${sizes[0]} to ${sizes[sizes.length - 1]}`],
    ["Extremum", `${options.extremum === "min" ? "minimum" : "maximum"}, control ${options.controlScale}`],
    ["Critical", options.critical === null ? "not given" : significant(options.critical, 8)],
    ["Errors", extrema.find(({ errors }) => errors !== null)?.errors ?? "none"],
  ];
}

/** Figure 1 beside the tables of extrema and predictions. */
function curvesSection(record: TableRecord, draw: Draw, name: string): string {
  const interior = record.extrema.filter(({ status }) => status === "interior").length;
  const found = `${interior} of ${counted(record.extrema.length, "size")} with an extremum inside the grid.`;
  const meaning = "Points: means over replicates. Large markers, joined by dots: the extrema.";
  const curves = draw("curves");
  const left = figure({ name, finding: found, meaning, data: [curveData(record)], half: true }, curves);
  const tables = extremaTable(record) + heldOutTable(record) + leaveOneOutTable(record);
  return `<section class="grid">${curves === "" ? "" : left}<div class="c6">${tables}</div></section>`;
}

function curveData({ curves }: TableRecord): string {
  const tables = curves.map(({ size, control, value }) => {
    const rows = control.map((x, i) => ({ cells: [significant(x, 6), significant(value[i], 6)] }));
    return table(["Control", "Value"].map(numeric), rows, { title: `Size ${sizeText(size)}`, plain: true });
  });
  return tables.join("");
}

const refused = { edge: "extremum at grid edge", none: "no extremum", interior: "" } as const;
const quantities = ["location", "value"] as const;

/** Location and value of each size; a refused size says why. */
function extremaTable(record: TableRecord): string {
  const columns = quantities.map((name) => new AlignedColumn(record.extrema.flatMap((e) => e[name] ?? [])));
  const rows = record.extrema.map(({ size, location, value, status }): Row => {
    const head = sizeCell(tableDress(record, size), sizeText(size));
    if (location === null && value === null)
      return { cells: [head, { html: refused[status], span: 2, names: "refused" }] };
    return { cells: [head, columns[0].cell(location), columns[1].cell(value)] };
  });
  const heads = [{ head: "Size" }, numeric("Location"), numeric("Value")];
  const title = "Table 1. The extremum of each size.";
  return table(heads, rows, { title, note: intervalNote(columns), names: "optimum" });
}

/** A table below another one. */
function below(html: string): string {
  return `<div class="below">${html}</div>`;
}

/** The largest size, predicted from the smaller ones for one new replicate. */
function heldOutTable({ heldOut }: TableRecord): string {
  if (heldOut === null) return "";
  const rows = quantities.flatMap((name): Row[] => {
    const one = heldOut[name];
    return one === null ? [] : [{ cells: [name, ...estimateCells(one.predicted), ...estimateCells(one.measured)] }];
  });
  const heads = ["Predicted", "95%", "Measured", "95%"].map(numeric);
  const title = `Table 2. Size ${sizeText(heldOut.size)} predicted from the smaller ones.`;
  return below(table([{ head: "Quantity" }, ...heads], rows, { title }));
}

/** How far each size lies from what the others predict. */
function leaveOneOutTable({ leaveOneOut }: TableRecord): string {
  const tested = leaveOneOut.filter((one) => one.location?.difference ?? one.value?.difference);
  if (tested.length === 0) return "";
  const cells = (one: HeldOut): readonly string[] =>
    one?.difference ? [...estimateCells(inPercent(one.difference.relative)), pText(one.difference.p)] : ["", "", ""];
  const rows = tested.map(({ size, location, value }) => ({
    cells: [sizeText(size), ...cells(location), ...cells(value)],
  }));
  const heads = ["Location off", "Value off"].flatMap((head) => [...withInterval(head), numeric("_p_")]);
  const note = "Measured divided by predicted, minus 1, in percent; _p_ is that of agreement.";
  return below(
    table([{ head: "Size" }, ...heads], rows, { title: "Table 3. Each size predicted from all others.", note }),
  );
}

/** The extremum against size with the plain power law, and the exponents where they exist. */
function scalingSection(record: TableRecord, draw: Draw, name: string): string {
  const panels = [draw("location-against-size"), draw("value-against-size")];
  if (panels.every((panel) => panel === "")) return "";
  const meaning = "Line and band: the plain power law with its 95% band, drawn whatever the verdict. Bars: 95%.";
  const upper = figure({ name, finding: "The extremum against size.", meaning }, pair(...panels));
  return `<section>${upper}${exponentTable(record)}</section>`;
}

/** ν and γ as the poster defines them, and with the sign of the textbooks. */
function exponentTable({ exponents }: TableRecord): string {
  const { nu, gamma, textbook } = exponents;
  if (nu === null) return "";
  const rows = [
    ["_ν_: location goes as _L_^{1/ν}", nu] as const,
    ["_γ_: value goes as _L_^{γ/ν}", gamma] as const,
    ["_ν_, textbook sign: location goes as _L_^{−1/ν}", textbook.nu] as const,
    ["_γ_, textbook sign", textbook.gamma] as const,
  ].map(([name, e]) => ({ cells: [name, ...(e === null ? ["undetermined", ""] : estimateCells(e))] }));
  const heads = [{ head: "Exponent" }, numeric("Value"), numeric("95% interval")];
  const both = table(heads, rows, { title: "Exponents in both conventions." });
  return `<div class="grid below"><div class="c8">${both}</div></div>`;
}

/** A power law has one slope; this is where a drift would show. */
function slopeSection(draw: Draw, name: string): string {
  const local = [draw("location-local-slopes"), draw("value-local-slopes")];
  const kept = [draw("location-slope-against-smallest-size"), draw("value-slope-against-smallest-size")];
  if ([...local, ...kept].every((panel) => panel === "")) return "";
  const meaning =
    "a, b: slope between neighbouring sizes. c, d: slope of the plain law fitted to all sizes from this one on. Dashes: the slope of all sizes. Bars: 95%.";
  return `<section>${figure({ name, finding: "Does the slope drift?", meaning }, pair(...local, ...kept))}</section>`;
}

function collapseSection(record: TableRecord, draw: Draw, name: string): string {
  return collapseFigure(name, collapseSentence(record), [draw("collapse-before"), draw("collapse-after")]);
}

/** The section of a collapse: both panels, or only the sentence, which says why there is none. */
export function collapseFigure(name: string, sentence: string, panels: readonly string[]): string {
  const html = quotedSentence(sentence);
  if (panels[0] === "") return `<section><h2 class="heading">Collapse</h2><p class="note">${html}</p></section>`;
  const meaning = "a: the curves as measured. b: scaled; S is 1 where they fall on one another within their errors.";
  return `<section>${figure({ name, finding: { html }, meaning }, pair(...panels))}</section>`;
}

function lawSection({ location, value }: TableRecord): string {
  const tables = [
    location.models.length > 0 ? lawTable("Location", location) : "",
    value.models.length > 0 ? lawTable("Value", value) : "",
  ].filter((html) => html !== "");
  const columns = tables.map((html) => `<div class="c6">${html}</div>`);
  return columns.length === 0 ? "" : `<section class="grid">${columns.join("")}</section>`;
}

/** All laws fitted, with the weight of those that stay. */
function lawTable(name: string, fit: ScalingFit): string {
  const least = (model: ModelFit): boolean =>
    fit.models.every(({ name, chi2 }) => name !== model.name || chi2 >= model.chi2);
  // Of a family that is out, its best member stands for all.
  const rows = fit.models
    .filter((model) => model.open || least(model))
    .map((model): Row => {
      const member = memberText(model);
      const own = member === "" ? "" : `, ${member}`;
      const why = model.adequate === false ? "~does not fit~" : "~dropped~";
      const standing = model.droppedFor === null ? model.weight.toFixed(2) : why;
      const p = model.p === null ? "" : pText(model.p);
      return { cells: [`${lawName(model.name)}${own}`, significant(model.chi2, 3), String(model.dof), p, standing] };
    });
  const heads = ["_χ_²", "dof", "_p_", "Weight"].map(numeric);
  const note = "Akaike weights of the laws that stay.";
  return table([{ head: "Law" }, ...heads], rows, { title: `${name}: laws compared.`, note, names: "laws" });
}

/** The verdicts with their reasons, then the warnings of the record. */
function noteSection({ location, value, warnings }: TableRecord): string {
  const verdicts = [fitSentence("Location", location), fitSentence("Value", value)];
  const notes = [
    ...verdicts.map((sentence) => ({ html: quotedSentence(sentence) })),
    ...warnings.map((words) => ({ html: quotedSentence(words), warning: true })),
  ];
  return `<section>${noteList(notes)}</section>`;
}
