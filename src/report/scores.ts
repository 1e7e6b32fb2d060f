/**
 * How well the sizes predict one another: each held out once, and what the ways
 * to choose λ would have cost. In the study's report, below its prediction.
 */
import { sizeNumber } from "../study/axis.js";
import type { PredictedQuantity, ScoresRecord, Strategy, StudyRecord } from "../study/record.js";
import { type Row, table } from "./html.js";
import { fixed, intervalText, valueText } from "./numbers.js";
import { sizeHead } from "./tables.js";

export const strategyNames: Readonly<Record<Strategy, string>> = {
  predicted: "the predicted active units",
  direct: "its own power law",
  largest: "the largest other size’s best",
  constantUnits: "the others’ mean active units",
  sure: "SURE on the noisy images",
};

/** "0.42%", "15%", "below 0.01%": extra error. */
export function extraError(percent: number): string {
  return percent < 0.005 ? "below 0.01%" : `${fixed(percent, percent < 9.95 ? 2 : 0)}%`;
}

const strategies = Object.keys(strategyNames) as Strategy[];

/** Both tables, or nothing where no size could be held out (or the record is older than they are). */
export function scoreTables({ scores, settings }: StudyRecord): string {
  if (!scores || scores.leaveOneOut.length === 0) return "";
  return `<div class="grid" style="margin-top:24px"><div class="c6">${heldOutTable(scores, sizeHead(settings))}</div><div class="c6">${costTable(scores)}</div></div>`;
}

function heldOutTable({ leaveOneOut, summary }: ScoresRecord, head: string): string {
  const cells = ({ difference }: PredictedQuantity): string[] => {
    if (difference === null) return ["", ""];
    const { value, low, high } = difference.relative;
    const percent = { value: 100 * value, low: 100 * low, high: 100 * high };
    return [valueText(percent), intervalText(percent)];
  };
  const rows: Row[] = leaveOneOut.map((score) => ({
    cells: [
      String(sizeNumber(score)),
      ...cells(score.activeUnits),
      ...cells(score.percentError),
      ...cells(score.lambda),
    ],
  }));
  const count = (name: "activeUnits" | "percentError" | "lambda"): string[] => {
    const { agreeing, tested } = summary.quantities[name];
    return [tested === 0 ? "" : `${agreeing} of ${tested}`, ""];
  };
  const agree = {
    cells: ["agree", ...count("activeUnits"), ...count("percentError"), ...count("lambda")],
    names: "beside",
  };
  const title = `<h2>Each size predicted from the others.</h2> <span class="grey">Measured over predicted, less 1, in percent, with 95% of the difference.</span>`;
  const heads = ["Active units", "Error", "Best _λ_"].flatMap((head) => [
    { head, numeric: true },
    { head: "95%", numeric: true, phone: false },
  ]);
  return table(title, [{ head }, ...heads], [...rows, agree]);
}

function costTable({ leaveOneOut, leaveLargestOut, summary }: ScoresRecord): string {
  const cost = (value: number | null): string => (value === null ? "not measured" : extraError(value));
  const rows = strategies.map((name): Row => {
    const { mean, most, sizes } = summary.costs[name];
    const largest = leaveLargestOut?.strategies[name].cost ?? null;
    return { cells: [strategyNames[name], cost(largest), cost(mean), cost(most), `${sizes} of ${leaveOneOut.length}`] };
  });
  const at = leaveLargestOut === null ? "Largest" : `At ${sizeNumber(leaveLargestOut)}`;
  const title = `<h2>What each choice of <i>λ</i> costs.</h2> <span class="grey">Extra error in percent of the least, where the size was held out.</span>`;
  const heads: readonly { head: string; numeric: boolean; phone?: boolean }[] = [
    { head: at, numeric: true },
    { head: "Mean", numeric: true },
    { head: "Most", numeric: true, phone: false },
    { head: "Sizes", numeric: true, phone: false },
  ];
  return table(title, [{ head: "_λ_ by" }, ...heads], rows);
}
