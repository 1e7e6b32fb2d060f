/** What a family of crossing curves says, in sentences: where it crosses, whether that drifts, how it collapses. */
import { counted } from "../core/words.js";
import type { CrossingRecord } from "../scaling/crossing-table.js";
import type { Estimate } from "../scaling/types.js";
import { capital } from "./laws.js";
import { wordsOf } from "./names.js";
import { estimateText, hasInterval, pClause, significant, valueText } from "./numbers.js";

/** One sentence: the critical point, or why there is none. */
export function crossingHeadline(record: CrossingRecord): string {
  const found = record.collapse?.critical ?? record.drift.critical;
  const crossing = record.crossings.filter(({ control }) => control !== null).length;
  if (crossing === 0 && found === null) return "No neighbouring sizes cross inside their grids.";
  if (found === null) return "The curves cross, but the critical point stays open.";
  const axis = record.names?.control === undefined ? "" : `${record.names.control} = `;
  return `The curves cross at ${axis}${hasInterval(found) ? estimateText(found) : valueText(found)}.`;
}

/** One line each: crossings, collapse, Gaussian process. */
export function crossingSentences(record: CrossingRecord): readonly string[] {
  return [driftSentence(record), collapseLine(record), ...processLine(record)];
}

/** Where the crossings go as size grows. */
export function driftSentence(record: CrossingRecord): string {
  const { drift, crossings } = record;
  const { L, x } = wordsOf(record);
  const found = crossings.filter(({ control }) => control !== null).length;
  if (found === 0) return "Crossings: none.";
  const constant =
    drift.chi2 === null
      ? ""
      : `one value: χ² = ${significant(drift.chi2, 2)} of ${drift.dof}, ${pClause(drift.p ?? 1, "p")}`;
  if (drift.verdict === "steady") {
    const only = found === 1 ? "one pair alone, no drift can be seen" : constant;
    return `Crossings: steady, ${x}_c = ${estimateText(drift.critical!)} (${only}).`;
  }
  if (drift.verdict === "open")
    return `Crossings: they drift, and these sizes do not say where to; no ${x}_c (${constant}).`;
  const exponent =
    drift.held !== null
      ? `e = ω + 1/ν = ${significant(drift.held, 3)} held`
      : drift.exponent === null
        ? "e = ω + 1/ν is not bounded"
        : `e = ω + 1/ν = ${estimateText(drift.exponent)}`;
  return `Crossings: they drift as (${L} ${L}′)^(−e/2) to ${x}_c = ${estimateText(drift.critical!)}, ${exponent} (${constant}).`;
}

/** The collapse with its exponents, or why there is none. */
export function collapseLine(record: CrossingRecord): string {
  const { collapse, options } = record;
  const { x, own } = wordsOf(record);
  if (collapse === null) return "Collapse: none; it needs two sizes.";
  if (collapse.refusedFor !== null) return `Collapse: refused; ${collapse.refusedFor}.`;
  const named = (name: string, e: Estimate | null): readonly string[] =>
    e === null ? [] : [`${name} = ${hasInterval(e) ? estimateText(e) : `${valueText(e)} held`}`];
  const quality = `S = ${significant(collapse.S!, 2)} (${significant(collapse.unscaled ?? 0, 2)} unscaled)`;
  const parts = [
    ...named(`${x}_c`, collapse.critical),
    ...named("ν", collapse.nu),
    ...(collapse.b === null || options.valueExponent === 0 ? [] : named("b", collapse.b)),
    ...named("β", collapse.beta),
    ...named("c", collapse.correction),
    quality,
  ];
  const open = collapse.undetermined.map((sentence) => ` ${capital(own(sentence))}`).join("");
  return `Collapse: ${parts.join(", ")}, ${counted(collapse.points, "point")}.${open}`;
}

function processLine(record: CrossingRecord): readonly string[] {
  const { collapse, options } = record;
  const { x } = wordsOf(record);
  const process = collapse?.gaussianProcess ?? null;
  if (process === null) return [];
  const b = options.valueExponent === "free" ? `, b = ${estimateText(process.b)}` : "";
  const critical = hasInterval(process.critical) ? `${x}_c = ${estimateText(process.critical)}, ` : "";
  return [`Gaussian process: ${critical}ν = ${estimateText(process.nu)}${b}.`];
}
