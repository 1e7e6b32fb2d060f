/** The words for laws and verdicts, one per name, and the small changes of a sentence. */
import type { ModelName, ScalingFit, VerdictName } from "../scaling/types.js";

const lawNames: Readonly<Record<ModelName, string>> = {
  constant: "constant",
  logarithm: "logarithm",
  exponential: "exponential",
  saturation: "saturation",
  "power-law": "power law",
  "shifted-power-law": "shifted power law",
  "corrected-power-law": "corrected power law",
};

const verdictWords: Readonly<Record<VerdictName, string>> = {
  "power-law": "a power law",
  "corrected-power-law": "a power law with a correction",
  "shifted-power-law": "a shifted power law",
  logarithm: "a logarithm",
  saturation: "saturation",
  "no-scaling": "no scaling",
  crossover: "a crossover",
  undecided: "undecided",
  "no-extremum": "no interior extremum",
  "too-few-sizes": "too few sizes",
};

/** "power law": a law as it stands in a table. */
export function lawName(name: ModelName): string {
  return lawNames[name];
}

/** "a power law with a correction": a verdict as it stands after "location:". */
export function verdictName(name: VerdictName): string {
  return verdictWords[name];
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
    logarithm: `No power law: the ${subject} moves with the logarithm of ${size}.`,
    saturation: `No power law: the ${subject} settles as ${grow}.`,
    "no-scaling": `No scaling: the ${subject} is the same at every ${size}.`,
    crossover: `No single power law: the slope of the ${subject} drifts with ${size}.`,
    undecided: `Undecided: these sizes do not tell the laws of the ${subject} apart.`,
    "too-few-sizes": `Too few sizes to test a law of the ${subject}.`,
    "no-extremum": "No law: no size has an extremum inside its grid.",
  };
  return sentences[verdict];
}

/** The laws that keep an Akaike weight above 0.05, the heaviest first. */
export function weighty(fit: ScalingFit): ScalingFit["models"] {
  return fit.models.filter((model) => model.weight > 0.05).sort((a, b) => b.weight - a.weight);
}

/** The sentence with its first letter large; a variable such as χ stays as it is. */
export function capital(text: string): string {
  return /^[a-z]/.test(text) ? text[0].toUpperCase() + text.slice(1) : text;
}

/** The sentence with its first letter small, to stand after a colon. */
export function lower(text: string): string {
  return text === "" ? "" : text[0].toLowerCase() + text.slice(1);
}
