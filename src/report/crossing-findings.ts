/** What a family of crossing curves says, in sentences: where it crosses, whether that drifts, how it collapses. */
import { counted } from "../core/words.js";
import type { CrossingRecord } from "../scaling/crossing-table.js";
import type { Estimate } from "../scaling/types.js";
import { wordsOf } from "./names.js";
import { estimateText, hasInterval, listing, pClause, significant, sizeText, valueText } from "./numbers.js";

/** One sentence: the critical point and ν, or why there is none. */
export function crossingHeadline(record: CrossingRecord): string {
  const found = record.collapse?.critical ?? record.drift.critical;
  const nu = record.collapse?.nu ? `, with ν = ${estimateText(record.collapse.nu)}` : "";
  const crossing = record.crossings.filter(({ control }) => control !== null).length;
  if (crossing === 0 && found === null) return "No neighbouring sizes cross inside their grids.";
  if (found === null) return "The curves cross, but the critical point stays open.";
  const axis = record.names?.control === undefined ? "" : `${record.names.control} = `;
  const curves = record.options.valueExponent === 0 ? "The curves" : "Scaled by a power of size, the curves";
  return `${curves} cross at ${axis}${hasInterval(found) ? estimateText(found) : valueText(found)}${nu}.`;
}

/** One line each: collapse, crossings, what stands beside them. */
export function crossingSentences(record: CrossingRecord): readonly string[] {
  return [collapseLine(record), driftSentence(record), ...partsLine(record), ...besideLines(record)];
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
  const { collapse } = record;
  const { own } = wordsOf(record);
  if (collapse === null) return "Collapse: none; it needs two sizes.";
  if (collapse.refusedFor !== null) return `Collapse: refused; ${collapse.refusedFor}.`;
  const quality = `S = ${significant(collapse.S!, 2)} (${significant(collapse.unscaled ?? 0, 2)} unscaled)`;
  const parts = [...namedEstimates(record, collapse), quality];
  const leftOut = leftOutText(record);
  const open = collapse.undetermined.map((sentence) => ` ${own(sentence)}`).join("");
  return `Collapse: ${parts.join(", ")}, ${counted(collapse.points, "point")} of ${sizesText(collapse.sizes)}${leftOut}.${open}`;
}

/** "4 sizes, 8 to 64"; of two or three all are named. */
function sizesText(sizes: readonly number[]): string {
  const names = sizes.map(sizeText);
  return names.length < 4
    ? `sizes ${listing(names)}`
    : `${names.length} sizes, ${names[0]} to ${names[names.length - 1]}`;
}

/** Sizes that the collapse does not count, by the user's words. */
function leftOutText({ collapse, options, curves }: CrossingRecord): string {
  const unused = curves.filter(({ size }) => !collapse!.sizes.includes(size)).map(({ size }) => sizeText(size));
  return [
    ...(options.sizesFrom === null ? [] : [`; sizes below ${sizeText(options.sizesFrom)} are left out`]),
    ...(unused.length === 0 ? [] : [`; ${listing(unused)} without points in the scaled range`]),
  ].join("");
}

type Named = Pick<NonNullable<CrossingRecord["collapse"]>, "nu" | "critical" | "b" | "beta" | "correction">;

/** "ν = 1.34 [1.32, 1.37]" for each number that there is. */
function namedEstimates(record: CrossingRecord, { nu, critical, b, beta, correction }: Named): readonly string[] {
  const { x } = wordsOf(record);
  const named = (name: string, e: Estimate | null): readonly string[] =>
    e === null ? [] : [`${name} = ${hasInterval(e) ? estimateText(e) : `${valueText(e)} held`}`];
  return [
    ...named(`${x}_c`, critical),
    ...named("ν", nu),
    ...(record.options.valueExponent === 0 ? [] : named("b", b)),
    ...named("β", beta),
    ...named("c", correction),
  ];
}

/** What the intervals would be without corrections to scaling, and the Gaussian process beside them. */
function besideLines(record: CrossingRecord): readonly string[] {
  const { collapse, options } = record;
  if (!collapse?.statistical || collapse.nu === null) return [];
  const { statistical, parts, gaussianProcess: process } = collapse;
  const alone = namedEstimates(record, { ...statistical, correction: null }).join(", ");
  const few = options.correction === null ? "these sizes cannot show corrections" : "ω is taken as it was given";
  const lines =
    parts.length > 0
      ? [`Without any correction to scaling: ${alone}.`]
      : [`The intervals are those of the points' errors alone: ${few}.`];
  if (process === null) return lines;
  const text = (value: number, e: Estimate | null): string =>
    e === null ? significant(value, 4) : valueText({ ...e, value });
  const b = options.valueExponent === "free" ? `, b = ${text(process.b, collapse.b)}` : "";
  const at = hasInterval(collapse.critical!)
    ? `${wordsOf(record).x}_c = ${text(process.critical, statistical.critical)}, `
    : "";
  return [
    ...lines,
    `Gaussian process, without an interval of its own: ${at}ν = ${text(process.nu, statistical.nu)}${b}.`,
  ];
}

/** How ν moves with size, where its collapses of neighbouring sizes show it. */
export function partsLine({ collapse }: CrossingRecord): readonly string[] {
  const shown = (collapse?.parts ?? []).flatMap(({ from, to, nu }) =>
    nu === null ? [] : [`${estimateText(nu)} (${sizeText(from)} to ${sizeText(to)})`],
  );
  return shown.length < 2 ? [] : [`ν by neighbouring sizes alone: ${shown.join(", ")}.`];
}
