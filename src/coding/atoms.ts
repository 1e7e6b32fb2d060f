/**
 * Norms of atoms: φ ← φ/‖φ‖, and a dictionary without learning, in which every
 * weight is an independent standard normal number before its atom is normalised,
 * so atoms are uniform on the unit sphere. The draw belongs to (seed, features, atom).
 */
import { atomLength, type Geometry } from "../core/geometry.js";
import { draws, purpose } from "../core/random.js";
import { slice, type Tensor, tensor } from "../core/tensor.js";

/** ‖φ‖² below which an atom that is learned has no direction. */
export const vanishing = 1e-12;

/** Σ v², float64. */
export function sumOfSquares(vector: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i] * vector[i];
  return squares;
}

/**
 * Scales a vector to norm one in place; false, and the vector as it was, where ‖v‖² is
 * below `least` or zero. Times 1/‖v‖ in float64, not divided by ‖v‖: every dictionary
 * trained so far was, and of 1e8 normal weights none rounds to another float32.
 */
export function normaliseAtom(vector: Float32Array | Float64Array, least = vanishing): boolean {
  const squares = sumOfSquares(vector);
  if (squares === 0 || squares < least) return false;
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < vector.length; i++) vector[i] *= scale;
  return true;
}

/** A copy with each atom of norm one, however small it was, and the number of the first that is zero (−1: none), which stays. */
export function normalisedAtoms(atoms: Tensor): { readonly atoms: Tensor; readonly zero: number } {
  const copy = tensor(atoms.shape, atoms.data.slice());
  let zero = -1;
  for (let m = atoms.shape[0] - 1; m >= 0; m--) if (!normaliseAtom(slice(copy, m), 0)) zero = m;
  return { atoms: copy, zero };
}

/** Random atoms [features, patch rows, patch columns, channels] of norm one; float64 norms, float32 weights. */
export function randomAtoms(g: Geometry, seed: number): Tensor {
  const length = atomLength(g);
  const atoms = tensor([g.features, g.patch[0], g.patch[1], g.channels]);
  for (let m = 0; m < g.features; m++) {
    // The stream keeps sizes apart: atom m of two sizes is not the same.
    const draw = draws({ seed, stream: g.features, purpose: purpose.atoms }, m);
    const weights = Float64Array.from({ length }, () => draw.gaussian());
    normaliseAtom(weights);
    slice(atoms, m).set(weights);
  }
  return atoms;
}

/** Least and greatest norm ‖φ_m‖ of the atoms. */
export function normsOf(atoms: Tensor): { readonly smallest: number; readonly largest: number } {
  const norms = Array.from({ length: atoms.shape[0] }, (_, m) => Math.sqrt(sumOfSquares(slice(atoms, m))));
  return { smallest: Math.min(...norms), largest: Math.max(...norms) };
}
