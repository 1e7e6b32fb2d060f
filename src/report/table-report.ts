/** The report of a fitted table: one offline HTML file in the look of a study's, a pure function of the record. */
import { counted } from "../core/words.js";
import type { HeldOut, TableRecord } from "../scaling/table.js";
import type { ModelFit, ScalingFit } from "../scaling/types.js";
import { bentLaw } from "./formula.js";
import { drawn, estimateCells, figure, numeric, pair, type Row, table, withInterval } from "./html.js";
import type { FontFace, Origin } from "./input.js";
import { choiceSentence, droppedText, lawName, memberText } from "./laws.js";
import { escapeText, literal, quotedSentence } from "./markup.js";
import { isBare, marked, type Words, wordsOf } from "./names.js";
import { asGiven, inPercent, pText, significant, sizeText, whole } from "./numbers.js";
import { type Fact, noteList, pageText } from "./page.js";
import { drawnWords } from "./size-law.js";
import { figureFiles } from "./standalone.js";
import { barWords } from "./svg/panel.js";
import { sizeCell } from "./symbols.js";
import { drawnTableFigures, type TableFigureName, tableDress } from "./table-figures.js";
import {
  collapseSentence,
  formulaSentences,
  quantityWord,
  tableHeadline,
  tableSentences,
  verdictSentences,
} from "./table-findings.js";
import { AlignedColumn, intervalNote } from "./tables.js";

/** All that the report of a table shows. */
export type TableReportInput = {
  readonly record: TableRecord;
  /** Name of the table's file. */
  readonly name: string;
  readonly provenance: Origin;
  readonly fonts: readonly FontFace[];
};

/** File name → text: figures as SVG, their numbers as CSV. */
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
    title: literal(tableHeadline(record)),
    stand: tableSentences(record).slice(0, 2).map(quotedSentence).join(" "),
    facts: factsOf(input),
    sections: [
      (figure) => curvesSection(record, draw, figure),
      (figure) => scalingSection(record, draw, figure),
      (figure) => slopeSection(record, draw, figure),
      (figure) => (isBare(record) ? "" : collapseSection(record, draw, figure)),
      () => lawSection(record),
      () => noteSection(record),
    ],
    origin: provenance,
    fonts,
  });
}

function factsOf({ record, name }: TableReportInput): readonly Fact[] {
  const words = wordsOf(record);
  const { options, extrema, rows } = record;
  const sizes = extrema.map(({ size }) => sizeText(size));
  const ofExtrema: readonly Fact[] = [
    [
      "Extremum",
      `${options.extremum === "min" ? "minimum" : "maximum"}, ${escapeText(words.control)} ${options.controlScale}`,
    ],
    ["Critical", options.critical === null ? "not given" : asGiven(options.critical)],
  ];
  return [
    ["Table", escapeText(name)],
    ["Rows", whole(rows)],
    ["Sizes", sizes.length === 0 ? "none" : `${sizes.length}, ${sizes[0]} to ${sizes[sizes.length - 1]}`],
    ...(isBare(record) ? [] : ofExtrema),
    ["Errors", extrema.find(({ errors }) => errors !== null)?.errors ?? "none"],
  ];
}

/** Figure 1 beside the tables of extrema and predictions. */
function curvesSection(record: TableRecord, draw: Draw, name: string): string {
  const interior = record.extrema.filter(({ status }) => status === "interior").length;
  const found = `${interior} of ${counted(record.extrema.length, "size")} with an extremum inside the grid.`;
  const bars = record.curves.some(({ error }) => error !== null) ? " with 95% bars" : "";
  const meaning = `Points: ${pointWords(record.curves)}${bars}. Large markers, joined by dots: the extrema.`;
  const curves = draw("curves");
  const left = figure({ name, finding: found, meaning, data: [curveData(record)], half: true }, curves);
  const tables = extremaTable(record) + heldOutTable(record) + leaveOneOutTable(record);
  return `<section class="grid">${curves === "" ? "" : left}<div class="c6">${tables}</div></section>`;
}

/** What the points of measured curves are. */
export function pointWords(curves: readonly { readonly replicates: number }[]): string {
  return curves.some(({ replicates }) => replicates > 1) ? "means over replicates" : "the values given";
}

function curveData(record: TableRecord): string {
  const words = wordsOf(record);
  const heads = [words.control, words.value].map((word) => numeric(head(words, word)));
  const tables = record.curves.map(({ size, control, value, error }) => {
    const rows = control.map((x, i) => ({
      cells: [x, value[i], ...(error === null ? [] : [error[i]])].map((number) => significant(number, 6)),
    }));
    const all = error === null ? heads : [...heads, numeric("Standard error")];
    return table(all, rows, { title: head(words, words.at(size)), plain: true });
  });
  return tables.join("");
}

/** A word as it heads a column. */
function head(words: Words, word: string): string {
  return marked(words.start(word));
}

