/**
 * A colour dictionary for grey pictures: each atom's projection on the grey
 * axis, Σ_c φ_c / √3, to norm 1. Atoms that are mostly colour (projection
 * below one half) are left out: what remains of them is noise.
 */
import { CrispError } from "../../core/errors.js";
import { type Tensor, tensor } from "../../core/tensor.js";

const leastProjection = 0.5;

/**
 * Atoms [features', patch rows, patch columns, 1], features' ≤ features.
 * @throws CrispError `data` when no atom is grey enough
 */
export function greyAtoms({ shape, data }: Tensor): Tensor {
  const [features, rows, columns, channels] = shape;
  const length = rows * columns;
  const kept: Float32Array[] = [];
  for (let m = 0; m < features; m++) {
    const grey = new Float32Array(length);
    for (let i = 0; i < length * channels; i++) {
      grey[Math.floor(i / channels)] += data[m * length * channels + i] / Math.sqrt(channels);
    }
    const norm = Math.sqrt(grey.reduce((sum, value) => sum + value * value, 0));
    if (norm >= leastProjection) kept.push(grey.map((value) => value / norm));
  }
  if (kept.length === 0) {
    throw new CrispError(
      "data",
      `none of the dictionary's ${features} atoms is grey: the grey part of every atom has a norm below ${leastProjection}. Use a dictionary trained on grey pictures.`,
    );
  }
  const atoms = tensor([kept.length, rows, columns, 1]);
  kept.forEach((atom, m) => {
    atoms.data.set(atom, m * length);
  });
  return atoms;
}
