/** What cleans pictures where nobody names a network: the shipped model of patches, and for weak noise the shipped dictionary. */
import type { PatchModel } from "../coding/patches.js";
import type { Tensor } from "../core/tensor.js";
import type { Executor } from "../work/executor.js";
import { type Cleaner, type DenoiseChoices, dictionaryCleaner } from "./denoise.js";
import { shippedCalibration, shippedNetwork } from "./denoise-network.js";
import { type PatchModels, patchCleaner, relativeSigma, shippedModels } from "./denoise-patches.js";
import type { CriticalPoint } from "./denoise-study.js";
import type { Platform } from "./platform.js";

/** σ in grey levels from which on the shipped model serves: six grey photographs lose 1.0 dB by it at 3, 0.1 at 4, and gain 0.4 at 6 (bench/weak-noise.ts). */
const leastSigma = 4;

/** Who cleans, named for the result, and its atoms. */
export type Way = {
  readonly name: string;
  readonly atoms: Tensor;
  readonly point: CriticalPoint | null;
  open(executor: Executor): Cleaner;
};

/** The shipped model; for noise weaker than it was trained for, the shipped dictionary with λ by SURE. */
export async function shippedWay(choices: DenoiseChoices, platform: Pick<Platform, "asset">): Promise<Way> {
  const way = patchWay("the shipped model", await shippedModels(platform), choices.quality);
  const network = await shippedNetwork(platform);
  const calibration = await shippedCalibration(platform);
  return {
    ...way,
    open(executor) {
      const [strong, weak] = [way.open(executor), dictionaryCleaner(network, executor, { ...choices, calibration })];
      return { clean: (picture, task) => (relativeSigma(task) < leastSigma ? weak : strong).clean(picture, task) };
    },
  };
}

/** A model of patches. */
export function patchWay(name: string, models: PatchModels, quality: DenoiseChoices["quality"]): Way {
  const [first] = (models[3] ?? models[1]) as readonly PatchModel[];
  return { name, atoms: first.atoms, point: null, open: (executor) => patchCleaner(models, executor, quality) };
}
