/**
 * The sentences of a report, made from verdicts alone: the headline (a negative
 * result has its own), the standfirst, and the tests as lines. Nothing here
 * claims more than the record: no law without a verdict, no success without
 * the measured value inside the predicted interval.
 */
import { capital } from "../core/words.js";
import { fewestSizes } from "../scaling/powerlaw.js";
import type { Estimate, ModelName, ScalingFit } from "../scaling/types.js";
import { lawInWords } from "../scaling/verdict.js";
import { growsImages, type SizeName, sameSize, sizeCount, sizeNoun, sizeWords } from "../study/axis.js";
import { posterOf, posterSource } from "../study/poster.js";
import type { StudyRecord } from "../study/record.js";
import { bentLaw, lawFormula } from "./formula.js";
import { lawName, lower, rangeSentence, verdictName, verdictSentence, weightOf, weighty } from "./laws.js";
import {
  costText,
  hasInterval,
  inPercent,
  intervalText,
  inWords,
  listing,
  pClause,
  quoted,
  significant,
  valueText,
} from "./numbers.js";
import { countFound, interior, type Size } from "./sizes.js";

/**
 * Whether the left-out size came out as predicted, by the error of the difference; null where that was not tested.
 * A difference known to no better than 20 % tests nothing.
 */
export function predictionHolds(study: StudyRecord): boolean | null {
  const difference = study.prediction?.percentActive.difference ?? null;
  if (difference === null) return null;
  const { relative, p } = difference;
  if (p < 0.05) return false;
  return relative.low > -coarse && relative.high < coarse ? true : null;
}

const coarse = 0.2;

/** What grows in a study, in the words of its sentences. */
const growing = {
  features: { size: "network size", grow: "networks grow", one: "network", every: "in every network" },
  image: { size: "image size", grow: "images grow", one: "image size", every: "at every image size" },
} as const;

/** Nouns for a study whose networks grow, or whose images do. */
function nounsOf({ settings }: StudyRecord) {
  return growing[growsImages(settings) ? "image" : "features"];
}

/** The finding in one sentence; a negative result has its own. */
export function headline(study: StudyRecord, sizes: readonly Size[]): string {
  if (countFound(sizes) === 0) return noMinimum(sizes);
  const { location, activeUnits, boundary } = study;
  const { verdict } = location;
  const { size, grow, one, every } = nounsOf(study);
  if (activeUnits.verdict === "no-scaling" && verdict === "power-law")
    return `No scaling beyond size itself: the best number of active units is the same ${every}.`;
  if (boundary && boundary.p >= 0.05 && verdict !== "no-scaling")
    return `The best sparsity is intensive up to the boundary: it tends to ${percent(boundary.limit)} active as ${grow}.`;
  if (verdict === "too-few-sizes") return tooFew(study, sizes);
  if (verdict === "no-extremum")
    return `No law: too few ${one}s have a best sparsity inside the range of _λ_ measured.`;
  if (verdict === "undecided") return undecided(location, size);
  if (verdict !== "power-law") return verdictSentence(verdict, { subject: "best sparsity", size, grow });
  if (activeUnits.verdict !== "power-law") return nearlyInverse(study, sizes);
  return `The best sparsity ${direction(location)} as a power of ${size}${predictionClause(study, sizes)}.`;
}

/** "a power law and a logarithm": the laws that keep a weight above 0.05. */
function undecided(fit: ScalingFit, size: string): string {
  const kept = weighty(fit).map(({ name }) => lawInWords(name));
  if (kept.length === 0) return `None of the laws fits: how the best sparsity moves with ${size} stays open.`;
  return `Undecided: these sizes do not tell ${kept.length > 1 ? listing(kept) : "one law from another"} apart.`;
}

/**
 * Percent active is 100·k/L, so its law says no more than that of k: where the
 * law of k is open, so is this one, however well a power fits percent active.
 */
function nearlyInverse(study: StudyRecord, sizes: readonly Size[]): string {
  const slope = study.location.powerLaw?.exponent.value ?? 0;
  const { size } = nounsOf(study);
  const how = Math.abs(slope + 1) < 0.1 ? `nearly as one over ${size}` : `with ${size}`;
  return `The best sparsity ${direction(study.location)} ${how}${predictionClause(study, sizes)}.`;
}

