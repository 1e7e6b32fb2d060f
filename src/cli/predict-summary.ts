/** Predictions of sizes never swept as text: the numbers, what they rest on, and how they were borne out. */

import type { SizePrediction } from "../app/predict-sizes.js";
import { counted } from "../core/words.js";
import { costText, formOf, inPercent, listing, pText, significant, whole } from "../report/numbers.js";
import { strategyNames } from "../report/scores.js";
import type { Estimate, ModelName } from "../scaling/types.js";
import { lawInWords } from "../scaling/verdict.js";
import { sizeCount, sizeText } from "../study/axis.js";
import { farTimes } from "../study/predict-size.js";
import type { PredictedQuantity, SizeScore, Strategy } from "../study/record.js";
import { tableLines } from "./table.js";
import { estimateText } from "./words.js";

export function predictionLines(predictions: readonly SizePrediction[]): readonly string[] {
  return [
    ...predictionTable(predictions),
    "",
    ...predictions.flatMap(basisLines),
    ...predictions.flatMap((prediction) => (prediction.verified ? ["", ...verifiedLines(prediction.verified)] : [])),
  ];
}

function predictionTable(rows: readonly SizePrediction[]): readonly string[] {
  const names = ["activeUnits", "percentActive", "lambda", "lambdaDirect", "value"] as const;
  const forms = names.map((name) => formOf(rows.map((row) => row[name])));
  return tableLines(
    [
      rows[0].imageSize === undefined ? "features" : "side",
      "L",
      "active units",
      "% active",
      "λ for them",
      "λ by its own law",
      "% error",
      "expected cost",
    ],
    rows.map((row) => [
      sizeCount(row),
      whole(row.systemSize),
      ...names.map((name, i) => (row.far ? rangeText(row[name]) : estimateText(row[name], forms[i]))),
      orDash(row.expectedCost, costText),
    ]),
  );
}

/** What the prediction rests on, and what the growth means. */
function basisLines(row: SizePrediction): readonly string[] {
  const { features, growth, laws, swept } = row;
  const subject = sizeText(row);
  // Members of a family, such as powers with other logarithms, count together.
  const names = [...new Set(laws.map(({ name }) => name))];
  const weightOf = (law: ModelName) => laws.reduce((sum, { name, weight }) => sum + (name === law ? weight : 0), 0);
  const basis = names.map((name) => `${lawInWords(name)} (weight ${weightOf(name).toFixed(2)})`);
  const dictionary = `${significant(growth.overcompleteness, 3)} units for each number of an image`;
  const factors =
    growth.from === null || growth.activeUnits === null
      ? ""
      : `; from ${sizeText(row.imageSize === undefined ? { features: growth.from } : { features, imageSize: growth.from })}, units ×${significant(growth.features!, 3)}, active units ×${significant(growth.activeUnits, 3)}, percent active ×${significant(growth.percentActive!, 2)}`;
  return [
    `${subject}: ${dictionary}${factors}.`,
    ...(basis.length > 0
      ? [`${subject}: active units predicted by ${listing(basis)}, from ${counted(row.sizes, "size")}.`]
      : []),
    ...farLines(row),
    ...(swept ? [`${subject} was swept by the study: it is predicted from the other sizes.`] : []),
    ...(row.lambda === null && row.activeUnits !== null
      ? [
          `${subject}: ${row.imageSize === undefined ? "λ for the active units needs its network; leave --no-train out to train it" : "λ for the active units needs images of this side, and none were coded"}.`,
        ]
      : []),
  ];
}

function rangeText(estimate: Estimate | null): string {
  return estimate === null ? "–" : `${significant(estimate.low, 2)} to ${significant(estimate.high, 2)}`;
}

function farLines(row: SizePrediction): readonly string[] {
  if (!row.far) return [];
  return [
    `${sizeText(row)} is more than ${farTimes} times beyond the measured sizes: only ranges are given, which hold only if the laws do that far, which no measurement shows.`,
  ];
}

function verifiedLines(score: SizeScore): readonly string[] {
  const rows: readonly (readonly [string, PredictedQuantity])[] = [
    ["active units", score.activeUnits],
    ["% error", score.value],
    ["λ for the units", score.lambda],
    ["λ by its own law", score.lambdaDirect],
  ];
  const table = tableLines(
    [sizeText(score), "predicted", "measured", "off by %", "p of agreement"],
    rows.map(([name, { predicted, measured, difference }]) => [
      name,
      estimateText(predicted),
      estimateText(measured),
      difference === null ? "–" : estimateText(inPercent(difference.relative)),
      difference === null ? "–" : pText(difference.p),
    ]),
  );
  const costs = (Object.keys(strategyNames) as Strategy[]).map((name) => {
    const { lambda, cost } = score.strategies[name];
    return [strategyNames[name], orDash(lambda, (value) => significant(value, 3)), orDash(cost, costText)];
  });
  return [...table, "", ...tableLines(["λ chosen by", "λ", "extra error"], costs)];
}

function orDash(value: number | null, text: (value: number) => string): string {
  return value === null ? "–" : text(value);
}
