/** The words for laws and verdicts, one per name, and the small changes of a sentence. */
import { leastP } from "../scaling/compare.js";
import type { LawChoice } from "../scaling/law-choice.js";
import type { ModelFit, ModelName, ScalingFit, VerdictName } from "../scaling/types.js";
import { listed, verdictNames } from "../scaling/verdict.js";
import { intervalText, significant } from "./numbers.js";

const lawNames: Readonly<Record<ModelName, string>> = {
  constant: "constant",
  logarithm: "logarithm",
  "corrected-logarithm": "corrected logarithm",
  exponential: "exponential",
  saturation: "saturation",
  "power-law": "power law",
  "shifted-power-law": "shifted power law",
  "corrected-power-law": "corrected power law",
  "log-power-law": "power law with a logarithm",
  "inverse-log-square": "inverse squared logarithm",
  "shifted-inverse-log-square": "shifted inverse squared logarithm",
};

/** "power law": a law as it stands in a table. */
export function lawName(name: ModelName): string {
  return lawNames[name];
}

/** "a power law with a correction": a verdict as it stands after "location:". */
export function verdictName(name: VerdictName): string {
  return verdictNames[name];
}

/** What a sentence on a verdict speaks of. */
type Spoken = {
  /** "best sparsity", "location": behind "the". */
  readonly subject: string;
  /** "network size", "size". */
  readonly size: string;
  /** "networks grow", "size grows": behind "as". */
  readonly grow: string;
};

/** A verdict as a headline: never more than the verdict says. */
export function verdictSentence(verdict: VerdictName, { subject, size, grow }: Spoken): string {
  const sentences: Readonly<Record<VerdictName, string>> = {
    "power-law": `The ${subject} follows a power law in ${size}.`,
    "corrected-power-law": `The ${subject} follows a power law in ${size} with a correction.`,
    "shifted-power-law": `The ${subject} follows a power law in ${size}, shifted by a constant.`,
    "log-power-law": `The ${subject} follows a power law in ${size} with a logarithm.`,
    logarithm: `No power law: the ${subject} moves with the logarithm of ${size}.`,
    "inverse-log-square": `No power law: the ${subject} moves with the squared logarithm of ${size}.`,
    "shifted-inverse-log-square": `No power law: the ${subject} settles with the squared logarithm of ${size}.`,
    saturation: `No power law: the ${subject} settles as ${grow}.`,
    "no-scaling": `No scaling: the ${subject} is the same at every ${size}.`,
    crossover: `No single power law: the slope of the ${subject} drifts with ${size}.`,
    undecided: `Undecided: these sizes do not tell the laws of the ${subject} apart.`,
    "too-few-sizes": `Too few sizes to test a law of the ${subject}.`,
    "no-extremum": `No law: no ${size} has an extremum inside its grid.`,
  };
  return sentences[verdict];
}

/** What the test of lack of fit says of the plain power law, a straight line on log axes; "" where there is no test. */
export function lineVerdict({ powerLaw, p }: ScalingFit): "" | "fits" | "does not fit" {
  if (powerLaw === null || p === null) return "";
  return p > leastP ? "fits" : "does not fit";
}

/** The laws that keep an Akaike weight above 0.05, all members of a name together, the heaviest first. */
export function weighty({ models }: ScalingFit): { readonly name: ModelName; readonly weight: number }[] {
  return [...new Set(models.map(({ name }) => name))]
    .map((name) => ({ name, weight: weightOf(models, name) }))
    .filter(({ weight }) => weight > 0.05)
    .sort((a, b) => b.weight - a.weight);
}

/** Akaike weight of all laws of a name. */
export function weightOf(models: readonly ModelFit[], name: ModelName): number {
  return models.reduce((sum, model) => sum + (model.name === name ? model.weight : 0), 0);
}

/** "ω = 0.5" or "c = 0.25, free ℓ": what sets a member of a family apart; "" for the other laws. */
export function memberText({ name, parameters }: ModelFit): string {
  const held = (parameter: string): boolean => parameters[parameter]?.low === parameters[parameter]?.high;
  const of = (symbol: string, parameter: string): string =>
    parameters[parameter] && held(parameter)
      ? `${symbol} = ${significant(parameters[parameter].value, 2)}`
      : `free ${symbol}`;
  if (name === "corrected-power-law") return of("ω", "omega");
  if (name === "shifted-inverse-log-square") return of("s", "logShift");
  if (name !== "log-power-law") return "";
  return `${of("c", "logExponent")}${"logShift" in parameters ? ", free ℓ" : ""}`;
}

/** "Of the laws, log-power-law did not compete, by the user’s word.": what a reader must know of every verdict; "" without a choice. */
export function choiceSentence({
  laws,
  exclude,
}: { readonly [Words in keyof LawChoice]?: LawChoice[Words] | null }): string {
  const only = laws ? [`only ${listed(laws, "and")} competed`] : [];
  const not = exclude && exclude.length > 0 ? [`${listed(exclude, "and")} did not compete`] : [];
  const said = [...only, ...not];
  return said.length === 0 ? "" : `Of the laws, ${said.join("; ")}, by the user’s word.`;
}

/**
 * The exponents that the open laws leave possible, as a sentence: what stands in
 * place of one where the verdict is undecided, and beside a power law's where a
 * weak logarithm is not excluded. "" where there is nothing to add.
 */
export function rangeSentence({ exponent, exponentRange, verdict, models }: ScalingFit): string {
  if (exponentRange === null || exponentRange.low === exponentRange.high) return "";
  const { low, high } = exponentRange;
  const text = intervalText({ value: (low + high) / 2, low, high });
  if (exponent === null) {
    const all = models.every(({ open, leading }) => !open || leading !== null);
    const over = all ? "the laws that are open" : "those open laws that have it determined";
    return verdict === "undecided" ? `Leading exponent over ${over}: ${text}.` : "";
  }
  const wider = low < exponent.low || high > exponent.high;
  return wider && verdict === "power-law"
    ? `A factor (ln L)^(±1/8) fits as well and was dropped only because it fits no better; with it the exponent lies in ${text}.`
    : "";
}

/** "does not improve on power law: p = 0.4": why a law that fits was dropped, laws by their names in tables. */
export function droppedText({ adequate, droppedFor }: ModelFit): string {
  if (adequate !== true || droppedFor === null) return "";
  const ids = Object.keys(lawNames).sort((a, b) => b.length - a.length) as ModelName[];
  const id = ids.find((one) => droppedFor.includes(`improve on ${one}:`));
  return id === undefined ? droppedFor : droppedFor.replace(id, lawNames[id]);
}

/** The sentence with its first letter small, to stand after a colon. */
export function lower(text: string): string {
  return text === "" ? "" : text[0].toLowerCase() + text.slice(1);
}