/** Too few sizes to test a law; whether the line drawn through them predicted is told all the same. */
function tooFew(study: StudyRecord, sizes: readonly Size[]): string {
  const found = sizes.filter((size) => interior(size) !== null);
  const holds = predictionHolds(study);
  if (holds === null || study.prediction === null) {
    const { one } = nounsOf(study);
    const all = found.length < sizes.length ? ` of ${inWords(sizes.length)}` : "";
    const many = all === "" ? found.length : sizes.length;
    const have = `${many === 1 ? one : `${one}s`} ${found.length === 1 ? "has" : "have"}`;
    return `Too few sizes for a law: ${inWords(found.length)}${all} ${have} a best sparsity.`;
  }
  const used = inWords(found.filter((size) => !size.leftOut).length);
  const which = networkNamed(study.prediction, sizes);
  return `Too few sizes to test a law; a power law through ${used} of them ${holds ? `predicted ${which}` : `missed ${which} by ${missText(study.prediction)}`}.`;
}

/** How far percent active, and with it the number of active units, is off: a miss may be small and yet beyond chance. */
function missText({ percentActive: { difference } }: NonNullable<StudyRecord["prediction"]>): string {
  return `${valueText(inPercent(difference!.relative)).replace("−", "")}%`;
}

function noMinimum(sizes: readonly Size[]): string {
  const measured = sizes.filter((size) => size.points.length > 0);
  if (measured.length === 0) return "No minimum yet: no curve is measured.";
  if (measured.every((size) => size.minimum?.status === "edge"))
    return "No best sparsity found: every curve still falls at the edge of the range of _λ_ measured.";
  return "No best sparsity found: no curve has a minimum inside the range of _λ_ measured.";
}

/** "falls" or "rises", by the fitted slope. */
function direction(fit: ScalingFit): string {
  const slope = fit.exponent ?? fit.powerLaw?.exponent ?? null;
  return slope !== null && slope.value > 0 ? "rises" : "falls";
}

/** The end of the headline: whether the left-out size came out as predicted; "" where not tested. */
function predictionClause(study: StudyRecord, sizes: readonly Size[]): string {
  const holds = predictionHolds(study);
  if (holds === null || study.prediction === null) return "";
  const which = networkNamed(study.prediction, sizes);
  return holds ? `, and the law predicted ${which}` : `, but the law missed ${which} by ${missText(study.prediction)}`;
}

/** The size predicted, as the headline names it. */
function networkNamed(size: SizeName, sizes: readonly Size[]): string {
  const [what, article] = size.imageSize === undefined ? ["network", "a "] : ["images", ""];
  return sameSize(sizes[sizes.length - 1], size) ? `the largest ${what}` : `${article}${what} it had not seen`;
}

/** Two to four sentences with the numbers behind the headline. */
export function standfirst(study: StudyRecord, sizes: readonly Size[]): string {
  const sentences = [lawSentence(study, sizes), ...predictionSentences(study), missingSentence(sizes)];
  return sentences.filter(Boolean).join(" ");
}

/** The exponent where the record has one, else the values at both ends. */
function lawSentence(study: StudyRecord, sizes: readonly Size[]): string {
  const used = sizes.filter((size) => !size.leftOut && interior(size) !== null);
  const slope = study.location.exponent;
  const across = `Over ${inWords(used.length)} sizes`;
  const formula = bentLaw(study.location) && lawFormula(study.location, "_L_");
  if (formula !== null)
    return `${across}, the percentage of active units at the optimum follows ${verdictName(study.location.verdict)}, ${formula}.`;
  if (slope !== null) {
    const range = hasInterval(slope) ? `, 95% interval ${intervalText(slope)}` : "";
    const active =
      study.activeUnits.verdict === "no-scaling"
        ? " A slope of −1 is what a constant number of active units gives."
        : "";
    return `${across}, the percentage of active units at the optimum goes as _L_^{${valueText(slope)}}${range}.${active}`;
  }
  if (used.length === 0) return "";
  const [first, last] = [used[0], used[used.length - 1]];
  if (used.length === 1)
    return `At ${sizeWords(first)} the least error is with ${activeText(first)} of the units active.`;
  return `${across}, the percentage of active units at the optimum goes from ${activeText(first)} at ${sizeWords(first)} to ${activeText(last)} at ${sizeCount(last)}. No exponent is reported. ${rangeSentence(study.location)}`.trimEnd();
}

