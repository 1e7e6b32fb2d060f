/** A fitted table as text: its extrema, the verdicts, the held-out prediction, the collapse. */
import { formOf, pText, sizeText } from "../report/numbers.js";
import { exponentSymbols, tableSentences } from "../report/table-findings.js";
import type { TableRecord } from "../scaling/table.js";
import { tableLines } from "./table.js";
import { estimateText } from "./words.js";

const refused = { edge: "extremum at grid edge", none: "no extremum", interior: "" } as const;

export function tableLinesOf(record: TableRecord): readonly string[] {
  return [
    ...extremaTable(record),
    "",
    ...tableSentences(record),
    ...exponentLines(record),
    ...(record.slopeFrom.length > 1 ? ["", ...slopeTable(record)] : []),
  ];
}

function extremaTable({ extrema }: TableRecord): readonly string[] {
  const forms = (["location", "value"] as const).map((name) => formOf(extrema.map((extremum) => extremum[name])));
  const rows = extrema.map(({ size, status, location, value }) => {
    const name = sizeText(size);
    if (location === null && value !== null) return [name, "–", estimateText(value, forms[1])];
    if (status !== "interior") return [name, refused[status], "–"];
    return [name, estimateText(location, forms[0]), estimateText(value, forms[1])];
  });
  return tableLines(["size", "location", "value"], rows);
}

function exponentLines({ exponents }: TableRecord): readonly string[] {
  const { nu, gamma, textbook } = exponents;
  if (nu === null) return [];
  const both = (poster: typeof nu, own: typeof nu): string =>
    `${estimateText(poster)} (textbook sign ${estimateText(own)})`;
  const second = gamma && textbook.gamma ? `, ${exponentSymbols.gamma} = ${both(gamma, textbook.gamma)}` : "";
  return [`Exponents: ${exponentSymbols.nu} = ${both(nu, textbook.nu!)}${second}.`];
}

function slopeTable({ slopeFrom }: TableRecord): readonly string[] {
  const form = (name: "location" | "value") => formOf(slopeFrom.map((one) => one[name]?.exponent ?? null));
  const [l, v] = [form("location"), form("value")];
  const p = (value: number | null | undefined): string => (value == null ? "–" : pText(value));
  const rows = slopeFrom.map(({ smallest, location, value }) => [
    sizeText(smallest),
    estimateText(location?.exponent ?? null, l),
    p(location?.p),
    estimateText(value?.exponent ?? null, v),
    p(value?.p),
  ]);
  return tableLines(["sizes from", "slope of location", "p", "slope of value", "p"], rows);
}
