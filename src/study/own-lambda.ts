/**
 * λ while training, size by size: a size's dictionary is then learned at the sparsity at which it will be used.
 * The λ's come from a study trained at one λ (or from a guess of the user's) and are settings like others, so the
 * plan stays a function of settings and results, and a dictionary trained at some λ is the same item whichever way
 * its study came to that λ.
 */
import { CrispError } from "../core/errors.js";
import type { StudyRecord } from "./record.js";
import type { LambdaBySize, LearningSettings } from "./settings.js";

/** How the dictionary of a size is learned: at the λ of that size, where sizes have their own. */
export function learningAt({ lambdaBySize, ...learning }: LearningSettings, features: number): LearningSettings {
  return lambdaBySize ? { ...learning, lambda: lambdaAt(lambdaBySize, features) } : learning;
}

/**
 * λ of a size: its own, else on the straight line of ln λ against ln F through the nearest two, to three digits.
 */
function lambdaAt(pairs: LambdaBySize, features: number): number {
  const own = pairs.find(([known]) => known === features);
  if (own) return own[1];
  const distance = ([known]: LambdaBySize[number]) => Math.abs(Math.log(known / features));
  const [a, b = a] = [...pairs].sort((x, y) => distance(x) - distance(y));
  const slope = a === b ? 0 : Math.log(b[1] / a[1]) / Math.log(b[0] / a[0]);
  return Number((a[1] * (features / a[0]) ** slope).toPrecision(3));
}

/**
 * The best λ of each size of a finished study, to three digits: measured where the size was fitted, predicted where
 * it was left out, so that nothing measured at a left-out size enters its training.
 *
 * @throws CrispError `check` where no size has a best λ, `usage` for a study whose images grew
 */
export function ownLambdas({ minima, prediction, settings }: StudyRecord, study: string): LambdaBySize {
  if (settings.sizeAxis === "image")
    throw new CrispError(
      "usage",
      `--own-lambda ${study}: its images grew at ${settings.features[0]} features, which all its sizes share; it must be a study whose features grow. Name another one.`,
    );
  const pairs = minima.flatMap(({ features, leftOut, lambda }): [number, number][] => {
    const predicted = prediction?.features === features ? prediction.lambda.predicted : null;
    const found = leftOut ? predicted : lambda;
    return found === null ? [] : [[features, Number(found.value.toPrecision(3))]];
  });
  if (pairs.length > 0) return pairs;
  throw new CrispError(
    "check",
    `--own-lambda ${study}: none of its ${minima.length} sizes has a best λ inside its grid; at least one must. Sweep a wider range of λ there.`,
  );
}
