/** One strip of a picture through a model of patches, as `crisp denoise` asks for it. */
import { type PatchModel, patchLayout, thresholdsAt } from "../coding/patches.js";
import type { Task } from "../work/task.js";

export type StripInput = {
  /** [height, width, inputs], in units of σ. */
  readonly image: Float32Array;
  readonly width: number;
  /** Of the highest strip there is, so that one layout serves all. */
  readonly height: number;
  /** The model whose atoms the worker holds. */
  readonly model: Omit<PatchModel, "atoms">;
  /** σ in 8-bit grey levels. */
  readonly sigma: number;
  readonly step: number;
};

/** Σ x̂ [height, width, outputs], patches per pixel, active units. */
export type Strip = { readonly sum: Float32Array; readonly count: Float32Array; readonly active: number };

/** Δa at which a code is done, in units of σ: 0.02 moves the mean PSNR of ten crops by less than 0.003 dB. */
const finest = 0.1;

export const codeStrip: Task<StripInput, Strip> = {
  kind: "strip",
  async run(tools, { image, width, height, model, sigma, step }) {
    const whole = { ...model, atoms: tools.dictionary.atoms };
    const coder = tools.patches(patchLayout(whole, { height, width }), model.decoder);
    const { sum, count, active } = coder.code({ image, thresholds: thresholdsAt(whole, sigma), step, finest });
    return { sum: sum.slice(), count: count.slice(), active };
  },
};
