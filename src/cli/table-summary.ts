/** A fitted table as text: its extrema, the verdicts, the held-out prediction, the collapse. */

import { choiceSentence } from "../report/laws.js";
import { isBare, wordsOf } from "../report/names.js";
import { formOf, pText, sizeText } from "../report/numbers.js";
import { exponentSentences, slopeNote, tableSentences } from "../report/table-findings.js";
import type { TableRecord } from "../scaling/table.js";
import { tableLines } from "./table.js";
import { estimateText } from "./words.js";

const refused = { edge: "extremum at grid edge", none: "no extremum", interior: "" } as const;

/** The lines of the terminal. A table without a control has no columns of locations. */
export function tableLinesOf(record: TableRecord): readonly string[] {
  return [
    ...extremaTable(record),
    "",
    ...tableSentences(record),
    ...exponentSentences(record),
    ...[choiceSentence(record.options)].filter(Boolean),
    ...(record.slopeFrom.length > 1 ? ["", ...slopeTable(record), ...slopeNote(record)] : []),
  ];
}

function extremaTable(record: TableRecord): readonly string[] {
  const { extrema } = record;
  const words = wordsOf(record);
  if (isBare(record))
    return tableLines(
      [words.size, words.value],
      extrema.map(({ size, value }) => [sizeText(size), estimateText(value, formOf(extrema.map((of) => of.value)))]),
    );
  const forms = (["location", "value"] as const).map((name) => formOf(extrema.map((extremum) => extremum[name])));
  const rows = extrema.map(({ size, status, location, value }) => {
    const name = sizeText(size);
    if (status !== "interior") return [name, refused[status], "–"];
    return [name, estimateText(location, forms[0]), estimateText(value, forms[1])];
  });
  return tableLines([words.size, words.place, words.value], rows);
}

function slopeTable(record: TableRecord): readonly string[] {
  const { slopeFrom } = record;
  const words = wordsOf(record);
  const form = (name: "location" | "value") => formOf(slopeFrom.map((one) => one[name]?.exponent ?? null));
  const [l, v] = [form("location"), form("value")];
  const p = (value: number | null | undefined): string => (value == null ? "–" : pText(value));
  const rows = slopeFrom.map(({ smallest, location, value }) => [
    sizeText(smallest),
    ...(isBare(record) ? [] : [estimateText(location?.exponent ?? null, l), p(location?.p)]),
    estimateText(value?.exponent ?? null, v),
    p(value?.p),
  ]);
  const heads = [...(isBare(record) ? [] : [`slope of ${words.place}`, "p"]), `slope of ${words.value}`, "p"];
  return tableLines([words.L === "L" ? "sizes from" : `${words.L} from`, ...heads], rows);
}
