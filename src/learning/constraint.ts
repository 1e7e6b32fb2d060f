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
import { normaliseAtom, sumOfSquares, vanishing } from "../coding/atoms.js";
import { CrispError } from "../core/errors.js";

/** Norms that atoms may be held to. */
export const constraintNames = ["unit", "at-most-one"] as const;

/** What every atom is projected on after a step. */
export type Constraint = {
  readonly constraint: (typeof constraintNames)[number];
  readonly zeroMean: boolean;
  readonly nonnegative: boolean;
};

/** Norm 1 and nothing else. */
export const unitNorm: Constraint = { constraint: "unit", zeroMean: false, nonnegative: false };

/** Projects an atom in place; false, and the atom worthless, if too little of it is left to have a direction. */
export function constrain(atom: Float32Array, to: Constraint): boolean {
  if (to.zeroMean) subtractMean(atom);
  if (to.nonnegative) for (let i = 0; i < atom.length; i++) atom[i] = Math.max(0, atom[i]);
  switch (to.constraint) {
    case "unit":
      return normaliseAtom(atom);
    case "at-most-one": {
      const squares = sumOfSquares(atom);
      if (squares > 1) normaliseAtom(atom);
      return squares >= vanishing;
    }
    default:
      throw new CrispError("internal", `there is no constraint ${to.constraint satisfies never}.`);
  }
}

function subtractMean(vector: Float32Array): void {
  let sum = 0;
  for (const v of vector) sum += v;
  const mean = sum / vector.length;
  for (let i = 0; i < vector.length; i++) vector[i] -= mean;
}