/** Percent active at a size’s minimum. */
function activeText(size: Size): string {
  const estimate = size.minimum?.percentActive;
  return estimate ? percent(estimate) : "";
}

/** "0.41% [0.38, 0.45]". */
export function percent(e: Estimate): string {
  return `${valueText(e)}% ${intervalText(e)}`.trim();
}

/** Predicted and measured at the left-out size, then what the predicted λ costs there. */
function predictionSentences(study: StudyRecord): readonly string[] {
  const { prediction } = study;
  if (prediction === null) return [];
  const { predicted, measured } = prediction.percentActive;
  if (predicted === null) {
    const found = study.minima.filter(({ leftOut, status }) => !leftOut && status === "interior").length;
    const why = found < fewestSizes ? `: a law needs at least ${inWords(fewestSizes)} sizes with a best sparsity` : "";
    return [`At ${sizeWords(prediction)}, left out of the fit, nothing could be predicted${why}.`];
  }
  const found = measured === null ? "no minimum was measured there" : `${valueText(measured)}% was measured`;
  const first = `At ${sizeWords(prediction)}, left out of the fit, ${study.location.exponent === null ? "the fit" : "it"} predicts ${percent(predicted)} active; ${found}.`;
  const { cost } = prediction;
  if (cost.predicted === null) return [first];
  return [first, `Running there at the predicted _λ_ costs ${costText(cost.predicted)} more error than the best.`];
}

/** Which planned sizes have no minimum, and why. */
function missingSentence(sizes: readonly Size[]): string {
  if (sizes.length === 0) return "";
  const measured = sizes.filter((size) => size.points.length > 0);
  const named = (some: readonly Size[]) => `${listing(some.map(sizeCount))} ${sizeNoun(sizes[0])}`;
  const edge = sizes.filter((size) => size.minimum?.status === "edge");
  const none = measured.filter((size) => size.minimum?.status === "none");
  const waiting = measured.length === 0 ? [] : sizes.filter((size) => !measured.includes(size));
  const sentences = [
    edge.length > 0 && `At ${named(edge)} the least error lies at the edge of the grid and is not used.`,
    none.length > 0 && `At ${named(none)} the curve has no minimum.`,
    waiting.length > 0 && `Not measured yet: ${named(waiting)}.`,
  ];
  return sentences.filter(Boolean).join(" ");
}

/** What a test says; never success or failure alone, always with its number. */
export type Judgement = "Supported" | "Undecided" | "Not supported";
/** One test as a line. `words` is marked up; `reason`, from the record, is not. */
export type TestLine = { readonly judgement: Judgement; readonly words: string; readonly reason?: string };

/** The tests a reader should know of, each with the number that decided it. */
export function testLines(study: StudyRecord): readonly TestLine[] {
  const lines = [
    lawLine(study.location, "percent active"),
    // What is open for k is open for 100·k/L, however well a power fits the latter.
    study.location.verdict === "power-law" && study.activeUnits.verdict !== "power-law"
      ? lawLine(study.activeUnits, "active units")
      : null,
    lawLine(study.value, "percent error"),
    constantLine(study),
    predictionLine(study),
    growsImages(study.settings) ? intensiveLine(study) : posterLine(study),
  ];
  return lines.filter((line) => line !== null);
}

