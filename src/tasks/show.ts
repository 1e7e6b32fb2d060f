/** A few noisy images at one λ, with all that a reader wants to see of them. */
import { eachImage } from "../coding/batch.js";
import type { CodingRule, SparseCode } from "../coding/engine.js";
import { columnAxis, type Geometry, positions, rowAxis } from "../core/geometry.js";
import { slice, type Tensor, tensor } from "../core/tensor.js";
import type { Task } from "../work/task.js";
import { type Batch, type Noise, noisyImages } from "./batch.js";

export type ShowInput = {
  readonly batch: Batch;
  readonly noise: Noise;
  readonly lambda: number;
  readonly rule: CodingRule;
};

/** Clean and noisy images, their reconstructions, active units per position and per atom. */
export type Shown = {
  readonly clean: Tensor;
  readonly noisy: Tensor;
  readonly reconstruction: Tensor;
  /** Active units at each position, [batch, rows, columns]. */
  readonly map: Tensor;
  /** Fraction of positions at which each atom is active, [features]. */
  readonly use: Tensor;
};

/** Codes the images and keeps what is shown. */
export const show: Task<ShowInput, Shown> = {
  kind: "show",
  async run({ dictionary, coder }, { batch, noise, lambda, rule }) {
    const g = dictionary.geometry;
    const shown = emptyShown(batch, noise, g);
    const { coder: prepared } = await coder({ rule });
    let i = 0;
    for await (const [coding] of eachImage(prepared, shown.noisy, { lambdas: [lambda], rule })) {
      slice(shown.reconstruction, i).set(coding.reconstruction);
      countUse(shown, g.features, { image: i, code: coding.code });
      i++;
    }
    const places = positions(g) * batch.indices.length;
    for (let m = 0; m < g.features; m++) shown.use.data[m] /= places;
    return shown;
  },
};

function emptyShown(batch: Batch, noise: Noise, g: Geometry): Shown {
  const { shape } = batch.images;
  return {
    clean: batch.images,
    noisy: noisyImages(batch, noise),
    reconstruction: tensor(shape),
    map: tensor([shape[0], rowAxis(g).count, columnAxis(g).count]),
    use: tensor([g.features]),
  };
}

function countUse(shown: Shown, features: number, of: { readonly image: number; readonly code: SparseCode }): void {
  const map = slice(shown.map, of.image);
  for (const unit of of.code.index) {
    shown.use.data[unit % features] += 1;
    map[Math.floor(unit / features)] += 1;
  }
}
