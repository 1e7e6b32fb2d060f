/** The findings that stand as captions above Figures 1 to 3 of a study; no direction is claimed that may be chance. */
import type { Estimate } from "../scaling/types.js";
import { sizeWords } from "../study/axis.js";
import type { StudyRecord } from "../study/record.js";
import { percent, predictionHolds } from "./findings.js";
import { verdictName } from "./laws.js";
import { costText, hasInterval, howMany, inPercent, inWords, pClause, tickText } from "./numbers.js";
import { interior, type Size } from "./sizes.js";

/** Figure 1: how many sizes have a best sparsity, and how it moves with size. */
export function curvesFinding(sizes: readonly Size[]): string {
  const found = sizes.flatMap((size) => interior(size) ?? []);
  const measured = sizes.filter(({ minimum }) => minimum !== null);
  if (measured.length === 0) return "No curve is measured to its end yet.";
  if (measured.length < sizes.length) return curvesSoFar(found.length, measured.length);
  if (found.length === 0) return "No size has a best sparsity inside its grid yet.";
  if (found.length < sizes.length) {
    return `${howMany(found.length)} of ${inWords(sizes.length)} sizes ${found.length === 1 ? "has" : "have"} a best sparsity inside the grid.`;
  }
  const what = sizes[0].imageSize === undefined ? "networks" : "images";
  const [first, last] = [sizes[0], sizes[sizes.length - 1]].map(({ minimum }) => minimum!.percentActive!);
  // Intervals of the ends that meet: what looks like a direction may be chance.
  if (first.low <= last.high && last.low <= first.high) return "Every size has one best sparsity.";
  const steps = found.slice(1).map((m, i) => Math.sign(m.percentActive - found[i].percentActive));
  const share = [...new Set(steps)].map((sign) => (sign < 0 ? "smaller" : "larger"));
  if (share.length === 1 && !steps.includes(0))
    return `Every size has one best sparsity; larger ${what} work best with a ${share[0]} share of active units.`;
  return "Every size has one best sparsity.";
}

/** Of a study that is not finished, only curves that are measured to the end are counted. */
function curvesSoFar(found: number, measured: number): string {
  const end = "best sparsity inside the grid.";
  if (measured === 1) return `The one size measured so far has ${found === 0 ? "no" : "a"} ${end}`;
  if (found === measured) return `Each of the ${inWords(measured)} sizes measured so far has a ${end}`;
  return `${howMany(found)} of the ${inWords(measured)} sizes measured so far ${found < 2 ? "has" : "have"} a ${end}`;
}

/** Figure 2: whether percent active follows a power law, and over what; how the error moves. */
export function scalingFinding(study: StudyRecord, sizes: readonly Size[]): string {
  const Ls = sizes.flatMap((size) => (interior(size) === null ? [] : (size.systemSize ?? [])));
  if (study.location.powerLaw === null || Ls.length < 2) return "Too few minima for a fit.";
  const factor = tickText(Number((Math.max(...Ls) / Math.min(...Ls)).toPrecision(2)));
  const { law, verdict, exponent } = study.location;
  const name = verdictName(law ? verdict : "power-law");
  const active =
    exponent === null && !law
      ? "Percent active is not shown to follow a power law"
      : `Percent active follows ${name} over a factor of ${factor} in size`;
  const slope = study.value.powerLaw?.exponent;
  return slope && hasInterval(slope) ? `${active}; ${errorMoves(slope)}.` : `${active}.`;
}

/** A direction only where the interval of the slope excludes 0; little where all of the interval is small. */
function errorMoves({ value, low, high }: Estimate): string {
  if (Math.abs(value) < 0.025 && low > -0.05 && high < 0.05) return "the error barely moves";
  if (low > 0 || high < 0) return `the error ${value < 0 ? "falls" : "rises"} with size`;
  return "whether the error moves with size stays open";
}

/** Figure 3: what running at the predicted λ costs, and whether the active units came out as predicted. */
export function predictionFinding(study: StudyRecord): string {
  const { prediction } = study;
  if (prediction === null) return "";
  const at = sizeWords(prediction);
  const { predicted } = prediction.cost;
  const units = unitsFinding(study);
  if (predicted === null) return units === null ? `The prediction for ${at} is not tested.` : `At ${at} ${units}.`;
  const costs = `At ${at} running at the predicted _λ_ costs ${costText(predicted)} more error than the best`;
  return `${costs}; ${units ?? "the number of active units is not tested"}.`;
}

/** The second half of it; null where predicted and measured cannot be compared. */
function unitsFinding(study: StudyRecord): string | null {
  const difference = study.prediction?.percentActive.difference ?? null;
  if (difference === null) return null;
  const off = `off by ${percent(inPercent(difference.relative))}`;
  const holds = predictionHolds(study);
  if (holds === null) return `active units are known too poorly to test it (${off})`;
  return holds ? `active units come out as predicted (${off})` : `active units are ${off} (${pClause(difference.p)})`;
}
