/**
 * What needs no phase transition, from the study's own curves: the slope of
 * percent active with size at each fixed λ, and the minimum of Stein's estimate
 * of the error, which never sees the clean image.
 */
import type { PooledCurves } from "../../scaling/curves.js";
import { pooledExtrema } from "../../scaling/extrema.js";
import { exponentOf, fitPowerLaw } from "../../scaling/powerlaw.js";
import { scalingOf } from "../../scaling/scaling.js";
import type { SizeData } from "../../scaling/types.js";
import type { PlanContext } from "../plan.js";
import type { SizeResults } from "../study.js";
import type { FixedLambdaSlope, TransitionRecord } from "./record.js";

/** b(λ) of p ~ L^b at every λ that all fitted sizes were swept at, λ falling. */
export function fixedLambdaSlopes(results: readonly SizeResults[], plan: PlanContext): FixedLambdaSlope[] {
  const sizes = fittedOf(results, plan).map(({ sweep }) => sweep!.measured);
  if (sizes.length < 3) return [];
  const shared = Array.from(sizes[0].control).filter((lambda) =>
    sizes.every(({ control }) => control.includes(lambda)),
  );
  return shared.reverse().flatMap((lambda) => {
    const data = activeAt(sizes, lambda);
    const law = data && fitPowerLaw(data);
    return law ? [{ lambda, sizes: sizes.length, slope: exponentOf(law) }] : [];
  });
}

function fittedOf(results: readonly SizeResults[], { settings }: PlanContext): readonly SizeResults[] {
  return results.filter(({ features }) => settings.features.includes(features));
}

/**
 * ln p of every size at one λ. Errors are those of the seeds, pooled over sizes
 * and divided by their number; with one seed, the scatter around the line. Null
 * where a size has no active unit.
 */
function activeAt(sizes: readonly PooledCurves[], lambda: number): SizeData | null {
  const logs = sizes.map(({ control, replicates }) =>
    replicates.map(({ means }) => Math.log(means.percentActive[control.indexOf(lambda)])),
  );
  if (!logs.flat().every(Number.isFinite)) return null;
  const means = logs.map((seeds) => seeds.reduce((sum, value) => sum + value, 0) / seeds.length);
  const dof = logs.reduce((sum, seeds) => sum + seeds.length - 1, 0);
  const squares = logs.reduce((sum, seeds, i) => sum + seeds.reduce((s, v) => s + (v - means[i]) ** 2, 0), 0);
  const known = dof > 0 && squares > 0;
  const variance = known ? squares / dof : 1;
  return {
    quantity: "percentActive",
    sizes: sizes.map(({ size }) => size),
    logs: means,
    covariance: sizes.map(({ replicates }, i) =>
      sizes.map((_, j) => (i === j ? variance / (known ? replicates.length : 1) : 0)),
    ),
    dof: known ? dof : 0,
    replicateVariance: known ? variance : null,
    errors: known ? "replicates" : "none",
  };
}

/** Minima of SURE and how percent active there goes with size, by the same cubic and the same laws as the error's. */
export function sureScaling(results: readonly SizeResults[], plan: PlanContext): TransitionRecord["sure"] {
  const fitted = fittedOf(results, plan);
  const options = { extremum: "min", controlScale: "log", seed: plan.settings.seed } as const;
  const of = (sizes: readonly SizeResults[]) =>
    pooledExtrema(
      sizes.map(({ sweep }) => sweep!.sure!),
      options,
    );
  const [all, set] = [of(results), of(fitted)];
  const law = scalingOf(set, "percentActive", plan.laws);
  return {
    verdict: law.verdict,
    // Of the straight line, as at the true minimum: an exponent of another law is no slope to compare with that.
    slope: law.powerLaw?.exponent ?? null,
    minima: results.map(({ features }, i) => ({
      features,
      lambda: all.extrema[i].location,
      percentActive: all.extrema[i].companions.percentActive ?? null,
    })),
  };
}
