/** `crisp train --objective denoise`: a folder of clean pictures in, a model for crisp denoise out. */

import { decodePatchModel, encodePatchModel } from "../coding/patch-model-file.js";
import type { PatchCoder, PatchLayout, PatchModel } from "../coding/patches.js";
import { CrispError } from "../core/errors.js";
import { greyIfEqual, levelsOf, type Picture, withChannels } from "../formats/picture.js";
import { luma } from "../images/luma.js";
import { trainDenoiser } from "../learning/denoise.js";
import type { CropSource, DenoiseTraining } from "../learning/denoise-start.js";
import { type DenoiserState, decodeDenoiserState, encodeDenoiserState } from "../learning/denoise-state.js";
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

/** Steps between two turns of other work on this thread, and seconds between two checkpoints. */
const [stepsPerTurn, checkpointSeconds] = [10, 20];

/**
 * Trains one stage, or goes on from the checkpoint of the same training in `out`; the checkpoint goes when
 * the model is written. `open` makes a coder in this thread.
 *
 * @throws CrispError `data` for the checkpoint of another training, `incomplete` when the signal stops it
 */
export async function trainDenoiserFiles(
  request: DenoiserRequest,
  open: (layout: PatchLayout) => PatchCoder,
  platform: Platform,
): Promise<DenoiserResult> {
  const { training, stagesFrom, out } = request;
  const { files } = platform;
  const before = stagesFrom === null ? [] : decodePatchModel(await files.read(stagesFrom), stagesFrom);
  const pictures = await cropSources(request, platform);
  checkStages(before, pictures[0].channels, stagesFrom);
  const checkpoint = files.paths.join(out, "denoiser.checkpoint");
  const of = await nameOf({ training, before, pictures }, platform);
  const kept = await files.readIfThere(checkpoint);
  const from = kept === null ? undefined : decodeDenoiserState(kept, of, checkpoint);
  const states = trainDenoiser(training, { pictures, before, open }, from);
  const last = await lastOf(states, from, {
    request,
    platform,
    keep: (state) => files.replace(checkpoint, encodeDenoiserState(state, of)),
  });
  const model = files.paths.join(out, "denoiser.safetensors");
  const made = { training: JSON.stringify(training), pictures: String(pictures.length) };
  await files.replace(model, encodePatchModel([...before, last.model], made));
  await files.remove(checkpoint);
  return { model, loss: last.loss, pictures: pictures.length };
}

type Hooks = {
  readonly request: DenoiserRequest;
  readonly platform: Platform;
  keep(state: DenoiserState): Promise<void>;
};

/** The state that the training ends with; `keep` sees one now and then, and where the signal stops it. */
async function lastOf(
  states: Iterable<DenoiserState>,
  from: DenoiserState | undefined,
  { request: { signal, onStep }, platform, keep }: Hooks,
): Promise<DenoiserState> {
  let [last, saved] = [from, platform.now()];
  for (const state of states) {
    last = state;
    if (state.step % stepsPerTurn !== 0) continue;
    onStep?.(state.step, state.loss);
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (!signal.aborted && platform.now() - saved < checkpointSeconds) continue;
    saved = platform.now();
    await keep(state);
    if (signal.aborted) throw new CrispError("incomplete", "stopped before the end. Run it again to go on.");
  }
  if (!last) throw new CrispError("internal", "training made no step.");
  return last;
}

/** sha256 of all that a training depends on. */
async function nameOf(
  {
    training,
    before,
    pictures,
  }: {
    readonly training: DenoiseTraining;
    readonly before: readonly PatchModel[];
    readonly pictures: readonly CropSource[];
  },
  { files }: Platform,
): Promise<string> {
  const parts = [
    `${JSON.stringify(training)} ${pictures.map(({ height, width, channels }) => [height, width, channels]).join(" ")}`,
  ];
  for (const { buffer, byteOffset, byteLength } of pictures.map(({ values }) => values)) {
    parts.push(await files.sha256(new Uint8Array(buffer, byteOffset, byteLength)));
  }
  parts.push(await files.sha256(encodePatchModel(before, {})));
  return files.sha256(new TextEncoder().encode(parts.join("\n")));
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
