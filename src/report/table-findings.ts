/** What a fitted table says, in sentences: verdicts with their reasons, the held-out prediction, the collapse. */
import type { Difference } from "../scaling/held-out.js";
import type { TableRecord } from "../scaling/table.js";
import type { Estimate, ScalingFit } from "../scaling/types.js";
import { lawFormula } from "./formula.js";
import { lower, rangeSentence, verdictName, verdictSentence } from "./laws.js";
import { isBare, type Words, wordsOf } from "./names.js";
import { estimateText, pClause, significant } from "./numbers.js";

/** The exponents as the command writes them. */
export const exponentSymbols = { nu: "ν", gamma: "γ" } as const;

/** The verdict on the location, or on the value where there is no location, as a headline. */
export function tableHeadline(record: TableRecord): string {
  const none = record.location.verdict === "no-extremum" && record.value.verdict !== "no-extremum";
  const words = wordsOf(record);
  const subject = none ? words.extreme : words.location;
  const { verdict } = record[none ? "value" : "location"];
  return verdictSentence(verdict, { subject, size: words.size, grow: `${words.size} grows` });
}

/** One line each: location, value, x, held-out sizes, collapse. */
export function tableSentences(record: TableRecord): readonly string[] {
  const bare = isBare(record);
  return [
    ...verdictSentences(record),
    ...formulaSentences(record),
    ...(record.x === null ? [] : [fitSentence("x at the extremum", record.x)]),
    ...heldOutSentences(record),
    ...(bare ? [] : [collapseSentence(record)]),
  ];
}

/** The verdicts on location and value; a table without a control has no location to speak of. */
export function verdictSentences(record: TableRecord): readonly string[] {
  const words = wordsOf(record);
  const said = (name: "location" | "value"): string => {
    const subject = words.start(quantityWord(words, name));
    return subject + words.own(fitSentence(subject, record[name]).slice(subject.length));
  };
  return isBare(record) ? [said("value")] : [said("location"), said("value")];
}

/** "Value = 0.502 [0.498, 0.505] ln(L/8) + 1.236 [1.232, 1.241].": one line per law that is decided. */
export function formulaSentences(record: TableRecord): readonly string[] {
  const words = wordsOf(record);
  const names = isBare(record) ? (["value"] as const) : (["location", "value"] as const);
  return names.flatMap((name) => {
    const formula = lawFormula(record[name], words.L);
    return formula === null ? [] : [`${words.start(quantityWord(words, name))} = ${formula}.`];
  });
}

/**
 * "These are slopes of straight lines on log axes; location: undecided; value: a logarithm.": said of the slopes from each size
 * on where one of the quantities does not follow the plain power law.
 */
