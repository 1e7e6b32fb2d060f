/**
 * A study's result as text: the optimum of every size, the prediction beside
 * its own measurement, what the fits say, and what being wrong would cost.
 */
import { bentLaw, lawFormula } from "../report/formula.js";
import { choiceSentence, rangeSentence, verdictName } from "../report/laws.js";
import {
  costText,
  formOf,
  type IntervalForm,
  listing,
  pClause,
  quoted,
  significant,
  whole,
} from "../report/numbers.js";
import { strategyNames } from "../report/scores.js";
import type { ScalingFit } from "../scaling/types.js";
import type { ProvisionalMinimum } from "../study/analyse.js";
import { growsImages, type SizeName, sameSize, sizeCount, sizeText } from "../study/axis.js";
import { posterOf, posterSource } from "../study/poster.js";
import type { MinimumRecord, PredictionRecord, StudyRecord } from "../study/record.js";
import { tableLines } from "./table.js";
import { estimateText } from "./words.js";

const head = (size: SizeName) => [
  size.imageSize === undefined ? "features" : "side",
  ...["L", "best λ", "% active", "% error"],
];
const refused = { edge: "minimum at grid edge", none: "no minimum", interior: "" } as const;

/** One size as it lands, at fixed widths: least points of the grid, without intervals. */
export function provisionalLine({ systemSize, lambda, percentActive, value, ...name }: ProvisionalMinimum): string {
  const numbers = [significant(lambda, 2), significant(percentActive, 3), significant(value, 3)];
  const size = `${sizeCount(name).padStart(8)}${whole(systemSize).padStart(11)}   `;
  return `${size}${numbers.map((text) => text.padEnd(10)).join("")}`;
}

export function provisionalHead(name: SizeName): string {
  const [number, size, ...rest] = head(name);
  return `${number.padStart(8)}${size.padStart(11)}   ${rest.map((title) => title.padEnd(10)).join("")}`.trimEnd();
}

/** The optimum table with the predicted row below the size it predicts. */
export function optimumTable(record: Pick<StudyRecord, "minima" | "prediction">): readonly string[] {
  const { minima, prediction } = record;
  const forms = (["lambda", "percentActive", "value"] as const).map((name) =>
    formOf([...minima.map((minimum) => minimum[name]), prediction?.[name].predicted ?? null]),
  );
  const rows = minima.flatMap((minimum) => {
    const measured = [...optimumCells(minimum, forms), minimum.leftOut ? "measured, left out of the fits" : ""];
    return prediction?.percentActive.predicted && sameSize(minimum, prediction)
      ? [measured, [...predictedCells(prediction, forms), "predicted"]]
      : [measured];
  });
  return tableLines([...head(minima[0]), ""], rows);
}

type Forms = readonly IntervalForm[];

function optimumCells(minimum: MinimumRecord, forms: Forms): readonly string[] {
  const { systemSize, status, lambda, percentActive, value } = minimum;
  const size = [sizeCount(minimum), whole(systemSize)];
  if (status !== "interior") return [...size, refused[status], "–", "–"];
  return [...size, ...[lambda, percentActive, value].map((estimate, i) => estimateText(estimate, forms[i]))];
}

function predictedCells(prediction: PredictionRecord, forms: Forms): readonly string[] {
  const { lambda, percentActive, value } = prediction;
  const numbers = [lambda, percentActive, value].map(({ predicted }, i) => estimateText(predicted, forms[i]));
  return [sizeCount(prediction), whole(prediction.systemSize), ...numbers];
}

/** What the fits say, one sentence each, then the cost of being wrong. */
export function verdictLines(record: StudyRecord): readonly string[] {
  const poster = posterOf(record);
  const images = growsImages(record.settings);
  const theirs = (whose: string, slope: number | undefined) =>
    slope === undefined ? "" : `; the slope of the poster${whose} is ${quoted(slope)}`;
  return [
    fitSentence("Percent active at the minimum", record.location, theirs(` (${posterSource})`, poster?.locationSlope)),
    fitSentence("Percent error at the minimum", record.value, theirs("", poster?.valueSlope)),
    ...(images
      ? [fitSentence("Active units at the minimum", record.activeUnits, ""), ...boundarySentence(record)]
      : []),
    ...(record.prediction ? costSentence(record.prediction) : []),
    ...scoreSentence(record),
    ...(record.laws === undefined ? [] : [choiceSentence(record.laws)]),
  ];
}

function fitSentence(subject: string, fit: ScalingFit, beside: string): string {
  const said = `${reasonOf(fit)} ${rangeSentence(fit)}`.trimEnd();
  const formula = bentLaw(fit) && lawFormula(fit, "L");
  if (formula !== null) return `${subject} = ${formula}${beside}. ${said}`;
  if (fit.exponent) return `${subject} goes as L^b with b = ${estimateText(fit.exponent)}${beside}. ${said}`;
  const line = fit.powerLaw
    ? `; a straight line on log axes would have slope ${estimateText(fit.powerLaw.exponent)}`
    : "";
  return `${subject}: ${verdictName(fit.verdict)}${line}${beside}. ${said}`;
}

/** Growing images: percent active as a limit and the boundary's share. */
function boundarySentence({ boundary }: StudyRecord): readonly string[] {
  if (!boundary) return [];
  const { limit, pixels, chi2, p } = boundary;
  const share = `(1 ${pixels < 0 ? "−" : "+"} ${significant(Math.abs(pixels), 2)}/n)`;
  const verdict = p >= 0.05 ? "fits: intensive up to the boundary" : "does not fit: more than a boundary moves it";
  return [
    `Percent active as p∞${share}, p∞ = ${estimateText(limit)}%, ${verdict} (χ² = ${significant(chi2, 2)}, ${pClause(p, "p")}).`,
  ];
}

function reasonOf(fit: ScalingFit): string {
  const reason = fit.reason.trim();
  return reason === "" || /[.!?]$/.test(reason) ? reason : `${reason}.`;
}

function costSentence({ cost, ...size }: PredictionRecord): readonly string[] {
  if (cost.predicted === null) return [];
  const foil = cost.borrowed.find((borrowed) => borrowed.cost !== null);
  const beside = foil?.cost != null ? `; the best λ of ${sizeText(foil)} would cost ${costText(foil.cost)}` : "";
  return [
    `At ${sizeText(size)} the predicted λ costs ${costText(cost.predicted)} more error than the best one${beside}.`,
  ];
}

/** Every size held out once: what the ways to choose λ cost on average. */
function scoreSentence({ scores }: StudyRecord): readonly string[] {
  const { costs, quantities } = scores.summary;
  if (costs.predicted.mean === null) return [];
  const { meanError, agreeing, tested } = quantities.activeUnits;
  const units =
    meanError === null ? "" : `active units off by ${significant(meanError, 2)}%, ${agreeing} of ${tested} agree; `;
  const ways = (["predicted", "direct", "largest", "constantUnits", "sure"] as const).flatMap((name) => {
    const { mean } = costs[name];
    return mean === null ? [] : [`${costText(mean)} by ${strategyNames[name]}`];
  });
  return [`Each size predicted from the others: ${units}λ costs on average ${listing(ways)}.`];
}
