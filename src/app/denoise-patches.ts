/**
 * Pictures cleaned by the shipped models of patches (coding/patches.ts), one for grey and one for
 * colour, trained for the task (learning/denoise.ts): no λ is sought, thresholds go with σ. Several
 * stages and free decoders leave no simple divergence, so no error is estimated by SURE here.
 */

import { decodePatchModel, isPatchModel } from "../coding/patch-model-file.js";
import type { PatchModel } from "../coding/patches.js";
import { CrispError } from "../core/errors.js";
import type { Extent, Geometry } from "../core/geometry.js";
import { levelsOf, pixelsOf } from "../formats/picture.js";
import { denoisedByPatches } from "../tasks/denoise/patches.js";
import { type Quality, variantsOf } from "../tasks/denoise/variants.js";
import { codeStrip } from "../tasks/strip.js";
import type { Executor, Held } from "../work/executor.js";
import type { Cleaner, Task } from "./denoise.js";
import type { Platform } from "./platform.js";

/** Stages by the channels of the picture; a model of the user's own is for one kind. */
export type PatchModels = Readonly<Partial<Record<1 | 3, readonly PatchModel[]>>>;

/** The models that come with the package. */
export async function shippedModels({ asset }: Pick<Platform, "asset">): Promise<PatchModels> {
  const model = async (name: string) => decodePatchModel(await asset(name), name);
  return { 1: await model("denoise-grey.safetensors"), 3: await model("denoise-colour.safetensors") };
}

/** A model of the user's own; null where the file is another one. */
export async function ownModel(path: string, { files }: Pick<Platform, "files">): Promise<PatchModels | null> {
  const bytes = await files.read(path);
  if (!isPatchModel(bytes, path)) return null;
  const stages = decodePatchModel(bytes, path);
  return { [stages[0].decoder.shape[3]]: stages };
}

/** Pixels between patches: 1 gives 0.05 to 0.1 dB more than 2 in four times the time. */
export const steps: Readonly<Record<Quality, number>> = { fast: 2, default: 1, best: 1 };

/** Deviations of the photographs that the models know, in grey levels; others are stretched to the nearest. */
const [leastDeviation, mostDeviation] = [25, 90];

/** σ in grey levels of a picture stretched to a photograph's contrast: a faint picture of a microscope becomes one with strong noise. */
export function relativeSigma({ scale, noise }: Pick<Task, "scale" | "noise">): number {
  const deviation = Math.min(mostDeviation, Math.max(leastDeviation, scale.deviation));
  return (noise.deviation * deviation) / scale.deviation;
}

/** A cleaner by models of patches. */
export function patchCleaner(models: PatchModels, executor: Executor, quality: Quality): Cleaner {
  const [together, step] = [2 * executor.workers, steps[quality]];
  return {
    async clean(given, { scale, noise, watch }) {
      const { height, width, channels } = given;
      const stages = models[channels];
      if (!stages) throw otherKind(channels);
      const networks = stages.map((stage, n) => heldBy(stage, `patches ${channels} ${n}`));
      const sigma = relativeSigma({ scale, noise });
      const { image, activePerPatch, patches } = await denoisedByPatches(
        Float32Array.from(levelsOf(given), (level) => level / noise.deviation),
        { height, width, channels },
        {
          ...{ stages, step, together, onStrip: watch.onWindow },
          variants: variantsOf(quality === "best" ? "best" : "fast", [1, 1]),
          code(stage, strip) {
            const { atoms: _, ...model } = stages[stage];
            return executor.run(codeStrip, networks[stage], { ...strip, model, sigma, step });
          },
        },
      );
      const estimate = (i: number) => noise.deviation * image[i];
      const level = (i: number) => noise.clipping?.unclipped(estimate(i)) ?? estimate(i);
      const pixels = pixelsOf(image.length, level, given.deep !== undefined);
      return {
        picture: { height, width, channels, ...pixels },
        ...{ lambda: null, lambdaFrom: null, gain: 1, share: 0, expectedPsnr: null },
        ...{ clipped: noise.clipping !== null, codings: patches, unconverged: 0 },
        activePerPixel: activePerPatch / stages[0].atoms.shape[1] ** 2, // of one grid of patches
      };
    },
  };
}

function otherKind(channels: number): CrispError {
  const [found, needed] = channels === 3 ? ["colour", "grey"] : ["grey", "colour"];
  return new CrispError(
    "shape",
    `the model is for ${needed} pictures, this one is ${found}. Train one for it, or leave out --dictionary.`,
  );
}

/** The atoms under a name, for the workers. */
function heldBy({ atoms }: PatchModel, id: string): Held {
  const [features, side, , channels] = atoms.shape;
  const extent: Extent = [side, side];
  const geometry: Geometry = {
    ...{ height: side, width: side, channels, patch: extent, stride: extent },
    ...{ boundary: "crop", features },
  };
  return { id, dictionary: { geometry, atoms } };
}
