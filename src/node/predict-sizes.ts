/**
 * `crisp predict STUDY`: what a finished study expects at sizes never swept.
 * Active units and error come from its laws; λ from the network itself, which
 * is trained if it is missing and coded on a few held-out images; asked to
 * verify, the size is swept as the study swept its own. All of it is kept in
 * the study's folder, is resumed, and leaves the study's own records alone.
 */
import { resolve } from "node:path";
import { CrispError } from "../core/errors.js";
import type { Estimate } from "../scaling/types.js";
import { curvesOf } from "../study/analyse.js";
import { dictionaryUnit, type PlanContext } from "../study/plan.js";
import { expectedCost, type PredictionForSize, predictSizes, verifySize } from "../study/predict-size.js";
import { lambdaFor } from "../study/prediction.js";
import type { SizeScore } from "../study/record.js";
import { conductStudy, pilotResult, type SizeResults, type StudyContext } from "../study/study.js";
import { storedDictionaries } from "./given-dictionaries.js";
import { networkWith } from "./predicted-network.js";
import { readStudy } from "./read-study.js";
import { openSession, type Session, type StudyRequest } from "./session.js";

/** Sizes to predict from a finished study, and whether to verify them. */
export type PredictRequest = Omit<StudyRequest, "settings" | "out"> & {
  readonly study: string;
  readonly features: readonly number[];
  /** Train what is missing to solve for λ; false: only what is stored. */
  readonly train: boolean;
  /** Sweep every size and compare. */
  readonly verify: boolean;
  /** Held-out images on which λ is solved; null: the study's pilot. */
  readonly images: number | null;
};

/** What is expected of one size, and what was measured if that was asked. */
export type SizePrediction = PredictionForSize & {
  /** λ at which the predicted units are active in this size's own network; null where it was not trained. */
  readonly lambda: Estimate | null;
  /** Cost expected of running at `lambda`, else at `lambdaDirect`; percent of the least error. */
  readonly expectedCost: number | null;
  /** What was measured, beside what was predicted; null unless verified, or without a minimum. */
  readonly verified: SizeScore | null;
};

/** What the study's laws say alone; trains and codes nothing. */
export async function predictSize(folder: string, features: readonly number[]): Promise<PredictionForSize[]> {
  const { sizes, plan } = await readStudy(resolve(folder));
  return predictSizes(sizes, plan, features);
}

/** @throws CrispError `incomplete` for an unfinished study or when stopped; everything done is kept */
export async function predictStudy(asked: PredictRequest): Promise<SizePrediction[]> {
  const folder = resolve(asked.study);
  const { sizes, plan } = await readStudy(folder);
  const request = { ...asked, train: asked.train && canMake(asked, plan) };
  checkImages(request.images, plan.settings.learning.heldOut);
  const predictions = predictSizes(sizes, plan, request.features);
  const curves = sizes.map((size) => curvesOf(size, plan));
  const session = needsWork(request, predictions)
    ? await openSession({ ...request, settings: plan.settings, dictionaries: storedDictionaries(plan), out: folder })
    : null;
  try {
    const found: SizePrediction[] = [];
    for (const prediction of predictions) {
      const size = sizes.find(({ features }) => features === prediction.features);
      const lambda = await solvedLambda(prediction, request, { size, plan, session });
      const verified = request.verify
        ? verifySize(sizes, size ?? (await sweptSize(prediction.features, session!.context)), plan)
        : null;
      const cost = expectedCost(lambda ?? prediction.lambdaDirect, curves, prediction.systemSize);
      found.push({ ...prediction, lambda, expectedCost: cost, verified });
    }
    return found;
  } finally {
    await session?.close();
  }
}

/** Whether missing networks can be made: not where dictionaries came as files. Said, and refused where it must be. */
function canMake({ features, train, verify, onEvent }: PredictRequest, plan: PlanContext): boolean {
  if (plan.settings.atoms !== "given") return true;
  const missing = features.find((size) => !plan.dictionaries?.some(({ shape }) => shape[0] === size));
  if (missing === undefined) return true;
  if (verify) dictionaryUnit(plan, missing, 0); // refuses it by name
  if (train) {
    const message = `the study's dictionaries came as files, and none is of ${missing} atoms: λ is by its own law only.`;
    onEvent({ kind: "warning", message });
  }
  return false;
}

function checkImages(images: number | null, heldOut: number): void {
  if (images === null || images <= heldOut) return;
  throw new CrispError(
    "usage",
    `--images is ${images}; this study holds ${heldOut} images out of training. Give at most ${heldOut}.`,
  );
}

/** Whether anything must be trained or coded: sizes that the study has swept have their own pilot. */
function needsWork({ train, verify, images }: PredictRequest, predictions: readonly PredictionForSize[]): boolean {
  const missing = predictions.some(({ swept }) => !swept);
  return (missing && (train || verify)) || (train && images !== null);
}

type Known = {
  readonly size: SizeResults | undefined;
  readonly plan: Parameters<typeof pilotResult>[1];
  readonly session: Session | null;
};

/** λ from the size's stored pilot, or from a network trained for it; null where neither is there. */
async function solvedLambda(
  { activeUnits, features }: PredictionForSize,
  { images, train }: PredictRequest,
  { size, plan, session }: Known,
): Promise<Estimate | null> {
  if (activeUnits === null) return null;
  if (size && (images === null || session === null)) return lambdaFor(activeUnits, pilotResult(size, plan));
  if (session === null || !train) return null;
  return (await networkWith(activeUnits, features, withImages(session.context, images))).lambda;
}

function withImages(context: StudyContext, images: number | null): StudyContext {
  const { settings } = context;
  if (images === null) return context;
  return { ...context, settings: { ...settings, sweep: { ...settings.sweep, pilotImages: images } } };
}

/**
 * All results of one size, as the study itself would have measured it: same
 * images, seeds and rules. Rounds are not recorded, since they are no part of the study.
 */
async function sweptSize(features: number, context: StudyContext): Promise<SizeResults> {
  const settings = { ...context.settings, features: [features], leftOut: [] };
  const store = { ...context.store, recordRound: async () => {} };
  const [size] = await conductStudy({ ...context, settings, store });
  return size;
}
