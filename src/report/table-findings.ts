/** What a fitted table says, in sentences: verdicts with their reasons, the held-out prediction, the collapse. */
import type { Difference } from "../scaling/held-out.js";
import type { TableRecord } from "../scaling/table.js";
import type { Estimate, ScalingFit } from "../scaling/types.js";
import { capital, lower, rangeSentence, verdictName, verdictSentence } from "./laws.js";
import { estimateText, pClause, significant, sizeText } from "./numbers.js";

/** The exponents as the command writes them. */
export const exponentSymbols = { nu: "ν", gamma: "γ" } as const;

/** The verdict on the location, or on the value where there is no location, as a headline. */
export function tableHeadline(record: TableRecord): string {
  const none = record.location.verdict === "no-extremum" && record.value.verdict !== "no-extremum";
  const subject = none ? "value" : locationName(record);
  const { verdict } = record[none ? "value" : "location"];
  return verdictSentence(verdict, { subject, size: "size", grow: "size grows" });
}

/** What stands for the location: itself, or its distance from the critical point. */
export function locationName({ options }: TableRecord): string {
  return options.critical === null ? "location" : `distance from ${significant(options.critical, 6)}`;
}

/** One line each: location, value, x, held-out sizes, collapse. */
export function tableSentences(record: TableRecord): readonly string[] {
  return [
    fitSentence(capital(locationName(record)), record.location),
    fitSentence("Value", record.value),
    ...(record.x === null ? [] : [fitSentence("x at the extremum", record.x)]),
    ...heldOutSentences(record),
    collapseSentence(record),
  ];
}

/** The verdict of a fit with its exponent and its reason: "Location: a power law, exponent −0.75 [−0.77, −0.74]. …" */
export function fitSentence(subject: string, fit: ScalingFit): string {
  return `${fitted(subject, fit)} ${rangeSentence(fit)}`.trimEnd();
}

function fitted(subject: string, fit: ScalingFit): string {
  const reason = fit.reason.trim().replace(/-(?=\d)/g, "−");
  const exponent = fit.exponent === null ? "" : `, exponent ${estimateText(fit.exponent)}`;
  // A reason that names its verdict first needs it no second time.
  const [, named, numbers] = /^([A-Z][a-z ]*): (.*)$/.exec(reason) ?? [];
  if (named !== undefined) return `${subject}: ${verdictName(fit.verdict)}${exponent} (${numbers.replace(/\.$/, "")}).`;
  if (fit.verdict === "undecided" && reason.startsWith("Undecided")) return `${subject}: ${lower(reason)}`;
  return `${subject}: ${verdictName(fit.verdict)}${exponent}. ${reason}`;
}

/** The largest size held out, then every size in turn. */
function heldOutSentences({ heldOut, leaveOneOut }: TableRecord): readonly string[] {
  if (heldOut === null) return [];
  const parts = (["location", "value"] as const).flatMap((name) => {
    const one = heldOut[name];
    if (one === null) return [];
    return [
      `${name} ${estimateText(one.predicted)}, measured ${estimateText(one.measured)} (${agreement(one.difference)})`,
    ];
  });
  return [
    `Size ${sizeText(heldOut.size)} predicted from the smaller ones: ${parts.join("; ")}.`,
    ...leaveOneOutSentence(leaveOneOut),
  ];
}

/** Whether measurement and prediction agree, by the error of their difference. */
export function agreement(difference: Difference | null): string {
  if (difference === null) return "untested: bare values";
  return `${difference.p < 0.05 ? "does not agree" : "agrees"}, ${pClause(difference.p, "p")}`;
}

/** Mean distance and how many agree at the 5 % level. */
function leaveOneOutSentence(all: TableRecord["leaveOneOut"]): readonly string[] {
  const parts = (["location", "value"] as const).flatMap((name) => {
    const found = all.flatMap((one) => one[name]?.difference ?? []);
    if (found.length === 0) return [];
    const mean = (100 * found.reduce((sum, { relative }) => sum + Math.abs(relative.value), 0)) / found.length;
    const agreeing = found.filter(({ p }) => p >= 0.05).length;
    return [`${name} off by ${significant(mean, 2)}% on average, ${agreeing} of ${found.length} agree`];
  });
  return parts.length === 0 ? [] : [`Every size predicted from the others: ${parts.join("; ")}.`];
}

/** The collapse's parameters with their intervals and its quality S, or why there is none. */
export function collapseSentence({ collapse, options }: TableRecord): string {
  if (collapse === null) return "Collapse: none; it needs three sizes with extrema.";
  if (collapse.refusedFor !== null && collapse.point === null) return `Collapse: refused; ${collapse.refusedFor}.`;
  const named = (name: string, e: Estimate | null): readonly string[] =>
    e === null ? [] : [`${name} = ${estimateText(e)}`];
  const parts = [
    ...named("a", collapse.a),
    ...named("b", collapse.b),
    ...(options.critical === null ? named("x_c", collapse.critical) : []),
  ];
  const quality = collapse.S === null ? "" : `S = ${significant(collapse.S, 2)}`;
  const unscaled = collapse.unscaled === null ? "" : ` (${significant(collapse.unscaled, 2)} unscaled)`;
  const open = collapse.undetermined.map((sentence) => ` ${capital(sentence)}`).join("");
  return `Collapse: ${[...parts, quality + unscaled].filter(Boolean).join(", ")}.${open}`;
}