export function slopeNote(record: TableRecord): readonly string[] {
  const words = wordsOf(record);
  const names = isBare(record) ? (["value"] as const) : (["location", "value"] as const);
  const others = names.filter((name) => record[name].verdict !== "power-law");
  if (others.length === 0) return [];
  const said = others.map((name) => `${quantityWord(words, name)}: ${verdictName(record[name].verdict)}`);
  return [`These are slopes of straight lines on log axes; ${said.join("; ")}.`];
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

/** ν and γ where both laws bear them: the sign of textbooks first, then that of arXiv 1710.09875. */
export function exponentSentences(record: TableRecord): readonly string[] {
  const { nu, gamma, textbook } = record.exponents;
  if (nu === null || textbook.nu === null) return [];
  const { L, x, location, extreme } = wordsOf(record);
  const both = (first: Estimate, second: Estimate | null): string =>
    `${exponentSymbols.nu} = ${estimateText(first)}${second === null ? "" : `, ${exponentSymbols.gamma} = ${estimateText(second)}`}`;
  return [
    `Exponents: ${both(textbook.nu, textbook.gamma)}, from |${x}* − ${x}_c| ~ ${L}^(−1/ν) and ${extreme} ~ ${L}^(γ/ν). In the sign of arXiv 1710.09875, ${location} ~ ${L}^(1/ν): ${both(nu, gamma)}.`,
  ];
}

/** The largest size held out, then every size in turn. */
function heldOutSentences(record: TableRecord): readonly string[] {
  const { heldOut, leaveOneOut } = record;
  if (heldOut === null) return [];
  const words = wordsOf(record);
  const parts = (["location", "value"] as const).flatMap((name) => {
    const one = heldOut[name];
    if (one === null) return [];
    return [
      `${quantityWord(words, name)} ${estimateText(one.predicted)}, measured ${estimateText(one.measured)} (${agreement(one.difference)})`,
    ];
  });
  return [
    `${words.start(words.at(heldOut.size))} predicted from the smaller ones: ${parts.join("; ")}.`,
    ...leaveOneOutSentence(leaveOneOut, words),
  ];
}

/** The word for one of the two quantities of an extremum. */
export function quantityWord(words: Words, name: "location" | "value"): string {
  return name === "location" ? words.location : words.extreme;
}

/** Whether measurement and prediction agree, by the error of their difference. */
export function agreement(difference: Difference | null): string {
  if (difference === null) return "untested: bare values";
  return `${difference.p < 0.05 ? "does not agree" : "agrees"}, ${pClause(difference.p, "p")}`;
}

/** Mean distance and how many agree at the 5 % level. */
function leaveOneOutSentence(all: TableRecord["leaveOneOut"], words: Words): readonly string[] {
  const parts = (["location", "value"] as const).flatMap((name) => {
    const found = all.flatMap((one) => one[name]?.difference ?? []);
    if (found.length === 0) return [];
    const mean = (100 * found.reduce((sum, { relative }) => sum + Math.abs(relative.value), 0)) / found.length;
    const agreeing = found.filter(({ p }) => p >= 0.05).length;
    return [
      `${quantityWord(words, name)} off by ${significant(mean, 2)}% on average, ${agreeing} of ${found.length} agree`,
    ];
  });
  return parts.length === 0 ? [] : [`Every ${words.size} predicted from the others: ${parts.join("; ")}.`];
}

/** The collapse's parameters with their intervals and its quality S, or why there is none. */
export function collapseSentence(record: TableRecord): string {
  const { collapse, options } = record;
  const { x, own } = wordsOf(record);
  if (collapse === null) return "Collapse: none; it needs three sizes with extrema.";
  if (collapse.refusedFor !== null && collapse.point === null) return `Collapse: refused; ${collapse.refusedFor}.`;
  const named = (name: string, e: Estimate | null): readonly string[] =>
    e === null ? [] : [`${name} = ${estimateText(e)}`];
  const parts = [
    ...named("a", collapse.a),
    ...nuParts(collapse.a),
    ...named("b", collapse.b),
    ...(options.critical === null ? named(`${x}_c`, collapse.critical) : []),
  ];
  const quality = collapse.S === null ? "" : `S = ${significant(collapse.S, 2)}`;
  const unscaled = collapse.unscaled === null ? "" : ` (${significant(collapse.unscaled, 2)} unscaled)`;
  const open = collapse.undetermined.map((sentence) => ` ${own(sentence)}`).join("");
  return `Collapse: ${[...parts, quality + unscaled].filter(Boolean).join(", ")}.${open}`;
}

/** 1/ν = −a and ν, in the sign of textbooks, whatever the verdicts are; ν is left out where the interval of a holds 0. */
function nuParts(a: Estimate | null): readonly string[] {
  if (a === null) return [];
  const inverse = { value: -a.value, low: -a.high, high: -a.low };
  const nu = { value: 1 / inverse.value, low: 1 / inverse.high, high: 1 / inverse.low };
  const symbol = exponentSymbols.nu;
  const bounded = a.low > 0 || a.high < 0;
  return [`1/${symbol} = ${estimateText(inverse)}`, ...(bounded ? [`${symbol} = ${estimateText(nu)}`] : [])];
}
