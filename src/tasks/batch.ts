/** What most tasks begin with: a batch of clean images, and the noise that is added to them. */
import type { CodingRule } from "../coding/engine.js";
import { slice, type Tensor } from "../core/tensor.js";
import { noisy } from "../images/noise.js";

/** Gaussian noise of one study: the same draw for every λ and dictionary. */
export type Noise = { readonly sigma: number; readonly seed: number; readonly stream: number };

/** Clean, normalised images [batch, height, width, channels] and their indices in the data set. */
export type Batch = {
  readonly images: Tensor;
  readonly indices: readonly number[];
  /** Weights of the data term, shaped as the images; 1 if left out. */
  readonly weights?: Tensor;
};

/** Image i of a batch as it is coded: s + σn. */
export function noisyAt({ images, indices }: Batch, i: number, noise: Noise): Float32Array {
  return noisy(slice(images, i), noise.sigma, noise, indices[i]);
}

/** The rule with the batch's weights, where it has any. */
export function weightedRule(rule: CodingRule, { weights }: Batch): CodingRule {
  return weights ? { ...rule, weights: weights.data } : rule;
}

/** Image i's weights; undefined where all pixels count alike. */
export function weightsAt({ weights }: Batch, i: number): Float32Array | undefined {
  return weights && slice(weights, i);
}
