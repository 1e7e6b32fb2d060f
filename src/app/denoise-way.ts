/**
 * What a picture is cleaned with: the shipped model of patches; a model or a dictionary of the user's
 * own; a study's network; and, where a λ is asked for, the shipped dictionary.
 */
import { type DenoiseChoices, dictionaryCleaner } from "./denoise.js";
import {
  dictionaryNetwork,
  type Network,
  type OwnDictionary,
  shippedCalibration,
  shippedNetwork,
} from "./denoise-network.js";
import { ownModel } from "./denoise-patches.js";
import { patchWay, shippedWay, type Way } from "./denoise-shipped.js";
import { type CriticalPoint, studyNetwork } from "./denoise-study.js";
import type { Platform } from "./platform.js";
import type { StudyEvent } from "./session.js";

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
