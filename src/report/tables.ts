/**
 * The tables a reader reads: the optimum of each network, the exponents beside
 * the poster's, and the laws compared. Decimal points stand under each other;
 * one form of interval per column.
 */
import { leastP } from "../scaling/compare.js";
import type { Estimate, ScalingFit } from "../scaling/types.js";
import { growsImages, sameSize, sizeCount } from "../study/axis.js";
import { posterOf, posterSource } from "../study/poster.js";
import type { MinimumRecord, StudyRecord } from "../study/record.js";
import { type Cell, type Column, estimateCells, numeric, type Row, table } from "./html.js";
import { lawName, weightOf } from "./laws.js";
import { element, escapeText } from "./markup.js";
import {
  formOf,
  hasInterval,
  type IntervalForm,
  intervalText,
  marginText,
  placesOf,
  pText,
  quoted,
  valueText,
  whole,
} from "./numbers.js";
import type { Size } from "./sizes.js";
import { digitWidth, pointWidth } from "./svg/widths.js";
import { sizeCell } from "./symbols.js";

type Quantity = "lambda" | "percentActive" | "value";
const quantities: readonly Quantity[] = ["lambda", "percentActive", "value"];

/** Table 1: λ*, percent active and percent error of each size; the predicted row below the size it predicts. */
export function optimumTable(study: StudyRecord, sizes: readonly Size[]): string {
  const { prediction } = study;
  const predicted: Record<Quantity, Estimate | null> = {
    lambda: prediction?.lambda.predicted ?? null,
    percentActive: prediction?.percentActive.predicted ?? null,
    value: prediction?.value.predicted ?? null,
  };
  const columns = quantities.map((name) => {
    const measured = sizes.flatMap((size) => size.minimum?.[name] ?? []);
    return new AlignedColumn([...measured, ...(predicted[name] ? [predicted[name]] : [])]);
  });
  const rows = sizes.flatMap((size): readonly Row[] => {
    const row = {
      cells: [
        sizeCell(size.dress, sizeCount(size)),
        size.systemSize === null ? "" : whole(size.systemSize),
        ...resultCells(size, columns),
      ],
    };
    if (prediction === null || !sameSize(prediction, size) || predicted.percentActive === null) {
      return [size.leftOut ? { ...row, names: "apart" } : row];
    }
    const cells = ["predicted", "", ...quantities.map((name, i) => columns[i].cell(predicted[name]))];
    return [
      { ...row, names: "apart" },
      { cells, names: "beside" },
    ];
  });
  const heads: readonly Column[] = [
    { head: sizeHead(study.settings) },
    { ...numeric("Units _L_"), phone: false },
    ...["Best _λ_", "Active, %", "Error, %"].map(numeric),
  ];
  const title = `Table 1. The optimum of each ${growsImages(study.settings) ? "image size" : "network"}.`;
  return table(heads, rows, { title, note: intervalNote(columns), names: "optimum" });
}

/** How the intervals of a table are written. */
export function intervalNote(columns: readonly AlignedColumn[]): string {
  if (columns.some((column) => column.hasHalf)) return "± is half the 95% interval.";
  return columns.some((column) => column.hasIntervals) ? "Brackets: 95% interval." : "";
}

/** Head of a column of sizes. */
export function sizeHead(settings: StudyRecord["settings"]): string {
  return growsImages(settings) ? "Side, pixels" : "Features";
}

/** The three numbers of a size, or one cell that says why there are none. */
function resultCells(size: Size, columns: readonly AlignedColumn[]): readonly Cell[] {
  const { minimum } = size;
  if (minimum !== null && minimum.status === "interior")
    return quantities.map((name, i) => columns[i].cell(minimum[name]));
  return [{ html: refusal(minimum, size), span: quantities.length, names: "refused" }]; // in place of the numbers
}

function refusal(minimum: MinimumRecord | null, size: Size): string {
  if (minimum?.status === "edge") return "minimum at grid edge";
  if (size.points.length === 0) return "not measured yet";
  return minimum === null ? "being measured" : "no minimum";
}

/** A column of estimates whose decimal points align; "±" unless one is asymmetric. */
export class AlignedColumn {
  readonly hasHalf: boolean;
  readonly hasIntervals: boolean;
  private readonly places: number;
  private readonly form: IntervalForm;
  private readonly widest: number;

  constructor(estimates: readonly Estimate[]) {
    this.places = Math.max(0, ...estimates.map((e) => placesOf(e)));
    this.form = formOf(estimates);
    this.hasIntervals = estimates.some(hasInterval);
    this.hasHalf = this.form === "plusMinus" && this.hasIntervals;
    this.widest = Math.max(0, ...estimates.map((e) => emWidth(marginText(e, this.form))));
  }

  /** Padded by the digits it lacks; its margin as wide as the widest of the column. */
  cell(e: Estimate | null): Cell {
    if (e === null) return "";
    const pad = this.places - placesOf(e);
    const missing = pad * digitWidth + (pad > 0 && placesOf(e) === 0 ? pointWidth : 0);
    const style = pad > 0 ? `padding-right:${missing.toFixed(3)}em` : null;
    const value = element("span", { style }, escapeText(valueText(e)));
    if (this.widest === 0) return { html: value };
    const width = `width:${(this.widest + 0.02).toFixed(2)}em`;
    return { html: `${value} <span class="pm" style="${width}">${escapeText(marginText(e, this.form))}</span>` };
  }
}

/** Width of digits and signs in em, all as wide as a digit but points, commas and brackets. */
function emWidth(text: string): number {
  return [...text].reduce((sum, c) => sum + (".,[] ".includes(c) ? 0.303 : digitWidth), 0);
}

