/**
 * A dictionary without learning: every weight an independent standard normal
 * number, then each atom scaled to unit norm, so atoms are uniform on the unit
 * sphere. The draw belongs to (seed, features, atom).
 */
import { atomLength, type Geometry } from "../core/geometry.js";
import { draws, purpose } from "../core/random.js";
import { slice, type Tensor, tensor } from "../core/tensor.js";

/** Random atoms [features, patch rows, patch columns, channels] of unit norm; float64 norms, float32 weights. */
export function randomAtoms(g: Geometry, seed: number): Tensor {
  const length = atomLength(g);
  const atoms = tensor([g.features, g.patch[0], g.patch[1], g.channels]);
  for (let m = 0; m < g.features; m++) {
    // The stream keeps sizes apart: atom m of two sizes is not the same.
    const draw = draws({ seed, stream: g.features, purpose: purpose.atoms }, m);
    const weights = Float64Array.from({ length }, () => draw.gaussian());
    const norm = Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0));
    slice(atoms, m).set(weights.map((w) => w / norm));
  }
  return atoms;
}

/** Least and greatest norm ‖φ_m‖ of the atoms. */
export function normsOf(atoms: Tensor): { readonly smallest: number; readonly largest: number } {
  let [smallest, largest] = [Number.POSITIVE_INFINITY, 0];
  for (let m = 0; m < atoms.shape[0]; m++) {
    const norm = Math.sqrt(slice(atoms, m).reduce((sum, w) => sum + w * w, 0));
    smallest = Math.min(smallest, norm);
    largest = Math.max(largest, norm);
  }
  return { smallest, largest };
}
