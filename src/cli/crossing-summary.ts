/** Crossing curves as text: the crossings of neighbouring sizes, where they go, the collapse. */
import { crossingSentences } from "../report/crossing-findings.js";
import { wordsOf } from "../report/names.js";
import { formOf, sizeText } from "../report/numbers.js";
import type { CrossingRecord } from "../scaling/crossing-table.js";
import { tableLines } from "./table.js";
import { estimateText } from "./words.js";

/** The lines of the terminal. */
export function crossingLinesOf(record: CrossingRecord): readonly string[] {
  const { crossings } = record;
  const forms = (["control", "value"] as const).map((name) => formOf(crossings.map((pair) => pair[name])));
  const rows = crossings.map(({ from, to, control, value }) =>
    control === null
      ? [`${sizeText(from)}, ${sizeText(to)}`, "no crossing", "–"]
      : [`${sizeText(from)}, ${sizeText(to)}`, estimateText(control, forms[0]), estimateText(value, forms[1])],
  );
  const { value, control } = wordsOf(record);
  const heads = ["sizes", record.names?.control === undefined ? "crossing" : `crossing ${control}`, `${value} there`];
  return [...tableLines(heads, rows), "", ...crossingSentences(record)];
}
