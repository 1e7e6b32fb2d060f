/**
 * The tables a reader reads: the optimum of each network, the exponents beside
 * the poster's, and the laws compared. Decimal points stand under each other;
 * one form of interval a column.
 */
import type { Estimate, ScalingFit } from "../scaling/types.js";
import { growsImages, sameSize, sizeNumber } from "../study/axis.js";
import type { MinimumRecord, StudyRecord } from "../study/record.js";
import { lawName } from "./findings.js";
import { type Cell, type Column, type Row, table } from "./html.js";
import { element, escapeText, rich } from "./markup.js";
import {
  halfText,
  hasInterval,
  intervalText,
  isAsymmetric,
  placesOf,
  quoted,
  significant,
  valueText,
  whole,
} from "./numbers.js";
import type { Size } from "./sizes.js";
import { marker } from "./svg/marks.js";
import { digitWidth, pointWidth } from "./svg/widths.js";

type Quantity = "lambda" | "percentActive" | "percentError";
const quantities: readonly Quantity[] = ["lambda", "percentActive", "percentError"];

/** Table 1. */
export function optimumTable(study: StudyRecord, sizes: readonly Size[]): string {
  const { prediction } = study;
  const predicted: Record<Quantity, Estimate | null> = {
    lambda: prediction?.lambda.predicted ?? null,
    percentActive: prediction?.percentActive.predicted ?? null,
    percentError: prediction?.percentError.predicted ?? null,
  };
  const columns = quantities.map((name) => {
    const measured = sizes.flatMap((size) => size.minimum?.[name] ?? []);
    return new AlignedColumn([...measured, ...(predicted[name] ? [predicted[name]] : [])]);
  });
  const rows = sizes.flatMap((size): readonly Row[] => {
    const row = {
      cells: [sizeCell(size), size.systemSize === null ? "" : whole(size.systemSize), ...resultCells(size, columns)],
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
    { head: "Units _L_", numeric: true, phone: false },
    { head: "Best _λ_", numeric: true },
    { head: "Active, %", numeric: true },
    { head: "Error, %", numeric: true },
  ];
  const anyHalf = columns.some((column) => column.hasHalf);
  const anyInterval = columns.some((column) => column.hasIntervals);
  const note = anyHalf ? "± is half the 95% interval." : anyInterval ? "Brackets: 95% interval." : "";
  const title = `<h2>Table 1. The optimum of each ${growsImages(study.settings) ? "image size" : "network"}.</h2> <span class="grey">${note}</span>`;
  return table(title, heads, rows, "optimum");
}

/** Head of a column of sizes. */
export function sizeHead(settings: StudyRecord["settings"]): string {
  return growsImages(settings) ? "Side, pixels" : "Features";
}

function sizeCell(size: Size): Cell {
  const mark = `<svg class="fig key" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">${marker(8, 8, size.dress, 5)}</svg>`;
  return { html: `${mark}${sizeNumber(size)}` };
}

function resultCells(size: Size, columns: readonly AlignedColumn[]): readonly Cell[] {
  const { minimum } = size;
  if (minimum !== null && minimum.status === "interior")
    return quantities.map((name, i) => columns[i].cell(minimum[name]));
  return [{ html: rich(refusal(minimum, size)), span: quantities.length, names: "refused" }]; // in place of the numbers
}

function refusal(minimum: MinimumRecord | null, size: Size): string {
  if (minimum?.status === "edge") return "minimum at grid edge";
  return size.points.length === 0 ? "not measured yet" : "no minimum";
}

/** A column of estimates whose decimal points align; "±" unless one is asymmetric. */
export class AlignedColumn {
  readonly hasHalf: boolean;
  readonly hasIntervals: boolean;
  private readonly places: number;
  private readonly asymmetric: boolean;
  private readonly widest: number;

  constructor(estimates: readonly Estimate[]) {
    this.places = Math.max(0, ...estimates.map(placesOf));
    this.asymmetric = estimates.some(isAsymmetric);
    this.hasIntervals = estimates.some(hasInterval);
    this.hasHalf = !this.asymmetric && this.hasIntervals;
    this.widest = Math.max(0, ...estimates.map((e) => emWidth(this.margin(e))));
  }

  cell(e: Estimate | null): Cell {
    if (e === null) return "";
    const pad = this.places - placesOf(e);
    const missing = pad * digitWidth + (pad > 0 && placesOf(e) === 0 ? pointWidth : 0);
    const value = element(
      "span",
      { style: pad > 0 ? `padding-right:${missing.toFixed(3)}em` : null },
      escapeText(valueText(e)),
    );
    const width = `width:${(this.widest + 0.02).toFixed(2)}em`;
    const margin = this.widest === 0 ? "" : ` <span class="pm" style="${width}">${escapeText(this.margin(e))}</span>`;
    return { html: value + margin };
  }

  private margin(e: Estimate): string {
    return this.asymmetric ? intervalText(e) : halfText(e);
  }
}

/** Width of digits and signs in em, all as wide as a digit but points, commas and brackets. */
function emWidth(text: string): number {
  return [...text].reduce((sum, c) => sum + (".,[] ".includes(c) ? 0.303 : digitWidth), 0);
}

/** Table 2: slopes and exponents beside the poster's. */
export function exponentTable(study: StudyRecord): string {
  const { poster, nu, gamma, textbook } = study.exponents;
  const { location, value, lambdaLocation, activeUnits } = study;
  const images = growsImages(study.settings); // the poster's slopes are those of growing features
  /** Grey where the verdict bears no exponent: then it is the slope of the line drawn, no more. */
  const row = (name: string, e: Estimate | null, supported: boolean, theirs: number | null): Row => {
    const shade = (text: string) => (supported || text === "" ? text : `~${text}~`);
    const numbers = e === null ? ["~none~", ""] : [shade(valueText(e)), shade(intervalText(e)) || "~none~"];
    return { cells: [name, ...numbers, ...(images ? [] : [theirs === null ? "" : quoted(theirs)])] };
  };
  const slopeRow = (name: string, fit: ScalingFit, theirs: number | null) =>
    row(name, fit.exponent ?? fit.powerLaw?.exponent ?? null, fit.exponent !== null, theirs);
  const both = location.exponent !== null && value.exponent !== null;
  const exponentRows = [
    row("_ν_", nu, location.exponent !== null, poster.nu),
    row("_γ_", gamma, both, poster.gamma),
    row("_ν_, textbook sign", textbook.nu, location.exponent !== null, -poster.nu),
    row("_γ_, textbook sign", textbook.gamma, both, -poster.gamma),
  ];
  const rows = [
    slopeRow(images ? "Slope of percent active" : "Slope of percent active, 1/_ν_", location, poster.locationSlope),
    slopeRow(images ? "Slope of error" : "Slope of error, _γ_/_ν_", value, poster.valueSlope),
    ...(images ? [] : exponentRows),
    slopeRow("Slope of the best _λ_", lambdaLocation, null),
    slopeRow("Slope of active units, _k_", activeUnits, null),
  ];
  const grey = rows.some(({ cells }) => String(cells[1]).startsWith("~"));
  const note = grey ? " Grey: slope of the line drawn, where no power law is supported." : "";
  const laws = images
    ? "On log axes against _L_: 0 for percent active and 1 for active units where the optimum is intensive."
    : "Percent active goes as _L_^{1/ν}, error as _L_^{γ/ν}.";
  const title = `<h2>Table 2. Exponents.</h2> <span class="grey">${rich(`${laws}${note}`)}</span>`;
  const columns: readonly Column[] = [
    { head: "" },
    { head: "This study", numeric: true },
    { head: "95% interval", numeric: true },
    ...(images ? [] : [{ head: "Poster", numeric: true }]),
  ];
  return table(title, [{ ...columns[0], head: "Quantity" }, ...columns.slice(1)], rows, "exponents");
}

/** Table 3: Akaike weights of the laws for percent active and error. */
export function lawTable(study: StudyRecord): string {
  const names = [...new Set([...study.location.models, ...study.value.models].map((model) => model.name))];
  if (names.length === 0) return "";
  /** Of several members of a family (corrections with other ω) the one that carries most weight. */
  const best = (fit: ScalingFit, name: string) =>
    fit.models.filter((m) => m.name === name).sort((a, b) => b.weight - a.weight)[0];
  const weight = (fit: ScalingFit, name: string): string => {
    const model = best(fit, name);
    if (model === undefined) return "";
    if (model.droppedFor !== null) return "~dropped~";
    if (model.adequate === false) return "~does not fit~";
    return model.weight < 0.005 ? "~0.00~" : model.weight.toFixed(2);
  };
  const p = (fit: ScalingFit, name: string): string => {
    const value = best(fit, name)?.p ?? null;
    if (value === null) return "";
    return value < 0.001 ? "below 0.001" : significant(value, 2);
  };
  const rows = names.map((name) => ({
    cells: [
      lawName(name),
      weight(study.location, name),
      p(study.location, name),
      weight(study.value, name),
      p(study.value, name),
    ],
  }));
  const title = `<h2>Table 3. Laws compared.</h2> <span class="grey">Akaike weight; <i>p</i> is that of the lack of fit.</span>`;
  const columns: readonly Column[] = [
    { head: "Law" },
    { head: "Active", numeric: true },
    { head: "_p_", numeric: true, phone: false },
    { head: "Error", numeric: true },
    { head: "_p_", numeric: true, phone: false },
  ];
  return table(title, columns, rows, "laws");
}
