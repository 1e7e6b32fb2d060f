/** A few noisy images at one λ, with all that a reader wants to see of them. */
import { eachImage } from "../coding/batch.js";
import type { CodingRule, SparseCode } from "../coding/engine.js";
import { columnAxis, type Geometry, positions, rowAxis } from "../core/geometry.js";
import { slice, type Tensor, tensor } from "../core/tensor.js";
import type { Task } from "../work/task.js";
import { observed, type Trial } from "./sweep.js";

export type ShowInput = Trial & { readonly lambda: number; readonly rule: CodingRule };

/** Clean images and what the network sees of them, their reconstructions, active units per position and per atom. */
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
  async run({ dictionary, coder }, { lambda, rule, ...trial }) {
    const g = dictionary.geometry;
    const { images, weights } = observed(trial);
    const shown = emptyShown(trial.batch.images, images, g);
    const { coder: prepared } = await coder({ rule });
    let i = 0;
    for await (const [coding] of eachImage(prepared, images, { lambdas: [lambda], rule: { ...rule, ...weights } })) {
      slice(shown.reconstruction, i).set(coding.reconstruction);
      countUse(shown, g.features, { image: i, code: coding.code });
      i++;
    }
    const places = positions(g) * trial.batch.indices.length;
    for (let m = 0; m < g.features; m++) shown.use.data[m] /= places;
    return shown;
  },
};

function emptyShown(clean: Tensor, noisy: Tensor, g: Geometry): Shown {
  const { shape } = clean;
  return {
    clean,
    noisy,
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
