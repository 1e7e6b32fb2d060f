/** The data behind each figure, as tables: every number a figure draws can be read and copied. */
import type { Estimate } from "../scaling/types.js";
import { sizeNumber, sizeWords } from "../study/axis.js";
import type { PredictionRecord, StudyRecord } from "../study/record.js";
import { predictedRows } from "./figures/prediction.js";
import { table } from "./html.js";
import { rich } from "./markup.js";
import { intervalText, significant, valueText, whole } from "./numbers.js";
import { markedSize } from "./sizes.js";
import { sizeHead } from "./tables.js";

const numeric = (head: string) => ({ head, numeric: true });

export function curveData(study: StudyRecord): string {
  return study.curves
    .map((curve) => {
      const rows = curve.lambda.map((lambda, i) => ({
        cells: [
          significant(lambda, 4),
          significant(curve.percentActive[i], 4),
          significant(curve.activeUnits[i], 4),
          significant(curve.percentError[i], 5),
        ],
      }));
      const heads = [numeric("_λ_"), numeric("Active, %"), numeric("Active units"), numeric("Error, %")];
      return table(`<b>${sizeWords(curve)}</b>`, heads, rows);
    })
    .join("");
}

export function minimumData(study: StudyRecord): string {
  if (study.minima.length === 0) return "";
  const cells = (e: Estimate | null) => (e === null ? ["", ""] : [valueText(e), intervalText(e)]);
  const rows = study.minima.map((m) => ({
    cells: [
      String(sizeNumber(m)),
      whole(m.systemSize),
      m.status === "interior" ? (m.leftOut ? "left out" : "in the fit") : `no: ${m.status}`,
      ...cells(m.lambda),
      ...cells(m.percentActive),
      ...cells(m.activeUnits),
      ...cells(m.percentError),
    ],
  }));
  const heads = ["Units _L_", "Used", "Best _λ_", "95%", "Active, %", "95%", "Active units", "95%", "Error, %", "95%"];
  return table("<b>Minima</b>", [{ head: sizeHead(study.settings) }, ...heads.map(numeric)], rows);
}

export function slopeData(study: StudyRecord): string {
  const fits = [study.location, study.value, study.lambdaLocation, study.activeUnits];
  const rows = fits.flatMap((fit) =>
    fit.localSlopes.map((local) => ({
      cells: [
        { html: rich(fit.quantity) },
        `${whole(local.from)} to ${whole(local.to)}`,
        valueText(local.slope),
        intervalText(local.slope),
      ],
    })),
  );
  if (rows.length === 0) return "";
  return table(
    "<b>Local slopes</b>",
    [{ head: "Quantity" }, numeric("Between units"), numeric("Slope"), numeric("95%")],
    rows,
  );
}

export function predictionData(prediction: PredictionRecord): string {
  const rows = predictedRows(prediction).map((row) => ({
    cells: [
      row.name,
      valueText(row.predicted),
      intervalText(row.predicted),
      valueText(row.measured),
      intervalText(row.measured),
    ],
  }));
  const heads = ["Predicted", "95%", "Measured", "95%"].map(numeric);
  const borrowed = prediction.cost.borrowed.map((b) => ({
    cells: [
      `best of ${markedSize(b)}`,
      significant(b.lambda, 3),
      b.cost === null ? "not measured" : significant(b.cost, 2),
    ],
  }));
  const curve = prediction.cost.curve.map((point) => ({
    cells: [significant(point.ratio, 4), significant(point.cost, 3)],
  }));
  return [
    table("<b>Predicted and measured</b>", [{ head: "Quantity" }, ...heads], rows),
    borrowed.length === 0
      ? ""
      : table(
          "<b>Borrowed _λ_</b>".replace("_λ_", "<i>λ</i>"),
          [{ head: "From" }, numeric("_λ_"), numeric("Extra error, %")],
          borrowed,
        ),
    curve.length === 0 ? "" : table("<b>Cost curve</b>", [numeric("_λ_ / best _λ_"), numeric("Extra error, %")], curve),
  ].join("");
}

export function useData(use: readonly number[]): string {
  const order = use.map((fraction, atom) => ({ fraction, atom })).sort((a, b) => b.fraction - a.fraction);
  const rows = order.map(({ fraction, atom }, i) => ({
    cells: [String(i + 1), String(atom), significant(100 * fraction, 3)],
  }));
  return table("<b>Use of atoms</b>", [numeric("Rank"), numeric("Atom"), numeric("Positions, %")], rows);
}
