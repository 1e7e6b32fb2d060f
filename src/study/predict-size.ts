/**
 * A size that a finished study never swept: active units from the laws of the
 * sizes it has, then, once the network is there, the λ that gives them on a few
 * held-out images; what a wrong λ is expected to cost; what the growth of the
 * dictionary means. A size that the study has swept is predicted from the others.
 */
import { CrispError } from "../core/errors.js";
import { imageLength, systemSize } from "../core/geometry.js";
import { grouped } from "../core/words.js";
import { predictAt } from "../scaling/predict.js";
import { keepSet } from "../scaling/subset.js";
import type { Estimate, ModelName } from "../scaling/types.js";
import { curvesOf, extremaOf } from "./analyse.js";
import { growsImages, nameOf, type SizeName, sameSize, sizeNumber, sizeText } from "./axis.js";
import { costCurve } from "./cost-curve.js";
import type { MeanCurve } from "./curves.js";
import { sameImages } from "./paired.js";
import { geometryOf, type PlanContext } from "./plan.js";
import { atMost, percentOf } from "./prediction.js";
import type { SizeScore } from "./record.js";
import { scoreSize } from "./scores.js";
import type { SizeResults } from "./study.js";

/** The optimum expected at a size, each number with the 95 % interval of one newly trained network. */
export type PredictionForSize = SizeName & {
  readonly systemSize: number;
  /** Whether the study has swept this size; its measurement is then left out of the prediction. */
  readonly swept: boolean;
  readonly activeUnits: Estimate | null;
  readonly percentActive: Estimate | null;
  readonly value: Estimate | null;
  /** λ by its own power law; the λ that gives the active units needs the network itself. */
  readonly lambdaDirect: Estimate | null;
  /** Laws averaged for the active units, with their weights. */
  readonly laws: readonly { readonly name: ModelName; readonly weight: number }[];
  /** Sizes that the prediction rests on. */
  readonly sizes: number;
  readonly growth: Growth;
  /** More than 8 times beyond the sizes it rests on: only the interval is meant, and only if the laws hold that far. */
  readonly far: boolean;
};

/** Beyond this many times the largest measured size, or below the smallest, a law has not been seen to hold. */
export const farTimes = 8;
/** An interval of active units this many times as wide as its lower end says nothing. */
const widest = 100;

/** What this dictionary is, beside the largest other size with a minimum. */
export type Growth = {
  /** Units a number of the image: L/(height·width·channels). */
  readonly overcompleteness: number;
  /** The size compared with (its side where images grow), and the factors from there; null without one. */
  readonly from: number | null;
  /** Factor of L: of features, or of positions where images grow. */
  readonly features: number | null;
  readonly activeUnits: number | null;
  readonly percentActive: number | null;
};

/** Predictions from all other sizes with an interior minimum, left-out ones included: they are measured now. */
export function predictSizes(
  results: readonly SizeResults[],
  plan: PlanContext,
  asked: readonly SizeName[],
): PredictionForSize[] {
  const sizes = results.map((size) => curvesOf(size, plan));
  const all = extremaOf(sizes, plan.settings.seed);
  return asked.map((name): PredictionForSize => {
    const geometry = geometryOf(plan, name);
    const L = systemSize(geometry);
    const set = keepSet(all, (size) => size !== L);
    const at = (quantity: string, law: "weighted" | "power-law" = "weighted") =>
      set.data[quantity] === undefined ? null : predictAt(set, quantity, L, { ...plan.laws, law });
    const units = at("activeUnits");
    const measured = set.data.activeUnits?.sizes ?? [];
    if (units) demandSaid(name, units.replicate, { L, measured });
    const k = units && atMost(units.replicate, L);
    const nearest = set.extrema.findLast(({ companions }) => companions.activeUnits != null);
    const factor = (value: number | undefined, from: number | undefined) =>
      value === undefined || from === undefined ? null : value / from;
    const fromSize = sizes.find(({ systemSize: size }) => size === nearest?.size);
    const unitFactor = factor(k?.value, nearest?.companions.activeUnits?.value);
    return {
      ...nameOf(name),
      systemSize: L,
      swept: all.extrema.some(({ size }) => size === L),
      activeUnits: k,
      percentActive: k && percentOf(k, L),
      value: at("value")?.replicate ?? null,
      lambdaDirect: at("location", "power-law")?.replicate ?? null,
      laws: units?.basis ?? [],
      sizes: measured.length,
      far: measured.length > 0 && timesBeyond(L, measured) > farTimes,
      growth: {
        overcompleteness: L / imageLength(geometry),
        from: fromSize === undefined ? null : sizeNumber(fromSize),
        features: factor(L, nearest?.size),
        activeUnits: unitFactor,
        percentActive: unitFactor === null ? null : (unitFactor * nearest!.size) / L,
      },
    };
  });
}

