/**
 * `crisp predict STUDY`: what a finished study expects at sizes never swept.
 * Active units and error come from its laws; λ from the network itself, which
 * is trained if it is missing and coded on a few held-out images; asked to
 * verify, the size is swept as the study swept its own. All of it is kept in
 * the study's folder, is resumed, and leaves the study's own records as they are.
 */
import { CrispError } from "../core/errors.js";
import type { Estimate } from "../scaling/types.js";
import { growsImages, nameOf, type SizeName, sameSize, sizeNamed } from "../study/axis.js";
import { estimatePlan, secondsOf } from "../study/estimate.js";
import { dictionaryItem, firstRound, type PlanContext } from "../study/plan.js";
import { costedSizes, expectedCost, type PredictionForSize, predictSizes, verifySize } from "../study/predict-size.js";
import { lambdaFor } from "../study/prediction.js";
import type { SizeScore } from "../study/record.js";
import { conductStudy, pilotResult, type SizeResults, type StudyContext } from "../study/study.js";
import { estimateItems, type Measured, measuredPlan, type WorkEstimate } from "./estimate-work.js";
import { storedDictionaries } from "./given-dictionaries.js";
import type { Platform } from "./platform.js";
import { networkWith } from "./predicted-network.js";
import { readStudy } from "./read-study.js";
import { inSession, type Session, type StudyRequest } from "./session.js";
import { openStore } from "./store.js";

