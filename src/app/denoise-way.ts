/**
 * What a picture is cleaned with: the shipped model of patches; a model or a dictionary of the user's
 * own; a study's network; and, where a λ is asked for, the shipped dictionary.
 */
import type { PatchModel } from "../coding/patches.js";
import type { Tensor } from "../core/tensor.js";
import type { Executor } from "../work/executor.js";
import { type Cleaner, type DenoiseChoices, dictionaryCleaner } from "./denoise.js";
import {
  dictionaryNetwork,
  type Network,
  type OwnDictionary,
  shippedCalibration,
  shippedNetwork,
} from "./denoise-network.js";
import { ownModel, type PatchModels, patchCleaner, relativeSigma, shippedModels } from "./denoise-patches.js";
import { type CriticalPoint, studyNetwork } from "./denoise-study.js";
import type { Platform } from "./platform.js";
import type { StudyEvent } from "./session.js";

/** σ in grey levels from which on the shipped model is better than the dictionary with λ by SURE: on one crop worse at 3, better at 5 and 7. */
const leastSigma = 4;

/** Who cleans, named for the result, and its atoms. */
export type Way = {
  readonly name: string;
  readonly atoms: Tensor;
  readonly point: CriticalPoint | null;
  open(executor: Executor): Cleaner;
};

/** What of a call decides the way. */
export type WayRequest = DenoiseChoices & {
  readonly dictionary?: OwnDictionary | null;
  readonly study?: { readonly folder: string; readonly features?: number | null; readonly from?: string } | null;
  readonly workers: number;
  readonly signal?: AbortSignal;
  onEvent(event: StudyEvent): void;
};

/** @throws CrispError `usage`, `data` for a network that cannot be used */
export async function wayFor(request: WayRequest, platform: Platform): Promise<Way> {
  const { study, dictionary, lambda, quality } = request;
  if (!study && !dictionary && lambda === "auto") return shippedWay(request, platform);
  const own = dictionary ? await ownModel(dictionary.path, platform) : null;
  if (own && dictionary) return patchWay(dictionary.path, own, quality);
  const { network, point } = await networkFor(request, platform);
  const calibration = await shippedCalibration(platform);
  const { name, atoms } = network;
  return { name, atoms, point, open: (executor) => dictionaryCleaner(network, executor, { ...request, calibration }) };
}

/** The shipped model; for noise weaker than it was trained for, the shipped dictionary with λ by SURE. */
async function shippedWay(request: WayRequest, platform: Platform): Promise<Way> {
  const way = patchWay("the shipped model", await shippedModels(platform), request.quality);
  const network = await shippedNetwork(platform);
  const calibration = await shippedCalibration(platform);
  return {
    ...way,
    open(executor) {
      const [strong, weak] = [way.open(executor), dictionaryCleaner(network, executor, { ...request, calibration })];
      return { clean: (picture, task) => (relativeSigma(task) < leastSigma ? weak : strong).clean(picture, task) };
    },
  };
}

function patchWay(name: string, models: PatchModels, quality: DenoiseChoices["quality"]): Way {
  const [first] = (models[3] ?? models[1]) as readonly PatchModel[];
  return { name, atoms: first.atoms, point: null, open: (executor) => patchCleaner(models, executor, quality) };
}

async function networkFor(
  request: WayRequest,
  platform: Platform,
): Promise<{ network: Network; point: CriticalPoint | null }> {
  const { study, dictionary, workers, onEvent, signal = new AbortController().signal } = request;
  if (study) {
    const { folder, features = null, from } = study;
    return studyNetwork({ study: folder, features, from, workers, onEvent, signal }, platform);
  }
  if (!dictionary) return { network: await shippedNetwork(platform), point: null };
  const { network, assumed } = await dictionaryNetwork(dictionary, platform);
  if (assumed !== null) onEvent({ kind: "note", message: assumed });
  return { network, point: null };
}