/** How many times a size is beyond the largest of others, or below the smallest; 1 or less between them. */
function timesBeyond(L: number, measured: readonly number[]): number {
  return Math.max(L / Math.max(...measured), Math.min(...measured) / L);
}

/** @throws CrispError `check` where the laws, carried far, give more active units than units or leave them open */
function demandSaid(asked: SizeName, units: Estimate, { L, measured }: { L: number; measured: readonly number[] }) {
  const { value, low, high } = units;
  if (timesBeyond(L, measured) <= farTimes || (value <= L && high <= widest * low)) return;
  const fault =
    value > L
      ? `they give ${value.toPrecision(2)} active units of ${grouped(L)}`
      : `they leave its active units open between ${low.toPrecision(2)} and ${high.toPrecision(2)}`;
  throw new CrispError(
    "check",
    `the study's laws say nothing of ${sizeText(asked)}, which is ${timesBeyond(L, measured).toPrecision(2)} times beyond the measured sizes: ${fault}. Ask for a size nearer to those, or measure larger ones with crisp run.`,
  );
}

/** Points of the normal distribution over which a cost is averaged. */
const quantiles = 201;

/** A swept size with an interior minimum: its curve, and its best λ. */
export type Costed = { readonly systemSize: number; readonly curve: MeanCurve; readonly best: number };

/** The swept sizes on whose curves a cost can be expected. */
export function costedSizes(results: readonly SizeResults[], plan: PlanContext): Costed[] {
  const sizes = results.map((size) => curvesOf(size, plan));
  const { extrema } = extremaOf(sizes, plan.settings.seed);
  return sizes.flatMap(({ systemSize: L, wide }) => {
    const best = extrema.find(({ size, status }) => size === L && status === "interior")?.location;
    return best ? [{ systemSize: L, curve: wide, best: best.value }] : [];
  });
}

/**
 * Cost expected of running at a predicted λ, in percent of the least error:
 * the mean of cost(λ) over ln λ normal with the interval's deviation, on the
 * curve of the largest swept size other than this one, taken about its best λ.
 * Beyond that curve's ends its end counts. Null without an interval or a curve.
 */
export function expectedCost(lambda: Estimate | null, sizes: readonly Costed[], systemSize: number): number | null {
  const size = sizes.findLast((other) => other.systemSize !== systemSize);
  if (lambda === null || size === undefined || !(lambda.high > lambda.low)) return null;
  const deviation = Math.log(lambda.high / lambda.low) / (2 * 1.96);
  const { best } = size;
  const curve = costCurve(size.curve, best);
  const first = curve.points[0].ratio;
  const last = curve.points[curve.points.length - 1].ratio;
  let [sum, weights] = [0, 0];
  for (let i = 0; i < quantiles; i++) {
    const z = -4 + (8 * i) / (quantiles - 1);
    const ratio = Math.min(last * (1 - 1e-12), Math.max(first * (1 + 1e-12), Math.exp(z * deviation)));
    const weight = Math.exp((-z * z) / 2);
    sum += weight * (curve.costAt(ratio * best) ?? 0);
    weights += weight;
  }
  return sum / weights;
}

/** A size that has been swept by now, scored against what the study's other sizes predict. */
export function verifySize(
  results: readonly SizeResults[],
  measured: SizeResults,
  plan: PlanContext,
): SizeScore | null {
  const all = [...results.filter((size) => !sameSize(size, measured)), measured];
  const compared = growsImages(plan.settings) ? sameImages(all) : all;
  const sizes = compared.map((size) => curvesOf(size, plan)).sort((a, b) => a.systemSize - b.systemSize);
  const size = sizes.find((one) => sameSize(one, measured))!;
  return scoreSize(size, extremaOf(sizes, plan.settings.seed), plan.laws);
}