/** A law's line: the weight that decided it, or the reason there is none. */
export function lawLine(fit: ScalingFit, of: string): TestLine {
  const { verdict } = fit;
  switch (verdict) {
    case "power-law":
      return { judgement: "Supported", words: `Power law for ${of}${weightText(fit, verdict, ": ")}.` };
    case "undecided": {
      const kept = weighty(fit);
      if (kept.length < 2) return { judgement: "Undecided", words: `Law of ${of}:`, reason: lower(fit.reason) };
      const names = kept.map((model) => lawName(model.name));
      const weights = kept.map((model) => model.weight.toFixed(2)).join(", ");
      return { judgement: "Undecided", words: `${capital(listing(names, "or"))} for ${of}: weights ${weights}.` };
    }
    case "too-few-sizes":
    case "no-extremum":
      return { judgement: "Undecided", words: `Power law for ${of}:`, reason: lower(fit.reason) };
    case "no-scaling": {
      const p = fit.models.find((model) => model.name === "constant")?.p ?? null;
      const test = p === null ? "" : ` (${pClause(p)})`;
      return { judgement: "Not supported", words: `Power law for ${of}: a constant fits${test}.` };
    }
    case "crossover":
      return { judgement: "Not supported", words: `Power law for ${of}: the local slopes drift.` };
    case "corrected-power-law":
    case "shifted-power-law":
    case "log-power-law":
    case "logarithm":
    case "inverse-log-square":
    case "shifted-inverse-log-square":
    case "saturation": {
      const words = `Plain power law for ${of}: ${lawName(verdict)}${weightText(fit, verdict, ", ")}.`;
      return { judgement: "Not supported", words };
    }
    default:
      throw verdict satisfies never;
  }
}

/** "weight 0.98 among six laws", of that law; "" where the record has no weight of it. */
function weightText({ models }: ScalingFit, name: ModelName, before: string): string {
  if (models.every((model) => model.name !== name)) return "";
  const laws = new Set(models.map((model) => model.name)).size;
  return `${before}weight ${weightOf(models, name).toFixed(2)} among ${inWords(laws)} laws`;
}

/** A constant number of active units gives slope −1 of percent active with no physics in it. */
function constantLine(study: StudyRecord): TestLine | null {
  const slope = study.activeUnits.powerLaw?.exponent;
  if (slope === undefined) return null;
  const law = bentLaw(study.activeUnits);
  if (law && law.name !== "constant") {
    const words = `A constant number of active units: _k_ follows ${verdictName(study.activeUnits.verdict)}.`;
    return { judgement: "Not supported", words };
  }
  const words = `A constant number of active units: _k_ goes as _L_^{${valueText(slope)}}`;
  if (study.activeUnits.verdict === "no-scaling") return { judgement: "Supported", words: `${words}.` };
  if (!hasInterval(slope)) return { judgement: "Undecided", words: `${words}, no interval.` };
  const excluded = slope.low > 0 || slope.high < 0;
  return { judgement: excluded ? "Not supported" : "Undecided", words: `${words} ${intervalText(slope)}.` };
}

/** Judged by the error of the difference, not by whether the measured value lies in the predicted interval. */
function predictionLine(study: StudyRecord): TestLine | null {
  const { prediction } = study;
  const difference = prediction?.percentActive.difference ?? null;
  if (prediction === null || difference === null) return null;
  const holds = predictionHolds(study);
  const judgement = holds === null ? "Undecided" : holds ? "Supported" : "Not supported";
  const cost = prediction.cost.predicted;
  const costs = cost === null ? "" : `; its _λ_ costs ${costText(cost)} more error than the best`;
  const off = `off by ${percent(inPercent(difference.relative))}, ${pClause(difference.p)}`;
  return { judgement, words: `Active units predicted at ${sizeCount(prediction)}: ${off}${costs}.` };
}

/** Growing images: an intensive optimum differs from its limit by the boundary's share alone. */
function intensiveLine({ boundary }: StudyRecord): TestLine | null {
  if (!boundary) return null;
  const { limit, pixels, p } = boundary;
  const sign = pixels < 0 ? "−" : "+";
  const law = `percent active is ${valueText(limit)} (1 ${sign} ${significant(Math.abs(pixels), 2)}/_n_)`;
  return {
    judgement: p >= 0.05 ? "Supported" : "Not supported",
    words: `Intensive up to the boundary: ${law}, ${pClause(p)}.`,
  };
}

/** Whether the interval of our slope holds the poster's. */
function posterLine(study: StudyRecord): TestLine | null {
  const slope = study.location.exponent;
  const theirs = posterOf(study)?.locationSlope ?? null;
  if (slope === null || !hasInterval(slope) || theirs === null) return null;
  const inside = theirs >= slope.low && theirs <= slope.high;
  const words = `The slope of the poster (${posterSource}): ${quoted(theirs)} lies ${inside ? "in" : "outside"} ${intervalText(slope)}.`;
  return { judgement: inside ? "Supported" : "Not supported", words };
}