/** Table 2: slopes and exponents, beside the poster's where the study has its data; ν with the sign of textbooks first. */
export function exponentTable(study: StudyRecord): string {
  const { nu, gamma, textbook } = study.exponents;
  const poster = posterOf(study);
  const turned = (of: number | undefined) => (of === undefined ? null : -of);
  const { location, value, lambda, activeUnits } = study;
  const images = growsImages(study.settings);
  const slope = (name: string, fit: ScalingFit, theirs: number | null): ExponentRow => ({
    name,
    ...slopeOf(fit),
    supported: fit.exponent !== null,
    theirs,
  });
  // ν and γ come of the plain laws: of another law they would be numbers without a meaning.
  const supported = location.verdict === "power-law";
  const both = supported && value.verdict === "power-law";
  const lined = (e: Estimate | null) => (supported || !(location.law || location.range?.length) ? e : null);
  const exponents: readonly ExponentRow[] = [
    {
      name: "_ν_: percent active goes as _L_^{−1/ν}",
      estimate: lined(textbook.nu),
      supported,
      theirs: turned(poster?.nu),
    },
    {
      name: "_γ_: error goes as _L_^{γ/ν}",
      estimate: lined(textbook.gamma),
      supported: both,
      theirs: turned(poster?.gamma),
    },
    { name: "_ν_ in the poster’s sign: _L_^{1/ν}", estimate: lined(nu), supported, theirs: poster?.nu ?? null },
    { name: "_γ_ in the poster’s sign", estimate: lined(gamma), supported: both, theirs: poster?.gamma ?? null },
  ];
  const rows = [
    slope(
      images ? "Slope of percent active" : "Slope of percent active, −1/_ν_",
      location,
      poster?.locationSlope ?? null,
    ),
    slope(images ? "Slope of error" : "Slope of error, _γ_/_ν_", value, poster?.valueSlope ?? null),
    ...(images ? [] : exponents),
    slope("Slope of the best _λ_", lambda, null),
    slope("Slope of active units, _k_", activeUnits, null),
  ].map((row) => ({ cells: exponentCells(row).slice(0, poster === null ? 3 : 4) }));
  const grey = rows.some(({ cells }) => /^~[−\d]/.test(cells[1]));
  const laws = images
    ? "On log axes against _L_: 0 for percent active and 1 for active units where the optimum is intensive."
    : `The poster is that of ${posterSource}.`;
  const note = grey ? `${laws} Grey: slope of a straight line, where no law is decided.` : laws;
  const heads = ["This study", "95% interval", ...(poster === null ? [] : ["Poster"])].map(numeric);
  return table([{ head: "Quantity" }, ...heads], rows, { title: "Table 2. Exponents.", note, names: "exponents" });
}

/** The exponent of a law, the name of one without, the range of laws not told apart, else the straight line's slope. */
function slopeOf({
  exponent,
  exponentRange,
  law,
  range = [],
  powerLaw,
}: ScalingFit): Pick<ExponentRow, "estimate" | "word"> {
  if (exponent !== null) return { estimate: exponent };
  if (law) return { estimate: null, word: lawName(law.name) };
  if (range.length > 0)
    return { estimate: exponentRange && { ...exponentRange, value: exponentRange.low }, word: "undecided" };
  return { estimate: powerLaw?.exponent ?? null };
}

/** One exponent as it stands in Table 2. */
type ExponentRow = {
  readonly name: string;
  readonly estimate: Estimate | null;
  /** In place of the number. */
  readonly word?: string;
  /** Whether the verdict bears an exponent; if not, the number is the slope of the line drawn, no more, and grey. */
  readonly supported: boolean;
  readonly theirs: number | null;
};

/** Name, number, interval, and the poster’s number. */
function exponentCells({ name, estimate, word, supported, theirs }: ExponentRow): readonly string[] {
  const poster = theirs === null ? "" : quoted(theirs);
  if (estimate === null) return [name, `~${word ?? "none"}~`, "", poster];
  if (word !== undefined) {
    const range = intervalText(estimate); // empty where all laws that are open share their leading exponent
    return [name, `~${word}~`, range === "" ? "" : `~${range}~`, poster];
  }
  const [number, interval] = estimateCells(estimate).map((text) => (supported || text === "" ? text : `~${text}~`));
  return [name, number, interval === "" ? "~none~" : interval, poster];
}

/** Table 3: Akaike weights of the laws for percent active and error. */
export function lawTable({ location, value, settings }: StudyRecord): string {
  const names = [...new Set([...location.models, ...value.models].map((model) => model.name))];
  if (names.length === 0) return "";
  /** Of several members of a family (corrections with other ω) the one that carries most weight. */
  const cells = (fit: ScalingFit, name: string): readonly string[] => {
    const model = fit.models.filter((m) => m.name === name).sort((a, b) => b.weight - a.weight)[0];
    if (model === undefined) return ["", ""];
    const p = model.p === null ? "" : pText(model.p);
    if (model.droppedFor !== null) return ["~dropped~", p];
    if (model.adequate === false) return ["~does not fit~", p];
    const weight = weightOf(fit.models, model.name);
    return [weight < 0.005 ? "~0.00~" : weight.toFixed(2), p];
  };
  const rows = names.map((name) => ({ cells: [lawName(name), ...cells(location, name), ...cells(value, name)] }));
  const heads = ["Active", "Error"].flatMap((head) => [numeric(head), { ...numeric("_p_"), phone: false }]);
  return table([{ head: "Law" }, ...heads], rows, {
    title: "Table 3. Laws compared.",
    note: `Akaike weight; _p_ is that of the lack of fit${settings.replicates > 1 ? ", an F test: seeds give the errors" : ""}. A law fits where it is above ${leastP}.`,
    names: "laws",
  });
}
