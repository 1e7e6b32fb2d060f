/**
 * One dictionary by itself (`crisp train`): the item that is the first seed's in
 * a study with this seed, in a folder of its own, so that it resumes in the same way; then its atoms as
 * dictionary.safetensors and as a picture.
 */
import { decodeDictionary } from "../coding/dictionary-file.js";
import { tensorSha256 } from "../core/key.js";
import type { Layout } from "../formats/arrays.js";
import { checkGiven } from "../learning/start.js";
import { sheetPng } from "../report/show-report.js";
import { encodeDictionary } from "../study/items/files.js";
import type { Trained } from "../study/items/train.js";
import { trainItem } from "../study/plan.js";
import type { LearningSettings, StudySettings } from "../study/settings.js";
import { resultsOf } from "../study/study.js";
import { estimateItems, measuredPlan, type WorkEstimate } from "./estimate-work.js";
import type { Platform } from "./platform.js";
import { inSession, type Session, type StudyRequest } from "./session.js";

/** One dictionary to train. */
export type TrainRequest = Omit<StudyRequest, "settings" | "command"> & {
  readonly settings: StudySettings;
  readonly features: number;
  readonly seed: number;
  /** Dictionary file to go on from: as many atoms, or fewer, which are kept and added to. */
  readonly startFrom?: string;
  /** Its axes; undefined: those in which its atoms have the study's patch. */
  readonly atomsLayout?: Layout;
};

/** A trained dictionary's files and how its training went. */
export type TrainResult = {
  /** Absolute paths of the atoms and of their picture. */
  readonly dictionary: string;
  readonly tableau: string;
  readonly log: Omit<Trained, "atoms">;
};

/** Trains, or goes on training, one dictionary. @throws CrispError `incomplete` when the signal stops it */
export async function trainOne(request: TrainRequest, platform: Platform): Promise<TrainResult> {
  const session = {
    ...request,
    ...(await aloneOf(request, platform)),
    command: "crisp train",
    purpose: "training",
  } as const;
  return inSession(session, (open) => trainedFiles(open, request.features, platform), platform);
}

/** What the training takes from where it is, found out without doing it. @throws as `trainOne` for what cannot be trained */
export async function estimateTraining(request: TrainRequest, platform: Platform): Promise<WorkEstimate> {
  const alone = await aloneOf(request, platform);
  const measured = await measuredPlan({ ...request, ...alone, purpose: "training" }, platform);
  return estimateItems([trainItem(measured.plan, request.features, 0)], measured, request.workers);
}

/** The settings of a study of this one dictionary, and the atoms it begins with. */
async function aloneOf(request: TrainRequest, { files }: Platform) {
  const { features, seed, startFrom } = request;
  const [rows, columns] = request.settings.patch;
  const fits = (shape: readonly number[]) => shape[1] === rows && shape[2] === columns;
  const startAtoms =
    startFrom === undefined
      ? undefined
      : decodeDictionary(await files.read(startFrom), startFrom, { layout: request.atomsLayout, fits }).atoms;
  if (startAtoms) checkGiven(startAtoms, { features, patch: request.settings.patch });
  const learning: LearningSettings = startAtoms
    ? { ...request.settings.learning, start: `given:${tensorSha256(startAtoms)}` }
    : request.settings.learning;
  // No test images: nothing is measured here.
  const alone = {
    sizeAxis: "features",
    features: [features],
    imageSizes: [],
    leftOut: [],
    replicates: 1,
    seed,
    testImages: 0,
  } as const;
  return { settings: { ...request.settings, ...alone, learning }, startAtoms };
}

async function trainedFiles({ out, context }: Session, features: number, { studies }: Platform): Promise<TrainResult> {
  const files = studies.files(out);
  const item = trainItem(context, features, 0);
  context.progress.onRound(1, [item]);
  const [{ atoms, ...log }] = await resultsOf(context, [item]);
  const dictionary = files.paths.join(out, "dictionary.safetensors");
  const tableau = files.paths.join(out, "dictionary.png");
  await files.replace(dictionary, encodeDictionary(atoms, item.geometry));
  await files.replace(tableau, sheetPng({ items: atoms, centred: false }));
  return { dictionary, tableau, log };
}
