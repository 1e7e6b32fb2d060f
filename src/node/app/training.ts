/** Trains one dictionary, or a model for crisp denoise, on this machine. */
import type { WorkEstimate } from "../../app/estimate-work.js";
import { running, type WithDefaults } from "../../app/front-door.js";
import {
  type TrainRequest,
  type TrainResult,
  trainOne as train,
  estimateTraining as trainingWork,
} from "../../app/train.js";
import { type DenoiserRequest, type DenoiserResult, trainDenoiserFiles } from "../../app/train-denoiser.js";
import { openPatches } from "../../engine/wasm/patches.js";
import { kernelModule } from "../kernel.js";
import { nodePlatform as here } from "../platform.js";

/** Trains, or goes on training, one dictionary. @throws CrispError `incomplete` when the signal stops it */
export const trainOne = (request: WithDefaults<TrainRequest>): Promise<TrainResult> =>
  train({ ...request, ...running(request, here.cores) }, here);

/** What a training takes from where it is. @throws as `trainOne` before it begins */
export const estimateTraining = (request: TrainRequest): Promise<WorkEstimate> => trainingWork(request, here);

/** A model for crisp denoise, trained in this thread. @throws CrispError `incomplete` when stopped; nothing is written then */
export async function trainDenoiserOn(request: DenoiserRequest): Promise<DenoiserResult> {
  const module = await kernelModule();
  return trainDenoiserFiles(request, (layout) => openPatches(module, layout), here);
}