/** Sizes to predict from a finished study, and whether to verify them. */
export type PredictRequest = Omit<StudyRequest, "settings" | "out"> & {
  readonly study: string;
  /** Numbers of features, of a study that grew its features. */
  readonly features?: readonly number[];
  /** Sides of images, of a study whose images grew. */
  readonly imageSizes?: readonly number[];
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

/** What only the study's laws say, at numbers of features, or at sides where images grew; trains and codes nothing. */
export async function predictSize(
  folder: string,
  sizes: readonly number[],
  platform: Platform,
): Promise<PredictionForSize[]> {
  const { sizes: results, plan } = await readStudy(folder, platform);
  return predictSizes(
    results,
    plan,
    sizes.map((size) => sizeNamed(plan.settings, size)),
  );
}

/** The sizes asked for, in the study's own terms. @throws CrispError `usage` for the other axis, or a window too large to verify */
function askedSizes({ features, imageSizes, study, verify }: PredictRequest, { settings, images }: PlanContext) {
  const grown = growsImages(settings);
  const asked = grown ? imageSizes : features;
  const [right, wrong] = grown ? ["--image-size", "--features"] : ["--features", "--image-size"];
  const other = grown ? features : imageSizes;
  if (asked === undefined || other !== undefined)
    throw new CrispError(
      "usage",
      `${study} grew its ${grown ? `images, at ${settings.features[0]} features` : "features"}; ${other === undefined ? "the size to predict is not given" : `${wrong} ${other.join(",")} names the other axis`}. Name sizes with ${right}, such as ${right} 128.`,
    );
  const beyond = asked.find((side) => grown && side > largestWindow(images));
  if (verify && beyond !== undefined)
    throw new CrispError(
      "usage",
      `--verify sweeps ${beyond}×${beyond} pixels; the images of this study are ${images.height}×${images.width}. Leave --verify out, or ask for at most ${largestWindow(images)}.`,
    );
  return asked.map((size) => sizeNamed(settings, size));
}

function largestWindow({ height, width }: { readonly height: number; readonly width: number }): number {
  return Math.min(height, width);
}

/** @throws CrispError `incomplete` for an unfinished study or when stopped; everything done is kept */
export async function predictStudy(asked: PredictRequest, platform: Platform): Promise<SizePrediction[]> {
  const folder = platform.files.paths.resolve(asked.study);
  const { sizes, plan } = await readStudy(folder, platform);
  const wanted = askedSizes(asked, plan);
  const request = { ...asked, train: asked.train && canMake(wanted, asked, plan) };
  checkImages(request.images, plan.settings.learning.heldOut);
  const predictions = predictSizes(sizes, plan, wanted);
  const costed = costedSizes(sizes, plan);
  const codable = predictions.filter(({ imageSize = 0 }) => imageSize <= largestWindow(plan.images));
  async function solved(session: Session | null): Promise<SizePrediction[]> {
    const found: SizePrediction[] = [];
    for (const prediction of predictions) {
      const size = sizes.find((known) => sameSize(known, prediction));
      const lambda = await solvedLambda(prediction, request, { size, plan, session });
      const verified = request.verify
        ? verifySize(sizes, size ?? (await sweptSize(prediction, session!.context)), plan)
        : null;
      const cost = expectedCost(lambda ?? prediction.lambdaDirect, costed, prediction.systemSize);
      found.push({ ...prediction, lambda, expectedCost: cost, verified });
    }
    return found;
  }
  if (!needsWork(request, codable)) return solved(null);
  const dictionaries = storedDictionaries(plan);
  const session = { ...request, settings: plan.settings, dictionaries, out: folder, purpose: "predict" } as const;
  return inSession(session, solved, platform);
}

/**
 * What the prediction takes from where it is; nothing is done. Without `measure` no image is opened and seconds
 * are those of the model, which is enough to refuse a network that no memory holds.
 *
 * @throws as `predictStudy`
 */
export async function estimatePrediction(
  asked: PredictRequest,
  { measure }: { readonly measure: boolean },
  platform: Platform,
): Promise<WorkEstimate> {
  const out = platform.files.paths.resolve(asked.study);
  const { sizes, plan } = await readStudy(out, platform);
  const wanted = askedSizes(asked, plan);
  const request = { ...asked, train: asked.train && canMake(wanted, asked, plan) };
  const predictions = predictSizes(sizes, plan, wanted);
  const missing = predictions.filter(
    ({ swept, imageSize = 0 }) => !swept && imageSize <= largestWindow(plan.images) && (request.train || asked.verify),
  );
  const nothing = { items: 0, done: 0, seconds: 1, memoryBytes: 0, notes: [] };
  if (missing.length === 0) return nothing;
  const { settings, dictionaries: given } = plan;
  const work = { ...request, settings, given, out, purpose: "predict" } as const;
  const measured: Measured = measure
    ? await measuredPlan(work, platform)
    : { plan, store: openStore(out, () => {}, platform), notes: [] };
  let sum: WorkEstimate = { ...nothing, notes: measured.notes };
  for (const name of missing) {
    const one = await estimateSize(name, measured, asked);
    sum = {
      items: sum.items + one.items,
      done: sum.done + one.done,
      seconds: sum.seconds + one.seconds,
      memoryBytes: Math.max(sum.memoryBytes, one.memoryBytes),
      notes: measured.notes,
    };
  }
  return sum;
}

/** One size: its network and its pilot, or all that the study would measure of it. */
async function estimateSize(name: SizeName, { plan, ...measured }: Measured, { verify, workers }: PredictRequest) {
  const only = { features: [name.features], imageSizes: sidesOf(name), leftOut: [] };
  const replicates = verify ? plan.settings.replicates : 1;
  const alone = { ...plan, settings: { ...plan.settings, ...only, replicates } };
  const first = firstRound(alone);
  const begun = await estimateItems(first, { ...measured, plan: alone }, workers);
  if (!verify) return begun;
  const later = first.reduce(
    (seconds, item) => seconds - secondsOf(item, alone) / workers,
    estimatePlan(alone, workers).seconds,
  );
  return { ...begun, items: estimatePlan(alone, workers).items, seconds: begun.seconds + later };
}

function sidesOf({ imageSize }: SizeName): number[] {
  return imageSize === undefined ? [] : [imageSize];
}

/** Whether missing networks can be made: not where dictionaries came as files. Said, and refused where it must be. */
function canMake(wanted: readonly SizeName[], { train, verify, onEvent }: PredictRequest, plan: PlanContext): boolean {
  if (plan.settings.atoms !== "given") return true;
  const missing = wanted.find(({ features }) => !plan.dictionaries?.some(({ shape }) => shape[0] === features));
  if (missing === undefined) return true;
  if (verify) dictionaryItem(plan, missing.features, 0); // refuses it by name
  if (train) {
    const message = `the study's dictionaries came as files, and none is of ${missing.features} atoms: λ is by its own law only.`;
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
  readonly plan: PlanContext;
  readonly session: Session | null;
};

/** λ from the size's stored pilot, or from a network trained for it; null where neither is there. */
async function solvedLambda(
  { activeUnits, ...name }: PredictionForSize,
  { images, train }: PredictRequest,
  { size, plan, session }: Known,
): Promise<Estimate | null> {
  if (activeUnits === null) return null;
  if (size && (images === null || session === null)) return lambdaFor(activeUnits, pilotResult(size, plan));
  if (session === null || !train || (name.imageSize ?? 0) > largestWindow(plan.images)) return null;
  return (await networkWith(activeUnits, nameOf(name), withImages(session.context, images))).lambda;
}

function withImages(context: StudyContext, images: number | null): StudyContext {
  const { settings } = context;
  if (images === null) return context;
  return { ...context, settings: { ...settings, sweep: { ...settings.sweep, pilotImages: images } } };
}

/**
 * All results of one size, as the study itself would have measured it: same
 * images, seeds and rules. Rounds are not recorded, since they are not part of the study.
 */
async function sweptSize(name: SizeName, context: StudyContext): Promise<SizeResults> {
  const settings = { ...context.settings, features: [name.features], imageSizes: sidesOf(name), leftOut: [] };
  const store = { ...context.store, recordRound: async () => {} };
  const [size] = await conductStudy({ ...context, settings, store });
  return size;
}