const refused = { edge: "extremum at grid edge", none: "no extremum", interior: "" } as const;
const quantities = ["location", "value"] as const;

/** Location and value of each size; a refused size says why. */
function extremaTable(record: TableRecord): string {
  const words = wordsOf(record);
  const bare = isBare(record);
  const columns = quantities.map((name) => new AlignedColumn(record.extrema.flatMap((e) => e[name] ?? [])));
  const rows = record.extrema.map(({ size, location, value, status }): Row => {
    const first = sizeCell(tableDress(record, size), sizeText(size));
    if (bare) return { cells: [first, columns[1].cell(value)] };
    if (location === null && value === null)
      return { cells: [first, { html: refused[status], span: 2, names: "refused" }] };
    return { cells: [first, columns[0].cell(location), columns[1].cell(value)] };
  });
  const names = [words.size, ...(bare ? [] : [words.place]), words.value];
  const heads = names.map((word, i) => ({ head: head(words, word), numeric: i > 0 }));
  const title = `Table 1. The ${bare ? marked(words.value) : "extremum"} of each ${marked(words.size)}.`;
  return table(heads, rows, { title, note: intervalNote(columns), names: "optimum" });
}

/** A table below another one. */
function below(html: string): string {
  return `<div class="below">${html}</div>`;
}

/** The largest size, predicted from the smaller ones for one new replicate. */
function heldOutTable(record: TableRecord): string {
  const { heldOut } = record;
  if (heldOut === null) return "";
  const words = wordsOf(record);
  const rows = quantities.flatMap((name): Row[] => {
    const one = heldOut[name];
    return one === null
      ? []
      : [
          {
            cells: [
              literal(quantityWord(words, name)),
              ...estimateCells(one.predicted),
              ...estimateCells(one.measured),
            ],
          },
        ];
  });
  const heads = [...["Predicted", "95%", "Measured"].map(numeric), { ...numeric("95%"), phone: false }];
  const title = `Table 2. ${head(words, words.at(heldOut.size))} predicted from the smaller ones.`;
  return below(table([{ head: "Quantity" }, ...heads], rows, { title }));
}

/** How far each size lies from what the others predict. */
function leaveOneOutTable(record: TableRecord): string {
  const { leaveOneOut } = record;
  const words = wordsOf(record);
  const shown = isBare(record) ? (["value"] as const) : quantities;
  const tested = leaveOneOut.filter((one) => one.location?.difference ?? one.value?.difference);
  if (tested.length === 0) return "";
  const cells = (one: HeldOut): readonly string[] =>
    one?.difference ? [...estimateCells(inPercent(one.difference.relative)), pText(one.difference.p)] : ["", "", ""];
  const rows = tested.map((one) => ({ cells: [sizeText(one.size), ...shown.flatMap((name) => cells(one[name]))] }));
  const short = { location: words.place, value: words.value };
  const heads = shown.flatMap((name) => [...withInterval(`${head(words, short[name])} off`), numeric("_p_")]);
  const note = "Measured divided by predicted, minus 1, in percent; _p_ is that of agreement.";
  return below(
    table([{ head: head(words, words.size) }, ...heads], rows, {
      title: `Table 3. Each ${marked(words.size)} predicted from all others.`,
      note,
    }),
  );
}

/** The extremum against size with what the verdict says of it, and the exponents where they exist. */
function scalingSection(record: TableRecord, draw: Draw, name: string): string {
  const panels = [draw("location-against-size"), draw("value-against-size")];
  if (panels.every((panel) => panel === "")) return "";
  const estimates = record.extrema.flatMap(({ location, value }) => [location ?? [], value ?? []].flat());
  const fits = isBare(record) ? [record.value] : [record.location, record.value];
  const meaning = `${drawnWords(fits)} ${barWords(estimates)}`.trim();
  const words = wordsOf(record);
  const what = isBare(record) ? head(words, words.value) : "The extremum";
  const upper = figure({ name, finding: `${what} against ${marked(words.size)}.`, meaning }, pair(...panels));
  return `<section>${upper}${exponentTable(record)}</section>`;
}

/** ν and γ with the sign of the textbooks, then with that of arXiv 1710.09875. */
function exponentTable(record: TableRecord): string {
  const { nu, gamma, textbook } = record.exponents;
  if (nu === null) return "";
  const words = wordsOf(record);
  const [L, x] = [marked(words.L), marked(words.x)];
  const rows = [
    [`_ν_: |${x}* − ${x}\\_c| goes as ${L}^{−1/ν}`, textbook.nu] as const,
    [`_γ_: ${marked(words.extreme)} goes as ${L}^{γ/ν}`, textbook.gamma] as const,
    [`_ν_ in the sign of arXiv 1710.09875: ${marked(words.location)} goes as ${L}^{1/ν}`, nu] as const,
    ["_γ_ in that sign", gamma] as const,
  ].map(([name, e]) => ({ cells: [name, ...(e === null ? ["undetermined", ""] : estimateCells(e))] }));
  const heads = [{ head: "Exponent" }, numeric("Value"), numeric("95% interval")];
  const both = table(heads, rows, { title: "Exponents in both conventions." });
  return `<div class="grid below"><div class="c8">${both}</div></div>`;
}

