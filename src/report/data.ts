/** The data behind each figure of a study, as tables: every number a figure draws can be read and copied. */
import { sizeCount, sizeWords } from "../study/axis.js";
import type { PredictionRecord, StudyRecord } from "../study/record.js";
import { predictedRows } from "./figures/prediction.js";
import { estimateCells, numeric, table } from "./html.js";
import { costText, significant, whole } from "./numbers.js";
import { markedSize } from "./sizes.js";
import { sizeHead } from "./tables.js";

/** Every point of every curve. */
export function curveData(study: StudyRecord): string {
  const heads = ["_λ_", "Active, %", "Active units", "Error, %"].map(numeric);
  const tables = study.curves.map((curve) => {
    const rows = curve.lambda.map((lambda, i) => ({
      cells: [
        significant(lambda, 4),
        significant(curve.percentActive[i], 4),
        significant(curve.activeUnits[i], 4),
        significant(curve.value[i], 5),
      ],
    }));
    return table(heads, rows, { title: sizeWords(curve), plain: true });
  });
  return tables.join("");
}

/** Every size's minimum, and whether the fits use it. */
export function minimumData({ minima, settings }: StudyRecord): string {
  if (minima.length === 0) return "";
  const rows = minima.map((m) => ({
    cells: [
      sizeCount(m),
      whole(m.systemSize),
      m.status === "interior" ? (m.leftOut ? "left out" : "in the fit") : `no: ${m.status}`,
      ...[m.lambda, m.percentActive, m.activeUnits, m.value].flatMap(estimateCells),
    ],
  }));
  const quantities = ["Best _λ_", "Active, %", "Active units", "Error, %"];
  const heads = ["Units _L_", "Used", ...quantities.flatMap((head) => [head, "95%"])].map(numeric);
  return table([{ head: sizeHead(settings) }, ...heads], rows, { title: "Minima", plain: true });
}

/** Slopes between neighbouring sizes. */
export function slopeData({ location, value, lambda, activeUnits }: StudyRecord): string {
  const rows = [location, value, lambda, activeUnits].flatMap(({ quantity, localSlopes }) =>
    localSlopes.map(({ from, to, slope }) => ({
      cells: [quantity, `${whole(from)} to ${whole(to)}`, ...estimateCells(slope)],
    })),
  );
  if (rows.length === 0) return "";
  const heads = ["Between units", "Slope", "95%"].map(numeric);
  return table([{ head: "Quantity" }, ...heads], rows, { title: "Local slopes", plain: true });
}

/** The left-out size: predicted and measured, and what another λ costs there. */
export function predictionData(prediction: PredictionRecord): string {
  const rows = predictedRows(prediction).map(({ name, predicted, measured }) => ({
    cells: [name, ...estimateCells(predicted), ...estimateCells(measured)],
  }));
  const heads = ["Predicted", "95%", "Measured", "95%"].map(numeric);
  const { borrowed, curve } = prediction.cost;
  const lent = borrowed.map((b) => ({
    cells: [`best of ${markedSize(b)}`, significant(b.lambda, 3), b.cost === null ? "not measured" : costText(b.cost)],
  }));
  const costs = curve.map(({ ratio, cost }) => ({ cells: [significant(ratio, 4), significant(cost, 3)] }));
  return [
    table([{ head: "Quantity" }, ...heads], rows, { title: "Predicted and measured", plain: true }),
    lent.length === 0
      ? ""
      : table([{ head: "From" }, numeric("_λ_"), numeric("Extra error")], lent, { title: "Borrowed _λ_", plain: true }),
    curve.length === 0
      ? ""
      : table(["_λ_ / best _λ_", "Extra error, %"].map(numeric), costs, { title: "Cost curve", plain: true }),
  ].join("");
}

/** How often each atom is active, most used first. */
export function useData(use: readonly number[]): string {
  const order = use.map((fraction, atom) => ({ fraction, atom })).sort((a, b) => b.fraction - a.fraction);
  const rows = order.map(({ fraction, atom }, i) => ({
    cells: [whole(i + 1), whole(atom), significant(100 * fraction, 3)],
  }));
  return table(["Rank", "Atom", "Positions, %"].map(numeric), rows, { title: "Use of atoms", plain: true });
}
