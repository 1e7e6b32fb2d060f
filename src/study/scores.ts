/**
 * How well the sizes of a study predict one another, and what a wrong λ costs:
 *
 *   cost(λ) = 100·(E(λ)/E(λ*) − 1)   on the held-out size's own measured curve.
 *
 * The prediction (active units from the other sizes, then λ by the pilot) stands
 * beside simpler ways to choose λ: λ's own power law, λ* of the largest other
 * size, the others' mean number of active units, SURE on the noisy images.
 */
import type { LawChoice } from "../scaling/law-choice.js";
import { predictAt } from "../scaling/predict.js";
import { keepSet } from "../scaling/subset.js";
import type { Estimate, ExtremaSet } from "../scaling/types.js";
import { nameOf, sizeText } from "./axis.js";
import { costCurve } from "./cost-curve.js";
import type { SizeCurves } from "./curves.js";
import { differenceOfSize, lambdaFor, solvedDifference } from "./prediction.js";
import type { PredictedQuantity, ScoreSummary, ScoresRecord, SizeScore, Strategy } from "./record.js";

/** Sizes needed besides the one held out. */
const fewest = 3;

/** Which laws predict; `told` hears which size is held out. */
type ScoreOptions = { readonly laws?: LawChoice; readonly told?: (part: string) => void };

/** Every size with an interior minimum held out once, from all others that have one. */
export function scoresOf(
  sizes: readonly SizeCurves[],
  all: ExtremaSet,
  { laws, told = () => {} }: ScoreOptions = {},
): ScoresRecord {
  const inside = sizes.filter(({ systemSize }) => minimumAt(all, systemSize) !== null);
  const leaveOneOut = inside.flatMap((size) => {
    told(`how the others predict ${sizeText(size)}`);
    return scoreSize(size, all, laws) ?? [];
  });
  const largest = inside.at(-1);
  return {
    leaveLargestOut: leaveOneOut.find(({ systemSize }) => systemSize === largest?.systemSize) ?? null,
    leaveOneOut,
    summary: summaryOf(leaveOneOut),
  };
}

/** One size scored; null without an interior minimum there, or with fewer than three others. */
export function scoreSize(size: SizeCurves, all: ExtremaSet, laws: LawChoice = {}): SizeScore | null {
  const L = size.systemSize;
  const others = keepSet(all, (other) => other !== L);
  const best = minimumAt(all, L);
  if (best === null || (others.data.location?.sizes.length ?? 0) < fewest) return null;
  const compared = (quantity: string, measured: Estimate | null, law: "weighted" | "power-law" = "weighted") => ({
    predicted: others.data[quantity] ? (predictAt(others, quantity, L, { ...laws, law })?.replicate ?? null) : null,
    measured,
    difference: differenceOfSize(all, quantity, L, { ...laws, law }),
  });
  const units = compared("activeUnits", best.companions.activeUnits ?? null);
  const solved = units.predicted && lambdaFor(units.predicted, size.pilot);
  const direct = compared("location", best.location, "power-law");
  return {
    ...nameOf(size),
    systemSize: L,
    activeUnits: units,
    value: compared("value", best.value),
    lambda: { predicted: solved, measured: best.location, difference: solvedDifference(solved, best.location) },
    lambdaDirect: direct,
    strategies: strategiesOf(size, best.location!.value, {
      predicted: solved?.value ?? null,
      direct: direct.predicted?.value ?? null,
      largest: others.extrema.findLast(({ location }) => location !== null)?.location?.value ?? null,
      constantUnits: constantUnits(size, others),
      sure: size.sureLambda,
    }),
  };
}

function minimumAt(set: ExtremaSet, systemSize: number) {
  return set.extrema.find(({ size, status }) => size === systemSize && status === "interior") ?? null;
}

/** λ at which as many units are active as in the other sizes on (geometric) average. */
function constantUnits({ pilot }: SizeCurves, others: ExtremaSet): number | null {
  const logs = others.data.activeUnits?.logs ?? [];
  if (logs.length === 0) return null;
  const value = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  return lambdaFor({ value, low: value, high: value }, pilot)?.value ?? null;
}

function strategiesOf(
  size: SizeCurves,
  best: number,
  lambdas: Readonly<Record<Strategy, number | null>>,
): SizeScore["strategies"] {
  const { costAt } = costCurve(size.wide, best);
  const of = (lambda: number | null) => ({ lambda, cost: lambda === null ? null : costAt(lambda) });
  return {
    predicted: of(lambdas.predicted),
    direct: of(lambdas.direct),
    largest: of(lambdas.largest),
    constantUnits: of(lambdas.constantUnits),
    sure: of(lambdas.sure),
  };
}

function summaryOf(scores: readonly SizeScore[]): ScoreSummary {
  const errors = (name: "activeUnits" | "value" | "lambda" | "lambdaDirect") => {
    const quantities = scores.map((score): PredictedQuantity => score[name]);
    const tested = quantities.flatMap(({ difference }) => difference ?? []);
    const off = quantities.flatMap(({ predicted, measured }) =>
      predicted && measured ? [100 * Math.abs(measured.value / predicted.value - 1)] : [],
    );
    return { meanError: meanOf(off), agreeing: tested.filter(({ p }) => p >= 0.05).length, tested: tested.length };
  };
  const costs = (name: Strategy) => {
    const found = scores.flatMap(({ strategies }) => strategies[name].cost ?? []);
    return { mean: meanOf(found), most: found.length === 0 ? null : Math.max(...found), sizes: found.length };
  };
  return {
    quantities: {
      activeUnits: errors("activeUnits"),
      value: errors("value"),
      lambda: errors("lambda"),
      lambdaDirect: errors("lambdaDirect"),
    },
    costs: {
      predicted: costs("predicted"),
      direct: costs("direct"),
      largest: costs("largest"),
      constantUnits: costs("constantUnits"),
      sure: costs("sure"),
    },
  };
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
