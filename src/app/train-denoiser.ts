/** `crisp train --objective denoise`: a folder of clean pictures in, a model for crisp denoise out. */

import { decodePatchModel, encodePatchModel } from "../coding/patch-model-file.js";
import type { PatchCoder, PatchLayout, PatchModel } from "../coding/patches.js";
import { CrispError } from "../core/errors.js";
import { greyIfEqual, levelsOf, type Picture, withChannels } from "../formats/picture.js";
import { luma } from "../images/luma.js";
import { trainDenoiser } from "../learning/denoise.js";
import type { CropSource, DenoiseTraining } from "../learning/denoise-start.js";
import type { Platform } from "./platform.js";

/** What is trained from what, and where to. */
export type DenoiserRequest = {
  readonly training: DenoiseTraining;
  /** Folder of clean pictures. */
  readonly from: string;
  /** Turn colour to grey; otherwise the model is grey only if all pictures are. */
  readonly grey: boolean;
  /** Model whose stages come first; a further stage is trained behind them. */
  readonly stagesFrom: string | null;
  /** Folder to write into. */
  readonly out: string;
  readonly signal: AbortSignal;
  /** Told of the mean loss of late, now and then. */
  onStep?(step: number, loss: number): void;
};

/** Where the model lies, and the loss that its training ended with. */
export type DenoiserResult = { readonly model: string; readonly loss: number; readonly pictures: number };

/** Steps between two turns of other work on this thread. */
const stepsPerTurn = 10;

/** Trains one stage. `open` makes a coder in this thread. @throws CrispError `incomplete` when the signal stops it */
export async function trainDenoiserFiles(
  request: DenoiserRequest,
  open: (layout: PatchLayout) => PatchCoder,
  platform: Platform,
): Promise<DenoiserResult> {
  const { training, stagesFrom, out, signal } = request;
  const { files } = platform;
  const before = stagesFrom === null ? [] : decodePatchModel(await files.read(stagesFrom), stagesFrom);
  const pictures = await cropSources(request, platform);
  checkStages(before, pictures[0].channels, stagesFrom);
  let last: { readonly loss: number; readonly model: PatchModel } | undefined;
  for (const { step, ...state } of trainDenoiser(training, { pictures, before, open })) {
    last = state;
    if (step % stepsPerTurn !== 0) continue;
    request.onStep?.(step, state.loss);
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (signal.aborted)
      throw new CrispError("incomplete", "stopped before the end; nothing was written. Run it again.");
  }
  if (!last) throw new CrispError("internal", "training made no step.");
  const model = files.paths.join(out, "denoiser.safetensors");
  await files.replace(model, encodePatchModel([...before, last.model], { training: JSON.stringify(training) }));
  return { model, loss: last.loss, pictures: pictures.length };
}

async function cropSources({ from, grey, training }: DenoiserRequest, platform: Platform): Promise<CropSource[]> {
  const { files, images } = platform;
  const found: Picture[] = [];
  for (const name of (await images.pictureNames(from)).names) {
    found.push(greyIfEqual((await images.picture(files.paths.join(from, name))).picture));
  }
  const channels = grey || found.every((picture) => picture.channels === 1) ? 1 : 3;
  return found
    .filter(({ height, width }) => Math.min(height, width) >= training.crop)
    .map((picture) => ({
      ...picture,
      channels,
      values: channels === 3 ? levelsOf(withChannels(picture, 3)) : luma(picture),
    }));
}

function checkStages(before: readonly PatchModel[], channels: number, path: string | null): void {
  const found = before.at(-1)?.decoder.shape[3];
  if (found === undefined || found === channels) return;
  throw new CrispError(
    "shape",
    `${path} denoises pictures of ${found} channels; the pictures have ${channels}. Train on pictures of one kind.`,
  );
}
