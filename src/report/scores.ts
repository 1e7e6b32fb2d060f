/**
 * How well the sizes predict one another: each held out once, and what the ways
 * to choose λ would have cost. In the study's report, below its prediction.
 */
import { sizeCount } from "../study/axis.js";
import type { PredictedQuantity, ScoresRecord, Strategy, StudyRecord } from "../study/record.js";
import { beside, estimateCells, numeric, type Row, table, withInterval } from "./html.js";
import { costText, inPercent } from "./numbers.js";
import { sizeHead } from "./tables.js";

/** How λ is chosen, as it stands after "λ by". */
export const strategyNames: Readonly<Record<Strategy, string>> = {
  predicted: "the predicted active units",
  direct: "its own power law",
  largest: "the largest other size’s best",
  constantUnits: "the others’ mean active units",
  sure: "SURE on the noisy images",
};

const strategies = Object.keys(strategyNames) as Strategy[];
const quantities = ["activeUnits", "value", "lambda"] as const;

/** Both tables, or nothing where no size could be held out (or the record is older than they are). */
export function scoreTables({ scores, settings }: StudyRecord): string {
  if (!scores || scores.leaveOneOut.length === 0) return "";
  return beside(heldOutTable(scores, sizeHead(settings)), costTable(scores));
}

/** How far each size lies from what the others predict, and how many agree. */
function heldOutTable({ leaveOneOut, summary }: ScoresRecord, head: string): string {
  const off = ({ difference }: PredictedQuantity) => estimateCells(difference && inPercent(difference.relative));
  const rows: Row[] = leaveOneOut.map((score) => ({
    cells: [sizeCount(score), ...quantities.flatMap((name) => off(score[name]))],
  }));
  const agreeing = quantities.flatMap((name) => {
    const { agreeing, tested } = summary.quantities[name];
    return [tested === 0 ? "" : `${agreeing} of ${tested}`, ""];
  });
  const heads = ["Active units", "Error", "Best _λ_"].flatMap(withInterval);
  return table([{ head }, ...heads], [...rows, { cells: ["agree", ...agreeing], names: "beside" }], {
    title: "Each size predicted from the others.",
    note: "Measured divided by predicted, minus 1, in percent, with the 95% interval of this difference.",
  });
}

/** Extra error by the way λ is chosen: at the largest size, on average, at most. */
function costTable({ leaveOneOut, leaveLargestOut, summary }: ScoresRecord): string {
  const cost = (value: number | null): string => (value === null ? "not measured" : costText(value));
  const rows = strategies.map((name): Row => {
    const { mean, most, sizes } = summary.costs[name];
    const largest = leaveLargestOut?.strategies[name].cost ?? null;
    return { cells: [strategyNames[name], cost(largest), cost(mean), cost(most), `${sizes} of ${leaveOneOut.length}`] };
  });
  const at = leaveLargestOut === null ? "Largest" : `At ${sizeCount(leaveLargestOut)}`;
  const wide = ["Most", "Sizes"].map((head) => ({ ...numeric(head), phone: false }));
  return table([{ head: "_λ_ by" }, numeric(at), numeric("Mean"), ...wide], rows, {
    title: "What each choice of _λ_ costs.",
    note: "Extra error in percent of the least error, at a size that was held out.",
  });
}
