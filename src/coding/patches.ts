/**
 * A model that denoises by patches, and the contract of who computes it:
 *
 *   a = argmin ½‖x − Φa‖² + Σ_j t_j(σ) |a_j|,   x̂ = mean + Ψa,   t_j(σ) = σ t_j (σ/25)^e_j
 *
 * for every patch x of side × side pixels, the mean of each channel taken off and not penalised;
 * the image is the mean of the x̂ that cover a pixel, weighted by 1 / (1 + active units). Atoms Φ have norm 1; Ψ are free.
 */
import type { Tensor } from "../core/tensor.js";

/** Atoms, decoder and thresholds. */
export type PatchModel = {
  /** Φ, [features, side, side, inputs]; features a multiple of 16, side even. */
  readonly atoms: Tensor;
  /** Ψ, [features, side, side, outputs]; the last `outputs` of the inputs hold what is to be denoised. */
  readonly decoder: Tensor;
  /** t_j: thresholds in units of σ at σ = 25, [features]. */
  readonly thresholds: Float32Array;
  /** e_j, [features]. */
  readonly exponents: Float32Array;
};

/** Σ w x̂ over the patches that cover a pixel [height, width, outputs], and Σ w [height, width]. */
export type PatchSums = { readonly sum: Float32Array; readonly count: Float32Array; readonly active: number };

/** ∂loss/∂Φ, ∂loss/∂Ψ and ∂loss/∂t, summed over the patches of an image. */
export type PatchGradient = {
  readonly atoms: Float32Array;
  readonly decoder: Float32Array;
  readonly thresholds: Float32Array;
};

/** What a coder of patches is laid out for: `height` is the largest there will be. */
export type PatchLayout = {
  readonly side: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly features: number;
  readonly height: number;
  readonly width: number;
};

/** How an image is coded. */
export type PatchTask = {
  /** [height, width, inputs], in units of σ; its width is the layout's, its height at most the layout's. */
  readonly image: Float32Array;
  /** t in units of σ, [features]. */
  readonly thresholds: Float32Array;
  /** Pixels from one patch to the next. */
  readonly step: number;
  /** The descent ends when no unit would change by more. */
  readonly finest: number;
};

/** Codes images of one width with one model; arrays that it gives are views until its next call. */
export interface PatchCoder {
  /** Takes Φ and Ψ of a model of the same shape. */
  load(model: Pick<PatchModel, "atoms" | "decoder">): void;
  code(task: PatchTask): PatchSums;
  /** The gradient of the image coded last; `slope` is ∂loss/∂(Σ w x̂), [height, width, outputs]. Adds up. */
  grade(slope: Float32Array): PatchGradient;
  /** Sets the gradient to zero. */
  clear(): void;
}

/** The layout for images of this size. */
export function patchLayout({ atoms, decoder }: PatchModel, size: { height: number; width: number }): PatchLayout {
  const [features, side, , inputs] = atoms.shape;
  return { side, inputs, outputs: decoder.shape[3], features, height: size.height, width: size.width };
}

/** t(σ) in units of σ. @param sigma  in 8-bit grey levels */
export function thresholdsAt({ thresholds, exponents }: PatchModel, sigma: number): Float32Array {
  return thresholds.map((t, j) => t * (sigma / 25) ** exponents[j]);
}

/** 0, step, 2 step … and the last: where patches begin along an axis. */
export function starts(last: number, step: number): number[] {
  return [...Array.from({ length: Math.ceil(last / step) }, (_, i) => i * step), last];
}
