/**
 * What every atom must satisfy after a step, as projections in this order:
 *
 *   zeroMean      φ ← φ − mean(φ)                 over all values of the atom
 *   nonnegative   φ ← max(0, φ)
 *   unit          φ ← φ / ‖φ‖
 *   at-most-one   φ ← φ / max(1, ‖φ‖)
 *
 * Each of zeroMean and nonnegative followed by a norm is the nearest point of
 * the two sets' intersection; together they leave nothing but zero.
 */
import { CrispError } from "../core/errors.js";

/** Norms that atoms may be held to. */
export const constraintNames = ["unit", "at-most-one"] as const;

/** What every atom is projected on after a step. */
export type Constraint = {
  readonly constraint: (typeof constraintNames)[number];
  readonly zeroMean: boolean;
  readonly nonnegative: boolean;
};

/** Unit norm and nothing else. */
export const unitNorm: Constraint = { constraint: "unit", zeroMean: false, nonnegative: false };

/** ‖φ‖² below which an atom has no direction. */
const vanishing = 1e-12;

/** Projects an atom in place; false, and the atom worthless, if too little of it is left to have a direction. */
export function constrain(atom: Float32Array, to: Constraint): boolean {
  if (to.zeroMean) subtractMean(atom);
  if (to.nonnegative) for (let i = 0; i < atom.length; i++) atom[i] = Math.max(0, atom[i]);
  switch (to.constraint) {
    case "unit":
      return normalise(atom);
    case "at-most-one": {
      const squares = sumOfSquares(atom);
      if (squares > 1) normalise(atom);
      return squares >= vanishing;
    }
    default:
      throw new CrispError("internal", `there is no constraint ${to.constraint satisfies never}.`);
  }
}

/** Scales a vector to unit L2 norm in place; false if it is too small to have a direction. */
export function normalise(vector: Float32Array): boolean {
  const squares = sumOfSquares(vector);
  if (squares < vanishing) return false;
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < vector.length; i++) vector[i] *= scale;
  return true;
}

function subtractMean(vector: Float32Array): void {
  let sum = 0;
  for (const v of vector) sum += v;
  const mean = sum / vector.length;
  for (let i = 0; i < vector.length; i++) vector[i] -= mean;
}

function sumOfSquares(vector: Float32Array): number {
  let squares = 0;
  for (const v of vector) squares += v * v;
  return squares;
}
