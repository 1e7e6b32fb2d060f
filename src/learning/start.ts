/**
 * The dictionary before learning: patches of training images, unit norm.
 * They already have the images' statistics, so no atom starts dead.
 */

import { CrispError } from "../core/errors.js";
import { atomLength, type Geometry } from "../core/geometry.js";
import { type Draws, draws, purpose } from "../core/random.js";
import { type Tensor, tensor } from "../core/tensor.js";
import { normalise } from "./update.js";

/** Tries before a training set is called featureless. */
const attempts = 1000;

/**
 * Atoms [features, patch rows, patch columns, channels] cut at random places.
 * @param imageAt  clean, normalised training image [height, width, channels]
 * @throws CrispError `data` when the images hold no patch with any contrast
 */
export function patchAtoms(g: Geometry, count: number, imageAt: (index: number) => Float32Array, seed: number): Tensor {
  const length = atomLength(g);
  const atoms = tensor([g.features, g.patch[0], g.patch[1], g.channels]);
  for (let m = 0; m < g.features; m++) {
    const atom = atoms.data.subarray(m * length, (m + 1) * length);
    const draw = draws({ seed, purpose: purpose.atoms }, m);
    let tries = 0;
    do {
      if (++tries > attempts) {
        throw new CrispError(
          "data",
          `no patch with contrast found in ${count} training images after ${attempts} tries. Use images that are not flat.`,
        );
      }
      cutPatch(atom, g, imageAt(draw.whole(count)), draw);
    } while (!normalise(atom));
  }
  return atoms;
}

/** Copies a patch that lies wholly inside the image. */
function cutPatch(atom: Float32Array, g: Geometry, image: Float32Array, draw: Draws): void {
  const top = draw.whole(g.height - g.patch[0] + 1);
  const left = draw.whole(g.width - g.patch[1] + 1);
  const rowLength = g.patch[1] * g.channels;
  for (let y = 0; y < g.patch[0]; y++) {
    const from = ((top + y) * g.width + left) * g.channels;
    atom.set(image.subarray(from, from + rowLength), y * rowLength);
  }
}