/** A power law has one slope; this is where a drift would show. */
function slopeSection(record: TableRecord, draw: Draw, name: string): string {
  const local = [draw("location-local-slopes"), draw("value-local-slopes")];
  const kept = [draw("location-slope-against-smallest-size"), draw("value-slope-against-smallest-size")];
  if ([...local, ...kept].every((panel) => panel === "")) return "";
  const lettered = (panels: readonly string[], letters: readonly string[], words: string) => {
    const shown = letters.filter((_, i) => panels[i] !== "");
    return shown.length === 0 ? "" : `${shown.join(", ")}: ${words} `;
  };
  const [upper, lower] = isBare(record)
    ? [
        ["", "a"],
        ["", "b"],
      ]
    : [
        ["a", "b"],
        ["c", "d"],
      ];
  const first = lettered(local, upper, "slope between neighbouring sizes.");
  const second = lettered(kept, lower, "slope of a straight line through all sizes from this one on.");
  const bent = [record.location, record.value].some((fit) => bentLaw(fit) !== null);
  const dashes = `Dashes: the slope of all sizes${bent ? "; of a law that bends, its own at each size" : ""}.`;
  const meaning = `${first}${second}${dashes} Bars: 95%.`;
  return `<section>${figure({ name, finding: "Does the slope drift?", meaning }, pair(...local, ...kept))}</section>`;
}

function collapseSection(record: TableRecord, draw: Draw, name: string): string {
  return collapseFigure(name, collapseSentence(record), [draw("collapse-before"), draw("collapse-after")]);
}

/** The section of a collapse: both panels, or only the sentence, which says why there is none. */
export function collapseFigure(name: string, sentence: string, panels: readonly string[]): string {
  const html = quotedSentence(sentence);
  if (panels[0] === "") return `<section><h2 class="heading">Collapse</h2><p class="note">${html}</p></section>`;
  const meaning =
    "a: the curves as measured. b: scaled at the least S, which is 1 where they fall on one another within their errors. Bars: 95%.";
  return `<section>${figure({ name, finding: { html }, meaning }, pair(...panels))}</section>`;
}

function lawSection(record: TableRecord): string {
  const { location, value } = record;
  const words = wordsOf(record);
  const tables = [
    location.models.length > 0 ? lawTable(head(words, words.location), location) : "",
    value.models.length > 0 ? lawTable(head(words, words.extreme), value) : "",
  ].filter((html) => html !== "");
  const columns = tables.map((html) => `<div class="c6">${html}</div>`);
  return columns.length === 0 ? "" : `<section class="grid">${columns.join("")}</section>`;
}

/** All laws fitted, with the weight of those that stay. */
function lawTable(name: string, fit: ScalingFit): string {
  const least = (model: ModelFit): boolean =>
    fit.models.every(({ name, chi2 }) => name !== model.name || chi2 >= model.chi2);
  // Of a family that is out, its best member stands for all.
  const shown = fit.models.filter((model) => model.open || least(model));
  const rows = shown.map((model): Row => {
    const member = memberText(model);
    const own = member === "" ? "" : `, ${member}`;
    const why = model.adequate === false ? "~does not fit~" : "~dropped~";
    const standing = model.droppedFor === null ? model.weight.toFixed(2) : why;
    const p = model.p === null ? "" : pText(model.p);
    return {
      cells: [
        `${lawName(model.name)}${own}`,
        model.chi2 < 5e-4 ? "0.000" : significant(model.chi2, 3),
        String(model.dof),
        p,
        standing,
      ],
    };
  });
  const heads = ["_χ_²", "dof", "_p_", "Weight"].map(numeric);
  const dropped = shown.flatMap((model) => {
    const why = droppedText(model);
    return why === "" ? [] : [`${lawName(model.name)} (${why})`];
  });
  const reasons = dropped.length === 0 ? "" : ` Fit and dropped: ${literal(dropped.join(", "))}.`;
  const note = `Akaike weights of the laws that stay.${reasons}`;
  return table([{ head: "Law" }, ...heads], rows, { title: `${name}: laws compared.`, note, names: "laws" });
}

/** The verdicts with their reasons, then the warnings of the record. */
function noteSection(record: TableRecord): string {
  const { own } = wordsOf(record);
  const notes = [
    ...[...verdictSentences(record), ...formulaSentences(record)].map((sentence) => ({
      html: quotedSentence(sentence),
    })),
    ...[choiceSentence(record.options)].filter(Boolean).map((words) => ({ html: quotedSentence(words) })),
    ...record.warnings.map((words) => ({ html: quotedSentence(own(words)), warning: true })),
  ];
  return `<section>${noteList(notes)}</section>`;
}
